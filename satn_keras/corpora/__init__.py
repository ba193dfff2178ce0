"""What is on disk, as manifests of utterances."""

from satn_keras.corpora.audit import Audit
from satn_keras.corpora.checks import validate
from satn_keras.corpora.emotions import class_indices, classes_of, relabel
from satn_keras.corpora.generic import read_table
from satn_keras.corpora.iemocap import read_iemocap
from satn_keras.corpora.iemocap_counts import CountWarning
from satn_keras.corpora.iemocap_labels import IEMOCAP_EMOTIONS
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.nemo import NEMO_EMOTIONS, read_nemo
from satn_keras.corpora.prosody import SYNTHETIC_EMOTIONS, Prosody
from satn_keras.corpora.selection import keep_classes
from satn_keras.corpora.sentences import SENTENCES, random_sentences
from satn_keras.corpora.synthetic import synthesize_corpus
from satn_keras.corpora.utterance import Utterance
from satn_keras.corpora.voices import SYNTHETIC_VOICES

CORPORA = {"iemocap": read_iemocap, "nemo": read_nemo, "table": read_table}

__all__ = [
    "CORPORA",
    "SYNTHETIC_EMOTIONS",
    "IEMOCAP_EMOTIONS",
    "NEMO_EMOTIONS",
    "SENTENCES",
    "SYNTHETIC_VOICES",
    "Audit",
    "CountWarning",
    "Manifest",
    "Prosody",
    "Utterance",
    "class_indices",
    "classes_of",
    "keep_classes",
    "random_sentences",
    "read_iemocap",
    "read_nemo",
    "read_table",
    "relabel",
    "synthesize_corpus",
    "validate",
]
