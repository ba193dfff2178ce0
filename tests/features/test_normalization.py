import keras
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from satn_keras.features import FeatureNormalization, FeatureStatistics

BANDS = 5


def features(batch=3, frames=17):
    noise = np.random.default_rng(4).standard_normal((batch, frames, BANDS, 3))
    return (7 * noise - 11).astype("float32")


def normalize(layer, *arguments, **named):
    return keras.ops.convert_to_numpy(layer(*arguments, **named))


def scaled(frames):
    """What scikit-learn makes of (frames, bands, 3)."""
    flat = frames.astype("float64").reshape(len(frames), -1)
    return StandardScaler().fit_transform(flat).reshape(frames.shape)


def a_mask():
    return np.arange(17) < np.array([17, 11, 2])[:, None]


@pytest.mark.parametrize("mode", ["utterance", "speaker"])
def test_an_utterance_alone_is_scaled_by_its_own_true_frames(mode):
    batch, mask = features(), a_mask()
    batch[~mask] = np.nan
    actual = normalize(FeatureNormalization(mode, epsilon=0.0), batch, mask=mask)
    for row, true, expected in zip(actual, mask, batch, strict=True):
        np.testing.assert_allclose(row[true], scaled(expected[true]), atol=2e-5)


@pytest.mark.parametrize("mode", ["none", "utterance", "speaker", "training"])
def test_padded_frames_are_exactly_zero(mode):
    actual = normalize(FeatureNormalization(mode), features(), mask=a_mask())
    assert (actual[~a_mask()] == 0).all()
    assert (actual[a_mask()] != 0).any()


@pytest.mark.parametrize("mode", ["none", "utterance", "speaker", "training"])
def test_an_utterance_gets_the_same_alone_and_in_a_padded_batch(mode):
    layer, batch, mask = FeatureNormalization(mode), features(), a_mask()
    together = normalize(layer, batch, mask=mask)
    for row, true in enumerate(mask):
        alone = normalize(layer, batch[row : row + 1, true])
        np.testing.assert_allclose(together[row, true], alone[0], rtol=0, atol=1e-5)


def test_mode_none_keeps_features():
    np.testing.assert_array_equal(
        normalize(FeatureNormalization("none"), features()), features()
    )


def test_training_statistics_are_subtracted_and_divided_by():
    layer = FeatureNormalization("training", epsilon=0.5)
    layer.set_statistics(np.full((BANDS, 3), 3.0), np.full((BANDS, 3), 1.5))
    actual = normalize(layer, np.full((1, 2, BANDS, 3), 7.0, "float32"))
    np.testing.assert_allclose(actual, 2.0)  # (7 - 3) / (1.5 + 0.5)


def test_training_mode_has_mean_0_and_deviation_1_before_statistics_are_set():
    layer = FeatureNormalization("training", epsilon=0.0)
    np.testing.assert_array_equal(normalize(layer, features()), features())


def test_training_statistics_are_weights_that_no_optimizer_touches():
    layer = FeatureNormalization("training")
    layer.build((None, None, BANDS, 3))
    assert [weight.name for weight in layer.weights] == ["mean", "deviation"]
    assert layer.trainable_weights == []


def test_each_utterance_is_scaled_by_its_speaker_s_statistics():
    mean = np.array([3.0, 5.0, 7.0])
    deviation = np.array([2.0, 4.0, 8.0])
    statistics = np.stack([mean, deviation], axis=1)[:, :, None, None]
    statistics = np.broadcast_to(statistics, (3, 2, BANDS, 3)).astype("float32")
    layer = FeatureNormalization("speaker", epsilon=0.0)
    actual = normalize(layer, features(), statistics=statistics)
    for row, (m, d) in enumerate(zip(mean, deviation, strict=True)):
        np.testing.assert_allclose(actual[row], (features()[row] - m) / d, rtol=1e-6)


@pytest.mark.parametrize("padding", [0, 4])
def test_a_constant_utterance_becomes_zero(padding):
    # A rounding error in the mean would be blown up by a deviation of zero.
    constant = np.full((1, 23 + padding, BANDS, 3), -36.043653, "float32")
    mask = np.arange(23 + padding)[None] < 23
    actual = normalize(FeatureNormalization("utterance"), constant, mask=mask)
    np.testing.assert_array_equal(actual, 0.0)


def test_one_frame_becomes_zero():
    actual = normalize(FeatureNormalization("utterance"), features(frames=1))
    np.testing.assert_array_equal(actual, 0.0)


def test_half_precision_policies_leave_features_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        actual = normalize(FeatureNormalization("utterance"), features())
    finally:
        keras.config.set_dtype_policy("float32")
    assert actual.dtype == "float32"


@pytest.mark.parametrize(
    ("mean", "deviation", "rule"),
    [
        (np.zeros((5, 3)), np.zeros((5, 2)), r"Received: \(5, 3\) and \(5, 2\)"),
        (np.zeros(5), np.zeros(5), r"shape \(bands, channels\)"),
        (np.full((5, 3), np.nan), np.ones((5, 3)), "must be finite"),
        (np.zeros((5, 3)), -np.ones((5, 3)), "must not be negative"),
    ],
)
def test_impossible_statistics_are_refused(mean, deviation, rule):
    with pytest.raises(ValueError, match=rule):
        FeatureNormalization("training").set_statistics(mean, deviation)


