"""The page of the audit holds the rules that the code has."""

import pathlib
import re

from satn_keras.corpora.faults import RULES

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "corpora" / "audit.md"


def test_the_page_lists_every_rule_with_its_severity_and_threshold():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", PAGE.read_text(), re.M)
    assert rows == [(name, rule.severity, rule.meaning) for name, rule in RULES.items()]
