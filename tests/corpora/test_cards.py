"""Data cards of all corpora, and the page that shows them."""

import pathlib

import pytest

from satn_keras.corpora import CARD_COLUMNS, CARDS, CORPORA
from satn_keras.corpora.cards import ACCESS

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "corpora" / "README.md"


def test_every_reader_of_a_corpus_has_a_card():
    assert set(CARDS) == set(CORPORA) - {"table"}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_tells_where_under_which_terms_and_of_what_size(name):
    card = CARDS[name]
    assert card.url.startswith(("http://", "https://"))
    assert card.access in ACCESS
    assert card.licence and card.language and card.title and card.reference
    assert card.speakers is None or card.speakers > 0
    assert card.utterances is None or card.utterances >= card.speakers


def test_the_page_s_table_holds_the_cards():
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    assert CARD_COLUMNS in rows
    written = {row[0].strip("`"): row for row in rows}
    for card in CARDS.values():
        name, title, *rest = card.cells()
        assert written[name] == (f"`{name}`", f"[{title}]({card.url})", *rest)


def test_the_page_tells_every_note():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    missing = [
        note for card in CARDS.values() for note in card.notes if note not in text
    ]
    assert missing == []
