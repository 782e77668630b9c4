import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysis.redact import Redactor

PLANTED = (
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "xoxb-123456789012-abcdefABCDEF",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "gsk_" + "Zx9" * 17,
    "sk-proj-" + "Ab3_" * 10,
    "AIza" + "Sy5" * 11 + "Ab",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "jane.doe+test@example.co.uk",
    "4111 1111 1111 1111",
    "5500005555555559",
    "378282246310005",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "+49 151 2345 6789",
)

LABELLED = (
    'password="{}"',
    "DB_PASSWORD={}",
    '{{"api_key": "{}", "user": 7}}',
    '{{\\"client_secret\\":\\"{}\\"}}',
    "+  secretToken: '{}'",
    "-access_key = {}",
    "Authorization: Bearer {}",
    "authorization=Basic {}",
    "postgres://app:{}@db.internal:5432/shop",
    "Cookie: theme=dark; sid={}",
    "JSESSIONID={}",
    "mysql --password {} -h db",
)

ORDINARY = (
    "2026-06-20T10:41:08Z trace 4c0b7a9e-1111-4222-8333-123456789012 span 00f067aa0ba902b7",
    "dial tcp: lookup api.stripe.com on 10.96.0.10:53: server misbehaving",
    "commit 559e94ce37a7b4b6053149c40ba8a5bc9113ca6e bumps google.golang.org/protobuf v1.31.0 to v1.34.2",
    "pool exhausted (active=10/10), waited 5000ms, max_tokens=8000, token bucket empty",
    "bearer token rejected: signature verification failed; basic authentication required",
    "token: invalid, password: incorrect",
    '+    token := req.Header.Get("X-Token")',
    "-  password = os.environ['DB_PASSWORD']",
    "image registry:5000/shop/cart@sha256:" + "ab12" * 16,
    "java.lang.Object@1b2c3d4e at com.acme.Cart.add(Cart.java:42)",
    "http://prometheus:9090/api/v1/query?step=30",
)


@pytest.mark.parametrize("secret", PLANTED)
@settings(deadline=None)  # the first example pays for imports
@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_planted_secret_never_survives_in_any_surrounding_text(secret: str, before: str, after: str) -> None:
    redactor = Redactor()
    redacted = redactor.redact(f"{before} {secret} {after}")
    assert secret not in redacted
    assert redactor.count >= 1


@pytest.mark.parametrize("label", LABELLED)
@settings(deadline=None)  # the first example pays for imports
@given(secret=st.from_regex(r"[A-Za-z][A-Za-z0-9_~+-]{7,30}[0-9][A-Za-z]", fullmatch=True))
def test_a_labelled_secret_of_any_shape_never_survives(label: str, secret: str) -> None:
    assert secret not in Redactor().redact(label.format(secret))


@pytest.mark.parametrize("line", ORDINARY)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    redactor = Redactor()
    assert redactor.redact(line) == line
    assert redactor.count == 0


@settings(deadline=None)  # the first example pays for imports
@given(
    st.from_regex(
        r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", fullmatch=True
    )
)
def test_ids_that_evidence_needs_survive(identifier: str) -> None:
    line = f"request {identifier} failed on node-3"
    assert Redactor().redact(line) == line


@settings(deadline=None)  # the first example pays for imports
@given(st.text(max_size=200), st.sampled_from(PLANTED))
def test_redacting_twice_changes_nothing_more(text: str, secret: str) -> None:
    redactor = Redactor()
    once = redactor.redact(f"{text} password={secret}")
    assert redactor.redact(once) == once


def test_a_private_key_goes_with_its_body_even_when_it_is_cut_off() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nabc\n"
    assert "MIIE" not in Redactor().redact("x " + key)
    assert Redactor().redact(key + "-----END RSA PRIVATE KEY-----\nnext line") == "[redacted:private-key]\nnext line"


def test_every_secret_is_counted() -> None:
    redactor = Redactor()
    redactor.redact("a@example.com and b@example.com")
    redactor.redact("card 4111111111111111")
    assert redactor.count == 3


@pytest.mark.parametrize(
    "piece",
    ["eyJ", "sk-", "://a:", "password=", "a@", "4111 ", "+1", "//", "aws", "-----BEGIN PRIVATE KEY-----", '"', " "],
)
def test_a_hostile_megabyte_is_read_to_its_end(piece: str) -> None:
    text = piece * (1_000_000 // len(piece)) + " jane@example.com"
    assert "jane@" not in Redactor().redact(text)
