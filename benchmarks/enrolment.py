"""Trained folds scored with speakers known by few utterances, and by all.

    python benchmarks/enrolment.py runs/satn --enrol 1 5 20
    python benchmarks/enrolment.py runs/satn student.posterior_relevance=0 --enrol 1 5

Nothing is trained: the runs of `satn cross-validate` are loaded, each once, and score
their test part with each number of enrolled utterances (`protocol
.enrolment_utterances`), drawn by the run's seed. Every row is of the same utterances,
those that the largest number leaves; `all` knows a speaker by all of the test part, the
scored utterances among it, as the recipe does by default. Of the recipe may be changed
what comes after the training: the relevance of a speaker's own mean posterior.
"""

import argparse
import dataclasses
import time

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.evaluation import score
from satn_keras.experiments.cross_scores import run_paths
from satn_keras.experiments.enrolment import enrol, enrolling
from satn_keras.experiments.judging import predict
from satn_keras.experiments.predictions import truth_and_posteriors
from satn_keras.experiments.recipe_features import recipe_features
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import labelled_manifest
from satn_keras.experiments.systems import system_class

AFTER_TRAINING = ("student.posterior_relevance=", "data.features=")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="folder of `satn cross-validate`")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--enrol", type=int, nargs="+", default=[1, 5, 20])
    asked = parser.parse_intermixed_args()
    others = [each for each in asked.overrides if not each.startswith(AFTER_TRAINING)]
    if others:
        parser.error(f"{others[0]}: needs a training. Train the run anew.")
    counts = sorted(asked.enrol)
    rows = {}
    for path in run_paths(asked.run):
        start = time.monotonic()
        rows[path] = scored_run(RunDirectory(path), counts, asked.overrides)
        shown = ", ".join(f"{count or 'all'} {ua:.3f}" for count, ua in rows[path])
        print(f"{path}: {shown} ({time.monotonic() - start:.0f} s)", flush=True)
    if not rows:
        parser.error(f"{asked.run}: no finished fold of `satn cross-validate` here")
    for place, count in enumerate([*counts, 0]):
        mean = np.mean([each[place][1] for each in rows.values()])
        print(f"| {count or 'all'} | {mean:.3f} | {len(rows)} runs |")


def scored_run(run, counts, overrides=()):
    """UA by number of enrolled utterances, 0 standing for all, on the same ones."""
    config = ExperimentConfig.from_yaml(run.path / "config.yaml", overrides)
    system = dataclasses.replace(system_class(config).load(run), config=config)
    manifest, _ = labelled_manifest(config)
    tested = run.read_json("split.json")["test"]
    test = Manifest(one for one in manifest if one.key in set(tested))
    scored = enrol(test, enrolling(system.config, counts[-1])).scored.keys
    with recipe_features(config, config.student_training, test):
        return [
            (count, _ua(system, test, run, count, scored)) for count in [*counts, 0]
        ]


def _ua(system, test, run, count, scored):
    config = enrolling(system.config, count)
    table = predict(dataclasses.replace(system, config=config), test, run)
    table = table[table["key"].isin(scored)]
    labels, posteriors = truth_and_posteriors(table, system.classes)
    return float(score(labels, posteriors, system.classes).ua)


if __name__ == "__main__":
    main()
