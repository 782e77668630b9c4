"""What somebody asked the command line to do."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Wishes(NamedTuple):
    """The options of `investigate`. ``approve`` is ask, yes or no; None leaves an open question waiting."""

    target: str
    seed: int
    as_of: datetime | None
    out: Path
    as_json: bool
    dry_run: bool
    approve: str | None
    rehearse_on_github: bool = False
