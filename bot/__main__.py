"""The command line: `first-responder COMMAND`, or `python -m bot COMMAND`."""

import logging
import secrets
import sys
from collections.abc import Sequence

import click

from bot.commands.database import db
from bot.commands.evaluation import evaluate
from bot.commands.investigation import investigate
from bot.commands.reading import incidents, rca, scenarios
from bot.commands.recording import record
from bot.commands.serving import serve
from bot.mistakes import WRONG_USE

INTERNAL_ERROR = 1
STOPPED = 130
LOG_FILE = "first-responder.log"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="first-responder")
def cli() -> None:
    """Find out what broke, and undo the change that did it when that is proved safe.

    \b
    Example: first-responder investigate checkout-latency
    """  # noqa: D301 - click's \b keeps the example on its own line


for command in (investigate, serve, rca, incidents, scenarios, record, evaluate, db):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit as interface.md says."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        answer = cli.main(args=arguments, prog_name="first-responder", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return STOPPED
    except click.ClickException as mistake:
        click.echo(f"error: {' '.join(mistake.format_message().split())}", err=True)
        return WRONG_USE if isinstance(mistake, click.UsageError) else mistake.exit_code
    except Exception as failure:  # noqa: BLE001 - the process's edge: a traceback helps nobody at a terminal
        return _internal_error(failure)
    return answer if isinstance(answer, int) else 0


def _internal_error(failure: Exception) -> int:
    error_id = secrets.token_hex(4)
    handler = logging.FileHandler(LOG_FILE, delay=True)
    logging.getLogger("bot").addHandler(handler)
    logging.getLogger("bot").error("internal error %s", error_id, exc_info=failure)
    handler.close()
    click.echo(f"internal error {error_id}: {LOG_FILE} has the details", err=True)
    return INTERNAL_ERROR


if __name__ == "__main__":
    main()
