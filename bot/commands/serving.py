"""`first-responder serve`."""

import asyncio

import click


@click.command()
@click.option("--rehearse-on-github", is_flag=True, help="Dispatch the rollbacks of scenarios to the repository of "
              "SFA_GITHUB_ROLLBACK_REPO first, which must be marked as a sandbox.")  # fmt: skip
def serve(*, rehearse_on_github: bool) -> None:
    """Be the bot: in Slack where its tokens are set, else in a workspace on this machine, whose page is printed.

    Settings come from the environment or .env: SLACK_BOT_TOKEN and SLACK_APP_TOKEN, SFA_ALERT_CHANNELS,
    SFA_ALERT_SENDERS, SFA_ALERT_RULES, SFA_APPROVERS, and for real rollbacks SFA_GITHUB_ROLLBACK_REPO and
    SFA_GITHUB_DISPATCH_TOKEN. Ctrl-C or SIGTERM ends it; what is under way goes on at the
    next start.

    Example: first-responder serve
    """
    from bot.app import settings
    from bot.github_settings import github_settings
    from bot.llm_settings import llm_settings
    from bot.logs import log_to_stderr
    from bot.serving import serve as run
    from bot.slack_settings import slack_settings

    chosen = settings()
    log_to_stderr()
    asyncio.run(run(chosen, slack_settings(), github_settings(), llm_settings(), rehearse=rehearse_on_github))
