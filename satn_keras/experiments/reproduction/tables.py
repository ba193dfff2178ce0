"""Every published table that can be run again."""

from satn_keras.errors import ConfigError
from satn_keras.experiments.reproduction.baseline_tables import (
    BASELINES,
    DEEP_SPECTRUM,
)
from satn_keras.experiments.reproduction.row import Row, Table
from satn_keras.experiments.reproduction.satn_table_2 import SATN_TABLE_2

TABLES = {table.name: table for table in (SATN_TABLE_2, DEEP_SPECTRUM, BASELINES)}


def rows_of(table: Table, corpus: str, wanted: tuple[str, ...] = ()) -> list[Row]:
    """Rows of a table that the corpus has, those of `wanted` alone where given.

    Raises:
        ConfigError: naming the rows there are, if one is not among them.
    """
    rows = {row.key: row for row in table.rows if not row.only or corpus in row.only}
    for key in wanted:
        if key not in rows:
            raise ConfigError(
                f"--row {key}: {table.name} has no such row on {corpus}. Rows: "
                f"{', '.join(rows)}."
            )
    return [row for key, row in rows.items() if not wanted or key in wanted]
