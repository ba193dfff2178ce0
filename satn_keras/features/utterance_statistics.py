"""What a linear judge hears of an utterance: statistics of its frames."""

import keras
import numpy as np
from keras import ops

from satn_keras.features.deltas import Deltas
from satn_keras.features.moments import frame_mean

PERCENTILES = (10, 25, 50, 75, 90)
NEAR = 0.05  # of the frames, ranks on either side of a percentile that count in it
REACH = 2  # frames on each side of a derivative
FEWEST = 5  # frames without which a statistic is 0


@keras.saving.register_keras_serializable(package="satn_keras")
class UtteranceStatistics(keras.layers.Layer):
    r"""Statistics of each band over true frames, and over voiced ones apart.

    Of the static values and of their first derivative: mean, deviation and the
    percentiles 10, 25, 50, 75 and 90. Of the second derivative: mean and deviation. Of
    the static values also their course,

    $$\frac{1}{n} \sum_t P_k(t)\, x_t, \quad k = 1, 2,$$

    with $P_k$ the line and the parabola over the frames that count, orthogonal to each
    other and to the mean, of mean square 1: whether a band rises, and whether it
    arches. Last the logarithm of the number of frames and, where voices are told,
    the share of voiced frames, voiced stretches a frame and frames a stretch.

    A percentile is a mean of the values near it in rank, with weights that fall in
    proportion to 0 at 5 % of the frames to either side, one at least: of more than 20
    frames no single one decides it.

    A derivative counts as voiced where all frames that it is made of are. Statistics of
    less than five frames are 0. Always computes in float32; has no weights.

    Args:
        pitch_band: band that is exactly zero in unvoiced frames; None leaves the
            statistics of voiced frames out.

    Call arguments:
        features: float (batch, frames, bands, channels), normalised; the first channel
            is heard.
        mask: bool (batch, frames), true frames first; all when None.

    Input shape:
        (batch, frames, bands, channels), float.

    Output shape:
        (batch, 18 bands + 1), or (batch, 36 bands + 4) with the voiced frames,
        float32.

    Masking:
        Padded frames count in no statistic. The output carries no mask.

    Example:
        >>> UtteranceStatistics(pitch_band=0)(ops.ones((2, 9, 3, 1))).shape
        TensorShape([2, 112])

    References:
        Eyben et al. 2016, The Geneva minimalistic acoustic parameter set, on
        functionals of voiced frames; the list is this package's own. Sheather & Marron
        1990, Kernel quantile estimators.
    """

    def __init__(self, pitch_band=None, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.pitch_band = pitch_band
        self.deltas = Deltas(REACH, derivatives=2, name="deltas")
        self.input_spec = keras.layers.InputSpec(ndim=4)
        self.supports_masking = True

    def build(self, features_shape):
        self.deltas.build(features_shape[:-1])

    def call(self, features, mask=None):
        static = ops.cast(features[..., 0], "float32")  # (batch, frames, bands)
        if mask is None:
            mask = ops.ones(ops.shape(static)[:2], dtype="bool")
        mask = ops.cast(mask, "bool")
        orders = self.deltas(static, mask=mask)
        orders = [orders[..., order] for order in range(3)]
        parts = _statistics(orders, [mask] * 3)
        parts.append(ops.log(ops.maximum(_count(mask), 1.0)))
        if self.pitch_band is not None:
            pitch = static[..., self.pitch_band]
            voiced = ops.logical_and(mask, ops.not_equal(pitch, 0.0))
            inside = [_inside(voiced, order * REACH) for order in range(3)]
            parts += _statistics(orders, inside) + _voicing(voiced, mask)
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, features_shape):
        batch, _, bands, _ = features_shape
        return batch, 18 * bands + 1 if self.pitch_band is None else 36 * bands + 4

    def compute_mask(self, features, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "pitch_band": self.pitch_band}


