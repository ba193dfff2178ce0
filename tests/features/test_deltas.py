import keras
import numpy as np
import pytest
import python_speech_features as psf

from satn_keras.features import Deltas


def deltas(reach, frames, mask=None):
    """Static, first and second of a batch, channels first."""
    return np.moveaxis(
        keras.ops.convert_to_numpy(Deltas(reach)(frames, mask=mask)), -1, 0
    )


def noise(*shape):
    return np.random.default_rng(3).standard_normal(shape).astype("float32")


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_a_ramp_has_constant_first_delta_and_zero_second_delta(reach):
    ramp = np.arange(23, dtype="float32").reshape(1, 23, 1)
    inner = slice(2 * reach, -2 * reach)  # frames whose window stays inside
    _, first, second = deltas(reach, ramp)
    np.testing.assert_allclose(first[0, inner], 1.0, rtol=1e-6)
    np.testing.assert_allclose(second[0, inner], 0.0, atol=1e-6)


@pytest.mark.parametrize("frames", [1, 2, 3, 29])
@pytest.mark.parametrize("reach", [1, 2, 3])
def test_agrees_with_python_speech_features(reach, frames):
    signal = 10 * noise(frames, 5)
    static, first, second = deltas(reach, signal[None])
    expected = psf.delta(signal.astype("float64"), reach)
    np.testing.assert_array_equal(static[0], signal)
    np.testing.assert_allclose(first[0], expected, atol=1e-5)
    np.testing.assert_allclose(second[0], psf.delta(expected, reach), atol=1e-5)


@pytest.mark.parametrize("beyond", [0.0, 1e6, np.nan])
def test_an_utterance_gets_the_same_bits_alone_and_in_a_padded_batch(beyond):
    lengths = (13, 7, 2, 1)
    batch = noise(4, 13, 3)
    mask = np.arange(13) < np.array(lengths)[:, None]
    batch[~mask] = beyond
    together = np.stack(deltas(2, batch, mask))
    for row, length in enumerate(lengths):
        alone = np.stack(deltas(2, batch[row : row + 1, :length]))
        np.testing.assert_array_equal(together[:, row, :length], alone[:, 0])


def test_the_mask_travels_on():
    mask = np.ones((2, 11), bool)
    assert Deltas().compute_mask(noise(2, 11, 5), mask) is mask


def test_symbolic_shapes_equal_eager_ones():
    assert Deltas()(keras.Input((11, 5))).shape == (None, 11, 5, 3)
    assert Deltas()(noise(2, 11, 5)).shape == (2, 11, 5, 3)


def test_a_layer_from_the_config_reaches_as_far():
    copy = Deltas.from_config(Deltas(reach=3).get_config())
    np.testing.assert_array_equal(copy(noise(1, 17, 2)), Deltas(3)(noise(1, 17, 2)))


def test_a_reach_of_no_frame_is_refused():
    with pytest.raises(ValueError, match="`reach` must be at least 1 frame.*reach=0"):
        Deltas(reach=0)


@pytest.mark.parametrize("derivatives", [0, 1, 2])
def test_as_many_derivatives_as_asked_for(derivatives):
    every = deltas(2, noise(2, 11, 5))
    layer = Deltas(2, derivatives)
    some = np.moveaxis(keras.ops.convert_to_numpy(layer(noise(2, 11, 5))), -1, 0)
    np.testing.assert_array_equal(some, every[: 1 + derivatives])
    assert layer.compute_output_shape((2, 11, 5)) == (2, 11, 5, 1 + derivatives)


def test_a_third_derivative_is_refused():
    with pytest.raises(ValueError, match="`derivatives` must be 0, 1 or 2.*=3"):
        Deltas(2, 3)
