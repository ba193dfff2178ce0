"""Sides that cost nothing."""


def count(most=1):
    """Work with a fact."""
    return lambda: {"counted": len(range(most))}


def broken():
    """No work at all."""
    raise ValueError("It broke.")


def lacking():
    """A library that is not there."""
    import no_such_module

    return no_such_module.work
