"""The performance benchmark: what its figures are made of; nothing is timed here."""

import pytest

from benchmarks import cases
from benchmarks.__main__ import main
from benchmarks.performance import report
from benchmarks.performance.children import Child, SideMissingError, open_side
from benchmarks.performance.ratios import aims, ratios
from benchmarks.performance.running import run_case, summary, take_turns
from benchmarks.performance.side import Options, Side
from benchmarks.performance.store import is_fresh, read_results, write_result
from tests.benchmarks.small_results import result


class Scripted:
    """A side whose seconds are known beforehand."""

    versions = {}

    def __init__(self, log, name, seconds):
        self.points = tuple(seconds)
        self._log, self._name, self._seconds = log, name, seconds

    def measure(self, point):
        self._log.append((self._name, point))
        return {"seconds": self._seconds[point].pop(0), "peak_bytes": 7}


def test_sides_take_turns_and_the_first_round_does_not_count():
    log = []
    children = {
        "ours": Scripted(log, "ours", {"3 s": [50.0, 1.0, 2.0]}),
        "rival": Scripted(log, "rival", {"3 s": [60.0, 8.0, 6.0]}),
    }
    measured = take_turns(children, 2, {}, tell=lambda line: None)
    assert [name for name, _ in log] == ["ours", "rival"] * 3
    assert [one["seconds"] for one in measured["ours"]["3 s"]] == [1.0, 2.0]
    assert [one["seconds"] for one in measured["rival"]["3 s"]] == [8.0, 6.0]


def test_the_median_of_the_rounds_stands_and_the_largest_peak():
    rounds = [
        {"seconds": 9.0, "peak_bytes": 3, "gflop": 5.0},
        {"seconds": 2.0, "peak_bytes": 11, "gflop": 5.0},
        {"seconds": 4.0, "peak_bytes": 7, "gflop": 5.0},
    ]
    assert summary({"ours": {"": rounds}})["ours"][""] == {
        "seconds": 4.0,
        "peak_bytes": 11,
        "gflop": 5.0,
        "all_seconds": [9.0, 2.0, 4.0],
    }


def test_ratios_are_of_the_rival_s_time_to_ours_at_each_point():
    given = result(
        ours={"1 s": 2.0, "3 s": 5.0}, rival={"1 s": 7.0, "3 s": 15.0, "60 s": 900.0}
    )
    assert ratios(given) == {
        ("rival", "ours", "1 s"): 3.5,
        ("rival", "ours", "3 s"): 3.0,
    }


def test_an_aim_is_judged_and_one_without_a_rival_says_so():
    aim = {"slow": "rival", "fast": "ours", "times": 4.0, "point": "3 s"}
    given = result(ours={"3 s": 5.0}, rival={"3 s": 15.0}, aims=[aim])
    (judged,) = aims(given)
    assert report.judgement(*judged) == (
        "- rival over ours at 3 s: aim 4, measured 3, missed."
    )
    del given["sides"]["rival"]
    (judged,) = aims(given)
    assert report.judgement(*judged).endswith("aim 4, not measured.")


def test_the_table_has_rates_and_ratios():
    given = result(ours={"3 s": 0.5}, rival={"3 s": 2.0})
    facts = given["sides"]["ours"]["3 s"]
    facts |= {"peak_bytes": 300e6, "audio_seconds": 96.0, "gflop": 20.0}
    # 20 GFLOP in half a second are 40 GFLOP/s, half of a ceiling of 80.
    lines = list(report.table(given, ceiling=80.0))
    assert lines[0] == (
        "|  | point | time | processor | GFLOP/s | times real time | "
        "ms a second of audio | peak MB | times ours |"
    )
    assert lines[2] == "| ours | 3 s | 500 ms | 1 s | 40 (50%) | 192 | 5.21 | 300 |  |"
    assert lines[3] == "| rival | 3 s | 2 s | 4 s |  |  |  | 0 | 4 |"


