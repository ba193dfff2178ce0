"""Finished run folders written by hand, so that their figures are known."""

import json

import pandas as pd

from satn_keras.evaluation import score

CLASSES = ("calm", "loud")
CONFIG = "seed: 1\ntransfer:\n  weight: 0.0\n"


def write_run(path, decisions, epoch=1, validation_ua=0.5):
    """Run folder whose test part was decided so.

    Args:
        path: the folder.
        decisions: (key, speaker, truth, decision) of each utterance.
        epoch: that was chosen.
        validation_ua: of its validation part.
    """
    path.mkdir(parents=True)
    rows = [
        (key, speaker, truth, *(float(name == decision) for name in CLASSES))
        for key, speaker, truth, decision in decisions
    ]
    table = pd.DataFrame(rows, columns=["key", "speaker", "truth", *CLASSES])
    table.to_csv(path / "predictions.csv", index=False)
    labels = [CLASSES.index(truth) for truth in table["truth"]]
    scores = score(labels, table[list(CLASSES)].to_numpy(), CLASSES).to_dict()
    metrics = {
        **scores,
        "validation": {**scores, "ua": validation_ua},
        "selected": {"epoch": epoch, "val_ua": validation_ua},
        "parameters": 7,
        "training_seconds": 1.5,
    }
    (path / "metrics.json").write_text(json.dumps(metrics))
    (path / "selected.json").write_text(json.dumps(metrics["selected"]))
    (path / "config.yaml").write_text(CONFIG)
    history = pd.DataFrame({"epoch": [0, 1], "loss": [1.0, 0.5], "val_ua": [0.2, 0.5]})
    history.to_csv(path / "history.csv", index=False)
    return path


def write_crossed(path, runs):
    """Cross-validation of runs by (seed, fold), each as `write_run` takes it."""
    for (seed, fold), decisions in runs.items():
        write_run(path / f"seed-{seed}" / fold, decisions)
    (path / "config.yaml").write_text(CONFIG)
    return path


def decided(speaker, truths, decisions):
    """Decisions of one speaker, "c" for calm and "l" for loud, such as "ccl"."""
    names = {"c": "calm", "l": "loud"}
    return [
        (f"{speaker}{number}", speaker, names[truth], names[decision])
        for number, (truth, decision) in enumerate(zip(truths, decisions, strict=True))
    ]
