"""Published tables, run again with one command each."""

from satn_keras.experiments.reproduction.reproduce import Reproduction, reproduce
from satn_keras.experiments.reproduction.row import Row, Table
from satn_keras.experiments.reproduction.tables import TABLES, rows_of

__all__ = ["TABLES", "Reproduction", "Row", "Table", "reproduce", "rows_of"]
