"""One training step in each library, for `benchmarks/accelerator.py`."""
