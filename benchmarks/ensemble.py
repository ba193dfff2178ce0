"""Seeds of a cross-validation heard together: the mean of their posteriors.

    python benchmarks/ensemble.py runs/satn

A row of its own, never that of a single model: as many networks are asked as there are
seeds.
"""

import argparse

import numpy as np

from satn_keras.evaluation import score
from satn_keras.experiments.cross_scores import INDEX, read_predictions


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="folder of `satn cross-validate`")
    table = read_predictions(parser.parse_args().run)
    known = {*INDEX, "key", "speaker", "truth"}
    classes = [name for name in table if name not in known]
    table = table.groupby(["fold", "key", "truth"])[classes].mean().reset_index()
    folds = {}
    for fold, rows in table.groupby("fold"):
        truth = [classes.index(name) for name in rows["truth"]]
        folds[fold] = score(truth, rows[classes].to_numpy(), classes).ua
    rounded = {fold: round(float(ua), 3) for fold, ua in folds.items()}
    print(f"{rounded}, mean {np.mean(list(folds.values())):.3f}")


if __name__ == "__main__":
    main()
