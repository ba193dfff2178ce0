"""How many times as long one side takes as another, of a case's result."""


def seconds_of(result, side, point):
    """Median seconds; None where the side was silent or lacks the point."""
    found = result["sides"].get(side, {}).get(point)
    return found and found["seconds"]


def points_of(result) -> list[str]:
    """Points of all sides, in the order in which they were first met."""
    sides = result["sides"]
    names = [name for name in result["order"] if name in sides]
    return list(dict.fromkeys(point for name in names for point in sides[name]))


def ratios(result) -> dict:
    """(rival, ours, point) -> rival's seconds over ours.

    Example:
        >>> sides = {"a": {"": {"seconds": 2.0}}, "b": {"": {"seconds": 9.0}}}
        >>> ratios({"sides": sides, "ours": ["a"], "order": ["a", "b"]})
        {('b', 'a', ''): 4.5}
    """
    found = {}
    for ours in result["ours"]:
        for rival in result["order"]:
            for point in points_of(result):
                pair = [seconds_of(result, side, point) for side in (rival, ours)]
                if rival not in result["ours"] and all(pair):
                    found[rival, ours, point] = pair[0] / pair[1]
    return found


def aims(result):
    """(aim, point, ratio) of each aim; the ratio is None where a side is silent."""
    for aim in result["aims"]:
        points = points_of(result) if aim["point"] is None else [aim["point"]]
        for point in points:
            slow, fast = (seconds_of(result, aim[k], point) for k in ("slow", "fast"))
            if slow and fast:
                yield aim, point, slow / fast
            elif aim["point"] is not None:
                yield aim, point, None
