"""A large product of matrices, and a large copy."""


def product(size, threads):
    """float32 product of two (size, size) matrices by TensorFlow, kept on it."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    left, right = (tf.random.stateless_normal((size, size), (1, n)) for n in (1, 2))

    @tf.function
    def multiply():
        return tf.reduce_sum(tf.matmul(left, right)[:1])

    def work():
        multiply().numpy()
        return {"gflop": 2 * size**3 / 1e9}

    return work


def copy(megabytes, threads):
    """Copy of memory from one array to another, each byte read once and written once.

    One part for each thread; NumPy copies without Python's lock.
    """
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    source = np.ones(megabytes * 10**6, "uint8")
    target = np.empty_like(source)
    pairs = list(
        zip(
            np.array_split(target, threads),
            np.array_split(source, threads),
            strict=True,
        )
    )
    pool = ThreadPoolExecutor(threads)

    def work():
        list(pool.map(lambda pair: np.copyto(*pair), pairs))
        return {"gbyte": 2 * megabytes / 1000}

    return work
