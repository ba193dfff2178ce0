"""CTC probabilities of all transcripts that begin with a prefix."""

from typing import NamedTuple

from keras import ops

NEVER = -1e9  # log probability of what cannot be
MAX_DOUBLINGS = 13  # 2 ** 13 frames of the decoder's memory are four minutes


class CTCPrefix(NamedTuple):
    """Log probabilities of having written exactly a prefix by each frame.

    Watanabe et al. 2017, algorithm 2; each a tensor (rows, frames).
    """

    spoken: object  # the last frame says the last token
    blank: object  # the last frame is blank
    reached: object  # (rows, frames), log probability before each frame, either way


def empty_prefix(log_probabilities) -> CTCPrefix:
    """Prefix without a token.

    Args:
        log_probabilities: (rows, frames, tokens), log softmax of the CTC head, whose
            padded frames are blank with probability one; token 0 is the blank.
    """
    blank = ops.cumsum(log_probabilities[..., 0], axis=1)
    return _prefix(ops.full_like(blank, NEVER), blank, first=0.0)


def prefix_scores(prefix: CTCPrefix, log_probabilities, last, end):
    """(rows, tokens): log probability of each token coming next, with any sequel.

    The column `end` holds the log probability of the prefix as the whole transcript.

    Args:
        prefix: of each row.
        log_probabilities: as for `empty_prefix`.
        last: (rows,), last token of each prefix, 0 for none.
        end: the token that ends a transcript.
    """
    tokens = ops.arange(log_probabilities.shape[-1])
    again = tokens == last[:, None]  # (rows, tokens)
    # The same token twice needs a blank between.
    before = ops.where(
        again[:, None],
        _before(prefix.blank, NEVER)[..., None],
        prefix.reached[..., None],
    )
    scores = ops.logsumexp(before + log_probabilities, axis=1)
    whole = ops.logaddexp(prefix.spoken[:, -1], prefix.blank[:, -1])
    return ops.where(tokens == end, whole[:, None], scores)


def extend_prefix(prefix: CTCPrefix, log_probabilities, last, token) -> CTCPrefix:
    """Prefix with `token` after it, in each row.

    Args:
        prefix: of each row.
        log_probabilities: as for `empty_prefix`.
        last: (rows,), last token of each prefix, 0 for none.
        token: (rows,), the one that comes next.
    """
    chosen = ops.one_hot(token, log_probabilities.shape[-1])  # (rows, tokens)
    says = ops.sum(log_probabilities * chosen[:, None], axis=-1)  # (rows, frames)
    before = ops.where(
        (token == last)[:, None], _before(prefix.blank, NEVER), prefix.reached
    )
    spoken = _accumulate(before, says)
    blank = _accumulate(_before(spoken, NEVER), log_probabilities[..., 0])
    return _prefix(spoken, blank, first=NEVER)


def _prefix(spoken, blank, first):
    return CTCPrefix(spoken, blank, _before(ops.logaddexp(spoken, blank), first))


def _before(x, first):
    """`x` one frame earlier."""
    return ops.concatenate([ops.full_like(x[:, :1], first), x[:, :-1]], axis=1)


def _accumulate(enter, stay):
    """Log probability of being in a state: what enters, and what stays frame by frame.

    y[t] = log(exp(y[t - 1]) + exp(enter[t])) + stay[t], and y[-1] = -inf. Divided by
    the product of all `stay` so far, the recurrence is a running sum.
    """
    total = ops.cumsum(stay, axis=1)
    return total + _running_logsumexp(enter + stay - total)


def _running_logsumexp(x):
    """(rows, frames), over each frame and all before it, by doubling the reach."""
    frames = ops.shape(x)[1]
    for doubling in range(MAX_DOUBLINGS):
        earlier = ops.pad(x, [[0, 0], [2**doubling, 0]], constant_values=NEVER)
        x = ops.logaddexp(x, earlier[:, :frames])
    return x
