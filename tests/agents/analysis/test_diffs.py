import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.diffs import Stuff, live, net, parse, stuff

UNIFIED = """diff --git a/pkg/pool.go b/pkg/pool.go
--- a/pkg/pool.go
+++ b/pkg/pool.go
@@ -1,3 +1,3 @@ func New() *Pool {
 p := &Pool{}
-p.Max = 50
+p.Max = 10
--- a/docs/pool.md
+++ b/docs/pool.md
@@ -1 +1 @@
-old words
+new words
"""


def test_a_unified_diff_falls_into_hunks_of_its_files() -> None:
    assert [h.path for h in parse(UNIFIED)] == ["pkg/pool.go", "docs/pool.md"]


def test_a_fragment_whose_header_holds_a_path_belongs_to_that_file() -> None:
    (hunk,) = parse("@@ services/x/y.go: func Serve() {\n-a()\n+b()\n", ("other.go",))
    assert hunk.path == "services/x/y.go"


def test_a_fragment_that_names_no_file_belongs_to_the_first_of_the_commit() -> None:
    (hunk,) = parse("@@ func Serve() {\n-a()\n+b()\n", ("cmd/x.go", "cmd/y.go"))
    assert hunk.path == "cmd/x.go"


def test_what_only_describes_or_tests_or_decorates_is_not_live() -> None:
    assert [h.path for h in live(parse(UNIFIED))] == ["pkg/pool.go"]


def test_comments_are_no_code() -> None:
    assert live(parse("@@ a.go @@\n-// old remark\n+// new remark\n")) == ()


def test_code_that_only_moved_is_neither_lost_nor_gained() -> None:
    changed = net(parse("@@ a.go @@\n-\tf.Close()\n-\treturn nil\n+func end() {\n+\tf.Close()\n+\treturn nil\n"))
    assert not changed.lost
    assert set(changed.gained) == {"func", "end"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("requirements.txt", Stuff.MANIFEST), ("notes.txt", Stuff.PROSE), ("db/migrations/7.sql", Stuff.SCHEMA),
        ("deploy/app/values.yaml", Stuff.CONFIG), (".github/workflows/test.yml", Stuff.BUILD),
        ("src/app_test.go", Stuff.TESTS), ("Dockerfile", Stuff.IMAGE), ("src/latest.py", Stuff.CODE),
    ],
)  # fmt: skip
def test_a_path_tells_what_a_file_is_made_of(path: str, kind: Stuff) -> None:
    assert stuff(path) is kind


@given(st.text(max_size=400), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_is_too_broken_to_be_read(text: str, files: list[str]) -> None:
    net(live(parse(text, tuple(files))))


@pytest.mark.parametrize("line", [" " * 100_000, "a-" * 60_000, "key: " * 40_000, "x = (" * 40_000, "const " * 30_000])
def test_a_line_of_any_length_is_read_only_so_far(line: str) -> None:
    (hunk,) = parse(f"@@ a.yaml @@\n-{line}\n+{line}1\n")
    assert max(len(text) for _, text in hunk.lines) < 500
