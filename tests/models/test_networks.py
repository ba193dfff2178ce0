"""What the networks of other papers have in common."""

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from satn_keras.config import systems
from satn_keras.models import NETWORKS, build_network
from tests.models.small_networks import SMALL, features, small_network

every_network = pytest.mark.parametrize("name", sorted(SMALL))
NO_DROPOUT = {"dropout": 0.0, "lstm_dropout": 0.0}


def answer(model, x, lengths=None, **options):
    lengths = np.reshape(lengths or [x.shape[1]] * len(x), (-1, 1))
    mask = np.arange(x.shape[1]) < lengths
    posterior = model({"features": x, "mask": mask}, **options)
    return keras.ops.convert_to_numpy(posterior)


def test_every_network_is_tried_here():
    assert sorted(NETWORKS) == sorted(SMALL)


@every_network
@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_short_utterance_gets_the_same_answer_alone_and_beside_a_longer(name, length):
    model = small_network(name)
    x = features(name, batch=1, frames=length)
    noise = 9 * features(name, batch=1, frames=29)
    beside = np.concatenate([x, noise], axis=1)
    alone = answer(model, x)
    assert alone.shape == (1, 3)
    np.testing.assert_allclose(alone.sum(), 1.0, rtol=1e-5)
    np.testing.assert_allclose(
        answer(model, beside, [length]), alone, rtol=1e-4, atol=1e-6
    )


@every_network
def test_in_training_padding_changes_neither_answers_nor_moments(name):
    config = SMALL[name][0]
    rates = {key: 0.0 for key in NO_DROPOUT if hasattr(config, key)}
    model = small_network(name, **rates)
    before = model.get_weights()
    x = features(name, batch=3, frames=11)
    alone = answer(model, x, training=True)
    moments = model.get_weights()
    model.set_weights(before)
    padded = np.concatenate([x, 9 * features(name, batch=3, frames=5)], axis=1)
    beside = answer(model, padded, [11] * 3, training=True)
    np.testing.assert_allclose(beside, alone, rtol=1e-3, atol=1e-5)
    for a, b in zip(moments, model.get_weights(), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-6)


@every_network
def test_dropout_is_repeatable_by_the_seed(name):
    x = features(name)
    answers = []
    for _ in range(2):
        model = small_network(name)
        model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
        answers.append(answer(model, x, training=True))
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize(
    "name", ["deep_spectrum_asmmc2018", "deep_spectrum_access2019"]
)
def test_spectrogram_networks_hear_the_static_channel_alone(name):
    model, x = small_network(name), features(name)
    other = x.copy()
    other[..., 1:] = -7.0
    np.testing.assert_array_equal(answer(model, other), answer(model, x))


@every_network
def test_fewer_than_two_classes_are_refused(name):
    with pytest.raises(ValueError, match="`num_classes` must be at least 2.*=1"):
        build_network(SMALL[name][0], 1, bands=13, channels=SMALL[name][1])


def test_a_system_that_is_no_network_is_refused():
    with pytest.raises(ValueError, match="one of attention_rnn, .*'gmm_hmm'"):
        build_network(systems.GmmHmm(name="gmm_hmm"), 4, bands=13, channels=3)


@pytest.mark.parametrize(
    ("padding", "fewest"),
    # "valid": 31 -> 24 -> 12 -> 8 -> 4 -> 2 -> 1; "same": 8 -> 4 -> 2 -> 1
    [("valid", 31), ("same", 8)],
)
def test_spectrogram_networks_say_how_many_bands_they_need(padding, fewest):
    config = systems.DeepSpectrum2019Access(
        name="deep_spectrum_access2019", padding=padding, lstm_units=3, filters=(2,) * 3
    )
    model = build_network(config, 4, bands=fewest, channels=3)
    assert model.get_layer("convolution_3").output[0].shape[2] == 1
    with pytest.raises(ValueError, match=f"`bands` must be at least {fewest}.*bands="):
        build_network(config, 4, bands=fewest - 1, channels=3)


def test_every_convolution_has_one_kernel():
    with pytest.raises(ValidationError, match="must have the same length"):
        systems.DeepSpectrum2018Asmmc(name="deep_spectrum_asmmc2018", filters=(3, 5))
    with pytest.raises(ValidationError, match="at least 1 item"):
        systems.DeepSpectrum2018Asmmc(
            name="deep_spectrum_asmmc2018", filters=(), kernel_sizes=()
        )
