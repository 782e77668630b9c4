"""Writes a made-up incident as a scenario file that people can read, change and investigate."""

from pathlib import Path
from typing import Any

import yaml

from scenarios.files import ANSWER
from scenarios.generator.incident import MadeUp


class _Plain(yaml.SafeDumper):
    """Scenario files have no aliases, and texts of several lines are easier read as such."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _text)


def written(made: MadeUp) -> str:
    """Return the file's text, the answer key last."""
    content: dict[str, Any] = made.scenario.model_dump(mode="json", exclude_defaults=True)
    if "missing" in content:
        content["missing"] = sorted(content["missing"])
    if "unread" in content["system"]:
        content["system"]["unread"] = sorted(content["system"]["unread"])
    content[ANSWER] = made.key.model_dump(mode="json", exclude_defaults=True)
    head = f"# Made up: kind {made.kind}, seed {made.seed}, {len(made.scenario.system.services)} services.\n"
    return head + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


def write(made: MadeUp, path: Path) -> None:
    """Write the file; raises `FileExistsError` where there is one already."""
    with path.open("x", encoding="utf-8") as file:
        file.write(written(made))
