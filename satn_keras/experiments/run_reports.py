"""Reports of a run, made anew from its files at any time."""

from __future__ import annotations

import pandas as pd

from satn_keras.evaluation import (
    Interval,
    Report,
    Scores,
    Section,
    plot_confusion,
    plot_history,
    plot_reliability,
    recall_table,
    reliability,
    score_table,
    settings_table,
    write_html,
    write_report,
)
from satn_keras.experiments.enrolment import told_of
from satn_keras.experiments.predictions import read_table, truth_and_posteriors
from satn_keras.experiments.run_directory import RunDirectory

PARTS = ("train", "validation", "test")
EXAMPLES = 10  # transcripts shown of a teacher


def write_reports(report: Report, run: RunDirectory) -> None:
    """`report.md` and the self-contained `report.html` of a run."""
    write_report(report, run.path)
    write_html(report, run.path)


def student_report(run: RunDirectory, metrics: dict) -> Report:
    """Report of an emotion recogniser.

    Args:
        run: holds configuration, split, predictions and history.
        metrics: what `metrics.json` holds, or will.
    """
    config, split = run.config, run.read_json("split.json")
    scores, interval = scores_of(metrics), Interval(**metrics["ua_interval"])
    classes, transfer = scores.classes, config.transfer
    tested = names_of(split, "test")
    summary = (
        f"UA **{scores.ua:.3f}**, WA {scores.wa:.3f}, macro F1 {scores.macro_f1:.3f} "
        f"on {scores.num_utterances} utterances of {len(tested)} speakers "
        f"{_strangers(split)} ({', '.join(tested)}); chance is "
        f"{1 / len(classes):.3f}. System `{config.system.name}`, "
        f"{metrics['parameters']} parameters. Transfer weight {transfer.weight:g}"
        + (f", {transfer.map} maps. " if transfer.weight else ": no transfer. ")
        + told_of(metrics)
    ).rstrip()
    sections = [
        Section("Scores", table=score_table({"test": scores}, interval)),
        Section(
            "Recall by class",
            table=recall_table(scores),
            figures=[
                plot_confusion(
                    scores.confusion,
                    classes,
                    run.figures / "confusion.png",
                    title="Test speakers",
                )
            ],
        ),
        _calibration_section(run, metrics),
        *_validation_sections(metrics),
        *_attention_sections(run),
        _training_section(run, metrics, split),
        split_section(split),
        Section("Settings", table=settings_table(config.model_dump())),
    ]
    return Report(f"Student {run.path.name}", summary, sections)


def teacher_report(run: RunDirectory, metrics: dict) -> Report:
    """Report of a speech recogniser; its alignment has been drawn before."""
    split = run.read_json("split.json")
    width = metrics["joint"]["beam_width"]
    searches = {
        "joint": f"decoder and CTC, beam {width}",
        "greedy": "decoder alone, greedy",
    }
    rows = []
    for part, values in (("test", metrics), ("validation", metrics["validation"])):
        for search, name in searches.items():
            rates = {k: v for k, v in values[search].items() if k != "beam_width"}
            rows.append({"part": part, "search": name, **rates})
    joint, greedy = metrics["joint"], metrics["greedy"]
    lines = pd.read_csv(run.path / "transcripts.csv", dtype=str, keep_default_na=False)
    return Report(
        f"Teacher {run.path.name}",
        f"Free-running phoneme error rate **{joint['per']:.1%}** (decoder and CTC "
        f"head, beam {width}) and {greedy['per']:.1%} (decoder alone, greedy), word "
        f"error rates {joint['wer']:.1%} and {greedy['wer']:.1%}, on "
        f"{len(split['test'])} utterances of {len(names_of(split, 'test'))} speakers "
        "never heard in training.",
        [
            Section("Error rates", table=pd.DataFrame(rows)),
            Section("Alignment", figures=[run.figures / "alignment.png"]),
            Section("Examples", table=lines.head(EXAMPLES)),
            Section("Words outside the lexicon", _listed(metrics["out_of_vocabulary"])),
            _training_section(run, metrics, split),
            split_section(split),
            Section("Settings", table=settings_table(run.config.model_dump())),
        ],
    )


