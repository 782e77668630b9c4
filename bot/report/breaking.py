"""Where a page ends: a heading stays with what follows it, and a long table may begin below its heading and go on."""

from functools import cache
from typing import Any

LONG, ENOUGH = 7, 3
"""Rows, the headings among them: of a table that may be cut, and of what has to stay beneath its heading."""


@cache
def let_long_tables_break() -> None:
    """Tell ReportLab; it would move a heading with its whole table to the next page and leave half of this one empty.

    The class that keeps flowables together is an argument of ReportLab's document, and xhtml2pdf passes none: so the
    default is changed, for this process.
    """
    from reportlab.platypus import BaseDocTemplate, KeepTogether, Table

    class Together(KeepTogether):  # type: ignore[misc]  # ReportLab has no types
        def split(self, width: float, height: float) -> list[Any]:
            *above, last = self._content
            if isinstance(last, Table) and len(last._cellvalues) > LONG:  # noqa: SLF001 - it has no other way to be counted
                room = height - sum(part.wrap(width, height)[1] + part.getSpaceAfter() for part in above)
                pieces = last.split(width, room) if room > 0 else []
                if len(pieces) > 1 and len(pieces[0]._cellvalues) >= ENOUGH:  # noqa: SLF001
                    return list(self._content)
            return list(super().split(width, height))

    BaseDocTemplate._initArgs["keepTogetherClass"] = Together  # noqa: SLF001
