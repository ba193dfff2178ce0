"""IEMOCAP folders of the published size, and one turn beside it."""

import collections
import os
import shutil

import pytest

from satn_keras.corpora import CountWarning, read_iemocap
from satn_keras.corpora.iemocap_counts import PUBLISHED_COUNTS, check_counts
from tests.support.small_iemocap import places, write_counted_iemocap

# Zhao et al. 2021, table 1: neutral, happy (with excited), sad, angry.
TABLE_1 = {
    "Ses01": (223, 132, 104, 62),
    "Ses02": (217, 191, 100, 22),
    "Ses03": (198, 149, 190, 90),
    "Ses04": (174, 195, 81, 84),
    "Ses05": (287, 280, 133, 31),
}
SESSION_SUMS = {"Ses01": 521, "Ses02": 530, "Ses03": 627, "Ses04": 534, "Ses05": 731}
CLASSES = ("neutral", "happy", "sad", "angry")
WHOLE = {"neutral": 1708, "happy": 1636, "sad": 1084, "angry": 1103}
HAPPY_ALONE = 50  # of the happy in each improvised session; the others are excited


def published_counts():
    """{(session, scene): {code: turns}} of a folder with the published numbers."""
    counts = {}
    for session, (neutral, happy, sad, angry) in TABLE_1.items():
        merged = {"hap": HAPPY_ALONE, "exc": happy - HAPPY_ALONE}
        others = {"neu": neutral, "sad": sad, "ang": angry, "xxx": 3, "fru": 5}
        counts[int(session[-1]), "impro01"] = merged | others
    # What is left of 1708, 595, 1041, 1084 and 1103; in two dialogs, since a turn's
    # number has three digits.
    counts[1, "script01_1"] = {"neu": 609, "sad": 476, "oth": 2}
    counts[2, "script02_1"] = {"ang": 814, "hap": 345, "exc": 344, "xxx": 7}
    return counts


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folder with the published number of turns of each class."""
    root = tmp_path_factory.mktemp("iemocap")
    return write_counted_iemocap(root, published_counts())


@pytest.fixture
def with_one_off(whole, tmp_path):
    """The same folder, where one sad improvised turn of session 3 is neutral."""
    root = tmp_path / "one_off"
    shutil.copytree(whole, root, copy_function=os.link)
    labels, _, _ = places(root, "Ses03F_impro01")
    content = labels.read_text()
    labels.unlink()  # a link to the other folder's file
    labels.write_text(content.replace("\tsad\t", "\tneu\t", 1))
    return root


def counts_of(manifest):
    return collections.Counter((turn.session, turn.label) for turn in manifest)


def test_the_published_improvised_table_is_read_exactly_and_in_silence(whole, recwarn):
    manifest = read_iemocap(whole, style="improvised", classes=CLASSES)
    assert len(manifest) == 2943
    assert counts_of(manifest) == {
        (session, label): count
        for session, row in TABLE_1.items()
        for label, count in zip(CLASSES, row, strict=True)
    }
    assert collections.Counter(turn.session for turn in manifest) == SESSION_SUMS
    assert not recwarn.list


def test_the_published_whole_is_read_exactly_and_in_silence(whole, recwarn):
    manifest = read_iemocap(whole, classes=CLASSES)
    assert len(manifest) == 5531
    assert collections.Counter(turn.label for turn in manifest) == WHOLE
    assert not recwarn.list


def test_the_whole_without_the_excited_is_4490_turns_and_silent(whole, recwarn):
    manifest = read_iemocap(whole, merge_excited=False, classes=CLASSES)
    assert len(manifest) == 4490
    assert sum(turn.label == "happy" for turn in manifest) == 595
    assert not recwarn.list


def test_one_turn_beside_the_table_shows_both_tables(with_one_off):
    with pytest.warns(CountWarning) as caught:
        manifest = read_iemocap(with_one_off, style="improvised", classes=CLASSES)
    assert len(manifest) == 2943  # and the reading goes on
    (warning,) = caught
    rows = {
        words[0]: [int(word) for word in words[1:]]
        for line in str(warning.message).splitlines()[3:]
        if (words := line.split())
    }
    assert rows["Ses03"] == [199, 149, 189, 90, 627] + [198, 149, 190, 90, 627]
    assert rows["Ses05"] == 2 * [287, 280, 133, 31, 731]
    assert rows["all"] == [1100, 947, 607, 289, 2943] + [1099, 947, 608, 289, 2943]
    assert warning.filename == __file__


def test_the_whole_warns_of_every_table_that_differs(with_one_off):
    with pytest.warns(CountWarning) as caught:
        read_iemocap(with_one_off)
    improvised, both = (str(warning.message) for warning in caught)
    assert "Zhao et al. 2021, table 1" in improvised
    assert "Zhao et al. 2018, dataset 2" in both
    assert both.splitlines()[-1].split() == [
        *("all", "1709", "1636", "1083", "1103", "5531"),
        *("1708", "1636", "1084", "1103", "5531"),
    ]


def test_kept_apart_the_excited_are_checked_against_both_data_sets(with_one_off):
    with pytest.warns(CountWarning) as caught:
        read_iemocap(with_one_off, merge_excited=False)
    titles = [str(warning.message).partition(":")[0] for warning in caught]
    assert titles == [
        "IEMOCAP, improvised turns, excited counted as happy",
        "IEMOCAP, improvised and scripted turns, excited counted as happy",
        "IEMOCAP, improvised and scripted turns, without the excited",
    ]


def test_a_manifest_can_be_checked_by_hand(whole):
    manifest = read_iemocap(whole, style="improvised")
    with pytest.warns(CountWarning, match="the counts differ"):
        check_counts(manifest[1:], style="improvised")


def test_the_published_tables_sum_to_the_published_sizes():
    sizes = {
        name: sum(sum(row.values()) for row in table.rows.values())
        for name, table in PUBLISHED_COUNTS.items()
    }
    assert sizes == {"improvised": 2943, "all": 5531, "dataset1": 4490}
