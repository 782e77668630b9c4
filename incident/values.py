"""The base of every immutable value, and the small types that all of them share."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, JsonValue, StringConstraints

Json = JsonValue
Instant = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class Value(BaseModel):
    """Immutable, closed: an unknown key is an error, never dropped in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(NamedTuple):
    """A half-open stretch of time, ``start <= t < end``, both aware UTC."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, moment: datetime, length: timedelta) -> "Window":
        """Return the stretch of ``length`` that ends at ``moment``."""
        return cls(moment - length, moment)

    def __contains__(self, moment: object) -> bool:
        """Tell whether an aware moment lies inside."""
        return isinstance(moment, datetime) and self.start <= moment < self.end
