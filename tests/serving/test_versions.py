"""Versions: which are served, and how they come and go."""

import shutil

import pytest

from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.serving.refusals import Refusal
from satn_keras.serving.versions import ModelVersions, Policy


def lay_out(folder, *numbers):
    for number in numbers:
        (folder / str(number)).mkdir(parents=True, exist_ok=True)
        (folder / str(number) / "saved_model.pb").write_text(f"model {number}")


class Loader:
    """Loads the text of a version; one that begins with `bad` is refused."""

    def __init__(self):
        self.loaded = []

    def __call__(self, folder):
        text = (folder / "saved_model.pb").read_text()
        self.loaded.append(folder.name)
        if text.startswith("bad"):
            raise ArtifactError(f"{folder}: bad")
        return text


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("latest", [5]),
        ("latest:2", [3, 5]),
        ("latest:9", [1, 3, 5]),
        ("all", [1, 3, 5]),
        ("1", [1]),
        ("5,1,4", [1, 5]),
    ],
)
def test_a_policy_chooses_versions(words, chosen):
    assert Policy.parse(words).choose([1, 3, 5]) == chosen


@pytest.mark.parametrize("words", ["", "newest", "latest:0", "latest:x", "1,x", "1.5"])
def test_a_policy_that_is_none_is_refused(words):
    with pytest.raises(ConfigError, match=r"versions: must be latest, .* Received: "):
        Policy.parse(words)


def test_a_new_version_takes_over_and_the_old_one_ends(tmp_path):
    lay_out(tmp_path, 1)
    versions = ModelVersions("m", tmp_path, Loader())
    versions.refresh()
    held = versions.find()
    lay_out(tmp_path, 2)
    versions.refresh()
    assert (held, versions.find(), versions.numbers) == ("model 1", "model 2", [2])
    assert versions.states() == {2: ("AVAILABLE", ""), 1: ("END", "")}


def test_the_old_version_is_served_while_the_new_one_loads(tmp_path):
    lay_out(tmp_path, 1)
    seen = []

    def load(folder):
        seen.append((versions.numbers, versions.states()))
        return folder.name

    versions = ModelVersions("m", tmp_path, load)
    versions.refresh()
    lay_out(tmp_path, 2)
    versions.refresh()
    assert seen[1] == ([1], {2: ("LOADING", ""), 1: ("AVAILABLE", "")})


def test_a_bad_version_leaves_the_others_and_is_tried_again_once_changed(tmp_path):
    lay_out(tmp_path, 1, 2)
    (tmp_path / "2" / "saved_model.pb").write_text("bad")
    loader = Loader()
    versions = ModelVersions("m", tmp_path, loader)
    for _ in "12":
        versions.refresh()
    assert loader.loaded == ["2", "1"]
    assert versions.numbers == [1]
    assert versions.states()[2] == ("END", f"{tmp_path}/2: bad")
    (tmp_path / "2" / "saved_model.pb").write_text("mended")
    versions.refresh()
    assert versions.find() == "mended"


def test_a_version_whose_files_change_is_loaded_again(tmp_path):
    lay_out(tmp_path, 1)
    versions = ModelVersions("m", tmp_path, Loader())
    versions.refresh()
    (tmp_path / "1" / "saved_model.pb").write_text("model one")
    versions.refresh()
    assert versions.find(1) == "model one"


def test_a_version_that_is_taken_away_gives_way_to_the_one_before(tmp_path):
    lay_out(tmp_path, 1, 2)
    versions = ModelVersions("m", tmp_path, Loader())
    versions.refresh()
    shutil.rmtree(tmp_path / "2")
    versions.refresh()
    assert versions.find() == "model 1"


def test_an_emptied_folder_takes_nothing_away(tmp_path):
    lay_out(tmp_path, 1)
    versions = ModelVersions("m", tmp_path, Loader())
    versions.refresh()
    shutil.rmtree(tmp_path / "1")
    versions.refresh()
    assert versions.find() == "model 1"


def test_a_label_leads_to_its_version_once_that_is_served(tmp_path):
    lay_out(tmp_path, 1)
    versions = ModelVersions("m", tmp_path, Loader(), Policy(None), {"canary": 2})
    versions.refresh()
    with pytest.raises(Refusal, match="Unrecognized servable version label: canary"):
        versions.find(label="canary")
    lay_out(tmp_path, 2)
    versions.refresh()
    assert versions.find(label="canary") == "model 2"


def test_where_nothing_is_served_that_is_said(tmp_path):
    versions = ModelVersions("m", tmp_path, Loader())
    versions.refresh()
    with pytest.raises(Refusal, match=r"Latest\(m\)\. Served: none yet"):
        versions.find()
