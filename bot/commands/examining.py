"""`first-responder doctor` and `first-responder manifest`: what setting it up needs."""

import asyncio
import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def doctor(*, as_json: bool) -> int:
    """Say what is set, reachable and permitted, what leaves this machine, and what to do about what is wrong.

    Asks Slack, GitHub, the language model's server (what it has, which costs nothing) and the database, and changes
    nothing. No secret is shown. Exits with 1 where something is wrong.

    Example: first-responder doctor
    """
    from bot.app import settings
    from bot.doctor.examination import as_document, as_lines, examine
    from bot.github_settings import github_settings
    from bot.llm_settings import llm_settings
    from bot.slack_settings import slack_settings

    found = asyncio.run(examine(settings(), slack_settings(), github_settings(), llm_settings()))
    click.echo(json.dumps(as_document(found), indent=2) if as_json else "\n".join(as_lines(found)))
    return 1 if found.wrong else 0


@click.command()
@click.option("--http", "address", metavar="ADDRESS", help="For HTTP mode: the https address at which Slack calls us.")
def manifest(address: str | None) -> None:
    """Print the app's manifest, to be pasted at https://api.slack.com/apps?new_app=1 (From a manifest).

    Its commands have the names of SFA_COMMAND_INVESTIGATE, SFA_COMMAND_RCA and SFA_COMMAND_RESPONDER.

    \b
    Examples: first-responder manifest
              first-responder manifest --http https://responder.example.com
    """  # noqa: D301 - click's \b keeps the examples on their own lines
    import yaml

    from bot.manifest import chosen, over_http
    from bot.slack_settings import slack_settings

    text = chosen(slack_settings().slash)
    if address is None:
        click.echo(text, nl=False)
    else:
        changed = over_http(yaml.safe_load(text), address)
        click.echo(yaml.safe_dump(changed, sort_keys=False, allow_unicode=True, width=120), nl=False)
