"""Loss over all ways of finding an emotion somewhere in each voiced segment."""

import keras
from keras import ops

NEVER = -1e9  # log probability of what cannot be
MOST_DOUBLINGS = 30  # XLA differentiates no loop without an end that it knows


@keras.saving.register_keras_serializable(package="satn_keras")
class NullClassLoss(keras.losses.Loss):
    r"""Negative logarithm of the total probability of the allowed frame labels.

    $$L = -\ln \sum_{s \in S} p(s \mid x), \qquad
    p(s \mid x) = \prod_t p_t(s_t)$$

    A voiced segment is a longest run of neighbouring voiced frames. A sequence s of
    one label a frame is allowed, for an utterance of emotion k, if

    - every frame outside the voiced segments is Null;
    - within each voiced segment the labels read Null+ k+ Null+: its first and its
      last frame are Null, and between them lies one run of k, of one frame or
      more, anywhere;
    - a voiced segment of one or two frames has no room for that and is Null.

    A segment of L frames has (L - 1) (L - 2) / 2 such sequences. Over the utterance
    they read Null+ (k+ Null+)^n, n the segments of three frames or more: the last
    Null of a segment and the first of the next are one run. Without any such
    segment all frames are Null.

    From the paper: the class Null, Null - emotion - Null in each voiced segment
    with the Null between shared, and the total probability of the paths by the
    forward recursion. The paper prints the sum outside the logarithm; its text, and
    the method it cites, have it inside. What becomes of segments too short is a
    choice where it is silent.

    With $d_t = \ln p_t(k) - \ln p_t(\mathrm{Null})$ the runs that end at frame t
    add up to $r_t = d_t + \ln(1 + e^{r_{t-1}})$, a segment to the log-sum-exp of
    its $r_t$, and the utterance to the sum of its segments and of all
    $\ln p_t(\mathrm{Null})$. Both recursions run by doubling their reach.

    Call arguments:
        y_true: (batch, frames), int: k + 1 at a voiced frame of an utterance of
            emotion k, 0 at an unvoiced one, -1 at padding.
        y_pred: (batch, frames, classes + 1), log posterior; output 0 is Null.

    Output shape:
        (batch,), nats an utterance, before the reduction.

    Example:
        >>> y_true = ops.convert_to_tensor([[1, 1, 1, 1, -1]])
        >>> y_pred = ops.log(ops.full((1, 5, 2), 0.5))
        >>> loss = NullClassLoss()(y_true, y_pred)  # 0110, 0100 and 0010 of 2 ** 4
        >>> round(float(ops.exp(-loss)), 4)
        0.1875

    References:
        Lee & Tashev, High-level feature representation using recurrent neural
        network for speech emotion recognition, Interspeech 2015. Graves et al.,
        Connectionist temporal classification, 2006.
    """

    def __init__(self, name="null_class_loss", **kwargs):
        super().__init__(name=name, **kwargs)

    def __call__(self, y_true, y_pred, sample_weight=None):
        # A sum is a new tensor, without the mask of frames that a recurrent layer
        # attaches: Keras would lay it over the losses, one an utterance.
        return super().__call__(y_true, ops.add(y_pred, 0.0), sample_weight)

    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, "int32")
        y_pred = ops.cast(y_pred, "float32")
        inner = _inner(y_true > 0)  # (batch, frames)
        chosen = ops.one_hot(ops.where(inner, y_true, 0), y_pred.shape[-1])
        null = ops.where(y_true >= 0, y_pred[..., 0], 0.0)
        gain = ops.sum(y_pred * chosen, axis=-1) - y_pred[..., 0]
        gain = ops.where(inner, gain, NEVER)
        runs = _accumulate(gain, gain)
        segments = _accumulate(runs, ops.where(inner, 0.0, NEVER))
        is_last = ops.logical_and(inner, ops.logical_not(_after(inner)))
        total = null + ops.where(is_last, segments, 0.0)
        return -ops.sum(total, axis=-1)


def _inner(voiced):
    """Frames whose two neighbours are of the same voiced segment."""
    return ops.logical_and(voiced, ops.logical_and(_before(voiced), _after(voiced)))


def _before(x):
    """`x` one frame earlier, False before the first."""
    return ops.concatenate([ops.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def _after(x):
    """`x` one frame later, False after the last."""
    return ops.concatenate([x[:, 1:], ops.zeros_like(x[:, :1])], axis=1)


def _accumulate(enter, stay):
    """y[t] = log(exp(enter[t]) + exp(y[t - 1] + stay[t])), y[-1] = -inf.

    Frame t first knows itself alone, then the last two frames, the last four, ...
    """
    frames = ops.shape(enter)[1]
    frame = ops.arange(frames, dtype="int32")
    doublings = _doublings(frames)

    def double(reach, doubling, enter, stay):
        exists = frame >= reach  # (frames,), the frame so far back
        before = ops.where(exists, ops.roll(enter, reach, axis=1), NEVER)
        enter = _logaddexp(enter, before + stay)
        stay = stay + ops.where(exists, ops.roll(stay, reach, axis=1), NEVER)
        return 2 * reach, doubling + 1, enter, stay

    return ops.while_loop(
        lambda reach, doubling, enter, stay: doubling < doublings,
        double,
        (1, 0, enter, stay),
        maximum_iterations=MOST_DOUBLINGS,
    )[2]


def _doublings(frames):
    """How often 1 must be doubled to reach `frames`, which a graph may not know."""
    if isinstance(frames, int):
        return max(frames - 1, 0).bit_length()
    return ops.cast(ops.ceil(ops.log2(ops.cast(frames, "float32"))), "int32")


def _logaddexp(a, b):
    """As the one of Keras, but with the right gradient where a equals b."""
    highest = ops.stop_gradient(ops.maximum(a, b))
    return highest + ops.log(ops.exp(a - highest) + ops.exp(b - highest))
