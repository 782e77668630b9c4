"""Chance that is the same in every process: from the seed and from what it is for, and from nothing else."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Choice = TypeVar("Choice")


def digest(seed: int, *about: str) -> str:
    """Return 64 hex digits."""
    return hashlib.sha256("\x1f".join([str(seed), *about]).encode()).hexdigest()


def pick(choices: Sequence[Choice], seed: int, *about: str) -> Choice:
    """Return one of the choices, each equally likely over the seeds."""
    return choices[int(digest(seed, *about)[:12], 16) % len(choices)]


def noise(seed: int, *about: str) -> np.random.Generator:
    """Return numbers in bulk. Rows drawn in order of time stay the same when more of them are drawn."""
    return np.random.default_rng(int(digest(seed, *about)[:32], 16))


def chance(seed: int, *about: str) -> random.Random:
    """Return single numbers, quickly."""
    return random.Random(digest(seed, *about))  # noqa: S311 - made-up data, and it has to repeat
