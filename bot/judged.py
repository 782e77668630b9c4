"""What people said of diagnoses, as the automatic threshold counts it: each incident by its least content word."""

from datetime import datetime, timedelta

from incident.facts import Diagnosis
from incident.ports import UnknownIncident
from incident.taught import Judged
from storage.feedback import Rating, SqlFeedback
from storage.store import SqlStore

LONGEST = timedelta(days=180)
MOST = 200
WORTH = {Rating.RIGHT: 1.0, Rating.PARTLY: 0.5, Rating.WRONG: 0.0}


class SqlJudgements:
    """Reads what was said within half a year, of the newest incidents if it is of very many."""

    def __init__(self, feedback: SqlFeedback, store: SqlStore) -> None:
        self._feedback, self._store = feedback, store

    async def until(self, moment: datetime) -> tuple[Judged, ...]:
        """Return what was said up to a moment; nothing is read of incidents where everybody was content."""
        worth: dict[str, float] = {}
        for said in await self._feedback.since(moment - LONGEST):
            worth[said.incident_id] = min(WORTH[said.rating], worth.pop(said.incident_id, 1.0))
        if all(right == 1 for right in worth.values()):
            return ()
        sure = [(await self._sure(incident), right) for incident, right in list(worth.items())[-MOST:]]
        return tuple(Judged(confidence, right) for confidence, right in sure if confidence is not None)

    async def _sure(self, incident: str) -> float | None:
        try:
            found = (await self._store.load(incident)).last(Diagnosis)
        except UnknownIncident:  # pruned meanwhile
            return None
        return None if found is None else found.confidence
