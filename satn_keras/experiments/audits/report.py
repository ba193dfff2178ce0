"""Report of an audit, and the pictures in it."""

from __future__ import annotations

import math
import pathlib

import pandas as pd

from satn_keras.corpora import Audit
from satn_keras.corpora.audit import bullets
from satn_keras.corpora.faults import RULES
from satn_keras.evaluation.corpus_plots import (
    plot_class_counts,
    plot_durations,
    plot_levels,
)
from satn_keras.evaluation.report import Report, Section


def audit_report(audit: Audit, title: str, figures: pathlib.Path) -> Report:
    """Report with every sum, finding and picture.

    Args:
        audit: What was found.
        title: Above it.
        figures: Folder that receives the pictures.

    Raises:
        ImportError: if matplotlib is not installed.
    """
    broken, errors = audit.rules, len(audit.errors)
    summary = (
        f"{audit.utterances} utterances by {len(audit.counts)} speakers, "
        f"{audit.seconds / 3600:.2f} h. The audit **"
        f"{'passed' if audit.passed else 'failed'}**: {errors} errors, "
        f"{len(audit.warnings)} warnings, {len(broken)} of {len(RULES)} rules broken."
    )
    sections = [
        Section("In sum", "\n".join(audit.summary())),
        Section("Rules", table=_rules(audit)),
        Section("Errors", "\n".join(bullets(audit.errors))),
        Section("Warnings", "\n".join(bullets(audit.warnings))),
        *_cues(audit),
        Section("Utterances by speaker and label", table=_counts(audit)),
        Section("Pictures", figures=draw_corpus(audit, figures)),
    ]
    return Report(title, summary, sections)


def utterance_table(audit: Audit) -> pd.DataFrame:
    """One row for each utterance: what was measured, and the rules it breaks."""
    faults = audit.faults_of()
    rows = [
        {
            "key": sound.utterance.key,
            "speaker": sound.utterance.speaker,
            "label": sound.utterance.label,
            "seconds": round(sound.seconds, 4),
            "sample_rate": sound.sample_rate,
            "channels": sound.channels,
            "level": round(sound.level, 2) if sound.level > -math.inf else None,
            "peak": round(sound.peak, 5),
            "offset": round(sound.offset, 6),
            "rules": " ".join(faults.get(sound.utterance.key, ())),
        }
        for sound in audit.sounds
    ]
    return pd.DataFrame(rows)


def draw_corpus(audit: Audit, folder: pathlib.Path) -> list[pathlib.Path]:
    """Pictures of durations, levels and classes by speaker, as far as there are any."""
    sound = [one for one in audit.sounds if one.seconds and one.level > -math.inf]
    paths = []
    if sound:
        seconds = [one.seconds for one in sound]
        paths.append(plot_durations(seconds, folder / "durations.png"))
        levels: dict[str, list[float]] = {}
        for one in sorted(sound, key=lambda one: one.utterance.label):
            name = one.utterance.label or "(no label)"
            levels.setdefault(name, []).append(one.level)
        paths.append(plot_levels(levels, folder / "levels.png"))
    if any(label for counts in audit.counts.values() for label in counts):
        path = folder / "classes_by_speaker.png"
        paths.append(plot_class_counts(audit.counts, path))
    return paths


def _rules(audit: Audit) -> pd.DataFrame:
    rows = {}
    for rule, count in audit.rules.items():
        told = [one for one in audit.findings if one.rule == rule]
        keys = {key for one in told for key in one.keys}
        rows[rule] = {
            "severity": RULES[rule].severity,
            "findings": count,
            "utterances": len(keys),
            "what breaks it": RULES[rule].meaning,
        }
    names = ["severity", "findings", "utterances", "what breaks it"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return table.rename_axis("rule")


def _cues(audit: Audit) -> list[Section]:
    if not audit.cues:
        return []
    rows = {
        cue.name: {
            "ua": cue.ua,
            "chance": cue.chance,
            "shuffled": f"{cue.low:.3f} to {cue.high:.3f}",
            "p": cue.p_value,
            "share": cue.share,
            "utterances": cue.utterances,
            "folds": cue.folds,
            "tells": "yes" if cue.tells else "no",
        }
        for cue in audit.cues
    }
    text = (
        "Unweighted accuracy of a classifier that knows one cue alone; 95 % of the "
        "shuffled labellings lie in the interval; the share is the part of the way "
        "from chance to certainty."
    )
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("cue")
    return [Section("What tells the label", text, table)]


def _counts(audit: Audit) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(audit.counts, orient="index").fillna(0).astype(int)
    table = table.rename(columns=lambda name: name or "(no label)")
    table = table.reindex(sorted(table.columns), axis=1)
    table["all"] = table.sum(axis=1)
    return table.rename_axis("speaker")
