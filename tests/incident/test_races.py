"""Others write meanwhile, processes are cancelled, clocks jump: one effect, and everybody gets an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from incident.evidence import Source
from incident.facts import (
    AlertSeen,
    Approval,
    Check,
    Decision,
    Diagnosis,
    Fact,
    Fault,
    Outcome,
    Plan,
    Progress,
    Recovery,
    Remark,
    RollbackEnded,
    RollbackSeen,
    RollbackSent,
    RollbackStarted,
    Turn,
    Verdict,
)
from incident.hands import Hands
from incident.mode import Mode
from incident.model import Incident, OutOfOrder
from incident.policy import Policy, unchanging
from incident.ports import Deployed, Dispatched, Heard, Send, Telemetry, Tell
from incident.responder import Responder
from incident.status import Status, World
from incident.steps import rollback_key
from incident.unbroken import LEAVING
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made
from tests.incident.shop import SURE, Deploys, Screen, Shop, Team, kinds, on, run, unsure, yes

MINUTE = timedelta(minutes=1)
Meanwhile = Callable[[Incident], Awaitable[None]]


class Contested(SqlStore):
    """The real store, on which somebody else does something just before a kind of fact is written, once."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.meanwhile: dict[type, Meanwhile] = {}

    async def append(self, incident: Incident, fact: Fact) -> Incident:
        other = self.meanwhile.pop(type(fact), None)
        if other is not None:
            await other(incident)
        return await super().append(incident, fact)


@pytest.fixture
async def contested(tmp_path: Path) -> AsyncIterator[Contested]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'y.db'}") as database:
        await database.upgrade()
        yield Contested(database)


@pytest.fixture
def busy(hands: Hands, contested: Contested) -> Hands:
    return replace(hands, store=contested)


def writing(store: Contested, fact: Fact) -> Meanwhile:
    async def write(incident: Incident) -> None:
        await SqlStore.append(store, await store.load(incident.id), fact)

    return write


async def opened(hands: Hands, world: World = World.SCENARIO) -> Incident:
    return await Responder(hands).open(made.ALERT, "shop", world, "production")


async def led(hands: Hands, *facts: Fact) -> Incident:
    """Open an incident and store facts as an earlier process would have."""
    incident = await opened(hands)
    for fact in facts:
        incident = await hands.store.append(incident, fact)
    return incident


async def test_a_verdict_that_lost_the_race_is_given_anew_on_the_world_as_it_is(
    busy: Hands, contested: Contested, shop: Shop
) -> None:
    async def heal(incident: Incident) -> None:
        shop.healed_at = made.T - timedelta(hours=1)
        await writing(contested, made.REMARK)(incident)

    contested.meanwhile[Verdict] = heal
    over = await run(busy)
    assert (over.status, shop.asked, len(over.every(Remark))) == (Status.REPORTED, [], 1)


async def test_a_stop_while_the_team_works_wins_over_its_findings(
    busy: Hands, contested: Contested, shop: Shop
) -> None:
    contested.meanwhile[Diagnosis] = writing(contested, made.STOPPED)
    over = await run(busy)
    assert (over.status, kinds(over), shop.asked) == (Status.REPORTED, ["turn", "stopped"], [])


async def test_a_stop_just_before_the_start_wins(busy: Hands, contested: Contested, shop: Shop) -> None:
    contested.meanwhile[RollbackStarted] = writing(contested, made.STOPPED)
    over = await run(busy)
    assert (over.status, shop.asked) == (Status.REPORTED, [])


async def test_a_fault_after_a_person_has_ended_it_is_only_logged(busy: Hands, contested: Contested) -> None:
    contested.meanwhile[Fault] = writing(contested, made.STOPPED)
    over = await run(replace(busy, investigator=Team((made.TURN,), error=ValueError("broken"))))
    assert kinds(over) == ["turn", "stopped"]


