"""All sides of one case measured in turns."""

import datetime
import statistics

from benchmarks.performance.children import SideError, SideMissingError, open_side
from benchmarks.performance.machine import commit, load_average, machine

# Of these the smallest or the largest of all rounds says most, of others the median.
EXTREMES = {"peak_bytes": max}


def run_case(name, case, options, tell=print) -> dict:
    """Result of a case, fit for JSON, see `summary`.

    Args:
        name: of the case.
        case: its module, see `benchmarks.cases`.
        options: of the run.
        tell: is called with each line of progress.
    """
    children, silent, load = {}, {}, load_average()
    getattr(case, "prepare", lambda _: None)(options)
    sides = case.sides(options)
    try:
        for side in sides:
            _open(side, options, children, silent, tell)
        measured = take_turns(children, options.rounds, silent, tell)
        versions = {key: child.versions for key, child in children.items()}
    finally:
        for child in children.values():
            child.close()
    return {
        "case": name,
        "title": case.TITLE,
        "when": datetime.datetime.now(datetime.timezone.utc).isoformat("T", "minutes"),
        "commit": commit(),
        "machine": machine(),
        "load": load,
        "cores": options.cores,
        "rounds": options.rounds,
        "quick": options.quick,
        "input": getattr(case, "describe_input", lambda _: "")(options),
        "ours": list(case.OURS),
        "order": [side.name for side in sides],
        "versions": versions,
        "silent": silent,
        "sides": summary(measured),
        "aims": [vars(aim) for aim in getattr(case, "AIMS", ())],
    }


def take_turns(children, rounds, silent, tell) -> dict:
    """Side -> point -> list of measurements, one a round.

    One round more is taken before the others, to warm up, and does not count. A side
    that breaks is left out from then on and its reason put into `silent`.
    """
    measured = {name: {point: [] for point in c.points} for name, c in children.items()}
    points = list(dict.fromkeys(p for each in measured.values() for p in each))
    for number in range(rounds + 1):
        for point in points:
            for name, child in children.items():
                if name in silent or point not in measured[name]:
                    continue
                try:
                    one = child.measure(point)
                except SideError as error:
                    silent[name] = f"{point}: {error}" if point else str(error)
                    tell(f"  {name}: {silent[name]}")
                    continue
                if number:
                    measured[name][point].append(one)
                told = "warm-up" if not number else f"round {number}"
                tell(f"  {told}: {name} {point}: {one['seconds']:.4f} s")
    return measured


def summary(measured) -> dict:
    """Side -> point -> median of each fact, and all seconds; the peak is the largest.

    Example:
        >>> rounds = [{"seconds": 3.0}, {"seconds": 1.0}, {"seconds": 2.0}]
        >>> summary({"ours": {"": rounds}})["ours"][""]
        {'seconds': 2.0, 'all_seconds': [3.0, 1.0, 2.0]}
    """
    return {
        name: {point: _middle(rounds) for point, rounds in points.items() if rounds}
        for name, points in measured.items()
    }


def _middle(rounds):
    facts = {
        key: EXTREMES.get(key, statistics.median)(one[key] for one in rounds)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else value
        for key, value in rounds[-1].items()
    }
    return {**facts, "all_seconds": [one["seconds"] for one in rounds]}


def _open(side, options, children, silent, tell):
    """Start a side, or say in one line why it stays out."""
    try:
        children[side.name] = open_side(side, options)
    except SideMissingError as error:
        remedy = ""
        if side.rival:
            remedy = ". Install requirements/benchmarks.txt and name it by --rivals"
        silent[side.name] = str(error)
        tell(f"  {side.name}: left out, {error}{remedy}.")
    except SideError as error:
        silent[side.name] = str(error)
        tell(f"  {side.name}: {error}")
