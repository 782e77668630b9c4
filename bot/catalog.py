"""The catalog of services as people write it: the YAML file that `SFA_CATALOG` names."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from incident.catalog import Catalog

if TYPE_CHECKING:
    from scenarios.documents import Document

SHAPE = "the catalog has the key `services` with each service under it, and perhaps `freeze`; docs/catalog.md shows one"


def read_catalog(told: object) -> object:
    """Return the catalog of a file; raises ValueError with the lines that are wrong and what would be right."""
    if isinstance(told, Catalog | dict):
        return told
    if not str(told).strip():
        return Catalog()
    from scenarios.documents import BadScenario, read_document  # YAML is read by those who have a catalog alone

    try:
        return _sound(read_document(Path(str(told)).expanduser(), SHAPE))
    except BadScenario as wrong:
        message = "; ".join(str(wrong).splitlines())
        raise ValueError(message) from wrong


def _sound(document: "Document") -> Catalog:
    from scenarios.documents import BadScenario

    try:
        catalog = Catalog.model_validate(document.content)
    except ValidationError as wrong:
        raise document.complaint(wrong, Catalog) from wrong
    twins = list(_twins(document, catalog))
    if twins:
        raise BadScenario("\n".join(twins))
    return catalog


def _twins(document: "Document", catalog: Catalog) -> Iterator[str]:
    for name, services in catalog.twins().items():
        line = document.line(["services", services[-1], "aliases"])
        yield f"{document.path}:{line}: {name!r} would mean {' and '.join(dict.fromkeys(services))}; let it mean one"
