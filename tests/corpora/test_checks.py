"""The audit finds each fault that was put into a corpus, and no other."""

import json

import numpy as np
import pytest
import soundfile

from satn_keras.corpora import Manifest, Utterance, validate

RATE = 16000


def noise(seed, length=RATE // 4):
    return np.random.default_rng(seed).uniform(-0.3, 0.3, length).astype("float32")


@pytest.fixture
def corpus(tmp_path):
    """Function that writes samples to a file and gives their utterance."""

    def write(key, samples, speaker="anna", rate=RATE, ending="wav", **fields):
        path = tmp_path / f"{key}.{ending}"
        subtype = "FLOAT" if samples.dtype == "float32" and ending == "wav" else None
        soundfile.write(path, samples, rate, subtype=subtype)
        return Utterance(key, str(path), speaker=speaker, **fields)

    return write


def test_a_sound_corpus_passes_and_its_numbers_add_up(corpus):
    audit = validate(
        Manifest(
            [
                corpus("a", noise(1, RATE), text="x", label="joy"),
                corpus("b", noise(2, 3 * RATE), text="y", label="fear"),
                corpus("c", noise(3, 8000), "bert", rate=8000, text="z", label="joy"),
                corpus(
                    "d",
                    noise(4, 2 * RATE).reshape(-1, 2),
                    "bert",
                    text="w",
                    label="fear",
                ),
            ]
        )
    )
    assert audit.passed
    assert [(one.rule, one.keys) for one in audit.findings] == [
        ("sample_rate", ("c",)),
        ("channels", ("d",)),
    ]
    assert audit.seconds == pytest.approx(1 + 3 + 1 + 1)
    assert audit.durations == pytest.approx((1, 1, 3))
    assert audit.sample_rates == {8000: 1, 16000: 3}
    assert audit.channels == {1: 3, 2: 1}
    assert audit.counts == {
        "anna": {"fear": 1, "joy": 1},
        "bert": {"fear": 1, "joy": 1},
    }


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(0, "float32"), "holds no samples"),
        (noise(1, 399), "shorter than one window of 0.025 s"),
        (np.zeros(RATE, "float32"), "silent"),
        (np.full(RATE, 0.25, "float32"), "silent"),
        (np.append(noise(1), np.float32("nan")), "not finite"),
        (np.append(noise(1), np.float32("inf")), "not finite"),
    ],
)
def test_a_file_that_holds_no_speech_is_an_error(corpus, samples, message):
    audit = validate(Manifest([corpus("bad", samples, text="x", label="l")]))
    (error,) = audit.errors
    assert error.startswith("utterance 'bad': ")
    assert message in error
    assert not audit.passed


def test_a_file_of_exactly_one_window_passes(corpus):
    assert validate(Manifest([corpus("a", noise(1, 400))])).passed


def test_missing_and_unreadable_files_are_errors_and_the_others_are_still_heard(
    corpus, tmp_path
):
    (tmp_path / "text.wav").write_text("no sound")
    audit = validate(
        Manifest(
            [
                Utterance("gone", str(tmp_path / "gone.wav"), speaker="anna"),
                Utterance("text", str(tmp_path / "text.wav"), speaker="anna"),
                corpus("fine", noise(1, RATE)),
            ]
        )
    )
    assert [error.split(":")[0] for error in audit.errors] == [
        "utterance 'gone'",
        "utterance 'text'",
    ]
    assert "no such file" in audit.errors[0]
    assert "not readable" in audit.errors[1]
    assert audit.seconds == pytest.approx(1.0)


def test_a_flac_file_that_is_cut_off_is_an_error(corpus, tmp_path):
    utterance = corpus("cut", noise(1, 5 * RATE), ending="flac")
    whole = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    (error,) = validate(Manifest([utterance])).errors
    assert error.startswith("utterance 'cut'")


def test_the_same_sound_by_two_speakers_is_a_leak(corpus):
    sound = np.round(noise(1) * 32767).astype("int16")
    audit = validate(
        Manifest(
            [
                corpus("a", sound, "anna"),
                corpus("b", sound, "bert", ending="flac"),
                corpus("c", noise(2), "bert"),
            ]
        )
    )
    (error,) = audit.errors
    assert error.startswith("utterances 'a', 'b': the same sound by the speakers anna")


