"""Scores, figures and report of a trained teacher or student, on its test part."""

from __future__ import annotations

import pandas as pd

from satn_keras.evaluation import (
    Report,
    Section,
    bootstrap_interval,
    plot_alignment,
    plot_confusion,
    plot_history,
    recall_table,
    score,
    score_table,
    settings_table,
    write_report,
)
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student, predict_posteriors
from satn_keras.experiments.teachers import Teacher, evaluate_teacher
from satn_keras.experiments.transcripts import count_unknown_words

BEAM_WIDTH = 8


def judge_student(
    student: Student, fold: Fold, run: RunDirectory, name: str = ""
) -> dict:
    """Scores of the test part, written with predictions, figures and report.

    Args:
        student: trained on `fold.train`, its epoch chosen on `fold.validation`.
        fold: its test part is judged here, and nowhere else.
        run: receives `predictions.csv`, `metrics.json`, `figures/` and `report.md`.
        name: title of the report; the folder's name when absent.
    """
    table = predict_posteriors(student, fold.test, run)
    run.write_text("predictions.csv", table.to_csv(index=False))
    scores, interval = score_predictions(table, student.classes)
    metrics = {
        **scores.to_dict(),
        "ua_interval": interval.to_dict(),
        "selected": run.read_json("selected.json"),
        "parameters": student.model.count_params(),
        "transfer_weight": student.config.transfer.weight,
    }
    title = name or run.path.name
    figures = [
        plot_confusion(
            scores.confusion,
            student.classes,
            run.figures / "confusion.png",
            title="Test speakers",
        ),
        _learning_curves(run),
    ]
    transfer = student.config.transfer
    summary = (
        f"UA **{scores.ua:.3f}**, WA {scores.wa:.3f}, macro F1 {scores.macro_f1:.3f} "
        f"on {scores.num_utterances} utterances of {len(fold.test.speakers)} speakers "
        f"never heard in training ({', '.join(fold.test.speakers)}); chance is "
        f"{1 / len(student.classes):.3f}. Transfer weight {transfer.weight:g}"
        + (f", {transfer.map} maps." if transfer.weight else ": no transfer.")
    )
    report = Report(
        f"Student {title}",
        summary,
        [
            Section("Scores", table=score_table({"test": scores}, interval)),
            Section("Recall by class", table=recall_table(scores), figures=figures[:1]),
            Section(
                "Training",
                f"The epoch was chosen by `{student.config.student_training.selection}`"
                f" on the validation speakers ({', '.join(fold.validation.speakers)}): "
                f"epoch {metrics['selected']['epoch']}.",
                figures=figures[1:],
            ),
            _split_section(fold),
            Section("Settings", table=settings_table(student.config.model_dump())),
        ],
    )
    write_report(report, run.path)
    run.write_json("metrics.json", metrics)  # last: its presence ends the run
    return metrics


def score_predictions(table: pd.DataFrame, classes):
    """Scores and speaker-clustered interval of a table of `predict_posteriors`."""
    order = {name: index for index, name in enumerate(classes)}
    truth = table["truth"].map(order).to_numpy()
    posteriors = table[list(classes)].to_numpy()
    return (
        score(truth, posteriors, classes),
        bootstrap_interval(truth, posteriors, table["speaker"].tolist()),
    )


def judge_teacher(teacher: Teacher, fold: Fold, run: RunDirectory) -> dict:
    """Free-running error rates of the test part, by both searches.

    `per` and `wer` are those of the whole recogniser, decoder and CTC head together;
    `greedy` those of the decoder alone.

    Args:
        teacher: trained on `fold.train`, its epoch chosen on `fold.validation`.
        fold: its test part is judged here, and nowhere else.
        run: receives `transcripts.csv`, `metrics.json`, `figures/` and `report.md`.
    """
    widths = (1, BEAM_WIDTH)
    ((greedy, _), (joint, heard)), _ = evaluate_teacher(teacher, fold.test, run, widths)
    validation, _ = evaluate_teacher(teacher, fold.validation, run, widths)
    unknown = count_unknown_words(teacher.config, fold)
    lines = transcript_table(heard)
    run.write_text("transcripts.csv", lines.to_csv(index=False))
    metrics = {
        "per": joint.per,
        "wer": joint.wer,
        "joint": {**joint.to_dict(), "beam_width": BEAM_WIDTH},
        "greedy": greedy.to_dict(),
        "validation": {
            "greedy": validation[0][0].to_dict(),
            "joint": validation[1][0].to_dict(),
        },
        "out_of_vocabulary": unknown,
        "selected": run.read_json("selected.json"),
        "parameters": teacher.model.count_params(),
    }
    example = max(heard, key=lambda line: len(line.reference))
    alignment = plot_alignment(
        example.alignment[: len(example.heard) or 1],  # a teacher may write nothing
        run.figures / "alignment.png",
        tokens=example.heard,
        hop_seconds=teacher.front_end.frame_seconds
        * teacher.config.teacher.memory_stride,
        title=f"Where the decoder listens: {example.key}",
    )
    parts = [("test", joint), ("test", greedy)]
    parts += [("validation", rates) for rates, _ in reversed(validation)]
    rates = pd.DataFrame([each.to_dict() for _, each in parts])
    rates.insert(0, "part", [part for part, _ in parts])
    searches = [f"decoder and CTC, beam {BEAM_WIDTH}", "decoder alone, greedy"]
    rates.insert(1, "search", 2 * searches)
    report = Report(
        f"Teacher {run.path.name}",
        f"Free-running phoneme error rate **{joint.per:.1%}** (decoder and CTC head, "
        f"beam {BEAM_WIDTH}) and {greedy.per:.1%} (decoder alone, greedy), word error "
        f"rates {joint.wer:.1%} and {greedy.wer:.1%}, on {len(fold.test)} utterances "
        f"of {len(fold.test.speakers)} speakers never heard in training.",
        [
            Section("Error rates", table=rates),
            Section("Alignment", figures=[alignment]),
            Section("Examples", table=lines.head(10)),
            Section("Words outside the lexicon", _listed_words(unknown)),
            Section("Training", figures=[_learning_curves(run)]),
            _split_section(fold),
            Section("Settings", table=settings_table(teacher.config.model_dump())),
        ],
    )
    write_report(report, run.path)
    run.write_json("metrics.json", metrics)  # last: its presence ends the run
    return metrics


def _listed_words(unknown):
    lines = []
    for part, words in unknown.items():
        shown = ", ".join(
            f"{word} ({count})" for word, count in list(words.items())[:20]
        )
        lines.append(f"- {part}: {len(words)}{': ' if words else ''}{shown}")
    return "\n".join(lines)


def transcript_table(heard) -> pd.DataFrame:
    """Key, reference and what was heard, tokens separated by blanks."""
    return pd.DataFrame(
        [(line.key, *map(" ".join, (line.reference, line.heard))) for line in heard],
        columns=["key", "reference", "heard"],
    )


def _learning_curves(run):
    history = pd.read_csv(run.path / "history.csv")
    history["epoch"] += 1
    selected = run.read_json("selected.json")["epoch"]
    path = run.figures / "learning_curves.png"
    return plot_history(history, path, selected=selected, title="Learning curves")


def _split_section(fold):
    parts = {name: getattr(fold, name) for name in ("train", "validation", "test")}
    table = pd.DataFrame(
        [
            (name, len(part), len(part.speakers), ", ".join(part.speakers))
            for name, part in parts.items()
        ],
        columns=["part", "utterances", "speakers", "names"],
    )
    text = "No speaker is in two parts. Keys and hash are in `split.json`."
    return Section("Split", text, table=table)
