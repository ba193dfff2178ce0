"""Trained students over the network: a server, and a client of any such server.

Names load when they are first used: the client needs the extra `serving`, the server
the extra `serve`.
"""

import importlib

_HOMES = {
    "Client": "satn_keras.serving.client",
    "ModelService": "satn_keras.serving.service",
    "ServedPrediction": "satn_keras.serving.client",
    "Settings": "satn_keras.serving.settings",
    "make_app": "satn_keras.serving.app",
    "serve": "satn_keras.serving.server",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'satn_keras.serving' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
