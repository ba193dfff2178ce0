"""What others write, read as manifests, or refused by file, place and rule."""

import json

import pytest

from satn_keras.corpora import exchange
from satn_keras.errors import CorpusError, ManifestError

TESS = {
    "key": "tess-OAF-lid-fear",
    "dataset": "tess",
    "wav": "downloads/tess/OAF_lid_ps.wav",
    "type": "raw",
    "sample_rate": 24414,
    "num_frame": 38638.0,
    "task": "category",
    "length": 1.5826165314983207,
    "emo": "ps",
    "channel": 1,
}


def write_jsonl(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize(
    ("dataset", "wav", "emo", "speaker", "label"),
    [
        ("tess", "OAF_lid_ps", "ps", "OAF", "surprise"),
        ("tess", "OA_bite_neutral", "neutral", "OAF", "neutral"),
        ("cremad", "1001_DFA_ANG_XX", "ANG", "1001", "angry"),
        ("urdu", "SM20_F8_N012", "N", "SM20", "neutral"),
        ("emovo", "gio-f2-b1", "gio", "f2", "happy"),
        ("savee", "DC_sa03", "sa", "DC", "sad"),
        ("shemo", "F01A01", "angry", "F01", "angry"),
        ("ravdess", "03-01-06-01-02-01-12", "fearful", "12", "fearful"),
        ("emodb", "03a01Fa", "happiness", "03", "happiness"),
        ("esd", "0011_000351", "Angry", "0011", "Angry"),
        ("iemocap", "Ses01F_impro04_M000", "hap", "Ses01_M", "happy"),
        ("nemo", "EB0_surprised_13", "surprised", "EB0", "surprised"),
    ],
)
def test_emobox_s_speakers_come_from_names_and_its_codes_become_words(
    tmp_path, dataset, wav, emo, speaker, label
):
    record = {**TESS, "dataset": dataset, "wav": f"downloads/{wav}.wav", "emo": emo}
    path = write_jsonl(tmp_path / "data" / "list.jsonl", record)
    (one,) = exchange.read_emobox(path, root=tmp_path)
    assert (one.speaker, one.label, one.dataset) == (speaker, label, dataset)
    assert one.path == str(tmp_path / "downloads" / f"{wav}.wav")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            {**TESS, "dataset": "aesdd"},
            r"jsonl:2: no speaker. Write it as `speaker`",
        ),
        ({**TESS, "wav": "OAF_x.wav"}, r"jsonl:2: TESS's name 'OAF_x': word must be"),
        ({**TESS, "start_time": 1.5}, r"jsonl:2: `start_time` is 1.5, and an utter"),
        ({**TESS, "type": "feature"}, r"jsonl:2: type 'feature' holds features"),
        ({**TESS, "wav": ""}, r"jsonl:2: no sound"),
        ({**TESS, "gender": "?"}, r"jsonl:2: gender must be female, male"),
        ({"wav": "a.wav"}, r"jsonl:2: no `key`"),
        ([1], r"jsonl:2: a list where an object must stand"),
    ],
)
def test_a_line_of_emobox_that_does_not_fit_is_refused(tmp_path, record, message):
    path = write_jsonl(tmp_path / "list.jsonl", TESS, record)
    with pytest.raises(CorpusError, match=message):
        exchange.read_emobox(path)


def test_speechbrain_s_iemocap_has_speakers_by_its_names(tmp_path):
    path = tmp_path / "train.json"
    wav = "{data_root}/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M012.wav"
    record = {"wav": wav, "length": 2.1, "emo": "ang"}
    path.write_text(json.dumps({"Ses01F_impro01_M012": record}))
    (one,) = exchange.read_speechbrain(path, root="/corpora", dataset="iemocap")
    assert (one.speaker, one.label) == ("Ses01_M", "angry")
    assert one.path.startswith("/corpora/Session1/")


def test_speechbrain_s_librispeech_has_words_of_its_own(tmp_path):
    path = tmp_path / "train.json"
    record = {"wav": "a/1.flac", "spk_id": 84, "wrd": "GO DO", "duration": 1.5}
    path.write_text(json.dumps({"84-1-0": record}))
    (one,) = exchange.read_speechbrain(path)
    assert (one.key, one.speaker, one.text) == ("84-1-0", "84", "GO DO")
    assert one.path == str(tmp_path / "a" / "1.flac")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"train\.json: cannot be read as JSON"),
        ("[]", "must be one object of objects by key"),
        (
            '{"a": {"wav": {"file": "a.wav", "start": 1}}}',
            "'a': `wav` is a part",
        ),
        ('{"a": {"wav": "a.wav"}}', "'a': no speaker"),
        ('{"a": {"wav": "a.wav"}, "a": {}}', "key 'a' stands twice"),
        ('{"a": {"wav": "a.wav", "spk_id": ["b"]}}', "'a': `spk_id` must be a text"),
    ],
)
def test_a_json_that_does_not_fit_is_refused(tmp_path, content, message):
    (tmp_path / "train.json").write_text(content)
    with pytest.raises(CorpusError, match=message):
        exchange.read_speechbrain(tmp_path / "train.json")


RECORDING = {
    "id": "r1",
    "sources": [{"type": "file", "channels": [0], "source": "audio/1.flac"}],
    "sampling_rate": 16000,
    "num_samples": 16000,
    "duration": 1.0,
}
SUPERVISION = {
    "id": "s1",
    "recording_id": "r1",
    "start": 0.0,
    "duration": 1.0,
    "channel": 0,
    "text": "GO DO",
    "speaker": "84",
    "gender": "F",
    "language": "English",
}


