"""The fold that trains on some datasets and tests on others."""

from __future__ import annotations

from collections.abc import Sequence

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds.contents import check_contents
from satn_keras.experiments.folds.fold import Fold, listed
from satn_keras.experiments.folds.groups import shuffled
from satn_keras.experiments.folds.speakers import check_count, check_enough


def cross_corpus(
    manifest: Manifest,
    test_datasets: Sequence[str],
    train_datasets: Sequence[str] | None = None,
    validation_speakers: int = 1,
    seed: int = 1,
) -> Fold:
    """One fold: whole datasets train and validate, other whole datasets are tested.

    Speakers of the training datasets validate, the first of all after a shuffle by
    the seed. No utterance of another dataset may be in the manifest, no speaker in
    two parts, and no sound of the test part, as decoded, in training or validation.

    Args:
        manifest: Utterances with datasets.
        test_datasets: Values of `dataset` to test.
        train_datasets: Those to learn from; all others when absent.
        validation_speakers: How many speakers validate.
        seed: Decides which.

    Returns:
        The fold, named by its test datasets.

    Raises:
        AudioError: if a sound cannot be read.
        ProtocolError: if an utterance has no dataset, a dataset is not there, named
            for both or for neither, there are too few speakers, or training and
            test share a speaker or a sound.
    """
    check_count("validation_speakers", validation_speakers)
    trained, tested = _divided(manifest, test_datasets, train_datasets)
    learning, test = manifest.where(dataset=trained), manifest.where(dataset=tested)
    check_enough(learning, validation_speakers + 1)
    _check_people(learning, test)
    validating = shuffled(learning.speakers, seed)[:validation_speakers]
    fold = Fold(
        "_".join(tested),
        train=learning.without(speaker=validating),
        validation=learning.where(speaker=validating),
        test=test,
    )
    check_contents(fold)
    return fold


def _divided(
    manifest: Manifest, test: Sequence[str], train: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    known = sorted({one.dataset for one in manifest})
    if "" in known:
        raise ProtocolError(
            f"{len(manifest.where(dataset=''))} utterances have no dataset. Fill in "
            "the column `dataset` of every manifest."
        )
    if train is None:
        train = [name for name in known if name not in test]
    for part, names in (("train", train), ("test", test)):
        absent = sorted(set(names) - set(known))
        if absent or not names:
            raise ProtocolError(
                f"{part} dataset {listed(absent) or 'of any name'} is not in the "
                f"manifest. Datasets: {', '.join(known)}."
            )
    both = sorted(set(train) & set(test))
    neither = sorted(set(known) - {*train, *test})
    if both or neither:
        raise ProtocolError(
            f"dataset {listed(both or neither)} must be for training or for test. "
            f"Received: for {'both' if both else 'neither'}. Name each once, or leave "
            "its utterances out of the manifest."
        )
    return sorted(set(train)), sorted(set(test))


def _check_people(learning: Manifest, test: Manifest) -> None:
    shared = sorted(set(learning.speakers) & set(test.speakers))
    if shared:
        raise ProtocolError(
            f"speaker {listed(shared)} is in a training and in a test dataset. Join "
            "the manifests with `satn prepare --join`, which tells equal names of two "
            "corpora apart, or leave the person out of one of them."
        )
