from pathlib import Path

import pytest
from pydantic import ValidationError

from scenarios.answers import answer_key
from scenarios.documents import BadScenario
from scenarios.durations import read_duration
from scenarios.files import load_scenario
from scenarios.schema import Rule, Scenario
from scenarios.system import Service, System
from scenarios.world import World

OWN = Path(__file__).with_name("panaderia.yml")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = OWN.read_text()
    assert old in text
    path = tmp_path / "mine.yml"
    path.write_text(text.replace(old, new, 1))
    return path


def complaint(path: Path) -> str:
    with pytest.raises(BadScenario) as told:
        load_scenario(path)
    return str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  threshold: 400", "  threshold: high", "alert.threshold"),
        ("  threshold: 400", "  treshold: 400", "there is no such key; was threshold meant?"),
        ("ramp: 6m", "ramp: yes", "write 15m"),
        ("ramp: 6m", "ramp: 90d", "more than the 31 days"),
        ("ramp: 6m", "rampe: 6m", "there is no such key; was ramp meant?"),
        ("calls: [horno, almacen]", "call: [horno, almacen]", "there is no such key; was calls meant?"),
        ("calls: [horno, almacen]", "calls: horno", "here have to be keys with values"),
        ("missing: [spans]", "xyzzy: 1", "there is no such key; there are alert, before, changes"),
        ("ramp: 6m", "ramp: six minutes", "write 15m"),
        ("calls: [horno, almacen]", "calls: [forno, almacen]", "no service is called forno"),
        ("caused_by: cambio-1", "caused_by: cambio-7", "no change has the id cambio-7"),
        ("kind: pool_limit", "kind: pool_limits", "pool_limit"),
        ("id: cambio-2", "id: cambio-1", "another change's id"),
        ("gauge: disco_usado", "gauge: disco", "has no gauge disco"),
        ("  service: pedidos\n  name", "  service: pedido\n  name", "the system has no pedido"),
        ("metric: latencia_p99_ms", "metric: latencia", "pedidos has up"),
        ("  service: pedidos\n  name", "  service: horno\n  name", "nothing of horno is recorded"),
        ("http_request_duration_p99_ms: lat", "http_request_p99_ms: lat", "no service here has a metric"),
        ("call_failed: [", "call_fails: [", "call_failed"),
        ("missing: [spans]", "missing: [traces]", "missing"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = changed(tmp_path, old, new)
    told = complaint(path)
    assert says in told
    assert told.startswith(f"{path}:")
    assert int(told.split(":")[1]) > 1


def test_the_line_is_the_one_with_the_mistake(tmp_path: Path) -> None:
    path = changed(tmp_path, "  threshold: 400", "  threshold: high")
    line = path.read_text().splitlines().index("  threshold: high") + 1
    assert f"{path}:{line}: alert.threshold" in complaint(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a scenario is a mapping"),
        ("- 1\n- 2\n", "a scenario is a mapping"),
        ("alert: [", "no YAML"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("a: 1\na: 2\n", "only once"),
        ("a: " + "[" * 300 + "]" * 300, "nesting"),
        ("a: !!python/object/apply:os.getcwd []\n", "no YAML"),
        ("a: " + "x" * 600_000, "larger than"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(text)
    assert says in complaint(path)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    assert "No such file" in complaint(tmp_path / "none.yml")
    (tmp_path / "binary.yml").write_bytes(b"\xff\xfe\x00\x9f")
    assert "not UTF-8" in complaint(tmp_path / "binary.yml")


def test_a_system_can_be_shared_from_a_folder_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "mini.yml").write_text("services: {web: {load: 5}}\n")
    path = tmp_path / "one.yml"
    alert = "{service: web, name: Slow, metric: http_request_duration_p99_ms, threshold: 90, summary: slow}"
    path.write_text(f"system: mini\nalert: {alert}\n")
    assert list(load_scenario(path).system.services) == ["web"]
    path.write_text(f"system: ../secret\nalert: {alert}\n")
    assert "name a file in systems/" in complaint(path)


def test_a_file_without_an_answer_cannot_be_graded() -> None:
    with pytest.raises(BadScenario, match="nothing can be graded"):
        answer_key(OWN)


def test_a_scenario_may_be_built_in_code_and_be_large() -> None:
    from datetime import UTC, datetime

    services = {
        f"s{i}": Service(load=50 if i == 0 else 0, calls={f"s{i + 1}": {}} if i < 59 else {}) for i in range(60)
    }
    rule = Rule(service="s0", name="A", metric="http_error_ratio", threshold=0.5, summary="")
    made = Scenario(name="chain", system=System(services=services), alert=rule)
    assert World(made, 1, datetime(2026, 1, 1, tzinfo=UTC)).alert.service == "s0"


def test_a_system_that_nobody_calls_is_refused() -> None:
    with pytest.raises(ValidationError, match="nobody calls"):
        System(services={"a": Service()})


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("-1h30m", -5400), ("250ms", 0.25), ("2d", 172_800)])
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds
