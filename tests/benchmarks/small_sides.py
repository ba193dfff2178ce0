"""Sides that cost nothing."""

import os
import threading


def count(most=1):
    """Work with a fact."""
    return lambda: {"counted": len(range(most))}


def ending():
    """Work after which its process is gone before it is asked again."""

    def work():
        threading.Timer(0.1, os._exit, [7]).start()
        return {}

    return work


def broken():
    """No work at all."""
    raise ValueError("It broke.")


def lacking():
    """A library that is not there."""
    import no_such_module

    return no_such_module.work
