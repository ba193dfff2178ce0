"""Free-running error rates of a trained teacher on its test part, with a report."""

from __future__ import annotations

import pandas as pd

from satn_keras.evaluation import plot_alignment
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import teacher_report, write_reports
from satn_keras.experiments.teachers import Teacher, evaluate_teacher
from satn_keras.experiments.transcripts import count_unknown_words

BEAM_WIDTH = 8


def judge_teacher(teacher: Teacher, fold: Fold, run: RunDirectory) -> dict:
    """Free-running error rates of the test part, by both searches.

    `per` and `wer` are those of the whole recogniser, decoder and CTC head together;
    `greedy` those of the decoder alone.

    Args:
        teacher: trained on `fold.train`, its epoch chosen on `fold.validation`.
        fold: its test part is judged here, and nowhere else.
        run: receives `transcripts.csv`, `metrics.json`, `figures/` and the reports.
    """
    widths = (1, BEAM_WIDTH)
    ((greedy, _), (joint, heard)), _ = evaluate_teacher(teacher, fold.test, run, widths)
    validation, _ = evaluate_teacher(teacher, fold.validation, run, widths)
    run.write_text("transcripts.csv", transcript_table(heard).to_csv(index=False))
    metrics = {
        "per": joint.per,
        "wer": joint.wer,
        "joint": {**joint.to_dict(), "beam_width": BEAM_WIDTH},
        "greedy": greedy.to_dict(),
        "validation": {
            "greedy": validation[0][0].to_dict(),
            "joint": validation[1][0].to_dict(),
        },
        "out_of_vocabulary": count_unknown_words(teacher.config, fold),
        "selected": run.read_json("selected.json"),
        "parameters": teacher.model.count_params(),
    }
    _draw_alignment(teacher, heard, run)
    write_reports(teacher_report(run, metrics), run)
    run.write_json("metrics.json", metrics)  # last: its presence ends the run
    return metrics


def transcript_table(heard) -> pd.DataFrame:
    """Key, reference and what was heard, tokens separated by blanks."""
    return pd.DataFrame(
        [(line.key, *map(" ".join, (line.reference, line.heard))) for line in heard],
        columns=["key", "reference", "heard"],
    )


def _draw_alignment(teacher, heard, run):
    example = max(heard, key=lambda line: len(line.reference))
    plot_alignment(
        example.alignment[: len(example.heard) or 1],  # a teacher may write nothing
        run.figures / "alignment.png",
        tokens=example.heard,
        hop_seconds=teacher.front_end.frame_seconds
        * teacher.config.teacher.memory_stride,
        title=f"Where the decoder listens: {example.key}",
    )
