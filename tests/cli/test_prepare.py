"""`satn prepare`: a corpus folder to a manifest, or one clear line."""

import pytest
import soundfile
from typer.testing import CliRunner

import satn_keras.cli.prepare_manifest as command
from satn_keras.cli.main import app
from satn_keras.corpora import CORPORA, Manifest
from tests.support.small_iemocap import write_iemocap
from tests.support.sounds import vowel


def prepare(*words):
    return CliRunner().invoke(app, ["prepare", *map(str, words)])


@pytest.fixture
def nemo(tmp_path):
    """Folder laid out as nEMO is published, two speakers by two emotions."""
    root = tmp_path / "nemo"
    (root / "samples").mkdir(parents=True)
    rows = ["file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage"]
    for speaker, gender in (("EB0", "female"), ("MP0", "male")):
        for emotion in ("anger", "sadness"):
            name = f"{speaker}_{emotion}_7.wav"
            soundfile.write(root / "samples" / name, vowel(0.2), 24000)
            rows.append(f"{name}\t{emotion}\tŹle.\tźle\t     {speaker}\t{gender}\t27")
    (root / "data.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root


def test_a_corpus_becomes_a_manifest(nemo, tmp_path):
    out = tmp_path / "new" / "manifest.csv"
    answer = prepare("nemo", nemo, "--out", out)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == f"{out}: 4 utterances, 2 speakers, 2 classes\n"
    manifest = Manifest.read(out)
    assert manifest.keys == (
        *("EB0_anger_7", "EB0_sadness_7", "MP0_anger_7", "MP0_sadness_7"),
    )
    assert manifest[0].text == "Źle." and manifest[0].gender == "female"
    assert soundfile.info(manifest[3].path).samplerate == 24000


def test_a_table_with_words_of_its_own_becomes_a_manifest(tmp_path):
    table = tmp_path / "list.tsv"
    table.write_text("wav\tspk\temotion\nx/a.wav\tanna\tsad\n")
    answer = prepare("table", table, "--out", tmp_path / "manifest.jsonl")
    assert answer.exit_code == 0, answer.output
    (utterance,) = Manifest.read(tmp_path / "manifest.jsonl")
    assert (utterance.speaker, utterance.label) == ("anna", "sad")
    assert utterance.path == str(tmp_path / "x" / "a.wav")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("emoo", "."),
            "'emoo': no such corpus. Known: crema-d, emodb, emovo,",
        ),
        (("nemo", "{tmp}/none"), "{tmp}/none/data.tsv: missing."),
        (("nemo", "{tmp}"), "{tmp}/data.tsv: missing."),
        (("table", "{tmp}/none.csv"), "{tmp}/none.csv: no such file."),
        (("table", "{tmp}/column.csv"), "{tmp}/column.csv:1: column 'lable' is unknow"),
        (("table", "{tmp}/text.csv"), "{tmp}/text.csv:1: no column for the path"),
        (("synthetic", "{tmp}/s", "--speakers", "2"), "--speakers: must be from 3 to"),
        (("synthetic", "{tmp}/s", "--sentences", "0"), "--sentences: must be at least"),
    ],
)
def test_what_is_no_corpus_is_one_line_and_nothing_is_written(tmp_path, words, line):
    (tmp_path / "column.csv").write_text("path,speaker,lable\na.wav,anna,sad\n")
    (tmp_path / "text.csv").write_text("once upon a time\n")
    before = sorted(tmp_path.iterdir())
    words = [word.format(tmp=tmp_path) for word in words]
    answer = prepare(*words, "--out", tmp_path / "manifest.csv")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: " + line.format(tmp=tmp_path))
    assert answer.stderr.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "line"),
    [
        ("manifest.txt", "manifest.txt: a manifest's name must end in one of .csv,"),
        ("folder.csv", "folder.csv: is a folder. Give the name of a file."),
        ("file/manifest.csv", "file: must be a folder that can be written."),
    ],
)
def test_a_manifest_that_cannot_be_written_is_one_line(nemo, tmp_path, out, line):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    answer = prepare("nemo", nemo, "--out", tmp_path / out)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {tmp_path}/{line}")
    assert answer.stderr.count("\n") == 1


def test_a_bad_name_shows_before_any_speech_is_made(tmp_path):
    answer = prepare("synthetic", tmp_path / "corpus", "--out", tmp_path / "m.xlsx")
    assert answer.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_synthetic_speech_becomes_a_corpus_with_its_manifest(tmp_path):
    pytest.importorskip("espeakng_loader")
    answer = prepare(
        *("synthetic", tmp_path / "corpus", "--out", tmp_path / "manifest.csv"),
        *("--speakers", 3, "--sentences", 1),
    )
    assert answer.exit_code == 0, answer.output
    assert "12 utterances, 3 speakers, 4 classes" in answer.stdout
    for utterance in Manifest.read(tmp_path / "manifest.csv"):
        assert soundfile.info(utterance.path).duration > 0.5


def test_the_command_knows_every_corpus_that_has_a_reader():
    assert set(command.CORPORA) == {*CORPORA, "synthetic"}


@pytest.fixture
def iemocap(tmp_path):
    """Folder laid out as IEMOCAP is released, 220 turns."""
    return write_iemocap(tmp_path / "IEMOCAP_full_release")


