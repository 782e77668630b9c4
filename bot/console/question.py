"""The approval question on a terminal: exactly what would be done, and a plain yes or no."""

from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from bot.console.words import printable
from incident.facts import Diagnosis, Verdict
from incident.model import Incident


def ask(console: Console, incident: Incident) -> bool | None:
    """Return the person's answer; None where there is none (end of input) or nothing to ask."""
    verdict, diagnosis = incident.last(Verdict), incident.last(Diagnosis)
    if verdict is None or verdict.plan is None or diagnosis is None:
        return None
    plan = verdict.plan
    rivals = "; ".join(rival.what for rival in diagnosis.rivals)
    console.print(
        Text.assemble(
            ("This would be done: ", "bold"),
            printable(f"{plan.service} in {plan.environment} goes from {plan.from_version} back to {plan.to_version} "),
            printable(f"(undoes {plan.change})"),
            f".\nConfidence {diagnosis.confidence:.0%}.",
            printable(f" What speaks against it: {rivals}") if rivals else "",
        )
    )
    try:
        return Confirm.ask("Roll back?", console=console, default=False)
    except EOFError:
        return None
