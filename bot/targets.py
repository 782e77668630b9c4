"""What a TARGET on the command line means, as far as the file system tells."""

import difflib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.mistakes import Mistake
from incident.catalog import Catalog

ALERT = "alert.json"
"""What makes a folder a recorded incident; incident-format.md."""


def means_a_folder(target: str, is_scenario: Callable[[str], bool]) -> bool:
    """Tell whether a target is a folder. A bare scenario's name is the scenario's, whatever lies around."""
    if not target.strip():
        message = "name what to investigate: a scenario, a scenario file (*.yml) or a recorded incident's folder"
        raise Mistake(message)
    if target.endswith((".yml", ".yaml")) or target.startswith("scenario:"):
        return Path(target).is_dir()
    return "/" in target or (Path(target).is_dir() and not is_scenario(target))


def refuse_real(target: str, catalog: Catalog | None) -> None:
    """Raise `Mistake` for what is no made-up incident and means a service of the catalog, or nearly does."""
    if catalog is None or not catalog.services:
        return
    from scenarios.files import UnknownScenario, find, scenarios

    with suppress(UnknownScenario):
        find(target.removeprefix("scenario:"))
        return
    service = meant(target, catalog)
    if service is not None:
        message = (
            f"{service} is in the catalog, and no source of its telemetry is connected: "
            "this version investigates made-up and recorded incidents"
        )
        raise Mistake(message)
    near = difflib.get_close_matches(target, [*(each.name for each in scenarios()), *catalog.names()], n=3, cutoff=0.5)
    if any(catalog.find(name) for name in near):
        message = f"nothing is called {target[:80]!r}; did you mean {' or '.join(near)}?"
        raise Mistake(message)


def meant(target: str, catalog: Catalog) -> str | None:
    """Return the service of a TARGET: a name or an alias, with or without a symptom after it (`checkout-latency`)."""
    words = target.strip().split("-")
    tries = ("-".join(words[:length]) for length in range(len(words), 0, -1))
    return next((found for tried in tries if (found := catalog.find(tried)) is not None), None)


def one_case(folder: Path) -> Path:
    """Return the folder; raises `Mistake` with the nearest there are where it is none, or where it holds several."""
    if not folder.is_dir():
        near = difflib.get_close_matches(folder.name, _cases(folder.parent), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(str(folder.parent / name) for name in near)}?" if near else ""
        message = f"there is no folder {folder}{hint or ': a recorded incident is a folder with ' + ALERT}"
        raise Mistake(message)
    cases = [] if (folder / ALERT).exists() else _cases(folder)
    if cases:
        message = (
            f"{folder} holds {len(cases)} recorded incidents: name one, like {folder / cases[0]}, or `evaluate` all"
        )
        raise Mistake(message)
    return folder


def _cases(inside: Path) -> list[str]:
    try:
        return sorted(place.name for place in inside.iterdir() if (place / ALERT).is_file())
    except OSError:
        return []
