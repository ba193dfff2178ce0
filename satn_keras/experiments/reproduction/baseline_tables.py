"""The baselines of the papers and their Deep Spectrum systems, as tables."""

from __future__ import annotations

from satn_keras.experiments.reproduction.row import Row, Table

# The validation speaker of a session talks with its test speaker: such folds give
# the support vector machine no more than the others to train on.
_APART = ("system.train_on_validation=false",)

ARTICLE_BASELINES = (
    Row(
        "dnn-elm",
        "DNN-ELM",
        "dnn-elm",
        published={"wa": 57.9, "ua": 52.1},
        note="as run again by Lee & Tashev 2015",
    ),
    Row(
        "rnn-elm",
        "RNN-ELM",
        "rnn-elm",
        published={"wa": 62.85, "ua": 63.89},
        note="Lee & Tashev 2015",
    ),
    Row(
        "attention-rnn",
        "attention RNN",
        "attention-rnn",
        published={"wa": 63.5},
        note="Mirsamadi 2017, quoted at second hand, all of IEMOCAP",
    ),
    Row("gmm-hmm", "HMM baseline: GMM-HMM", "gmm-hmm", note="no figure found"),
    Row("dnn-hmm", "HMM baseline: DNN-HMM", "dnn-hmm", note="no figure found"),
)

BASELINES = Table(
    name="baselines",
    title="Baselines",
    rows=(
        *ARTICLE_BASELINES,
        Row(
            "acrnn",
            "3-D ACRNN",
            "acrnn",
            published={"ua": 64.74},
            note="Chen et al. 2018, 10 folds, happy without excited",
        ),
        Row(
            "egemaps-svm",
            "eGeMAPS + SVM, normalised by the training part",
            "egemaps-svm",
            ("system.normalization=training",),
            session_changes=_APART,
        ),
        Row(
            "egemaps-svm-speaker",
            "eGeMAPS + SVM, normalised by speaker",
            "egemaps-svm",
            ("system.normalization=speaker",),
            baseline="egemaps-svm",
            session_changes=_APART,
        ),
        Row(
            "compare-svm",
            "ComParE + SVM, normalised by the training part",
            "compare-svm",
            ("system.normalization=training",),
            session_changes=_APART,
        ),
        Row(
            "compare-svm-speaker",
            "ComParE + SVM, normalised by speaker",
            "compare-svm",
            ("system.normalization=speaker",),
            baseline="compare-svm",
            session_changes=_APART,
        ),
    ),
    source="Each row's paper; percent on IEMOCAP improvised where not said otherwise.",
    reference="dnn-elm",
)

DEEP_SPECTRUM = Table(
    name="deep-spectrum",
    title="Deep Spectrum: BLSTM beside a fully convolutional network",
    rows=(
        Row(
            "interspeech2018-dataset1",
            "Attention-BLSTM-FCN, Interspeech 2018, happy without excited",
            "deep-spectrum-interspeech2018",
            published={"wa": 64.0, "ua": 56.0},
            note="all of IEMOCAP, 4490 utterances; WA hard to read in the source",
            variant="all-unmerged",
            only=("iemocap",),
        ),
        Row(
            "interspeech2018",
            "Attention-BLSTM-FCN, Interspeech 2018",
            "deep-spectrum-interspeech2018",
            published={"wa": 59.7, "ua": 60.1},
            note="all of IEMOCAP, 5531 utterances",
            variant="all",
        ),
        Row(
            "asmmc2018",
            "two-layer BLSTM + FCN, ASMMC-MMAC 2018",
            "deep-spectrum-asmmc2018",
            published={"wa": 65.2, "ua": 68.0},
        ),
        Row(
            "access2019",
            "Attention-BLSTM-FCN, IEEE Access 2019",
            "deep-spectrum-access2019",
            published={"wa": 68.1, "ua": 67.0},
        ),
    ),
    source="Zhao et al., Interspeech 2018, ASMMC-MMAC 2018, IEEE Access 2019; percent.",
)
