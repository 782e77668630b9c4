"""Systems of 3 to 60 services: entries, layers of own services that share stores, caches, queues, and third parties."""

import math
import random
from itertools import pairwise
from typing import NamedTuple

from scenarios.generator.naming import Naming
from scenarios.network import network
from scenarios.system import Call, NodeKind, Pool, Service, System

DEEPEST = 9
"""No layout has more layers."""
RUNTIMES = ("jvm", "python", "go", "node")
OPERATIONS = ("GET /{n}", "POST /{n}", "GET /{n}/:id", "PUT /{n}/:id", "list{N}", "get{N}", "create{N}", "{n}.search")

STORED = {
    NodeKind.DATABASE: ("SELECT", "INSERT", "UPDATE"),
    NodeKind.CACHE: ("GET", "SET"),
    NodeKind.QUEUE: ("publish", "fetch"),
}


class Shape(NamedTuple):
    """How many of what."""

    entries: int
    inner: int
    stores: int
    caches: int
    queues: int
    providers: int

    @classmethod
    def of(cls, size: int, dice: random.Random) -> "Shape":
        """Divide so many services up; every system has an entry, an own service and a store."""
        stores = max(1, round(size * dice.uniform(0.1, 0.25)))
        caches = min(round(size * dice.uniform(0, 0.15) + dice.random()), max(0, size - 3))
        queues = round(size * dice.uniform(0, 0.08)) if size > 5 else 0  # noqa: PLR2004 - small shops have none
        providers = min(8, round(size * dice.uniform(0.03, 0.15) + dice.random())) if size > 3 else 0  # noqa: PLR2004
        own = max(2, size - stores - caches - queues - providers)
        entries = min(own - 1, dice.choice([1, 1, 2, 3]) if size > 8 else 1)  # noqa: PLR2004
        return cls(entries, own - entries, stores, caches, queues, providers)