def test_the_same_sound_with_two_labels_is_an_error(corpus):
    audit = validate(
        Manifest([corpus("a", noise(1), label="x"), corpus("b", noise(1), label="y")])
    )
    (error,) = audit.errors
    assert "the same sound with the labels 'x', 'y'" in error


def test_the_same_sound_twice_by_one_speaker_is_a_warning(corpus):
    audit = validate(Manifest([corpus("a", noise(1)), corpus("b", noise(1))]))
    assert audit.passed
    assert "utterances 'a', 'b': the same sound. Keep one of them." in audit.warnings


def test_the_same_samples_at_two_sample_rates_are_two_sounds(corpus):
    audit = validate(
        Manifest([corpus("a", noise(1)), corpus("b", noise(1), "bert", rate=8000)])
    )
    assert audit.passed


def test_labels_outside_the_class_set_are_errors_only_where_one_is_given(corpus):
    manifest = Manifest(
        [corpus("a", noise(1), label="joy"), corpus("b", noise(2), label="")]
    )
    assert validate(manifest).rules == {"missing_label": 1}
    errors = validate(manifest, classes=("fear",)).errors
    assert [error.split(" is not in")[0] for error in errors] == [
        "utterance 'a': label 'joy'",
        "utterance 'b': label ''",
    ]


def test_gaps_are_told_where_others_have_what_is_missing(corpus):
    audit = validate(
        Manifest(
            [
                corpus("a", noise(1), label="joy", text="x"),
                corpus("b", noise(2), "bert", label="fear"),
                corpus("c", noise(3), "bert"),
            ]
        )
    )
    assert audit.errors == (
        "utterance 'c': no label. Fill it in, or leave the utterance out.",
    )
    assert audit.warnings == (
        "speaker 'anna' has no utterance of fear.",
        "speaker 'bert' has no utterance of joy.",
        "utterance 'b': no text. A teacher cannot learn from it.",
        "utterance 'c': no text. A teacher cannot learn from it.",
    )


def test_a_corpus_without_any_label_or_text_has_no_gap(corpus):
    audit = validate(Manifest([corpus("a", noise(1)), corpus("b", noise(2), "bert")]))
    assert audit.findings == ()


def test_progress_is_told_after_each_file(corpus):
    calls = []
    manifest = Manifest(
        [corpus(name, noise(place)) for place, name in enumerate("abc")]
    )
    validate(manifest, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_the_audit_of_more_files_than_are_under_way_at_a_time_is_whole(
    corpus, monkeypatch
):
    monkeypatch.setattr("satn_keras.corpora.sounds.RUN", 2)
    audit = validate(Manifest([corpus(f"u{n}", noise(n, RATE)) for n in range(23)]))
    assert audit.seconds == pytest.approx(23.0)


def test_a_long_file_is_compared_beyond_its_first_block(corpus, monkeypatch):
    monkeypatch.setattr("satn_keras.corpora.sounds.BLOCK", 1009)
    first, second = noise(1), noise(1)
    second[-1] = 0.5
    audit = validate(Manifest([corpus("a", first), corpus("b", second, "bert")]))
    assert audit.passed


def test_markdown_shows_the_table_with_its_sums(corpus):
    text = validate(
        Manifest(
            [
                corpus("a", noise(1), label="joy"),
                corpus("b", noise(2), "bert|2", label="joy"),
                corpus("c", noise(3), "bert|2", label="fear"),
            ]
        )
    ).to_markdown()
    assert "| speaker | fear | joy | all |" in text
    assert "| bert\\|2 | 1 | 1 | 2 |" in text
    assert "| all | 1 | 2 | 3 |" in text


def test_markdown_shows_fifty_faults_and_counts_the_rest(tmp_path):
    audit = validate(
        Manifest(
            Utterance(f"u{n}", str(tmp_path / f"{n}.wav"), speaker="s")
            for n in range(53)
        )
    )
    assert len(audit.errors) == 53
    assert audit.to_markdown().count("no such file") == 50
    assert "- and 3 more" in audit.to_markdown()


def test_an_audit_can_be_written_as_json(corpus):
    audit = validate(Manifest([corpus("a", noise(1, RATE), label="joy")]))
    read = json.loads(json.dumps(audit.to_dict()))
    assert read["passed"] is True
    assert read["sample_rates"] == {"16000": 1}
    assert read["counts"] == {"anna": {"joy": 1}}
