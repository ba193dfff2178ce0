"""Measurements of this package; `python -m benchmarks` compares it with its rivals."""