@dataclass
class Leaving:
    """A team that a person stops, and that then breaks."""

    store: Contested

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncIterator[Turn | Diagnosis]:
        assert (telemetry, await heard()) == (telemetry, ())
        await writing(self.store, made.STOPPED)(incident)
        message = "broken"
        raise ValueError(message)
        yield made.TURN


async def test_a_team_that_breaks_after_the_stop_adds_nothing(busy: Hands, contested: Contested) -> None:
    over = await run(replace(busy, investigator=Leaving(contested)))
    assert (over.status, kinds(over)) == (Status.REPORTED, ["stopped"])


async def test_a_note_that_lost_the_race_is_written_behind_the_other(busy: Hands, contested: Contested) -> None:
    incident = await opened(busy)
    contested.meanwhile[Remark] = writing(contested, made.OWNED)
    assert kinds(await Responder(busy).note(incident.id, made.REMARK)) == ["owned", "remark"]


async def test_the_same_page_twice_at_once_is_one_incident(hands: Hands) -> None:
    pages = [Responder(hands).open(made.ALERT, "shop", World.REAL, "production") for _ in range(3)]
    opened = await asyncio.gather(*pages)
    assert len({incident.id for incident in opened}) == 1
    assert len((await hands.store.load(opened[0].id)).every(AlertSeen)) == 2


async def test_an_ended_incident_whose_problem_somebody_else_reopens_joins_that_one(
    busy: Hands, contested: Contested
) -> None:
    over = await run(replace(busy, rules=unchanging(Policy(mode=Mode.AUTO))), World.REAL)
    newer = over.at(0).model_copy(update={"id": "INC-NEWER"})

    async def open_anew(_: Incident) -> None:
        await contested.open(newer)

    contested.meanwhile[AlertSeen] = open_anew
    assert (await opened(busy, World.REAL)).id == newer.id


async def test_an_open_incident_is_joined_however_old_it_is(hands: Hands, shop: Shop) -> None:
    first = await opened(hands, World.REAL)
    shop.now += timedelta(days=3)
    assert (await opened(hands, World.REAL)).id == first.id


async def test_an_opened_incident_is_shown_before_anybody_works_on_it(hands: Hands, screen: Screen) -> None:
    await opened(hands)
    assert screen.shown == [0]


async def test_what_one_of_two_chats_has_not_shown_stays_unmarked(hands: Hands, screen: Screen) -> None:
    over = await run(replace(hands, chats=(Screen(down=True), screen)))
    assert set(await hands.store.unshown(over.id)) == set(range(len(over.facts) + 1))


async def test_two_processes_at_once_have_one_effect(hands: Hands, shop: Shop) -> None:
    incident = await opened(hands)
    await asyncio.gather(*(Responder(hands).advance(incident) for _ in range(3)))
    over = await hands.store.load(incident.id)
    assert (over.status, len(over.every(RollbackStarted)), len(shop.done)) == (Status.RESOLVED, 1, 1)
    assert set(shop.asked) == {rollback_key(over, made.PLAN)}


async def test_what_others_stored_meanwhile_is_caught_up_with_too(hands: Hands, screen: Screen) -> None:
    screen.down = True
    stale = await opened(hands)
    await hands.store.append(stale, made.TURN)
    screen.down = False
    await hands.catch_up(stale)
    assert screen.shown == [0, 1]


@dataclass
class Interrupted:
    """A deployer whose caller goes away: before anything was sent, or after it was."""

    shop: Shop
    sent: bool
    acts_on: World = World.SCENARIO

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        return await Deploys(self.shop).history(service, environment)

    @asynccontextmanager
    async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
        async def send() -> Dispatched:
            if self.sent:
                await self.shop.roll_back(plan, key)
            raise asyncio.CancelledError

        yield send

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        return await Deploys(self.shop).follow(plan, key, run, tell)


