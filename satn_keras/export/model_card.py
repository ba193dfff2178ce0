"""Model card of an exported student: what is known of it, and what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from satn_keras.config import ExperimentConfig

# Of corpora by the names that their readers give them, and of what is made of them.
LICENCES = {
    "nemo": (
        "nEMO (Christop 2024) is under CC BY-NC-SA 4.0, and so are weights trained on "
        "it: name its authors, use them for nothing commercial, pass on what you make "
        "of them under the same terms."
    ),
    "iemocap": (
        "IEMOCAP (Busso et al. 2008) is released for research under an agreement with "
        "its authors; it decides who may use weights trained on it."
    ),
    "synthetic": "Synthetic speech of espeak-ng: no person's voice.",
}
SCORES = (("ua", "unweighted accuracy"), ("wa", "weighted accuracy"), ("macro_f1", ""))
LIMITS = """\
**It is often wrong**: read its answer about one utterance as a hint at most, and the
table above as what to expect of speakers and rooms like those it was tested on. It
must not be used to judge people, in hiring, schooling, policing, insurance, medicine
or the like, nor on speech whose speakers did not agree to it. Other languages, rooms,
telephones, ages and ways of feeling than those of its data are outside; its
posteriors are no calibrated probabilities for them."""


def model_card(
    name: str,
    num_parameters: int,
    classes: Sequence[str],
    config: ExperimentConfig | None,
    facts: Mapping[str, Any],
    hashes: Mapping[str, Any],
) -> str:
    """Markdown text.

    Args:
        name: of the served model.
        num_parameters: weights of the network.
        classes: emotions.
        config: recipe, or None.
        facts: the run's `metrics`, `split` and `environment`, as read from JSON, and
            its own `card`; any may be missing.
        hashes: as in `hashes.json`.

    Example:
        >>> text = model_card("tiny", 7, ["sad", "happy"], None, {}, {"weights": {}})
        >>> text.splitlines()[0], "not known" in text
        ('# Model card: tiny', True)
    """
    split, metrics = facts.get("split", {}), facts.get("metrics", {})
    sections = {
        "Data": _data(split),
        "Licence": _licence(split),
        "Protocol": _protocol(config, split),
        "Metrics": _metrics(metrics),
        "Limits": LIMITS,
        "Origin": _origin(hashes),
    }
    opening = (
        f"# Model card: {name}\n\nAn emotion recogniser of {num_parameters:,} "
        f"parameters. It tells {', '.join(classes)}.\n"
    )
    text = opening + "".join(
        f"\n## {heading}\n{body}\n" for heading, body in sections.items()
    )
    if own := facts.get("card"):
        quoted = "\n".join(f"> {line}".rstrip() for line in own.splitlines())
        text += f"\n## What its makers say\n{quoted}\n"
    return text


def _data(split):
    if not split:
        return "What it was trained on is not known: it was exported without its run."
    lines = [
        "| part | utterances | speakers |",
        "| :-- | --: | :-- |",
    ]
    for part in ("train", "validation", "test"):
        speakers = split.get("speakers", {}).get(part, [])
        names = ", ".join(" ".join(filter(None, one)) for one in speakers) or "none"
        lines.append(f"| {part} | {len(split.get(part, []))} | {names} |")
    return "\n".join(lines)


def _licence(split):
    parts = split.get("speakers", {}).values()
    corpora = {dataset for part in parts for dataset, _ in part}
    known = [LICENCES[name] for name in sorted(corpora & set(LICENCES))]
    unknown = sorted(name for name in corpora - set(LICENCES) if name)
    if unknown or not corpora:
        named = ", ".join(unknown) or "the training data"
        known.append(f"The licence of {named} is not known here; ask its owner.")
    return "\n".join(known)


def _protocol(config, split):
    if config is None:
        return "Not known: it was exported without its recipe."
    lines = [
        f"System `{config.system.name}`, seed {config.seed}, features normalised by "
        f"`{config.features.normalization}`; `recipe.yaml` has every setting."
    ]
    if split:
        trained = "No speaker is in two parts" if _apart(split) else "Speakers share"
        lines.append(
            f"{trained} of the split `{split.get('name', '')}`, whose utterances "
            "`hashes.json` seals."
        )
    return "\n".join(lines)


def _apart(split):
    parts = [{tuple(one) for one in part} for part in split["speakers"].values()]
    return sum(map(len, parts)) == len(set().union(*parts))


def _metrics(metrics):
    rows = [
        f"| {key}{f' ({words})' if words else ''} | {metrics[key]:.3f} | "
        f"{_interval(metrics.get(f'{key}_interval'))} |"
        for key, words in SCORES
        if key in metrics
    ]
    if not rows:
        return "Tested on no one: there is no figure of this very model."
    count = metrics.get("num_utterances")
    heading = (
        f"On {count} utterances of the test part." if count else "On the test part."
    )
    return "\n".join(
        [heading, "", "| score | value | interval |", "| :-- | --: | :-- |"] + rows
    )


def _interval(interval):
    if not interval:
        return "not computed"
    return (
        f"{interval['low']:.3f} to {interval['high']:.3f} "
        f"({interval['level']:.0%}, over {interval['unit']}s)"
    )


def _origin(hashes):
    lines = [f"- `{name}`: sha256 {value}" for name, value in hashes["weights"].items()]
    if hashes.get("split"):
        lines.append(f"- data split: sha256 {hashes['split']}")
    for what, version in hashes.get("code", {}).items():
        lines.append(f"- {what.replace('_', ' ')}: {version or 'not known'}")
    return "\n".join(lines)
