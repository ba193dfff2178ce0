"""Running of a sharded job by any Beam runner, with one clear line if it fails."""

from __future__ import annotations

import contextlib
import io
import re
import threading
from collections.abc import Callable, Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import create_runner

from satn_keras.beam.job_folder import JobFolder
from satn_keras.beam.sharded_job import MakeShard, ShardWorker
from satn_keras.errors import ArtifactError, ConfigError, SatnError

Progress = Callable[[int, int], None]  # (shards done, shards in all)
DIRECT = ("direct", "directrunner")
SECONDS_BETWEEN_LOOKS = 0.5


def run_job(
    worker: ShardWorker,
    folder: JobFolder,
    runner: str = "DirectRunner",
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> None:
    """Work on every planned shard of the folder.

    Args:
        worker: makes the shards.
        folder: that was planned.
        runner: name of a Beam runner, such as "DirectRunner" or "FlinkRunner".
        options: of the runner, such as "--direct_num_workers=4".
        progress: called with (shards done, shards in all).

    Raises:
        ArtifactError: if the pipeline fails; finished shards stay.
        ConfigError: if the runner or an option is unknown.
    """
    known, settings = _runner(runner, options)
    pipeline = beam.Pipeline(runner=known, options=settings)
    numbers = pipeline | "Number" >> beam.Create(range(folder.num_shards))
    spread = numbers | "Spread" >> beam.Reshuffle()
    _ = spread | "Make" >> beam.ParDo(MakeShard(worker, folder))
    try:
        with _watched(folder, progress):
            pipeline.run().wait_until_finish()
    except SatnError as error:
        raise type(error)(_one_line(error)) from error
    except Exception as error:
        raise ArtifactError(_failure(folder, runner, error)) from error
    if folder.num_left():
        raise ArtifactError(_failure(folder, runner, "shards were left out"))


def _runner(name, options):
    """Runner and its options, checked."""
    flags = [f"--runner={name}", *options]
    if name.lower() in DIRECT:
        # Else it begins with a download of another runner, Prism, where it can. There
        # are no triggers here, safe or unsafe.
        flags.append("--allow_unsafe_triggers")
    said = io.StringIO()
    try:
        runner = create_runner(name)
        settings = PipelineOptions(flags)
        with contextlib.redirect_stderr(said):
            known = settings.get_all_options()
            given = settings.get_all_options(retain_unknown_options=True)
    except (ImportError, ValueError, AttributeError) as error:
        raise ConfigError(f"--runner: {_one_line(error)}") from error
    except SystemExit as error:  # the parser's
        reason = _one_line(said.getvalue()).partition("error: ")[2]
        raise ConfigError(f"Beam takes no such option: {reason}. Mend it.") from error
    unknown = sorted(set(given) - set(known))
    if unknown and name.lower() in DIRECT:
        raise ConfigError(
            f"--{unknown[0]}: {name} has no such option. Check its spelling; options "
            "of Beam come after `--`."
        )
    return runner, settings


@contextlib.contextmanager
def _watched(folder: JobFolder, progress: Progress | None) -> Iterator[None]:
    """Tells how many shards are done, whoever does them and wherever."""
    if progress is None:
        yield
        return
    ended = threading.Event()

    def look():
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            progress(folder.num_shards - folder.num_left(), folder.num_shards)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _failure(folder, runner, error):
    reason = _one_line(error)[:400]
    if isinstance(error, Exception) and not isinstance(error, RuntimeError):
        reason = f"{type(error).__name__}: {reason}"  # of a worker in this process
    return (
        f"{folder.path}: the pipeline failed on {runner} ({reason}). "
        "Finished shards stay; mend the cause and run the same command again."
    )


def _one_line(error):
    """The last line that says something; workers send whole tracebacks."""
    text = re.sub(r"\s*\[while running '.*?'\]", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
