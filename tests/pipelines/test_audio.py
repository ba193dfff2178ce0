import numpy as np
import pytest
import soundfile
import soxr
import tensorflow as tf

from satn_keras.errors import AudioError
from satn_keras.pipelines import audio, graph_audio
from satn_keras.pipelines.audio import (
    available_backends,
    choose_backend,
    decode,
    read_audio,
)
from tests.support.sounds import vowel

EXACT = [
    ("wav", "WAV", "PCM_16", 2**-15),
    ("wav", "WAV", "PCM_24", 2**-23),
    ("wav", "WAV", "PCM_32", 2**-23),
    ("wav", "WAV", "PCM_U8", 2**-7),
    ("wav", "WAV", "FLOAT", 0),
    ("wav", "WAV", "DOUBLE", 0),
    ("wav", "WAVEX", "PCM_16", 2**-15),
    ("flac", "FLAC", "PCM_16", 2**-15),
    ("flac", "FLAC", "PCM_24", 2**-23),
    ("flac", "FLAC", "PCM_S8", 2**-7),
]
LOSSY = [
    ("wav", "WAV", "ULAW"),
    ("ogg", "OGG", "VORBIS"),
    ("ogg", "OGG", "OPUS"),
    ("mp3", "MP3", "MPEG_LAYER_III"),
]
COMMON = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}


@pytest.fixture(autouse=True)
def no_choice_in_the_environment(monkeypatch):
    monkeypatch.delenv(audio.BACKEND_VARIABLE, raising=False)


def write(path, samples, sample_rate=16000, subtype="PCM_16", file_format=None):
    soundfile.write(path, samples, sample_rate, subtype=subtype, format=file_format)
    return path


def decibels(signal, noise):
    return 10 * np.log10(np.sum(signal**2) / np.sum(noise**2))


def decode_all(paths, backend, sample_rate=16000):
    dataset = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
    dataset = dataset.map(lambda name: decode(name, sample_rate, backend))
    assert dataset.element_spec == tf.TensorSpec((None,), tf.float32)
    return list(dataset.as_numpy_iterator())


def decode_in_pipeline(path, backend, sample_rate=16000):
    (samples,) = decode_all([path], backend, sample_rate)
    return samples


@pytest.mark.parametrize(("ending", "file_format", "subtype", "step"), EXACT)
def test_lossless_files_are_read_as_written(
    tmp_path, ending, file_format, subtype, step
):
    path = tmp_path / f"sound.{ending}"
    write(path, vowel(), subtype=subtype, file_format=file_format)
    samples = read_audio(path)
    assert samples.dtype == "float32"
    np.testing.assert_allclose(samples, vowel(), rtol=0, atol=max(step, 1e-7))


@pytest.mark.parametrize(("ending", "file_format", "subtype"), LOSSY)
def test_lossy_files_are_read_nearly_as_written(tmp_path, ending, file_format, subtype):
    path = tmp_path / f"sound.{ending}"
    write(path, vowel(), subtype=subtype, file_format=file_format)
    samples = read_audio(path)
    assert samples.shape == vowel().shape
    assert decibels(vowel(), samples - vowel()) > 15


def test_channels_are_averaged(tmp_path):
    left, right = vowel(seed=1), vowel(seed=2, pitch=90.0)
    stereo = np.stack([left, right, np.zeros_like(left)], axis=1)
    path = write(tmp_path / "three.wav", stereo, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(path), (left + right) / 3, atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_other_rates_are_resampled_in_step(tmp_path, rate):
    # A 300 Hz sine that is known at any rate, faded so that no edge rings.
    def sine(rate):
        time = np.arange(round(0.5 * rate)) / rate
        fade = np.sin(2 * np.pi * time) ** 2
        return (0.5 * fade * np.sin(2 * np.pi * 300 * time)).astype("float32")

    samples = read_audio(write(tmp_path / "s.wav", sine(rate), rate, "FLOAT"))
    assert abs(len(samples) - 8000) <= 1
    common = min(len(samples), 8000)
    np.testing.assert_allclose(samples[:common], sine(16000)[:common], atol=1e-4)


def test_what_lies_above_the_new_nyquist_is_removed(tmp_path):
    time = np.arange(48000) / 48000
    high = np.sin(2 * np.pi * 12000 * time) * np.hanning(48000)
    samples = read_audio(write(tmp_path / "high.wav", high, 48000, "FLOAT"))
    assert np.abs(samples).max() < 1e-4


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AudioError, match="nowhere.wav: no such sound file. Check the"):
        read_audio(tmp_path / "nowhere.wav")


