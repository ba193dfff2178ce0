"""A training that has diverged names the utterances of the batch, on every worker."""

import types

import pytest

from satn_keras.distribution.roles import Role
from satn_keras.errors import ConfigError
from satn_keras.experiments import epoch_callbacks
from satn_keras.experiments.epoch_callbacks import FiniteLoss


def told_by(worker, names_all, path, monkeypatch):
    """What one of two workers says whose batch holds the utterances a and b."""
    monkeypatch.setattr(epoch_callbacks, "role", lambda: Role(worker, 2, 2))
    batches = types.SimpleNamespace(
        batch=0, names_all=names_all, keys_of=lambda batch: ["a", "b"]
    )
    with pytest.raises(ConfigError) as caught:
        FiniteLoss(batches, path).on_train_batch_end(0, {"loss": float("nan")})
    return str(caught.value)


def test_a_worker_s_line_names_the_file_that_stays(tmp_path, monkeypatch):
    told = told_by(0, True, tmp_path, monkeypatch)
    assert f"{tmp_path / 'non_finite.json'} names the 2 utterances. Lower" in told
    told = told_by(1, True, tmp_path, monkeypatch)
    assert "nan; the chief's non_finite.json names the 2 utterances. Lower" in told


@pytest.mark.parametrize("worker", [0, 1])
def test_where_a_worker_knows_its_own_share_alone_it_names_that(
    worker, tmp_path, monkeypatch
):
    told = told_by(worker, False, tmp_path, monkeypatch)
    assert "nan; of this worker's share: a, b. Lower" in told
