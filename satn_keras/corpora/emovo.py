"""Reader of EMOVO, acted emotional speech in Italian (Costantini et al. 2014)."""

from __future__ import annotations

import os

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance

# Disgusto, gioia, neutro, paura, rabbia, sorpresa, tristezza.
EMOVO_EMOTIONS = {
    "dis": "disgust",
    "gio": "happy",
    "neu": "neutral",
    "pau": "fear",
    "rab": "angry",
    "sor": "surprise",
    "tri": "sad",
}
TEXTS = {
    "b1": "Gli operai si alzano presto.",
    "b2": "I vigili sono muniti di pistola.",
    "b3": "La cascata fa molto rumore.",
    "l1": "L'autunno prossimo Tony partirà per la Spagna: nella prima metà di ottobre.",
    "l2": "Ora prendo la felpa di là ed esco per fare una passeggiata.",
    "l3": "Un attimo dopo s'è incamminato ... ed è inciampato.",
    "l4": "Vorrei il numero telefonico del Signor Piatti.",
    "n1": "La casa forte vuole col pane.",
    "n2": "La forza trova il passo e l'aglio rosso.",
    "n3": "Il gatto sta scorrendo nella pera.",
    "n4": "Insalata pastasciutta coscia d'agnello limoncello.",
    "n5": "Uno quarantatré dieci mille cinquantasette venti.",
    "d1": "Sabato sera cosa farà?",
    "d2": "Porti con te quella cosa?",
}
EMOVO_NAMES = NamePattern(
    "EMOVO",
    "neu-f1-b1",
    (
        Part.of_codes("emotion", EMOVO_EMOTIONS, "EMOVO"),
        "-",
        Part("speaker", "[fm][1-3]", "f1, f2, f3, m1, m2 or m3"),
        "-",
        Part("sentence", "|".join(TEXTS), f"one of {', '.join(TEXTS)}"),
    ),
)
EMOVO_CARD = DataCard(
    name="emovo",
    title="EMOVO Corpus",
    url="http://voice.fub.it/activities/corpora/emovo/index.html",
    licence="none stated",
    access="public",
    language="it",
    speakers=6,
    utterances=588,
    classes=tuple(EMOVO_EMOTIONS.values()),
    reference="Costantini et al., EMOVO Corpus: an Italian Emotional Speech Database, "
    "LREC 2014",
    notes=("every speaker says the same 14 sentences",),
)


def read_emovo(root: str | os.PathLike) -> Manifest:
    """Manifest of EMOVO, such as f1/neu-f1-b1.wav.

    Args:
        root: Folder of the corpus.

    Raises:
        CorpusError: if there is no sound, or a name does not fit. The message names
            the field.

    References:
        Costantini et al., LREC 2014; codes and sentences as there and in EmoBox's
        scripts/emovo.py.
    """
    files = sounds_below(root, "EMOVO is folders f1 to m3 of files as neu-f1-b1.wav.")
    return Manifest(_utterance(path) for path in files.values())


def _utterance(path: os.PathLike) -> Utterance:
    fields = EMOVO_NAMES.read(path)
    speaker = fields["speaker"]
    return Utterance(
        key=EMOVO_NAMES.format(**fields),
        path=str(path),
        speaker=speaker,
        label=EMOVO_EMOTIONS[fields["emotion"]],
        text=TEXTS[fields["sentence"]],
        language="it",
        dataset="emovo",
        sentence=fields["sentence"],
        gender="female" if speaker.startswith("f") else "male",
        style="acted",
    )
