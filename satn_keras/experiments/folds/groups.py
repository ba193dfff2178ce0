"""Balanced groups of speakers or sentences, and who follows whom in a ring."""

from __future__ import annotations

import collections
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from satn_keras.corpora import Manifest, Utterance


def balanced_groups(
    manifest: Manifest, num_groups: int, of: Callable[[Utterance], str], seed: int
) -> list[list[str]]:
    r"""Names dealt to groups of about as many utterances, of each class too.

    The names with most utterances are dealt first, each to the group where it adds
    least to

    $$\sum_g \Big(\frac{n_g}{N}\Big)^2 + \frac{1}{C} \sum_g \sum_c
    \Big(\frac{n_{g,c}}{N_c}\Big)^2$$

    with n utterances in a group of N in all, and those of each of C classes: the sum
    is least where all groups are equal. With one class this is the rule of the
    longest processing time first.

    Args:
        manifest: Utterances of at least `num_groups` names.
        num_groups: How many groups, none of which is empty.
        of: Name of an utterance, such as its speaker.
        seed: Decides the order of names with as many utterances.

    Returns:
        Names of each group, sorted.

    References:
        Graham, Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied
        Mathematics 17(2), 1969.
    """
    counts: dict[str, collections.Counter] = {}
    for utterance in manifest:
        counts.setdefault(of(utterance), collections.Counter())[utterance.label] += 1
    totals = sum(counts.values(), collections.Counter())
    names = sorted(shuffled(counts, seed), key=lambda name: -counts[name].total())
    groups: list[list[str]] = [[] for _ in range(num_groups)]
    filled = [collections.Counter() for _ in range(num_groups)]
    for name in names:
        best = min(
            range(num_groups),
            key=lambda place: _growth(filled[place], counts[name], totals),
        )
        groups[best].append(name)
        filled[best] += counts[name]
    return [sorted(group) for group in groups]


def shuffled(names, seed: int | str) -> list[str]:
    """The names in an order that the seed alone decides."""
    order = sorted(names)
    random.Random(seed).shuffle(order)
    return order


def followers(ring: Sequence[str], name: str, count: int) -> list[str]:
    """The `count` names after `name` in a ring.

    Example:
        >>> followers("abcd", "c", 2)
        ['d', 'a']
    """
    place = ring.index(name) + 1
    return [*ring, *ring][place : place + count]


def _growth(group, added, totals) -> Fraction:
    """What the sum of squares gains, exactly: equal groups tie on every machine."""
    whole = Fraction(_square_gain(group.total(), added.total()), totals.total() ** 2)
    classes = sum(
        Fraction(_square_gain(group[label], count), totals[label] ** 2)
        for label, count in added.items()
    )
    return whole + classes / len(totals)


def _square_gain(before: int, added: int) -> int:
    return (before + added) ** 2 - before**2
