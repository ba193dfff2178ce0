"""Trained students over the network: a server, and a client of any such server.

Names load when they are first used: the client needs the extra `serving`, the server
the extra `serve`.
"""

from satn_keras.lazy_names import lazy_names

_HOMES = {
    "Client": "client",
    "ModelService": "service",
    "ServedPrediction": "client",
    "Settings": "settings",
    "make_app": "app",
    "serve": "server",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
