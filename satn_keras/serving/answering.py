"""Answers of one loaded version: through batches where its signatures allow it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from satn_keras.serving.batching import Batcher
from satn_keras.serving.checks import AUDIO_BYTES, LENGTHS, WAVEFORM
from satn_keras.serving.json_requests import DEFAULT_SIGNATURE, PredictRequest
from satn_keras.serving.loaded_model import LoadedModel
from satn_keras.serving.settings import Settings

SERVE_LENGTHS, SERVE_BYTES = "serve_lengths", "serve_bytes"
_WAVEFORMS = {DEFAULT_SIGNATURE: {WAVEFORM}, SERVE_LENGTHS: {WAVEFORM, LENGTHS}}


class AnsweringModel:
    """Loaded version that answers requests, those of many clients in one run.

    Waveforms of any length share a run of `serve_lengths`, which gives each what it
    gets alone; sounds share one of `serve_bytes`. Other signatures, and requests with
    optional inputs, run one at a time.

    Args:
        model: loaded version.
        executor: whose threads run the model.
        slots: as many permits as runs of the model may go at once.
        settings: bounds of the batches.
        observe: told the rows of each run.
    """

    def __init__(
        self,
        model: LoadedModel,
        executor: Executor,
        slots: asyncio.Semaphore,
        settings: Settings,
        observe: Callable[[int], None] = lambda rows: None,
    ):
        self.model = model
        self._executor = executor
        self._slots = slots
        self._batches = settings.max_batch > 1
        parts = (executor, slots, settings, observe)
        self._waveforms = Batcher(self._run_waveforms, len, *parts)
        self._sounds = Batcher(self._run_sounds, len, *parts)

    @property
    def waiting(self) -> int:
        """Utterances that wait for a run."""
        return self._waveforms.waiting + self._sounds.waiting

    async def answer(self, request: PredictRequest) -> dict[str, np.ndarray]:
        """Outputs of the request's signature.

        Raises:
            Refusal: if the model refuses the inputs, or too many wait.
        """
        names, signature = request.inputs.keys(), request.signature
        if self._batches and SERVE_LENGTHS in self.model.signatures:
            if names == _WAVEFORMS.get(signature):
                return await self._waveforms.submit(_trimmed(**request.inputs))
        if self._batches and signature == SERVE_BYTES and names == {AUDIO_BYTES}:
            return await self._sounds.submit(list(request.inputs[AUDIO_BYTES]))
        loop = asyncio.get_running_loop()
        async with self._slots:
            return await loop.run_in_executor(
                self._executor, self.model.run, signature, request.inputs
            )

    def _run_waveforms(self, rows):
        lengths = np.asarray([len(row) for row in rows], "int32")
        batch = np.zeros((len(rows), lengths.max(initial=1)), "float32")
        for place, row in zip(batch, rows, strict=True):
            place[: len(row)] = row
        return self.model.run(SERVE_LENGTHS, {WAVEFORM: batch, LENGTHS: lengths})

    def _run_sounds(self, rows):
        sounds = np.empty(len(rows), object)
        sounds[:] = rows
        return self.model.run(SERVE_BYTES, {AUDIO_BYTES: sounds})


def _trimmed(waveform, lengths=None):
    if lengths is None:
        return list(waveform)
    return [row[:length] for row, length in zip(waveform, lengths, strict=True)]
