"""Two opinions made one."""

import keras
import numpy as np
import pytest

from satn_keras.models import PosteriorProduct


def test_probabilities_are_multiplied_and_sum_to_one():
    first = np.array([[0.5, 0.3, 0.2]])
    second = np.array([[0.1, 0.6, 0.3]])
    # 0.05, 0.18 and 0.06 of 0.29; a common offset of the scores changes nothing.
    for offset in (0.0, 11.0):
        product = PosteriorProduct()(first, np.log(second) + offset)
        np.testing.assert_allclose(product, [[5 / 29, 18 / 29, 6 / 29]], rtol=1e-6)


def test_the_weight_is_a_power_of_the_second():
    first, second = np.array([[0.5, 0.5]]), np.array([[0.8, 0.2]])
    product = PosteriorProduct(2.0)(first, np.log(second))
    np.testing.assert_allclose(product, [[16 / 17, 1 / 17]], rtol=1e-6)
    np.testing.assert_allclose(PosteriorProduct(0.0)(first, second), first, rtol=1e-6)


def test_a_probability_of_zero_stays_finite():
    product = PosteriorProduct()(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    assert np.isfinite(keras.ops.convert_to_numpy(product)).all()


def test_the_temperature_is_a_root_of_the_whole():
    first, second = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    # (0.9 / 0.1) ** (1 / 2) is 3, and 3 to 1 are 0.75 and 0.25.
    product = PosteriorProduct(1.0, temperature=2.0)(first, np.log(second))
    np.testing.assert_allclose(product, [[0.75, 0.25]], rtol=1e-6)
    layer = PosteriorProduct(1.0, temperature=2.0)
    assert PosteriorProduct.from_config(layer.get_config()).temperature == 2.0
    with pytest.raises(ValueError, match="`temperature` must be above 0"):
        PosteriorProduct(temperature=0.0)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="`weight` must not be negative"):
        PosteriorProduct(-0.5)
