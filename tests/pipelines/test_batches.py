"""Batches hold every utterance once, with its own label, and little padding."""

import numpy as np
import pytest

from satn_keras.config import AugmentationConfig, TrainingConfig
from satn_keras.phonemes import TokenInventory
from satn_keras.pipelines import (
    Batcher,
    Targets,
    TrainingBatches,
    build_store,
    emotion_targets,
    speech_targets,
)
from tests.pipelines.small_stores import (
    BANDS,
    front_end,
    manifest_of,
    numbered_store,
    write_noise,
)

RNG = np.random.default_rng
LENGTHS = RNG(1).integers(3, 60, 37)
PLAIN = TrainingConfig(batch_size=8)


def batcher_of(lengths=LENGTHS, normalization="none", utterances=None, **options):
    store = numbered_store(lengths, utterances)
    labels = np.arange(len(store.manifest))  # each utterance a class of its own
    targets = emotion_targets(labels, store.repeats)
    return Batcher(store, front_end(normalization), targets, **options)


def arrays(batches, epoch=0):
    """Batches of a dataset, or of an epoch of training batches."""
    if isinstance(batches, TrainingBatches):
        batches.epoch = epoch
        batches = batches.dataset
    return list(batches.as_numpy_iterator())


def rows_in(batch):
    """Row of each utterance, which its features tell."""
    return (batch[0]["features"][:, 0, 0, 0] - 1).astype(int)


def order(batches, epoch=0):
    return np.concatenate([rows_in(batch) for batch in arrays(batches, epoch)])


@pytest.mark.parametrize("by_length", [False, True])
def test_an_epoch_holds_every_utterance_once(by_length):
    dataset = batcher_of().training(PLAIN, seed=1, by_length=by_length)
    for epoch in range(2):
        assert sorted(order(dataset, epoch)) == list(range(len(LENGTHS)))


def test_each_epoch_has_another_order():
    dataset = batcher_of().training(PLAIN, seed=1)
    first, second, third = (order(dataset, epoch).tolist() for epoch in range(3))
    assert first != second != third != first


def test_the_same_seed_gives_the_same_epochs_and_another_seed_others():
    config = TrainingConfig(
        batch_size=8,
        segment_frames=11,
        augmentation=AugmentationConfig(time_masks=1, frequency_masks=1),
    )
    one, two, other = (
        batcher_of(normalization="none").training(config, seed) for seed in (1, 1, 2)
    )
    orders = []
    for epoch in range(2):
        for a, b in zip(arrays(one, epoch), arrays(two, epoch), strict=True):
            np.testing.assert_array_equal(a[0]["features"], b[0]["features"])
            np.testing.assert_array_equal(a[1], b[1])
        orders.append(order(other, epoch).tolist())
    assert orders[0] != order(batcher_of().training(config, 1)).tolist()


def test_by_length_the_shortest_come_first_in_every_epoch():
    dataset = batcher_of().training(PLAIN, seed=1, by_length=True)
    first, second = order(dataset, 0), order(dataset, 1)
    np.testing.assert_array_equal(first, second)
    assert (np.diff(LENGTHS[first]) >= 0).all()


def test_true_frames_are_whole_and_padded_frames_are_zero_and_masked():
    for inputs, _ in arrays(batcher_of().training(PLAIN, seed=1)):
        features, mask = inputs["features"], inputs["mask"]
        lengths = LENGTHS[(features[:, 0, 0, 0] - 1).astype(int)]
        assert features.shape[1] == lengths.max()
        np.testing.assert_array_equal(mask, np.arange(lengths.max()) < lengths[:, None])
        assert (features[~mask] == 0).all()
        frames = np.broadcast_to(np.arange(lengths.max()) + 1, mask.shape)
        np.testing.assert_array_equal(features[mask][:, 0, 1], frames[mask])


def test_utterances_of_like_length_share_a_batch():
    # Lengths as of speech: a long tail, from half a second to half a minute.
    lengths = np.clip(RNG(2).lognormal(np.log(300), 0.6, 640), 50, 3000).astype(int)
    batches = arrays(batcher_of(lengths).training(TrainingConfig(batch_size=16), 1))
    frames = sum(batch[0]["mask"].size for batch in batches)
    assert frames < 1.15 * lengths.sum()  # at most 15 % of padding
    # Drawn at random, batches would be padded to more than twice their length.
    shuffled = RNG(3).permutation(lengths).reshape(-1, 16)
    assert 16 * shuffled.max(axis=1).sum() > 2 * lengths.sum()


