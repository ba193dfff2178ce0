"""`satn` in a process that kills itself in the middle of an epoch.

Usage: python -m tests.support.dying_worker EPOCH BATCH ARGUMENTS OF satn ...
Both are counted from 0; the batch is still trained.
"""

import os
import signal
import sys

from satn_keras.cli.main import run
from satn_keras.experiments.epoch_callbacks import FiniteLoss


def dies_at(epoch, batch):
    """Callback of every training that kills the process after this batch."""

    class Dying(FiniteLoss):
        def on_train_batch_end(self, number, logs=None):
            super().on_train_batch_end(number, logs)
            if (self.epoch, number) == (epoch, batch):
                os.kill(os.getpid(), signal.SIGKILL)

    return Dying


if __name__ == "__main__":
    epoch, batch, *words = sys.argv[1:]
    import satn_keras.experiments.fitting as fitting

    fitting.FiniteLoss = dies_at(int(epoch), int(batch))
    sys.argv = ["satn", *words]
    run()
