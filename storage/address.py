"""Where a database is, and what is said of one that can't be used: never a secret of its address."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from incident.ports import Unkept
from storage.postgresql import named_as_the_driver_does

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class UnusableDatabase(Unkept):
    """The database can't be used as it is; the message says why and what would help."""


def parsed_address(url: str | URL) -> URL:
    """Return the address as its driver takes it; raises `UnusableDatabase`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        message = (
            "no such database: use sqlite+aiosqlite:///FILE or postgresql+asyncpg://…"  # what was said may be secret
        )
        raise UnusableDatabase(message)
    return named_as_the_driver_does(parsed)


def without_secrets(url: URL) -> str:
    """Return where it is: passwords hide in queries as well, and in what an unescaped @ has torn apart."""
    host = url.host.rpartition("@")[2] if url.host else None
    kept = {name: value for name, value in url.query.items() if name == "host"}
    return URL.create(url.drivername, host=host, port=url.port, database=url.database, query=kept).render_as_string()


def remedy(cause: str) -> str:
    """Return what would help against what SQLite says, empty where it says enough."""
    told = {
        "unable to open": "the file and its folder have to be writable, for reading as well",
        "readonly": "the file and its folder have to be writable, for reading as well",
        "locked": "another process holds it for too long",
        "full": "make room; what was stored before is kept",
        "disk I/O": "look at the disk and its limits; what was stored before is kept",
        "malformed": "put it aside and restore a copy; a new file begins empty",
        "not a database": "put it aside, or name another file",
    }
    return next((f" ({help_})" for said, help_ in told.items() if said in cause), "")
