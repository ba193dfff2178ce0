"""One waveform as a trained student hears it, whole or from growing beginnings."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from satn_keras.experiments.students import Student
from satn_keras.features import DescriptorFrontEnd
from satn_keras.features.normalized_frames import NormalizedFrames
from satn_keras.pipelines.opensmile_descriptors import describe

STEP = 10  # frames from one beginning to the next
MOST = 60  # beginnings of an utterance; those of a long one are further apart
ROWS = 8  # beginnings at a time: a T x T map of each is in memory


def hear(
    front_end: NormalizedFrames,
    waveform: np.ndarray,
    lengths: Sequence[int] | None = None,
) -> dict:
    """`features` and `mask` of the beginnings of a waveform, padded to one batch.

    A front end that normalises by speaker normalises each by itself here, as an
    exported model does of a speaker it has not met.

    Args:
        front_end: of a student or a teacher.
        waveform: (samples,), at its sample rate.
        lengths: samples of each beginning; the whole alone when absent.

    Returns:
        Features (beginnings, frames, bands, channels) and mask (beginnings, frames).
    """
    lengths = np.asarray([len(waveform)] if lengths is None else lengths, "int32")
    waveform = waveform[: lengths.max()]
    if isinstance(front_end, DescriptorFrontEnd):
        features, mask = _described(front_end, waveform, lengths)
    else:
        heard = np.arange(len(waveform)) < lengths[:, np.newaxis]
        features, mask = front_end.extract(np.where(heard, waveform, 0), lengths)
    return {"features": front_end.normalize(features, mask), "mask": mask}


def posterior_over_time(
    student: Student, waveform: np.ndarray, step: int = STEP
) -> tuple[np.ndarray, np.ndarray]:
    """What a student says of an utterance after each few frames of it.

    Each beginning is heard as if the utterance ended there: features, normalisation
    and attention know nothing of what follows. All beginnings are one padded batch,
    one every `step` frames and at most sixty; the last is the whole utterance.

    Args:
        student: trained.
        waveform: (samples,), at the student's sample rate.
        step: frames from one beginning to the next.

    Returns:
        Seconds heard (beginnings,), rising, and posteriors (beginnings, classes).
    """
    front_end = student.front_end
    frames = int(front_end.frame_count(len(waveform)))
    step = max(step, -(-frames // MOST))
    ends = np.arange(step, frames, step) * front_end.config.hop_length
    lengths = np.append(ends[ends < len(waveform)], len(waveform))
    inputs = hear(front_end, waveform, lengths)
    inputs = {name: keras.ops.convert_to_numpy(x) for name, x in inputs.items()}
    posteriors = student.model.predict(inputs, batch_size=ROWS, verbose=0)
    return lengths / front_end.sample_rate, posteriors


def _described(front_end, waveform, lengths):
    parts = [describe(waveform[:length], front_end.config) for length in lengths]
    longest = max(map(len, parts))
    features = np.zeros((len(parts), longest, *parts[0].shape[1:]), "float32")
    for row, part in enumerate(parts):
        features[row, : len(part)] = part
    mask = np.arange(longest) < np.asarray([[len(part)] for part in parts])
    return keras.ops.convert_to_tensor(features), keras.ops.convert_to_tensor(mask)
