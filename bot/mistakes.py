"""Wrong use, said in one line."""

import click

WRONG_USE = 2


class Mistake(click.ClickException):
    """The user can put it right: the message says what was wrong and what would be right. Exits with 2."""

    exit_code = WRONG_USE
