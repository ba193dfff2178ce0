"""Streaming Keras metrics, exact over batches and replicas."""

from satn_keras.metrics.recall import UnweightedAccuracy

__all__ = ["UnweightedAccuracy"]
