"""Runners and options of Beam that are refused in one line."""

import pathlib

import pytest

from satn_keras.beam.feature_shards import FeatureShards
from satn_keras.beam.job_folder import JobFolder
from satn_keras.beam.running import run_job
from satn_keras.errors import ArtifactError, ConfigError

WORKER = FeatureShards({}, {}, (1.0,))


def run(path, runner="DirectRunner", options=()):
    run_job(WORKER, JobFolder(path, "shard", ".tfrecord", 2), runner, options)


@pytest.mark.parametrize(
    ("runner", "options", "line"),
    [
        ("Fantasy", (), "--runner: Unexpected pipeline runner: Fantasy"),
        ("DirectRunner", ("--direct_num_wokers=2",), "--direct_num_wokers: .* no such"),
        ("DirectRunner", ("--direct_num_workers=two",), "invalid int value: 'two'"),
    ],
)
def test_an_unknown_runner_or_option_is_one_line(tmp_path, runner, options, line):
    with pytest.raises(ConfigError, match=line) as error:
        run(tmp_path, runner, options)
    assert "\n" not in str(error.value)


def test_a_pipeline_that_fails_is_one_line_with_the_cause(tmp_path):
    folder = JobFolder(pathlib.Path(tmp_path), "shard", ".tfrecord", 2)
    folder.plan([("key", "no.wav")])  # and the worker knows no settings
    with pytest.raises(ArtifactError, match="failed on DirectRunner") as error:
        run(tmp_path)
    assert "\n" not in str(error.value) and "KeyError" in str(error.value)
    assert "run the same command again" in str(error.value)
