"""An incident being made up: the system, what people did to it, and what goes wrong. Time 0 is the onset."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from incident.change import ChangeKind
from incident.diagnosis import Category, Remediation
from scenarios.faults import AnyFault
from scenarios.generator.naming import AUTHORS, FIELDS
from scenarios.generator.readings import Readings, gauges_of
from scenarios.generator.settings import Edited
from scenarios.generator.speech import Speech
from scenarios.generator.topology import Layout
from scenarios.network import network
from scenarios.plan import ROLLOUT
from scenarios.schema import Notice, Patch, PlannedChange, Rule, Scenario
from scenarios.seeds import chance, digest
from scenarios.system import NodeKind, Service, System

HOUR = 3600.0
HEALTHY = 5400.0
"""Seconds of quiet that are on record before the trouble."""
RAMPS = (0, 0, 60, 300)
"""Seconds over which things set in."""
PROMPT, LATER = 0.6, 0.85
"""How likely a change is felt at once, and how likely at once or within the hour."""


class Unfit(Exception):
    """This system has nothing that such a fault could befall, or nobody would notice."""


def _tidy(seconds: float) -> float:
    return round(seconds, 1)


class Trouble(NamedTuple):
    """What is wrong, for the answer key. ``horizon``: seconds within which somebody should be paged."""

    culprits: tuple[str, ...]
    categories: tuple[Category, ...]
    remediation: tuple[Remediation, ...]
    change: str | None = None
    horizon: float = 2700.0
    note: str = ""
    over: float | None = None
    """When it was over."""


class Draft:
    """One incident in the making. ``strength`` multiplies how bad it is."""

    def __init__(self, kind: str, seed: int, size: int, strength: float) -> None:
        self.kind, self.seed, self.strength = kind, seed, strength
        self.dice = chance(seed, "made up", kind)
        self.layout = Layout(size, self.dice)
        self.readings, self.speech = Readings(self.dice), Speech(self.dice)
        self.services: dict[str, Service] = dict(self.layout.system().services)
        for name, service in self.services.items():
            gauges = gauges_of(self.readings, service, self.dice, entry=name in self.layout.entries)
            said = self.speech.routine(service.kind)
            self.services[name] = service.model_copy(update={"gauges": gauges, "logs": said})
        self.changes: list[PlannedChange] = []
        self.faults: list[AnyFault] = []
        self.events: list[Notice] = []
        self.commits: list[Patch] = []

    @property
    def system(self) -> System:
        """The system as it is now."""
        return self.readings.named(System(services=self.services, wording=self.speech.wording))

    def alter(self, name: str, **sides: Any) -> None:  # noqa: ANN401 - a service has sides of many types
        """Let a service have been different all along."""
        self.services[name] = Service.model_validate(self.services[name].model_dump(exclude_unset=True) | sides)

    def some(self, names: Sequence[str]) -> str:
        """Return one of the names; raises `Unfit` where there is none."""
        if not names:
            raise Unfit
        return self.dice.choice(names)

    def own(self) -> list[str]:
        """Return the company's own services that are asked at all often enough for anybody to notice."""
        return [*self.layout.inner, *(self.layout.entries if self.dice.random() < 0.3 else ())]  # noqa: PLR2004

    def pooled(self) -> str:
        """Return a service with a pool."""
        return self.some([n for n in self.layout.inner if self.services[n].pool is not None])

    def callers(self, name: str) -> list[str]:
        """Return who calls a service."""
        return [caller for caller, service in self.services.items() if name in service.calls]

    def usual(self, name: str) -> float:
        """Return how many requests a second usually reach a service."""
        net = network(System(services=self.services))
        return float(net.usual[net.at(name)])

    def chance(self, odds: float) -> bool:
        """Return true so often."""
        return self.dice.random() < odds

    def between(self, low: float, high: float) -> float:
        """Return a number, each size as likely as each other."""
        return low * math.pow(high / low, self.dice.random())

    def words(self, service: str) -> dict[str, str]:
        """Return what placeholders of diffs are filled with, for a service's code."""
        noun, field = self.layout.naming.of[service], self.dice.choice(FIELDS)
        return {
            "noun": noun, "Noun": noun.capitalize(), "NOUN": noun.upper(),
            "field": field, "Field": field.capitalize(), "FIELD": field.upper(),
        }  # fmt: skip

    def before(self) -> float:
        """Return how long before the onset its change was rolled out: mostly at once, sometimes up to a day."""
        luck = self.dice.random()
        if luck < PROMPT:
            return ROLLOUT + self.dice.uniform(0, 90)
        return self.dice.uniform(120, HOUR) if luck < LATER else self.dice.uniform(HOUR, 24 * HOUR)

    def change(  # noqa: PLR0913 - a change has that many sides
        self, service: str, at: float, kind: ChangeKind, title: str, edited: Sequence[Edited] = (),
        *, reversible: bool = True, attributes: Mapping[str, Any] | None = None,
    ) -> str:  # fmt: skip
        """Put a change on record so many seconds after the onset (mostly negative); return its id."""
        id_ = f"{self._prefix()}{self.dice.randint(1000, 999999)}"
        if any(id_ == c.id for c in self.changes):
            return self.change(service, at, kind, title, edited, reversible=reversible, attributes=attributes)
        author = self.dice.choice(AUTHORS)
        patch = self.patch(id_, title, edited, author) if edited else None
        self.changes.append(
            PlannedChange(
                id=id_, at=at, service=service, kind=kind, title=self._titled(service, kind, title), author=author,
                reversible=reversible, commit=patch, attributes=attributes or {},
            )
        )  # fmt: skip
        return id_

    def _prefix(self) -> str:
        return ("chg-", "dep-", "CHG00", "release/", "d")[self.seed % 5]

    def _titled(self, service: str, kind: ChangeKind, title: str) -> str:
        return title if self.seed % 3 else f"{kind.value} {service}: {title}"

    def patch(self, id_: str, title: str, edited: Sequence[Edited], author: str) -> Patch:
        """Return a commit with a hash of its own."""
        diff = "\n".join(f"--- a/{e.path}\n+++ b/{e.path}\n{e.diff.rstrip()}" for e in edited) + "\n"
        sha = digest(self.seed, "commit", id_, diff)[:40]
        return Patch(message=title, files=tuple(e.path for e in edited), diff=diff, author=author, sha=sha)

    def event(self, at: float, source: str, status: str, message: str, service: str | None = None) -> None:
        """Let somebody say something."""
        self.events.append(Notice(at=at, source=source, service=service, status=status, message=message))

    def reach(self, name: str) -> frozenset[str]:
        """Return a service and whatever it needs, however indirectly."""
        found, frontier = {name}, [name]
        while frontier:
            fresh = set(self.services[frontier.pop()].calls) - found
            found |= fresh
            frontier += sorted(fresh)
        return frozenset(found)

    def scenario(self, rule: Rule, age: float, **sides: Any) -> Scenario:  # noqa: ANN401 - a scenario has many
        """Return the incident with an alert so many seconds after the onset."""
        faults = [
            f.model_copy(
                update={"at": _tidy((f.at or 0.0) - age), "until": None if f.until is None else _tidy(f.until - age)}
            )
            for f in self.faults
        ]
        return Scenario(
            name=f"made-up-{self.seed}",
            system=self.system,
            alert=rule,
            changes=tuple(
                c.model_copy(update={"at": _tidy(c.at - age)}) for c in sorted(self.changes, key=lambda c: c.at)
            ),
            faults=tuple(faults),
            commits=tuple(c.model_copy(update={"at": _tidy((c.at or 0.0) - age)}) for c in self.commits),
            events=tuple(
                e.model_copy(update={"at": _tidy(e.at - age)}) for e in sorted(self.events, key=lambda e: e.at)
            ),
            before=min(86400.0, _tidy(age + HEALTHY)),
            **sides,
        )

    def is_own(self, name: str) -> bool:
        """Tell whether it is a service that the company builds itself."""
        return self.services[name].kind is NodeKind.SERVICE