@pytest.mark.parametrize("sent", [True, False])
async def test_being_cancelled_around_the_dispatch_never_leads_to_a_second_one(
    hands: Hands, shop: Shop, *, sent: bool
) -> None:
    broken = replace(hands, deployer=Interrupted(shop, sent))
    incident = await opened(broken)
    with pytest.raises(asyncio.CancelledError):
        await Responder(broken).advance(incident)
    over = await Responder(broken).advance(await hands.store.load(incident.id))
    ends = Status.RESOLVED if sent else Status.HANDED_OVER
    assert (over.status, len(shop.done), len(shop.looked)) == (ends, int(sent), 1)


@dataclass
class Dying:
    """A clock on which the process is cancelled when it waits for the ``at``-th time."""

    shop: Shop
    at: int
    waited: int = 0

    async def wait(self, length: timedelta) -> None:
        self.waited += 1
        if self.waited == self.at:
            raise asyncio.CancelledError
        self.shop.now += length


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_being_cancelled_while_waiting_is_gone_on_from(hands: Hands, shop: Shop, at: int) -> None:
    policy, wait = Policy(veto_window=MINUTE), Dying(shop, at).wait
    dying = replace(hands, clock=shop.clock._replace(wait=wait, for_people=wait), rules=unchanging(policy))
    incident = await opened(dying)
    with pytest.raises(asyncio.CancelledError):
        await Responder(dying).advance(incident)
    over = await Responder(replace(hands, rules=unchanging(policy))).advance(await hands.store.load(incident.id))
    assert (over.status, len(shop.asked)) == (Status.RESOLVED, 1)


async def test_being_cancelled_while_a_person_is_asked_leaves_the_question_open(hands: Hands, shop: Shop) -> None:
    async def gone(_incident: Incident, _verdict: Verdict) -> Approval:
        raise asyncio.CancelledError

    asking = replace(unsure(hands), asker=gone)
    incident = await opened(asking)
    with pytest.raises(asyncio.CancelledError):
        await Responder(asking).advance(incident)
    assert (await hands.store.load(incident.id)).status is Status.AWAITING_APPROVAL
    assert shop.asked == []


@dataclass
class Jumping:
    """A clock that goes back an hour in the middle of the veto window."""

    shop: Shop
    jumped: bool = False
    waits: list[timedelta] = field(default_factory=list)

    async def wait(self, length: timedelta) -> None:
        self.waits.append(length)
        self.shop.now += length
        if not self.jumped:
            self.jumped = True
            self.shop.now -= timedelta(hours=1)
        await asyncio.sleep(0)


async def test_a_clock_that_jumps_back_lengthens_the_veto_window_and_never_cuts_it(hands: Hands, shop: Shop) -> None:
    jumping = Jumping(shop)
    clock = shop.clock._replace(for_people=jumping.wait)
    over = await run(replace(hands, clock=clock, rules=unchanging(Policy(veto_window=MINUTE))))
    verdict, started = over.last(Verdict), over.last(RollbackStarted)
    assert verdict is not None
    assert started is not None
    assert verdict.expires_at is not None
    assert started.at >= verdict.expires_at
    assert (jumping.waits[1], len(shop.asked)) == (timedelta(hours=1), 1)


async def test_a_clock_that_jumps_ahead_while_verifying_ends_the_check_and_repeats_nothing(
    hands: Hands, shop: Shop
) -> None:
    async def leap(length: timedelta) -> None:
        shop.now += length + timedelta(days=1)

    shop.heals = False
    over = await run(replace(hands, clock=shop.clock._replace(wait=leap)))
    assert (over.status, len(shop.asked)) == (Status.HANDED_OVER, 1)


async def test_a_diagnosis_that_was_stored_before_the_crash_is_not_made_again(hands: Hands) -> None:
    incident = await led(hands, made.TURN, SURE)
    team = Team((), error=ValueError("asked again"))
    assert (await Responder(replace(hands, investigator=team)).advance(incident)).status is Status.RESOLVED


