"""What holds for every test."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
"""What decides whether a change lands tries the same examples each time; at a desk they are fresh ones."""
if os.environ.get("CI"):
    settings.load_profile("ci")
