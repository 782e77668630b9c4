"""Evidence as tools would file it, written by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from agents.analysis import observations as seen
from incident.alert import Alert
from incident.change import ChangeKind
from incident.evidence import Evidence, Source

PAGED = datetime(2026, 3, 4, 14, 7, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return PAGED - timedelta(minutes=minutes)


class Ledger:
    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.alert = Alert(service="basket", name="BasketSlow", summary="p99 of basket is high", fired_at=PAGED)

    def file(self, source: Source, what: seen.Observation, *, outsider: bool = False) -> str:
        number = f"E{len(self.evidence) + 1}"
        self.evidence.append(
            Evidence(
                id=number, source=source, query="q", window=(ago(180), PAGED), statement=what.kind,
                values=what.model_dump(mode="json"), outsider_text=outsider,
            )
        )  # fmt: skip
        return number

    def metric(self, service: str, name: str, values: tuple[float, float], began: float, **more: Any) -> str:  # noqa: ANN401 - passed on to an observation as it is
        before, after = values
        kind = more.pop("signal", seen.Signal.OTHER)
        shift = seen.MetricShift(
            service=service, metric=name, signal=kind, before=before, after=after, peak=after, onset=ago(began),
            score=more.pop("score", 20.0), **more,
        )  # fmt: skip
        return self.file(Source.METRICS, shift)

    def log(self, service: str, text: str, began: float = 8, **more: Any) -> str:  # noqa: ANN401 - passed on to an observation as it is
        outsider = more.pop("outsider", False)
        pattern = seen.LogPattern(
            service=service, level=more.pop("level", "ERROR"), template=text, example=text,
            trend=more.pop("trend", seen.Trend.NEW), before=more.pop("before", 0), after=more.pop("after", 40),
            onset=ago(began), first_at=ago(began), last_at=ago(0), score=more.pop("score", 15.0), **more,
        )  # fmt: skip
        return self.file(Source.LOGS, pattern, outsider=outsider)

    def change(self, number: str, service: str, before: float, **more: Any) -> str:  # noqa: ANN401 - passed on to an observation as it is
        kind = more.pop("kind", ChangeKind.DEPLOY)
        title = more.pop("title", f"deploy {service}")
        change = seen.ChangeSeen(id=number, at=ago(before), service=service, change_kind=kind, title=title, **more)
        return self.file(Source.CHANGES, change)

    def commit(self, sha: str, before: float, message: str, **more: Any) -> str:  # noqa: ANN401 - passed on to an observation as it is
        files = tuple(more.pop("files", ("src/main.go",)))
        commit = seen.CommitSeen(
            sha=sha, at=ago(before), message=message, files=files, diff=more.pop("diff", None), **more
        )
        return self.file(Source.COMMITS, commit)

    def signal(self, levels: tuple[float, float, float], *, threshold: float, excursion: bool = True) -> str:
        before, peak, latest = levels
        signal = seen.AlertSignal(
            service="basket", metric="latency_p99_ms", before=before, peak=peak, latest=latest, threshold=threshold,
            breached=latest >= threshold, excursion=excursion, onset=ago(6) if excursion else None,
        )  # fmt: skip
        return self.file(Source.METRICS, signal)

    def calls(self, *silent: str, **depends_on: Sequence[str]) -> str:
        needs = {caller: tuple(callees) for caller, callees in depends_on.items()}
        return self.file(Source.TOPOLOGY, seen.Calls(depends_on=needs, inferred=False, silent=silent))

    def failing_calls(self, caller: str, callee: str, share: float) -> str:
        return self._called(caller, callee, seen.CallAspect.ERRORS, (0.0, share))

    def more_calls(self, caller: str, callee: str, per_request: tuple[float, float]) -> str:
        return self._called(caller, callee, seen.CallAspect.VOLUME, per_request)

    def slow_way(self, caller: str, callee: str, ms: tuple[float, float]) -> str:
        return self._called(caller, callee, seen.CallAspect.NETWORK, ms)

    def _called(self, caller: str, callee: str, aspect: seen.CallAspect, values: tuple[float, float]) -> str:
        before, after = values
        shift = seen.CallShift(
            caller=caller, callee=callee, aspect=aspect, before=before, after=after, onset=ago(8), score=20.0,
            samples=90,
        )  # fmt: skip
        return self.file(Source.SPANS, shift)

    def event(self, status: str, message: str, before: float = 8, *, service: str | None = None) -> str:
        happened = seen.EventSeen(at=ago(before), source="status page", service=service, status=status, message=message)
        return self.file(Source.EVENTS, happened)

    def ranking(self, *services: str) -> str:
        return self.scored("metrics", **{s: 1 - i / len(services) for i, s in enumerate(services)})

    def scored(self, by: Literal["metrics", "spans", "logs"], **scores: float) -> str:
        entries = tuple(
            seen.RankedService(service=s, score=score, why="first", onset=None) for s, score in scores.items()
        )
        return self.file(Source.METRICS, seen.ServiceRanking(by=by, entries=entries))