async def test_a_question_whose_time_is_up_expires_by_itself(hands: Hands, shop: Shop) -> None:
    waiting = await run(unsure(hands))
    shop.now += timedelta(minutes=31)
    over = await Responder(unsure(hands)).advance(waiting)
    approval = over.last(Approval)
    assert approval is not None
    assert (over.status, approval.decision) == (Status.REPORTED, Decision.EXPIRED)


async def test_an_asker_whose_answer_does_not_count_leaves_the_question_open(hands: Hands, shop: Shop) -> None:
    async def nobody(incident: Incident, _verdict: Verdict) -> Approval:
        return yes(shop, incident).model_copy(update={"by": None})

    assert (await run(replace(unsure(hands), asker=nobody))).status is Status.AWAITING_APPROVAL


async def test_nobody_at_a_terminal_is_asked_about_a_real_system(hands: Hands, shop: Shop) -> None:
    asked: list[str] = []

    async def asker(incident: Incident, _verdict: Verdict) -> Approval:
        asked.append(incident.id)
        return yes(shop, incident)

    waiting = await run(replace(unsure(hands), asker=asker), World.REAL)
    assert (waiting.status, asked, shop.asked) == (Status.AWAITING_APPROVAL, [], [])


async def test_a_yes_to_another_plan_is_refused_whatever_became_of_the_world(hands: Hands, shop: Shop) -> None:
    waiting = await run(unsure(hands))
    shop.healed_at = made.T - timedelta(hours=1)
    other = yes(shop, waiting).model_copy(update={"digest": "sha256:0"})
    with pytest.raises(OutOfOrder):
        await Responder(hands).decide(waiting, other)
    assert await hands.store.load(waiting.id) == waiting


async def test_a_yes_to_a_changed_world_never_counts_as_an_approval(hands: Hands, shop: Shop) -> None:
    waiting = await run(unsure(hands))
    shop.healed_at = made.T - timedelta(hours=1)
    answered = await Responder(hands).decide(waiting, yes(shop, waiting))
    assert [a.decision for a in answered.every(Approval)] == [Decision.SUPERSEDED]


async def test_a_question_asked_anew_says_what_has_changed(hands: Hands, shop: Shop) -> None:
    waiting = await run(unsure(hands))
    shop.blind = True
    verdict = (await Responder(hands).decide(waiting, yes(shop, waiting))).last(Verdict)
    assert verdict is not None
    assert verdict.reasons[0] == "The signal that paged can't be read now."


STARTED = (made.TURN, SURE, made.verdict(made.Action.ROLLBACK), made.STARTED)


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_question_for_one_person_is_asked_anew_once_two_have_to_agree(
    hands: Hands,
    shop: Shop,
    pressed: bool,  # noqa: FBT001
) -> None:
    asked = await run(unsure(hands))
    two = Responder(replace(hands, rules=unchanging(Policy(approvals_needed=2))))
    anew = await (two.decide(asked, yes(shop, asked)) if pressed else two.advance(asked))
    assert (anew.status, anew.every(Approval), shop.asked) == (Status.AWAITING_APPROVAL, (), [])
    assert [each.approvals_needed for each in anew.every(Verdict)] == [1, 2]


@pytest.mark.parametrize("without", [{"deployer": None}, {"rules": unchanging(Policy(rehearse=True))}])
async def test_a_start_that_can_no_longer_be_followed_is_handed_over_as_unknown(
    hands: Hands, shop: Shop, without: dict[str, object]
) -> None:
    incident = await led(hands, *STARTED, RollbackSent(at=made.T, key=made.STARTED.key))
    over = await Responder(replace(hands, **without)).advance(incident)  # type: ignore[arg-type]
    ended = over.last(RollbackEnded)
    assert ended is not None
    assert (over.status, ended.outcome, shop.asked) == (Status.HANDED_OVER, Outcome.UNKNOWN, [])


async def test_a_start_that_nobody_was_there_to_send_is_not_sent_later(hands: Hands, shop: Shop) -> None:
    incident = await led(hands, *STARTED)
    shop.now += timedelta(minutes=11)
    over = await Responder(hands).advance(incident)
    assert_not_sent(over, shop, "nobody was there to do it for 11 minutes")


