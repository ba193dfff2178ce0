"""Reading ahead of whoever uses a dataset."""

from __future__ import annotations

import tensorflow as tf

BATCHES = 2  # made while another is used


def read_ahead(dataset: tf.data.Dataset, elements: int = BATCHES) -> tf.data.Dataset:
    """Dataset that makes its next elements while one is used.

    TensorFlow's tuner of parallel calls is off, and their number is that of the cores,
    16 at most. The tuner is a thread of each iterator, which an iterator that ends
    waits for: one epoch in some twenty stood still for up to a minute, whenever the
    thread missed its call (TensorFlow 2.21).

    Args:
        dataset: of anything.
        elements: how many to have ready.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.prefetch(elements).with_options(options)