def test_statistics_are_refused_where_the_mode_has_no_use_for_them():
    with pytest.raises(
        ValueError, match="mode 'training' or 'running' only.*mode='speaker'"
    ):
        FeatureNormalization("speaker").set_statistics(
            np.zeros((5, 3)), np.ones((5, 3))
        )
    with pytest.raises(ValueError, match="'speaker' and 'voices' only.*='utterance'"):
        FeatureNormalization("utterance")(
            features(), statistics=np.ones((3, 2, 5, 3), "float32")
        )


def test_statistics_of_another_shape_than_one_pair_an_utterance_are_refused():
    layer = FeatureNormalization("speaker")
    with pytest.raises(ValueError, match=r"\(batch, 2, bands, channels\).*\(2, 5, 3\)"):
        layer(features(), statistics=np.ones((2, 5, 3), "float32"))


def test_an_unknown_mode_is_refused():
    with pytest.raises(
        ValueError, match="none, utterance, speaker, voices, training.*'global'"
    ):
        FeatureNormalization("global")


def test_statistics_of_parts_are_those_of_the_whole():
    whole = features(batch=1, frames=997)[0] + 1e4  # large offset, small spread
    statistics = FeatureStatistics()
    for part in np.split(whole, [1, 2, 500, 500]):
        statistics.add(part)
    assert statistics.count == 997
    reference = StandardScaler().fit(whole.astype("float64").reshape(997, -1))
    np.testing.assert_allclose(statistics.mean.ravel(), reference.mean_, rtol=1e-12)
    np.testing.assert_allclose(
        statistics.deviation.ravel(), reference.scale_, rtol=1e-9
    )


def test_statistics_of_a_constant_have_no_deviation():
    statistics = FeatureStatistics()
    for frames in (3, 5, 7):
        statistics.add(np.full((frames, BANDS, 3), -36.043653, "float32"))
    np.testing.assert_allclose(statistics.deviation, 0.0, atol=1e-12)


def test_statistics_of_no_frames_are_refused():
    with pytest.raises(ValueError, match="No frames were added"):
        _ = FeatureStatistics().mean


def test_features_that_do_not_fit_those_before_are_refused():
    statistics = FeatureStatistics()
    statistics.add(features())
    with pytest.raises(ValueError, match=r"\(5, 3\).*shape=\(3, 17, 4, 3\)"):
        statistics.add(features()[:, :, :4])
    with pytest.raises(ValueError, match="must be finite"):
        statistics.add(np.full((1, BANDS, 3), np.inf))


def voiced_features():
    """Features whose band 1 is the pitch, and which frames are voiced."""
    batch = features()
    voiced = np.random.default_rng(5).random((3, 17)) < 0.6
    batch[:, :, 1, 0] = np.where(voiced, np.abs(batch[:, :, 1, 0]) + 1, 0)
    return batch, voiced


def test_bands_of_voice_are_scaled_by_voiced_frames_and_zero_elsewhere():
    (batch, voiced), mask = voiced_features(), a_mask()
    layer = FeatureNormalization(
        "utterance", epsilon=0.0, voiced_bands=(1, 3), pitch_band=1
    )
    actual = normalize(layer, batch, mask=mask)
    for row, (true, frames) in enumerate(zip(mask, batch, strict=True)):
        heard = true & voiced[row]
        expected = scaled(frames[heard])[:, [1, 3]]
        np.testing.assert_allclose(actual[row, heard][:, [1, 3]], expected, atol=2e-5)
        assert (actual[row, ~heard][:, [1, 3]] == 0).all()
        others = scaled(frames[true])[:, [0, 2, 4]]
        np.testing.assert_allclose(actual[row, true][:, [0, 2, 4]], others, atol=2e-5)


@pytest.mark.parametrize("mode", ["training", "speaker"])
def test_known_statistics_leave_bands_of_voice_zero_where_unvoiced(mode):
    batch, voiced = voiced_features()
    mean = np.full((BANDS, 3), 2.0, "float32")
    layer = FeatureNormalization(mode, epsilon=0.0, voiced_bands=(1,), pitch_band=1)
    if mode == "training":
        layer.set_statistics(mean, 2 * mean)
        actual = normalize(layer, batch)
    else:
        both = np.stack([[mean, 2 * mean]] * 3)
        actual = normalize(layer, batch, statistics=both)
    expected = (batch - 2) / 4
    expected[:, :, 1] *= voiced[:, :, None]
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_values_are_cut_at_the_limit():
    layer = FeatureNormalization("training", epsilon=0.0, limit=1.5)
    values = np.array([-9.0, -1.0, 1.5, 2.0], "float32").reshape(1, 4, 1, 1)
    layer.set_statistics(np.ones((1, 1)), np.full((1, 1), 2.0))
    np.testing.assert_array_equal(
        normalize(layer, values).ravel(), [-1.5, -1, 0.25, 0.5]
    )


