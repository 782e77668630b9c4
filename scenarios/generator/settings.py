"""Diffs of configuration: one key from an old value to a new one, in the formats that companies keep such things in."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Edited(NamedTuple):
    """A file and what became of it."""

    path: str
    diff: str


NEIGHBOURS = ("log.level: info", "metrics.enabled: true", "region: eu-1", "trace.header: x-request-id", "tls: on")


def setting(dice: random.Random, service: str, key: str, old: object, new: object) -> Edited:
    """Return a change of ``key`` (words divided by dots) of a service."""
    return dice.choice(FORMATS)(dice, service, key, (str(old), str(new)))


Format = Callable[[random.Random, str, str, tuple[str, str]], Edited]


def _hunk(dice: random.Random, lines: Sequence[str]) -> str:
    at = dice.randint(4, 90)
    return f"@@ -{at},{len(lines) - 1} +{at},{len(lines) - 1} @@\n" + "\n".join(lines) + "\n"


def _yaml(dice: random.Random, service: str, key: str, values: tuple[str, str]) -> Edited:
    *parents, last = key.split(".")
    around = [f" {'  ' * i}{parent}:" for i, parent in enumerate(parents)]
    pad = "  " * len(parents)
    lines = [*around, f"-{pad}{last}: {values[0]}", f"+{pad}{last}: {values[1]}", f" {dice.choice(NEIGHBOURS)}"]
    return Edited(dice.choice([f"deploy/{service}/values.yaml", f"k8s/prod/{service}.yaml"]), _hunk(dice, lines))


def _properties(dice: random.Random, service: str, key: str, values: tuple[str, str]) -> Edited:
    lines = [f" {dice.choice(NEIGHBOURS).replace(': ', '=')}", f"-{key}={values[0]}", f"+{key}={values[1]}"]
    return Edited(f"config/{service}/application-prod.properties", _hunk(dice, [*lines, " server.port=8080"]))


def _environment(dice: random.Random, service: str, key: str, values: tuple[str, str]) -> Edited:
    name = key.replace(".", "_").replace("-", "_").upper()
    lines = [" LOG_LEVEL=info", f"-{name}={values[0]}", f"+{name}={values[1]}", " PORT=8080"]
    return Edited(f"env/{service}.prod.env", _hunk(dice, lines))


def _toml(dice: random.Random, service: str, key: str, values: tuple[str, str]) -> Edited:
    *parents, last = key.split(".")
    old, new = (v if v.replace(".", "").isdigit() else f'"{v}"' for v in values)
    last = last.replace("-", "_")
    lines = [f" [{'.'.join(parents) or service}]", f"-{last} = {old}", f"+{last} = {new}", " enabled = true"]
    return Edited(f"conf/{service}.toml", _hunk(dice, lines))


def _terraform(dice: random.Random, service: str, key: str, values: tuple[str, str]) -> Edited:
    name = key.replace(".", "_").replace("-", "_")
    lines = [f' module "{service}" {{', '   source = "../modules/service"', f'-  {name} = "{values[0]}"',
             f'+  {name} = "{values[1]}"', " }"]  # fmt: skip
    return Edited(f"terraform/prod/{service}.tf", _hunk(dice, lines))


FORMATS: Sequence[Format] = (_yaml, _yaml, _properties, _environment, _toml, _terraform)
