"""What an audit looks for, one rule a fault."""

from satn_keras.corpora.faults.rules import RULES, Finding, Rule

__all__ = ["RULES", "Finding", "Rule"]
