"""YAML that anybody could have written: bounded, safe, and with the line of every key to show a mistake by."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.keys import nearest
from scenarios.misfit import Misfit, Place

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 40
"""Levels of nesting; the loader recurses, so this is checked on the events before."""
LARGEST = 512 * 1024
"""Bytes; the longest file of the catalog has a fortieth of that."""
SHAPE = "a scenario is a mapping of keys; docs/scenarios.md shows one"
SHOWN = 5
"""Mistakes told at once."""


class BadScenario(Exception):
    """This file is no scenario: the message says in which line, what is wrong and what would be right."""


class Document(NamedTuple):
    """What a file says, and where it says it."""

    path: Path
    content: dict[str, object]
    root: yaml.MappingNode

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line (from 1) of the deepest part of the place that is written in the file."""
        node: yaml.Node = self.root
        line = node.start_mark.line
        for part in place:
            found = _inside(node, part)
            if found is not None:
                line, node = found
        return int(line) + 1

    def within(self, key: str) -> "Document":
        """Return the document's part under a key that holds a mapping (or itself, to point at the file at least)."""
        found = _inside(self.root, key)
        root = found[1] if found and isinstance(found[1], yaml.MappingNode) else self.root
        return Document(self.path, self.content, root)

    def complaint(self, error: ValidationError, model: type[BaseModel]) -> BadScenario:
        """Return what a person needs to know to mend the file."""
        told = [f"{self.path}:{self.line(place)}: {_where(place)}{what}" for place, what in _mistakes(error, model)]
        more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        return BadScenario("\n".join([*told[:SHOWN], *more]))


def read_document(path: Path, shape: str = SHAPE) -> Document:
    """Read a file; raises `BadScenario` where it is too large, no text, no YAML, or no mapping as in ``shape``."""
    text = _text(path)
    loader = LOADER(text)
    try:
        _shallow(path, text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            message = f"{path}:1: {shape}"
            raise BadScenario(message)
        _sound(path, root)
        content = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise BadScenario(_unparsed(path, error)) from error
    except (RecursionError, ValueError) as error:  # nested without end; an impossible date
        message = f"{path}: this YAML can't be read: {str(error)[:200]}"
        raise BadScenario(message) from error
    finally:
        loader.dispose()
    return Document(path, content, root)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            message = f"{path}: larger than {LARGEST // 1024} kB, more than anybody needs"
            raise BadScenario(message)
        return raw.decode()
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise BadScenario(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 text"
        raise BadScenario(message) from error


def _shallow(path: Path, text: str) -> None:
    """Refuse what grows beyond all bounds when it is built: aliases, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            message = (
                f"{path}:{_line(event.start_mark)}: YAML aliases (*name) and deep nesting aren't read; write it out"
            )
            raise BadScenario(message)


class _Mark(Protocol):
    line: int


def _line(mark: _Mark | None) -> int:
    return mark.line + 1 if mark is not None else 1


def _sound(path: Path, root: yaml.Node) -> None:
    """Refuse what the safe loader lets pass: a key that is there twice."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
            _no_twins(path, node)


def _no_twins(path: Path, node: yaml.MappingNode) -> None:
    keys: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in keys:
            message = f"{path}:{key.start_mark.line + 1}: a key has to be a plain word that is there only once"
            raise BadScenario(message)
        keys.add(key.value)


def _unparsed(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f":{mark.line + 1}" if mark else ""
    return f"{path}{place}: no YAML: {getattr(error, 'problem', None) or error}"


def _inside(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k.start_mark.line, v) for k, v in node.value if k.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def _mistakes(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Place, str]]:
    for detail in error.errors(include_url=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Misfit):
            yield from ((detail["loc"] + problem.place, problem.message) for problem in cause.problems)
        else:
            yield detail["loc"], _plainly(detail, model)


def _plainly(detail: ErrorDetails, model: type[BaseModel]) -> str:
    match detail["type"]:
        case "extra_forbidden":
            meant = nearest(model, detail["loc"])
            return "there is no such key; " + (
                f"was {meant[0]} meant?" if len(meant) == 1 else f"there are {', '.join(meant)}"
            )
        case "missing":
            return "this key is needed and isn't there"
        case "dict_type" | "mapping_type" | "model_type" | "model_attributes_type":
            return "here have to be keys with values, such as `name: value`"
        case "tuple_type" | "list_type" | "frozen_set_type":
            return "here has to be a list, such as `[a, b]`"
        case _:
            shown = detail["input"] if isinstance(detail["input"], str | int | float | bool) else None
            return detail["msg"].removeprefix("Value error, ") + (
                f" (is {str(shown)[:60]!r})" if shown is not None else ""
            )


def _where(place: Sequence[str | int]) -> str:
    return f"{'.'.join(map(str, place))}: " if place else ""