@pytest.mark.parametrize("ending", ["wav", "mp3", "raw"])
def test_a_file_that_is_not_audio_is_named(tmp_path, ending):
    path = tmp_path / f"notes.{ending}"
    path.write_text("This is text.")
    with pytest.raises(AudioError, match=f"notes.{ending}: .* WAV, FLAC, OGG or MP3"):
        read_audio(path)


def test_a_file_without_samples_is_named(tmp_path):
    path = write(tmp_path / "empty.wav", np.zeros(0))
    with pytest.raises(AudioError, match="empty.wav: .* at least one sample. Remove"):
        read_audio(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.1e6])
def test_a_sample_that_is_no_number_is_named(tmp_path, value):
    samples = vowel()
    samples[7] = value
    path = write(tmp_path / "broken.wav", samples, subtype="FLOAT")
    with pytest.raises(AudioError, match="broken.wav: every sample .* finite"):
        read_audio(path)


def test_every_message_is_one_line(tmp_path):
    text = tmp_path / "text.flac"
    text.write_text("This is text.")
    empty = write(tmp_path / "empty.wav", np.zeros(0))
    for path in (tmp_path / "missing.wav", text, empty):
        with pytest.raises(AudioError) as caught:
            read_audio(path)
        assert "\n" not in str(caught.value)


def test_decoding_in_a_pipeline_gives_what_reading_gives(tmp_path):
    path = write(tmp_path / "żółw 1.wav", vowel(sample_rate=22050), 22050)
    np.testing.assert_array_equal(
        decode_in_pipeline(path, "soundfile"), read_audio(path)
    )
    np.testing.assert_array_equal(
        decode_in_pipeline(path, "soundfile", 8000), read_audio(path, 8000)
    )


def test_a_fault_in_a_pipeline_keeps_its_message(tmp_path):
    with pytest.raises(tf.errors.OpError, match="nowhere.wav: no such sound file"):
        decode_in_pipeline(tmp_path / "nowhere.wav", "soundfile")


@pytest.mark.parametrize("loads", [False, True])
def test_tfio_is_chosen_by_itself_where_it_loads(monkeypatch, loads):
    monkeypatch.setattr(audio, "operations_load", lambda: loads)
    assert available_backends() == (("soundfile", "tfio") if loads else ("soundfile",))
    assert choose_backend() == ("tfio" if loads else "soundfile")
    assert choose_backend("soundfile") == "soundfile"


def test_the_environment_chooses_unless_an_argument_does(monkeypatch):
    monkeypatch.setattr(audio, "operations_load", lambda: True)
    monkeypatch.setenv("SATN_AUDIO_BACKEND", "soundfile")
    assert choose_backend() == "soundfile"
    assert choose_backend("tfio") == "tfio"


def test_tfio_is_refused_where_it_does_not_load(monkeypatch):
    monkeypatch.setattr(audio, "operations_load", lambda: False)
    with pytest.raises(AudioError, match=r"Install satn-keras\[tfio\].* or choose"):
        choose_backend("tfio")
    monkeypatch.setenv("SATN_AUDIO_BACKEND", "tfio")
    with pytest.raises(AudioError, match=r"Install satn-keras\[tfio\]"):
        choose_backend()


def test_an_unknown_backend_is_refused(monkeypatch):
    with pytest.raises(AudioError, match="'ffmpeg' .* auto, soundfile, tfio"):
        choose_backend("ffmpeg")


@pytest.mark.tfio
def test_the_native_library_is_found():
    assert choose_backend() == "tfio"


@pytest.mark.tfio
def test_both_backends_decode_alike(tmp_path):
    stereo = np.stack([vowel(seed=1), vowel(seed=2, pitch=90.0)], axis=1)
    kinds = [kind[:3] for kind in EXACT] + LOSSY
    paths = [tmp_path / f"{f}_{subtype}.{ending}" for ending, f, subtype in kinds]
    for path, (_, file_format, subtype) in zip(paths, kinds, strict=True):
        write(path, stereo, subtype=subtype, file_format=file_format)
    for path, samples in zip(paths, decode_all(paths, "tfio"), strict=True):
        np.testing.assert_allclose(
            samples, read_audio(path), rtol=0, atol=1e-6, err_msg=path.name
        )


