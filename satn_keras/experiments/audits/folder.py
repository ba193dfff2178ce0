"""Folder of an audit: report, values, table and pictures, written whole."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import uuid

from satn_keras.corpora import Audit
from satn_keras.errors import ConfigError
from satn_keras.evaluation.html_report import write_html
from satn_keras.evaluation.report import write_report
from satn_keras.experiments.audits.report import audit_report, utterance_table

VALUES = "audit.json"


def check_folder(folder: str | os.PathLike) -> pathlib.Path:
    """The folder, if an audit may be written there.

    Raises:
        ConfigError: if it holds anything but an earlier audit.
    """
    folder = pathlib.Path(folder)
    earlier = (folder / VALUES).is_file()
    if folder.exists() and not earlier and (folder.is_file() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder}: this is no folder of an audit, and would be replaced. Choose "
            "another folder."
        )
    return folder


def write_audit(audit: Audit, folder: str | os.PathLike, title: str) -> pathlib.Path:
    """Folder with the audit, in place of an earlier one, whole or not at all.

    `audit.md`, `audit.html`, `audit.json`, `utterances.csv` (what was measured of
    each), `drop.txt` (keys of utterances with errors, for `data.drop`) and
    `figures/`.

    Args:
        audit: What was found.
        folder: To be made, or of an earlier audit.
        title: Of the report.

    Raises:
        ConfigError: if the folder holds anything else, or cannot be written.
        ImportError: if matplotlib is not installed.
    """
    folder = check_folder(folder)
    mark = uuid.uuid4().hex[:8]
    part = folder.with_name(f".{folder.name}.{mark}.part")
    old = folder.with_name(f".{folder.name}.{mark}.old")
    try:
        _write(audit, part, title)
        if folder.exists():
            os.replace(folder, old)
        os.replace(part, folder)
    except OSError as error:
        raise ConfigError(
            f"{folder}: the folder must be writable ({error.strerror or error}). "
            "Choose another one."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _write(audit: Audit, folder: pathlib.Path, title: str) -> None:
    folder.mkdir(parents=True)
    report = audit_report(audit, title, folder / "figures")
    write_report(report, folder, "audit.md")
    write_html(report, folder, "audit.html")
    values = json.dumps(audit.to_dict(), indent=2, ensure_ascii=False)
    (folder / VALUES).write_text(values + "\n", encoding="utf-8")
    utterance_table(audit).to_csv(folder / "utterances.csv", index=False)
    dropped = "".join(f"{key}\n" for key in audit.faults_of("error"))
    (folder / "drop.txt").write_text(dropped, encoding="utf-8")
