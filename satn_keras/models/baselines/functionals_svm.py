"""Support vector machine over the functionals of utterances."""

from __future__ import annotations

import numpy as np
import scipy.special
from sklearn.metrics import pairwise
from sklearn.svm import SVC


class FunctionalsSVM:
    """Support vector machine over standardised functionals.

    One machine for each pair of classes votes. A class's score is its votes plus the
    sum of its margins, which decides between equal votes and stays below half a vote;
    the posterior is the softmax of the scores. So the most probable class is the
    machine's decision, as it need not be with Platt's sigmoids, which are fitted in
    a cross-validation of their own. The posterior ranks; it is not calibrated.

    Args:
        normalization: "training" standardises by the training part's mean and
            deviation; "speaker" by those of each speaker's own utterances, which
            need no label.
        kernel: "rbf", with gamma 1 / (values x their variance), or "linear".
        c: cost of an error.
        class_weights: "balanced" lets each class count the same; "none".

    Example:
        >>> values = np.array([[0.0], [1.0], [10.0], [11.0]])
        >>> machine = FunctionalsSVM().fit(values, [0, 0, 2, 2], ["a"] * 4, 3)
        >>> machine.posteriors(np.array([[2.0], [9.0]]), ["b"] * 2).argmax(axis=1)
        array([0, 2])

    References:
        Schuller, Steidl, Batliner 2009, The Interspeech 2009 Emotion Challenge.
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(
        self, normalization="training", kernel="rbf", c=1.0, class_weights="balanced"
    ):
        self.normalization = normalization
        self.kernel = kernel
        # One matrix product gives all kernels: of thousands of values libsvm's own
        # loop takes a hundred times as long.
        self.machine = SVC(
            C=c,
            kernel="precomputed",
            class_weight=None if class_weights == "none" else class_weights,
            decision_function_shape="ovr",
            break_ties=True,  # `predict` is then the greatest score, always
            cache_size=500,  # MB
        )

    def fit(self, values, labels, speakers, num_classes):
        """The machine, fitted.

        Args:
            values: (utterances, values), functionals.
            labels: (utterances,), int; a class without utterances is never heard.
            speakers: (utterances,), names.
            num_classes: classes of the posterior.

        Raises:
            ValueError: if there are fewer than two classes among the labels.
        """
        present = np.unique(labels)
        if len(present) < 2:
            raise ValueError(
                f"`labels` must hold at least two classes. Received: {present}."
            )
        self.num_classes = num_classes
        self._mean, self._deviation = _statistics(np.asarray(values, "float64"))
        self._training = self._standardized(values, speakers)
        self.machine.fit(self._kernels(self._training), labels)
        return self

    def posteriors(self, values, speakers, enrolled=None):
        """(utterances, classes), float32, rows of sum 1.

        Args:
            values: (utterances, values), functionals.
            speakers: (utterances,), names; with normalisation by speaker the given
                utterances of each are all that is known of him.
            enrolled: values and speakers of other utterances, which are all that is
                known of them instead.
        """
        kernels = self._kernels(self._standardized(values, speakers, enrolled))
        scores = self.machine.decision_function(kernels)
        if scores.ndim == 1:  # of two classes scikit-learn scores the second
            scores = np.stack([-scores, scores], axis=1)
        every = np.full((len(values), self.num_classes), -np.inf)
        every[:, self.machine.classes_] = scores
        return scipy.special.softmax(every, axis=1).astype("float32")

    @property
    def num_parameters(self):
        """Values of the support vectors, their coefficients, and the intercepts."""
        machine = self.machine
        vectors = len(machine.support_) * self._training.shape[1]
        return vectors + machine.dual_coef_.size + machine.intercept_.size

    def _kernels(self, standardized):
        """(utterances, training utterances)."""
        if self.kernel == "linear":
            return pairwise.linear_kernel(standardized, self._training)
        spread = self._training.var() or 1.0  # 0 where all are alike
        gamma = 1 / (self._training.shape[1] * spread)
        return pairwise.rbf_kernel(standardized, self._training, gamma)

    def _standardized(self, values, speakers, enrolled=None):
        values = np.asarray(values, "float64")
        if self.normalization == "training":
            return (values - self._mean) / self._deviation
        speakers = np.asarray(speakers)
        known, owners = enrolled or (values, speakers)
        known, owners = np.asarray(known, "float64"), np.asarray(owners)
        standardized = np.empty_like(values)
        for speaker in np.unique(speakers):
            own = speakers == speaker
            mean, deviation = _statistics(known[owners == speaker])
            standardized[own] = (values[own] - mean) / deviation
        return standardized


def _statistics(values):
    """Mean and deviation; a value that never varies keeps its unit."""
    deviation = values.std(axis=0)
    return values.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