async def test_a_stop_before_it_was_sent_is_obeyed(hands: Hands, shop: Shop) -> None:
    over = await Responder(hands).advance(await led(hands, *STARTED, made.STOPPED))
    assert_not_sent(over, shop, "it was stopped first")


@pytest.mark.parametrize(
    ("mode", "automatic", "sent"),
    [(Mode.OFF, False, 0), (Mode.REPORT, False, 0), (Mode.ASK, True, 0), (Mode.ASK, False, 1), (Mode.AUTO, True, 1)],
)
async def test_what_was_started_is_not_sent_once_people_allow_less(
    hands: Hands,
    shop: Shop,
    mode: Mode,
    *,
    automatic: bool,
    sent: int,
) -> None:
    stricter = on(replace(hands, rules=unchanging(Policy(mode=mode))), World.REAL)
    incident = await opened(stricter, World.REAL)
    started = made.STARTED.model_copy(update={"automatic": automatic})
    for fact in (made.TURN, made.DIAGNOSIS, made.asking_for_real(), made.approval(), started):
        incident = await stricter.store.append(incident, fact)
    over = await Responder(stricter).advance(incident)
    assert len(shop.asked) == sent
    if not sent:
        assert_not_sent(over, shop, f"the mode is {mode} by now")


@pytest.mark.parametrize("kind", [World.REAL, World.RECORDED])
async def test_what_acts_on_another_kind_of_world_is_never_used(hands: Hands, shop: Shop, kind: World) -> None:
    other = replace(hands, deployer=Deploys(shop, kind))
    over = await Responder(other).advance(await led(other, *STARTED))
    assert_not_sent(over, shop, f"acts on {kind} systems")


def assert_not_sent(over: Incident, shop: Shop, why: str) -> None:
    ended = over.last(RollbackEnded)
    assert ended is not None
    assert (over.status, ended.outcome, shop.asked, shop.looked) == (Status.HANDED_OVER, Outcome.FAILED, [], [])
    assert ended.reason.startswith("Nothing was changed: ")
    assert why in ended.reason


async def test_only_one_of_two_processes_may_send(hands: Hands, shop: Shop) -> None:
    incident = await led(hands, *STARTED)
    ends = await asyncio.gather(*(Responder(hands).advance(incident) for _ in range(2)), return_exceptions=True)
    assert len(shop.asked) == 1
    assert len((await hands.store.load(incident.id)).every(RollbackSent)) == 1
    assert not [e for e in ends if isinstance(e, BaseException)]


async def test_what_cannot_be_prepared_is_never_claimed_to_be_sent(hands: Hands, shop: Shop) -> None:
    shop.unready = "GitHub can't be reached"
    over = await Responder(hands).advance(await led(hands, *STARTED))
    assert_not_sent(over, shop, "GitHub can't be reached")
    assert (over.last(RollbackSent), over.facts[-1].url) == (None, "https://ci.example/runs")  # type: ignore[union-attr]


async def test_a_stop_while_it_is_prepared_is_obeyed(hands: Hands, shop: Shop) -> None:
    incident = await led(hands, *STARTED)

    class Stopping(Deploys):
        @asynccontextmanager
        async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
            await hands.store.append(incident, made.STOPPED)
            async with super().prepared(plan, key) as send:
                yield send

    over = await Responder(replace(hands, deployer=Stopping(shop))).advance(incident)
    assert_not_sent(over, shop, "it was stopped first")
    assert over.last(RollbackSent) is None


async def test_being_cancelled_while_the_right_to_send_is_stored_still_sends_it(
    busy: Hands, contested: Contested, shop: Shop
) -> None:
    incident = await led(busy, *STARTED)
    working = asyncio.ensure_future(Responder(busy).advance(incident))

    async def leave(_: Incident) -> None:
        working.cancel()

    contested.meanwhile[RollbackSent] = leave
    with pytest.raises(asyncio.CancelledError):
        await working
    stored = await contested.load(incident.id)
    assert (len(shop.asked), kinds(stored)[-2:]) == (1, ["rollback_sent", "rollback_seen"])


