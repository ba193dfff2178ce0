"""Reader of EmoDB, acted emotional speech in German (Burkhardt et al. 2005)."""

from __future__ import annotations

import os

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance

# The letters stand for the German words: W is Wut, L Langeweile, E Ekel, A Angst,
# F Freude, T Trauer.
EMODB_EMOTIONS = {
    "W": "angry",
    "L": "bored",
    "E": "disgust",
    "A": "fear",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
GENDERS = {
    "03": "male",
    "08": "female",
    "09": "female",
    "10": "male",
    "11": "male",
    "12": "male",
    "13": "female",
    "14": "female",
    "15": "male",
    "16": "female",
}
TEXTS = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes "
    "besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}
EMODB_NAMES = NamePattern(
    "EmoDB",
    "03a01Fa",
    (
        Part.of_codes("speaker", GENDERS, "EmoDB"),
        Part("sentence", "|".join(TEXTS), f"one of {', '.join(TEXTS)}"),
        Part.of_codes("emotion", EMODB_EMOTIONS, "EmoDB"),
        Part("version", "[a-f]?", "a letter from a to f, or absent"),
    ),
)
EMODB_CARD = DataCard(
    name="emodb",
    title="EmoDB, Berlin Database of Emotional Speech",
    url="http://emodb.bilderbar.info/",
    licence="CC0 1.0",
    access="public",
    language="de",
    speakers=10,
    utterances=535,
    classes=tuple(EMODB_EMOTIONS.values()),
    reference="Burkhardt et al., A Database of German Emotional Speech, Interspeech "
    "2005",
    notes=(
        "every speaker says the same ten sentences: folds that divide speakers alone "
        "test sentences that were trained on",
    ),
)


def read_emodb(root: str | os.PathLike) -> Manifest:
    """Manifest of EmoDB: all WAV files below a folder, named such as 03a01Fa.wav.

    Args:
        root: Folder of the corpus; the files lie in `wav/` of the release.

    Raises:
        CorpusError: if there is no sound, or a name does not fit. The message names
            the field.

    References:
        Burkhardt et al., A Database of German Emotional Speech, Interspeech 2005;
        codes and sentences as on http://emodb.bilderbar.info/.
    """
    files = sounds_below(root, "EmoDB is a folder of files such as 03a01Fa.wav.")
    return Manifest(_utterance(path) for path in files.values())


def _utterance(path: os.PathLike) -> Utterance:
    fields = EMODB_NAMES.read(path)
    return Utterance(
        key=EMODB_NAMES.format(**fields),
        path=str(path),
        speaker=fields["speaker"],
        label=EMODB_EMOTIONS[fields["emotion"]],
        text=TEXTS[fields["sentence"]],
        language="de",
        dataset="emodb",
        sentence=fields["sentence"],
        gender=GENDERS[fields["speaker"]],
        style="acted",
    )
