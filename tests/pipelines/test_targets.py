"""Transcripts become what the teacher reads and what it must write."""

import numpy as np

from satn_keras.phonemes import TokenInventory
from satn_keras.pipelines import Targets


def test_the_teacher_reads_the_token_before_and_writes_the_one_after():
    inventory = TokenInventory.of(["k", "ae", "t"])  # ids 5, 6, 7; boundary 4
    targets = Targets.from_tokens([["k", "ae", "t"], [], ["t", "|", "zh"]], inventory)
    assert targets.before.tolist() == [[1, 5, 6, 7], [1, 0, 0, 0], [1, 7, 4, 3]]
    assert targets.after.tolist() == [[5, 6, 7, 2], [2, 0, 0, 0], [7, 4, 3, 2]]
    assert targets.ctc.tolist() == [[5, 6, 7, 0], [0, 0, 0, 0], [7, 4, 3, 0]]
    assert targets.steps.tolist() == [4, 1, 4]


def test_targets_are_integers():
    targets = Targets.from_tokens([["a"]], TokenInventory.of(["a"]))
    for array in (targets.before, targets.after, targets.ctc, targets.steps):
        assert array.dtype == np.int32
