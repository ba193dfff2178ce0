"""A small corpus that is written in a moment: voiced sounds of a few speakers."""

import pathlib

import soundfile

from satn_keras.corpora import Manifest, Utterance
from tests.support.sounds import vowel

SPEAKERS = ("anna", "bert", "cora", "dirk", "eva")
# Emotion -> seconds, factor of the speaker's pitch, gain.
MANNERS = {
    "angry": (0.31, 1.6, 1.0),
    "happy": (0.41, 1.3, 0.7),
    "sad": (0.53, 0.8, 0.2),
}
TEXTS = ("ab", "ba a")

RECIPE = """\
seed: 3
data:
  emotions: {manifest}
  transcripts: {manifest}
  test_speakers: [eva]
  validation_speakers: [dirk]
features:
  num_mels: 11
phonemes:
  lexicon: graphemes
teacher:
  num_levels: 2
  filters: 8
  attention_units: 8
  decoder_units: 8
  embedding_units: 4
  alignment_units: 8
  max_target_length: 7
teacher_training:
  epochs: 2
  batch_size: 8
  learning_rate: 0.01
  curriculum_epochs: 1
student:
  num_levels: 2
  filters: 8
  attention_units: 8
student_training:
  epochs: 2
  batch_size: 8
  learning_rate: 0.01
  segment_frames: 29
"""


def write_corpus(folder, speakers=SPEAKERS, manners=MANNERS, texts=TEXTS):
    """Path of the manifest of every speaker's every text in every manner."""
    folder = pathlib.Path(folder)
    (folder / "audio").mkdir(parents=True)
    utterances = []
    for number, speaker in enumerate(speakers):
        for label, (seconds, pitch, gain) in manners.items():
            for take, text in enumerate(texts):
                key = f"{speaker}_{label}_{take}"
                path = folder / "audio" / f"{key}.wav"
                pitch_here = (110 + 17 * number + 5 * take) * pitch
                sound = gain * vowel(seconds, pitch=pitch_here, seed=len(utterances))
                soundfile.write(path, sound, 16000)
                utterances.append(
                    Utterance(
                        key, str(path), speaker, label, text, "en", dataset="small"
                    )
                )
    manifest = folder / "manifest.csv"
    Manifest(utterances).write(manifest)
    return manifest


def write_recipe(path, manifest):
    """Path of a recipe with tiny sizes for the corpus of `manifest`."""
    path = pathlib.Path(path)
    path.write_text(RECIPE.format(manifest=manifest), encoding="utf-8")
    return path
