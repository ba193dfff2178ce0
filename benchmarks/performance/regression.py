"""What became slower beside its rivals since the stored results."""

from benchmarks.performance.ratios import ratios

ALLOWED = 0.15  # share of a ratio


def falls(stored: list[dict], fresh: list[dict], allowed: float = ALLOWED) -> list[str]:
    """A line for each ratio that fell by more than `allowed`.

    One that the fresh run lacks, for want of a rival, is passed over: `unseen` names
    it.

    Args:
        stored: results of cases.
        fresh: results of the same or fewer cases.
        allowed: share of the stored ratio.
    """
    lines = []
    for before, after in _pairs(stored, fresh):
        old, new = ratios(before), ratios(after)
        for key in old.keys() & new.keys():
            if new[key] < (1 - allowed) * old[key]:
                lines.append(
                    f"{_name(before, key)}: {old[key]:.3g} stored, {new[key]:.3g} now, "
                    f"{1 - new[key] / old[key]:.0%} less"
                )
    return sorted(lines)


def unseen(stored: list[dict], fresh: list[dict]) -> list[str]:
    """A line for each stored ratio that the fresh run lacks, of the cases that it has.

    Args:
        stored: results of cases.
        fresh: results of the same or fewer cases.
    """
    return sorted(
        f"{_name(before, key)}: not measured"
        for before, after in _pairs(stored, fresh)
        for key in ratios(before).keys() - ratios(after).keys()
    )


def _pairs(stored, fresh):
    before = {result["case"]: result for result in stored}
    for after in fresh:
        if after["case"] in before:
            yield before[after["case"]], after


def _name(result, key):
    rival, ours, point = key
    where = f" at {point}" if point else ""
    return f"{result['case']}: {rival} over {ours}{where}"
