"""`satn corpora`: the corpora that can be read, and the card of one."""

import typer

from satn_keras.errors import CorpusError


def corpora(
    name: str = typer.Argument(None, help="Corpus whose card is shown; all if absent."),
) -> None:
    """List the corpora that `satn prepare` reads, or show what is known of one."""
    from satn_keras.corpora import CARD_COLUMNS, CARDS

    if name is None:
        rows = [CARD_COLUMNS, *(card.cells() for card in CARDS.values())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            typer.echo("  ".join(cells).rstrip())
        typer.echo(
            "\nBesides these: `table`, any table with columns for path and speaker, "
            "and `synthetic`."
        )
        return
    if name not in CARDS:
        raise CorpusError(
            f"{name!r}: no corpus of this name has a card. Known: {', '.join(CARDS)}."
        )
    for line in CARDS[name].lines():
        typer.echo(line)
