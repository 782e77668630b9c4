"""Whether a language model can be asked: its server, the key, the models, and what they may take."""

from collections.abc import Iterator

from agents.clients.unavailable import LLMUnavailable, Why
from bot.doctor.chosen import harmless
from bot.doctor.finding import Finding, note, right, wrong
from bot.llm_settings import MODEL, LLMSettings
from bot.thinking import OFF, door, wished

TOPIC = "llm"
PATIENCE = 10
"""Seconds for the one question."""
ALONE = "the offline reasoner works alone"
KEYS = "make a key at https://console.groq.com/keys and set GROQ_API_KEY"
NETWORK = "look at SFA_GROQ_BASE_URL, the network, HTTPS_PROXY and SSL_CERT_FILE on this machine"
PATH = "look at SFA_GROQ_BASE_URL: most servers but Groq want it to end in /v1"
REMEDIES = {
    Why.WRONG_KEY: "set SFA_GROQ_API_KEY to a key of this server",
    Why.UNREACHABLE: NETWORK,
    Why.NO_ANSWER: NETWORK,
    Why.NONSENSE: PATH,
    Why.REFUSED: "look at what the key may do, and whether this network may ask; then at SFA_GROQ_BASE_URL",
}
"""What to do where the server does not say which models it has; by why."""
SHOWN = 5
MADE_UP = "it hears of made-up incidents alone; SFA_LLM=on lets it hear of real ones and recordings, too"
REAL = "SFA_LLM is on: it hears of real incidents, too, but not of services whose `llm` is off in the catalog"


async def llm(settings: LLMSettings) -> list[Finding]:
    """Ask the server which models it has; spends no token. Asks nothing where no incident would."""
    if settings.llm == OFF:
        return [right(TOPIC, f"SFA_LLM is off: no language model is asked anything, {ALONE}")]
    if wished(settings, None) is None:
        if settings.llm is None:
            return [right(TOPIC, f"no key: no language model is asked, {ALONE}; to have one help, {KEYS}")]
        return [wrong(TOPIC, f"SFA_LLM is on, and there is no key for Groq: {ALONE}", KEYS)]
    hears = right(TOPIC, REAL if settings.llm else MADE_UP)
    return [right(TOPIC, _asked(settings)), hears, *await _served(settings), *_allowed(settings)]


def _asked(settings: LLMSettings) -> str:
    first, *others = settings.models
    instead = ", then ".join((*others, "the offline reasoner"))
    home = "; it is on this machine, and what it hears stays here" if settings.at_home else ""
    return f"{first} at {harmless(settings.groq_base_url)} is asked, where it can't answer {instead}{home}"


async def _served(settings: LLMSettings) -> list[Finding]:
    from agents.clients.served import served

    address = harmless(settings.groq_base_url)
    try:
        there = await served(door(settings), PATIENCE)
    except LLMUnavailable as why:
        if why.why in {Why.RATE_LIMITED, Why.DAY_SPENT}:
            return [note(TOPIC, f"{address}: {why}", "ask again later")]
        said = f"it has no list of models at {address}" if why.why is Why.NONSENSE else f"{address}: {why}"
        return [wrong(TOPIC, said, _remedy(settings, why.why))]
    found = [_standing(settings, name, there) for name in settings.models if name not in there]
    here = [name for name in settings.models if name in there]
    if here:
        found.append(right(TOPIC, f"{_let_in(settings)}there: {', '.join(here)}"))
    return found


def _remedy(settings: LLMSettings, why: Why) -> str:
    return KEYS if why is Why.WRONG_KEY and settings.at_groq else REMEDIES.get(why, "ask again later")


def _let_in(settings: LLMSettings) -> str:
    return "the key is accepted; " if settings.groq_api_key else ""


def _standing(settings: LLMSettings, name: str, there: frozenset[str]) -> Finding:
    """Say that a model isn't there; the names of others are the server's, and shown where they look like names."""
    known = sorted(other for other in there if MODEL.fullmatch(other))
    more = ", …" if len(known) > SHOWN else ""
    others = f"the server has {', '.join(known[:SHOWN])}{more}" if known else "the server has none"
    said = f"{name} is not among the models of {harmless(settings.groq_base_url)}"
    if name == settings.groq_model:
        return wrong(TOPIC, said, f"set SFA_GROQ_MODEL; {others}")
    return note(TOPIC, said, f"set SFA_GROQ_FALLBACK_MODELS, empty for none; {others}")


def _allowed(settings: LLMSettings) -> Iterator[Finding]:
    """Say what may be taken, and what that costs."""
    dearest = [settings.prices[name].most(settings.token_budget) for name in settings.models if name in settings.prices]
    unpriced = [name for name in settings.models if name not in settings.prices]
    cost = f", {_dollars(max(dearest))} at most" if dearest and not unpriced else ""
    said = f"an investigation takes up to {settings.token_budget:,} tokens{cost}"
    yield right(TOPIC, f"{said}; all of them in 24 hours {_capped(settings)}")
    if unpriced and not settings.at_home:
        yield note(TOPIC, f"what {', '.join(unpriced)} costs isn't known", "set SFA_LLM_PRICE to count money")
    for name in _nothing(settings):
        yield note(TOPIC, f"{name} is 0: {ALONE}", "raise it, or set SFA_LLM=off to say so")


def _capped(settings: LLMSettings) -> str:
    tokens, dollars = settings.caps
    told = [f"{tokens:,} tokens"] if tokens is not None else []
    told += [_dollars(dollars)] if dollars is not None else []
    uncapped = "as many as its server allows: SFA_LLM_TOKENS_A_DAY or SFA_LLM_DOLLARS_A_DAY would cap them"
    return f"up to {' and '.join(told)}" if told else uncapped


def _nothing(settings: LLMSettings) -> Iterator[str]:
    if settings.token_budget == 0:
        yield "SFA_TOKEN_BUDGET"
    if settings.llm_tokens_a_day == 0:
        yield "SFA_LLM_TOKENS_A_DAY"
    if settings.llm_dollars_a_day == 0:
        yield "SFA_LLM_DOLLARS_A_DAY"


def _dollars(amount: float) -> str:
    return f"${amount:.4f}" if amount < 1 else f"${amount:,.2f}"
