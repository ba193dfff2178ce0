"""Ten minutes of audio: trained on and predicted in memory linear in their length."""

import json
import math
import subprocess
import sys

import pytest

# Twice the length takes twice the memory, or, with a map of each pair of frames, four
# times; ten minutes are 60,000 frames, whose map alone would be 13 GiB.
MOST_GROWTH = 2.75
NEARBY = "attention_reach=100"


def heard(what, seconds, *settings):
    """Memory and answer of a fresh process."""
    words = [sys.executable, "-m", "tests.support.long_audio", what, str(seconds)]
    answer = subprocess.run([*words, *settings], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.slow
def test_a_step_with_transfer_on_ten_minutes_takes_linear_memory():
    five, ten = (heard("train", seconds, NEARBY) for seconds in (300, 600))
    assert ten["mib"] < MOST_GROWTH * five["mib"]
    assert ten["mib"] < 2000
    assert all(math.isfinite(value) for value in ten["said"].values())
    assert 0 < ten["said"]["transfer_loss"]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [[NEARBY], []], ids=["nearby", "to all"])
def test_an_exported_student_hears_ten_minutes_in_linear_memory(settings):
    five, ten = (heard("predict", seconds, *settings) for seconds in (300, 600))
    assert ten["mib"] < MOST_GROWTH * five["mib"]
    assert ten["mib"] < 2000
    assert sum(ten["said"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_full_attention_would_have_taken_the_square():
    # What the bound above would not let pass.
    one, two = (heard("train", seconds) for seconds in (90, 180))
    assert two["mib"] > MOST_GROWTH * one["mib"]
