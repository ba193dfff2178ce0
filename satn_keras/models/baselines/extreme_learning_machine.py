"""Extreme learning machine: drawn hidden units or a kernel, one linear solution."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.linalg
import scipy.spatial.distance
import scipy.special

# What each form keeps beside its settings and the solution.
OWN_ARRAYS = {"sigmoid": ("weights", "bias"), "rbf": ("support", "gamma")}


class ExtremeLearningMachine:
    r"""Classifier whose only learned weights solve one linear system.

    The sigmoid form draws its hidden units and never changes them; with the hidden
    values H (units, utterances) and the targets T (classes, utterances)

    $$H = \sigma(W x + b), \qquad U = (H H^T + \lambda I)^{-1} H T^T$$

    and the score of class k is the k-th entry of $U^T h$. The kernel form has one
    unit for each utterance it learned from:

    $$K_{ij} = e^{-\gamma \lVert x_i - x_j \rVert^2}, \qquad
    U = (K + \lambda I)^{-1} T^T$$

    T has 1 at the true class and 0 elsewhere. W is drawn from U[-1, 1] (Han et al.
    2014). Choices where the papers are silent: the inputs are brought to zero mean
    and unit deviation by those of `fit`, an input that never varies stays at zero;
    b is drawn from U[-1, 1] as well, since without it only odd functions of the
    inputs could be learned; $\lambda$ keeps the system solvable.

    Args:
        kernel: "sigmoid" or "rbf".
        units: hidden units of "sigmoid".
        ridge: $\lambda$.
        gamma: of "rbf"; 1 / inputs when None.
        seed: of the hidden units.

    Raises:
        ValueError: if an argument breaks its rule.

    Example:
        >>> x = np.array([[0.0, 0.1], [0.2, 0.0], [0.9, 1.0], [1.0, 0.8]])
        >>> machine = ExtremeLearningMachine("rbf").fit(x, [0, 0, 1, 1], 2)
        >>> machine.scores(x).argmax(axis=1).tolist()
        [0, 0, 1, 1]

    References:
        Han, Yu, Tashev, Speech emotion recognition using deep neural network and
        extreme learning machine, Interspeech 2014. Huang et al., Extreme learning
        machine for regression and multiclass classification, 2012.
    """

    def __init__(self, kernel="sigmoid", units=120, ridge=1e-3, gamma=None, seed=0):
        if kernel not in OWN_ARRAYS:
            raise ValueError(
                f"`kernel` must be one of {', '.join(OWN_ARRAYS)}. "
                f"Received: {kernel!r}."
            )
        if units < 1:
            raise ValueError(f"`units` must be at least 1. Received: units={units}.")
        if not ridge > 0:
            raise ValueError(f"`ridge` must be above 0. Received: ridge={ridge}.")
        if gamma is not None and not gamma > 0:
            raise ValueError(f"`gamma` must be above 0. Received: gamma={gamma}.")
        self.kernel = kernel
        self.units = units
        self.ridge = ridge
        self.gamma = gamma
        self.seed = seed
        self._arrays: dict[str, np.ndarray] = {}

    def fit(self, inputs, labels, num_classes: int) -> ExtremeLearningMachine:
        """Solve the system for `inputs`; gives the machine itself back.

        Args:
            inputs: (utterances, inputs).
            labels: (utterances,), class of each, from 0.
            num_classes: classes; one may have no utterance.

        Raises:
            ValueError: if inputs and labels do not fit each other, a value is not
                finite, or `ridge` is too small for the system to be solved.
        """
        inputs = _matrix(inputs)
        labels = np.asarray(labels)
        if labels.shape != (len(inputs),) or not len(inputs):
            raise ValueError(
                "`inputs` and `labels` must have one row for each utterance, and at "
                f"least one. Received: shapes {inputs.shape} and {labels.shape}."
            )
        if labels.min() < 0 or labels.max() >= num_classes:
            raise ValueError(
                f"`labels` must lie in 0 ... {num_classes - 1}. Received: "
                f"{labels.min()} to {labels.max()}."
            )
        self._arrays = self._drawn(inputs)
        hidden = self.hidden(inputs)
        targets = np.eye(num_classes)[labels]  # (utterances, classes)
        if self.kernel == "sigmoid":
            self._arrays["output"] = self._solved(hidden.T @ hidden, hidden.T @ targets)
        else:
            self._arrays["output"] = self._solved(hidden, targets)
        return self

    def hidden(self, inputs) -> np.ndarray:
        """(utterances, units): what the linear solution is taken of."""
        arrays = self._fitted()
        inputs = (_matrix(inputs) - arrays["mean"]) / arrays["scale"]
        if self.kernel == "sigmoid":
            return scipy.special.expit(inputs @ arrays["weights"] + arrays["bias"])
        distances = scipy.spatial.distance.cdist(
            inputs, arrays["support"], "sqeuclidean"
        )
        return np.exp(-arrays["gamma"] * distances)

    def scores(self, inputs) -> np.ndarray:
        """(utterances, classes); the greatest decides."""
        return self.hidden(inputs) @ self._arrays["output"]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Everything that `from_arrays` needs, for an .npz file."""
        settings = {"kernel": np.array(self.kernel), "ridge": np.array(self.ridge)}
        return {**self._fitted(), **settings}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> ExtremeLearningMachine:
        """Machine with the same scores.

        Raises:
            KeyError: if an array is missing.
        """
        kernel = str(arrays["kernel"])
        machine = cls(kernel, ridge=float(arrays["ridge"]))
        names = ("mean", "scale", "output", *OWN_ARRAYS[kernel])
        machine._arrays = {name: np.asarray(arrays[name]) for name in names}
        if kernel == "sigmoid":
            machine.units = machine._arrays["weights"].shape[1]
        else:
            machine.gamma = float(machine._arrays["gamma"])
        return machine

    @staticmethod
    def array_names(kernel: str) -> tuple[str, ...]:
        """Names in `to_arrays` of a machine of this kernel."""
        return ("kernel", "ridge", "mean", "scale", "output", *OWN_ARRAYS[kernel])

    @property
    def num_parameters(self) -> int:
        """Numbers that were learned or drawn."""
        return sum(array.size for array in self._fitted().values())

    def _drawn(self, inputs):
        """What is fixed before the solution: scale, and units or supports."""
        deviation = inputs.std(axis=0)
        # Rounding gives a constant column a deviation of its last digit.
        constant = deviation <= 1e-12 * np.abs(inputs).max(axis=0, initial=0.0)
        mean, scale = inputs.mean(axis=0), np.where(constant, 1.0, deviation)
        arrays = {"mean": mean, "scale": scale}
        if self.kernel == "rbf":
            gamma = 1 / inputs.shape[1] if self.gamma is None else self.gamma
            support = (inputs - mean) / scale
            return {**arrays, "support": support, "gamma": np.array(gamma)}
        random = np.random.default_rng(self.seed)
        weights = random.uniform(-1, 1, (inputs.shape[1], self.units))
        return {**arrays, "weights": weights, "bias": random.uniform(-1, 1, self.units)}

    def _solved(self, matrix, targets):
        matrix = matrix + self.ridge * np.eye(len(matrix))
        try:
            return scipy.linalg.solve(matrix, targets, assume_a="pos")
        except np.linalg.LinAlgError as error:
            raise ValueError(
                "`ridge` must be large enough for the system to be solved. "
                f"Received: ridge={self.ridge}."
            ) from error

    def _fitted(self):
        if not self._arrays:
            raise ValueError("The machine has not learned yet. Call `fit` first.")
        return self._arrays


def _matrix(inputs):
    inputs = np.asarray(inputs, "float64")
    if inputs.ndim != 2:
        raise ValueError(
            "`inputs` must have the shape (utterances, inputs). "
            f"Received: shape={inputs.shape}."
        )
    if not np.isfinite(inputs).all():
        raise ValueError("`inputs` must be finite.")
    return inputs
