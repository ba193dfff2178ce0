"""Tables of results in Markdown, and the page that holds them."""

import pathlib
import re

from benchmarks.performance.ratios import aims, points_of, ratios, seconds_of
from benchmarks.performance.store import write_whole

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "performance.md"
START, END = "<!-- tables -->", "<!-- end of tables -->"
CEILINGS = "ceilings"


def write_page(results, page: pathlib.Path = PAGE) -> None:
    """Put the tables between the marks of the page, or at its end."""
    tables = f"{START}\n\n{tables_of(results)}\n\n{END}"
    text = page.read_text("utf-8") if page.exists() else "# Performance\n"
    if START in text:
        pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
        text = pattern.sub(lambda _: tables, text)
    else:
        text = f"{text.rstrip()}\n\n{tables}\n"
    write_whole(page, text)


def tables_of(results) -> str:
    """Heading, circumstances, table, aims and silent sides of each case."""
    ceiling = _ceilings(results)
    parts = [part for result in results for part in _section(result, ceiling)]
    return "\n\n".join(parts)


def _section(result, ceiling):
    yield f"### {result['title']}"
    rounds = f"{result['rounds']} rounds" if result["rounds"] > 1 else "one round"
    lines = [f"{result['machine']}; bound to {result['cores']} of them; {rounds}"]
    lines.append(f"{result['when'][:10]}, commit {result['commit'] or 'unknown'}")
    if "load" in result:
        lines.append(f"load average {result['load']:.1f} when it began")
    lines += [result["input"]] if result["input"] else []
    lines += ["quick inputs, which say nothing"] if result["quick"] else []
    yield "; ".join(lines) + "."
    yield "\n".join(table(result, ceiling))
    judged = [judgement(*one) for one in aims(result)]
    if judged:
        yield "\n".join(judged)
    if result["silent"]:
        told = (f"- {name}: {reason}" for name, reason in result["silent"].items())
        yield "Left out:\n\n" + "\n".join(told)
    if versions := versions_of(result):
        yield f"Versions: {versions}."


def table(result, ceiling=None):
    """Lines of the table: a row for each side and point."""
    rates = _rates(result)
    heads = ["", "point", "time", "processor", *rates, "peak MB"]
    heads += [f"times {ours}" for ours in result["ours"]]
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * 2 + " ---: |" * (len(heads) - 2)
    times = ratios(result)
    for point in points_of(result):
        for side in result["order"]:
            facts = result["sides"].get(side, {}).get(point)
            if facts is None:
                continue
            cells = [side, point, duration(facts["seconds"])]
            cells.append(duration(facts["cpu_seconds"]))
            cells += [RATES[rate](facts, ceiling) for rate in rates]
            cells.append(f"{facts['peak_bytes'] / 1e6:,.0f}")
            for ours in result["ours"]:
                ratio = times.get((side, ours, point))
                cells.append("" if ratio is None else f"{ratio:.3g}")
            yield f"| {' | '.join(cells)} |"


def judgement(aim, point, ratio) -> str:
    """A line on one aim."""
    where = f" at {point}" if point else ""
    wanted = f"- {aim['slow']} over {aim['fast']}{where}: aim {aim['times']:g}"
    if ratio is None:
        return f"{wanted}, not measured."
    return (
        f"{wanted}, measured {ratio:.3g}{'' if ratio >= aim['times'] else ', missed'}."
    )


def duration(seconds) -> str:
    """Three digits with a unit.

    Example:
        >>> duration(0.01234), duration(12.34)
        ('12.3 ms', '12.3 s')
    """
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:,.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def versions_of(result) -> str:
    """Distributions and versions of all sides, each once."""
    every = {}
    for versions in result["versions"].values():
        every |= versions
    return ", ".join(f"{name} {version}" for name, version in sorted(every.items()))


def _gflops(facts, ceiling):
    if "gflop" not in facts:
        return ""
    rate = facts["gflop"] / facts["seconds"]
    share = f" ({rate / ceiling:.0%})" if ceiling else ""
    return f"{rate:.3g}{share}"


def _gbytes(facts, ceiling):
    return f"{facts['gbyte'] / facts['seconds']:.3g}" if "gbyte" in facts else ""


def _real_time(facts, ceiling):
    heard = facts.get("audio_seconds")
    return f"{heard / facts['seconds']:,.0f}" if heard else ""


def _cost(facts, ceiling):
    heard = facts.get("audio_seconds")
    return f"{1000 * facts['seconds'] / heard:.3g}" if heard else ""


RATES = {
    "GFLOP/s": _gflops,
    "GB/s": _gbytes,
    "times real time": _real_time,
    "ms a second of audio": _cost,
}


def _rates(result):
    """Rates that some side of the result has."""
    every = [f for points in result["sides"].values() for f in points.values()]
    return [name for name, rate in RATES.items() if any(rate(f, None) for f in every)]


def _ceilings(results):
    """Largest product rate that was measured, GFLOP/s; None without the case."""
    for result in results:
        if result["case"] == CEILINGS:
            points = [
                seconds and facts["gflop"] / seconds
                for side in result["sides"]
                for point, facts in result["sides"][side].items()
                if "gflop" in facts and (seconds := seconds_of(result, side, point))
            ]
            return max(points, default=None)
    return None
