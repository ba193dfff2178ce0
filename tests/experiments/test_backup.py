"""A backup holds all that decides how a training goes on, whole or not at all."""

import json
import os
import subprocess
import sys
import uuid

import keras
import numpy as np
import pytest

from satn_keras.errors import ArtifactError
from satn_keras.experiments.backup import Backup, Position


class NoBest:
    """In the place of a `BestEpoch`, where nothing is chosen."""

    record = None

    def forget_all_but(self, records):
        self.kept = list(records)


def one_weight(dropout=0.0):
    layers = [keras.Input((1,)), keras.layers.Dropout(dropout, seed=3)]
    model = keras.Sequential([*layers, keras.layers.Dense(1, use_bias=False)])
    model.compile("adam", "mse", run_eagerly=True)
    return model


def backup_of(model, folder, **options):
    backup = Backup(folder, NoBest(), **options)
    backup.set_model(model)
    return backup


def step(model, size=2):
    return model.train_on_batch(np.ones((size, 1)), np.ones((size, 1)))


def backed_up(folder, epochs):
    """Model after some epochs of one step each, with a backup of each."""
    model = one_weight()
    backup = backup_of(model, folder)
    for epoch in range(epochs):
        step(model)
        backup.on_epoch_end(epoch)
    return model


def test_a_backup_brings_back_weights_optimizer_and_the_number_of_epochs(tmp_path):
    model, fresh = backed_up(tmp_path, 11), one_weight()
    assert Backup(tmp_path, NoBest()).restore(fresh) == Position(epoch=11)
    np.testing.assert_array_equal(fresh.get_weights(), model.get_weights())
    states = [[v.numpy() for v in one.optimizer.variables] for one in (model, fresh)]
    assert int(fresh.optimizer.iterations) == 11
    for expected, found in zip(*states, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_restored_model_draws_the_dropout_that_would_have_come(tmp_path):
    model, x = one_weight(dropout=0.5), np.ones((64, 1))
    step(model)
    for _ in range(3):
        model(x, training=True)
    backup_of(model, tmp_path).on_epoch_end(0)
    expected = model(x, training=True)
    fresh = one_weight(dropout=0.5)
    fresh(x, training=True)  # another draw
    Backup(tmp_path, NoBest()).restore(fresh)
    np.testing.assert_array_equal(fresh(x, training=True), expected)


def test_within_an_epoch_the_metrics_and_the_position_are_kept(tmp_path):
    model = one_weight()
    backup = backup_of(model, tmp_path, every=2)
    backup.on_epoch_begin(4)
    sums = []  # `train_on_batch` counts each batch by itself
    for batch in range(3):
        step(model, size=2 + batch)
        sums.append(np.array([v.numpy() for v in model.metrics_variables]))
        backup.on_train_batch_end(batch)
    assert os.listdir(tmp_path) == ["epoch_4_batch_2"]

    fresh = one_weight()
    resumed = backup_of(fresh, tmp_path, every=2)
    assert resumed.restore(fresh) == Position(epoch=4, batch=2)
    resumed.on_epoch_begin(4)
    step(fresh, size=4)  # what was the third batch
    resumed.on_train_batch_end(0)
    found = [v.numpy() for v in fresh.metrics_variables]
    np.testing.assert_allclose(found, sums[1] + sums[2], rtol=1e-6)
    resumed.on_train_batch_end(1)
    assert "epoch_4_batch_4" in os.listdir(tmp_path)


def test_the_last_two_backups_stay_and_tell_which_best_epochs_are_needed(tmp_path):
    model = one_weight()
    step(model)
    backup = backup_of(model, tmp_path)
    for epoch in range(11):
        backup.best.record = {"epoch": epoch}
        backup.on_epoch_end(epoch)
    assert sorted(os.listdir(tmp_path)) == ["epoch_10_batch_0", "epoch_11_batch_0"]
    assert backup.best.kept == [{"epoch": 9}, {"epoch": 10}]


def test_without_a_backup_nothing_is_restored(tmp_path):
    model = one_weight()
    before = model.get_weights()
    assert Backup(tmp_path / "none", NoBest()).restore(model) == Position()
    np.testing.assert_array_equal(model.get_weights(), before)


@pytest.mark.parametrize("name", ["training.npz", "position.json"])
def test_a_damaged_backup_is_named_with_the_remedy(tmp_path, name):
    backed_up(tmp_path, 3)
    path = tmp_path / "epoch_3_batch_0" / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ArtifactError, match="epoch_3_batch_0: .* Remove this folder"):
        Backup(tmp_path, NoBest()).restore(one_weight())
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    assert Backup(tmp_path, NoBest()).restore(one_weight()).epoch == 2


def test_one_flipped_bit_is_found(tmp_path):
    backed_up(tmp_path, 1)
    path = tmp_path / "epoch_1_batch_0" / "training.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match="training.npz is damaged"):
        Backup(tmp_path, NoBest()).restore(one_weight())


def test_what_a_killed_process_left_half_written_is_removed(tmp_path):
    backed_up(tmp_path, 1)
    half = tmp_path / f".{uuid.uuid4().hex}"
    half.mkdir()
    (half / "training.npz").write_bytes(b"half")
    assert Backup(tmp_path, NoBest()).restore(one_weight()).epoch == 1
    assert os.listdir(tmp_path) == ["epoch_1_batch_0"]


FILL = """
import resource, signal, sys
from tests.experiments.test_backup import backup_of, one_weight, step
from satn_keras.errors import ArtifactError

model = one_weight()
step(model)
backup = backup_of(model, sys.argv[1])
backup.on_epoch_end(0)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
try:
    backup.on_epoch_end(1)
except ArtifactError as error:
    print(error)
"""


def test_where_the_disk_takes_no_more_the_last_backup_stays(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "epoch_2_batch_0: cannot be written (" in said.stdout, said.stderr
    assert "make room" in said.stdout
    assert os.listdir(tmp_path) == ["epoch_1_batch_0"]
    assert Backup(tmp_path, NoBest()).restore(one_weight()).epoch == 1


def test_the_position_tells_the_best_epoch_so_far(tmp_path):
    model = one_weight()
    step(model)
    backup = backup_of(model, tmp_path)
    backup.best.record = {"epoch": 1, "val_ua": 0.5, "rank": [0.5, -1.0]}
    backup.on_epoch_end(0)
    written = json.loads((tmp_path / "epoch_1_batch_0" / "position.json").read_text())
    assert written["best"] == backup.best.record
    assert Backup(tmp_path, NoBest()).restore(one_weight()).best == written["best"]
