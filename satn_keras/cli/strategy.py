"""`--strategy`: on which devices and machines a command trains."""

import contextlib
import enum
from collections.abc import Iterator

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.distribution.names import STRATEGIES

Strategy = enum.Enum("Strategy", {name: name for name in STRATEGIES}, type=str)

STRATEGY = typer.Option(
    Strategy.auto,
    "--strategy",
    help="Devices that train: every GPU (mirrored), every machine of TF_CONFIG or "
    "Slurm (multiworker), a TPU, or one; see docs/distribution.md.",
)


@contextlib.contextmanager
def chosen(strategy: Strategy) -> Iterator[None]:
    """Train in the block by `strategy`, which is made before TensorFlow is used.

    Raises:
        ConfigError: if the devices or machines of the strategy are not there.
        WorkerError: if another worker is lost.
    """
    load_tensorflow()
    from satn_keras.distribution import make_strategy, use_strategy

    with use_strategy(make_strategy(strategy.value)):
        yield
