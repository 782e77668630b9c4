"""Draws docs/images/thread.png anew: `serve` in its own workspace, an alert that was fired, its thread in a browser.

`python benchmarks/picture_of_the_thread.py FILE` in an empty folder; Chromium has to be there, or CHROMIUM name one.
"""

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright, expect

PAGE, ALERT, ENDING = "#/U0ADA/C0ALERTS", "CheckoutLatencyHigh", "In short"
SIZE = {"width": 1360, "height": 1320}
PATIENCE = 120_000
"""Milliseconds until the thread has its end."""
SETTLED = 3
COLOURS = 256


async def workspace(server: Process) -> str:
    """Return the address of the page once the bot is ready."""
    said: dict[str, str] = {}
    while "First Responder is ready" not in "".join(said):
        name, _, value = (await server.stdout.readline()).decode().partition(": ") if server.stdout else ("", "", "")
        said[name] = value.strip()
    return said["workspace"]


async def photograph(page: Page, address: str, file: Path) -> None:
    """Fire the alert, wait for the end of its thread, and photograph the beginning of it."""
    await page.goto(address + PAGE)
    await page.get_by_role("button", name="Fire an alert").click()
    await page.get_by_role("button", name=re.compile(ALERT)).click()
    await page.get_by_role("main").get_by_role("button", name=re.compile(r"\d+ repl(y|ies)")).last.click()
    replies = page.get_by_role("log", name="Replies")
    await expect(replies).to_contain_text(ENDING)
    await asyncio.sleep(SETTLED)
    await replies.evaluate(
        "pane => { for (; pane; pane = pane.parentElement) pane.scrollTop = 0; document.activeElement.blur() }"
    )
    await page.mouse.move(0, 0)
    await asyncio.sleep(SETTLED)
    await page.screenshot(path=file)


async def draw(file: Path) -> None:
    """Serve, photograph, end."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env={**os.environ, "SFA_PORT": "0"}, stdout=PIPE
    )
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    try:
        address = await workspace(server)
        async with async_playwright() as playwright:
            window = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
            page = await window.new_page(viewport=SIZE, color_scheme="light")
            page.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            await photograph(page, address, file)
            await window.close()
    finally:
        server.terminate()
        await server.communicate()


def main(file: Path) -> None:
    """Draw the file, in few colours: it is part of the repository."""
    asyncio.run(draw(file))
    Image.open(file).convert("RGB").quantize(COLOURS).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
