"""Headerless 16-bit sounds as WAV files."""

from __future__ import annotations

import pathlib
import wave

import numpy as np

from satn_keras.corpora.files import replace_file
from satn_keras.errors import CorpusError


def write_wav(path: pathlib.Path, copy: pathlib.Path, sample_rate: int = 16000) -> None:
    """WAV file with the samples of a sound without a header, whole or not at all.

    Speech changes little from one sample to the next, and much where its bytes are
    swapped: the order with the smaller differences is taken.

    Args:
        path: One channel of 16-bit samples, of either byte order.
        copy: WAV file to write.
        sample_rate: In Hz.

    Raises:
        CorpusError: if the number of bytes is odd, or there are none.
    """
    content = path.read_bytes()
    if not content or len(content) % 2:
        raise CorpusError(
            f"{path}: must be samples of 16 bit. Received: {len(content)} bytes. Get "
            "an unchanged copy of the corpus."
        )
    samples = min(
        (np.frombuffer(content, dtype) for dtype in ("<i2", ">i2")), key=_roughness
    )

    def write(stream):
        with wave.open(stream, "wb") as sound:
            sound.setparams((1, 2, sample_rate, 0, "NONE", ""))
            sound.writeframes(samples.astype("<i2").tobytes())

    replace_file(copy, write)


def _roughness(samples: np.ndarray) -> float:
    return float(np.abs(np.diff(samples.astype("float64"))).sum())
