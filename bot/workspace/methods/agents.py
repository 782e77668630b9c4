"""agents.*: what an agent says it is doing in a thread."""

from bot.workspace.kit.rules import wrong
from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Json
from bot.workspace.team import trim

STATUSES = ("active", "processing", "suspended", "closed")
KEPT_SESSIONS = 500


def set_status(call: Call) -> Json:
    """Set the status of a thread's session; `processing` shows people a Stop button."""
    if not call.board.agent_sessions:
        raise Refused("unknown_method", req_method="agents.sessions.setStatus")
    call.need("status", "channel_id")
    if call.text("status") not in STATUSES:
        raise Refused("invalid_arguments", wrong(f"must be one of: {', '.join(STATUSES)}", "/status"))
    channel = call.channel("channel_id")
    call.message(channel, "thread_ts")
    channel.sessions[call.text("thread_ts")] = call.text("status")
    trim(channel.sessions, KEPT_SESSIONS)
    call.board.live.tell(channel, {"type": "channel"})
    answer = {"status": call.text("status"), "agent_status": call.text("status"), "title": call.text("title")}
    if "agent_session_stopped" not in call.app.manifest.events:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


METHODS = {"agents.sessions.setStatus": Method(set_status, "chat:write")}
