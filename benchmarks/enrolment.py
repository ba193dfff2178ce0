"""Trained folds scored with speakers known by few utterances, and by all.

    python benchmarks/enrolment.py runs/satn --known 1 2 5 20
    python benchmarks/enrolment.py runs/satn features.speaker_prior_seconds=0
        student.posterior_relevance=0

Nothing is trained: the runs of `satn cross-validate` are loaded, each once, and score
their whole test part for each number of utterances. A speaker's utterances are put in
an order that the recipe's seed draws, and cut into handfuls of as many as the number
says, or a few more, so that none has fewer. Each is heard as if of a speaker of its
own, who is known by the handful after it (`others`: somebody enrolled before) or by
itself (`own`: few recordings of somebody, nothing more). `all` knows a speaker by the
whole test part, as the recipe does. Of the recipe may be changed what comes after the
training: a speaker's prior, and the relevance of the own mean posterior.
"""

import argparse
import dataclasses
import time

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError, SatnError
from satn_keras.evaluation import score
from satn_keras.experiments.cross_scores import run_paths
from satn_keras.experiments.predictions import posterior_table, truth_and_posteriors
from satn_keras.experiments.recipe_features import recipe_features
from satn_keras.experiments.reevaluation import split_part
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import labelled_manifest
from satn_keras.experiments.students import trained_student

AFTER_TRAINING = (
    *("features.speaker_prior_seconds=", "student.posterior_relevance="),
    "data.features=",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="folder of `satn cross-validate`")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--known", type=int, nargs="+", default=[1, 2, 5, 20])
    asked = parser.parse_intermixed_args()
    others = [each for each in asked.overrides if not each.startswith(AFTER_TRAINING)]
    if others:
        parser.error(f"{others[0]}: needs a training. Train the run anew.")
    found = {}
    for path in run_paths(asked.run):
        start = time.monotonic()
        config = ExperimentConfig.from_yaml(path / "config.yaml", asked.overrides)
        try:
            found[path] = scored_run(RunDirectory(path), config, asked.known)
        except SatnError as error:
            parser.error(str(error))
        shown = ", ".join(f"{row} {ua:.3f}" for row, ua in found[path].items())
        print(f"{path}: {shown} ({time.monotonic() - start:.0f} s)", flush=True)
    if not found:
        parser.error(f"{asked.run}: no finished fold of `satn cross-validate` here")
    for row in next(iter(found.values())):
        mean = np.mean([each[row] for each in found.values()])
        print(f"| {row} | {mean:.3f} | {len(found)} runs |")


def scored_run(run, config, counts):
    """UA of a run's test part by how its speakers are known: "2 others", "all"."""
    manifest, _ = labelled_manifest(config)
    train, test = (split_part(run, manifest, part) for part in ("train", "test"))
    order = np.random.default_rng(config.seed).permutation(len(test))
    with recipe_features(config, config.student_training, train, test):
        student = trained_student(run, config, train)
        found = {"all": _ua(student, run, test)}
        for count in sorted(counts):
            scored, enrolled = handfuls(test, order, count)
            found[f"{count} others"] = _ua(student, run, scored, enrolled)
            found[f"{count} own"] = _ua(student, run, scored)
    return found


def handfuls(manifest, order, count):
    """The manifest as if every `count` utterances of a speaker were somebody else.

    Args:
        manifest: at least twice as many utterances of each speaker.
        order: of all utterances.
        count: in a handful, at least.

    Returns:
        The utterances, and those by which each handful's speaker is known besides:
        the next handful of the same speaker.

    Raises:
        ProtocolError: naming who has too few.
    """
    every, by_speaker, scored, enrolled = list(manifest), {}, [], []
    for place in order:
        one = every[place]
        by_speaker.setdefault((one.dataset, one.speaker), []).append(one)
    for (_, speaker), own in by_speaker.items():
        if not 1 <= count <= len(own) // 2:
            raise ProtocolError(
                f"--known {count}: must be at least 1 and at most half of a speaker's "
                f"utterances; {speaker} has {len(own)}."
            )
        parts = np.array_split(np.arange(len(own)), len(own) // count)
        for number, part in enumerate(parts):
            name, after = f"{speaker} {number}", parts[(number + 1) % len(parts)]
            scored += (dataclasses.replace(own[i], speaker=name) for i in part)
            enrolled += (dataclasses.replace(own[i], speaker=name) for i in after)
    return Manifest(scored), Manifest(enrolled)


def _ua(student, run, scored, enrolled=None):
    posteriors = student.posteriors(scored, run, enrolled)
    table = posterior_table(posteriors, scored, student.classes)
    labels, posteriors = truth_and_posteriors(table, student.classes)
    return float(score(labels, posteriors, student.classes).ua)


if __name__ == "__main__":
    main()
