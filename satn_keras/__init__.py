"""Self-attention transfer networks for speech emotion recognition, in Keras 3.

Names load when they are first used, so that `import satn_keras` and
`satn --help` need no TensorFlow.
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "AttentionTransfer": "satn_keras.transfer",
    "CrossValidation": "satn_keras.experiments.cross_validation",
    "ExperimentConfig": "satn_keras.config",
    "FeatureConfig": "satn_keras.config",
    "FrontEnd": "satn_keras.features",
    "Manifest": "satn_keras.corpora",
    "Recognizer": "satn_keras.export",
    "StreamingRecognizer": "satn_keras.export",
    "StudentConfig": "satn_keras.config",
    "TeacherConfig": "satn_keras.config",
    "Transcriber": "satn_keras.models",
    "build_network": "satn_keras.models",
    "build_student": "satn_keras.models",
    "build_teacher": "satn_keras.models",
    "compare_systems": "satn_keras.evaluation",
    "cross_validate": "satn_keras.experiments.cross_validation",
    "from_preset": "satn_keras.experiments.pretrained",
    "load_model": "satn_keras.export",
    "make_folds": "satn_keras.experiments.folds",
    "read_iemocap": "satn_keras.corpora",
    "read_nemo": "satn_keras.corpora",
    "score": "satn_keras.evaluation",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'satn_keras' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
