"""Results of made-up cases."""


def result(case="features", aims=(), **sides):
    """Result with the seconds of each side at each point; `ours` is ours."""
    return {
        "case": case,
        "title": "Features",
        "when": "2026-01-02T03:04+00:00",
        "commit": "abc",
        "machine": "a machine",
        "cores": 2,
        "rounds": 5,
        "quick": False,
        "input": "",
        "ours": ["ours"],
        "order": list(sides),
        "versions": {},
        "silent": {},
        "sides": {
            name: {
                point: {"seconds": seconds, "cpu_seconds": 2 * seconds, "peak_bytes": 0}
                for point, seconds in points.items()
            }
            for name, points in sides.items()
        },
        "aims": list(aims),
    }
