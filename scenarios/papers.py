"""The small JSON documents of a recorded incident: its alert, the call graph, and where its healthy period lies."""

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from incident.alert import Alert, Severity
from incident.change import Topology
from incident.ports import Unreadable
from incident.values import Json
from scenarios.happenings import Row, instant, told
from scenarios.jsons import document
from scenarios.reading import plain_file
from scenarios.shapes import NAME

TEXTS = {"service": NAME, "name": NAME, "metric": NAME, "summary": 2_000}
NUMBERS = ("value", "threshold")


class NotAnIncident(Exception):
    """The folder can't be investigated: the message is one line that says what is wrong and what would be right."""


class Page(NamedTuple):
    """An alert, and what of its file could not be taken as it is written."""

    alert: Alert
    gaps: tuple[str, ...]


def read_alert(path: Path) -> Page:
    """Return the alert of ``alert.json``, keys of others kept as labels; raises `NotAnIncident`."""
    try:
        if not plain_file(path, path.parent.resolve().parent):
            message = f"{path.parent} has no alert.json: a recorded incident needs one, and at least one signal"
            raise NotAnIncident(message)
        row = document(path)
    except Unreadable as error:
        message = f"{path.parent}: {error}"
        raise NotAnIncident(message) from error
    if not isinstance(row, dict):
        message = f'{path} must be a JSON object such as {{"service": "checkout", "fired_at": "2026-01-31T14:05:00Z"}}'
        raise NotAnIncident(message)
    return Page(_alert(dict(row), path), _odd_severity(row.get("severity"), path))


def _alert(row: Row, path: Path) -> Alert:
    fired_at = instant(row.pop("fired_at", None))
    if fired_at is None:
        message = f'{path} has no readable "fired_at": it must be a time such as 2026-01-31T14:05:00Z'
        raise NotAnIncident(message)
    content: dict[str, object] = {name: _plain(name, row.pop(name, None), path) for name in (*TEXTS, *NUMBERS)}
    severity = str(row.pop("severity", None)).lower()
    content |= {"severity": severity} if severity in set(Severity) else {}
    content |= {"fired_at": fired_at, "labels": _labels(row)}
    try:
        return Alert.model_validate({name: value for name, value in content.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        message = f'{path}: "{first["loc"][0]}" is wrong ({first["msg"].lower()})'
        raise NotAnIncident(message) from error


def _plain(name: str, value: Json, path: Path) -> Json:
    """Return a text, cut to its length, or a number; raises `NotAnIncident` for anything else."""
    if isinstance(value, bool | list | dict):
        message = f'{path}: "{name}" is wrong (it must be a {"text" if name in TEXTS else "number"})'
        raise NotAnIncident(message)
    return told(value, TEXTS[name]) if name in TEXTS else value


def _odd_severity(severity: Json, path: Path) -> tuple[str, ...]:
    if severity is None or str(severity).lower() in set(Severity):
        return ()
    return (f"{path.name}: severity {str(severity)[:40]!r} is none of {', '.join(Severity)} and was taken as high",)


def _labels(row: Row) -> dict[str, str]:
    labels = row.pop("labels", None)
    everything = {**row, **(labels if isinstance(labels, dict) else {})}
    texts = {key[:NAME]: told(value, NAME) for key, value in everything.items()}
    return {key: text for key, text in texts.items() if text is not None}


def read_graph(path: Path) -> Topology:
    """Return the call graph of ``topology.json``; raises `Unreadable` where there is none in it."""
    content = document(path)
    services = content.get("services") if isinstance(content, dict) else None
    if not isinstance(services, dict):
        message = f'{path.name} must be {{"services": {{"checkout": {{"depends_on": ["postgres"]}}}}}}'
        raise Unreadable(message)
    return Topology(depends_on={name: _needs(entry) for name, entry in services.items()})


def _needs(entry: Json) -> tuple[str, ...]:
    needs = entry.get("depends_on") if isinstance(entry, dict) else None
    return tuple(need for need in needs if isinstance(need, str)) if isinstance(needs, list) else ()


def healthy_folder(path: Path) -> Path:
    """Return the folder that ``baseline.json`` names; raises `Unreadable` unless it lies beside the incident's."""
    content = document(path)
    name = content.get("folder") if isinstance(content, dict) else None
    if not isinstance(name, str) or not name or "\0" in name:
        message = f'{path.name} must be {{"folder": "../name"}}'
        raise Unreadable(message)
    home = path.parent.resolve()
    healthy, is_there = _looked_up(home / name, path.name)
    if home.parent not in healthy.parents or healthy == home:
        message = f"{path.name} names {name[:80]!r}, which isn't another folder inside {home.parent}; it was not read"
        raise Unreadable(message)
    if not is_there:
        message = f"{path.name} names {name[:80]!r}, and there is no such folder"
        raise Unreadable(message)
    return healthy


def _looked_up(place: Path, paper: str) -> tuple[Path, bool]:
    """Return where a folder really lies, and whether there is one."""
    try:
        found = place.resolve()
        return found, found.is_dir()
    except (OSError, RuntimeError) as error:  # a name without end, links in a circle
        message = f"{paper} names a folder that can't be looked up: {getattr(error, 'strerror', None) or error}"
        raise Unreadable(message) from error
