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
from satn_keras.pipelines import read_audio
from satn_keras.transfer import default_pairs, layer_view


def picture_attention(
    student: Student,
    utterance: Utterance,
    path: pathlib.Path,
    teacher: Teacher | None = None,
) -> pathlib.Path:
    """Spectrogram, teacher's and student's map of one utterance, with phones.

    The maps are what the loss compares by default: the activation of the
    self-attention (of the last common level where the student has none), normalised
    over the true frames. Phones stand where the teacher's decoder
    listened when it wrote them.

    Args:
        student: trained.
        utterance: one it has not heard.
        path: of the picture.
        teacher: trained on the same features; left out when absent.
    """
    waveform = read_audio(utterance.path, student.front_end.sample_rate)
    features, mask = student.front_end.extract(waveform[np.newaxis])
    spectrogram = keras.ops.convert_to_numpy(features)[0, :, :, 0]
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


def _phones(teacher, inputs):
    transcriber = Transcriber(teacher.model, teacher.config.teacher.max_target_length)
    heard = transcriber(inputs)
    tokens = teacher.inventory.decode(keras.ops.convert_to_numpy(heard["tokens"])[0])
    alignment = keras.ops.convert_to_numpy(heard["alignment"])[0, : len(tokens)]
    stride = teacher.config.teacher.memory_stride
    seconds = teacher.front_end.frame_seconds * stride
    return phone_times(alignment, tokens, seconds) if tokens else ()
