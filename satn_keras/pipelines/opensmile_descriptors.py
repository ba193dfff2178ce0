"""Low-level descriptors of a waveform, by openSMILE."""

from __future__ import annotations

import functools
import math
import os
import pathlib

import numpy as np

from satn_keras.config import FeatureConfig
from satn_keras.features import DESCRIPTOR_NAMES, frame_count
from satn_keras.pipelines.opensmile_library import load_opensmile, run_opensmile
from satn_keras.pipelines.pitch_period import pitch_and_harmonicity

__all__ = ["DESCRIPTOR_NAMES", "describe"]

CONFIGS = pathlib.Path(__file__).parent / "opensmile_configs"
PITCH_WINDOW_SECONDS = 0.060
WITH_PITCH_WINDOW = ("compare2016", "egemaps")
SLOPES = {"han2014": 1, "egemaps": 2}  # derivatives that openSMILE does not give
# File of the wheel (or ours) and the levels that stand side by side.
CORES = {
    "is09": ("is09-13/IS09_emotion_core.lld.conf.inc", "is09_lld;is09_lld_de"),
    "han2014": (CONFIGS / "cepstra.conf", "cepstra_mfcc;cepstra_energy"),
    "compare2016": (
        "compare/ComParE_2016_core.lld.conf.inc",
        "is13_lld_nzsmo;is13_lldA_smo;is13_lldB_smo;"
        "is13_lld_nzsmo_de;is13_lldA_smo_de;is13_lldB_smo_de",
    ),
}


def describe(waveform: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Low-level descriptors of a waveform with their derivatives.

    Zeros are added to the waveform until its last partial window is whole, as for
    log-mel features, so an utterance of any length has as many frames of either.
    Windows of 25 ms, and in "compare2016" and "egemaps" also of 20 and 60 ms, begin
    with their frame; openSMILE hears 16 bits.

    - "is09": 16 descriptors of the Interspeech 2009 Emotion Challenge and their
      first derivatives, smoothed over three frames;
    - "han2014": 12 MFCC, log energy, pitch period (s) and harmonics-to-noise ratio
      (dB), see `pitch_and_harmonicity`, and their first derivatives;
    - "compare2016": the 65 descriptors of ComParE 2016 and their first derivatives;
    - "egemaps": the 25 descriptors of eGeMAPS v02, which has no derivatives of its
      own, and their first and second ones, as log-mel features have them.

    Derivatives that openSMILE does not define are slopes over
    `2 config.delta_reach + 1` frames.

    Args:
        waveform: float (samples,), full scale at 1, at `config.sample_rate`.
        config: whose `descriptors` names a set.

    Returns:
        float32 (frames, bands, channels); the bands are
        `DESCRIPTOR_NAMES[config.descriptors]`.

    Raises:
        ImportError: if openSMILE is not installed.

    References:
        Eyben, Wöllmer, Schuller 2010, openSMILE.
        Schuller, Steidl, Batliner 2009, The Interspeech 2009 Emotion Challenge.
        Han, Yu, Tashev 2014, Speech emotion recognition using deep neural network
        and extreme learning machine.
        Schuller et al. 2016, The Interspeech 2016 Computational Paralinguistics
        Challenge.
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """
    name = config.descriptors
    count = frame_count(len(waveform), config.window_length, config.hop_length)
    whole = _whole_windows(waveform, count, config)
    frames = run_opensmile(_smile(name), whole, config.sample_rate)[:count]
    if name == "han2014":
        pitch = pitch_and_harmonicity(
            whole, config.sample_rate, config.window_length, config.hop_length
        )
        frames = np.concatenate([frames, pitch[:count]], axis=1)
    frames = np.nan_to_num(frames, posinf=0.0, neginf=0.0)
    if name in SLOPES:
        return _with_slopes(frames, config.delta_reach, SLOPES[name])
    static_and_slope = frames.reshape(count, 2, -1)  # side by side in each frame
    return np.ascontiguousarray(static_and_slope.transpose(0, 2, 1))


def _whole_windows(waveform, count, config):
    """Waveform with zeros after it, so that each of `count` frames has its window.

    openSMILE rounds a window or hop that is no whole number of samples either way,
    so both are rounded up here.
    """
    seconds = PITCH_WINDOW_SECONDS if config.descriptors in WITH_PITCH_WINDOW else 0
    window = math.ceil(max(seconds, config.window_seconds) * config.sample_rate)
    hop = math.ceil(config.hop_seconds * config.sample_rate)
    padded = np.zeros(max(window + (count - 1) * hop, len(waveform)), "float32")
    padded[: len(waveform)] = waveform
    return padded


@functools.cache
def _smile(name):
    """OpenSMILE that gives the frames of a set; safe to share between threads."""
    opensmile = load_opensmile()
    if name == "egemaps":
        return opensmile.Smile(
            opensmile.FeatureSet.eGeMAPSv02,
            opensmile.FeatureLevel.LowLevelDescriptors,
        )
    core, levels = CORES[name]
    wheel = pathlib.Path(opensmile.__file__).parent / "core" / "config"
    options = {
        "core": os.fspath(wheel / core),
        "levels": levels,
        "bufferModeConf": os.fspath(wheel / "shared" / "BufferMode.conf.inc"),
        "bufferModeRbLagConf": os.fspath(wheel / "shared" / "BufferModeRbLag.conf.inc"),
    }
    return opensmile.Smile(
        os.fspath(CONFIGS / "frames.conf"), "frames", options=options
    )


def _with_slopes(frames, reach, derivatives):
    """(frames, bands, 1 + derivatives): values, slope, slope of the slope."""
    channels = [frames]
    for _ in range(derivatives):
        channels.append(_slope(channels[-1], reach))
    return np.stack(channels, axis=-1)


def _slope(frames, reach):
    """Slope of the least-squares line through 2 reach + 1 frames, edges held."""
    held = np.pad(frames, ((reach, reach), (0, 0)), mode="edge")
    count = len(frames)
    total = sum(
        step * (held[reach + step :][:count] - held[reach - step :][:count])
        for step in range(1, reach + 1)
    )
    return (total / (2 * sum(step**2 for step in range(1, reach + 1)))).astype(
        "float32"
    )
