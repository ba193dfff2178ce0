"""Which system recognises the emotion, with the sizes of its publication."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satn_keras.config.base import Fraction, Positive, Section

Ridge = Annotated[float, Field(gt=0)]
Sizes = Annotated[tuple[Positive, ...], Field(min_length=1)]


class Satn(Section):
    """Self-attention transfer network; its sizes are the section `student`."""

    name: Literal["satn"] = "satn"


class AttentionRnn(Section):
    """Mirsamadi et al. 2017: BLSTM with weighted pooling."""

    name: Literal["attention_rnn"]
    dense_units: Positive = 512
    lstm_units: Positive = 128  # each direction
    dropout: Fraction = 0.5


class Acrnn(Section):
    """Chen et al. 2018: 3-D attention-based convolutional recurrent network."""

    name: Literal["acrnn"]
    first_filters: Positive = 128
    filters: Positive = 256
    num_convolutions: int = Field(6, ge=1)
    pool: tuple[Positive, Positive] = (2, 4)  # frames, bands
    linear_units: Positive = 768
    lstm_units: Positive = 128  # each direction
    dense_units: Positive = 64


class _Convolutions(Section):
    """Convolutions one after another, each with its filters and its kernel."""

    filters: Sizes
    kernel_sizes: Sizes

    @model_validator(mode="after")
    def _one_kernel_each(self):
        if len(self.filters) != len(self.kernel_sizes):
            raise ValueError("`filters` and `kernel_sizes` must have the same length")
        return self


class DeepSpectrum2018Interspeech(_Convolutions):
    """Zhao et al., Interspeech 2018: attention BLSTM beside a temporal FCN."""

    name: Literal["deep_spectrum_interspeech2018"]
    lstm_units: Positive = 64  # each direction
    filters: Sizes = (128, 64)
    kernel_sizes: Sizes = (8, 5)
    dropout: Fraction = 0.5


class DeepSpectrum2018Asmmc(_Convolutions):
    """Zhao et al., ASMMC-MMAC 2018: two-layer BLSTM beside a 2-D FCN."""

    name: Literal["deep_spectrum_asmmc2018"]
    lstm_units: Positive = 128  # each direction
    lstm_dropout: Fraction = 0.2
    filters: Sizes = (64, 128, 256)
    kernel_sizes: Sizes = (8, 5, 3)
    padding: Literal["valid", "same"] = "valid"
    dropout: Fraction = 0.25
    dense_units: Positive = 128


class DeepSpectrum2019Access(_Convolutions):
    """Zhao et al., IEEE Access 2019: attention BLSTM beside an attention FCN."""

    name: Literal["deep_spectrum_access2019"]
    lstm_units: Positive = 128  # each direction
    num_lstm_layers: Positive = 2
    filters: Sizes = (64, 128, 128)
    kernel_sizes: Sizes = (8, 5, 3)
    padding: Literal["valid", "same"] = "valid"
    dropout: Fraction = 0.2
    attention_units: Positive = 128
    attention_scale: float = Field(0.3, gt=0)  # lambda
    dense_units: Positive = 128


class ElmConfig(Section):
    """Extreme learning machine over the statistics of an utterance."""

    kernel: Literal["sigmoid", "rbf"] = "sigmoid"
    units: Positive = 120  # of the sigmoid form
    ridge: Ridge = 1e-3
    gamma: Annotated[float, Field(gt=0)] | None = None  # of "rbf"; 1 / inputs


class DnnElm(Section):
    """Han et al. 2014: segment posteriors, their statistics, an ELM."""

    name: Literal["dnn_elm"]
    segment_frames: Positive = 25
    energy_share: float = Field(0.1, gt=0, le=1)  # of the loudest segments
    num_layers: Positive = 3
    units: Positive = 256
    threshold: Fraction = 0.2  # of the fraction statistic
    elm: ElmConfig = ElmConfig()


class RnnElm(Section):
    """Lee & Tashev 2015: BLSTM with a Null class, statistics, a kernel ELM."""

    name: Literal["rnn_elm"]
    num_layers: Positive = 2
    lstm_units: Positive = 64  # each direction
    dropout: Fraction = 0.0
    voicing_threshold: Fraction = 0.25  # low voices reach 0.33
    threshold: Fraction = 0.2  # of the fraction statistic
    elm: ElmConfig = ElmConfig(kernel="rbf")


class GmmHmm(Section):
    """One left-to-right HMM of Gaussian mixtures an emotion."""

    name: Literal["gmm_hmm"]
    num_states: Positive = 5
    num_mixtures: Positive = 8
    num_coefficients: Positive = 13
    iterations: Positive = 20


class DnnHmm(Section):
    """Left-to-right HMMs whose states a deep network tells apart."""

    name: Literal["dnn_hmm"]
    num_states: Positive = 5
    num_mixtures: Positive = 8  # of the GMM-HMM that aligns the states
    num_coefficients: Positive = 13
    iterations: Positive = 20
    context_frames: Positive = 11
    num_layers: Positive = 3
    units: Positive = 256


class FunctionalsSvm(Section):
    """openSMILE functionals of an utterance and a support vector machine."""

    name: Literal["functionals_svm"]
    functionals: Literal["egemaps", "compare"] = "egemaps"
    normalization: Literal["training", "speaker"] = "training"
    kernel: Literal["rbf", "linear"] = "rbf"
    c: float = Field(1.0, gt=0)
    class_weights: Literal["none", "balanced"] = "balanced"
    # Nothing is chosen, so the validation speakers may train as well.
    train_on_validation: bool = False


SystemConfig = Annotated[
    Satn
    | AttentionRnn
    | Acrnn
    | DeepSpectrum2018Interspeech
    | DeepSpectrum2018Asmmc
    | DeepSpectrum2019Access
    | DnnElm
    | RnnElm
    | GmmHmm
    | DnnHmm
    | FunctionalsSvm,
    Field(discriminator="name"),
]
