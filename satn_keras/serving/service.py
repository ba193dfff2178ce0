"""A served model: its versions, their requests in flight, and what is counted."""

from __future__ import annotations

import asyncio
import logging
import pathlib
import time
from concurrent.futures import ThreadPoolExecutor

from satn_keras.errors import ArtifactError
from satn_keras.serving.answering import AnsweringModel
from satn_keras.serving.checks import AUDIO_BYTES, LENGTHS, WAVEFORM, check_audio
from satn_keras.serving.json_answers import write_answer
from satn_keras.serving.json_requests import read_request
from satn_keras.serving.loaded_model import LoadedModel
from satn_keras.serving.metrics import Metrics
from satn_keras.serving.refusals import Refusal
from satn_keras.serving.settings import Settings
from satn_keras.serving.versions import ModelVersions, Policy

log = logging.getLogger(__name__)
READING = 2  # threads beyond those that run the model: JSON need not wait for it


class ModelService:
    """Model that answers predict requests.

    Args:
        name: under which it is served.
        folder: of its versions.
        settings: bounds.
        policy: which versions are served.
        labels: numbers of versions by label.
    """

    def __init__(
        self,
        name: str,
        folder: pathlib.Path,
        settings: Settings | None = None,
        policy: Policy | None = None,
        labels: dict[str, int] | None = None,
    ):
        self.settings = settings or Settings()
        self.versions = ModelVersions(name, folder, self._load, policy, labels)
        self.in_flight = 0  # predict requests that have begun
        self.metrics = Metrics(
            lambda: self.versions.numbers, self._waiting, lambda: self.in_flight
        )
        self._executor = ThreadPoolExecutor(
            self.settings.threads + READING, thread_name_prefix="satn-serve"
        )
        self._slots = asyncio.Semaphore(self.settings.threads)
        self._watcher = None

    async def start(self) -> None:
        """Load the versions and begin to watch for new ones.

        Raises:
            ArtifactError: if no version can be loaded.
        """
        await asyncio.to_thread(self.versions.refresh)
        self.check_served()
        self._watcher = asyncio.create_task(self._watch())

    def check_served(self) -> None:
        """Raise ArtifactError unless there is a version to serve."""
        if not self.versions.numbers:
            faults = [fault for _, fault in self.versions.states().values() if fault]
            raise ArtifactError(
                faults[0]
                if faults
                else f"{self.versions.folder}: no exported model here that may be "
                "served. Export one with `satn export RUN --name NAME`, or ask for "
                "other --versions."
            )

    async def stop(self) -> None:
        """Stop watching, and give the threads back."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def predict(
        self, body: bytes, version: int | None = None, label: str | None = None
    ) -> bytes:
        """JSON that answers the JSON of a predict request.

        The version is chosen once; a swap does not touch what has begun.

        Raises:
            Refusal: if the request breaks a rule, waits too long or is too many.
        """
        serving = self.versions.find(version, label)
        seconds = self.settings.answer_seconds
        try:
            return await asyncio.wait_for(self._predict(body, serving), seconds)
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise Refusal(
                504,
                f"No answer within {seconds:g} s. Send shorter audio, or try again "
                "when fewer clients ask.",
            ) from error

    async def _predict(self, body, serving):
        request = await self._in_thread(self._read, body, serving.model)
        outputs = await serving.answer(request)
        self.metrics.audio_seconds.inc(_seconds(request.inputs, serving.model))
        return await self._in_thread(write_answer, outputs, request.by_rows)

    def _read(self, body, model):
        request = read_request(body, model.signatures)
        check_audio(request.inputs, model.sample_rate, self.settings)
        return request

    def _in_thread(self, function, *arguments):
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, function, *arguments)

    def _load(self, folder):
        start = time.perf_counter()
        model = LoadedModel(folder)
        log.info("version %s loaded in %.1f s", folder, time.perf_counter() - start)
        return AnsweringModel(
            model,
            self._executor,
            self._slots,
            self.settings,
            self.metrics.batch_rows.observe,
        )

    def _waiting(self):
        return sum(
            self.versions.find(number).waiting for number in self.versions.numbers
        )

    async def _watch(self):
        while True:
            await asyncio.sleep(self.settings.poll_seconds)
            before = self.versions.states()
            try:
                await asyncio.to_thread(self.versions.refresh)
            except OSError as error:
                log.warning("%s: cannot be read (%s)", self.versions.folder, error)
            if self.versions.states() != before:
                self.metrics.swaps.inc()
                log.info("versions served: %s", self.versions.numbers)


def _seconds(inputs, model):
    """Seconds of audio in the waveforms; of sounds, only the model knows the rate."""
    if AUDIO_BYTES in inputs or WAVEFORM not in inputs:
        return 0.0
    samples = inputs[LENGTHS].sum() if LENGTHS in inputs else inputs[WAVEFORM].size
    return float(samples) / model.sample_rate
