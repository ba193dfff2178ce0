"""One of each fault is put into an honest corpus; the audit finds these alone."""

import dataclasses

import numpy as np
import pytest
import soundfile

from satn_keras.corpora import Manifest, Utterance, validate
from satn_keras.corpora.faults import RULES
from satn_keras.experiments.audits.words import unknown_words
from tests.support.faulty_corpus import RATE, honest, noise, write

LONGEST = 0.5
# Rules on folds and cues have tests of their own; `--classes` has one in test_checks.
ELSEWHERE = {
    "unknown_label",
    *("leaked_speaker", "leaked_copy", "allowed_speaker"),
    *("shared_sentence", "shared_session"),
    *(f"label_from_{cue}" for cue in ("loudness", "duration", "sentence", "speaker")),
}


def audit(utterances):
    manifest = Manifest(utterances)
    words = unknown_words(manifest)
    return validate(manifest, longest=LONGEST, unknown_words=words, cues=True)


def bad_files(folder):
    """Rule and utterance of each fault that a file can have."""

    def one(rule, samples, **fields):
        return rule, write(folder, rule, samples, "anna", "sad", **fields)

    clipped = 2 * noise(201)
    clipped[100:107] = np.minimum(1.0, 5.0)
    yield one("empty", np.zeros(0, "float32"))
    yield one("non_finite", np.append(noise(202), np.float32("nan")))
    yield one("too_short", noise(203, seconds=0.0249))
    yield one("silent", np.zeros(RATE // 5, "float32"))
    yield one("too_long", noise(204, seconds=0.51))
    yield one("clipped", clipped)
    yield one("dc_offset", noise(205) + np.float32(0.03))
    yield one("sample_rate", noise(206), rate=22050)
    yield one("channels", noise(207, channels=2))
    yield one("missing_text", noise(208), text="")
    yield one("unknown_words", noise(209), text="stop zzyzx")
    yield "missing_label", write(folder, "missing_label", noise(210), "anna", "")
    yield one("same_channels", np.repeat(noise(211)[:, None], 2, axis=1))
    yield (
        "missing_file",
        Utterance("missing_file", str(folder / "none.wav"), "anna", "sad", "go", "en"),
    )
    yield one("unreadable", noise(212))
    (folder / "unreadable.wav").write_text("no sound")
    yield one("truncated", noise(213))
    whole = (folder / "truncated.wav").read_bytes()
    (folder / "truncated.wav").write_bytes(whole[: len(whole) // 2])


def copies(folder, utterances):
    """Rule and utterance of each way to say the same thing twice."""
    by_key = {one.key: one for one in utterances}
    for rule, of, speaker, label in (
        ("copy", "bert_sad_1", "bert", "sad"),
        ("copy_two_labels", "bert_sad_2", "bert", "happy"),
        ("copy_two_speakers", "bert_sad_3", "cora", "sad"),
    ):
        samples, _ = soundfile.read(by_key[of].path, dtype="float32")
        yield rule, of, write(folder, rule, samples, speaker, label, "go home")


def test_an_honest_corpus_breaks_no_rule(tmp_path):
    assert audit(honest(tmp_path)).findings == ()


def test_the_audit_finds_one_of_each_fault_and_nothing_else(tmp_path):
    utterances = honest(tmp_path)
    twice = list(copies(tmp_path, utterances))
    bad = list(bad_files(tmp_path))
    lonely = write(tmp_path, "dora_sad", noise(214), "dora", "sad")
    wanted = {(rule, (one.key,)) for rule, one in bad}
    wanted |= {(rule, (of, one.key)) for rule, of, one in twice}
    wanted |= {("absent_class", ()), ("channels", ("same_channels",))}
    found = audit(
        [*utterances, *(one for _, one in bad), *(one for *_, one in twice), lonely]
    )
    assert {(one.rule, one.keys) for one in found.findings} == wanted
    assert len(found.findings) == len(wanted)
    assert {rule for rule, _ in wanted} == set(RULES) - ELSEWHERE
    (absent,) = [one for one in found.findings if one.rule == "absent_class"]
    assert absent.message == "speaker 'dora' has no utterance of angry, happy."


@pytest.mark.parametrize("rule", ["missing_label", "copy", "silent"])
def test_an_utterance_tells_which_rules_it_breaks(tmp_path, rule):
    utterances = honest(tmp_path)
    one = dict(bad_files(tmp_path)).get(rule)
    if one is None:
        one = dataclasses.replace(utterances[0], key="again")
    found = audit([*utterances, one])
    assert found.faults_of()[one.key] == [rule]
    assert found.rules == {rule: 1}


@pytest.mark.parametrize("ending", ["aiff", "au", "flac", "nist", "ogg", "rf64", "w64"])
def test_a_file_cut_in_two_is_truncated_in_every_format(tmp_path, ending):
    path, formats = tmp_path / f"cut.{ending}", {"nist": "NIST", "ogg": "OGG"}
    sound = noise(1, seconds=3)
    soundfile.write(path, sound, RATE, format=formats.get(ending, ending.upper()))
    utterance = Utterance("cut", str(path), "anna")
    assert validate(Manifest([utterance])).rules == {}
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert validate(Manifest([utterance])).rules == {"truncated": 1}


def test_a_header_written_before_the_length_was_known_promises_nothing(tmp_path):
    utterance = write(tmp_path, "piped", noise(1), "anna", "")
    path = tmp_path / "piped.wav"
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[4:8] = data[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(data))
    assert validate(Manifest([utterance])).rules == {}
