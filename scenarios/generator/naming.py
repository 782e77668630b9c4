"""Names as companies give them: services, stores, providers and people. None tells what will happen."""

import random
from collections.abc import Callable, Sequence

NOUNS = (
    "ledger", "basket", "quote", "tariff", "roster", "parcel", "voucher", "ticket", "invoice", "profile", "catalog",
    "route", "meter", "claim", "policy", "booking", "rating", "signup", "payout", "refund", "listing", "media",
    "search", "session", "contract", "shift", "stock", "loyalty", "badge", "wallet", "course", "grade", "visit",
    "sample", "recipe", "fleet", "depot", "scoring", "digest", "inbox", "feed", "label", "audit", "device", "sensor",
    "tenant", "report", "coupon", "address", "menu", "table", "gift", "domain", "asset", "survey", "lease", "crew",
    "permit", "branch", "fare", "seat", "pricing", "balance", "statement",
)  # fmt: skip
FIELDS = (
    "status", "region", "amount", "currency", "label", "owner", "channel", "priority", "weight", "discount", "locale",
    "segment", "score", "category", "reference", "expiry",
)  # fmt: skip
ENTRIES = ("web", "gateway", "edge", "bff", "portal", "mobile-api", "public-api", "frontdoor", "partner-api", "site")
PROVIDERS = (
    "nordpay", "mapwise", "textocloud", "mailhaven", "idproof", "geolane", "taxbridge", "cardrail", "blobvault",
    "pushwire", "fxquotes", "creditlens",
)  # fmt: skip
AUTHORS = (
    "a.lindgren", "m.okafor", "t.sato", "r.iyer", "p.moreau", "c.weiss", "j.silva", "k.novak", "s.haddad",
    "l.brandt", "d.osei", "y.tanaka", "renovate[bot]", "f.costa",
)  # fmt: skip

Style = Callable[[str], str]
STYLES: Sequence[Style] = (
    lambda noun: noun,
    lambda noun: f"{noun}-service",
    lambda noun: f"{noun}-svc",
    lambda noun: f"{noun}-api",
    lambda noun: f"{noun}Service",
    lambda noun: f"{noun}_srv",
    lambda noun: f"prod-{noun}",
    lambda noun: f"svc.{noun}",
)
STORES = ("{noun}-db", "pg-{noun}", "mysql-{noun}", "{noun}_store", "db-{noun}-01", "{noun}-mongo")
CACHES = ("{noun}-cache", "redis-{noun}", "memcached-{noun}", "{noun}_redis")
QUEUES = ("{noun}-queue", "kafka-{noun}", "rabbit-{noun}", "{noun}-events", "sqs-{noun}")


class Naming:
    """One company's habits; hands out each name once."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._nouns = iter(dice.sample(NOUNS, len(NOUNS)))
        self._entries = iter(dice.sample(ENTRIES, len(ENTRIES)))
        self._providers = iter(dice.sample(PROVIDERS, len(PROVIDERS)))
        self._style = dice.choice(STYLES)
        self._stores = {kind: dice.choice(forms) for kind, forms in zip("dcq", (STORES, CACHES, QUEUES), strict=True)}
        self.of: dict[str, str] = {}
        """The noun within each name."""

    def service(self) -> str:
        """Return a name of an own service."""
        noun = next(self._nouns)
        return self._keep(self._style(noun), noun)

    def entry(self) -> str:
        """Return a name of what people outside reach."""
        return self._keep(next(self._entries), next(self._nouns))

    def store(self, kind: str) -> str:
        """Return a name of a database (``d``), cache (``c``) or queue (``q``)."""
        noun = next(self._nouns)
        return self._keep(self._stores[kind].format(noun=noun), noun)

    def provider(self) -> str:
        """Return a name of somebody else's service."""
        name = next(self._providers)
        return self._keep(name, name)

    def _keep(self, name: str, noun: str) -> str:
        self.of[name] = noun
        return name
