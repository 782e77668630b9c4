"""Column types that keep what they are given, on every engine."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class UtcText(TypeDecorator[datetime]):
    """An aware moment as ISO 8601 text in UTC with microseconds: exact, and sorted as text it is sorted in time."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Write it; a naive moment is a mistake and raises `ValueError`."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without a time zone can't be stored: {value}"
            raise ValueError(message)
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the same
        """Read it back, aware."""
        return None if value is None else datetime.fromisoformat(value)
