"""What is on disk, as manifests of utterances."""

from satn_keras.corpora.audit import Audit
from satn_keras.corpora.cards import CARD_COLUMNS, DataCard
from satn_keras.corpora.checks import validate
from satn_keras.corpora.class_sets import (
    NAMED_SETS,
    ClassSet,
    class_set,
    read_classes,
)
from satn_keras.corpora.common_voice import read_common_voice
from satn_keras.corpora.crema_d import read_crema_d
from satn_keras.corpora.emodb import read_emodb
from satn_keras.corpora.emotions import class_indices, classes_of, relabel
from satn_keras.corpora.emovo import read_emovo
from satn_keras.corpora.esd import read_esd
from satn_keras.corpora.generic import read_table
from satn_keras.corpora.iemocap import read_iemocap
from satn_keras.corpora.iemocap_counts import CountWarning
from satn_keras.corpora.iemocap_labels import IEMOCAP_EMOTIONS
from satn_keras.corpora.joining import join_manifests
from satn_keras.corpora.left_out import LeftOutWarning
from satn_keras.corpora.librispeech import read_librispeech
from satn_keras.corpora.ljspeech import read_ljspeech
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.meld import read_meld
from satn_keras.corpora.nemo import NEMO_EMOTIONS, read_nemo
from satn_keras.corpora.prosody import SYNTHETIC_EMOTIONS, Prosody
from satn_keras.corpora.ravdess import read_ravdess
from satn_keras.corpora.registry import CARDS, CORPORA
from satn_keras.corpora.savee import read_savee
from satn_keras.corpora.selection import keep_classes
from satn_keras.corpora.sentences import SENTENCES, random_sentences
from satn_keras.corpora.shemo import read_shemo
from satn_keras.corpora.sphinx import read_sphinx
from satn_keras.corpora.synthetic import synthesize_corpus
from satn_keras.corpora.tess import read_tess
from satn_keras.corpora.urdu import read_urdu
from satn_keras.corpora.utterance import Utterance
from satn_keras.corpora.vocabulary import EMOTIONS, common_label
from satn_keras.corpora.voices import SYNTHETIC_VOICES

__all__ = [
    "CARDS",
    "CARD_COLUMNS",
    "CORPORA",
    "EMOTIONS",
    "IEMOCAP_EMOTIONS",
    "NAMED_SETS",
    "NEMO_EMOTIONS",
    "SENTENCES",
    "SYNTHETIC_EMOTIONS",
    "SYNTHETIC_VOICES",
    "Audit",
    "ClassSet",
    "CountWarning",
    "DataCard",
    "LeftOutWarning",
    "Manifest",
    "Prosody",
    "Utterance",
    "class_indices",
    "class_set",
    "classes_of",
    "common_label",
    "join_manifests",
    "keep_classes",
    "random_sentences",
    "read_classes",
    "read_common_voice",
    "read_crema_d",
    "read_emodb",
    "read_emovo",
    "read_esd",
    "read_iemocap",
    "read_librispeech",
    "read_ljspeech",
    "read_meld",
    "read_nemo",
    "read_ravdess",
    "read_savee",
    "read_shemo",
    "read_sphinx",
    "read_table",
    "read_tess",
    "read_urdu",
    "relabel",
    "synthesize_corpus",
    "validate",
]
