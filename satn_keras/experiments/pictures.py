"""Attention of a student beside its teacher's, on one utterance."""

from __future__ import annotations

import pathlib

import keras
import numpy as np

from satn_keras.corpora import Utterance
from satn_keras.evaluation import phone_times, plot_attention
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher
from satn_keras.layers import AttentionMapTransfer
from satn_keras.models import Transcriber
from satn_keras.phonemes import BOUNDARY_ID, PAD_ID, TokenInventory
from satn_keras.pipelines import read_audio
from satn_keras.transfer import default_pairs, layer_view

DYNAMIC_RANGE = 8 * np.log(10)  # 80 dB in natural log power; digital silence is below


def picture_attention(
    student: Student,
    utterance: Utterance,
    path: pathlib.Path,
    teacher: Teacher | None = None,
) -> pathlib.Path:
    """Spectrogram, teacher's and student's map of one utterance, with phones.

    The maps are what the loss compares by default: the activation of the
    self-attention (of the last common level where the student has none), normalised
    over the true frames. Phones stand where the teacher's CTC head hears them, or,
    where it was not trained, where the decoder listened when it wrote them.

    Args:
        student: trained.
        utterance: one it has not heard.
        path: of the picture.
        teacher: trained on the same features; left out when absent.
    """
    waveform = read_audio(utterance.path, student.front_end.sample_rate)
    features, mask = student.front_end.extract(waveform[np.newaxis])
    spectrogram = keras.ops.convert_to_numpy(features)[0, :, :, 0]
    spectrogram = np.maximum(spectrogram, spectrogram.max() - DYNAMIC_RANGE)
    inputs = {"features": student.front_end.normalize(features, mask), "mask": mask}
    layer = default_pairs(student.model, (teacher or student).model)[-1][0]
    phones = () if teacher is None else _phones(teacher, inputs)
    posterior = keras.ops.convert_to_numpy(student.model(inputs, training=False))[0]
    heard = student.classes[int(posterior.argmax())]
    return plot_attention(
        spectrogram,
        _map(student.model, layer, inputs, student.config.transfer.power),
        path,
        teacher=None
        if teacher is None
        else _map(teacher.model, layer, inputs, student.config.transfer.power),
        phones=phones,
        hop_seconds=student.front_end.frame_seconds,
        title=f"{utterance.key}: {utterance.label}, heard as {heard}",
    )


def _map(model, layer, inputs, power):
    activation = layer_view(model, [layer])(inputs, training=False)[layer]
    transfer = AttentionMapTransfer(power=power)
    return keras.ops.convert_to_numpy(
        transfer.normalized_map(activation, inputs["mask"])
    )[0]


def best_path_phones(
    path: np.ndarray, inventory: TokenInventory, frame_seconds: float
) -> list[tuple[str, float]]:
    """Phones of a CTC head's best path, each with the middle of its first frame.

    Args:
        path: (frames,), the likeliest token of each frame; 0 is the blank.
        inventory: of the tokens.
        frame_seconds: from one frame to the next.

    Example:
        >>> inventory = TokenInventory.of(["N", "OW"])  # ids 5 and 6, boundary 4
        >>> best_path_phones(np.array([0, 5, 5, 0, 6, 4]), inventory, 0.5)
        [('N', 0.75), ('OW', 2.25)]
    """
    starts = np.flatnonzero(np.diff(path, prepend=PAD_ID))
    return [
        (inventory.tokens[path[frame]], (int(frame) + 0.5) * frame_seconds)
        for frame in starts
        if path[frame] not in (PAD_ID, BOUNDARY_ID)
    ]


def _phones(teacher, inputs):
    seconds = teacher.front_end.frame_seconds * teacher.config.teacher.memory_stride
    if teacher.config.teacher_training.ctc_weight:
        head = keras.Model(
            {name: teacher.model.input[name] for name in inputs},
            teacher.model.output["ctc"],
        )
        path = keras.ops.convert_to_numpy(head(inputs, training=False))[0].argmax(-1)
        return best_path_phones(path, teacher.inventory, seconds)
    transcriber = Transcriber(teacher.model, teacher.config.teacher.max_target_length)
    heard = transcriber(inputs)
    tokens = teacher.inventory.decode(keras.ops.convert_to_numpy(heard["tokens"])[0])
    alignment = keras.ops.convert_to_numpy(heard["alignment"])[0, : len(tokens)]
    return phone_times(alignment, tokens, seconds) if tokens else ()
