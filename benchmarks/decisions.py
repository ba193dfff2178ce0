"""Every decision of many cross-validations in one small table.

    python benchmarks/decisions.py keep runs/table-2-satn/tcn-self*
        --in docs/research/decisions.csv.gz
    python benchmarks/decisions.py compare docs/research/decisions.csv.gz
        tcn-self tcn-self-at tcn-self-at-uniform

`keep` adds the runs of each folder, named after it, to the table, which has a line an
utterance and a column a system and seed; a column that is there already is replaced
where the run decided. The table needs nothing of the machine it was made on, so that
runs of several days and machines are paired. `compare` prints each system's scores and
its difference to the first, over the seeds and utterances that both decided on.
"""

import argparse
import pathlib

import numpy as np
import pandas as pd
from sklearn.metrics import recall_score

from satn_keras.evaluation import compare_systems
from satn_keras.evaluation.report import markdown_table
from satn_keras.experiments.cross_scores import read_predictions

LINE = ["key", "speaker", "truth"]
FILE = {"compression": {"method": "gzip", "mtime": 0}, "index": False}
TEXT = {"dtype": str, "keep_default_na": False}


def main(words=None):
    """Keep or compare, as the words say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    keeping = commands.add_parser("keep", help="add cross-validations to a table")
    keeping.add_argument("runs", nargs="+", type=pathlib.Path)
    keeping.add_argument("--in", dest="table", required=True, type=pathlib.Path)
    keeping.add_argument("--name", help="of the system, in place of the folder's")
    comparing = commands.add_parser("compare", help="differences to the first system")
    comparing.add_argument("table", type=pathlib.Path)
    comparing.add_argument("systems", nargs="+")
    comparing.add_argument("--seeds", nargs="+", type=int)
    asked = parser.parse_args(words)
    if asked.command == "keep" and asked.name and len(asked.runs) > 1:
        parser.error("--name: of one run. Keep several by the names of their folders.")
    if asked.command == "keep":
        keep(asked.runs, asked.table, asked.name)
    else:
        print(markdown_table(compare(asked.table, asked.systems, asked.seeds)))


def keep(runs, path, name=None):
    """Add what the runs decided to the table at `path`."""
    tables = [decisions(run, name or run.name) for run in runs]
    if path.exists():
        tables.append(pd.read_csv(path, **TEXT).set_index(LINE))
    whole = tables[0]
    for table in tables[1:]:
        whole = whole.combine_first(table)
    whole = whole[sorted(whole.columns)].sort_index().fillna("")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    whole.reset_index().to_csv(partial, **FILE)
    partial.replace(path)


def decisions(run, name):
    """Decided class by utterance, a column each seed."""
    table = read_predictions(run)
    classes = table.columns.drop(["seed", "fold", *LINE])
    best = table[classes].to_numpy().argmax(axis=1)
    table["decided"] = np.asarray(classes)[best]
    wide = table.pivot(index=LINE, columns="seed", values="decided")
    wide.columns = [f"{name} {seed}" for seed in wide.columns]
    return wide


def compare(path, systems, seeds=None):
    """Scores of each system and its difference to the first."""
    table = pd.read_csv(path, **TEXT)
    heard = {system: _long(table, system, seeds) for system in systems}
    baseline = heard[systems[0]]
    rows = []
    for system, ours in heard.items():
        by_speaker = ours.groupby(["speaker", "seed"])[["truth", "decided"]].apply(_ua)
        means = by_speaker.groupby("speaker").mean()
        row = {
            "system": system,
            "seeds": ours["seed"].nunique(),
            "speakers heard": len(means),
            **{speaker: f"{ua:.3f}" for speaker, ua in means.items()},
            "mean UA": f"{means.mean():.3f}",
        }
        rows.append(row if system == systems[0] else row | _difference(ours, baseline))
    table = pd.DataFrame(rows)
    if "of seeds" in table:
        table["of seeds"] = table["of seeds"].astype("Int64")
    return table


def _long(table, system, seeds):
    """Lines of (key, speaker, truth, seed, decided) of one system."""
    columns = {
        int(column.removeprefix(f"{system} ")): column
        for column in table
        if column.rpartition(" ")[0] == system
    }
    taken = {seed: at for seed, at in columns.items() if not seeds or seed in seeds}
    if not taken:
        raise SystemExit(f"{system}: not in the table, or not with these seeds")
    parts = [
        table[LINE].assign(seed=seed, decided=table[column])
        for seed, column in taken.items()
    ]
    whole = pd.concat(parts)
    return whole[whole["decided"] != ""]


def _ua(lines):
    """Mean recall of the classes that were there to be heard."""
    present = sorted(set(lines["truth"]))
    return recall_score(
        lines["truth"], lines["decided"], labels=present, average="macro"
    )


def _difference(ours, baseline):
    """Of UA, pooled over what both decided, with its intervals."""
    both = ours.merge(baseline, on=[*LINE, "seed"], suffixes=("", "_of_baseline"))
    if both.empty:
        return {"minus the first": "nothing in common"}
    columns = both[["truth", "decided", "decided_of_baseline"]]
    classes = pd.Index(np.unique(columns))
    truth, decided, others = (classes.get_indexer(columns[each]) for each in columns)
    result = compare_systems(
        truth,
        decided,
        others,
        both["speaker"].tolist(),
        training_seeds=both["seed"].tolist(),
    )
    return {
        "minus the first": f"{result.ua.value:+.3f}",
        "95 % over speakers": _range(result.ua),
        "over speakers and seeds": _range(result.ua_with_seeds),
        "p, speakers swapped": f"{result.ua_permutation_p_value:.3f}",
        "of seeds": both["seed"].nunique(),
    }


def _range(interval):
    """Text; None where a single seed has no interval over seeds."""
    return None if interval is None else f"{interval.low:+.3f} to {interval.high:+.3f}"


if __name__ == "__main__":
    main()
