"""Names of the strategies, as the command line takes them."""

STRATEGIES = ("auto", "one", "mirrored", "multiworker", "tpu")
