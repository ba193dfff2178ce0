"""Student with its front end as one SavedModel that takes a waveform."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

import keras
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.export.assets import write_assets
from satn_keras.export.signatures import Signatures
from satn_keras.export.streaming.signatures import add_stream
from satn_keras.export.versions import EXTRA, new_version, unwritable
from satn_keras.export.warm_up import write_warm_up
from satn_keras.features import FrontEnd


def export_student(
    model: keras.Model,
    front_end: FrontEnd,
    classes: Sequence[str],
    folder: str | os.PathLike,
    config: ExperimentConfig | None = None,
    run: str | os.PathLike | None = None,
) -> pathlib.Path:
    """SavedModel of `model` below `folder`, as its next version.

    Signatures, for float32 waveforms in [-1, 1] at the front end's rate:

    - `serving_default` (waveform (batch, samples)): every sample is true.
    - `serve_lengths` (waveform, lengths (batch,) int32): samples beyond an
      utterance's length are padding, and it gets the answer it gets alone.
    - `serve_bytes` (audio_bytes (batch,), string): whole WAV files, see `decode_wavs`.
    - `features` (waveform, lengths): what the network hears, which frames are true,
      and their times.
    - `attention` (waveform, lengths): also the share of attention that each frame
      receives, mean over queries and heads, (batch, frames); of a student also `map`
      (batch, frames, frames), mean over heads, where it attends to itself,
      `posterior_over_time` (batch, frames, classes), see `PosteriorCourse`, and
      `frame_times` (frames,). A network without attention lacks the signature.
    - `enrol` (waveform, lengths) and `serve_enrolled` (waveform, lengths, statistics
      (batch or 1, 2, bands, channels)), where the recipe normalises by speaker: the
      first gives the statistics of all its utterances as one speaker's, (1, 2, bands,
      channels). Without them each utterance stands for its speaker. In either case
      what is heard comes after the recipe's prior of speakers.

    The serving ones return `probabilities` (batch, classes), `label` (batch,), string,
    and `score` (batch,), the label's probability. An utterance shorter than one
    window, even an empty one, counts as one frame of silence. Self-attention is
    computed some queries at a time (`chunked_copy`), so that a recording of an hour
    takes memory in proportion to its length; the time grows with its square unless
    the model has an `attention_reach`. `map` alone takes memory by the square.

    Beside the model, in `assets.extra`: see `write_assets` and `write_warm_up`.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        classes: emotions in the order of the posterior.
        folder: of the model's name; versions are the integers below it.
        config: recipe, stored beside the model.
        run: run folder, of which the model card tells.

    Returns:
        Path of the version, `folder/N`. It appears whole or not at all.

    Raises:
        ArtifactError: if the folder cannot be written.
        ValueError: if the number of classes is not that of the posterior.
    """
    check_classes(model, classes)
    folder = pathlib.Path(folder)
    signatures = Signatures(model, front_end, classes)
    try:
        with new_version(folder) as places:
            _archive(signatures).write_out(str(places[0]), verbose=False)
            extra = places[0] / EXTRA
            write_assets(extra, model, front_end, classes, config, run, folder.name)
            write_warm_up(extra, folder.name, signatures)
    except tf.errors.OpError as error:
        raise unwritable(folder, error) from error
    return places[-1]


def check_classes(model: keras.Model, classes: Sequence[str]) -> None:
    """Refuse names that are not as many as the posterior's values.

    Raises:
        ValueError: with both numbers.
    """
    if model.output_shape[-1] != len(classes):
        raise ValueError(
            f"`classes` must name {model.output_shape[-1]} emotions. "
            f"Received: {list(classes)}."
        )


def _archive(signatures):
    archive = keras.export.ExportArchive()
    archive.track(signatures.front_end)
    archive.track(signatures.model)
    for name, (function, specs) in signatures.functions.items():
        archive.add_endpoint(name, function, specs)
    add_stream(archive, signatures.model, signatures.front_end, signatures.names)
    return archive
