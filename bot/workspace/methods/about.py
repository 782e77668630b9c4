"""auth.*, apps.*, bots.*, users.*, usergroups.*, team.*: who is who."""

from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Json, UserGroup
from bot.workspace.wire import user_object


def auth_test(call: Call) -> Json:
    """Say whose token it is."""
    team, app = call.board.team, call.app
    answer = {"url": f"{team.origin}/", "team": "Responder", "team_id": team.id, "is_enterprise_install": False}
    if call.text("token").startswith("xapp-"):
        return answer | {"app_name": app.name, "app_id": app.id}
    user = team.users[str(app.user_id)]
    return answer | {"user": user.name, "user_id": user.id, "bot_id": app.bot_id}


def connections_open(call: Call) -> Json:
    """Give out the address of one Socket Mode connection."""
    origin = call.board.team.origin.replace("http:", "ws:", 1)
    return {"url": f"{origin}/socket/{call.board.courier.sockets.ticket(call.app)}"}


def bots_info(call: Call) -> Json:
    """Describe a bot."""
    wanted = call.text("bot") or call.app.bot_id
    for app in call.board.team.apps.values():
        if app.bot_id == wanted:
            about = {"id": app.bot_id, "app_id": app.id, "name": app.name, "deleted": False, "updated": 0}
            return {"bot": about | {"icons": {"emoji": app.icon}, "user_id": app.user_id or ""}}
    raise Refused("bot_not_found")


def users_info(call: Call) -> Json:
    """Describe a user."""
    call.need("user")
    user = call.board.team.users.get(call.text("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user_object(call.board.team, user, email=_sees_email(call))}


def users_list(call: Call) -> Json:
    """List users, page by page."""
    users, metadata = call.page(list(call.board.team.users.values()))
    members = [user_object(call.board.team, user, email=_sees_email(call)) for user in users]
    return {"members": members, "cache_ts": 0, "response_metadata": metadata}


def users_lookup_by_email(call: Call) -> Json:
    """Find a user by address."""
    call.need("email")
    for user in call.board.team.users.values():
        if user.email == call.text("email") and not user.app_id:
            return {"user": user_object(call.board.team, user, email=True)}
    raise Refused("users_not_found")


def usergroups_list(call: Call) -> Json:
    """List user groups, with their members if asked for."""
    groups = call.board.team.groups.values()
    return {"usergroups": [_group_object(call, group) for group in groups]}


def usergroups_users_list(call: Call) -> Json:
    """List the members of a user group."""
    call.need("usergroup")
    group = call.board.team.groups.get(call.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


def team_info(call: Call) -> Json:
    """Describe the workspace."""
    team = call.board.team
    about = {"id": team.id, "name": "Responder", "domain": team.domain, "email_domain": "", "url": f"{team.origin}/"}
    return {"team": about}


def _sees_email(call: Call) -> bool:
    return "users:read.email" in call.app.manifest.scopes


def _group_object(call: Call, group: UserGroup) -> Json:
    users = {"users": list(group.members)} if call.flag("include_users") else {}
    about = {"id": group.id, "team_id": call.board.team.id, "is_usergroup": True, "handle": group.handle}
    return {**about, "name": group.name, "date_delete": 0, "user_count": len(group.members), **users}


METHODS = {
    "apps.connections.open": Method(connections_open),
    "auth.test": Method(auth_test),
    "bots.info": Method(bots_info, "users:read"),
    "team.info": Method(team_info, "team:read"),
    "usergroups.list": Method(usergroups_list, "usergroups:read"),
    "usergroups.users.list": Method(usergroups_users_list, "usergroups:read"),
    "users.info": Method(users_info, "users:read"),
    "users.list": Method(users_list, "users:read"),
    "users.lookupByEmail": Method(users_lookup_by_email, "users:read.email"),
}
