"""Another utterance for each utterance, of like length and by another speaker."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

NEIGHBOURS = 16  # utterances next to each other in the order of length
_SAME_SPEAKER, _ITSELF = 1e3, 1e6  # each outweighs any number of the one before


def draw_partners(
    lengths: np.ndarray, speakers: Sequence, seed: int, repeats: int = 1
) -> np.ndarray:
    """Row of each row's partner, drawn once.

    The utterances are put in the order of their length and cut into groups of
    `NEIGHBOURS` or a little more, within which the partners are drawn at random,
    of another speaker as often as the group allows. So the lengths nearly agree, and
    what is left of the difference between two maps is what was said and how. No
    utterance is its own partner, each is the partner of just one, and a row's partner
    is in the same version as the row.

    Args:
        lengths: (rows,), frames of each row; row r holds utterance
            r % (rows / repeats), the first of them as they are.
        speakers: one an utterance, or one a row.
        seed: of the draw.
        repeats: versions in which each utterance is there.

    Returns:
        (rows,), int64.

    Raises:
        ValueError: if there are fewer than two utterances.

    Example:
        >>> draw_partners(np.array([300, 310, 330, 341]), "ab", seed=1, repeats=2)
        array([1, 0, 3, 2])
    """
    number = len(lengths) // repeats
    if number < 2:
        raise ValueError(
            f"A partner is another utterance: there must be at least two. "
            f"Received: {number}."
        )
    rng = np.random.default_rng(seed)
    speakers = np.asarray(list(speakers)[:number])
    # Utterances of one length fall into groups by chance.
    order = np.lexsort((rng.random(number), lengths[:number]))
    partners = np.empty(number, "int64")
    for group in np.array_split(order, max(number // NEIGHBOURS, 1)):
        cost = rng.random((len(group), len(group)))
        same = speakers[group][:, None] == speakers[group][None]
        cost += _SAME_SPEAKER * same + _ITSELF * np.eye(len(group))
        partners[group] = group[linear_sum_assignment(cost)[1]]
    versions = number * np.arange(repeats)[:, None]
    return (versions + partners).reshape(-1)
