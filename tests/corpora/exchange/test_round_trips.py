"""What is written for another toolkit and read back is the same manifest."""

import gzip
import json

import pytest
import soundfile

from satn_keras.corpora import Manifest, Utterance, exchange
from satn_keras.errors import AudioError
from tests.support.sounds import tone

OUTPUTS = {
    "emobox": "all.jsonl",
    "speechbrain": "all.json",
    "lhotse": "lhotse",
    "audformat": "audformat",
}


@pytest.fixture
def manifest(tmp_path):
    """Three utterances of two corpora, one of them with every field."""
    for place, name in enumerate(("a", "b", "c")):
        sound = tone(200.0, 0.1 + 0.01 * place)
        soundfile.write(tmp_path / f"{name}.wav", sound, 16000)
    return Manifest(
        [
            Utterance(
                *("x-1", str(tmp_path / "a.wav"), "anna", "anger", '"Tak", źle|\u2019'),
                *("pl", "nemo", "S1", "13", "female", "acted"),
            ),
            Utterance("b", str(tmp_path / "b.wav"), "007", "sad", dataset="other"),
            Utterance("c", str(tmp_path / "c.wav"), "007", ""),
        ]
    )


def written(form, manifest, tmp_path):
    if form == "audformat":
        pytest.importorskip("audformat")
    path = tmp_path / "out" / OUTPUTS[form]
    getattr(exchange, f"write_{form}")(manifest, path)
    return path


@pytest.mark.parametrize("form", OUTPUTS)
def test_a_manifest_comes_back_as_it_was(form, manifest, tmp_path):
    path = written(form, manifest, tmp_path)
    assert getattr(exchange, f"read_{form}")(path) == manifest


@pytest.mark.parametrize("form", OUTPUTS)
def test_nothing_but_the_result_is_left(form, manifest, tmp_path):
    written(form, manifest, tmp_path)
    names = [path.name for path in (tmp_path / "out").rglob("*")]
    assert not [name for name in names if "part" in name]


@pytest.mark.parametrize("form", ["emobox", "speechbrain", "lhotse"])
def test_a_sound_that_cannot_be_read_is_named(form, manifest, tmp_path):
    (tmp_path / "b.wav").write_bytes(b"no sound")
    with pytest.raises(AudioError, match=r"b\.wav: cannot be read"):
        getattr(exchange, f"write_{form}")(manifest, tmp_path / OUTPUTS[form])
    assert not (tmp_path / OUTPUTS[form]).exists()


def test_emobox_has_the_keys_of_its_lists(manifest, tmp_path):
    lines = written("emobox", manifest, tmp_path).read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    expected = {"key": "x-1", "dataset": "nemo", "emo": "anger", "type": "raw"}
    assert {name: first[name] for name in expected} == expected
    assert (first["sample_rate"], first["num_frame"], first["channel"]) == (
        *(16000, 1600, 1),
    )
    assert first["length"] == pytest.approx(0.1)


def test_speechbrain_has_the_same_keys_in_every_record(manifest, tmp_path):
    content = json.loads(written("speechbrain", manifest, tmp_path).read_text("utf-8"))
    assert list(content) == ["x-1", "b", "c"]
    assert len({tuple(record) for record in content.values()}) == 1
    first = content["x-1"]
    assert (first["spk_id"], first["emo"]) == ("anna", "anger")
    assert first["length"] == pytest.approx(0.1)


def test_lhotse_has_a_recording_and_a_supervision_for_each_file(manifest, tmp_path):
    soundfile.write(tmp_path / "c.wav", [[0.1, 0.2]] * 800, 8000)
    folder = written("lhotse", manifest, tmp_path)
    with gzip.open(folder / "recordings.jsonl.gz", "rt") as stream:
        recordings = [json.loads(line) for line in stream]
    with gzip.open(folder / "supervisions.jsonl.gz", "rt") as stream:
        supervisions = [json.loads(line) for line in stream]
    assert recordings[0] == {
        "id": "x-1",
        "sources": [
            {"type": "file", "channels": [0], "source": str(tmp_path / "a.wav")}
        ],
        "sampling_rate": 16000,
        "num_samples": 1600,
        "duration": pytest.approx(0.1),
        "channel_ids": [0],
    }
    assert (recordings[2]["channel_ids"], supervisions[2]["channel"]) == (
        [0, 1],
        [0, 1],
    )
    assert supervisions[0]["recording_id"] == "x-1"
    assert supervisions[0]["custom"]["emotion"] == "anger"
    assert supervisions[1] == {
        "id": "b",
        "recording_id": "b",
        "start": 0.0,
        "duration": pytest.approx(0.11),
        "channel": 0,
        "speaker": "007",
        "custom": {"emotion": "sad", "dataset": "other"},
    }


def test_audformat_knows_speakers_and_labels_by_schemes(manifest, tmp_path):
    audformat = pytest.importorskip("audformat")
    database = audformat.Database.load(str(written("audformat", manifest, tmp_path)))
    assert sorted(database.schemes["emotion"].labels) == ["anger", "sad"]
    assert database.schemes["speaker"].labels["anna"] == {"gender": "female"}
    table = database["utterances"]
    assert table.type == "filewise" and len(table) == 3
    genders = table["speaker"].get(map="gender")
    assert genders.iloc[0] == "female"
    assert genders.isna().tolist() == [False, True, True]
