"""files.*: uploads in three steps, shared a moment after the last."""

import asyncio
import re
import secrets

from bot.workspace import messages
from bot.workspace.kit.rules import wrong
from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Channel, File, Json, Message, new_id
from bot.workspace.wire import as_app, file_object

LARGEST_FILE = 16_000_000
"""Bytes. Slack's own limit is a gigabyte, which would not fit into memory."""
_UNSAFE = re.compile(r"[/\\\x00-\x1f]")


def get_upload_url(call: Call) -> Json:
    """Step one: announce a file."""
    call.need("filename", "length")
    length = call.text("length")
    if not length.isdecimal() or int(length) == 0:
        raise Refused("invalid_arguments", wrong("must be a positive integer", "/length"))
    if int(length) > LARGEST_FILE:
        raise Refused("file_upload_size_restricted")
    name = _UNSAFE.sub("_", call.text("filename"))[:200]
    file = File(new_id("F"), name, name, int(length), call.app.id, secrets.token_urlsafe(24), call.text("alt_txt"))
    call.board.team.keep_file(file)
    return {"file_id": file.id, "upload_url": f"{call.board.team.origin}/upload/{file.upload_key}"}


def complete_upload(call: Call) -> Json:
    """Step three: give the files titles and share them."""
    call.need("files")
    wanted = call.json("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) for each in wanted):
        raise Refused("invalid_arguments", wrong("must be a list of files", "/files"))
    files = [_uploaded(call, each) for each in wanted]
    channels = [_shared_to(call, each) for each in _destinations(call)]
    for channel in channels:
        call.board.spawn(_share(call, channel, files))
    return {"files": [file_object(call.board.team, file) for file in files]}


def info(call: Call) -> Json:
    """Describe a file; `shares` says where it can be seen by now."""
    call.need("file")
    file = call.board.team.files.get(call.text("file"))
    if file is None or file.body is None:
        raise Refused("file_not_found")
    return {"file": file_object(call.board.team, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _uploaded(call: Call, wanted: Json) -> File:
    file = call.board.team.files.get(str(wanted.get("id")))
    if file is None or file.body is None or file.app_id != call.app.id:
        raise Refused("file_not_found")
    file.title = str(wanted.get("title") or file.title)
    return file


def _destinations(call: Call) -> list[str]:
    several = [each.strip() for each in call.text("channels").split(",") if each.strip()]
    return [call.text("channel_id")] if call.text("channel_id") else several


def _shared_to(call: Call, channel_id: str) -> Channel:
    channel = Call(call.board, call.app, {"channel": channel_id}).channel()
    if channel.archived:
        raise Refused("is_archived")
    thread_ts = call.text("thread_ts")
    if thread_ts and thread_ts not in channel.messages:
        raise Refused("thread_not_found")
    return channel


async def _share(call: Call, channel: Channel, files: list[File]) -> None:
    await asyncio.sleep(call.board.courier.pace.sharing)
    team, app = call.board.team, call.app
    content: Json = {**as_app(team, app), "text": call.text("initial_comment"), "upload": True}
    message = Message(team.new_ts(), content, call.text("thread_ts") or None, files=[file.id for file in files])
    for file in files:
        file.shares[channel.id] = message.ts
    messages.post(call.board, channel, message)
    for file in files:
        event = {"type": "file_shared", "file_id": file.id, "file": {"id": file.id}, "user_id": app.user_id}
        event |= {"channel_id": channel.id, "event_ts": team.new_ts()}
        call.board.announce(channel, event, "file_shared")


METHODS = {
    "files.completeUploadExternal": Method(complete_upload, "files:write"),
    "files.getUploadURLExternal": Method(get_upload_url, "files:write"),
    "files.info": Method(info, "files:read"),
}
