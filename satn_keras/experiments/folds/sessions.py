"""Folds that hold out a session of two speakers, one tested, one validating."""

from __future__ import annotations

from collections.abc import Iterator

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds.fold import Fold, listed

DIRECTIONS = ("both", "one")
GENDERS = ("female", "male")


def leave_one_session_out(
    manifest: Manifest, directions: str = "both", test_gender: str = "male"
) -> Iterator[Fold]:
    """Folds that each hold out a session: one speaker tested, the other validating.

    The protocol of IEMOCAP: the other sessions train; of the session left out one
    speaker validates and the other is tested. In both directions five sessions give
    ten results. Publications that print five (female actors validate, male actors
    are tested) run one direction, in which half of the speakers are never tested.

    Args:
        manifest: Utterances with a session, two speakers in each.
        directions: "both", or "one", which tests the speaker of `test_gender` and
            needs one woman and one man in each session.
        test_gender: "female" or "male"; of no effect where both are tested.

    Returns:
        Folds in the sorted order of session and test speaker, named by both.

    Raises:
        ProtocolError: if a session has not two speakers, a speaker is in two, or
            one direction is asked and not exactly one of the two is of the gender.

    References:
        Lee and Tashev, High-level Feature Representation using Recurrent Neural
        Network for Speech Emotion Recognition, Interspeech 2015.
        Zhao et al., Exploring Spatio-Temporal Representations by Integrating
        Attention-based Bidirectional-LSTM-RNNs and FCNs for Speech Emotion
        Recognition, Interspeech 2018.
    """
    _check_choice("directions", directions, DIRECTIONS)
    _check_choice("test_gender", test_gender, GENDERS)
    pairs = _pairs(manifest)
    tested = {
        session: speakers
        if directions == "both"
        else _of_gender(manifest, session, test_gender)
        for session, speakers in pairs.items()
    }
    return (
        Fold(
            f"{session}_{speaker}",
            train=manifest.without(session=session),
            validation=manifest.where(session=session).without(speaker=speaker),
            test=manifest.where(session=session, speaker=speaker),
        )
        for session, speakers in tested.items()
        for speaker in speakers
    )


def _pairs(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """The two speakers of each session."""
    pairs = {
        session: manifest.where(session=session).speakers
        for session in sorted({utterance.session for utterance in manifest})
    }
    for session, speakers in pairs.items():
        if not session or len(speakers) != 2:
            raise ProtocolError(
                f"session {session!r} must have two speakers. Received: "
                f"{listed(speakers)}. Fill in the sessions, or leave out one speaker "
                "at a time."
            )
    if len(pairs) < 2:
        raise ProtocolError(
            "leaving one session out needs at least 2 sessions. Received: "
            f"{len(pairs)} ({', '.join(pairs)}). Hold out speakers instead."
        )
    return pairs


def _of_gender(manifest: Manifest, session: str, gender: str) -> tuple[str, ...]:
    """The one speaker of the session whose utterances are all of `gender`."""
    wanted = manifest.where(session=session, gender=gender).speakers
    others = manifest.where(session=session).without(gender=gender).speakers
    if len(wanted) != 1 or len(others) != 1 or wanted == others:
        raise ProtocolError(
            f"session {session!r} must have one {gender} speaker, whom the test part "
            f"takes, and one other. Received: {len(wanted)} {gender}. Fill in the "
            "column `gender`, or run both directions."
        )
    return wanted


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ProtocolError(
            f"`{name}` must be {' or '.join(choices)}. Received: {name}={value!r}."
        )
