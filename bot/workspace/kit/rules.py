"""The few kinds of rule that Block Kit's tables are written in. Each says what is wrong in Slack's words, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Rule(Protocol):
    """Finds what is wrong with a value; ``at`` is its JSON pointer."""

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401 - anything may have been sent
        """Yield each thing that is wrong."""


def wrong(what: str, at: str) -> str:
    """An error as Slack lists them in `response_metadata.messages`."""
    return f"[ERROR] {what} [json-pointer:{at}]"


@dataclass(frozen=True)
class String:
    """Characters: at least, at most, or one of a few words."""

    most: int = 100_000
    least: int = 1
    of: tuple[str, ...] = ()

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check type and length."""
        if not isinstance(value, str):
            yield wrong("must be a string", at)
        elif self.of and value not in self.of:
            yield wrong(f"must be one of: {', '.join(self.of)}", at)
        elif len(value) > self.most:
            yield wrong(f"must be less than {self.most + 1} characters", at)
        elif len(value) < self.least:
            yield wrong(f"must be more than {self.least - 1} characters", at)


@dataclass(frozen=True)
class Number:
    """A number within bounds."""

    least: float = float("-inf")
    most: float = float("inf")
    whole: bool = False

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check type and bounds."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            yield wrong("must be an integer" if self.whole else "must be a number", at)
        elif not self.least <= value <= self.most:
            yield wrong(f"must be between {self.least:g} and {self.most:g}", at)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check type."""
        if not isinstance(value, bool):
            yield wrong("must be a boolean", at)


@dataclass(frozen=True)
class Anything:
    """An object or value that isn't looked into."""

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Let it pass."""
        del value, at
        return iter(())


@dataclass(frozen=True)
class Array:
    """Items of one rule."""

    of: Rule
    most: int = 100
    least: int = 1
    nullable: bool = False

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check the count and each item."""
        if not isinstance(value, list):
            yield wrong("must be an array", at)
            return
        if len(value) > self.most:
            yield wrong(f"no more than {self.most} items allowed", at)
        if len(value) < self.least:
            yield wrong(f"no fewer than {self.least} items allowed", at)
        for index, item in enumerate(value[: self.most]):
            if not (self.nullable and item is None):
                yield from self.of.check(item, f"{at}/{index}")


@dataclass(frozen=True)
class Shape:
    """An object: the fields it must have, those it may have, and of which it needs one at least."""

    must: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check that no field is missing, unknown or wrong."""
        if not isinstance(value, dict):
            yield wrong("must be an object", at)
            return
        given = {name for name, held in value.items() if held is not None}
        for name in self.must.keys() - given:
            yield wrong(f"missing required field: {name}", at)
        if self.one_of and not given & set(self.one_of):
            yield wrong(f"must define one of: {', '.join(self.one_of)}", at)
        rules = {**self.must, **self.may, "type": Anything()}
        for name in value:
            if name not in rules:
                yield wrong(f"invalid additional property: {name}", at)
            elif name in given:
                yield from rules[name].check(value[name], f"{at}/{name}")


@dataclass(frozen=True)
class Kind:
    """An object whose `type` says which rule of a table it has to keep; ``only`` narrows the table."""

    table: Mapping[str, Rule]
    only: frozenset[str] | None = None

    def check(self, value: Any, at: str) -> Iterator[str]:  # noqa: ANN401
        """Check the type, then by its rule."""
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield wrong("missing required field: type" if isinstance(value, dict) else "must be an object", at)
        elif kind not in self.table or (self.only is not None and kind not in self.only):
            yield wrong(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from self.table[kind].check(value, at)