async def test_nothing_is_shown_between_the_right_to_send_and_the_sending(
    hands: Hands, shop: Shop, screen: Screen
) -> None:
    """Killed in there, a rollback that never was is looked for: so the time in there is as short as can be."""
    shown: list[Fact | None] = []

    class Looking(Deploys):
        async def sent(self, plan: Plan, key: str) -> None:
            shown.extend(screen.facts)
            await super().sent(plan, key)

    over = await Responder(replace(hands, deployer=Looking(shop))).advance(await led(hands, *STARTED))
    assert shown[-1] == made.STARTED
    assert screen.facts[len(shown)] == over.last(RollbackSent)


class Endless(Deploys):
    """Follows a run that never ends."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.followed = asyncio.Event()

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:  # noqa: ARG002 - as of a Deployer
        self.followed.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_whoever_has_to_leave_while_a_run_is_followed_waits_for_nothing(hands: Hands, shop: Shop) -> None:
    endless = Endless(shop)
    working = asyncio.create_task(run(replace(hands, deployer=endless)))
    await endless.followed.wait()
    working.cancel()
    await asyncio.wait({working}, timeout=LEAVING / 2)
    assert working.cancelled()


async def test_a_run_that_was_seen_is_looked_for_by_its_own_name_after_a_restart(hands: Hands, shop: Shop) -> None:
    sent = RollbackSent(at=made.T, key=made.STARTED.key)
    seen = RollbackSeen(at=made.T, key=sent.key, run="77", progress=Progress.QUEUED, url="https://ci.example/runs/77")
    over = await Responder(hands).advance(await led(hands, *STARTED, sent, seen))
    ended = over.last(RollbackEnded)
    assert ended is not None
    assert (shop.looked, shop.asked, ended.url) == ([(sent.key, "77")], [], seen.url)


async def test_a_signal_that_can_no_longer_be_read_after_the_rollback_is_handed_over(hands: Hands, shop: Shop) -> None:
    incident = await led(hands, *STARTED, made.ended())
    shop.blind = True
    over = await Responder(hands).advance(incident)
    check = over.last(Check)
    assert check is not None
    assert (over.status, check.result) == (Status.HANDED_OVER, Recovery.UNKNOWN)


async def test_readings_that_stopped_an_hour_ago_do_not_say_that_it_is_still_bad(hands: Hands, shop: Shop) -> None:
    shop.silent_since = made.T - timedelta(hours=1)
    waiting = await run(hands)
    verdict = waiting.last(Verdict)
    assert verdict is not None
    assert waiting.status is Status.AWAITING_APPROVAL
    assert "The signal that paged can't be read now." in verdict.reasons


@pytest.mark.parametrize(
    ("values", "answer"), [({"depends_on": {"shop": ["db"]}}, "passed"), ({"depends_on": "nonsense"}, "unknown")]
)
async def test_the_call_graph_that_the_team_saw_counts_where_none_is_declared(
    hands: Hands, values: dict[str, object], answer: str
) -> None:
    graph = made.SEEN.model_copy(update={"id": "E2", "source": Source.TOPOLOGY, "values": values})
    of_db = made.SEEN.model_copy(update={"id": "E3", "service": "db"})
    turn = made.TURN.model_copy(update={"found": (made.SEEN, graph, of_db)})
    blamed = made.CULPRIT.model_copy(update={"service": "db"})
    on_db = SURE.model_copy(update={"culprit_change": blamed, "evidence": ("E1", "E3")})
    verdict = (await run(replace(hands, investigator=Team((turn, on_db))))).every(Verdict)[0]
    assert next(c.result for c in verdict.checks if c.name == "on-the-culprit") == answer
