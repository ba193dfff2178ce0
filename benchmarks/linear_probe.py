"""How much of an emotion a linear classifier reads from an utterance's statistics.

    python benchmarks/linear_probe.py nemo.csv --features prosody
        --score IC0 MK0 SM0 TP0

Each speaker named by --score is scored by a linear discriminant (covariance shrunk by
0.3) that all other speakers train. The statistics of an utterance are mean, deviation
and five percentiles of every band, over all frames and over voiced ones, and the share
and number of voiced frames. Nothing is chosen: there is nothing to choose.

--normalize says what is brought to each speaker's own mean and deviation: nothing, the
frames, or the frames and then the statistics; or, with nothing known of the speaker,
statistics less the mean of the training voices that the utterance resembles ("voices").
--courses adds derivatives and the course over time, as `UtteranceStatistics` has them.
--agreement scales each statistic by how far the training voices agree on it.
--speeds adds training utterances played slower and faster, each speed of a speaker as a
speaker of its own.
"""

import argparse

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from satn_keras.config import FeatureConfig
from satn_keras.config.prosody_names import PROSODY_NAMES, VOICED_NAMES
from satn_keras.corpora import Manifest
from satn_keras.experiments.agreement import agreement
from satn_keras.experiments.features import make_front_end
from satn_keras.features import DESCRIPTOR_NAMES, UtteranceStatistics
from satn_keras.pipelines import build_store

