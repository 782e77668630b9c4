"""The rules of alert channels as people write them: the YAML file that `SFA_ALERT_RULES` names."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from bot.alerts.rules import Rule
from bot.mistakes import Mistake
from scenarios.documents import BadScenario, Document, read_document

SHAPE = "the file has a key for each channel of SFA_ALERT_CHANNELS, and its rule under it"


def read_rules(path: Path | None, channels: Mapping[str, str]) -> dict[str, Rule]:
    """Return the rules by channel id; ``channels`` are the ids by how `SFA_ALERT_CHANNELS` names them.

    Raises `Mistake`, in one line, with the line of the file that is wrong and what would be right.
    """
    if path is None:
        return {}
    try:
        document = read_document(path, SHAPE)
        return {_id(document, name, channels): _rule(document, name) for name in document.content}
    except BadScenario as wrong:
        message = f"SFA_ALERT_RULES: {'; '.join(str(wrong).splitlines())}"
        raise Mistake(message) from wrong


def _id(document: Document, name: str, channels: Mapping[str, str]) -> str:
    ids = {told.removeprefix("#"): id_ for told, id_ in channels.items()} | {id_: id_ for id_ in channels.values()}
    known = ids.get(str(name).removeprefix("#"))
    if known is None:
        near = get_close_matches(str(name), ids, n=1) or list(dict.fromkeys(channels))
        here = f"{document.path}:{document.line([name])}: {str(name)[:80]!r}"
        message = f"{here} is no channel of SFA_ALERT_CHANNELS, which has {', '.join(near) or 'none'}"
        raise BadScenario(message)
    return known


def _rule(document: Document, name: str) -> Rule:
    try:
        return Rule.model_validate(document.content[name])
    except ValidationError as wrong:
        inside = document.within(name)
        raise inside.complaint(wrong, Rule) from wrong
