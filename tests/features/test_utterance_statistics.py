"""Statistics of an utterance, by NumPy on its true frames alone."""

import keras
import numpy as np
import pytest
import scipy.stats

from satn_keras.features import Deltas, UtteranceStatistics

BANDS, PITCH = 5, 2


def walk(frames, seed):
    """(frames, bands) whose pitch is zero in some stretches, and where it is not."""
    rng = np.random.default_rng(seed)
    x = 0.3 * np.cumsum(rng.normal(size=(frames, BANDS)), axis=0)
    voiced = np.convolve(rng.random(frames) < 0.9, np.ones(3), "same") >= 3
    x[:, PITCH] = np.where(voiced, x[:, PITCH] + 0.01, 0)
    return x.astype("float32"), voiced


def slopes(x):
    channels = keras.ops.convert_to_numpy(Deltas()(x[None]))[0]
    return channels[..., 1].astype("float64"), channels[..., 2].astype("float64")


def moments(x):
    return [x.mean(0), x.std(0)] if len(x) >= 5 else [np.zeros(BANDS)] * 2


def percentiles(x):
    shares = 10, 25, 50, 75, 90
    if len(x) < 5:
        return [np.zeros(BANDS)] * 5
    if len(x) <= 20:  # then 5 % of the frames reach no further than the next
        return list(np.percentile(x, shares, axis=0))
    rising, reach = np.sort(x, axis=0), 0.05 * len(x)
    near = [
        scipy.stats.triang(0.5, (len(x) - 1) * share / 100 - reach, 2 * reach)
        for share in shares
    ]
    ranks = np.arange(len(x))
    return [np.average(rising, axis=0, weights=each.pdf(ranks)) for each in near]


def course(x, times):
    """By the Gram-Schmidt of NumPy's QR of 1, t, t^2."""
    if len(x) < 5:
        return [np.zeros(BANDS)] * 2
    basis, upper = np.linalg.qr(np.vander(times / times.max(), 3, increasing=True))
    basis *= np.sign(np.diag(upper)) * np.sqrt(len(x))
    return [basis[:, order] @ x / len(x) for order in (1, 2)]


def inside(voiced, reach):
    near = np.convolve(voiced, np.ones(2 * reach + 1), "same")
    return near[: len(voiced)] == 2 * reach + 1


def by_numpy(x, counted):
    first, second = slopes(x)
    x = x.astype("float64")
    static, once, twice = counted
    parts = [*moments(x[static]), *percentiles(x[static])]
    parts += [*moments(first[once]), *percentiles(first[once])]
    parts += moments(second[twice])
    return np.concatenate(
        [*parts, *course(x[static], np.flatnonzero(static).astype("float64"))]
    )


def expected(x, voiced):
    everywhere = [np.ones(len(x), bool)] * 3
    stretches = (np.diff(np.concatenate([[0], voiced])) == 1).sum()
    tail = voiced.mean(), stretches / len(x), voiced.sum() / max(stretches, 1)
    return np.concatenate(
        [
            by_numpy(x, everywhere),
            [np.log(len(x))],
            by_numpy(x, [voiced, inside(voiced, 2), inside(voiced, 4)]),
            tail,
        ]
    )


def padded(*utterances):
    longest = max(map(len, utterances))
    features = np.full((len(utterances), longest, BANDS, 1), 7.0, "float32")
    mask = np.zeros((len(utterances), longest), bool)
    for row, x in enumerate(utterances):
        features[row, : len(x), :, 0] = x
        mask[row, : len(x)] = True
    return features, mask


def test_every_statistic_is_numpys_on_the_true_frames_alone():
    spoken = [walk(89, 1), walk(61, 2), walk(17, 3)]
    features, mask = padded(*(x for x, _ in spoken))
    found = keras.ops.convert_to_numpy(UtteranceStatistics(PITCH)(features, mask=mask))
    assert found.shape == (3, 36 * BANDS + 4)
    for row, (x, voiced) in enumerate(spoken):
        np.testing.assert_allclose(found[row], expected(x, voiced), atol=2e-5)


def test_a_ramp_and_an_arch_are_told_by_one_course_each():
    time = np.linspace(-1, 1, 41, dtype="float32")
    arch = np.square(time) - np.square(time).mean()
    frames = np.stack([time, arch], axis=-1)[None, ..., None]
    found = keras.ops.convert_to_numpy(UtteranceStatistics()(frames))[0]
    slope, curve = found[-5:-1].reshape(2, 2)
    np.testing.assert_allclose(slope, [time.std(), 0], atol=1e-6)
    np.testing.assert_allclose(curve, [0, arch.std()], atol=1e-6)
    assert found[-1] == pytest.approx(np.log(41))


@pytest.mark.parametrize("frames", [0, 1, 4])
def test_too_few_frames_give_zeros_and_no_missing_numbers(frames):
    features = np.ones((1, 9, BANDS, 1), "float32")
    mask = np.arange(9)[None] < frames
    found = keras.ops.convert_to_numpy(UtteranceStatistics(PITCH)(features, mask=mask))
    assert np.isfinite(found).all()
    assert not found[0, : 18 * BANDS].any()


def test_an_utterance_without_voice_has_no_voiced_statistics():
    features = np.random.default_rng(4).normal(size=(1, 31, BANDS, 1))
    features[:, :, PITCH] = 0
    found = keras.ops.convert_to_numpy(UtteranceStatistics(PITCH)(features))[0]
    assert found[: 18 * BANDS].any()
    assert not found[18 * BANDS + 1 :].any()


def test_its_configuration_makes_it_again():
    layer = UtteranceStatistics(PITCH)
    again = UtteranceStatistics.from_config(layer.get_config())
    features = walk(23, 5)[0][None, ..., None]
    np.testing.assert_array_equal(layer(features), again(features))
    shape = again.compute_output_shape((None, None, BANDS, 1))
    assert shape == (None, 36 * BANDS + 4)