def _statistics(orders, counted):
    """Statistics of static values and both derivatives over the frames that count."""
    static, first, second = orders
    return [
        *_moments(static, counted[0]),
        *_percentiles(static, counted[0]),
        *_moments(first, counted[1]),
        *_percentiles(first, counted[1]),
        *_moments(second, counted[2]),
        *_course(static, counted[0]),
    ]


def _count(mask):
    """Frames that count: (batch, 1), float32."""
    return ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)


def _where_enough(values, mask):
    return ops.where(_count(mask) >= FEWEST, values, 0.0)


def _moments(values, mask):
    mean = _mean(values, mask)
    deviation = ops.sqrt(_mean(ops.square(values - mean), mask))
    return [_where_enough(each[:, 0], mask) for each in (mean, deviation)]


def _percentiles(values, mask):
    """Each (batch, bands): the value at a share of the sorted frames that count."""
    # What does not count sorts last; LiteRT cannot index a bool with a new axis.
    behind = ops.where(ops.expand_dims(mask, -1), values, 1e30)
    rising = ops.swapaxes(ops.sort(ops.swapaxes(behind, 1, 2), axis=-1), 1, 2)
    ranks = ops.arange(ops.shape(values)[1], dtype="float32")[None]  # (1, frames)
    count = _count(mask)
    rising = ops.where(ops.expand_dims(ranks < count, -1), rising, 0.0)
    last = ops.maximum(count - 1.0, 0.0)[..., None]
    places = last * np.asarray(PERCENTILES, "float32")[:, None] / 100
    reach = ops.maximum(NEAR * count, 1.0)[..., None]  # at least the next rank
    shares = ops.relu(1.0 - ops.abs(ranks[:, None] - places) / reach)
    shares = shares / ops.sum(shares, axis=-1, keepdims=True)
    found = ops.matmul(shares, rising)  # (batch, percentiles, bands)
    return [_where_enough(found[:, number], mask) for number in range(len(PERCENTILES))]


def _course(values, mask):
    """Slope and curvature over time, each (batch, bands)."""
    time = ops.arange(ops.shape(values)[1], dtype="float32")[None, :, None]
    # About the middle of the first and last frame that could count, for its digits.
    line = _unit(time * 2.0 / ops.maximum(_count(mask), 1.0)[..., None] - 1.0, mask)
    parabola = ops.square(line)
    parabola = parabola - _mean(parabola * line, mask) * line
    parabola = _unit(parabola, mask)
    return [
        _where_enough(_mean(values * shape, mask)[:, 0], mask)
        for shape in (line, parabola)
    ]


def _mean(values, mask):
    """Over the frames that count: (batch, 1, bands)."""
    return frame_mean(values, ops.expand_dims(mask, -1))


def _unit(shape, mask):
    """(batch, frames, 1), of mean 0 and mean square 1 over the frames that count."""
    shape = shape - _mean(shape, mask)
    return shape / ops.sqrt(_mean(ops.square(shape), mask) + 1e-9)


def _inside(voiced, reach):
    """Frames all of whose neighbours within `reach` are voiced as well."""
    if not reach:
        return voiced
    padded = ops.pad(ops.cast(voiced, "float32"), [[0, 0], [reach, reach]])
    frames = ops.shape(voiced)[1]
    total = sum(padded[:, step : step + frames] for step in range(2 * reach + 1))
    return total > 2 * reach + 0.5


def _voicing(voiced, mask):
    """Share of voiced frames, stretches a frame, frames a stretch: (batch, 1) each."""
    count, all_frames = _count(voiced), ops.maximum(_count(mask), 1.0)
    before = ops.pad(ops.cast(voiced, "float32")[:, :-1], [[0, 0], [1, 0]]) > 0
    starts = _count(ops.logical_and(voiced, ops.logical_not(before)))
    return [count / all_frames, starts / all_frames, count / ops.maximum(starts, 1.0)]
