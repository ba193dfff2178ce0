"""Trained folds with another judge of statistics beside the network that they have.

    python benchmarks/judges.py runs/training --out runs/agreement
        student.statistics_scaling=agreement student.statistics_weight=4

The judge is fitted in closed form and the network does not hear of it, so that what
changes the judge alone (`student.statistics_*`, `student.posterior_*`), or what a
stranger begins with (`features.speaker_prior_seconds`), needs no training: each fold's
network is loaded, a judge is fitted on the fold's training part, and its test part is
heard. `benchmarks/decisions.py keep` reads what is written. The network is that of the
run's own commit, the judge that of this one. The last line says how sure all runs
together are, and --of whose utterances count in it.
"""

import argparse
import dataclasses
import pathlib

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.evaluation import reliability, score
from satn_keras.experiments.cross_scores import INDEX, read_predictions, run_paths
from satn_keras.experiments.emotion_batches import emotion_batches
from satn_keras.experiments.judging import predict
from satn_keras.experiments.posteriors_by_speaker import mean_log_posterior
from satn_keras.experiments.predictions import TEXT, truth_and_posteriors
from satn_keras.experiments.recipe_features import recipe_features
from satn_keras.experiments.reevaluation import split_part
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import labelled_manifest
from satn_keras.experiments.statistics_judge import with_statistics_judge
from satn_keras.experiments.students import Student, trained_student

OF_A_JUDGE = (
    *("student.statistics_", "student.posterior_", "data.features="),
    "features.speaker_prior_seconds=",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path, help="of `satn cross-validate`")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--of", nargs="+", metavar="SPEAKER", help="all when absent")
    asked = parser.parse_intermixed_args()
    others = [each for each in asked.overrides if not each.startswith(OF_A_JUDGE)]
    if others:
        parser.error(f"{others[0]}: is not of the judge alone. Train the run anew.")
    found = {}
    for path in run_paths(asked.run):
        out = RunDirectory(asked.out / path.relative_to(asked.run))
        config = ExperimentConfig.from_yaml(path / "config.yaml", asked.overrides)
        if not is_judged(out, config):
            judge_again(RunDirectory(path), config, out)
            keras.backend.clear_session()
        found[path] = out.read_json("metrics.json")["ua"]
        print(f"{path}: {found[path]:.3f}", flush=True)
    if not found:
        parser.error(f"{asked.run}: no finished fold of `satn cross-validate` here")
    print(f"mean of {len(found)} runs: {np.mean(list(found.values())):.3f}")
    print(sureness(predictions_of(asked.out, asked.of)))


def predictions_of(path, speakers):
    """Predictions of all runs below `path`, of some speakers where they are named."""
    table = read_predictions(path)
    return table if speakers is None else table[table["speaker"].isin(speakers)]


def sureness(table):
    """One line on how well the posteriors of a table of predictions are calibrated."""
    classes = [name for name in table if name not in {*INDEX, *TEXT}]
    labels, posteriors = truth_and_posteriors(table, classes)
    found = reliability(labels, posteriors)
    return (
        f"expected calibration error {found.expected_calibration_error:.3f}, "
        f"negative log likelihood {found.negative_log_likelihood:.2f}, "
        f"mean confidence {posteriors.max(axis=1).mean():.3f}, "
        f"right {(posteriors.argmax(axis=1) == labels).mean():.3f}"
    )


def is_judged(out, config):
    """Whether `out` is finished already, by this recipe; refused if by another."""
    if not (out.path / "metrics.json").exists():
        return False
    if out.config != config:
        raise ConfigError(f"{out.path}: has another judge. Give another --out.")
    return True


def judge_again(run, config, out):
    """Predictions and UA of a fold's network beside another judge, written to `out`."""
    manifest, _ = labelled_manifest(config)
    train, test = (split_part(run, manifest, part) for part in ("train", "test"))
    with recipe_features(config, config.student_training, train, test):
        system = student_with_judge(run, config, train)
        table = predict(system, test, run)
    labels, posteriors = truth_and_posteriors(table, system.classes)
    ua = float(score(labels, posteriors, system.classes).ua)
    out.path.mkdir(parents=True, exist_ok=True)
    out.write_text("config.yaml", config.to_yaml())
    out.write_text("predictions.csv", table.to_csv(index=False))
    out.write_json("metrics.json", {"ua": ua})


def student_with_judge(run, config, train):
    """Student of the run's network and a judge that is fitted here."""
    trained = trained_student(run, config, train)
    layer = trained.model.get_layer("posterior")
    network = keras.Model(trained.model.input, layer.output, name=trained.model.name)
    if config.student.statistics_weight:
        heard = emotion_batches(
            train, trained.classes, trained.front_end, config, run, training=True
        )
        batch_size = config.student_training.batch_size
        network = with_statistics_judge(network, heard, config.student, batch_size)
    alone = Student(network, trained.classes, trained.front_end, config)
    if config.student.posterior_normalization == "none":
        return alone
    center = mean_log_posterior(alone.posteriors_alone(train, run))
    return dataclasses.replace(alone, center=center)


if __name__ == "__main__":
    main()
