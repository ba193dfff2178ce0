"""Where what another toolkit wrote starts: folder of its sounds, name of its corpus."""

from __future__ import annotations

import dataclasses
import os
import pathlib


@dataclasses.dataclass(frozen=True)
class Origin:
    """What a file of another toolkit does not say itself.

    Args:
        folder: Where relative sound paths start, and what {data_root} means.
        dataset: Corpus of utterances that name none; it tells speakers by the
            sounds' names where they are not written.
    """

    folder: pathlib.Path
    dataset: str = ""

    @classmethod
    def of(
        cls, path: str | os.PathLike, root: str | os.PathLike | None, dataset: str = ""
    ) -> Origin:
        """Origin of a file: its own folder, unless another one is given."""
        folder = pathlib.Path(path).parent if root is None else pathlib.Path(root)
        return cls(pathlib.Path(os.path.abspath(folder)), dataset)

    def sound(self, written: str) -> str:
        """Absolute path of a sound."""
        written = written.replace("{data_root}", str(self.folder))
        return os.path.abspath(self.folder / written)
