"""Short work done many times over, so that one reading of the clock is enough."""

import time


def repeated(run, times=1, **facts):
    """Work that runs `times` times, and tells the seconds of one run.

    Args:
        run: without arguments.
        times: at least 1.
        **facts: of one run, such as `audio_seconds`.
    """

    def work():
        start, before = time.perf_counter(), time.process_time()
        for _ in range(times):
            run()
        return {
            "seconds": (time.perf_counter() - start) / times,
            "cpu_seconds": (time.process_time() - before) / times,
            **facts,
        }

    return work
