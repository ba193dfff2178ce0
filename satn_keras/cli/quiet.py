"""TensorFlow loaded without the notes that its libraries write while they load."""

from __future__ import annotations

import os
import sys
import tempfile

LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # 2 hides warnings, 3 errors too


def load_tensorflow() -> None:
    """Import TensorFlow; what it says is shown only if that fails.

    Its libraries write to standard error before they read the level that should
    silence them, and a script that reads our one line of error would trip over it.
    A level below 2 in the environment shows everything.
    """
    if "tensorflow" in sys.modules:
        return
    if os.environ.get(LEVEL, "3") < "2":
        import tensorflow  # noqa: F401

        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        except BaseException:
            notes.seek(0)
            os.write(kept, notes.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