def test_lhotse_s_own_names_of_files_and_genders_are_read(tmp_path):
    write_jsonl(tmp_path / "librispeech_recordings_dev.jsonl", RECORDING)
    write_jsonl(tmp_path / "librispeech_supervisions_dev.jsonl", SUPERVISION)
    (one,) = exchange.read_lhotse(tmp_path, root="/corpora", dataset="librispeech")
    assert (one.key, one.speaker, one.gender) == ("s1", "84", "female")
    assert (one.path, one.dataset) == ("/corpora/audio/1.flac", "librispeech")


@pytest.mark.parametrize(
    ("recording", "supervision", "message"),
    [
        (
            {},
            {"start": 0.5},
            r"supervisions.jsonl:1: spans 0.5 to 1.5 s of",
        ),
        ({}, {"duration": 0.5}, "spans 0.0 to 0.5 s of a recording of 1.0 s"),
        ({}, {"recording_id": "r2"}, ":1: no recording 'r2'"),
        (
            {"sources": [{"type": "command"}]},
            {},
            "one source of the type file",
        ),
        ({"sources": RECORDING["sources"] * 2}, {}, "Received: file, file"),
        ({"sources": ["a.wav"]}, {}, "`sources` must be a list of objects"),
        ({"sources": 1}, {}, "`sources` must be a list of objects"),
        ({"duration": None}, {}, ":1: `duration` must be a number of seconds"),
        ({}, {"start": "0.5"}, ":1: `start` must be a number of seconds"),
        ({}, {"custom": "sad"}, ":1: `custom` must be an object"),
    ],
)
def test_what_is_no_whole_file_is_refused(tmp_path, recording, supervision, message):
    write_jsonl(tmp_path / "recordings.jsonl", {**RECORDING, **recording})
    write_jsonl(tmp_path / "supervisions.jsonl", {**SUPERVISION, **supervision})
    with pytest.raises(CorpusError, match=message):
        exchange.read_lhotse(tmp_path)


def test_a_folder_of_several_manifests_of_lhotse_is_refused(tmp_path):
    for part in ("dev", "train"):
        write_jsonl(tmp_path / f"supervisions_{part}.jsonl", SUPERVISION)
    with pytest.raises(CorpusError, match="Found: supervisions_dev.jsonl, supervis"):
        exchange.read_lhotse(tmp_path)
    (tmp_path / "supervisions_dev.jsonl").write_bytes(b"\xff\xfe")
    (tmp_path / "supervisions_train.jsonl").unlink()
    write_jsonl(tmp_path / "recordings.jsonl", RECORDING)
    with pytest.raises(CorpusError, match=r"supervisions_dev\.jsonl: cannot be read"):
        exchange.read_lhotse(tmp_path)


def test_a_database_as_that_of_emodb_is_put_together_by_file(tmp_path):
    audformat = pytest.importorskip("audformat")
    database = audformat.Database("emodb")
    files = audformat.filewise_index(["wav/03a01Fa.wav", "wav/08b10Wb.wav"])
    people = {"03": {"gender": "male"}, "08": {"gender": "female", "language": "deu"}}
    database.schemes["emotion"] = audformat.Scheme(labels=["anger", "happiness"])
    database.schemes["speaker"] = audformat.Scheme(labels=people)
    texts = {"a01": "Der Lappen liegt", "b10": "Die wird"}
    database.schemes["transcription"] = audformat.Scheme(labels=texts)
    for name, columns in {
        "emotion": {"emotion": ["happiness", "anger"]},
        "files": {"speaker": ["03", "08"], "transcription": ["a01", "b10"]},
    }.items():
        database[name] = audformat.Table(files)
        for column, values in columns.items():
            database[name][column] = audformat.Column(scheme_id=column)
            database[name][column].set(values)
    database.save(str(tmp_path))
    first, second = exchange.read_audformat(tmp_path)
    assert (first.key, first.speaker, first.gender) == ("03a01Fa", "03", "male")
    assert (first.label, first.text) == ("happiness", "Der Lappen liegt")
    assert first.path == str(tmp_path / "wav" / "03a01Fa.wav")
    assert (second.language, second.dataset) == ("deu", "emodb")


@pytest.mark.parametrize("header", ["[1", "name: x", "null", "tables: 3"])
def test_a_header_that_is_none_is_one_line(tmp_path, header):
    pytest.importorskip("audformat")
    (tmp_path / "db.yaml").write_text(header)
    with pytest.raises(CorpusError, match="no audformat database"):
        exchange.read_audformat(tmp_path)


def test_two_files_of_one_key_do_not_become_one(tmp_path):
    audformat = pytest.importorskip("audformat")
    database = audformat.Database("x")
    files = audformat.filewise_index(["a.wav", "b.wav"])
    database["files"] = audformat.Table(files)
    for name, values in {"key": ["u", "u"], "speaker": ["anna", "bert"]}.items():
        database.schemes[name] = audformat.Scheme("str")
        database["files"][name] = audformat.Column(scheme_id=name)
        database["files"][name].set(values)
    database.save(str(tmp_path))
    with pytest.raises(ManifestError, match="key 'u'"):
        exchange.read_audformat(tmp_path)


def test_a_folder_without_a_database_or_with_segments_alone_is_refused(tmp_path):
    audformat = pytest.importorskip("audformat")
    with pytest.raises(CorpusError, match="no audformat database"):
        exchange.read_audformat(tmp_path)
    database = audformat.Database("x")
    database["parts"] = audformat.Table(audformat.segmented_index(["a.wav"], [0], [1]))
    database.save(str(tmp_path))
    with pytest.raises(CorpusError, match="no table of whole files"):
        exchange.read_audformat(tmp_path)


def test_a_missing_library_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "audformat", None)
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[audformat\]'"):
        exchange.read_audformat(tmp_path)
