"""What the team concluded, in the vocabulary of interface.md."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from incident.change import ChangeKind
from incident.evidence import EvidenceId
from incident.quota import Left
from incident.values import Instant, Text, Value

Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Category(StrEnum):
    """What kind of thing went wrong; ``none`` is "nothing is wrong", ``unknown`` an abstention."""

    CHANGE = "change"
    TRAFFIC = "traffic"
    CAPACITY = "capacity"
    DEPENDENCY = "dependency"
    PROVIDER = "provider"
    CERTIFICATE = "certificate"
    DATA = "data"
    NODE = "node"
    NETWORK = "network"
    RESOURCE = "resource"
    NONE = "none"
    UNKNOWN = "unknown"


class Remediation(StrEnum):
    """What would help."""

    ROLLBACK = "rollback"
    ROLL_FORWARD = "roll-forward"
    CONFIG_REVERT = "config-revert"
    SCALE = "scale"
    FAILOVER = "failover"
    ESCALATE_UPSTREAM = "escalate-upstream"
    RESCHEDULE = "reschedule"
    ROTATE_CERT = "rotate-cert"
    PURGE_BAD_DATA = "purge-bad-data"
    NONE = "none"
    UNKNOWN = "unknown"


class CulpritChange(Value):
    """The change that did it. ``id`` is the deployment that shipped ``commit``; None is what nobody recorded."""

    id: str | None = None
    service: str | None = None
    kind: ChangeKind
    commit: str | None = None
    version: str | None = None
    author: str | None = None
    at: Instant


class Rival(Value):
    """An explanation that lost, and why."""

    what: Text
    change: str | None = None
    confidence: Confidence
    why_less_likely: Text


class Link(Value):
    """One step of the causal chain, the cause first."""

    service: str
    what: Text
    at: Instant | None = None
    evidence: tuple[EvidenceId, ...] = ()


class RuledOut(Value):
    """An explanation that the evidence contradicts."""

    what: Text
    why: Text
    evidence: tuple[EvidenceId, ...] = ()


class Spent(Value):
    """What a language model took for it, and what was left after it.

    ``tokens`` are all that were used, of the ``budget`` of one investigation; ``dollars`` is None where nobody knows
    the price. ``smaller`` is a sentence on what was left out beforehand, because it would not have fitted.
    """

    calls: int
    tokens: int
    budget: int
    dollars: float | None = None
    left: Left = Left()
    smaller: Text = ""


class Usage(Value):
    """What the investigation cost. ``seconds`` is wall time; ``spent`` is there where a language model was asked."""

    model: str
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    spent: Spent | None = None


class Opinion(Value):
    """What one side names as the cause, in a phrase, and the evidence that it names it on."""

    what: Text
    evidence: tuple[EvidenceId, ...] = ()


class SecondOpinion(Value):
    """What a model makes of the evidence, beside what code computed of it.

    ``followed``: they disagree, and the model's explanation was put first, as evidence that code has checked supports
    it nearly as well.
    """

    by: str
    agree: bool
    followed: bool = False
    model: Opinion
    computed: Opinion


class Conclusion(Value):
    """The team's answer, checked against its evidence by code.

    ``confidence`` was computed by code; ``confidence_because`` says from what. ``ranking`` is filled
    even when the cause is unknown. ``second_opinion`` is None where no model gave one. ``attempts`` tell which texts
    talk to whoever reads them, a sentence each.
    """

    cause: Text
    category: Category
    culprit_service: str | None = None
    ranking: tuple[str, ...] = ()
    culprit_change: CulpritChange | None = None
    rivals: tuple[Rival, ...] = ()
    onset: Instant | None = None
    blast_radius: tuple[str, ...] = ()
    remediation: Remediation = Remediation.UNKNOWN
    confidence: Confidence = 0.0
    confidence_because: tuple[Text, ...] = ()
    evidence: tuple[EvidenceId, ...] = ()
    causal_chain: tuple[Link, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    gaps: tuple[Text, ...] = ()
    second_opinion: SecondOpinion | None = None
    attempts: tuple[Text, ...] = ()

    @property
    def disputed(self) -> bool:
        """True where a model names something else than code: a person has to choose, however sure either is."""
        return self.second_opinion is not None and not self.second_opinion.agree
