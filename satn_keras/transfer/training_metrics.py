"""Metrics that a validation cannot have."""

from __future__ import annotations


class TrainingMetrics:
    """Mixin for a `keras.Model`: what training alone can measure, it alone shows.

    Attributes:
        training_metrics: names of the metrics that `evaluate` leaves out, such as the
            loss over the training speakers, of whom no validation utterance is.
    """

    training_metrics: tuple[str, ...] = ()
    _is_judging = False

    def evaluate(self, *args, **kwargs):
        self._is_judging = True
        try:
            return super().evaluate(*args, **kwargs)
        finally:
            self._is_judging = False

    def get_metrics_result(self):
        results = super().get_metrics_result()
        hidden = self.training_metrics if self._is_judging else ()
        return {name: results[name] for name in results if name not in hidden}
