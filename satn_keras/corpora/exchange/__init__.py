"""Manifests in the forms of other toolkits, and theirs as manifests."""

from satn_keras.corpora.exchange.audformat_tables import (
    read_audformat,
    write_audformat,
)
from satn_keras.corpora.exchange.emobox import read_emobox, write_emobox
from satn_keras.corpora.exchange.lhotse import read_lhotse, write_lhotse
from satn_keras.corpora.exchange.speechbrain import (
    read_speechbrain,
    write_speechbrain,
)

__all__ = [
    "read_audformat",
    "read_emobox",
    "read_lhotse",
    "read_speechbrain",
    "write_audformat",
    "write_emobox",
    "write_lhotse",
    "write_speechbrain",
]
