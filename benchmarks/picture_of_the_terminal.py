"""Draws docs/images/terminal.png anew: the real program investigates, and its own console draws the facts.

`python benchmarks/picture_of_the_terminal.py FOLDER` writes terminal.html to a FOLDER and says how to photograph it.
"""

import asyncio
import io
import os
import re
import sys
from pathlib import Path

from rich.console import Console

from bot.__main__ import run
from bot.app import settings
from bot.console.ending import say_ending
from bot.console.live import LiveConsole
from bot.library import find_incident
from bot.outbox import Outcome
from bot.report import Written
from bot.wishes import Wishes

TARGET, WIDTH = "checkout-latency", 122
BROWSER = "chromium --headless --no-sandbox --hide-scrollbars"
PAGE = "<meta charset=utf-8><style>body{{margin:0}}svg{{display:block;width:{0}px;height:{1}px}}</style>{2}"


async def draw() -> str:
    """Return the newest incident as a terminal shows it, as SVG."""
    incident = await find_incident("last", settings())
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(f"[bold green]$[/] first-responder investigate {TARGET}\n")
    thread = LiveConsole(console)
    for seq in range(len(incident.facts) + 1):
        await thread.show(incident.at(seq), incident.facts[seq - 1] if seq else None, seq)
    written = Written(Path(f"rca/{incident.id}.md"), Path(f"rca/{incident.id}.pdf"))
    wishes = Wishes(TARGET, 0, None, Path("rca"), as_json=False, dry_run=False, approve=None)
    thread.draw(say_ending(incident, Outcome(written), wishes))
    picture = console.export_svg(title="First Responder")
    return picture.replace("Fira Code", "DejaVu Sans Mono")  # a browser without a network draws the same


def main(folder: Path) -> None:
    """Investigate in the folder and write the page there."""
    os.chdir(folder)
    run(["investigate", TARGET])
    svg = asyncio.run(draw())
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (round(float(number)) for number in (size.groups() if size else ("1500", "1500")))
    Path("terminal.html").write_text(PAGE.format(width, height, svg), encoding="utf-8")
    print(f"{BROWSER} --window-size={width},{height} --screenshot=terminal.png terminal.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
