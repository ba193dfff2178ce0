"""What the cases of `python -m benchmarks` time, made in a child process each."""
