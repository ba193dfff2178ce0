"""Results of cases on disk, one file each, whole or absent."""

import contextlib
import datetime
import json
import os
import pathlib

from benchmarks import cases

RESULTS = pathlib.Path(__file__).parents[1] / "results"


def write_whole(path: pathlib.Path, text: str) -> None:
    """Write under a temporary name, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_result(result: dict, folder: pathlib.Path = RESULTS) -> None:
    """Keep a case's result in `folder`."""
    text = json.dumps(_rounded(result), indent=1) + "\n"
    write_whole(folder / f"{result['case']}.json", text)


def read_results(folder: pathlib.Path = RESULTS, names=None) -> list[dict]:
    """Results that are there, in the order of `names`, or of all cases."""
    found = []
    for name in cases.names() if names is None else names:
        with contextlib.suppress(FileNotFoundError):
            text = (folder / f"{name}.json").read_text(encoding="utf-8")
            found.append(json.loads(text))
    return found


def is_fresh(result: dict, hours: float, now: datetime.datetime | None = None) -> bool:
    """Whether a whole run measured it in the last `hours`."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    age = now - datetime.datetime.fromisoformat(result["when"])
    return not result["quick"] and age <= datetime.timedelta(hours=hours)


def _rounded(value):
    """Numbers of six digits: more would differ in each commit and say nothing."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return value
