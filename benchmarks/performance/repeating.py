"""Short work done many times over in one turn."""

import statistics
import time


def repeated(run, times=1, **facts):
    """Work that runs `times` times, and tells the seconds of one run.

    They are the median: the first run of a turn finds the caches as the sides before
    have left them.

    Args:
        run: without arguments.
        times: at least 1.
        **facts: of one run, such as `audio_seconds`.
    """

    def work():
        taken = [_time(run) for _ in range(times)]
        clock, processor = (
            statistics.median(each) for each in zip(*taken, strict=True)
        )
        return {"seconds": clock, "cpu_seconds": processor, **facts}

    return work


def _time(run):
    start, before = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - before
