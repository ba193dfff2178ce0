"""What a case says of its sides, its aims, and what it is told."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Side:
    """One way of doing a case's work.

    Attributes:
        name: in tables.
        make: "module:function", see `benchmarks.cases`; absent with a `command`.
        arguments: of the function, fit for JSON.
        rival: runs by the interpreter of `--rivals`, where it need not be installed.
        versions: distributions whose versions are stated, and must be installed.
        command: words of a process that is timed as a whole; the word "{python}"
            becomes the interpreter.
        point: of a command.
        environment: variables of the child.
        cores: how many it is bound to; those of the options when None.
    """

    name: str
    make: str = ""
    arguments: dict = dataclasses.field(default_factory=dict)
    rival: bool = False
    versions: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    point: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    cores: int | None = None


@dataclasses.dataclass(frozen=True)
class Aim:
    """That one side takes at least so many times as long as another.

    Attributes:
        slow: side, usually the rival.
        fast: side, usually ours.
        times: at least.
        point: of both; every point that both have when None.
    """

    slow: str
    fast: str
    times: float
    point: str | None = None


@dataclasses.dataclass(frozen=True)
class Options:
    """What a case is told.

    Attributes:
        rounds: how often each side takes its turn; the case may not change it.
        quick: small inputs, to see whether everything runs.
        manifests: of real speech, for cases that hear some.
        utterances: of a manifest to train on, drawn at random; all when None.
        model: name or folder of a trained model.
        cores: that a child is bound to.
        rivals: interpreter of the rivals.
        folder: that a case may keep files in; they go after the run unless `--folder`
            names it.
    """

    rounds: int = 5
    quick: bool = False
    manifests: tuple[str, ...] = ()
    utterances: int | None = None
    model: str | None = None
    cores: int = 2
    rivals: str = ""
    folder: pathlib.Path = pathlib.Path()