def _strangers(split: dict) -> str:
    if split.get("speaker_independent", True):
        return "never heard in training"
    return "**who were heard in training**"


def scores_of(values: dict) -> Scores:
    """Scores from what `Scores.to_dict` gave, among other keys."""
    names = Scores.__dataclass_fields__
    fields = {name: values[name] for name in names}
    fields["classes"] = tuple(fields["classes"])
    fields["confusion"] = tuple(tuple(row) for row in fields["confusion"])
    return Scores(**fields)


def names_of(split: dict, part: str) -> list[str]:
    """Speakers of one part of `split.json`."""
    return [name for _, name in split["speakers"][part]]


def split_section(split: dict) -> Section:
    """Sizes and speakers of the parts of `split.json`."""
    table = pd.DataFrame(
        [
            (
                part,
                len(split[part]),
                len(names_of(split, part)),
                ", ".join(names_of(split, part)),
            )
            for part in PARTS
        ],
        columns=["part", "utterances", "speakers", "names"],
    )
    text = "No speaker is in two parts."
    if not split.get("speaker_independent", True):
        text = "**Test speakers were heard in training**: the published folds say so."
    elif "speaker" not in split.get("disjoint", ["speaker"]):
        text = "No test speaker was heard in training; train and validation share some."
    if split.get("dropped"):
        number = len(split["dropped"])
        text += f" **{number} utterances are left out** (`dropped.json` lists them)."
    return Section("Split", f"{text} Keys and hash are in `split.json`.", table=table)


def _training_section(run, metrics, split) -> Section:
    selected = metrics["selected"]
    if selected.get("epoch") is None:
        return Section("Training", selected.get("note", "Nothing was chosen."))
    history = pd.read_csv(run.path / "history.csv")
    history["epoch"] += 1
    figure = plot_history(
        history,
        run.figures / "learning_curves.png",
        selected=selected["epoch"],
        title="Learning curves",
    )
    if selected.get("selection") == "last":
        text = f"The weights are those of the last epoch, {selected['epoch']}: {_LAST}"
        return Section("Training", text, figures=[figure])
    figure_name = next(name for name in selected if name not in ("epoch", "rank"))
    text = (
        f"Of {len(history)} epochs, epoch {selected['epoch']} was chosen by "
        f"`{figure_name}` on the validation speakers "
        f"({', '.join(names_of(split, 'validation'))})."
    )
    return Section("Training", text, figures=[figure])


_LAST = "the recipe fixes the epochs, and none was chosen."


def _validation_sections(metrics) -> list[Section]:
    if "validation" not in metrics:
        return []
    table = score_table({"validation": scores_of(metrics["validation"])})
    text = "What was chosen was chosen on them, so they say nothing of strangers."
    if metrics["selected"].get("selection") == "last":
        text = "They trained nothing, and chose no epoch."
    return [Section("Scores of the validation speakers", text, table=table)]


def _attention_sections(run) -> list[Section]:
    picture = run.figures / "attention.png"  # drawn where a teacher was copied
    if not picture.exists():
        return []
    text = (
        "One test utterance: where teacher and student look, the phones that the "
        "teacher hears, and what the student says up to each moment."
    )
    return [Section("Attention", text, figures=[picture])]


def _calibration_section(run, metrics) -> Section:
    # A posterior that says 0.8 should be right in 80 of 100 cases.
    bins = reliability(*truth_and_posteriors(read_table(run.path), metrics["classes"]))
    figure = plot_reliability(bins, run.figures / "reliability.png")
    error = metrics["calibration"]["expected_calibration_error"]
    text = f"Expected calibration error {error:.3f}."
    return Section("Calibration", text, figures=[figure])


def _listed(unknown: dict) -> str:
    lines = []
    for part, words in unknown.items():
        shown = ", ".join(
            f"{word} ({count})" for word, count in list(words.items())[:20]
        )
        lines.append(f"- {part}: {len(words)}{': ' if words else ''}{shown}")
    return "\n".join(lines)
