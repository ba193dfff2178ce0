"""Sounds that come with the package, to try the page with."""

from satn_keras.demo.examples.example import EXAMPLES, Example

__all__ = ["EXAMPLES", "Example"]
