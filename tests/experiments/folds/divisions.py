"""Manifests to divide, and what must hold of every division."""

from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance

FIELDS = {
    "speaker": lambda one: one.speaker,
    "sentence": lambda one: one.sentence,
    "recording": lambda one: one.path,
    "key": lambda one: one.key,
}


def manifest_of(speakers, **fields):
    """Manifest with one utterance for each name in `speakers`, repeats allowed."""
    return Manifest(
        Utterance(f"{name}{place}", f"{name}{place}.wav", speaker=name, **fields)
        for place, name in enumerate(speakers)
    )


def spoken(rows):
    """Manifest with one utterance for each (speaker, label, sentence)."""
    return Manifest(
        Utterance(
            f"u{place}",
            f"sounds/u{place}.wav",
            speaker=speaker,
            label=label,
            sentence=sentence,
        )
        for place, (speaker, label, sentence) in enumerate(rows)
    )


def crossed(speakers, sentences):
    """Manifest in which every speaker says every sentence."""
    return spoken([(who, "joy", what) for who in speakers for what in sentences])


def dialogues(**speakers_of):
    """Manifest with two utterances by each speaker of each session."""
    genders = {"f": "female", "m": "male"}
    return Manifest(
        Utterance(
            f"{session}_{name}_{turn}",
            f"{session}_{name}_{turn}.wav",
            speaker=name,
            session=session,
            gender=genders.get(name[0], ""),
        )
        for session, names in speakers_of.items()
        for name in names
        for turn in range(2)
    )


def parts(fold):
    return fold.train, fold.validation, fold.test


def told(fold, field):
    """Values of a field in each part."""
    return [{FIELDS[field](one) for one in part} for part in parts(fold)]


def apart(fold, *fields):
    """Whether no value of any field is in two parts."""
    return all(
        len(train | validation | test) == len(train) + len(validation) + len(test)
        for train, validation, test in (told(fold, field) for field in fields)
    )


def scored_keys(folds):
    """Keys of all test parts, sorted, repeats kept."""
    return sorted(key for fold in folds for key in fold.test.keys)


def records(folds):
    return [fold.split_record() for fold in folds]


MANIFESTS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=30).map(
    manifest_of
)
LABELLED = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.sampled_from(("anger", "joy", "sadness")),
        st.sampled_from("12345678"),
    ),
    min_size=1,
    max_size=60,
).map(spoken)
