"""The command `satn`: one file a command."""

from satn_keras.cli.main import app, run

__all__ = ["app", "run"]
