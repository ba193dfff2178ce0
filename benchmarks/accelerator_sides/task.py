"""What every side does: sizes, batch, timing, and what it writes down."""

import dataclasses
import json
import pathlib
import statistics
import sys
import time

import numpy as np
from peak_memory import peak_bytes

WEIGHT = 1.0  # W_AT of the transfer term
CLASSES = 4


@dataclasses.dataclass(frozen=True)
class Task:
    """One measurement, handed to a side as JSON.

    Attributes:
        side: "jax", "torch" or "tensorflow".
        step: "student", or "transfer" with a frozen teacher beside it.
        precision: "float32", "tf32" (float32 with products of ten bits, on a GPU
            alone) or "bfloat16".
        compiled: by XLA, or by `torch.compile`.
        goal: "compare" writes outputs and gradients, "measure" times and memory.
        folder: receives what is written; weights lie there.
        batch, frames, bands: of the features.
        filters, attention_units, levels, teacher_levels: of the networks.
        steps: in one timing; one reading of the clock for all of them.
        repeats: timings.
    """

    side: str
    step: str
    precision: str
    compiled: bool
    goal: str
    folder: str
    batch: int = 32
    frames: int = 300
    bands: int = 40
    filters: int = 256
    attention_units: int = 256
    levels: int = 3
    teacher_levels: int = 5
    steps: int = 20
    repeats: int = 7

    @property
    def name(self) -> str:
        """Of the files that this measurement writes."""
        how = "compiled" if self.compiled else "plain"
        return "-".join((self.side, self.step, self.precision, how, self.goal))

    @property
    def pairs(self) -> list[str]:
        """Layers whose maps are compared: all levels of the student, and Z."""
        shared = min(self.levels, self.teacher_levels)
        return [f"level_{n + 1}" for n in range(shared)] + ["self_attention"]

    @property
    def path(self) -> pathlib.Path:
        """Where this measurement writes, without an ending."""
        return pathlib.Path(self.folder) / self.name


def read_task() -> Task:
    """Task on the command line."""
    return Task(**json.loads(sys.argv[1]))


def make_batch(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (batch, frames, bands, 3), mask (batch, frames), labels (batch,)."""
    rng = np.random.default_rng(3)
    shape = (task.batch, task.frames, task.bands, 3)
    features = rng.standard_normal(shape, dtype="float32")
    lengths = rng.integers(task.frames // 2, task.frames + 1, task.batch)
    lengths[0] = task.frames
    mask = np.arange(task.frames) < lengths[:, None]
    labels = rng.integers(0, CLASSES, task.batch).astype("int32")
    return features * mask[..., None, None], mask, labels


def write_outputs(task: Task, posterior, losses: dict, gradients: dict) -> None:
    """Values that two sides must agree on; gradients by the weights' Keras names."""
    values = {"posterior": posterior, **losses}
    values |= {f"gradient {name}": value for name, value in gradients.items()}
    np.savez(f"{task.path}.npz", **{k: np.asarray(v) for k, v in values.items()})


def measure(task: Task, step, wait, peak_memory, device: str) -> None:
    """Times of `steps` steps, `repeats` times after three to warm up.

    Args:
        task: what is measured.
        step: takes one step and returns something to wait for.
        wait: returns once that has been computed.
        peak_memory: from nothing to (bytes, what they are of).
        device: in words.
    """
    for _ in range(3):
        wait(step())
    seconds = []
    for _ in range(task.repeats):
        start = time.perf_counter()
        for _ in range(task.steps):
            last = step()
        wait(last)
        seconds.append((time.perf_counter() - start) / task.steps)
    memory, of = peak_memory()
    record = {
        "seconds": seconds,
        "median_seconds": statistics.median(seconds),
        "peak_bytes": memory,
        "peak_of": of,
        "device": device,
    }
    pathlib.Path(f"{task.path}.json").write_text(json.dumps(record))


def process_memory() -> tuple[int, str]:
    """Most memory that this process has held."""
    return peak_bytes(), "process"
