"""WAV files decoded and resampled in the graph, beside soundfile and soxr."""

import io
import struct

import numpy as np
import pytest
import soundfile
import soxr
import tensorflow as tf

from satn_keras.export.resampling import low_pass
from satn_keras.export.wav_bytes import decode_wavs
from tests.support.sounds import vowel

RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000]


@pytest.fixture(scope="module")
def decode():
    """The decoder as a graph, to 16 kHz."""
    specification = [tf.TensorSpec((None,), tf.string)]
    graph = tf.function(lambda b: decode_wavs(b, 16000), input_signature=specification)

    def run(*files):
        waveforms, lengths = graph(tf.constant(list(files)))
        pairs = zip(waveforms.numpy(), lengths.numpy(), strict=True)
        return [row[:length] for row, length in pairs]

    return run


def wav(samples, rate, **options):
    file = io.BytesIO()
    options = {"format": "WAV", "subtype": "PCM_16", **options}
    soundfile.write(file, samples, rate, **options)
    return file.getvalue()


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def riff(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def form(tag=1, channels=1, rate=16000, bits=16, more=b""):
    frame = channels * bits // 8
    fields = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    return chunk(b"fmt ", fields + more)


def by_soxr(file):
    samples, rate = soundfile.read(io.BytesIO(file), dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, 16000, quality="VHQ")


def decibels(found, expected):
    error = np.square(found - expected).sum() / np.square(expected).sum()
    return 10 * np.log10(error + 1e-30)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_speech_at_any_rate_is_within_60_db_of_soxr(decode, rate, channels):
    gains = np.linspace(0.3, 1, channels)
    file = wav(vowel(0.37, sample_rate=rate)[:, None] * gains, rate)
    (found,) = decode(file)
    expected = by_soxr(file)
    assert found.shape == expected.shape
    assert decibels(found, expected) < -60


@pytest.mark.parametrize("rate", [8000, 12345, 44100, 48000])
def test_noise_of_the_whole_band_is_within_60_db_of_soxr(decode, rate):
    noise = 0.1 * np.random.default_rng(5).standard_normal(rate)
    noise[: rate // 10] = 0  # where it begins at full level, soxr's first sample is off
    noise[-rate // 10 :] = 0
    (found,) = decode(wav(noise, rate))
    assert decibels(found, by_soxr(wav(noise, rate))) < -60


def test_samples_at_the_rate_itself_are_those_of_the_file(decode):
    sound = np.asarray([-32768, -1, 0, 1, 32767], "int16")
    (found,) = decode(wav(sound, 16000))
    np.testing.assert_array_equal(found, sound / np.float32(32768))


def test_each_file_of_a_batch_has_its_own_rate_and_length(decode):
    files = [wav(vowel(0.2, sample_rate=rate), rate) for rate in (8000, 16000, 44100)]
    together = decode(*files, wav(np.zeros(0), 16000))
    assert [len(each) for each in together] == [3200, 3200, 3200, 0]
    for file, found in zip(files, together, strict=False):
        np.testing.assert_array_equal(found, decode(file)[0])


PCM = np.arange(-7, 6, dtype="<i2").tobytes()
SUBFORMAT = struct.pack("<HHI", 22, 16, 4) + b"\x01\x00" + b"\0" * 14


@pytest.mark.parametrize(
    "file",
    [
        riff(form(), chunk(b"LIST", b"odd"), chunk(b"data", PCM)),
        riff(chunk(b"JUNK", b"\0" * 28), form(), chunk(b"data", PCM)),
        riff(form(0xFFFE, more=SUBFORMAT), chunk(b"data", PCM)),
        riff(form(), b"data\xff\xff\xff\xff" + PCM),
        riff(form(), chunk(b"data", PCM + b"\0" * 8))[:-8],
        riff(form(), chunk(b"data", PCM), chunk(b"LIST", b"tail")),
    ],
    ids=["list", "junk", "extensible", "streamed", "cut", "tail"],
)
def test_headers_of_every_writer_are_read(decode, file):
    (found,) = decode(file)
    np.testing.assert_array_equal(found * 32768, np.arange(-7, 6))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"R",
        b"this is text, not sound" * 9,
        riff(form()),
        riff(chunk(b"data", PCM)),
        riff(form(tag=3, bits=32), chunk(b"data", PCM)),
        riff(form(bits=24), chunk(b"data", PCM)),
        riff(form(channels=0), chunk(b"data", PCM)),
        riff(form(rate=0), chunk(b"data", PCM)),
        riff(form(rate=2**31 - 1), chunk(b"data", PCM)),
        riff(*[chunk(b"JUNK", b"")] * 2000, form(), chunk(b"data", PCM)),
    ],
    ids="empty one text no-data no-fmt float 24 no-channel rate-0 fast junk".split(),
)
def test_anything_else_is_refused_with_its_place(decode, file):
    rule = r"audio_bytes: every entry must be a WAV file of 16-bit PCM.*\[1\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=rule):
        decode(wav(vowel(0.1), 16000), file)


def test_the_low_pass_keeps_speech_and_stops_at_half_the_rate():
    kept, half, stopped = low_pass(np.asarray([0.85, 0.955664, 1.0]))
    assert kept == pytest.approx(1, abs=1e-6)
    assert half == pytest.approx(0.5, abs=1e-3)
    assert abs(stopped) < 1e-5
