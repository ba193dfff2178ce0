"""Client of a model server: TensorFlow Serving, or `satn serve`."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from satn_keras.errors import AudioError, ServingError
from satn_keras.export.waveforms import checked_waveform
from satn_keras.serving.backoff import Backoff
from satn_keras.serving.served_model import ServedModel
from satn_keras.serving.waveform_batches import SAMPLE_RATE, batches

ENDINGS = (".wav", ".flac", ".ogg", ".mp3")


@dataclasses.dataclass(frozen=True)
class ServedPrediction:
    """Emotion of one utterance, as the server has it.

    Attributes:
        label: the likeliest class.
        score: its probability.
        probabilities: of every class, in the model's order.
        path: of the file; empty for a waveform.
    """

    label: str
    score: float
    probabilities: tuple[float, ...]
    path: str = ""


class Client:
    """Client of one model of a server.

    Calls that fail for a passing reason (no connection, no answer in time, too many
    requests) are made again; predictions change nothing on the server, so that none
    counts twice.

    Args:
        url: "http://HOST:8501" or "https://..." for REST, "grpc://HOST:8500" for gRPC.
        model: its name.
        version: its number; None for the latest.
        label: of a version, such as "stable", in place of a number.
        timeout: seconds for each try.
        backoff: how often, and how long after, a call is made again.
        api_key: for a server that asks for one.

    Raises:
        ValueError: if the URL has another scheme, or a version and a label are named.
        ImportError: if the extra `serving` is not installed.

    Example:
        ```python
        with Client("http://localhost:8501", "satn-nemo") as client:
            for prediction in client.predict_folder("recordings"):
                print(prediction.path, prediction.label)
        ```
    """

    def __init__(
        self,
        url: str,
        model: str,
        version: int | None = None,
        label: str | None = None,
        timeout: float = 30.0,
        backoff: Backoff | None = None,
        api_key: str | None = None,
    ):
        if version is not None and label is not None:
            raise ValueError(
                "Only one of `version` and `label` may be given. Received: "
                f"version={version}, label={label!r}."
            )
        kind, address = _transport(url)
        backoff = backoff or Backoff()
        self._transport = kind(
            ServedModel(address, model, version, label, timeout, backoff, api_key)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()

    def status(self) -> dict[int, str]:
        """State of each version, such as {1: "AVAILABLE"}.

        Raises:
            ServingError: with what the server said.
        """
        return self._transport.status()

    def signatures(self) -> dict[str, tuple[str, ...]]:
        """Names of the inputs of each signature.

        Raises:
            ServingError: with what the server said.
        """
        return self._transport.signatures()

    def run(self, signature: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs of any signature, such as `attention`.

        Raises:
            ServingError: with what the server said.
        """
        return self._transport.predict(signature, inputs)

    def predict(self, waveforms: Sequence[np.ndarray]) -> list[ServedPrediction]:
        """Emotion of each waveform, float in [-1, 1] at 16 kHz.

        Short ones share a call, padded; each gets what it gets alone.

        Raises:
            AudioError: if a waveform is not one-dimensional, float and finite.
            ServingError: with what the server said.
        """
        named = [  # all of them are checked before the first is sent
            ("", checked_waveform(waveform, f"waveform {number}"))
            for number, waveform in enumerate(waveforms)
        ]
        return list(self._predict_named(named))

    def predict_wav(self, sounds: Sequence[bytes]) -> list[ServedPrediction]:
        """Emotion of each 16-bit PCM WAV file's bytes, which the server decodes.

        Raises:
            ServingError: with what the server said.
        """
        array = np.empty(len(sounds), object)
        array[:] = sounds
        outputs = self.run("serve_bytes", audio_bytes=array) if len(sounds) else {}
        return _predictions(outputs, [""] * len(sounds))

    def predict_files(
        self, paths: Iterable[str | os.PathLike]
    ) -> Iterator[ServedPrediction]:
        """Emotion of each WAV, FLAC, OGG or MP3 file, in order, as they come.

        Raises:
            AudioError: for the first file that cannot be read.
            ServingError: with what the server said.
        """
        from satn_keras.pipelines import read_audio  # loads TensorFlow

        return self._predict_named(
            (os.fspath(path), read_audio(path, SAMPLE_RATE)) for path in paths
        )

    def predict_folder(self, folder: str | os.PathLike) -> Iterator[ServedPrediction]:
        """Emotion of each sound file below the folder, sorted; hidden ones left out.

        Raises:
            AudioError: if it holds no sound file, or one cannot be read.
            ServingError: with what the server said.
        """
        paths = sorted(
            path
            for path in pathlib.Path(folder).rglob("*")
            if path.suffix.lower() in ENDINGS
            and not path.name.startswith(".")
            and path.is_file()
        )
        if not paths:
            raise AudioError(
                f"{folder}: no audio in this folder. It must hold files ending in "
                f"{', '.join(ENDINGS)}."
            )
        return self.predict_files(paths)

    def _predict_named(self, waveforms):
        for paths, padded, lengths in batches(waveforms):
            outputs = self.run("serve_lengths", waveform=padded, lengths=lengths)
            yield from _predictions(outputs, paths)


def _transport(url):
    """Kind of transport for the URL's scheme, and the address that it takes."""
    parts = urllib.parse.urlsplit(url)
    try:
        if parts.scheme in ("http", "https"):
            from satn_keras.serving.rest_transport import RestTransport

            return RestTransport, url
        if parts.scheme == "grpc":
            from satn_keras.serving.grpc_transport import GrpcTransport

            return GrpcTransport, parts.netloc
    except ImportError as error:
        raise ImportError(
            f"the serving client needs {error.name}: pip install 'satn-keras[serving]'"
        ) from error
    raise ValueError(
        f"`url` must begin with http, https or grpc://. Received: {url!r}."
    )


def _predictions(outputs, paths):
    if not paths:
        return []
    try:
        columns = [outputs[name] for name in ("label", "score", "probabilities")]
        rows = list(zip(*columns, paths, strict=True))
    except (KeyError, ValueError, TypeError) as error:
        raise ServingError(
            "the server's outputs are not label, score and probabilities of each "
            f"utterance ({error}). Check that the model is one of `satn export`."
        ) from error
    return [
        ServedPrediction(str(label), float(score), tuple(map(float, row)), path)
        for label, score, row, path in rows
    ]
