"""Speed and memory of an audit beside a plain loop over `soundfile.read`.

    python benchmarks/audit.py [--files 10000] [--rounds 5] [--json FILE]

Writes the files to a temporary folder: noise of 1.5 to 4.5 s at 16 kHz in 16 bits, one
half WAV and one half FLAC, by 100 speakers with 5 labels. A round is the loop, the
reading of the audit (`listen`) and the whole audit (`validate`, with cues), one after
another, so that a busy machine slows all of them; ratios are of one round, and their
medians are printed. The memory is that of a process of its own for each number of
files: the difference between few files and all of them is what a file costs.
"""

import argparse
import collections
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import soundfile

ROOT = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from peak_memory import peak_bytes  # noqa: E402

from satn_keras.corpora import Manifest, Utterance, validate  # noqa: E402
from satn_keras.corpora.sounds import listen  # noqa: E402

RATE = 16000
SPEAKERS, LABELS = 100, 5
FEW = 500  # files of the first measure of memory
MEBIBYTE = 1 << 20


def write_files(folder, number):
    """Manifest of `number` files of noise, half of them WAV, half FLAC."""
    random = np.random.default_rng(1)
    noise = random.normal(0, 2000, 10 * RATE).astype("int16")
    utterances = []
    for count in range(number):
        length = int(random.uniform(1.5, 4.5) * RATE)
        start = int(random.integers(len(noise) - length))
        path = folder / f"{count:05d}.{('wav', 'flac')[count % 2]}"
        soundfile.write(path, noise[start : start + length], RATE)
        speaker, label = random.integers(SPEAKERS), random.integers(LABELS)
        utterances.append(Utterance(str(count), str(path), f"s{speaker}", f"l{label}"))
    return Manifest(utterances)


def read_plainly(manifest):
    for utterance in manifest:
        soundfile.read(utterance.path)


def listen_only(manifest):
    for _ in listen(manifest, digests=False):
        pass


def audit(manifest):
    return validate(manifest, cues=True)


def seconds_of(work, *arguments):
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def measure_speed(manifest, rounds):
    """Seconds of each kind of work in each round, after one to fill the disk cache."""
    read_plainly(manifest)
    audit(manifest)  # loads scikit-learn
    parts = {
        "all": manifest,
        "wav": Manifest(one for one in manifest if one.path.endswith(".wav")),
        "flac": Manifest(one for one in manifest if one.path.endswith(".flac")),
    }
    seconds = collections.defaultdict(list)
    for _ in range(rounds):
        for name, part in parts.items():
            seconds[f"loop_{name}"].append(seconds_of(read_plainly, part))
            seconds[f"listen_{name}"].append(seconds_of(listen_only, part))
        seconds["audit_all"].append(seconds_of(audit, manifest))
    return dict(seconds)


def ratios_of(seconds):
    """Median over rounds of the loop's seconds over ours: above 1 we are faster."""
    return {
        ours: statistics.median(
            loop / own
            for loop, own in zip(
                seconds[f"loop_{ours.split('_')[1]}"], seconds[ours], strict=True
            )
        )
        for ours in ("listen_all", "listen_wav", "listen_flac", "audit_all")
    }


def peak_of(path, number):
    """Most bytes that a process holds that audits the first files of a manifest."""
    answer = subprocess.run(
        [sys.executable, __file__, "--peak", str(path), "--files", str(number)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(answer.stdout)


def measure(number, rounds):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        manifest = write_files(folder, number)
        manifest.write(folder / "m.csv")
        seconds = measure_speed(manifest, rounds)
        audio = sum(soundfile.info(one.path).duration for one in manifest)
        few, many = (peak_of(folder / "m.csv", n) for n in (FEW, number))
    return {
        "files": number,
        "audio_seconds": audio,
        "decoded_bytes": int(4 * RATE * audio),
        "seconds": seconds,
        "ratios": ratios_of(seconds),
        "times_real_time": {
            name: audio / statistics.median(seconds[name])
            for name in ("loop_all", "listen_all", "audit_all")
        },
        "peak_bytes": {str(FEW): few, str(number): many},
        "bytes_a_file": (many - few) / (number - FEW),
    }


def tell(found):
    print(f"{found['files']} files, {found['audio_seconds'] / 3600:.1f} h")
    for name, value in found["times_real_time"].items():
        print(f"{name:12} {value:7.0f} x real time")
    for name, value in found["ratios"].items():
        print(f"{name:12} {value:7.2f} of the loop's speed")
    for number, value in found["peak_bytes"].items():
        print(f"peak of {number:>6} files {value / MEBIBYTE:6.0f} MiB")
    print(f"a file costs {found['bytes_a_file'] / 1024:.1f} KiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--peak", type=pathlib.Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.peak:
        audit(Manifest.read(words.peak)[: words.files])
        print(peak_bytes())
        return
    found = measure(words.files, words.rounds)
    tell(found)
    if words.json:
        words.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
