"""A training step on one batch: ours by kind, keras without XLA and with, PyTorch.

The networks are those of the paper's recipe, the batch is 32 utterances of noise of
235 frames, nEMO's mean. The arithmetic counted is that of matrix products and
convolutions, forward once and back twice; the product beside it is the machine's.
"""

from benchmarks.performance.side import Aim, Side

TITLE = "Training: a step on one batch"
STORED = "transfer step, maps stored"
PLAIN, TRANSFER, TEACHER = "plain step", "transfer step", "teacher's step"
OURS = (STORED, TRANSFER, PLAIN, TEACHER)
AIMS = [Aim("PyTorch, transfer step", STORED, 1.0)]
WHERE = "benchmarks.training_sides.steps"


def describe_input(options):
    """In words."""
    return f"{size(options)['batch']} utterances, {size(options)['frames']} frames"


def size(options):
    """Of a batch."""
    if options.quick:
        return {"batch": 3, "frames": 37}
    return {"batch": 32, "frames": 235}


def sides(options):
    """Ours, what was tried and is slower, and PyTorch."""
    base = {"threads": options.cores, **size(options)}

    def ours(name, kind, **how):
        return Side(name, f"{WHERE}:by_us", {"kind": kind, **base, **how})

    def torch(name, kind):
        arguments = {"kind": kind, **base}
        return Side(name, f"{WHERE}:by_torch", arguments, True, ("torch",))

    product = {"size": 256 if options.quick else 2048, "threads": options.cores}
    return [
        Side(
            "product of matrices",
            "benchmarks.performance_sides.ceilings:product",
            product,
        ),
        ours(STORED, "stored"),
        ours(TRANSFER, "transfer"),
        ours(PLAIN, "plain"),
        ours(TEACHER, "teacher"),
        ours("plain step by XLA", "plain", jit=True),
        ours("plain step in bfloat16", "plain", precision="mixed_bfloat16"),
        torch("PyTorch, transfer step", "transfer"),
        torch("PyTorch, plain step", "plain"),
    ]
