"""A message in a form that Slack takes: plainer, shorter, under our own name, or in place of a file."""

import re
from collections.abc import Iterator
from typing import Any

from bot.thread.text import escaped, label, pieces
from storage.parcel import Body, Parcel

PART = 3_000
"""Characters that every method and block takes."""
_LINK = re.compile(r"\](?=[(\[:])")


def forms(body: Body) -> Iterator[Body]:
    """The message as it was drawn, then as Markdown with its buttons, then as text."""
    yield body
    if body.get("blocks"):
        yield {**body, "blocks": [{"type": "markdown", "text": _without_links(body["text"])}, *_buttons(body)]}
        yield {**body, "blocks": []}


def parts(body: Body) -> list[Body]:
    """The message's text as messages that are short enough, the buttons under the last; empty: it is so already."""
    texts = list(pieces(body["text"], PART))
    plain: list[dict[str, Any]] = [{**body, "text": text, "blocks": []} for text in texts]
    if plain and (buttons := _buttons(body)):
        plain[-1]["blocks"] = [{"type": "section", "text": label(texts[-1])}, *buttons]
    return [] if plain == [body] else [*plain]


def unnamed(body: Body) -> Body:
    """The message under our own name, the speaker's said in it: not every app may borrow names."""
    name = body["username"]
    said = {key: value for key, value in body.items() if key not in {"username", "icon_emoji"}}
    head = {"type": "context", "elements": [label(name)]}
    return {
        **said,
        "text": f"{name}: {body['text']}",
        "blocks": [head, *body["blocks"]] if body.get("blocks") else [],
    }


def apology(file: Parcel, why: str) -> Body:
    """Return what is said where a file can't be shown."""
    text = f"“{escaped(file.body['title'])}” could not be posted here: {why}."
    where = f" Write `rca {file.incident_id}` to me for the report." if file.incident_id else ""
    thread = {"thread_ts": file.body["thread_ts"]} if "thread_ts" in file.body else {}
    return {"text": text + where, **thread}


def _buttons(body: Body) -> list[Any]:
    return [block for block in body.get("blocks") or () if block.get("type") == "actions"]


def _without_links(text: str) -> str:
    """Break up Markdown's links: what comes from outside must not hide where a link leads."""
    return _LINK.sub("]\u200b", text)
