"""Report of the quickstart."""

from __future__ import annotations

import pathlib

import pandas as pd

from satn_keras.config import ExperimentConfig
from satn_keras.evaluation import Report, Section, plot_confusion, write_report
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.run_directory import RunDirectory


def report_quickstart(
    metrics: dict,
    config: ExperimentConfig,
    fold: Fold,
    predictions: list,
    figures: dict,
    out: pathlib.Path,
) -> None:
    """Write `report.md` and `report.html` of what the quickstart made in `out`."""
    sections = [
        Section("Students", table=_scores(metrics, config), figures=_confusions(out)),
        Section(
            "Attention",
            "What the loss compares: the share of each frame in the activation of the "
            "self-attention. The phones stand where the teacher's CTC head hears them.",
            figures=figures["attention"],
        ),
        _exported(metrics["export"], predictions, figures["posterior"], out),
        Section(
            "More",
            "Curves, settings and splits of each stage: "
            "[teacher](teacher/report.md), [student](student/report.md), "
            "[student with transfer](student_transfer/report.md).",
        ),
    ]
    write_report(Report("Quickstart", _summary(metrics, fold), sections), out)


def _summary(metrics, fold) -> str:
    gain = metrics["student_transfer"]["ua"] - metrics["student"]["ua"]
    voices = ", ".join(fold.test.speakers)
    return (
        f"On voices never heard in training ({voices}, {len(fold.test)} utterances): "
        f"UA **{metrics['student']['ua']:.3f}** without transfer, "
        f"**{metrics['student_transfer']['ua']:.3f}** with it ({gain:+.3f}; one seed "
        "of synthetic speech, so no evidence for or against transfer). The teacher's "
        f"free-running phoneme error rate is {metrics['teacher']['per']:.1%} (decoder "
        "and CTC head together). The "
        "exported model differs from the trained one by at most "
        f"{metrics['export']['max_abs_difference']:.1e}. "
        f"The whole road took {metrics['seconds']:.0f} s."
    )


def _scores(metrics, config) -> pd.DataFrame:
    titles = {
        "student": "without transfer",
        "student_transfer": f"with transfer, weight {config.transfer.weight:g}",
    }
    rows = [{"student": title, **metrics[name]} for name, title in titles.items()]
    return pd.DataFrame(rows)


def _confusions(out) -> list[pathlib.Path]:
    """Pictures of both students' confusions."""
    pictures = []
    for name, title in (("student", "without"), ("student_transfer", "with")):
        values = RunDirectory.open(out / name).read_json("metrics.json")
        pictures.append(
            plot_confusion(
                values["confusion"],
                values["classes"],
                out / "figures" / f"confusion_{name}.png",
                title=f"Student {title} transfer, unseen voices",
            )
        )
    return pictures


def _exported(export, predictions, posterior, out) -> Section:
    """How to try the exported model, and what it says of some utterances."""
    examples = pd.DataFrame(
        [
            (utterance.key, utterance.label, prediction.label, prediction.score)
            for utterance, prediction in predictions[:10]
        ],
        columns=["utterance", "truth", "label", "score"],
    )
    return Section(
        "Exported model",
        f"`{export['path']}` takes a 16 kHz waveform. Try it:\n\n"
        f"    satn predict {out / 'corpus' / 'samples'} --model "
        f"{pathlib.Path(export['path']).parent}",
        table=examples,
        figures=[posterior],
    )
