"""The command line: `first-responder COMMAND`, or `python -m bot COMMAND`."""

import gc
import io
import os
import sys
from collections.abc import Sequence

import click

from bot.commands.auditing import audit
from bot.commands.database import db
from bot.commands.evaluation import evaluate
from bot.commands.examining import doctor, manifest
from bot.commands.investigation import investigate
from bot.commands.reading import incidents, rca, scenarios
from bot.commands.recording import record
from bot.commands.serving import serve
from bot.mistakes import WRONG_USE

INTERNAL_ERROR = 1
STOPPED = 130
PROGRAM = "first-responder"
RARELY = (100_000, 20, 100)
"""How often objects are looked through for cycles: imports make two hundred thousand that all stay."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="first-responder")
def cli() -> None:
    """Find out what broke, and undo the change that did it when that is proved safe.

    \b
    Example: first-responder investigate checkout-latency
    """  # noqa: D301 - click's \b keeps the example on its own line


for command in (investigate, serve, rca, incidents, scenarios, record, evaluate, audit, doctor, manifest, db):
    cli.add_command(command)


def main() -> None:
    """Run the command of this process and exit as interface.md says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to stop
    gc.set_threshold(*RARELY)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough; Python would complain once more at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if code == STOPPED:
        os._exit(code)  # all is stored; a thread that waits for an answer at the terminal would be waited for
    gc.freeze()  # at its exit the interpreter would look through everything several times
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        answer = cli.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return STOPPED
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.format_message(), err=True)
        return WRONG_USE
    except click.ClickException as mistake:
        click.echo(f"error: {' '.join(mistake.format_message().split())}{_hint(mistake)}", err=True)
        return WRONG_USE
    except BrokenPipeError:
        return 0
    except Exception as failure:  # noqa: BLE001 - the process's edge: a traceback helps nobody at a terminal
        return _internal_error(failure)
    return answer if isinstance(answer, int) else 0


def _hint(mistake: click.ClickException) -> str:
    """Return where the right use is written, or which commands there are."""
    if not isinstance(mistake, click.UsageError) or mistake.ctx is None:
        return ""
    if isinstance(mistake, click.exceptions.NoSuchCommand) and isinstance(mistake.ctx.command, click.Group):
        return f" There are {', '.join(mistake.ctx.command.list_commands(mistake.ctx))}."
    return f" See {mistake.ctx.command_path} --help."


def _internal_error(failure: Exception) -> int:
    from bot.logs import LOG_FILE, log_failure

    error_id, kept = log_failure(failure)
    where = f"{LOG_FILE} has the details" if kept else f"{LOG_FILE} can't be written here"
    click.echo(f"internal error {error_id} ({type(failure).__name__}): {where}", err=True)
    return INTERNAL_ERROR


if __name__ == "__main__":
    main()