def test_the_page_keeps_its_words_around_the_tables(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{report.START}\nold\n{report.END}\nafter\n")
    report.write_page([result(ours={"": 1.0})], page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n") and text.endswith("\nafter\n")
    assert "old" not in text and "| ours |  | 1 s | 2 s |" in text


def test_results_come_back_from_disk_and_grow_old(tmp_path):
    write_result(result(ours={"": 1.0}), tmp_path)
    (kept,) = read_results(tmp_path, ["features", "start"])
    assert kept["sides"]["ours"][""]["seconds"] == 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["features.json"]
    assert is_fresh(kept, hours=24 * 365 * 100)
    assert not is_fresh(kept, hours=0)
    assert not is_fresh({**kept, "quick": True}, hours=24 * 365 * 100)


def test_a_rival_that_is_not_installed_is_one_line_and_the_case_goes_on(tmp_path):
    class Case:
        TITLE, OURS = "A case", ("ours",)

        @staticmethod
        def sides(options):
            small = "tests.benchmarks.small_sides:count"
            return [
                Side("rival", small, rival=True, versions=("no-such-library",)),
                Side("ours", small, {"most": 11}, versions=("typer",)),
            ]

    told = []
    options = Options(rounds=1, cores=1, folder=tmp_path)
    found = run_case("features", Case, options, told.append)
    assert found["silent"] == {"rival": "no-such-library is not installed"}
    assert told[0] == (
        "  rival: left out, no-such-library is not installed. Install "
        "requirements/benchmarks.txt and name it by --rivals."
    )
    facts = found["sides"]["ours"][""]
    assert facts["counted"] == 11 and facts["seconds"] > 0
    assert facts["peak_bytes"] > 1e6  # no Python is smaller
    assert "Left out:\n\n- rival: no-such-library" in report.tables_of([found])


def test_a_side_that_breaks_says_why_and_the_others_go_on(tmp_path):
    class Case:
        TITLE, OURS = "A case", ("ours",)

        @staticmethod
        def sides(options):
            broken = Side("rival", "tests.benchmarks.small_sides:broken")
            ours = Side("ours", command=("{python}", "-c", "pass"), point="process")
            return [broken, ours]

    options = Options(rounds=1, cores=1, folder=tmp_path)
    found = run_case("features", Case, options, tell=lambda line: None)
    assert found["silent"]["rival"].endswith("ValueError: It broke.")
    assert found["sides"]["ours"]["process"]["peak_bytes"] > 1e6


def test_a_side_that_was_killed_between_two_turns_is_left_out(tmp_path):
    class Slow(Child):  # asks again once the process is gone
        def measure(self, point):
            answer = super().measure(point)
            self._process.wait()
            return answer

    options = Options(cores=1, folder=tmp_path)
    child = Slow(Side("rival", "tests.benchmarks.small_sides:ending"), options)
    silent = {}
    found = take_turns({"rival": child}, 1, silent, lambda line: None)
    child.close()
    assert found == {"rival": {"": []}}
    assert silent["rival"].startswith("exit code 7")


def test_a_missing_library_is_told_from_a_broken_side(tmp_path):
    side = Side("rival", "tests.benchmarks.small_sides:lacking")
    with pytest.raises(SideMissingError, match="no_such_module is not installed"):
        open_side(side, Options(cores=1, folder=tmp_path))


@pytest.mark.parametrize("name", cases.names())
def test_every_case_names_its_sides_without_loading_a_library(name, tmp_path):
    manifest = tmp_path / "speech.csv"
    manifest.write_text("key,path,label\na,a.wav,joy\nb,b.wav,fear\n")
    case = cases.load(name)
    options = Options(quick=True, folder=tmp_path, manifests=(str(manifest),))
    sides = case.sides(options)
    names = [side.name for side in sides]
    assert case.TITLE and len(set(names)) == len(names)
    assert {*case.OURS} <= {*names}
    for aim in getattr(case, "AIMS", ()):
        assert {aim.slow, aim.fast} <= {*names}
    for side in sides:
        assert bool(side.make) != bool(side.command)


def test_a_case_that_cannot_be_prepared_is_left_out(tmp_path, monkeypatch, capsys):
    class Case:
        @staticmethod
        def prepare(options):
            raise SystemExit("name labelled speech.")

    monkeypatch.setattr(cases, "load", lambda name: Case)
    main(["features", "--folder", str(tmp_path)])
    assert capsys.readouterr().err == "features:\n  left out: name labelled speech.\n"


def test_an_unknown_case_ends_in_one_line(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["teleport"])
    last = capsys.readouterr().err.splitlines()[-1]
    assert "CASE: one of ceilings, features," in last and "Received: teleport." in last
