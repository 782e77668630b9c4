"""What goes wrong on demand, declared as data: the next N calls of a method, uploads, or acknowledgements."""

import asyncio
from dataclasses import dataclass
from typing import Literal

Kind = Literal["429", "500", "hang", "lost", "cut", "error", "late"]

ENVELOPES = ("events_api", "slash_commands", "interactive")


@dataclass(frozen=True)
class Fault:
    """The next ``times`` calls of ``method`` go wrong in one way.

    ``method`` is a Web API method, `upload` (step two of a file), `response_url`, or a kind of envelope
    (`events_api`, `slash_commands`, `interactive`). Kinds: `429` and `500` answer so; `hang` takes the call and never
    does it; `lost` does it and never answers; `cut` does it and drops the connection; `error` answers with ``code``;
    `late` counts an envelope's acknowledgement as having come too late.
    """

    method: str
    kind: Kind
    times: int = 1
    code: str = "internal_error"
    retry_after: int = 1

    def __post_init__(self) -> None:
        if (self.kind == "late") != (self.method in ENVELOPES):
            raise ValueError(f"{self.method} can't be {self.kind}: envelopes are late, and nothing else is")


class Faults:
    """The faults that are still to come, first declared first."""

    def __init__(self, *faults: Fault) -> None:
        self._left: list[Fault] = [fault for fault in faults for _ in range(fault.times)]
        self.over = asyncio.Event()
        """Set when the workspace ends, so that nothing hangs longer than it."""

    def add(self, *faults: Fault) -> None:
        """Declare more."""
        self._left += [fault for fault in faults for _ in range(fault.times)]

    def take(self, method: str) -> Fault | None:
        """What goes wrong with this call, used up by asking; None: nothing."""
        for fault in self._left:
            if fault.method == method:
                self._left.remove(fault)
                return fault
        return None

    def __len__(self) -> int:
        return len(self._left)

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._left.clear()
