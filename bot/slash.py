"""What the slash commands are called: a company that has a `/rca` already gives ours another name."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

NAME = re.compile(r"/[a-z0-9_-]{1,31}")
"""What Slack takes: docs.slack.dev/interactivity/implementing-slash-commands."""
USUAL = re.compile(r"(?<![\w/.:])/(investigate|rca|responder)\b(?![/.-])")


def named(text: str) -> str:
    """Return a command's name with its slash; refuse what Slack would."""
    name = f"/{text.strip().removeprefix('/')}"
    if not NAME.fullmatch(name):
        message = "write a name like /sherlock: small letters, digits, - and _, at most 32 characters"
        raise ValueError(message)
    return name


CommandName = Annotated[str, AfterValidator(named)]


class Slash(NamedTuple):
    """The names that the manifest gives them."""

    investigate: str = "/investigate"
    rca: str = "/rca"
    responder: str = "/responder"

    def put_into(self, words: str) -> str:
        """Return words of ours, which have the usual names, with these."""
        return USUAL.sub(lambda found: str(getattr(self, found[1])), words)
