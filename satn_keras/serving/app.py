"""TensorFlow Serving's REST interface of one model, as a FastAPI application.

References:
    TensorFlow Serving, RESTful API: Predict, Model status, Model Metadata.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import time

import orjson
from fastapi import Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException

from satn_keras import __version__
from satn_keras.serving.bodies import read_body
from satn_keras.serving.metrics import CONTENT_TYPE
from satn_keras.serving.refusals import Refusal, clipped, malformed
from satn_keras.serving.service import ModelService

log = logging.getLogger(__name__)
MODEL = "/v1/models/{name}"
PATHS = (MODEL, MODEL + "/versions/{version}", MODEL + "/labels/{label}")
RETRY_SECONDS = "1"


def make_app(service: ModelService) -> FastAPI:
    """Application that serves the model; starts and stops the service.

    Args:
        service: not yet started.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app):
        await service.start()
        yield
        await service.stop()

    app = FastAPI(title="satn serve", version=__version__, lifespan=lifespan)
    guard = [Depends(_key_check(service.settings.api_key))]
    for path in PATHS:
        app.post(path + ":predict", dependencies=guard)(_predict(service))
        # The longer path first: a version may not be taken for part of a name.
        app.get(path + "/metadata", dependencies=guard)(_metadata(service))
        app.get(path, dependencies=guard)(_status(service))
    for path in ("/metrics", "/monitoring/prometheus/metrics"):
        app.get(path, dependencies=guard)(_metrics(service))
    app.get("/healthz")(_health(service))
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(HTTPException, _no_such_path)
    app.add_exception_handler(Exception, _fault)
    return app


def _predict(service):
    async def predict(request: Request) -> Response:
        metrics, start, status = service.metrics, time.perf_counter(), 500
        service.in_flight += 1
        try:
            answer = await _answer(service, request)
            status = 200
            return Response(answer, media_type="application/json")
        except Refusal as refusal:
            status = refusal.status
            raise
        finally:
            service.in_flight -= 1
            metrics.requests.labels(str(status)).inc()
            metrics.seconds.observe(time.perf_counter() - start)

    return predict


async def _answer(service, request):
    most = service.settings.max_requests
    if service.in_flight > most:
        raise Refusal(503, f"{most} requests are in flight already. Try again later.")
    body = await read_body(request, service.settings)
    return await service.predict(body, **_which(service, request))


def _which(service, request):
    """Version or label of the path, whose model must be ours."""
    found = request.path_params
    if found["name"] != service.versions.name:
        raise Refusal(
            404,
            f"Servable not found for request: Latest({clipped(found['name'])}). This "
            f"server has the model {service.versions.name}.",
        )
    version = found.get("version")
    if version is not None and not (version.isascii() and version.isdigit()):
        raise malformed(f"Failed to convert version: {clipped(version)} to numeric.")
    return {
        "version": None if version is None else int(version),
        "label": found.get("label"),
    }


def _status(service):
    async def status(request: Request) -> Response:
        which = _which(service, request)
        if which["label"] is not None:
            which["version"] = service.versions.find(**which).model.number
        number = which["version"]
        states = service.versions.states()
        if number is not None and number not in states:
            raise Refusal(
                404, f"Could not find version {number} of model {service.versions.name}"
            )
        return _json(
            {
                "model_version_status": [
                    _told(each, *states[each])
                    for each in states
                    if number in (None, each)
                ]
            }
        )

    return status


def _told(number, state, message):
    code = "UNKNOWN" if message else "OK"
    return {
        "version": str(number),
        "state": state,
        "status": {"error_code": code, "error_message": message},
    }


def _metadata(service):
    async def metadata(request: Request) -> Response:
        model = service.versions.find(**_which(service, request)).model
        return _json(
            {
                "model_spec": {
                    "name": service.versions.name,
                    "signature_name": "",
                    "version": str(model.number),
                },
                "metadata": {"signature_def": {"signature_def": model.metadata}},
            }
        )

    return metadata


def _metrics(service):
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return metrics


def _health(service):
    async def health() -> Response:
        return _json({"versions": service.versions.numbers})

    return health


def _key_check(key):
    async def check(request: Request) -> None:
        shown = request.headers.get("x-api-key") or request.headers.get(
            "authorization", ""
        ).removeprefix("Bearer ")
        # Headers are bytes, which Starlette reads as Latin-1.
        sent = shown.encode("latin-1")
        if key is not None and not hmac.compare_digest(sent, key.encode()):
            raise Refusal(
                401,
                "A valid API key is needed. Send it as X-API-Key: KEY or as "
                "Authorization: Bearer KEY.",
            )

    return check


async def _refuse(request, refusal):
    headers = {"Retry-After": RETRY_SECONDS} if refusal.status == 503 else None
    return _json({"error": refusal.line}, refusal.status, headers)


async def _no_such_path(request, error):
    line = f"Malformed request: {request.method} {clipped(request.url.path)}"
    status = 400 if request.url.path.lower().startswith("/v1/") else error.status_code
    return _json({"error": line}, status)


async def _fault(request, error):
    # The traceback goes to the log, by the server that runs the application.
    return _json({"error": f"Internal error ({type(error).__name__})."}, 500)


def _json(value, status=200, headers=None):
    return Response(
        orjson.dumps(value), status, headers=headers, media_type="application/json"
    )
