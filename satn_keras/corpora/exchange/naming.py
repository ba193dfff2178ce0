"""What the names and codes of published corpora tell where a file does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from satn_keras.corpora import crema_d, emovo, esd, iemocap_labels, iemocap_names
from satn_keras.corpora import emodb as emodb_corpus
from satn_keras.corpora import nemo as nemo_corpus
from satn_keras.corpora import ravdess as ravdess_corpus
from satn_keras.corpora import savee as savee_corpus
from satn_keras.corpora import shemo as shemo_corpus
from satn_keras.corpora import tess as tess_corpus
from satn_keras.corpora import urdu as urdu_corpus
from satn_keras.errors import CorpusError

Telling = Callable[[str], str]
# Speaker by the name of a sound; EmoBox and SpeechBrain's IEMOCAP write none.
_SPEAKERS: Mapping[str, Telling] = {
    "crema-d": lambda name: crema_d.CREMA_D_NAMES.parse(name)["actor"],
    "emodb": lambda name: emodb_corpus.EMODB_NAMES.parse(name)["speaker"],
    "emovo": lambda name: emovo.EMOVO_NAMES.parse(name)["speaker"],
    "esd": lambda name: esd.ESD_NAMES.parse(name)["speaker"],
    "iemocap": lambda name: iemocap_names.parse_turn(name).speaker_name,
    "nemo": lambda name: _nemo_speaker(name),
    "ravdess": lambda name: ravdess_corpus.RAVDESS_NAMES.parse(name)["actor"],
    "savee": lambda name: savee_corpus.SAVEE_NAMES.parse(name)["speaker"],
    "shemo": lambda name: shemo_corpus.SHEMO_NAMES.parse(name) and name[:3],
    "tess": lambda name: tess_corpus.TESS_NAMES.parse(
        tess_corpus.MISNAMED.get(name, name)
    )["speaker"],
    "urdu": lambda name: urdu_corpus.URDU_NAMES.parse(name) and name.split("_")[0],
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "crema-d": crema_d.CREMA_D_EMOTIONS,
    "emodb": emodb_corpus.EMODB_EMOTIONS,
    "emovo": emovo.EMOVO_EMOTIONS,
    "iemocap": iemocap_labels.IEMOCAP_EMOTIONS,
    "ravdess": ravdess_corpus.RAVDESS_EMOTIONS,
    "savee": savee_corpus.SAVEE_EMOTIONS,
    "shemo": shemo_corpus.SHEMO_EMOTIONS,
    "tess": tess_corpus.TESS_EMOTIONS,
    "urdu": urdu_corpus.URDU_EMOTIONS,
}
# Names of corpora in other toolkits.
_CORPORA = {"cremad": "crema-d", "crema_d": "crema-d", "emo-db": "emodb"}


def speaker_of(dataset: str, name: str) -> str | None:
    """Speaker of a sound of a known corpus, None where the corpus is not known.

    Args:
        dataset: Corpus, by our name or another toolkit's.
        name: Of the sound's file, without ending.

    Raises:
        CorpusError: if the name is none of the corpus.

    Example:
        >>> speaker_of("cremad", "1001_DFA_ANG_XX")
        '1001'
    """
    telling = _SPEAKERS.get(_ours(dataset))
    return None if telling is None else telling(name)


def label_of(dataset: str, code: str) -> str:
    """Our word for a published code of a known corpus; any other label stays.

    Example:
        >>> label_of("savee", "sa"), label_of("savee", "sad")
        ('sad', 'sad')
    """
    return _LABELS.get(_ours(dataset), {}).get(code, code)


def _ours(dataset: str) -> str:
    return _CORPORA.get(dataset.lower(), dataset.lower())


def _nemo_speaker(name: str) -> str:
    found = nemo_corpus.FILE_NAME.fullmatch(f"{name}.wav")
    if found is None:
        raise CorpusError(
            f"nEMO's name {name!r}: must be speaker_emotion_sentence. Check that the "
            "file's name is unchanged."
        )
    return found["speaker"]
