"""What the machine can do at most: products of matrices, and copies of memory."""

from benchmarks.performance.side import Side

TITLE = "Ceilings of the machine"
OURS = ()
WHERE = "benchmarks.performance_sides.ceilings"


def describe_input(options):
    """In words."""
    return f"float32; products of two {size(options)} x {size(options)} matrices"


def size(options):
    """Rows and columns of the matrices."""
    return 512 if options.quick else 4096


def sides(options):
    """Products by TensorFlow and copies by NumPy, on one core and on all."""
    versions = ("tensorflow", "numpy")
    found = []
    for cores in sorted({1, options.cores}):
        words = f"{cores} core{'s' if cores > 1 else ''}"
        product = {"size": size(options), "threads": cores}
        copy = {"megabytes": 16 if options.quick else 512, "threads": cores}
        found += [
            Side(
                f"product, {words}",
                f"{WHERE}:product",
                product,
                versions=versions,
                cores=cores,
            ),
            Side(
                f"copy, {words}", f"{WHERE}:copy", copy, versions=versions, cores=cores
            ),
        ]
    return found
