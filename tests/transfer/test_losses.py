"""Transfer term on maps small enough for paper and pencil."""

import keras
import numpy as np
import pytest

from satn_keras.transfer import TransferLoss


def part(*maps, mask=None):
    """One side of the loss; a map is (batch, frames, channels) or as given."""
    side = {"maps": [np.asarray(m, "float32") for m in maps]}
    return side if mask is None else {**side, "mask": np.asarray(mask)}


FLAT = [[[1, 1], [1, 1]]]  # one utterance, two frames, two channels
STEEP = [[[1, 0], [0, -3]]]


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        (1.0, 0.5),  # (1/2, 1/2) against (1/4, 3/4)
        (2.0, 0.8),  # (1/2, 1/2) against (1/10, 9/10)
    ],
)
def test_two_frames_give_the_distance_on_paper(power, expected):
    loss = TransferLoss(power=power)(part(STEEP), part(FLAT))
    assert float(loss) == pytest.approx(expected, abs=1e-6)


def test_pairs_add_and_utterances_average():
    teacher = part(STEEP + FLAT, STEEP + STEEP)
    student = part(FLAT + FLAT, FLAT + STEEP)
    loss = TransferLoss(power=1.0)(teacher, student)  # utterances: 1.0 and 0.0
    assert float(loss) == pytest.approx(0.5, abs=1e-6)


def test_padded_frames_do_not_count():
    noise = [[[1, 0], [0, -3], [50, 70]]]
    other = [[[1, 1], [1, 1], [90, -20]]]
    loss = TransferLoss(power=1.0)(part(noise), part(other, mask=[[1, 1, 0]]))
    assert float(loss) == pytest.approx(0.5, abs=1e-6)


def test_a_student_of_soft_attention_learns_the_mean_of_the_teachers_true_rows():
    # Two heads, three frames of which the last is padding.
    heads = [
        [[0.6, 0.4, 0], [0.2, 0.8, 0], [0, 0, 0]],
        [[0.4, 0.6, 0], [0.2, 0.8, 0], [0, 0, 0]],
    ]  # true rows: (0.5, 0.5) and (0.2, 0.8); their mean (0.35, 0.65)
    student = part([[0.85, 0.15, 0]], mask=[[True, True, False]])
    loss = TransferLoss(map="attention")(part([heads]), student)
    assert float(loss) == pytest.approx(1.0, abs=1e-6)


def test_every_pair_needs_both_maps():
    with pytest.raises(ValueError, match="shorter|longer"):
        TransferLoss()(part(FLAT), part(FLAT, FLAT))


def test_config_round_trip_keeps_every_setting():
    loss = TransferLoss("attention", 3.0, "l2", "l2", name="copied")
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(loss)
    )
    assert again.get_config() == loss.get_config()
    assert again.get_config()["normalization"] == "l2"