@pytest.mark.tfio
def test_both_backends_resample_alike(tmp_path):
    rates = (8000, 11025, 22050, 32000, 44100, 48000)
    paths = [tmp_path / f"{rate}.{e}" for rate in rates for e in COMMON]
    for path in paths:
        rate = int(path.stem)
        sound = soxr.resample(vowel(), 16000, rate)
        write(path, sound, rate, COMMON[path.suffix[1:]])
    for path, samples in zip(paths, decode_all(paths, "tfio"), strict=True):
        expected = read_audio(path)
        assert samples.shape == expected.shape, path.name
        assert decibels(expected, samples - expected) > 40, path.name


@pytest.mark.tfio
def test_no_python_runs_for_the_common_formats(tmp_path, monkeypatch):
    paths = [
        write(tmp_path / f"sound.{ending}", vowel(), subtype=subtype)
        for ending, subtype in COMMON.items()
    ]
    expected = [read_audio(path) for path in paths]
    monkeypatch.setattr(audio, "read_audio", None)
    for actual, one in zip(decode_all(paths, "tfio"), expected, strict=True):
        np.testing.assert_allclose(actual, one, atol=1e-6)


@pytest.mark.tfio
def test_an_mp3_after_an_id3_tag_is_decoded_in_the_graph(tmp_path, monkeypatch):
    path = write(tmp_path / "sound.mp3", vowel(), subtype=None)
    expected = read_audio(path)
    tag = b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257)  # 2 * 128 + 1 bytes
    path.write_bytes(tag + path.read_bytes())
    monkeypatch.setattr(audio, "read_audio", None)
    np.testing.assert_allclose(decode_in_pipeline(path, "tfio"), expected, atol=1e-4)


@pytest.mark.tfio
def test_the_first_bytes_count_and_not_the_ending(tmp_path):
    path = write(tmp_path / "sound.wav", vowel(), file_format="FLAC")
    np.testing.assert_array_equal(decode_in_pipeline(path, "tfio"), read_audio(path))


@pytest.mark.tfio
def test_a_wav_whose_first_chunk_is_another_is_decoded(tmp_path):
    path = write(tmp_path / "sound.wav", vowel())
    expected, plain = read_audio(path), path.read_bytes()
    size = (len(plain) + 12 - 8).to_bytes(4, "little")
    junk = b"JUNK" + (4).to_bytes(4, "little") + bytes(4)
    path.write_bytes(b"RIFF" + size + b"WAVE" + junk + plain[12:])
    np.testing.assert_array_equal(decode_in_pipeline(path, "tfio"), expected)


@pytest.mark.tfio
@pytest.mark.parametrize("rate", [1, 2**31 - 1])
def test_a_rate_that_no_recorder_has_is_left_to_soundfile(tmp_path, monkeypatch, rate):
    path = write(tmp_path / "sound.wav", vowel())
    content = bytearray(path.read_bytes())
    content[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(content)
    seen = []

    def read(name, sample_rate):
        seen.append(name)
        return np.ones(3, "float32")

    monkeypatch.setattr(audio, "read_audio", read)
    assert decode_in_pipeline(path, "tfio").tolist() == [1, 1, 1]
    assert seen == [str(path).encode()]


@pytest.mark.tfio
def test_faults_that_tfio_does_not_name_are_named(tmp_path):
    text, short = tmp_path / "text.wav", tmp_path / "short.wav"
    text.write_text("This is text.")
    short.write_bytes(b"RIFF")
    empty = write(tmp_path / "empty.wav", np.zeros(0))
    broken = write(tmp_path / "broken.wav", np.full(800, np.nan), subtype="FLOAT")
    for path in (text, short, empty, broken):
        with pytest.raises(tf.errors.OpError, match=f"AudioError: .*{path.name}: "):
            decode_in_pipeline(path, "tfio")


@pytest.mark.parametrize("error", [ImportError, NotImplementedError, AttributeError])
def test_a_library_that_does_not_fit_counts_as_missing(monkeypatch, error):
    def fail():
        raise error

    monkeypatch.setattr(graph_audio, "_operations", fail)
    assert not graph_audio.operations_load.__wrapped__()
