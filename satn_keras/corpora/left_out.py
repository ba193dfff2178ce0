"""Files that a reader leaves out because their publishers or users found them bad."""

from __future__ import annotations

import warnings
from collections.abc import Mapping


class LeftOutWarning(UserWarning):
    """Names the known bad files that a reading has left out."""


def leave_out(corpus: str, names: Mapping[str, str], files: dict) -> dict:
    """The files without those known to be bad, which a warning lists.

    Args:
        corpus: For the warning.
        names: Why each bad file is left out.
        files: Something by name.

    Warns:
        LeftOutWarning: if a bad file was there.
    """
    present = [name for name in files if name in names]
    if present:
        reasons = "; ".join(f"{name} ({names[name]})" for name in present)
        warnings.warn(f"{corpus}: left out {reasons}", LeftOutWarning, stacklevel=3)
    return {name: value for name, value in files.items() if name not in names}