def test_values_that_are_not_there_count_in_no_statistic():
    whole = features(batch=1, frames=997)[0] - 1e3
    present = np.random.default_rng(6).random((997, BANDS)) < 0.3
    present[:, 2], present[500:, 4] = False, False
    statistics = FeatureStatistics()
    for part in (slice(0, 1), slice(1, 500), slice(500, 997)):
        statistics.add(whole[part], present[part])
    for band in (0, 1, 3, 4):
        heard = whole[present[:, band], band].astype("float64")
        np.testing.assert_allclose(statistics.mean[band], heard.mean(0), rtol=1e-12)
        np.testing.assert_allclose(statistics.deviation[band], heard.std(0), rtol=1e-9)
    assert (statistics.mean[2] == 0).all() and (statistics.deviation[2] == 0).all()


# A prior of speakers


def with_prior(frames, mean, deviation, **named):
    layer = FeatureNormalization("speaker", epsilon=0.0, prior_frames=frames, **named)
    shape = (BANDS, 3)
    layer.set_statistics(np.full(shape, mean), np.full(shape, deviation))
    return layer


def heard_before(frames, mean, deviation):
    """Frames of this very mean and deviation, half of them above and half below."""
    signs = np.repeat([1.0, -1.0], frames // 2)[:, None, None]
    return mean + deviation * signs * np.ones((1, BANDS, 3))


def test_a_speaker_is_known_by_the_prior_s_frames_and_the_own_ones():
    batch, mask = features(), a_mask()
    actual = normalize(with_prior(8, -3.0, 5.0), batch, mask=mask)
    for row, true, own in zip(actual, mask, batch, strict=True):
        whole = np.concatenate([heard_before(8, -3.0, 5.0), own[true]])
        np.testing.assert_allclose(row[true], scaled(whole)[8:], atol=2e-5)


def test_a_voiced_band_has_more_of_the_prior_the_fewer_frames_are_voiced():
    batch = features(1, 6)
    batch[0, 2:, 0] = 0.0  # band 0 is the pitch: two of six frames are voiced
    layer = with_prior(4, -3.0, 5.0, voiced_bands=(0, 1), pitch_band=0)
    actual = normalize(layer, batch)[0]
    before = heard_before(4, -3.0, 5.0)
    voiced = scaled(np.concatenate([before, batch[0, :2]]))[4:]
    always = scaled(np.concatenate([before, batch[0]]))[4:]
    np.testing.assert_allclose(actual[:2, :2], voiced[:, :2], atol=2e-5)
    np.testing.assert_allclose(actual[:, 2:], always[:, 2:], atol=2e-5)
    assert (actual[2:, :2] == 0).all()


def test_statistics_begin_with_a_prior_s_frames():
    own = features(1)[0]
    prior = 8, np.full((BANDS, 3), -3.0), np.full((BANDS, 3), 5.0)
    statistics = FeatureStatistics(prior=prior)
    for part in (own[:3], own[3:]):
        statistics.add(part)
    whole = np.concatenate([heard_before(8, -3.0, 5.0), own])
    np.testing.assert_allclose(statistics.mean, whole.mean(axis=0))
    np.testing.assert_allclose(statistics.deviation, whole.std(axis=0))
    with pytest.raises(ValueError, match="No frames"):
        _ = FeatureStatistics(prior=prior).mean


def test_statistics_that_are_given_are_taken_as_they_are():
    given = np.stack([np.full((BANDS, 3), -11.0), np.full((BANDS, 3), 7.0)])[None]
    actual = normalize(with_prior(8, -3.0, 5.0), features(1), statistics=given)
    np.testing.assert_allclose(actual, (features(1) + 11) / 7, atol=1e-5)


@pytest.mark.parametrize(("mode", "frames"), [("utterance", 8), ("speaker", -8)])
def test_a_prior_is_of_speakers_alone_and_of_some_frames(mode, frames):
    with pytest.raises(ValueError, match=f"at least 0.* Received: {frames} in mode"):
        FeatureNormalization(mode, prior_frames=frames)


def test_a_speaker_without_a_prior_takes_nothing_of_the_training_set():
    layer = FeatureNormalization("speaker")
    with pytest.raises(ValueError, match="Statistics without `prior_frames` can be"):
        layer.set_statistics(np.zeros((BANDS, 3)), np.ones((BANDS, 3)))


def test_frames_after_a_prior_have_its_bands_and_no_covariance():
    prior = 8, np.zeros((BANDS, 3)), np.ones((BANDS, 3))
    with pytest.raises(ValueError, match="must have the bands and channels"):
        FeatureStatistics(prior=prior).add(np.ones((2, BANDS + 1, 3)))
    with pytest.raises(ValueError, match="A prior has no covariance"):
        FeatureStatistics(covariance=True, prior=prior)


def test_a_layer_with_a_prior_is_made_again_from_its_config():
    layer = with_prior(8, -3.0, 5.0)
    again = FeatureNormalization.from_config(layer.get_config())
    assert again.prior_frames == 8
