"""What secrets and personal data look like: named patterns, each linear in the length of the text.

Linear means: no unbounded run before an anchor, so that a hostile megabyte costs no more than a friendly one.
The well-known token shapes of `detect_secrets` are taken from its plugins; those that are not linear there
(JWT, OpenAI, npm), or that eat UUIDs and host names (Telegram, Artifactory), are written here.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

PLUGINS = {
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "mailchimp": "MailchimpDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "twilio": "TwilioKeyDetector",
}
"""Plugins of detect_secrets whose patterns are anchored on a prefix or a fixed length."""

STATED = re.compile(
    r"(?:\*+|x{3,}|%[sdvq]|\$\{.{0,80}|\$\(.{0,80}|\$(?-i:[A-Z_]{2,40})|[a-z_][\w.]{0,80}\(.{0,400}|\[redacted:.{0,40}"
    r"|(?:os|process|env|config|cfg|settings|self|this|req|request|ctx)\.[\w.\[\]\"']{1,80}"
    r"|true|false|yes|no|on|off|null|none|nil|undefined|str|string|bytes|invalid|expired|missing|required|rejected|revoked"
    r"|empty|present|absent|unset|unknown|valid|ok|error|failed|denied|not|was|is|has|the|a|for|in|from|could|must"
    r"|incorrect|wrong|mismatch|changed|reset|cannot|does|too)[.!)]?",
    re.IGNORECASE,
)
"""Values beside a secret's name that are none: references to it, and what is said about it."""

COUNTED = re.compile(r"(?i)[\d.,]{1,9}|0x[0-9a-f]{1,4}")
"""Figures, which can be passwords but hardly tokens."""

HARMLESS = re.compile(
    r"(?i)(?:tokens|token[_.-](?:count|budget|limit|type|ttl|bucket|expir\w*|length|url|uri)|secret[_.-]?(?:name|ref\w*)"
    r"|(?:password|passwd)[_.-](?:length|policy|file|hash_algorithm)|credentials?[_.-](?:file|id|path))$"
)
"""Names that contain a secret's name and hold none."""


class Pattern(NamedTuple):
    """A kind of secret. Group ``secret`` (or else all of it) goes; ``proves`` tells a real one from a look-alike."""

    name: str
    regex: re.Pattern[str]
    proves: Callable[[re.Match[str]], bool] = lambda _: True


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _card(found: re.Match[str]) -> bool:
    """Luhn, ISO/IEC 7812-1 annex B."""
    digits = [int(d) for d in reversed(_digits(found[0]))]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def _iban(found: re.Match[str]) -> bool:
    """Mod 97, ISO 13616."""
    text = found[0].replace(" ", "")
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _phone(found: re.Match[str]) -> bool:
    digits = len(_digits(found[0]))
    grouped = len(found[0]) > digits + 1
    return (8 if grouped else 10) <= digits <= 19  # noqa: PLR2004 - E.164 allows 15, and a figure may stand behind


def _random(found: re.Match[str]) -> bool:
    """Tell credentials from the words that follow "bearer" and "basic" in prose."""
    text = found["secret"]
    return len(text) >= 20 or any(c.isdigit() for c in text) or not (text.islower() or text.istitle())  # noqa: PLR2004


def _assigned(found: re.Match[str]) -> bool:
    value, key = found["secret"].strip("\"'\\"), found["key"].lower()
    if not value or STATED.fullmatch(value) or HARMLESS.search(key):
        return False
    return "pass" in key or "pwd" in key or not COUNTED.fullmatch(value)


_NAMED = (
    r"(?:pass(?:word|wd|phrase)|\bpwd|secret|token|credentials?|(?:api|access|private|auth|encryption|signing|account)[_-]?key"
    r"|session[_-]?id|\bsid|[jJ]sessionid|phpsessid|connect\.sid)"
)
_VALUE = r"""(?:\\"[^"\\\n]{1,4096}|"(?:[^"\\\n]|\\.){1,4096}|'(?:[^'\\\n]|\\.){1,4096}|[^\s,;&"'<>{}\\]{1,4096})"""

