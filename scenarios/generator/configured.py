"""What changes of configuration do to production: each makes the change, with its diff, and lets it take effect."""

from incident.change import ChangeKind
from scenarios.faults import AnyFault, CallChange, CapacityLoss, Drift, LinkDelay, PoolLimit
from scenarios.generator.caused import guilty
from scenarios.generator.draft import Draft, Trouble
from scenarios.generator.settings import setting
from scenarios.system import Pool


def _configured(draft: Draft, service: str, key: str, old: object, new: object) -> str:
    first, *_, last = f"settings.{key}".split(".")[1:] if "." in key else (key, key)
    titles = (f"{last} for {service}", f"tune {service}", "platform defaults", "cost review", f"new {first} settings")
    title = draft.dice.choice(titles)
    return draft.change(
        service, -draft.before(), ChangeKind.CONFIG, title, [setting(draft.dice, service, key, old, new)]
    )


def config(draft: Draft) -> Trouble:
    """A value in configuration is wrong: a timeout, an address, a pool."""
    return draft.dice.choice([_timeout, _address, _pool])(draft)


def _timeout(draft: Draft) -> Trouble:
    service = draft.some([n for n in draft.own() if draft.services[n].calls])
    callee = draft.some(list(draft.services[service].calls))
    old = draft.services[service].calls[callee].timeout
    new = round(draft.layout.p50[callee] * draft.dice.uniform(0.6, 1.4) / draft.strength, 4)
    seconds = draft.chance(0.3)
    written = (old, new) if seconds else (round(old * 1000), max(1, round(new * 1000)))
    key = f"clients.{callee}.timeout" if seconds else f"clients.{callee}.timeout-ms"
    change = _configured(draft, service, key, *written)
    fault = CallChange(kind="call_change", service=service, to=callee, timeout=max(0.001, new))
    return guilty(draft, (service,), change, fault)


def _address(draft: Draft) -> Trouble:
    service = draft.some([n for n in draft.own() if draft.services[n].calls])
    callee = draft.some(list(draft.services[service].calls))
    port = draft.dice.choice([8080, 8443, 5432, 9000])
    change = _configured(
        draft, service, f"clients.{callee}.url", f"http://{callee}:{port}", f"http://{callee}:{port + 1}"
    )
    refused = min(1.0, draft.dice.choice([1.0, 1.0, 0.5]) * draft.strength)
    return guilty(draft, (service,), change, LinkDelay(kind="link_delay", service=service, to=callee, refused=refused))


def _pool(draft: Draft) -> Trouble:
    service = draft.pooled()
    pool = draft.services[service].pool or Pool(to="", size=1)
    needed = pool.size / 4
    size = max(1, round(needed * draft.dice.uniform(0.3, 0.9) / draft.strength))
    key = draft.dice.choice(["datasource.pool.max-size", "db.max_connections", "database.pool.size"])
    change = _configured(draft, service, key, pool.size, size)
    fault = PoolLimit(kind="pool_limit", service=service, size=size, ramp=draft.dice.choice([0, 120, 600]))
    return guilty(draft, (service,), change, fault)


def limits(draft: Draft) -> Trouble:
    """Less processor, fewer replicas or fewer workers than the load needs."""
    service = draft.some(draft.own())
    left = max(0.04, draft.dice.uniform(0.2, 0.32) / draft.strength)
    old = draft.dice.choice([4, 6, 8, 10])
    key, values = draft.dice.choice([
        ("resources.limits.cpu", (f"{old * 500}m", f"{max(50, round(old * 500 * left))}m")),
        ("autoscaling.maxReplicas", (old * 2, max(1, round(old * 2 * left)))),
        ("server.workers", (old * 4, max(1, round(old * 4 * left)))),
        ("concurrency.max", (old * 25, max(1, round(old * 25 * left)))),
    ])  # fmt: skip
    change = _configured(draft, service, key, *values)
    return guilty(draft, (service,), change, CapacityLoss(kind="capacity_loss", service=service, left=left))


def retry_storm(draft: Draft) -> Trouble:
    """Shorter patience and more attempts: calls that would have been answered are made again, until all is full."""
    service = draft.some([n for n in draft.own() if set(draft.services[n].calls) & set(draft.layout.inner)])
    callee = draft.some([n for n in draft.services[service].calls if n in draft.layout.inner])
    call = draft.services[service].calls[callee]
    retries, new = (
        draft.dice.randint(4, 9),
        round(draft.layout.p50[callee] * draft.dice.uniform(1, 2) / draft.strength, 4),
    )
    one = setting(draft.dice, service, f"clients.{callee}.max-attempts", call.retries + 1, retries + 1)
    other = setting(
        draft.dice, service, f"clients.{callee}.timeout-ms", round(call.timeout * 1000), max(1, round(new * 1000))
    )
    title = draft.dice.choice(["more resilient calls", f"retry {callee}", "resilience review"])
    change = draft.change(service, -draft.before(), ChangeKind.CONFIG, title, [one, other])
    fault = CallChange(kind="call_change", service=service, to=callee, timeout=new, retries=retries)
    return guilty(draft, (service,), change, fault)


def stampede(draft: Draft) -> Trouble:
    """What a cache used to answer goes to the database."""
    cached = [n for n in draft.layout.inner if set(draft.services[n].calls) & set(draft.layout.caches)]
    service = draft.some([n for n in cached if set(draft.services[n].calls) & set(draft.layout.stores)])
    store = draft.some([s for s in draft.layout.stores if s in draft.services[service].calls])
    cache = draft.some([c for c in draft.layout.caches if c in draft.services[service].calls])
    call = draft.services[service].calls[store]
    calls = dict(draft.services[service].calls) | {store: call.model_copy(update={"share": 0.05})}
    draft.alter(service, calls={n: c.model_dump() for n, c in calls.items()})
    draft.alter(store, capacity=max(2.0, 2 * draft.usual(store)))
    key, old, new = draft.dice.choice([("cache.ttl-seconds", 600, 1), ("cache.enabled", "true", "false"),
                                       ("cache.key-prefix", "v3", "v4")])  # fmt: skip
    change = _configured(draft, service, key, old, new)
    faults: list[AnyFault] = [CallChange(kind="call_change", service=service, to=store, share=draft.strength)]
    if (hits := draft.readings.drifted("hits", 0.04)) is not None:
        faults.append(Drift(kind="drift", service=cache, gauge=hits[0], value=hits[1]))
    return guilty(draft, (service, cache), change, *faults)
