"""Self-attention transfer networks for speech emotion recognition, in Keras 3.

Names load when they are first used, so that `import satn_keras` and
`satn --help` need no TensorFlow.
"""

from satn_keras.lazy_names import lazy_names

__version__ = "0.1.0"

_HOMES = {
    "AttentionTransfer": "transfer",
    "CrossValidation": "experiments.cross_validation",
    "ExperimentConfig": "config",
    "FeatureConfig": "config",
    "FrontEnd": "features",
    "Manifest": "corpora",
    "Recognizer": "export",
    "StreamingRecognizer": "export",
    "StudentConfig": "config",
    "TeacherConfig": "config",
    "Transcriber": "models",
    "build_network": "models",
    "build_student": "models",
    "build_teacher": "models",
    "compare_systems": "evaluation",
    "cross_validate": "experiments.cross_validation",
    "from_preset": "experiments.pretrained",
    "load_model": "export",
    "make_folds": "experiments.folds",
    "read_iemocap": "corpora",
    "read_nemo": "corpora",
    "score": "evaluation",
}

__getattr__, __dir__, _names = lazy_names(__name__, _HOMES)
__all__ = ["__version__", *_names]
