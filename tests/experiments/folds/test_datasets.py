"""Folds that train on some datasets and test others."""

import pytest
import soundfile

from satn_keras.config import ProtocolConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import AudioError, ProtocolError
from satn_keras.experiments.folds import cross_corpus, make_folds
from tests.support.sounds import tone


@pytest.fixture
def corpora(tmp_path):
    """Function of datasets with their speakers, two sounds each, all different."""

    def write(**speakers_of):
        spoken = []
        for dataset, speakers in speakers_of.items():
            for speaker in speakers:
                for take in "xy":
                    key = f"{dataset}{speaker}{take}"
                    path = tmp_path / f"{key}.wav"
                    pitch = 200.0 + 7 * len(spoken)
                    soundfile.write(path, tone(pitch, 0.1), 16000)
                    spoken.append(Utterance(key, str(path), speaker, dataset=dataset))
        return Manifest(spoken)

    return write


def test_whole_datasets_train_validate_and_are_tested(corpora):
    manifest = corpora(a=("1", "2", "3"), b=("4", "5"), c=("6",))
    fold = cross_corpus(manifest, ["c", "b"], validation_speakers=1, seed=3)
    assert fold.name == "b_c"
    assert fold.test.speakers == ("4", "5", "6")
    assert len(fold.train.speakers) == 2 and len(fold.validation.speakers) == 1
    assert {one.dataset for one in (*fold.train, *fold.validation)} == {"a"}
    assert len(fold.train) + len(fold.validation) + len(fold.test) == len(manifest)


def test_the_seed_decides_who_validates(corpora):
    manifest = corpora(a="12345", b="6")
    drawn = {
        cross_corpus(manifest, ["b"], seed=seed).validation.speakers
        for seed in range(8)
    }
    assert len(drawn) > 1


def test_a_recipe_asks_for_the_fold(corpora):
    manifest = corpora(a=("1", "2"), b=("4",))
    config = ProtocolConfig(folds="cross_corpus", test_datasets=("b",))
    (fold,) = make_folds(manifest, config, seed=1)
    assert fold.test.speakers == ("4",)


def test_a_speaker_of_both_sides_is_refused(corpora):
    with pytest.raises(ProtocolError, match="speaker '1' is in a training and in a t"):
        cross_corpus(corpora(a=("1", "2"), b=("1",)), ["b"])


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_the_same_sound_on_both_sides_is_refused_whatever_its_file(corpora, form):
    manifest = corpora(a=("1", "2"), b=("4",))
    learned, copy = manifest[0].path, manifest[4].path.replace("wav", form)
    samples, rate = soundfile.read(learned, dtype="int16")
    soundfile.write(copy, samples, rate)
    leaking = Manifest(
        Utterance(one.key, copy, one.speaker, dataset="b") if one.key == "b4x" else one
        for one in manifest
    )
    with pytest.raises(ProtocolError, match=rf"b4x\.{form} of the test part holds the"):
        cross_corpus(leaking, ["b"])


def test_equal_sounds_within_one_side_are_no_leak(corpora):
    manifest = corpora(a=("1", "2"), b=("4",))
    soundfile.write(manifest[1].path, *soundfile.read(manifest[0].path))
    assert len(cross_corpus(manifest, ["b"]).test) == 2


@pytest.mark.parametrize(
    ("test", "train", "message"),
    [
        (["d"], None, "test dataset 'd' is not in the manifest. Datasets: a, b, c"),
        (["b"], ["d"], "train dataset 'd' is not in the manifest"),
        (["a", "b", "c"], None, "train dataset of any name"),
        (["b"], ["a", "b"], "dataset 'b' must be for training or for test. .* both"),
        (["b"], ["a"], "dataset 'c' must be for training or for test. .* neither"),
    ],
)
def test_datasets_that_are_not_divided_are_refused(corpora, test, train, message):
    manifest = corpora(a=("1", "2"), b=("4",), c=("5",))
    with pytest.raises(ProtocolError, match=message):
        cross_corpus(manifest, test, train)


def test_a_dataset_of_too_few_speakers_and_none_at_all_are_refused(corpora):
    with pytest.raises(ProtocolError, match="needs at least 2 speakers"):
        cross_corpus(corpora(a=("1",), b=("4",)), ["b"])
    with pytest.raises(ProtocolError, match="2 utterances have no dataset"):
        cross_corpus(
            Manifest(corpora(a="12", b="3").where(dataset="a")) + corpora(**{"": "4"}),
            ["a"],
        )


def test_a_sound_that_cannot_be_read_is_named(corpora, tmp_path):
    manifest = corpora(a=("1", "2"), b=("4",))
    (tmp_path / "b4x.wav").write_bytes(b"no sound")
    with pytest.raises(AudioError, match=r"b4x\.wav: cannot be read"):
        cross_corpus(manifest, ["b"])
