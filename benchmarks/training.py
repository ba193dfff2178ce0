"""One side of the training cases alone: seconds of each round, and peak memory.

    python -m benchmarks.training steps:by_us '{"kind": "plain", "threads": 2}'
    python -m benchmarks.training epochs:by_us '{"manifest": "nemo.csv",
        "utterances": null, "threads": 2}' --rounds 3

`python -m benchmarks training_steps training_epochs` takes all sides in turns.
"""

import argparse
import importlib
import json
import time

from benchmarks.peak_memory import peak_bytes


def main(words=None):
    """Measure a side, after a round to warm up, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", help="module:function of benchmarks.training_sides")
    parser.add_argument("arguments", type=json.loads, help="of the function, in JSON")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(words)
    module, _, function = given.side.partition(":")
    module = importlib.import_module(f"benchmarks.training_sides.{module}")
    work = getattr(module, function)(**given.arguments)
    facts, seconds = work(), []
    for _ in range(given.rounds):
        start = time.perf_counter()
        facts = work()
        seconds.append(time.perf_counter() - start)
    record = {"seconds": seconds, "peak_bytes": peak_bytes(), **(facts or {})}
    print(json.dumps(record))


if __name__ == "__main__":
    main()
