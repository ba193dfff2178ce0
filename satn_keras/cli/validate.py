"""`satn validate`: a manifest to an audit of every file in it."""

import enum
import json
import pathlib

import typer

from satn_keras.cli.progress import progress_bar


class LexiconName(str, enum.Enum):
    """Which words are known."""

    cmudict = "cmudict"
    espeak = "espeak"
    graphemes = "graphemes"


def validate(
    manifest: pathlib.Path = typer.Argument(help="Manifest that `satn prepare` wrote."),
    classes: str = typer.Option(
        None,
        help="Allowed labels, separated by commas, merged where one is such as "
        "happy=happy+excited; or a named set such as common-4. Any when absent.",
    ),
    folds: list[str] = typer.Option(
        [],
        help="Folds to check for what is in two parts: a protocol such as "
        "leave_one_speaker_out, a recipe, a run folder or a table of published folds; "
        "or a setting such as protocol.num_folds=3. May be given again.",
    ),
    lexicon: LexiconName = typer.Option(
        None,
        help="Lexicon that should know every word; CMUdict for English utterances "
        "when absent.",
    ),
    longest: float = typer.Option(
        60.0, min=0.0, help="Seconds beyond which an utterance is too long."
    ),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 on warnings too."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, not Markdown."),
    out: pathlib.Path = typer.Option(
        None,
        help="Folder for the report as Markdown, HTML and JSON, with pictures, a table "
        "of the utterances and the keys to drop.",
    ),
) -> None:
    """Read every file of a manifest and report what is wrong; exit code 1 on errors."""
    from satn_keras.cli.fold_words import read_divisions
    from satn_keras.corpora import Manifest, read_classes
    from satn_keras.corpora import validate as audit
    from satn_keras.experiments.audits.words import unknown_words

    names = [name for name in (classes or "").split(",") if name.strip()]
    wanted = read_classes(",".join(names)) if names else None
    utterances = Manifest.read(manifest)
    if wanted is not None:
        utterances = wanted.merge(utterances)
    divisions = read_divisions(folds, utterances)
    _check_out(out)
    with progress_bar("reading") as progress:
        found = audit(
            utterances,
            classes=wanted and wanted.names,
            progress=progress,
            longest=longest,
            divisions=divisions,
            unknown_words=unknown_words(utterances, lexicon and lexicon.value),
            cues=True,
        )
    if out is not None:
        from satn_keras.experiments.audits.folder import write_audit

        write_audit(found, out, f"Audit of {manifest.name}")
    typer.echo(
        json.dumps(found.to_dict(), indent=2) if as_json else found.to_markdown()
    )
    if not found.passed or (strict and found.findings):
        raise typer.Exit(1)


def _check_out(out) -> None:
    """Mistakes of the folder now, not after an hour of reading."""
    if out is not None:
        from satn_keras.evaluation.canvas import require_matplotlib
        from satn_keras.experiments.audits.folder import check_folder

        check_folder(out)
        require_matplotlib()
