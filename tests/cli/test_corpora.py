"""`satn corpora`: all corpora, one card, or one clear line."""

from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import CARDS


def corpora(*words):
    return CliRunner().invoke(app, ["corpora", *words])


def test_the_list_has_a_line_for_every_corpus():
    answer = corpora()
    assert answer.exit_code == 0, answer.output
    first = [line.split()[0] for line in answer.stdout.splitlines() if line]
    assert first[: len(CARDS) + 1] == ["name", *CARDS]
    assert "CC BY-NC-SA 4.0" in answer.stdout and "`table`" in answer.stdout


def test_a_card_tells_everything_that_is_known():
    answer = corpora("ravdess")
    assert answer.exit_code == 0, answer.output
    for fact in (
        *("url: https://doi.org/10.5281/zenodo.1188976", "access: public"),
        *("speakers: 24", "utterances: 2452", "language: en", "calm"),
        "03-01-03-01-02-02-07 are the same bytes",
    ):
        assert fact in answer.stdout


def test_an_unknown_corpus_is_one_line():
    answer = corpora("ravdes")
    assert answer.exit_code == 2
    assert answer.stderr.startswith(
        "satn: 'ravdes': no corpus of this name has a card."
    )
