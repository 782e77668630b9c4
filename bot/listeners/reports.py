"""Shows a report where it was asked for: a summary, the PDF, the way to the thread."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import report
from bot.apart import Died
from bot.listeners.admission import may_read
from bot.listeners.bot import Bot
from bot.mistakes import Mistake
from bot.report.options import Options
from bot.report.words import STATUSES, drill
from bot.slack.refusal import code
from bot.thread.text import clean, escaped, pieces
from incident.facts import Diagnosis, Verdict
from incident.model import Incident
from incident.status import Status
from storage.memory import Origin

logger = logging.getLogger(__name__)

LAST = "last"
SEARCHED = 20
LONGEST = 3_000


async def find(client: AsyncWebClient, bot: Bot, user: str, about: str) -> Incident:
    """Return the incident of an id, a part of one, a service (its newest) or "last", of those somebody may read of.

    Raises `Mistake` with the nearest there are.
    """
    wanted = about.strip().lower()
    recent = await readable(client, bot, user, await bot.store.recent(SEARCHED))
    listed = recent if wanted == LAST else await readable(client, bot, user, await bot.store.find(about, SEARCHED))
    exact = [each for each in listed if each.id.lower() == wanted]
    same = {each.alert.service.lower() for each in listed} == {wanted}
    if exact or (listed and (same or wanted == LAST or len(listed) == 1)):
        return (exact or list(listed))[0]
    there = ", ".join(each.id for each in (listed or recent)[:5])
    if not there:
        message = f"There are no incidents yet. {bot.slash.investigate} begins one."
    elif listed:
        message = f"{about[:80]!r} is more than one incident: {there}"
    else:
        message = f"There is no incident {about[:80]!r}. The newest are {there}"
    raise Mistake(message)


async def readable(client: AsyncWebClient, bot: Bot, user: str, listed: tuple[Incident, ...]) -> tuple[Incident, ...]:
    """Return those of the incidents that somebody may read of."""
    threads = await bot.memory.threads([each.id for each in listed])
    channels = {thread.channel for thread in threads.values()}
    open_to = {channel for channel in channels if await may_read(client, user, channel)}
    return tuple(each for each in listed if each.id not in threads or threads[each.id].channel in open_to)


async def deliver(client: AsyncWebClient, bot: Bot, incident: Incident, origin: Origin) -> str:
    """Post the PDF there and return the summary, with the way to the thread."""
    return f"{summary(incident)}\n{await _thread(client, bot, incident)}{await _pdf(client, bot, incident, origin)}"


async def in_private(client: AsyncWebClient, bot: Bot, incident: Incident, user: str) -> str:
    """Do the same with the PDF sent to somebody's direct messages."""
    opened = await client.conversations_open(users=user)
    said = await deliver(client, bot, incident, Origin(opened["channel"]["id"]))
    return f"{said}\nThe PDF is in your direct messages with me."


def summary(incident: Incident) -> str:
    """Return in a few lines what became of an incident."""
    draft = "" if incident.status.ended else " (a draft: it is not at its end)"
    alert, diagnosis, verdict = incident.alert, incident.last(Diagnosis), incident.last(Verdict)
    lines = [f"{drill(incident)}{incident.id}: {alert.name} on {alert.service}, {STATUSES[incident.status]}{draft}"]
    if diagnosis is not None:
        lines.append(f"Cause ({diagnosis.confidence:.0%} confident): {diagnosis.cause}")
    if verdict is not None and verdict.plan is not None:
        plan = verdict.plan
        lines.append(f"Rollback judged: {plan.service} from {plan.from_version} to {plan.to_version}")
    return next(pieces("\n".join(escaped(clean(each)) for each in lines), LONGEST))


def standing(incident: Incident) -> str:
    """Return how an incident stands, what is asked of people, and what becomes of what somebody has just written."""
    asked = "A person has to approve or reject that, on its card in this thread.\n"
    waits = incident.status is Status.AWAITING_APPROVAL
    return f"{summary(incident)}\n{asked if waits else ''}Your remark is kept with it{_and_then(incident)}"


def _and_then(incident: Incident) -> str:
    if incident.status.ended:
        return "; `look again` investigates anew with what people wrote here, `report` brings the report."
    if incident.last(Diagnosis) is None:
        return " and reaches the commander at its next turn. Until then, what is known stands in this thread."
    return "; the team has concluded, so it changes nothing by itself. Stop ends it, and then I can `look again`."


async def permalink(client: AsyncWebClient, bot: Bot, incident_id: str) -> str | None:
    """Return the address of an incident's thread; None where it has none that can be reached."""
    thread = await bot.memory.thread(incident_id)
    ts = thread and (thread.card_ts or thread.alert_ts)
    if thread is None or ts is None:
        return None
    try:
        return str((await client.chat_getPermalink(channel=thread.channel, message_ts=ts))["permalink"])
    except SlackApiError as refused:
        logger.info("%s: no link to its thread: %s", incident_id, code(refused))
        return None


async def _thread(client: AsyncWebClient, bot: Bot, incident: Incident) -> str:
    link = await permalink(client, bot, incident.id)
    return "It has no thread here that can be reached." if link is None else f"<{link}|Its thread>"


async def _pdf(client: AsyncWebClient, bot: Bot, incident: Incident, origin: Origin) -> str:
    options = Options(timezone=bot.in_force.environment.settings.zone)
    try:
        content = await bot.apart.do(report.pdf, incident, options)
        await client.files_upload_v2(
            channel=origin.channel,
            thread_ts=origin.alert_ts,
            filename=f"{incident.id}.pdf",
            title=f"{drill(incident)}Report of {incident.id}",
            content=content,
        )
    except (SlackApiError, OSError, TimeoutError, report.PdfFailed, Died) as why:
        logger.warning("%s: the report can't be made or uploaded: %s", incident.id, type(why).__name__)
        return f"\nThe PDF could not be brought here; `first-responder rca {incident.id} --format pdf` writes it."
    return ""
