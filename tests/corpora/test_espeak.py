"""espeak-ng spoken into memory: repeatable, and obedient to its settings."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from satn_keras.corpora.espeak import speak
from satn_keras.errors import CorpusError

TEXT = "The train leaves the station at six."


def frequency(samples):
    """Median over 64 ms frames of the autocorrelation's best lag, in Hz."""
    found = []
    for start in range(0, len(samples) - 1024, 1024):
        frame = samples[start : start + 1024]
        if np.sqrt(np.mean(frame**2)) < 0.02:
            continue
        lags = np.correlate(frame, frame, "full")[1023:]
        best = 32 + np.argmax(lags[32:320])  # 50 to 500 Hz
        if lags[best] > 0.5 * lags[0]:
            found.append(16000 / best)
    return np.median(found)


def test_speech_is_16_khz_float32_of_a_plausible_length():
    samples = speak(TEXT)
    assert samples.dtype == np.float32
    assert 1.0 < len(samples) / 16000 < 4.0
    assert 0.1 < np.abs(samples).max() <= 1.0


def test_the_same_words_sound_the_same_whatever_was_spoken_before():
    first = speak(TEXT, "en-us+m1")
    speak("Something else, by another voice.", "en-us+f2", rate=300, volume=40)
    np.testing.assert_array_equal(speak(TEXT, "en-us+m1"), first)


def test_the_same_words_sound_the_same_in_another_process():
    program = (
        "import hashlib; from satn_keras.corpora.espeak import speak;"
        f"print(hashlib.sha256(speak({TEXT!r}).tobytes()).hexdigest())"
    )
    run = [sys.executable, "-c", program]
    digests = {subprocess.run(run, capture_output=True, check=True).stdout}
    digests |= {subprocess.run(run, capture_output=True, check=True).stdout}
    assert len(digests) == 1


def test_phonemizer_in_the_same_process_does_not_change_the_sound():
    before = speak(TEXT)
    from satn_keras.phonemes.espeak import espeak_words

    espeak_words([TEXT], "pl")
    np.testing.assert_array_equal(speak(TEXT), before)


def test_threads_that_speak_at_once_do_not_mix():
    alone = {rate: speak(TEXT, rate=rate) for rate in (120, 180, 240)}
    heard = {}
    threads = [
        threading.Thread(target=lambda r=rate: heard.update({r: speak(TEXT, rate=r)}))
        for rate in alone
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rate, samples in alone.items():
        np.testing.assert_array_equal(heard[rate], samples)


def test_a_faster_rate_is_shorter():
    slow, fast = (len(speak(TEXT, rate=rate)) for rate in (120, 240))
    assert 1.5 < slow / fast < 2.5


def test_a_higher_pitch_is_higher_after_a_change_of_voice():
    speak(TEXT, "en-us+f3", pitch=80)
    low, high = (frequency(speak(TEXT, "en-us+m3", pitch=p)) for p in (20, 80))
    assert high > 1.3 * low


def test_half_the_volume_is_about_6_db_less():
    loud, soft = (np.std(speak(TEXT, volume=volume)) for volume in (80, 40))
    assert 20 * np.log10(loud / soft) == pytest.approx(6.0, abs=1.5)


def test_other_languages_are_spoken():
    assert len(speak("Dzień dobry, co słychać?", "pl+f2")) > 8000


def test_an_unknown_language_is_refused():
    with pytest.raises(CorpusError, match="no voice 'xx-nowhere'"):
        speak(TEXT, "xx-nowhere")


def test_a_missing_loader_is_refused_with_the_command_that_installs_it(monkeypatch):
    from satn_keras.corpora import espeak

    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.setattr(espeak, "_private_copy", espeak._private_copy.__wrapped__)
    with pytest.raises(CorpusError, match=r"pip install 'satn-keras\[speech\]'"):
        speak(TEXT)


def test_a_library_that_does_not_load_is_refused_with_the_reason(monkeypatch, tmp_path):
    from satn_keras.corpora import espeak

    (tmp_path / "broken.so").write_text("no library")
    monkeypatch.setattr(
        espeak, "_private_copy", lambda: (str(tmp_path / "broken.so"), "")
    )
    with pytest.raises(CorpusError, match=r"library does not load \(.*broken\.so"):
        speak(TEXT)
