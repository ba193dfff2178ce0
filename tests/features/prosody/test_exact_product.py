import numpy as np
from keras import ops

from satn_keras.features.prosody.exact_product import exact_product


def test_it_is_the_product_to_the_last_digits():
    random = np.random.default_rng(1)
    values = (10 ** random.uniform(-6, 0, (2, 3, 353))).astype("float32")
    table = random.uniform(-1, 1, (353, 12)).astype("float32")
    expected = values.astype("float64") @ table.astype("float64")
    scale = np.abs(values).astype("float64") @ np.abs(table).astype("float64")
    found = ops.convert_to_numpy(exact_product(ops.array(values), table))
    assert found.shape == (2, 3, 12)
    # Half a digit of float32 is 6e-8.
    assert (np.abs(found - expected) / scale).max() < 3e-7
