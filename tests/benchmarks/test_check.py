"""What became slower beside its rivals is named, and nothing else."""

import pytest

from benchmarks.check import main
from benchmarks.performance.regression import falls, unseen
from benchmarks.performance.store import write_result
from tests.benchmarks.small_results import result

# Four and three times as fast as the rival.
BEFORE = result(ours={"1 s": 1.0, "3 s": 2.0}, rival={"1 s": 4.0, "3 s": 6.0})


def test_a_fall_of_more_than_15_percent_is_named():
    # From 4 to 3.3, 17.5 % less; the other is as it was.
    after = result(ours={"1 s": 1.0, "3 s": 2.0}, rival={"1 s": 3.3, "3 s": 6.0})
    assert falls([BEFORE], [after]) == [
        "features: rival over ours at 1 s: 4 stored, 3.3 now, 18% less"
    ]


@pytest.mark.parametrize("times", [0.9, 1.0, 5.0])
def test_a_smaller_fall_a_gain_and_a_slower_machine_are_no_fall(times):
    # 3.5 is 12.5 % less than 4.
    after = result(
        ours={"1 s": times, "3 s": 2 * times},
        rival={"1 s": 3.5 * times, "3 s": 9 * times},
    )
    assert falls([BEFORE], [after]) == []


def test_a_ratio_that_is_gone_is_told_but_is_no_fall():
    after = result(ours={"1 s": 1.0, "3 s": 2.0})
    assert falls([BEFORE], [after]) == []
    assert unseen([BEFORE], [after]) == [
        "features: rival over ours at 1 s: not measured",
        "features: rival over ours at 3 s: not measured",
    ]


@pytest.mark.parametrize(("seconds", "code"), [(4.0, 0), (2.0, 1)])
def test_the_exit_code_tells_of_a_planted_fall(tmp_path, capsys, seconds, code):
    after = result(ours={"1 s": 1.0, "3 s": 2.0}, rival={"1 s": seconds, "3 s": 6.0})
    write_result(BEFORE, tmp_path / "stored")
    write_result(after, tmp_path / "fresh")
    folders = ["--stored", str(tmp_path / "stored"), "--fresh", str(tmp_path / "fresh")]
    assert main(["features", *folders]) == code
    told = capsys.readouterr().out
    assert ("4 stored, 2 now, 50% less" in told) == bool(code)
    assert ("No ratio fell" in told) != bool(code)


def test_nothing_stored_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["features", "--stored", str(tmp_path)])
    assert "no result of features" in capsys.readouterr().err.splitlines()[-1]
