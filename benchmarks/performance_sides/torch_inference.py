"""The student in PyTorch with the same features and weights, and wav2vec2-base."""

import math
import pathlib

import numpy as np
import torch

from benchmarks.performance_sides.inference import on_noise
from benchmarks.performance_sides.torch_student import load_student

HOP, WINDOW, LENGTH, PREEMPHASIS, REACH = 160, 400, 512, 0.97, 2
AGREED = 1e-4  # of posteriors


class Features(torch.nn.Module):
    """Waveforms (batch, samples) to (batch, frames, mels, 3), equal to `FrontEnd`."""

    def __init__(self, filters):
        super().__init__()
        self.register_buffer("filters", torch.from_numpy(filters))

    def forward(self, waveform):
        before = torch.nn.functional.pad(waveform, (1, 0))[:, :-1]
        emphasised = waveform - PREEMPHASIS * before
        samples = waveform.shape[1]
        count = 1 + max(0, math.ceil((samples - WINDOW) / HOP))
        # One sample past the end holds -p times the last, as in ours.
        tail = -PREEMPHASIS * waveform[:, -1:]
        missing = (count - 1) * HOP + WINDOW - samples - 1
        if missing >= 0:
            emphasised = torch.cat([emphasised, tail], 1)
            emphasised = torch.nn.functional.pad(emphasised, (0, missing))
        frames = emphasised.unfold(1, WINDOW, HOP)[:, :count]
        power = torch.fft.rfft(frames, LENGTH).abs().square()
        mels = torch.log((power @ self.filters).clamp_min(np.finfo("float64").eps))
        first = slope(mels)
        return torch.stack([mels, first, slope(first)], -1)


def slope(frames):
    """Slope of the least-squares line through five frames, edges held."""
    held = torch.nn.functional.pad(
        frames.transpose(1, 2), (REACH, REACH), mode="replicate"
    ).transpose(1, 2)
    count = frames.shape[1]
    total = sum(
        n * (held[:, REACH + n :][:, :count] - held[:, REACH - n :][:, :count])
        for n in range(1, REACH + 1)
    )
    return total / (2 * sum(n * n for n in range(1, REACH + 1)))


def twin(folder, model, cores, points):
    """The student, once its posterior equals ours."""
    torch.set_num_threads(cores)
    stored = np.load(pathlib.Path(folder) / "twin.npz")
    features, student = Features(stored["filters"]), load_student(stored)

    @torch.inference_mode()
    def posterior(waveform):
        heard = features(torch.from_numpy(waveform))
        mask = torch.ones(heard.shape[:2], dtype=torch.bool)
        return student(heard, mask)["output"].softmax(-1).numpy()

    apart = np.abs(posterior(stored["waveform"][None])[0] - stored["posterior"]).max()
    if apart > AGREED:
        raise ValueError(f"The twin's posterior is {apart:.2g} away from ours.")
    return _points(posterior, points)


def wav2vec2(folder, model, cores, points):
    """Base size, random weights, six classes."""
    from transformers import Wav2Vec2Config, Wav2Vec2ForSequenceClassification

    torch.set_num_threads(cores)
    torch.manual_seed(1)
    network = Wav2Vec2ForSequenceClassification(Wav2Vec2Config(num_labels=6)).eval()

    @torch.inference_mode()
    def posterior(waveform):
        return network(torch.from_numpy(waveform)).logits.softmax(-1).numpy()

    return _points(posterior, points)


def _points(posterior, points):
    def run(waveform, lengths):
        posterior(waveform)

    return {name: on_noise(run, *point) for name, point in points.items()}
