"""The real browser in which pages are tested: without one those tests are skipped, loudly, and fail in CI."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright, expect

NEEDED = "the page is tested in a real browser: apt-get install -y chromium, or set CHROMIUM to one"
PATIENCE = 60_000
"""Milliseconds that a page may take on a machine that does other things as well."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    found = (os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    path = next((each for each in found if each), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NEEDED)
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()
