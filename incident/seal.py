"""What a question was asked with: its digest is bound to it, so that an answer counts for what was shown alone."""

import hashlib
import json
from collections.abc import Iterable

from incident.evidence import Evidence
from incident.facts import Diagnosis, GateCheck


def seal(diagnosis: Diagnosis, evidence: Iterable[Evidence], checks: Iterable[GateCheck]) -> str:
    """Return the seal of a conclusion, of the evidence that it cites, and of what each check of the gate answered.

    The answers' words are left out: they hold readings of the moment.
    """
    shown = {
        "concluded": diagnosis.model_dump(mode="json", exclude={"at", "usage", "redactions"}),
        "evidence": [[item.id, item.statement] for item in evidence],
        "checks": [[check.name, check.result] for check in checks],
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
