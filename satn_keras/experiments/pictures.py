"""Attention of a student beside its teacher's, on one utterance."""

from __future__ import annotations

import pathlib

import keras
import numpy as np

from satn_keras.config import FeatureConfig
from satn_keras.corpora import Utterance
from satn_keras.errors import ConfigError
from satn_keras.evaluation import phone_times, plot_attention
from satn_keras.experiments.hearing import hear, posterior_over_time
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher
from satn_keras.features import FrontEnd
from satn_keras.layers import AttentionMapTransfer, SelfAttention, full_map
from satn_keras.models import Transcriber
from satn_keras.phonemes import BOUNDARY_ID, PAD_ID, TokenInventory
from satn_keras.pipelines import read_audio
from satn_keras.transfer import default_pairs, layer_view
from satn_keras.transfer.controls import seen
from satn_keras.transfer.views import MAP, named_outputs

DYNAMIC_RANGE = 8 * np.log(10)  # 80 dB in natural log power; digital silence is below
SELF = "self_attention"
MOST_FRAMES = 3000  # of a picture that has a row a frame


def picture_attention(
    student: Student,
    utterance: Utterance,
    path: pathlib.Path,
    teacher: Teacher | None = None,
) -> pathlib.Path:
    """Spectrogram, teacher's and student's map, and posterior of one utterance.

    The maps are those that `compared_maps` names, normalised as the loss sees them.
    Phones stand where the teacher's CTC head hears them, or, where it was not
    trained, where the decoder listened when it wrote them. The posterior is what the
    student says of the utterance up to each moment (`posterior_over_time`).

    Args:
        student: trained.
        utterance: one it has not heard.
        path: of the picture.
        teacher: left out when absent. It hears what the student hears, as in
            training; by its own front end where their features differ.

    Raises:
        ConfigError: if the student has no attention, or none that it shares with
            the teacher.
    """
    front_end = student.front_end
    waveform = read_audio(utterance.path, front_end.sample_rate)
    inputs = hear(front_end, waveform)
    kind, ours, theirs = compared_maps(student, teacher)
    own = _map(student, inputs, ours, kind)
    other, phones = None, ()
    if teacher is not None:
        inputs = _teacher_inputs(teacher, front_end, utterance, inputs)
        other = _map(student, inputs, theirs, kind, teacher.model, own.ndim == 1)
        phones = _phones(teacher, inputs)
    seconds, posteriors = posterior_over_time(student, waveform)
    spectrogram = _spectrogram(front_end.config, waveform)
    heard = student.classes[int(posteriors[-1].argmax())]
    return plot_attention(
        spectrogram,
        own,
        path,
        teacher=other,
        phones=phones,
        hop_seconds=front_end.frame_seconds,
        title=f"{utterance.key}: {utterance.label}, heard as {heard}",
        posterior=posteriors,
        classes=student.classes,
        posterior_seconds=seconds,
    )


def compared_maps(
    student: Student, teacher: Teacher | None = None
) -> tuple[str, str, str]:
    """Kind of map, and the student's and teacher's layer that are shown.

    The last pair of the recipe's `transfer.pairs`, or of those that `transfer.map`
    has by default: the self-attention ("activation" shows its context, "attention"
    its T x T softmax map, or the share that each frame received where no map is kept
    or a picture of it too large), or the last level that both have. A student that
    attends softly and has no such pair shows its weights alpha, beside the teacher's
    self-attention averaged over its queries.

    Raises:
        ConfigError: if there is nothing to show.
    """
    transfer = student.config.transfer
    if transfer.pairs:
        return transfer.map, *transfer.pairs[-1]
    own = named_outputs(student.model)
    soft = [name for name in own if name.endswith(MAP) and SELF not in name]
    if SELF not in own and soft and (teacher is None or transfer.map == "attention"):
        return "attention", soft[-1], SELF + MAP
    try:
        partner = (teacher or student).model
        return transfer.map, *default_pairs(student.model, partner, transfer.map)[-1]
    except ValueError as error:
        raise ConfigError(
            f"system {student.config.system.name}: no attention to show. {error}"
        ) from error


def _map(student, inputs, layer, kind, model=None, average_steps=False):
    """(frames,) or (frames, frames), as the loss sees it; nothing is padded."""
    view = layer_view(model or student.model, [layer])
    transfer = AttentionMapTransfer(kind, power=student.config.transfer.power)
    tensor = seen(view, inputs, training=False)[layer]
    if kind == "attention":
        tensor = _weights(view.get_layer(layer.removesuffix(MAP)), tensor)
    one = transfer.normalized_map(tensor, average_steps=average_steps)
    return keras.ops.convert_to_numpy(one)[0]


def _weights(layer, weights):
    """T x T map of a self-attention, or what each frame received where it is none."""
    if not isinstance(layer, SelfAttention) or layer.gives_full_map:
        return weights
    if layer.reach is None or weights.shape[2] > MOST_FRAMES:
        return layer.received(weights)
    return full_map(weights, layer.reach)


def _teacher_inputs(teacher, front_end, utterance, inputs):
    if teacher.front_end.config == front_end.config:
        return inputs
    waveform = read_audio(utterance.path, teacher.front_end.sample_rate)
    return hear(teacher.front_end, waveform)


def _spectrogram(config: FeatureConfig, waveform: np.ndarray) -> np.ndarray:
    """(frames, mels), natural log; of any student, whatever its features are."""
    changes = {"descriptors": "none", "streams": ("log_mel",), "mel_scale": "log"}
    settings = {**config.extracted, **changes, "normalization": "none"}
    picture = FrontEnd(FeatureConfig.model_validate(settings))
    features, _ = picture.extract(waveform[np.newaxis])
    values = keras.ops.convert_to_numpy(features)[0, :, :, 0]
    return np.maximum(values, values.max() - DYNAMIC_RANGE)


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
