"""The same features by other libraries, each called as its user would call it."""

import pathlib

import numpy as np
import soundfile

BATCH, MELS, REACH, RATE = 32, 40, 2, 16000
CONFIG = pathlib.Path(__file__).with_name("log_mels.conf")


def by_python_speech_features(paths):
    """The filterbank that ours equals, with its own derivatives."""
    import python_speech_features

    def extract(sound):
        mels = python_speech_features.logfbank(sound * 32768.0, RATE, nfilt=MELS)
        first = python_speech_features.delta(mels, REACH)
        return np.stack([mels, first, python_speech_features.delta(first, REACH)], -1)

    return _points(paths, extract)


def by_kaldi_native_fbank(paths):
    """Kaldi's filterbank in C++; it has no derivatives, so they are NumPy's."""
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = MELS

    def extract(sound):
        fbank = kaldi_native_fbank.OnlineFbank(options)
        fbank.accept_waveform(RATE, sound)
        fbank.input_finished()
        count = fbank.num_frames_ready
        return _with_slopes(np.stack([fbank.get_frame(n) for n in range(count)]))

    return _points(paths, extract)


def by_librosa(paths):
    """Mel spectrogram in decibels, and derivatives by its least-squares filter."""
    return _points(paths, librosa_features)


def librosa_features(sound):
    """(frames, 40, 3) of a sound at 16 kHz."""
    import librosa

    power = librosa.feature.melspectrogram(
        y=sound, sr=RATE, n_fft=512, win_length=400, hop_length=160, n_mels=MELS
    )
    mels = librosa.power_to_db(power)
    first, second = (
        librosa.feature.delta(mels, width=2 * REACH + 1, order=n, mode="nearest")
        for n in (1, 2)
    )
    return np.stack([mels, first, second], -1).transpose(1, 0, 2)


def by_opensmile(paths):
    """Windows, spectra, 40 mel bands and both regressions in openSMILE's own parts."""
    import opensmile

    smile = opensmile.Smile(str(CONFIG), "frames")

    def extract(sound):
        frames = smile.process_signal(sound, RATE).to_numpy()
        return frames.reshape(len(frames), 3, MELS).transpose(0, 2, 1)

    return _points(paths, extract)


def _points(paths, extract):
    """End to end from the files, and from waveforms in memory."""
    waveforms = [_read(path) for path in paths]
    seconds = sum(map(len, waveforms)) / RATE

    def end_to_end():
        _in_batches(extract(_read(path)) for path in paths)
        return {"audio_seconds": seconds}

    def compute_only():
        _in_batches(extract(waveform) for waveform in waveforms)
        return {"audio_seconds": seconds}

    return {"end to end": end_to_end, "compute only": compute_only}


def _read(path):
    return soundfile.read(path, dtype="float32")[0]


def _in_batches(features):
    """Fill batches of 32, padded with zeros."""
    waiting = []
    for one in features:
        waiting.append(one)
        if len(waiting) == BATCH:
            _padded(waiting)
            waiting = []
    if waiting:
        _padded(waiting)


def _padded(waiting):
    longest = max(map(len, waiting))
    batch = np.zeros((len(waiting), longest, MELS, 3), "float32")
    for row, one in zip(batch, waiting, strict=True):
        row[: len(one)] = one
    return batch


def _with_slopes(mels):
    """(frames, bands, 3): values, slope, slope of the slope."""
    first = _slope(mels)
    return np.stack([mels, first, _slope(first)], -1)


def _slope(frames):
    """Slope of the least-squares line through five frames, edges held."""
    held = np.pad(frames, ((REACH, REACH), (0, 0)), mode="edge")
    count = len(frames)
    return sum(
        n * (held[REACH + n :][:count] - held[REACH - n :][:count])
        for n in range(1, REACH + 1)
    ) / (2 * sum(n * n for n in range(1, REACH + 1)))
