"""Whole applications to try the package with."""

from satn_keras.demo.quickstart import quickstart

__all__ = ["quickstart"]
