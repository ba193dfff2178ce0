"""What `ReplicaTraining` mends in Keras is still broken there."""

from tests.support.workers import run_workers

WORKER = ["-m", "tests.support.plain_keras_worker"]


def test_keras_still_cannot_train_on_several_workers_by_itself():
    # Where this fails, keras-team/keras#20585 is mended: `_maybe_symbolic_build` of
    # ReplicaTraining can go if "plain" trains, its `compute_metrics` if "built" does.
    answers = run_workers(WORKER, WORKER)
    assert [answer.code for answer in answers] == [0, 0], answers[0].err[-2000:]
    for answer in answers:
        assert answer.out.splitlines() == ["plain: ValueError", "built: ValueError"]
