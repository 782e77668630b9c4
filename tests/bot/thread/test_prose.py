"""What an agent wrote comes out whole: parted where it is long, never cut."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.thread.plain import plain
from bot.thread.prose import prose
from bot.thread.text import PIECE, clean, escaped, pieces, weight
from bot.thread.turns import turn_messages
from incident.facts import Agent
from tests.bot import report_cases as case
from tests.bot.thread.inspection import nodes, sound

LETTERS = st.text(st.sampled_from("ab &<>.:-*`\n日"), max_size=400)
LONG = st.lists(st.one_of(LETTERS, st.just("word " * 700), st.just("&" * 3000), st.just("x" * 6000)), max_size=5)


def bare(text: str) -> str:
    """Return what is left without blanks and without the marks of lists, code and strong words."""
    return re.sub(r"[\s`*•-]|\d{1,2}[.)](?=\s)", "", text)


@given(LONG.map("\n".join))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    written = plain(prose(text))
    assert bare(written) == bare(escaped(clean(text)))


@given(LONG.map("\n".join))
def test_a_piece_is_never_longer_than_it_may_be(text: str) -> None:
    parted = list(pieces(text, 500))
    assert all(weight(piece) <= 500 for piece in parted)
    assert re.sub(r"\s", "", "".join(parted)) == re.sub(r"\s", "", text)


def test_a_long_turn_comes_as_several_messages_of_the_same_speaker() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "It goes on and on. " * 30 for n in range(20))
    messages = sound(turn_messages(case.fresh(), case.turn(Agent.METRICS, 1.0, text)))
    assert len(messages) > 2
    assert {message.speaker.name for message in messages if message.speaker} == {"Metrics agent"}
    written = "\n".join(message.text for message in messages)
    assert all(f"Paragraph {n}." in written for n in range(20))


def test_a_text_is_parted_between_paragraphs_rather_than_within() -> None:
    first, second = "First. " * 30, "Second. " * 30
    assert next(pieces(f"{first}\n\n{second}", 300)) == first.strip()


def test_code_stays_together_and_keeps_its_columns() -> None:
    (block,) = prose("Look:\n```\na   b\nc   d\n```\nThere.")
    (code,) = (part for part in block["elements"] if part["type"] == "rich_text_preformatted")
    assert code["elements"][0]["text"] == "a   b\nc   d"


def test_code_longer_than_a_block_is_parted_at_its_lines() -> None:
    lines = [f"line {n} " + "x" * 80 for n in range(60)]
    blocks = prose("```\n" + "\n".join(lines) + "\n```")
    told = [node["text"] for node in nodes(list(blocks)) if node.get("type") == "text"]
    assert "\n".join(told).split("\n") == lines
    assert all(weight(text) <= PIECE for text in told)


def test_bullets_become_a_list_and_its_title_is_strong() -> None:
    (block,) = prose("What changed:\n- one `a`\n- two")
    title, listed = block["elements"]
    assert title["elements"] == [{"type": "text", "text": "What changed:", "style": {"bold": True}}]
    assert [row["elements"][0]["text"] for row in listed["elements"]] == ["one ", "two"]
    assert listed["elements"][0]["elements"][1] == {"type": "text", "text": "a", "style": {"code": True}}
