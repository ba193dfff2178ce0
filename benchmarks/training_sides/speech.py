"""Part of a manifest, the same for every side, and its sounds for PyTorch."""

import pathlib
import sys

SEED = 5


def read_part(manifest, utterances):
    """Utterances drawn at random from a manifest, and the classes of their labels."""
    import numpy as np

    from satn_keras.corpora import Manifest

    whole = Manifest.read(manifest)
    order = np.random.default_rng(SEED).permutation(len(whole))[:utterances]
    part = Manifest([whole[int(row)] for row in sorted(order)])
    return part, tuple(sorted({one.label for one in part}))


def write_sounds(manifest, utterances, path):
    """Decoded sounds, one after another, their ends, and their classes as numbers."""
    import numpy as np

    from satn_keras.pipelines import read_audio

    part, classes = read_part(manifest, utterances)
    sounds = [np.asarray(read_audio(one.path, 16000), "float32") for one in part]
    np.savez(
        path,
        samples=np.concatenate(sounds),
        ends=np.cumsum([len(sound) for sound in sounds]),
        labels=np.array([classes.index(one.label) for one in part]),
    )


if __name__ == "__main__":
    given, number, target = sys.argv[1:]
    write_sounds(given, int(number) or None, pathlib.Path(target))
