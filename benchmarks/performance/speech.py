"""Sound files for the cases: real speech where manifests are named, noise elsewhere."""

import csv
import pathlib
import random
import wave

RATE = 16000  # Hz, of the noise
MOST = 400  # files
FEW = 12  # of a quick run


def sound_files(options) -> list[str]:
    """Paths of as many files, spread evenly over each manifest."""
    most = FEW if options.quick else MOST
    if not options.manifests:
        return noise_files(options.folder, most)
    found = []
    for manifest in options.manifests:
        with open(manifest, encoding="utf-8", newline="") as lines:
            paths = [row["path"] for row in csv.DictReader(lines)]
        each = max(most // len(options.manifests), 1)
        home = pathlib.Path(manifest).parent
        found += [str(home / path) for path in spread(paths, each)]
    return found


def spread(things: list, count: int) -> list:
    """At most `count` of the things, at even distances.

    Example:
        >>> spread([0, 1, 2, 3, 4, 5, 6], 3)
        [0, 2, 4]
    """
    return [things[n * len(things) // count] for n in range(min(count, len(things)))]


def noise_files(folder: pathlib.Path, count: int) -> list[str]:
    """Files of 1 to 6 s of noise, the same in each run."""
    draw = random.Random(1)
    lengths = [draw.uniform(1, 6) for _ in range(count)]
    return [
        str(noise_file(folder / f"noise-{number}.wav", seconds, number))
        for number, seconds in enumerate(lengths)
    ]


def noise_file(path: pathlib.Path, seconds: float, seed: int) -> pathlib.Path:
    """WAV file of white noise at full scale in 16 bits; one that is there stays."""
    samples = round(RATE * seconds)
    if not path.exists():
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, samples, "NONE", ""))
            file.writeframes(random.Random(seed).randbytes(2 * samples))
    return path


def describe_sound(options) -> str:
    """Input in words, for a result."""
    if not options.manifests:
        return "noise of 1 to 6 s in WAV files"
    names = [pathlib.Path(path).stem for path in options.manifests]
    return f"{len(sound_files(options))} files of {' and '.join(names)}"
