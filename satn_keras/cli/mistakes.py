"""One clear line on standard error for every mistake of the user."""

from __future__ import annotations

import functools
from collections.abc import Callable

import typer

from satn_keras.errors import SatnError

MISTAKE = 2
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def tell(message: object) -> None:
    """Print `message` on standard error, as one line."""
    typer.echo(f"satn: {' '.join(str(message).split())}", err=True)


def in_one_line(command: Callable) -> Callable:
    """`command` whose mistakes end in one line and an exit code, not a traceback."""

    @functools.wraps(command)
    def guarded(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except SatnError as error:
            tell(error)
        except ImportError as error:
            tell(_missing(error))
        except BrokenPipeError:
            raise  # of `satn … | head`, which ends in silence
        except OSError as error:
            tell(_refused(error))
        except KeyboardInterrupt as error:
            tell("interrupted; the same command resumes.")
            raise typer.Exit(INTERRUPTED) from error
        raise typer.Exit(MISTAKE)

    return guarded


def _missing(error: ImportError) -> str:
    message = str(error)
    if "pip install" in message:
        return message
    return f"{message}. Install it, or every extra with: pip install 'satn-keras[all]'"


def _refused(error: OSError) -> str:
    if error.filename is None:
        return str(error)
    return (
        f"{error.filename}: {error.strerror}. Check the path, its permissions and the "
        "free space."
    )
