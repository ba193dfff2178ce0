"""Reading ahead changes no element and starts no thread that must be waited for."""

import tensorflow as tf

from satn_keras.pipelines.read_ahead import read_ahead


def test_elements_come_in_their_order_and_nothing_is_tuned():
    squares = tf.data.Dataset.range(50).map(lambda n: n * n, tf.data.AUTOTUNE)
    ahead = read_ahead(squares)
    assert [int(n) for n in ahead] == [n * n for n in range(50)]
    assert ahead.options().autotune.enabled is False


def test_what_is_made_of_it_is_not_tuned_either():
    ahead = read_ahead(tf.data.Dataset.range(5)).map(lambda n: n + 1).take(2)
    assert ahead.options().autotune.enabled is False
    assert [int(n) for n in ahead] == [1, 2]
