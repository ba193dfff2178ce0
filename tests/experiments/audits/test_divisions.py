"""Folds that are checked: of protocols, of published tables and of earlier runs."""

import json

import pytest

from satn_keras.config import ProtocolConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.faults.divisions import check_divisions
from satn_keras.errors import ArtifactError, ProtocolError
from satn_keras.experiments.audits.divisions import protocol_divisions, run_divisions

MANIFEST = Manifest(
    Utterance(f"{name}{take}", f"{name}{take}.wav", name, label)
    for name in ("anna", "bert", "cora")
    for take, label in enumerate(("sad", "glad"))
)


def rules(divisions):
    return [finding.rule for finding in check_divisions(divisions, [])]


def test_a_protocol_gives_its_folds_and_they_are_sound():
    divisions = protocol_divisions(MANIFEST, ProtocolConfig(), seed=1)
    assert [division.name for division in divisions] == ["anna", "bert", "cora"]
    assert {len(part) for one in divisions for part in one.parts.values()} == {2}
    assert rules(divisions) == []


@pytest.mark.parametrize(
    ("allowed", "rule"), [("refuse", "leaked_speaker"), ("allow", "allowed_speaker")]
)
def test_a_speaker_that_a_published_table_leaks_is_found(tmp_path, allowed, rule):
    rows = [
        f"1,{one.key},{'test' if one.key in ('cora0', 'anna1') else 'train'}\n"
        for one in MANIFEST
    ]
    (tmp_path / "folds.csv").write_text("fold,key,part\n" + "".join(rows))
    protocol = ProtocolConfig(
        folds="published",
        file=str(tmp_path / "folds.csv"),
        shared_speakers=allowed,
        validation_speakers=0,
    )
    found = list(check_divisions(protocol_divisions(MANIFEST, protocol, 1), []))
    assert {finding.rule for finding in found} == {rule}
    assert {"anna0", "anna1"} <= {key for finding in found for key in finding.keys}


def test_the_split_of_a_run_is_checked_too(tmp_path):
    split = {"train": ["anna0", "bert0"], "validation": [], "test": ["cora0", "anna1"]}
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "seed-1" / "split.json").write_text(json.dumps(split))
    divisions = run_divisions(MANIFEST, tmp_path)
    assert rules(divisions) == ["leaked_speaker"]
    with pytest.raises(ProtocolError, match=r"has no utterance 'anna0'"):
        run_divisions(MANIFEST.without(speaker="anna"), tmp_path)


@pytest.mark.parametrize("text", ["", "{}", '{"train": 1}'])
def test_a_damaged_split_is_an_error(tmp_path, text):
    (tmp_path / "split.json").write_text(text)
    with pytest.raises(ArtifactError, match=r"split\.json: damaged"):
        run_divisions(MANIFEST, tmp_path)
