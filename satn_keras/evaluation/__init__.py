"""Labels and posteriors in, numbers and pictures out."""

from satn_keras.evaluation.attention_plots import (
    phone_times,
    plot_alignment,
    plot_attention,
)
from satn_keras.evaluation.calibration import Reliability, reliability
from satn_keras.evaluation.comparison import SystemComparison, compare_systems
from satn_keras.evaluation.error_rates import ErrorRates, error_rates
from satn_keras.evaluation.folds_summary import mean_confusion
from satn_keras.evaluation.holm import holm
from satn_keras.evaluation.html_report import html_table, render_html, write_html
from satn_keras.evaluation.learning_curves import plot_histories, plot_history
from satn_keras.evaluation.mcnemar import McNemar, mcnemar
from satn_keras.evaluation.permutation import permutation_p_value
from satn_keras.evaluation.plots import (
    plot_confusion,
    plot_mean_confusion,
    plot_posteriors,
)
from satn_keras.evaluation.reliability_plot import plot_reliability
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
from satn_keras.evaluation.system_plots import plot_systems, plot_weight_curve

__all__ = [
    "ErrorRates",
    "Interval",
    "McNemar",
    "Reliability",
    "Report",
    "Scores",
    "Section",
    "SystemComparison",
    "bootstrap_difference",
    "bootstrap_interval",
    "compare_systems",
    "error_rates",
    "holm",
    "html_table",
    "mcnemar",
    "mean_and_deviation",
    "mean_confusion",
    "permutation_p_value",
    "phone_times",
    "plot_alignment",
    "plot_attention",
    "plot_confusion",
    "plot_histories",
    "plot_history",
    "plot_mean_confusion",
    "plot_posteriors",
    "plot_reliability",
    "plot_systems",
    "plot_weight_curve",
    "pool",
    "recall_table",
    "reliability",
    "render_html",
    "score",
    "score_table",
    "settings_table",
    "write_html",
    "write_report",
    "z_test",
]
