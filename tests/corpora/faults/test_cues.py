"""Labels that something else tells are found; honest corpora give none."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import CategoricalNB

from satn_keras.corpora import Utterance
from satn_keras.corpora.faults.cues import check_cues, score_cues
from satn_keras.corpora.faults.guesses import cross_validated_ua, folds_of
from satn_keras.corpora.sounds import Sound

LABELS = ("angry", "happy", "sad")
SPEAKERS = ("anna", "bert", "cora", "dirk")


def sounds(seed=1, number=360, loud=None, long=None, sentence=None, speaker=None):
    """Sounds as heard, whose label a cue tells where a function of it is given."""
    random = np.random.default_rng(seed)
    made = []
    for count in range(number):
        label = int(random.integers(3))
        who = SPEAKERS[random.integers(4)] if speaker is None else speaker(label)
        what = str(random.integers(10)) if sentence is None else sentence(label)
        utterance = Utterance(
            str(count), "x.wav", who, LABELS[label], sentence=what, text="said"
        )
        level = random.normal(-25, 3) + (loud(label) if loud else 0)
        seconds = random.normal(3, 0.5) + (long(label) if long else 0)
        made.append(Sound(utterance, seconds=seconds, level=level))
    return made


def warned(heard):
    return [finding.rule for finding in check_cues(score_cues(heard))]


@pytest.mark.parametrize("seed", range(7))
def test_an_honest_corpus_gives_no_cue(seed):
    cues = score_cues(sounds(seed))
    names = ["loudness", "duration", "sentence", "speaker"]
    assert [cue.name for cue in cues] == names
    assert warned(sounds(seed)) == []
    for cue in cues:
        assert cue.chance == pytest.approx(1 / 3)
        assert cue.low < cue.chance < cue.high
        assert abs(cue.ua - cue.chance) < 0.12


def test_anger_that_is_somewhat_louder_is_no_cheat():
    heard = sounds(loud=lambda label: 4 if label == 0 else 0)
    loudness = score_cues(heard)[0]
    assert loudness.p_value == pytest.approx(1 / 200)  # and yet below the limit
    assert warned(heard) == []


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("loudness", {"loud": lambda label: 20 * label}),
        ("duration", {"long": lambda label: 4 * label}),
        ("sentence", {"sentence": lambda label: f"{label}"}),
    ],
)
def test_a_cue_that_tells_the_label_is_found_and_no_other(name, planted):
    assert warned(sounds(**planted)) == [f"label_from_{name}"]


def test_a_corpus_with_one_speaker_a_label_is_found():
    heard = sounds(speaker=lambda label: SPEAKERS[label])
    assert warned(heard) == ["label_from_speaker"]
    speaker = score_cues(heard)[-1]
    assert speaker.ua == 1 and speaker.share == 1


def test_texts_stand_for_sentences_that_have_no_name():
    random = np.random.default_rng(1)
    made = []
    for count in range(120):
        label = count % 3
        who = SPEAKERS[count % 4]
        one = Utterance(str(count), "x.wav", who, LABELS[label], f"Text {label}")
        made.append(Sound(one, seconds=random.normal(), level=random.normal()))
    assert warned(made) == ["label_from_sentence"]


@pytest.mark.parametrize("number", [0, 1, 19])
def test_a_corpus_too_small_to_judge_is_not_judged(number):
    assert score_cues(sounds(number=number)) == []


def test_utterances_without_label_or_with_a_fault_are_left_out():
    heard = sounds(number=60)
    unlabelled = Sound(Utterance("u", "x.wav", "anna"), seconds=1.0, level=-20.0)
    broken = Sound(Utterance("b", "x.wav", "anna", "sad"), "bad", "unreadable")
    cues = score_cues([*heard, unlabelled, broken])
    assert [cue.utterances for cue in cues] == [60] * 4


def test_the_guesses_are_those_of_scikit_learn_s_naive_bayes():
    random = np.random.default_rng(3)
    cells, labels = random.integers(0, 7, 211), random.integers(0, 3, 211)
    folds = folds_of(labels, groups=random.integers(0, 5, 211))
    judge = CategoricalNB(fit_prior=False, min_categories=7)
    guesses = cross_val_predict(judge, cells[:, None], labels, cv=folds)
    theirs = balanced_accuracy_score(labels, guesses)
    ours = cross_validated_ua(cells, labels[None], folds)
    assert ours == pytest.approx([theirs])