class Layout:
    """A system being laid out: who there is, layer by layer, and who calls whom."""

    def __init__(self, size: int, dice: random.Random) -> None:
        self.dice, self.naming = dice, Naming(dice)
        shape = Shape.of(size, dice)
        self.entries = [self.naming.entry() for _ in range(shape.entries)]
        self.layers = self._layered([self.naming.service() for _ in range(shape.inner)])
        self.inner = [name for layer in self.layers for name in layer]
        self.stores = [self.naming.store("d") for _ in range(shape.stores)]
        self.caches = [self.naming.store("c") for _ in range(shape.caches)]
        self.queues = [self.naming.store("q") for _ in range(shape.queues)]
        self.providers = [self.naming.provider() for _ in range(shape.providers)]
        self.calls: dict[str, dict[str, Call]] = {
            n: {} for n in (*self.entries, *self.inner, *self.stores, *self.caches, *self.queues, *self.providers)
        }
        self.p50 = {name: self._pace(name) for name in self.calls}
        self._connect()

    def _layered(self, names: list[str]) -> list[list[str]]:
        depth = min(len(names), self.dice.randint(1, 2 + min(4, len(names) // 3)))
        layers: list[list[str]] = [[name] for name in names[:depth]]
        for name in names[depth:]:
            self.dice.choice(layers).append(name)
        return layers

    def _pace(self, name: str) -> float:
        low, high = (
            (0.04, 0.35) if name in self.providers
            else (0.0004, 0.002) if name in self.caches
            else (0.001, 0.012) if name in self.stores or name in self.queues
            else (0.003, 0.06)
        )  # fmt: skip
        return round(low * math.pow(high / low, self.dice.random()), 5)

    def _connect(self) -> None:
        """Everybody gets a caller of the layer above, and some get more; what lies below is tied up first."""
        above = [self.entries, *self.layers]
        for store in self.stores:
            for name in self._some(self.inner, 3):
                self._call(name, store, share=self.dice.choice([1.0, 1.0, 0.6, 2.0]))
        for cache in self.caches:
            for name in self._some([n for n in self.inner if set(self.calls[n]) & set(self.stores)] or self.inner, 2):
                self._call(name, cache, needed=0.03)
        for queue in self.queues:
            for name in self._some(self.inner, 2):
                self._call(name, queue, share=0.5, needed=0.5)
        for provider in self.providers:
            for name in self._some(self.inner, 2):
                self._call(name, provider, share=self.dice.choice([0.3, 0.6, 1.0]))
        for upper, lower in reversed(list(pairwise(above))):
            for name in lower:
                for caller in self._some(upper, 2):
                    self._call(caller, name, share=self.dice.choice([0.2, 0.5, 0.8, 1.0, 1.0]))
        for name in self.entries:
            if not self.calls[name]:
                self._call(name, self.dice.choice(self.layers[0]))

    def _some(self, names: list[str], most: int) -> list[str]:
        return self.dice.sample(names, min(len(names), self.dice.choice([1, 1, self.dice.randint(1, most)])))

    def _call(self, caller: str, callee: str, share: float = 1.0, needed: float | None = None) -> None:
        """Let one call another: it waits several times as long as the callee's slowest answers take."""
        slowest = self._slowest(callee)
        timeout = round(max(0.25, slowest * self.dice.choice([4, 6, 10])), 2)
        retries = self.dice.choice([0, 0, 1, 2])
        vital = self.dice.choice([1.0, 1.0, 1.0, 0.3]) if needed is None else needed
        self.calls[caller][callee] = Call(share=share, needed=vital, timeout=timeout, retries=retries)

    def _slowest(self, name: str, depth: int = 0) -> float:
        below = (c.share * self._slowest(n, depth + 1) for n, c in self.calls[name].items() if depth < DEEPEST)
        return 4 * self.p50[name] + sum(below)

    def system(self) -> System:
        """Return it with loads, and with pools that fit them."""
        services = {name: self._service(name) for name in self.calls}
        net = network(System(services=services))
        for name in self.inner:
            pooled = [s for s in self.calls[name] if s in self.stores]
            if pooled and self.dice.random() < 0.75:  # noqa: PLR2004 - most have one
                hold = round(self.dice.uniform(0.01, 0.08), 3)
                wanted = net.usual[net.at(name)] * self.calls[name][pooled[0]].share * (hold + 2 * self.p50[pooled[0]])
                size = max(5, round(wanted * self.dice.uniform(2.5, 6)))
                pool = Pool(to=pooled[0], size=size, hold=hold, timeout=self.dice.choice([1, 2, 5]))
                services[name] = services[name].model_copy(update={"pool": pool})
        return System(services=services)

    def _service(self, name: str) -> Service:
        kinds = [(self.stores, NodeKind.DATABASE), (self.caches, NodeKind.CACHE), (self.queues, NodeKind.QUEUE),
                 (self.providers, NodeKind.EXTERNAL)]  # fmt: skip
        kind = next((kind for names, kind in kinds if name in names), NodeKind.SERVICE)
        noun = self.naming.of[name]
        said = self.dice.sample(OPERATIONS, self.dice.randint(1, 3))
        memory = self.dice.choice([256, 512, 1024, 2048])
        return Service(
            kind=kind,
            calls=self.calls[name],
            load=round(20 * 30 ** self.dice.random(), 1) if name in self.entries else 0,
            p50=self.p50[name],
            p99=round(self.p50[name] * self.dice.uniform(2.5, 6), 5),
            errors=self.dice.choice([0.0002, 0.001, 0.004]),
            instances=self.dice.choice([1, 2, 3, 4, 6]),
            memory=memory,
            memory_limit=memory * self.dice.choice([1.5, 2, 3]),
            runtime=self.dice.choice(RUNTIMES),
            operations=STORED.get(kind) or tuple(o.format(n=noun, N=noun.capitalize()) for o in said),
            version=f"{self.dice.randint(0, 9)}.{self.dice.randint(0, 40)}.{self.dice.randint(0, 20)}",
        )
