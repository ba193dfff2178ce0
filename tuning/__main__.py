"""`python -m satn_keras.tuning` does what `satn tune` does."""

import runpy
import sys

if __name__ == "__main__":
    sys.argv.insert(1, "tune")
    runpy.run_module("satn_keras", run_name="__main__", alter_sys=True)
