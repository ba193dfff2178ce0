"""What is written about the package, held against the package."""

import datetime
import os
import pathlib
import re
import shlex
import subprocess
import sys
import urllib.parse

import pytest
import typer
from typer.testing import CliRunner

import satn_keras
from satn_keras.config import ExperimentConfig

ROOT = pathlib.Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted(
    [*ROOT.glob("*.md")]
    + [
        page
        for folder in ("docs", "saved_models", "deploy", "benchmarks", "tuning")
        for page in (ROOT / folder).rglob("*.md")
    ]
)
RECIPES = sorted((ROOT / "satn_keras" / "experiments" / "recipes").glob("*.yaml"))
SHELLS = ("bash", "sh", "shell", "console")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page, languages):
    """Fenced blocks of the page: (number of the line above, text)."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, match.start()) + 1, match.group(2))
        for match in FENCE.finditer(text)
        if match.group(1) in languages
    ]


def shell_commands(text):
    """Single commands of a shell block, joined lines taken apart at `&&`."""
    joined = text.replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in joined.splitlines()]
    parts = [part.strip() for line in lines for part in re.split("&&|;", line)]
    return [part for part in parts if part and not part.startswith("#")]


def satn_lines(page):
    """What follows `satn` in each command of the page's shell blocks."""
    for _, text in blocks(page, SHELLS):
        for command in shell_commands(text):
            words = shlex.split(command, comments=True)
            if words and words[0].endswith("satn"):
                yield words[1:]


def options(command):
    """Everything of the form --name that the command understands."""
    known = [
        name for one in command.params for name in [*one.opts, *one.secondary_opts]
    ]
    return {"--help", *known}


@pytest.fixture(scope="module")
def commands():
    """Each command of `satn` by name."""
    from satn_keras.cli.main import app

    return typer.main.get_command(app).commands


def test_the_readme_s_python_runs_as_printed(tmp_path):
    # Blank lines stand for the prose, so that a traceback has README's lines.
    script = ""
    for line, text in blocks(README, ("python",)):
        script += "\n" * (line - script.count("\n")) + text
    assert script
    path = tmp_path / "readme.py"
    path.write_text(script, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, path.name],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert answer.returncode == 0, answer.stderr


def test_the_readme_opens_with_quickstart_then_tests():
    first, second, *_ = [shell_commands(text) for _, text in blocks(README, SHELLS)]
    assert any("pip install" in command for command in first)
    assert re.search(r"\bsatn quickstart\b", first[-1])
    assert any("pip install" in command for command in second)
    assert re.search(r"\bpytest\b", second[-1])


def test_the_readme_s_test_command_is_the_one_that_ci_runs():
    _, tests, *_ = [shell_commands(text) for _, text in blocks(README, SHELLS)]
    pytest_part = tests[-1][tests[-1].index("-m pytest") :]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"python {pytest_part}\n" in script


def test_ci_is_an_executable_script_that_bash_can_parse():
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", path]).returncode == 0


def test_the_readme_mentions_every_command(commands):
    text = README.read_text(encoding="utf-8")
    assert [name for name in commands if not re.search(rf"\bsatn {name}\b", text)] == []


def test_every_command_and_option_in_the_pages_exists(commands):
    unknown = []
    for page in PAGES:
        for words in satn_lines(page):
            name, *rest = [*words, ""]
            if name.startswith("-"):
                continue
            if name not in commands:
                unknown.append(f"{page.name}: satn {name}")
                continue
            known = options(commands[name])
            unknown += [
                f"{page.name}: satn {name} {word}"
                for word in rest
                if word.startswith("--") and word.split("=")[0] not in known
            ]
    assert unknown == []


def test_the_help_lists_every_command_and_each_explains_itself(commands):
    from satn_keras.cli.main import app

    overview = CliRunner().invoke(app, ["--help"])
    assert overview.exit_code == 0
    for name in commands:
        assert re.search(rf"\b{name}\b", overview.output)
        answer = CliRunner().invoke(app, [name, "--help"])
        assert answer.exit_code == 0, answer.output
        assert f" {name} " in answer.output  # in its usage line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", text)
    targets += re.findall(r"^\[[^\]]+\]:\s+(\S+)", text, re.MULTILINE)
    broken = []
    for target in targets:
        address = urllib.parse.urlsplit(target)
        if address.scheme or not address.path:
            continue
        if not (page.parent / urllib.parse.unquote(address.path)).exists():
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_finds_it(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for path, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", text):
        target = page.parent / path if path else page
        if target.suffix == ".md" and anchor not in anchors(target):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def anchors(page):
    """Anchors that a forge makes of the page's headings."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in kept}


def test_the_changelog_s_newest_version_is_the_package_s():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\] - (\S+)$", text, re.MULTILINE)
    assert released[0][0] == satn_keras.__version__
    dates = [datetime.date.fromisoformat(date) for _, date in released]
    assert dates == sorted(dates, reverse=True)


def test_there_are_recipes():
    assert RECIPES


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_loads_with_its_seed_first(path):
    ExperimentConfig.from_yaml(path)
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^(\w+):", text, re.MULTILINE).group(1) == "seed"


def test_the_table_of_synthetic_emotions_holds_the_code_s_numbers():
    from satn_keras.corpora import SYNTHETIC_EMOTIONS

    rows = {
        cells[1]: cells[2:6]
        for line in (ROOT / "docs" / "synthetic.md").read_text().splitlines()
        if len(cells := [cell.strip() for cell in line.split("|")]) == 7
    }
    for name, prosody in SYNTHETIC_EMOTIONS.items():
        written = [float(value) for value in rows[name]]
        assert written == [
            prosody.rate,
            prosody.pitch,
            prosody.pitch_range,
            prosody.level,
        ]