def test_iemocap_becomes_the_manifest_of_four_classes(iemocap, tmp_path):
    answer = prepare(
        *("iemocap", iemocap, "--out", tmp_path / "emotions.csv"),
        *("--style", "improvised", "--classes", "angry, happy,neutral,sad"),
    )
    assert answer.exit_code == 0, answer.output
    manifest = Manifest.read(tmp_path / "emotions.csv")
    assert len(manifest) == 5 * 2 * 5  # sessions, speakers, codes
    assert manifest.labels == ("angry", "happy", "neutral", "sad")
    assert {turn.style for turn in manifest} == {"improvised"}


def test_iemocap_becomes_the_teacher_s_manifest_of_every_turn_with_words(
    iemocap, tmp_path
):
    answer = prepare(
        *("iemocap", tmp_path, "--out", tmp_path / "transcripts.csv"),
        *("--style", "improvised", "--with-words"),
    )
    assert answer.exit_code == 0, answer.output
    manifest = Manifest.read(tmp_path / "transcripts.csv")
    # 22 turns in each dialog; every fourth text is an event alone.
    assert len(manifest) == 110 - 5 * 5
    assert "satn: note: 25 utterances without a word are left out" in answer.stderr
    assert any(not turn.label for turn in manifest)


def test_other_numbers_than_the_published_are_a_note_with_both(iemocap, tmp_path):
    answer = prepare(
        *("iemocap", iemocap, "--out", tmp_path / "m.csv", "--keep-excited")
    )
    assert answer.exit_code == 0
    notes = [
        line for line in answer.stderr.splitlines() if line.startswith("satn: note: ")
    ]
    assert len(notes) == 3  # improvised; all; all without the excited
    found, published = "2 4 2 2 10".split(), "223 132 104 62 521".split()
    rows = [line.split() for line in answer.stderr.splitlines()]
    assert ["Ses01", *found, *published] in rows
    assert "excited" in Manifest.read(tmp_path / "m.csv").labels


def test_classes_are_kept_of_any_corpus(nemo, tmp_path):
    out = tmp_path / "manifest.csv"
    answer = prepare("nemo", nemo, "--out", out, "--classes", "sadness")
    assert answer.exit_code == 0, answer.output
    assert Manifest.read(out).keys == ("EB0_sadness_7", "MP0_sadness_7")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--classes", "joy"), "no utterance has the label 'joy'. Labels: anger, sad"),
        (("--classes", "anger,,sadness"), "--classes: must be labels with commas"),
        (("--classes", ""), "--classes: must be labels with commas"),
        (("--style", "acted"), "--style: the corpus 'nemo' has no such option."),
        (("--keep-excited",), "--merge-excited, --keep-excited: the corpus 'nemo'"),
    ],
)
def test_a_wish_that_a_corpus_cannot_fulfil_is_one_line(nemo, tmp_path, words, line):
    answer = prepare("nemo", nemo, "--out", tmp_path / "manifest.csv", *words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: " + line)
    assert answer.stderr.count("\n") == 1
    assert not (tmp_path / "manifest.csv").exists()


def test_options_of_iemocap_are_refused_before_any_speech_is_made(tmp_path):
    answer = prepare(
        *("synthetic", tmp_path / "corpus", "--out", tmp_path / "m.csv"),
        *("--style", "improvised"),
    )
    assert answer.exit_code == 2
    assert "--style: the corpus 'synthetic' has no such option." in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_style_that_iemocap_has_not_is_one_line(iemocap, tmp_path):
    answer = prepare("iemocap", iemocap, "--out", tmp_path / "m.csv", "--style", "x")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: `style` must be one of all, improvised")


def test_a_named_class_set_relabels_the_manifest(nemo, tmp_path):
    words = ("nemo", nemo, "--out", tmp_path / "m.csv", "--classes")
    assert prepare(*words, "angry=anger,sad=sadness").exit_code == 0
    assert Manifest.read(tmp_path / "m.csv").labels == ("angry", "sad")
    answer = prepare(*words, "common-4")
    assert answer.exit_code == 2
    assert "no utterance has the label 'happy', 'neutral' of common-4" in answer.stderr


def test_two_corpora_with_equal_names_become_one_manifest(tmp_path):
    for dataset in ("emodb", "ravdess"):
        (tmp_path / f"{dataset}.csv").write_text(
            f"path,speaker,label,dataset,language\n{dataset}/a.wav,03,sad,{dataset},de\n"
        )
    out = tmp_path / "all.csv"
    answer = prepare(
        "--join", tmp_path / "emodb.csv", tmp_path / "ravdess.csv", "--out", out
    )
    assert answer.exit_code == 0, answer.output
    manifest = Manifest.read(out)
    assert manifest.speakers == ("emodb-03", "ravdess-03")
    assert [one.dataset for one in manifest] == ["emodb", "ravdess"]
    assert [one.key for one in manifest] == ["emodb-a", "ravdess-a"]


def test_options_of_a_corpus_are_refused_where_they_have_no_effect(nemo, tmp_path):
    out = ("--out", tmp_path / "m.csv")
    answer = prepare("nemo", nemo, *out, "--labels", "voice")
    assert "satn: --labels: the corpus 'nemo' has no such option." in answer.stderr
    answer = prepare("--join", "a.csv", "b.csv", *out, "--style", "song")
    assert "satn: --style: is of a corpus; --join reads manifests." in answer.stderr


def test_files_that_a_reader_leaves_out_are_told(tmp_path):
    for name in ("YAF_germ_angry", "YAF_germ_sad"):
        (tmp_path / f"{name}.wav").touch()
    answer = prepare("tess", tmp_path, "--out", tmp_path / "m.csv")
    assert answer.exit_code == 0, answer.output
    assert "satn: note: TESS: left out YAF_germ_angry" in answer.stderr
