"""Most memory that this process has held."""

import pathlib
import re
import resource
import sys

STATUS = pathlib.Path("/proc/self/status")


def peak_bytes() -> int:
    """Bytes, of this program alone: on Linux `getrusage` starts at the parent size."""
    if STATUS.exists():
        kibibytes = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text("utf-8")).group(1)
        return int(kibibytes) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