OURS = (
    Pattern(
        "private-key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
            r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
        ),
    ),
    Pattern(
        "url-login",
        re.compile(
            r"(?<=://)(?:[^\s/@:\"'<>]{0,100}:(?!\d{1,5}/)[^\s@\"'<>]{1,200}|[^\s/@\"'<>]{1,200})(?:@[^\s/@\"'<>]{1,200}){0,3}(?=@)"
        ),
    ),
    Pattern("jwt", re.compile(r"(?<![\w-])eyJ[\w=-]{5,4096}\.[\w=-]{2,8192}(?:\.[\w=-]{0,4096}){0,3}")),
    Pattern(
        "authorization",
        re.compile(
            r"(?i)authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?P<secret>(?:(?:bearer|basic|token|digest|apikey)\s{1,3})?"
            r"[^\s\"',;\[][^\s\"',;]{5,8192})"
        ),
        lambda found: not STATED.fullmatch(found["secret"]),
    ),
    Pattern("bearer", re.compile(r"(?i)\bbearer[\s:]{1,3}(?P<secret>[\w.~+/=-]{6,8192})"), _random),
    Pattern("basic-auth", re.compile(r"(?i)\bbasic[\s:]{1,3}(?P<secret>[A-Za-z0-9+/]{8,4096}={0,2})"), _random),
    Pattern(
        "cookie",
        re.compile(r"(?i)\bcookie\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?P<secret>[^\s\"'=]{1,256}=[^\r\n\"']{1,8192})"),
    ),
    Pattern("gcp-key", re.compile(r"AIza[\w-]{35}|\bya29\.[\w-]{20,4096}|GOCSPX-[\w-]{20,64}")),
    Pattern(
        "llm-key", re.compile(r"(?<![\w-])(?:gsk_\w{20,200}|sk-[\w-]{20,400}|hf_[A-Za-z0-9]{20,200}|xai-\w{20,200})")
    ),
    Pattern("github-key", re.compile(r"gh[pousr]_\w{30,255}|github_pat_\w{22,255}")),
    Pattern(
        "slack-key",
        re.compile(
            r"(?i)xox[a-z]-[\w-]{10,400}|xapp-[\w-]{10,400}|hooks\.slack\.com/(?:services|workflows)/[\w/-]{10,400}"
        ),
    ),
    Pattern("stripe-key", re.compile(r"(?:[rsp]k_(?:live|test)|whsec)_\w{10,255}")),
    Pattern("npm-key", re.compile(r"\bnpm_[A-Za-z0-9]{36}|_authToken\s{0,3}=\s{0,3}(?P<secret>[^\s\"']{6,400})")),
    Pattern("telegram-key", re.compile(r"(?<!\d)\d{8,10}:AA[\w-]{33}")),
    Pattern("artifactory-key", re.compile(r"\bAKC[a-zA-Z0-9]{20,200}")),
    Pattern(
        "secret",
        re.compile(
            rf"(?i)(?P<key>{_NAMED}[\w.-]{{0,24}})(?:\\?[\"']\]?)?\s{{0,3}}(?:=>|:=|==|[:=])\s{{0,3}}(?P<secret>{_VALUE})"
        ),
        _assigned,
    ),
    Pattern(
        "secret",
        re.compile(
            r"(?i)(?P<key>--[\w-]{0,30}?(?:password|passwd|token|secret|api-key))\s{1,3}(?P<secret>[^\s\"'\[-][^\s\"']{0,400})"
        ),
        _assigned,
    ),
    Pattern("email", re.compile(r"[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")),
    Pattern(
        "card",
        re.compile(
            r"(?<![\w.-])(?:4\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}|4\d{12}(?:\d{6})?"
            r"|(?:5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d\d|4[4-9]\d|2\d\d)|35\d\d)"
            r"([ -]?)\d{4}\2\d{4}\2\d{4}|3[47]\d{2}([ -]?)\d{6}\3\d{5}|3(?:0[0-5]|6\d|8\d)\d{11})(?![\w-])"
        ),
        _card,
    ),
    Pattern("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _iban),
    Pattern(
        "phone", re.compile(r"(?<![\w+.])\+[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w-])"), _phone
    ),
    Pattern(
        "ssn",
        re.compile(
            r"(?i)\b(?:ssn|social security(?: number| no\.?)?)\W{1,5}(?P<secret>\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)"
        ),
    ),
)


def _borrowed() -> Iterator[Pattern]:
    for module, detector in PLUGINS.items():
        plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), detector)
        for regex in plugin.denylist:
            yield Pattern(module.split("_")[0] + "-key", regex)


@cache
def known() -> tuple[Pattern, ...]:
    """Return every pattern, the longest-reaching first. The first call imports detect_secrets."""
    return (*OURS[:3], *_borrowed(), *OURS[3:])
