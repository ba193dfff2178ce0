"""One process for each way of running a model, timed by benchmarks/serving.py."""