WAYS = ("nothing", "voices", "frames", "statistics")
PERCENTILES = (10, 25, 50, 75, 90)
SHRINKAGE, MOST = 0.3, 5.0  # deviations that a statistic may be off
TEMPERATURE = 5.0  # of the posterior over voices
NUM_BANDS = len(PROSODY_NAMES)  # whose statistics come first
VOICED_ALONE = {name for name in VOICED_NAMES if not name.endswith("_level")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest")
    parser.add_argument("--features", choices=["prosody", "egemaps"], required=True)
    parser.add_argument("--without", nargs="*", default=(), metavar="BAND")
    parser.add_argument("--normalize", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--speeds", nargs="*", type=float, default=())
    parser.add_argument("--courses", action="store_true")
    parser.add_argument("--agreement", action="store_true")
    parser.add_argument("--score", nargs="+", metavar="SPEAKER", required=True)
    arguments = parser.parse_args()
    if arguments.courses and "voices" in arguments.normalize:
        parser.error("--courses: not with --normalize voices. Name the other ways.")
    manifest = Manifest.read(arguments.manifest)
    frames, names = read(manifest, arguments)
    labels = np.unique([one.label for one in manifest], return_inverse=True)[1]
    speakers = np.asarray([one.speaker for one in manifest])
    repeats = len(frames) // len(manifest)
    groups = np.concatenate([np.char.add(speakers, f" {r}") for r in range(repeats)])
    labels = np.tile(labels, repeats)
    for way in arguments.normalize:
        table = table_of(frames, names, groups, way, arguments.courses)
        voices = groups if way == "voices" else None
        agreeing = groups if arguments.agreement else None
        scores = [
            score(name, table, labels, speakers, voices, agreeing)
            for name in arguments.score
        ]
        rounded = dict(zip(arguments.score, np.round(scores, 3).tolist(), strict=True))
        print(f"{way}: {rounded}, mean {np.mean(scores):.3f}, {table.shape[1]} values")


def table_of(frames, names, groups, way, courses=False):
    """Statistics of all utterances, normalised one way."""
    listed = all_statistics if courses else statistics
    if way in ("frames", "statistics"):
        frames = by_speaker(frames, groups, names)
    table = np.stack([listed(each, names) for each in frames])
    return centred(table, groups) if way == "statistics" else table


def read(manifest, arguments):
    """(frames, bands) and whether each frame is voiced, by row; names of the bands."""
    if arguments.features == "prosody":
        front_end = make_front_end(FeatureConfig(streams=("prosody",)))
        names = PROSODY_NAMES
    else:
        front_end = make_front_end(FeatureConfig(descriptors="egemaps"))
        names = DESCRIPTOR_NAMES["egemaps"]
    store = build_store(manifest, front_end, speeds=(1.0, *arguments.speeds))
    keep = [number for number, name in enumerate(names) if not _is_out(name, arguments)]
    pitch = names.index("f0_semitones")
    rows = (store.fetch(row).numpy()[..., 0] for row in range(len(store)))
    return (
        [(row[:, keep].astype("float64"), row[:, pitch] > 0) for row in rows],
        [names[number] for number in keep],
    )


def _is_out(name, arguments):
    return any(name.startswith(each) for each in arguments.without)


def by_speaker(frames, groups, names):
    """Frames of each group at its own mean and deviation; of voiced ones where due."""
    alone = np.asarray([name in VOICED_ALONE for name in names])
    normalized = list(frames)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        values = np.concatenate([frames[row][0] for row in rows])
        voiced = np.concatenate([frames[row][1] for row in rows])
        mean = np.where(alone, values[voiced].mean(axis=0), values.mean(axis=0))
        deviation = np.where(alone, values[voiced].std(axis=0), values.std(axis=0))
        for row in rows:
            each, own = frames[row]
            normalized[row] = (each - mean) / (deviation + 1e-5), own
    return normalized


def statistics(frames, names):
    """Statistics of one utterance."""
    values, voiced = frames
    heard = [values[voiced] if name in VOICED_ALONE else values for name in names]
    parts = [_moments(each[:, band]) for band, each in enumerate(heard)]
    parts += [
        _moments(values[voiced, band])
        for band, name in enumerate(names)
        if name not in VOICED_ALONE
    ]
    return np.concatenate([*parts, [voiced.mean(), len(values)]])


def all_statistics(frames, names):
    """Statistics of one utterance as the student's second judge hears them."""
    values, voiced = frames
    alone = np.asarray([name in VOICED_ALONE for name in names])
    values = np.where(alone & ~voiced[:, None], 0.0, values)
    layer = UtteranceStatistics(names.index("f0_semitones"))
    return np.asarray(layer(values[None, ..., None]), "float64")[0]


def _moments(values):
    if len(values) < 3:
        return np.zeros(2 + len(PERCENTILES))
    percentiles = np.percentile(values, PERCENTILES)
    return np.concatenate([[values.mean(), values.std()], percentiles])


def centred(table, groups):
    """Statistics of each group at its own mean and deviation."""
    table = table.copy()
    for group in np.unique(groups):
        rows = groups == group
        table[rows] -= table[rows].mean(axis=0)
        table[rows] /= table[rows].std(axis=0) + 1e-6
    return table


def less_voices(table, voices, train):
    """Training rows less their voice's mean, others less that of the voices alike.

    A voice is told by mean and deviation of each band over the frames that count.
    """
    names, numbers = np.unique(voices[train], return_inverse=True)
    means = np.stack(
        [table[train][numbers == one].mean(axis=0) for one in range(len(names))]
    )
    told = [part for part in range(table.shape[1] - 2) if part % 7 < 2]
    told = table[:, told[: 2 * NUM_BANDS]]
    judge = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.5)
    judge.fit(told[train], numbers)
    logits = judge.decision_function(told) / TEMPERATURE
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    centred = table - shares / shares.sum(axis=1, keepdims=True) @ means
    centred[train] = table[train] - means[numbers]
    return centred


def score(speaker, table, labels, speakers, voices=None, agreeing=None):
    """UA on one speaker, at normal speed, whom all others train for."""
    repeats = len(table) // len(speakers)
    train = np.tile(speakers, repeats) != speaker
    mean, deviation = table[train].mean(axis=0), table[train].std(axis=0) + 1e-6
    table = np.clip((table - mean) / deviation, -MOST, MOST)
    if voices is not None:
        table = less_voices(table, voices, train)
    if agreeing is not None:
        numbers = np.unique(agreeing[train], return_inverse=True)[1]
        table = table * agreement(table[train], labels[train], numbers)
    judge = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=SHRINKAGE)
    judge.fit(table[train], labels[train])
    test = np.flatnonzero(speakers == speaker)
    right = judge.predict(table[test]) == labels[test]
    return np.mean([right[labels[test] == c].mean() for c in np.unique(labels[test])])


if __name__ == "__main__":
    main()
