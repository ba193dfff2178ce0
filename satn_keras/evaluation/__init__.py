"""Labels and posteriors in, numbers and pictures out."""

from satn_keras.evaluation.attention_plots import (
    phone_times,
    plot_alignment,
    plot_attention,
)
from satn_keras.evaluation.error_rates import ErrorRates, error_rates
from satn_keras.evaluation.plots import (
    plot_confusion,
    plot_history,
    plot_posteriors,
)
from satn_keras.evaluation.report import (
    Report,
    Section,
    recall_table,
    score_table,
    settings_table,
    write_report,
)
from satn_keras.evaluation.scores import Scores, mean_and_deviation, pool, score
from satn_keras.evaluation.statistics import (
    Interval,
    bootstrap_difference,
    bootstrap_interval,
    z_test,
)

__all__ = [
    "ErrorRates",
    "Interval",
    "Report",
    "Scores",
    "Section",
    "bootstrap_difference",
    "bootstrap_interval",
    "error_rates",
    "mean_and_deviation",
    "phone_times",
    "plot_alignment",
    "plot_attention",
    "plot_confusion",
    "plot_history",
    "plot_posteriors",
    "pool",
    "recall_table",
    "score",
    "score_table",
    "settings_table",
    "write_report",
    "z_test",
]
