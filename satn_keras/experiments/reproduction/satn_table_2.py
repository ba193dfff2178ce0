"""Table 2 of the article of the self-attention transfer network, with controls."""

from __future__ import annotations

from satn_keras.experiments.reproduction.baseline_tables import ARTICLE_BASELINES
from satn_keras.experiments.reproduction.row import Row, Table

# Percent, Zhao et al. 2021, Table 2. Cells of the TCN rows but the last are not
# to be had in any source.
PUBLISHED = {
    "blstm-soft": {"dev_wa": 63.8, "dev_ua": 62.9, "wa": 59.6, "ua": 59.7},
    "blstm-self": {"dev_wa": 63.7, "dev_ua": 64.5, "wa": 60.0, "ua": 60.5},
    "blstm-soft-at": {"dev_wa": 65.6, "dev_ua": 65.6, "wa": 62.1, "ua": 62.2},
    "blstm-self-at": {"dev_wa": 66.9, "dev_ua": 68.1, "wa": 63.8, "ua": 64.5},
    "tcn-self-at": {"dev_wa": 68.6, "dev_ua": 69.5, "wa": 65.0, "ua": 66.1},
}
# What stands in for the map of the trained teacher, everything else the same.
WEIGHTS = ("attention weights, not activations", ("transfer.map=attention",))
# A student of soft attention has one weight a frame beside the teacher's matrix.
SOFT_PAIR = "transfer.pairs=[['attention_pooling:map', 'self_attention:map']]"
CONTROLS = {
    "untrained": ("teacher without training", ("transfer.control=untrained",)),
    "uniform": ("uniform map", ("transfer.control=uniform",)),
    "shuffled": ("maps shuffled over the batch", ("transfer.control=shuffled",)),
    "other": ("map of another utterance", ("transfer.control=other_utterance",)),
    "init": (
        "teacher's weights to begin with, no map",
        ("transfer.initialization=teacher", "transfer.weight=0"),
    ),
    "init-map": (
        "teacher's weights to begin with, and its map",
        ("transfer.initialization=teacher",),
    ),
}


def _rows():
    yield from ARTICLE_BASELINES
    for encoder in ("blstm", "tcn"):
        for attention in ("soft", "self"):
            yield _row(encoder, attention, transfer=False)
    for encoder in ("blstm", "tcn"):
        for attention in ("soft", "self"):
            yield _row(encoder, attention, transfer=True)
    for encoder in ("blstm", "tcn"):
        for attention in ("self", "soft"):
            yield from _controls(_row(encoder, attention, transfer=True))


def _row(encoder: str, attention: str, transfer: bool) -> Row:
    plain = f"{encoder}-{attention}"
    key = f"{plain}-at" if transfer else plain
    published = PUBLISHED.get(key, {})
    return Row(
        key=key,
        name=f"{encoder.upper()} + {attention} attention"
        + (" w/ AT" if transfer else ""),
        recipe="satn-table-2",
        changes=(
            f"student.encoder={encoder}",
            f"teacher.encoder={encoder}",
            f"student.attention={attention}",
            *(() if transfer else ("transfer.weight=0",)),
        ),
        published=published,
        note="" if published else "not found in any source",
        baseline=plain if transfer else None,
        copies=transfer,
    )


def _controls(row: Row):
    weights = WEIGHTS
    if "student.attention=soft" in row.changes:
        weights = (WEIGHTS[0], (*WEIGHTS[1], SOFT_PAIR))
    for control, (name, changes) in {**CONTROLS, "weights": weights}.items():
        yield Row(
            key=f"{row.key}-{control}",
            name=f"{row.name}: {name}",
            recipe=row.recipe,
            changes=(*row.changes, *changes),
            baseline=row.key,
            control_of=row.key,
            copies="transfer.weight=0" not in changes,
        )


SATN_TABLE_2 = Table(
    name="satn-table-2",
    title="Self-attention transfer networks, Table 2",
    rows=tuple(_rows()),
    source=(
        "Zhao et al., Self-attention transfer networks for speech emotion "
        "recognition, VRIH 3(1), 2021: IEMOCAP improvised, four classes."
    ),
    reference="dnn-elm",
)