@pytest.mark.parametrize("size", [1, 5, 16, 40, 97])
def test_batches_are_full_but_for_the_last(size):
    lengths = RNG(4).integers(20, 400, 97)
    batches = arrays(batcher_of(lengths).training(TrainingConfig(batch_size=size), 1))
    sizes = [len(batch[1]) for batch in batches]
    rest = [97 % size] if 97 % size else []
    assert sizes == [size] * (97 // size) + rest


def test_utterances_all_of_one_length_make_full_batches():
    batches = arrays(batcher_of(np.full(32, 9)).training(PLAIN, seed=1))
    assert [len(batch[1]) for batch in batches] == [8, 8, 8, 8]


@pytest.mark.parametrize("by_length", [False, True])
def test_labels_stay_with_their_utterance_at_every_speed(by_length):
    lengths = np.concatenate([LENGTHS, LENGTHS + 5, LENGTHS - 2])  # three speeds
    batcher = batcher_of(lengths, utterances=len(LENGTHS))
    dataset = batcher.training(PLAIN, seed=1, by_length=by_length)
    seen = []
    for batch in arrays(dataset):
        rows = rows_in(batch)
        np.testing.assert_array_equal(batch[1], rows % len(LENGTHS))
        seen.extend(rows)
    assert sorted(seen) == list(range(len(lengths)))


def test_labels_stay_with_the_sound_they_were_given_for(tmp_path):
    # Utterance r is noise of r + 1 tenths of a second: 9 + 10 r frames.
    paths = [
        write_noise(tmp_path / f"{row}.wav", (row + 1) / 10, seed=row)
        for row in range(5)
    ]
    store = build_store(manifest_of(paths), front_end("utterance"))
    labels = np.array([3, 1, 4, 0, 2])
    batcher = Batcher(store, front_end("utterance"), emotion_targets(labels))
    training = batcher.training(TrainingConfig(batch_size=2), seed=1)
    evaluation, _ = batcher.evaluation(batch_size=2)
    for dataset in (training, evaluation):
        pairs = [
            (int(length), int(label))
            for inputs, truth in arrays(dataset)
            for length, label in zip(inputs["mask"].sum(axis=1), truth, strict=True)
        ]
        assert sorted(pairs) == [(9, 3), (19, 1), (29, 4), (39, 0), (49, 2)]


def test_each_utterance_counts_as_its_class_weighs():
    store = numbered_store(LENGTHS)
    labels = np.arange(len(LENGTHS)) % 3
    targets = emotion_targets(labels, class_weights=np.array([0.5, 1.0, 4.0]))
    dataset = Batcher(store, front_end(), targets).training(PLAIN, seed=1)
    for batch in arrays(dataset):
        _, truth, weights = batch
        np.testing.assert_array_equal(truth, rows_in(batch) % 3)
        np.testing.assert_array_equal(weights, np.array([0.5, 1.0, 4.0])[truth])
        assert weights.dtype == np.float32


@pytest.mark.parametrize("by_length", [False, True])
def test_crops_are_stretches_of_the_utterance_at_other_places_each_epoch(by_length):
    config = TrainingConfig(batch_size=8, segment_frames=20)
    dataset = batcher_of().training(config, seed=1, by_length=by_length)
    starts = []
    for number in range(3):
        epoch = {}
        for batch in arrays(dataset, number):
            features, mask = batch[0]["features"], batch[0]["mask"]
            assert features.shape[1] <= 20
            for row, own, true in zip(rows_in(batch), features, mask, strict=True):
                assert true.sum() == min(LENGTHS[row], 20)
                places = own[true][:, 0, 1]
                assert (np.diff(places) == 1).all()
                assert 1 <= places[0]
                assert places[-1] <= LENGTHS[row]
                epoch[row] = places[0]
        starts.append([epoch[row] for row in sorted(epoch)])
    assert starts[0] != starts[1] != starts[2]
    assert len(set(starts[0])) > 3


def test_augmentation_hides_parts_in_training_and_none_in_evaluation():
    config = TrainingConfig(
        batch_size=8, augmentation=AugmentationConfig(time_masks=2, frequency_masks=1)
    )
    batcher = batcher_of()
    hidden = [
        (inputs["features"][inputs["mask"]] == 0).any()
        for inputs, _ in arrays(batcher.training(config, seed=1))
    ]
    assert any(hidden)
    for inputs, _ in arrays(batcher.evaluation(8)[0]):
        assert (inputs["features"][inputs["mask"]] != 0).all()


def test_evaluation_gives_whole_utterances_at_normal_speed_in_the_order_it_says():
    lengths = np.concatenate([LENGTHS, LENGTHS + 5])  # the second half is slower
    batcher = batcher_of(lengths, utterances=len(LENGTHS))
    dataset, rows = batcher.evaluation(batch_size=8)
    batches = arrays(dataset)
    np.testing.assert_array_equal(np.concatenate([rows_in(b) for b in batches]), rows)
    np.testing.assert_array_equal(np.concatenate([b[1] for b in batches]), rows)
    assert sorted(rows) == list(range(len(LENGTHS)))
    heard = np.concatenate([b[0]["mask"].sum(axis=1) for b in batches])
    np.testing.assert_array_equal(heard, LENGTHS[rows])
    assert [len(b[1]) for b in batches] == [8, 8, 8, 8, 5]


def test_evaluation_for_xla_has_few_lengths_and_says_the_same():
    batcher = batcher_of(np.arange(1, 38))
    plain, padded = (batcher.evaluation(2, few)[0] for few in (False, True))
    shapes = set()
    for (one, labels), (other, same_labels) in zip(
        arrays(plain), arrays(padded), strict=True
    ):
        np.testing.assert_array_equal(one["mask"].sum(1), other["mask"].sum(1))
        np.testing.assert_array_equal(
            one["features"][one["mask"]], other["features"][other["mask"]]
        )
        np.testing.assert_array_equal(labels, same_labels)
        shapes.add(other["features"].shape[1])
    assert len(shapes) <= 8
    assert max(shapes) == 37


def test_features_are_normalised_by_the_statistics_the_front_end_has_at_last():
    batcher = batcher_of(normalization="training")
    dataset = batcher.training(PLAIN, seed=1)
    mean, deviation = np.full((BANDS, 3), 7.0), np.full((BANDS, 3), 4.0)
    batcher.front_end.set_statistics(mean, deviation)
    for inputs, truth in arrays(dataset):
        numbers = inputs["features"][:, 0, 0, 0]
        np.testing.assert_allclose(numbers, (truth + 1 - 7) / 4, rtol=1e-4)
        assert (inputs["features"][~inputs["mask"]] == 0).all()


@pytest.mark.parametrize("part", ["training", "evaluation"])
def test_each_row_is_normalised_by_its_own_speaker(part):
    # Speakers take turns: utterance r is by speaker r % 3, of mean 10 (r % 3), and of
    # 5 more at the second speed.
    statistics = np.zeros((6, 2, BANDS, 3))
    statistics[:, 0] = np.array([0.0, 10, 20, 5, 15, 25])[:, None, None]
    statistics[:, 1] = np.array([1.0, 2, 4, 1, 2, 4])[:, None, None]
    lengths = np.concatenate([LENGTHS, LENGTHS])  # 37 utterances at two speeds
    batcher = batcher_of(
        lengths,
        "speaker",
        utterances=len(LENGTHS),
        speaker_statistics=statistics,
    )
    dataset = (
        batcher.training(PLAIN, seed=1)
        if part == "training"
        else batcher.evaluation(8)[0]
    )
    seen = []
    for inputs, truth in arrays(dataset):
        speaker = truth % 3
        first = inputs["features"][:, 0, 0]  # channel 1 is 1 in the first frame
        mean = 1 - first[:, 1] * 2.0**speaker
        faster = np.round((mean - 10 * speaker) / 5).astype(int)
        np.testing.assert_allclose(mean, 10 * speaker + 5 * faster, atol=1e-3)
        rows = np.round(first[:, 0] * 2.0**speaker + mean - 1).astype(int)
        np.testing.assert_array_equal(rows // len(LENGTHS), faster)
        np.testing.assert_array_equal(rows % len(LENGTHS), truth)
        seen.extend(rows)
    assert sorted(seen) == list(range(len(lengths) if part == "training" else 37))


@pytest.mark.parametrize("guided", [False, True])
def test_speech_targets_are_cut_to_the_longest_of_their_batch(guided):
    phones = ["a", "b", "c"]
    transcripts = [[phones[row % 3]] * (1 + row % 5) for row in range(len(LENGTHS))]
    table = Targets.from_tokens(transcripts, TokenInventory.of(phones))
    store = numbered_store(np.concatenate([LENGTHS, LENGTHS + 3]), len(LENGTHS))
    batcher = Batcher(store, front_end(), speech_targets(table, 2, guided))
    for batch in arrays(batcher.training(PLAIN, seed=1)):
        inputs, truth = batch
        rows = rows_in(batch) % len(LENGTHS)
        steps = np.array([len(transcripts[row]) + 1 for row in rows])
        assert inputs["tokens"].shape == (len(rows), steps.max())
        assert truth["tokens"].shape == truth["ctc"].shape == inputs["tokens"].shape
        for place, row in enumerate(rows):
            ids, rest = [5 + row % 3] * (1 + row % 5), steps.max() - steps[place]
            padding = [0] * rest
            assert inputs["tokens"][place].tolist() == [1, *ids, *padding]
            assert truth["tokens"][place].tolist() == [*ids, 2, *padding]
            assert truth["ctc"][place].tolist() == [*ids, 0, *padding]
        if guided:
            mask = inputs["mask"]
            share = mask.sum(axis=1) / mask.shape[1]
            np.testing.assert_array_equal(truth["alignment"][:, 0], steps)
            np.testing.assert_allclose(truth["alignment"][:, 1], share, rtol=1e-6)
        else:
            assert set(truth) == {"tokens", "ctc"}


def swapped(rows):
    """Each row's partner: its neighbour, the last row's the first."""
    return (np.arange(rows) + 1) % rows


CROPPED = TrainingConfig(
    batch_size=8,
    segment_frames=11,
    augmentation=AugmentationConfig(
        time_masks=1, frequency_masks=1, frequency_mask_width=2
    ),
)


@pytest.mark.parametrize("config", [PLAIN, CROPPED])
@pytest.mark.parametrize("by_length", [False, True])
def test_partners_leave_order_crops_and_masks_of_the_batches_as_they_are(
    config, by_length
):
    alone, beside = (
        batcher_of(partners=partners).training(config, 1, by_length)
        for partners in (None, swapped(len(LENGTHS)))
    )
    for epoch in range(2):
        pairs = zip(arrays(alone, epoch), arrays(beside, epoch), strict=True)
        for one, other in pairs:
            assert set(other[0]) - set(one[0]) == {"partner_features", "partner_mask"}
            for name, value in one[0].items():
                np.testing.assert_array_equal(other[0][name], value)
            np.testing.assert_array_equal(other[1], one[1])


@pytest.mark.parametrize("by_length", [False, True])
def test_partners_come_whole_with_their_own_length(by_length):
    lengths = np.concatenate([LENGTHS, LENGTHS + 5])  # two speeds
    partners = swapped(len(lengths))
    batcher = batcher_of(lengths, utterances=len(LENGTHS), partners=partners)
    for batch in arrays(batcher.training(PLAIN, seed=1, by_length=by_length)):
        features, mask = batch[0]["partner_features"], batch[0]["partner_mask"]
        rows = partners[rows_in(batch)]
        np.testing.assert_array_equal(features[:, 0, 0, 0] - 1, rows)
        longest = lengths[rows].max()
        np.testing.assert_array_equal(mask, np.arange(longest) < lengths[rows][:, None])
        frames = np.broadcast_to(np.arange(longest) + 1, mask.shape)
        np.testing.assert_array_equal(features[mask][:, 0, 1], frames[mask])
        assert (features[~mask] == 0).all()


def test_partners_are_cropped_and_masked_as_the_rows_themselves():
    partners = swapped(len(LENGTHS))
    hidden, starts = [], set()
    for inputs, _ in arrays(batcher_of(partners=partners).training(CROPPED, seed=1)):
        ours, theirs = inputs["features"], inputs["partner_features"]
        numbers = theirs[..., 0].max(axis=(1, 2)).astype(int) - 1
        lengths = np.minimum(LENGTHS[numbers], 11)
        np.testing.assert_array_equal(inputs["partner_mask"].sum(axis=1), lengths)
        starts.update(theirs[:, 0, :, 1].max(axis=1).tolist())
        # A band is hidden from both at once.
        bands = [(each[..., 0] == 0).all(axis=1) for each in (ours, theirs)]
        np.testing.assert_array_equal(*bands)
        hidden.append(bands[1].any())
    assert any(hidden)
    assert len(starts) > 3


def test_a_partner_is_normalised_by_its_own_speaker():
    statistics = np.zeros((3, 2, BANDS, 3))
    statistics[:, 0] = np.array([0.0, 10.0, 20.0])[:, None, None]
    statistics[:, 1] = 1.0
    partners = swapped(len(LENGTHS))
    batcher = batcher_of(
        LENGTHS, "speaker", speaker_statistics=statistics, partners=partners
    )
    for inputs, truth in arrays(batcher.training(PLAIN, seed=1)):
        speaker = partners[truth] % 3  # they take turns
        first = inputs["partner_features"][:, 0, 0, 1]  # was 1
        np.testing.assert_allclose(first, 1 - 10.0 * speaker, rtol=1e-4)


def test_evaluation_has_no_partners():
    batches, _ = batcher_of(partners=swapped(len(LENGTHS))).evaluation(8)
    assert all(set(inputs) == {"features", "mask"} for inputs, _ in arrays(batches))


def test_each_row_needs_a_partner():
    with pytest.raises(ValueError, match="each of the 37 rows. Received: 5"):
        batcher_of(partners=swapped(5))
