"""Every corpus by the name that `satn prepare` takes: its reader and its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from satn_keras.corpora import (
    common_voice,
    crema_d,
    emodb,
    emovo,
    esd,
    generic,
    iemocap,
    librispeech,
    ljspeech,
    meld,
    nemo,
    ravdess,
    savee,
    shemo,
    sphinx,
    tess,
    urdu,
)
from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern

Reader = Callable[..., Manifest]
CORPORA: Mapping[str, Reader] = {
    "crema-d": crema_d.read_crema_d,
    "emodb": emodb.read_emodb,
    "emovo": emovo.read_emovo,
    "esd": esd.read_esd,
    "iemocap": iemocap.read_iemocap,
    "meld": meld.read_meld,
    "nemo": nemo.read_nemo,
    "ravdess": ravdess.read_ravdess,
    "savee": savee.read_savee,
    "shemo": shemo.read_shemo,
    "tess": tess.read_tess,
    "urdu": urdu.read_urdu,
    "an4": sphinx.read_sphinx,
    "common-voice": common_voice.read_common_voice,
    "librispeech": librispeech.read_librispeech,
    "ljspeech": ljspeech.read_ljspeech,
    "table": generic.read_table,
}
CARDS: Mapping[str, DataCard] = {
    card.name: card
    for card in (
        crema_d.CREMA_D_CARD,
        emodb.EMODB_CARD,
        emovo.EMOVO_CARD,
        esd.ESD_CARD,
        iemocap.IEMOCAP_CARD,
        meld.MELD_CARD,
        nemo.NEMO_CARD,
        ravdess.RAVDESS_CARD,
        savee.SAVEE_CARD,
        shemo.SHEMO_CARD,
        tess.TESS_CARD,
        urdu.URDU_CARD,
        sphinx.AN4_CARD,
        common_voice.COMMON_VOICE_CARD,
        librispeech.LIBRISPEECH_CARD,
        ljspeech.LJSPEECH_CARD,
    )
}
NAMES: Mapping[str, NamePattern] = {
    "crema-d": crema_d.CREMA_D_NAMES,
    "emodb": emodb.EMODB_NAMES,
    "emovo": emovo.EMOVO_NAMES,
    "esd": esd.ESD_NAMES,
    "meld": meld.MELD_NAMES,
    "ravdess": ravdess.RAVDESS_NAMES,
    "savee": savee.SAVEE_NAMES,
    "shemo": shemo.SHEMO_NAMES,
    "tess": tess.TESS_NAMES,
    "urdu": urdu.URDU_NAMES,
    "an4": sphinx.AN4_NAMES,
    "librispeech": librispeech.LIBRISPEECH_NAMES,
    "ljspeech": ljspeech.LJSPEECH_NAMES,
}
