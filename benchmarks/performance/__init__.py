"""What runs the cases of `python -m benchmarks`; loads the standard library alone."""
