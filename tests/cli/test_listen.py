"""`satn listen`: posteriors as they come."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.export import Recognizer
from tests.support.streams import CLASSES, posterior, speech


def listen(*words, given=None):
    return CliRunner().invoke(app, ["listen", *map(str, words)], input=given)


def raw(waveform):
    return np.round(waveform * 32768).clip(-32768, 32767).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Path of 1.73 s at 16 kHz, in 16 bits."""
    path = tmp_path_factory.mktemp("listen") / "live.wav"
    soundfile.write(path, speech(), 16000, subtype="PCM_16")
    return path


def test_json_has_an_object_a_hop_and_one_for_the_end(live, recording):
    answer = listen(recording, "--model", live[2], "--hop", 0.4, "--json")
    assert answer.exit_code == 0, answer.output
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line["seconds"] for line in lines] == [0.4, 0.8, 1.2, 1.6, 1.73, 1.73]
    assert [line["end"] for line in lines] == [False] * 5 + [True]
    for line in lines:
        assert list(line["probabilities"]) == list(CLASSES)
        assert line["score"] == line["probabilities"][line["label"]]
    (whole,) = Recognizer(live[2]).predict_files([recording])
    found = list(lines[-1]["probabilities"].values())
    np.testing.assert_allclose(found, posterior(whole), rtol=0, atol=1e-4)


def test_standard_input_is_heard_as_the_file_is(live, recording):
    options = ("--model", live[2], "--json")
    waveform, _ = soundfile.read(recording, dtype="int16")
    by_file = listen(recording, *options)
    by_pipe = listen("-", *options, given=waveform.astype("<i2").tobytes())
    assert by_pipe.exit_code == 0, by_pipe.output
    assert by_pipe.stdout == by_file.stdout


def test_lines_name_the_classes_once_and_the_seconds_of_each_window(live, recording):
    answer = listen(recording, "--model", live[2], "--hop", 0.5, "--window", 0.3)
    assert answer.exit_code == 0, answer.output
    header, *lines = answer.stdout.splitlines()
    assert header.split() == list(CLASSES)
    assert [line.split()[0] for line in lines] == ["0.50", "1.00", "1.50", "1.73"]
    assert lines[-1].endswith("  end") and not lines[0].endswith("  end")
    shares = [float(word) for word in lines[0].split()[2:5]]
    assert sum(shares) == pytest.approx(1, abs=0.02)
    assert lines[0].split()[5] == CLASSES[int(np.argmax(shares))]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (b"", "standard input: no sample came"),
        (b"RIFF" + b"\0" * 40, "this is a WAV file, and `-` takes raw 16-bit samples"),
        (raw(speech()[:9]) + b"\0", "one byte is left over"),
    ],
)
def test_standard_input_that_is_no_sound_ends_with_one_line(live, given, rule):
    answer = listen("-", "--model", live[2], given=given)
    assert answer.exit_code == 2
    (line,) = answer.stderr.splitlines()
    assert line.startswith("satn: standard input: ") and rule in line


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["none.wav"], "none.wav: no such sound file"),
        (["-", "--hop", "0"], "--hop: must be 0.01 to 3600 seconds. Received: 0.0"),
        (["-", "--window", "nan"], "--window: must be 0.01 to 3600 seconds"),
        (["-", "--model", "nowhere"], "nowhere: no exported model here"),
    ],
)
def test_a_mistake_ends_with_one_line(live, words, rule):
    model = () if "--model" in words else ("--model", live[2])
    answer = listen(*words, *model, given=b"\0\0")
    assert answer.exit_code == 2
    (line,) = answer.stderr.splitlines()
    assert rule in line


def test_an_interrupt_ends_live_audio_with_its_last_line(live):
    # What runs in a shell's background inherits that interrupts are ignored.
    heeding = (
        "import runpy, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "runpy.run_module('satn_keras', run_name='__main__')"
    )
    words = ["listen", "-", "--json", "--model", str(live[2])]
    with subprocess.Popen(
        [sys.executable, "-c", heeding, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            process.stdin.write(raw(speech()[:8000]))
            process.stdin.flush()  # and stays open, as a microphone does
            first = json.loads(process.stdout.readline())
            time.sleep(0.2)  # so that it waits for more
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read().decode().splitlines()
            assert process.wait(timeout=120) == 0
            assert process.stderr.read() == b""
        finally:
            process.kill()
    assert first["seconds"] == 0.5 and not first["end"]
    (last,) = map(json.loads, rest)
    assert last["seconds"] == 0.5 and last["end"]
