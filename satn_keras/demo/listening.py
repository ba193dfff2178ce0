"""A sound file to all that the page shows of it."""

from __future__ import annotations

import dataclasses
import os
import pathlib

import numpy as np
import soundfile

from satn_keras.errors import AudioError
from satn_keras.export import Recognizer
from satn_keras.pipelines import read_audio

SHORTEST_SECONDS = 0.1  # a few frames
SILENCE = 1e-4  # full scale is 1: a swing below -80 dB is no speech
STEP_SECONDS = 0.1  # from one beginning to the next
MOST_STEPS = 30  # beginnings of a sound; those of a long one are further apart


@dataclasses.dataclass(frozen=True)
class Heard:
    """What a model makes of one sound.

    Attributes:
        waveform: (samples,), float32.
        sample_rate: Hz.
        probabilities: of every class.
        steps: (steps,), seconds heard, rising; the last is the whole sound.
        course: (steps, classes), posterior after each of them.
        frames: (frames,), seconds at the middle of each frame.
        attention: (frames,), share of the attention that each frame receives.
    """

    waveform: np.ndarray
    sample_rate: int
    probabilities: dict[str, float]
    steps: np.ndarray
    course: np.ndarray
    frames: np.ndarray
    attention: np.ndarray

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.waveform) / self.sample_rate

    @property
    def label(self) -> str:
        """Likeliest class."""
        return max(self.probabilities, key=self.probabilities.get)


def read_speech(
    path: str | os.PathLike, sample_rate: int, longest: float
) -> np.ndarray:
    """Waveform of a file that somebody gave, checked before it costs anything.

    Args:
        path: of the file.
        sample_rate: Hz of the result.
        longest: seconds that are allowed.

    Raises:
        AudioError: if it is gone, no sound, too long, too short or silent; the
            message names the file without its folder.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise AudioError(f"{path.name}: no longer there. Record or drop it again.")
    try:
        _check_length(path, longest)
        waveform = read_audio(path, sample_rate)
    except AudioError as error:
        # The folder is the page's own and says nothing to who gave the file.
        raise AudioError(str(error).replace(str(path), path.name)) from error
    if np.ptp(waveform) < SILENCE:
        raise AudioError(
            f"{path.name}: silent. Check that the microphone is on, and record again."
        )
    return waveform


def hear(recognizer: Recognizer, waveform: np.ndarray) -> Heard:
    """All that the page shows of a waveform at the recogniser's rate."""
    answer = recognizer.attend(waveform)
    seconds = len(waveform) / recognizer.sample_rate
    attention = _attention(answer)
    steps, course = _course(recognizer, waveform, answer)
    return Heard(
        waveform=waveform,
        sample_rate=recognizer.sample_rate,
        probabilities=dict(
            zip(recognizer.classes, map(float, answer["probabilities"]), strict=True)
        ),
        steps=steps,
        course=course,
        frames=_frame_times(answer, len(attention), seconds),
        attention=attention,
    )


def _check_length(path, longest):
    """Raise if the file holds too much or too little; one that is no sound passes."""
    try:
        with soundfile.SoundFile(path) as file:
            rate, most = file.samplerate, int(longest * file.samplerate)
            # Counted, not read off the header, which may promise less than comes.
            length = 0
            while length <= most and (block := file.read(1 << 16)).size:
                length += len(block)
    except (soundfile.LibsndfileError, OSError, TypeError):
        return  # `read_audio` says what is wrong
    if length > most:
        raise AudioError(
            f"{path}: longer than the {longest:g} s that this page takes. Cut it, or "
            "give it to `satn predict`."
        )
    if length < SHORTEST_SECONDS * rate:
        raise AudioError(
            f"{path}: {length / rate:.3f} s is no speech; it must last at least "
            f"{SHORTEST_SECONDS:g} s. Record again."
        )


def _attention(answer):
    """(frames,): as the model gives it, or the mean over the queries of its map."""
    if "attention" in answer:
        return answer["attention"]
    return answer["map"].mean(axis=0)


def _frame_times(answer, frames, seconds):
    times = answer.get("frame_times", ())
    if np.shape(times) == (frames,):
        return times
    return (np.arange(frames) + 0.5) * seconds / frames


def _course(recognizer, waveform, answer):
    """Seconds heard and posteriors; by growing beginnings if the model has none.

    Beside a judge of statistics the model's own course is the network's alone, and
    would end elsewhere than at the posterior.
    """
    own = answer.get("posterior_over_time")
    if own is not None and np.allclose(own[-1], answer["probabilities"], atol=1e-3):
        return answer["frame_times"], own
    steps = beginnings(len(waveform), recognizer.sample_rate)
    answers = recognizer.predict_named(("", waveform[:end]) for end in steps)
    course = [list(one.probabilities.values()) for one in answers]
    return steps / recognizer.sample_rate, np.asarray(course)


def beginnings(length: int, sample_rate: int) -> np.ndarray:
    """Samples of each beginning that is heard; the last is the whole.

    Example:
        >>> beginnings(5000, 16000)
        array([1600, 3200, 5000])
    """
    step = max(round(STEP_SECONDS * sample_rate), -(-length // MOST_STEPS))
    return np.append(np.arange(step, length - step // 2, step), length)
