"""An answer that comes piece by piece, put together into the shape of one that comes at once."""

from collections.abc import Mapping
from typing import Any

from agents.clients.wire.answers import LONGEST, Answer, BrokenOff, Nonsense, clean, read


class Pieces:
    """Takes chunks in the order in which they come."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._calls: dict[int, dict[str, str]] = {}
        self._finish: str | None = None
        self._usage: object = None
        self._size = 0

    def take(self, chunk: Mapping[str, Any]) -> str:
        """Keep a chunk and return the text in it.

        Raises `Nonsense` for one that is none, or too much of them, and `BrokenOff` where it says so itself.
        """
        try:
            own = chunk.get("x_groq") or {}
            if own.get("error"):
                raise BrokenOff
            self._usage = chunk.get("usage") or own.get("usage") or self._usage
            for choice in (chunk.get("choices") or [])[:1]:
                self._finish = choice.get("finish_reason") or self._finish
                return self._grow(choice.get("delta") or {})
        except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
            raise Nonsense from None
        return ""

    def whole(self) -> Answer:
        """Return the answer; raises `BrokenOff` where the stream ended before it did, `Nonsense`."""
        if self._finish is None:
            raise BrokenOff
        calls = [
            {"id": made["id"], "function": {"name": made["name"], "arguments": made["arguments"]}}
            for _, made in sorted(self._calls.items())
        ]
        message = {"content": "".join(self._text), "tool_calls": calls}
        return read({"choices": [{"message": message, "finish_reason": self._finish}], "usage": self._usage})

    def _grow(self, delta: Mapping[str, Any]) -> str:
        for piece in delta.get("tool_calls") or ():
            index = int(piece.get("index", len(self._calls)))
            made = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
            function = piece.get("function") or {}
            made["id"] = made["id"] or str(piece.get("id") or "")
            made["name"] += function.get("name") or ""
            made["arguments"] += function.get("arguments") or ""
            self._size += len(function.get("arguments") or "")
        text = clean(delta.get("content") or "")
        self._text.append(text)
        self._size += len(text)
        if self._size > LONGEST:
            raise Nonsense
        return text
