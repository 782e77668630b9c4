import pytest

from agents.analysis.diffs import live, net, parse
from agents.analysis.effects import Kind, of_setting
from agents.analysis.rewrites import of_hunks
from agents.analysis.settings import Setting


def kinds(diff: str) -> set[Kind]:
    hunks = live(parse(diff))
    return {effect.kind for effect in of_hunks(hunks, net(hunks))}


LOOPED = """@@ a.go @@
 for _, row := range rows {
-	out = append(out, row.Name)
+	full, err := repo.users.Find(ctx, row.ID)
+	out = append(out, full.Name)
 }
"""


@pytest.mark.parametrize(
    ("kind", "diff"),
    [
        (Kind.MORE_QUERIES, LOOPED),
        (
            Kind.HEAVIER_QUERIES,
            "@@ q.py @@\n-SQL = 'SELECT id FROM t ORDER BY at LIMIT 20'\n+SQL = 'SELECT id FROM t ORDER BY at'\n",
        ),
        (Kind.GROWTH, "@@ a.py @@\n+SEEN = {}\n+\n def handle(r):\n+    SEEN[r.id] = r\n"),
        (
            Kind.GROWTH,
            "@@ A.java @@\n-  c = Caffeine.newBuilder().maximumSize(100).build();\n+  c = new HashMap<>();\n",
        ),
        (Kind.NO_RELEASE, "@@ a.go @@\n rows := query()\n-\tdefer rows.Close()\n"),
        (Kind.NO_GUARD, "@@ a.go @@\n-\tif !verifySignature(t) { return errBad }\n"),
        (Kind.RENAME, "@@ m.ts @@\n-  'customer_name': text,\n+  'buyer_name': text,\n"),
        (Kind.SCHEMA, "@@ db/migrations/9.sql @@\n+ALTER TABLE orders DROP COLUMN note;\n"),
        (Kind.CONCURRENCY, "@@ a.go @@\n+\tgo func() { refresh() }()\n"),
        (Kind.LESS_CACHE, "@@ a.py @@\n-    return cache.get(key) or load(key)\n+    return load(key)\n"),
        (Kind.NO_GUARD, "@@ a.ts @@\n-  const lines = order?.lines ?? [];\n+  const lines = order.lines;\n"),
        (Kind.MORE_WORK, "@@ a.py @@\n-    known = set(old)\n+    known = list(old)\n"),
        (Kind.MORE_WORK, "@@ a.py @@\n+    return re.compile(PATTERN).match(text)\n"),
    ],
)  # fmt: skip
def test_rewritten_code_shows_what_it_does(kind: Kind, diff: str) -> None:
    assert kind in kinds(diff)


def test_a_bounded_store_does_not_grow_for_ever() -> None:
    assert Kind.GROWTH not in kinds("@@ a.py @@\n+SEEN = LRU(maxlen=50)\n+\n+def handle(r):\n+    SEEN.add(r.id)\n")


def test_moved_code_does_nothing() -> None:
    assert (
        kinds("@@ a.go @@\n-\tdefer f.Close()\n-\tf.Write(x)\n+func put() {\n+\tdefer f.Close()\n+\tf.Write(x)\n+}\n")
        == set()
    )


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        (Setting("db.pool.max", "50", "5"), Kind.LESS_ROOM), (Setting("db.pool.max", "5", "50"), Kind.MORE_ROOM),
        (Setting("request_timeout", "5s", "500ms"), Kind.LESS_TIME),
        (Setting("entry_ttl", "15m", "15s"), Kind.LESS_CACHE),
        (Setting("max_retries", "3", "30"), Kind.MORE_RETRIES),
        (Setting("log_level", "info", "debug"), Kind.MORE_LOGGING),
        (Setting("upstream_url", "a.local", "b.local"), Kind.ADDRESS),
        (Setting("bcrypt.cost", "10", "14"), Kind.MORE_WORK),
        (Setting("acme/lib", "v1.2.0", "v2.0.0"), Kind.LIBRARY),
        (Setting("poll_interval", "60s", "1s"), Kind.MORE_WORK),
    ],
)  # fmt: skip
def test_a_key_and_a_direction_say_what_a_setting_does(setting: Setting, kind: Kind) -> None:
    assert of_setting(setting).kind is kind


def test_a_patch_version_hardly_breaks_anything() -> None:
    patch, major = (of_setting(Setting("acme/lib", "v1.2.0", new)).strength for new in ("v1.2.1", "v2.0.0"))
    assert patch < 0.2 < major


def test_switching_a_cache_off_is_caching_less_and_no_more_room() -> None:
    effect = of_setting(Setting("cache.enabled", "true", "false"))
    assert (effect.kind, effect.strength) == (Kind.LESS_CACHE, 1.0)
