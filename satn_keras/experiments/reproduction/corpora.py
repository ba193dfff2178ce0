"""Corpora as the tables hear them: manifests, protocol and phonemes of each."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

from satn_keras.corpora import CORPORA, Manifest, read_iemocap
from satn_keras.errors import ConfigError
from satn_keras.phonemes.text import words_of

FOUR = ("angry", "happy", "neutral", "sad")


@dataclasses.dataclass(frozen=True)
class TableCorpus:
    """How a corpus enters a table.

    Args:
        read: from a folder, or a manifest file, to all its utterances.
        changes: "key=value" of every recipe: protocol, phonemes of its language.
        select: from the utterances and a row's variant to the labelled ones.
    """

    read: Callable[[pathlib.Path], Manifest]
    changes: tuple[str, ...] = ("protocol.folds=leave_one_speaker_out",)
    select: Callable[[Manifest, str], Manifest] | None = None


def table_corpus(name: str) -> TableCorpus:
    """Corpus by its name; the readers of `CORPORA` are all here.

    Raises:
        ConfigError: if there is no reader of this name.
    """
    if name == "iemocap":
        return TableCorpus(
            lambda root: read_iemocap(root, merge_excited=False),
            ("protocol.folds=leave_one_session_out",),
            _iemocap_variant,
        )
    if name == "nemo":
        speaker_out = "protocol.folds=leave_one_speaker_out"
        return TableCorpus(
            CORPORA["nemo"],
            (speaker_out, "phonemes.lexicon=espeak", "phonemes.language=pl"),
        )
    if name == "manifest":
        return TableCorpus(Manifest.read)
    if name not in CORPORA:
        known = ", ".join(sorted({*CORPORA, "manifest"}))
        raise ConfigError(f"--corpus {name}: there is no such corpus. Known: {known}.")
    return TableCorpus(CORPORA[name])


def write_manifests(
    corpus: TableCorpus, root: pathlib.Path, folder: pathlib.Path, variants: set[str]
) -> dict[str, dict[str, pathlib.Path]]:
    """Manifests of the labelled and of the transcribed utterances, by variant.

    Args:
        corpus: made by `table_corpus`.
        root: the corpus on disk.
        folder: receives the manifests.
        variants: those that the rows ask for.

    Returns:
        Variant to {"emotions": path, "transcripts": path}.
    """
    manifest = corpus.read(root)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for variant in sorted(variants):
        name = variant if corpus.select else "all"
        labelled = manifest.where(label=manifest.labels)
        if corpus.select:
            labelled = corpus.select(manifest, variant)
        spoken = _styled(manifest, variant) if corpus.select else manifest
        texts = Manifest(one for one in spoken if words_of(one.text))
        paths[variant] = {"emotions": folder / f"{name}.csv"}
        labelled.write(folder / f"{name}.csv")
        if len(texts):
            paths[variant]["transcripts"] = folder / f"{name}-transcripts.csv"
            texts.write(folder / f"{name}-transcripts.csv")
    return paths


def _iemocap_variant(manifest: Manifest, variant: str) -> Manifest:
    """Four classes; "improvised" and "all" count the excited among the happy."""
    spoken = _styled(manifest, variant)
    if variant == "all-unmerged":
        return spoken.where(label=FOUR)
    merged = (
        dataclasses.replace(one, label="happy") if one.label == "excited" else one
        for one in spoken
    )
    return Manifest(merged).where(label=FOUR)


def _styled(manifest: Manifest, variant: str) -> Manifest:
    return manifest.where(style="improvised") if variant == "improvised" else manifest
