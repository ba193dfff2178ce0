"""Sound files to 120 values a frame: 40 log-mels with two derivatives, in batches.

*End to end* begins with the files on disk, *compute only* with their waveforms in
memory; both end with batches of 32, padded. A rival is called as its user would:
file after file, `soundfile.read`, its filterbank, its derivatives where it has some,
and a batch filled in NumPy.
"""

from benchmarks.performance.side import Aim, Side
from benchmarks.performance.speech import describe_sound, sound_files

TITLE = "Features: 40 log-mels with two derivatives, in batches of 32"
OURS = ("ours",)
AIMS = [
    Aim("python_speech_features", "ours", 8.0, "end to end"),
    Aim("kaldi-native-fbank", "ours", 2.5, "end to end"),
]
WHERE = "benchmarks.performance_sides"
RIVALS = ("python_speech_features", "kaldi-native-fbank", "librosa", "opensmile")

describe_input = describe_sound


def sides(options):
    """Ours by tf.data, each rival in a loop over the files."""
    paths = {"paths": sound_files(options)}
    ours = Side(
        "ours",
        f"{WHERE}.features:ours",
        {**paths, "cores": options.cores},
        versions=("tensorflow", "keras", "soundfile"),
    )
    return [ours] + [
        Side(
            name,
            f"{WHERE}.rival_features:by_{name.replace('-', '_')}",
            paths,
            rival=True,
            versions=(name, "numpy", "soundfile"),
        )
        for name in RIVALS
    ]
