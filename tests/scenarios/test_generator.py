"""Made-up incidents by the seed: that they are sound, the same each time, and show what is wrong without telling it."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from incident.ports import NotRecorded
from incident.values import Window
from scenarios.answers import answer_key
from scenarios.files import load_scenario
from scenarios.generator.incident import KINDS, LARGEST, SMALLEST, MadeUp, make_up
from scenarios.generator.writing import write, written
from scenarios.releases import shipped
from scenarios.simulation import Simulation
from scenarios.system import NodeKind
from scenarios.world import World


def simulated(made: MadeUp, **sides: object) -> Simulation:
    scenario = made.scenario.model_copy(update=sides)
    return Simulation(scenario, made.seed, made.fired_at, shipped(scenario, made.fired_at)).until(0)


def test_a_seed_is_the_same_incident_each_time_and_another_one_is_another() -> None:
    assert written(make_up(11)) == written(make_up(11))
    assert written(make_up(11)) != written(make_up(12))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_where_its_key_says_and_the_key_names_what_exists(kind: str) -> None:
    made = make_up(3, kind, 6)
    system, key = made.scenario.system.services, made.key
    assert set(key.culprit_services) | set(key.blast_radius) <= set(system)
    assert {key.culprit_change, key.rival_change} - {None} <= {c.id for c in made.scenario.changes}
    assert bool(key.culprit_services) == (kind != "none")
    if key.culprit_services:
        near = {n for n, s in system.items() if set(s.calls) & set(key.culprit_services)}.union(
            key.culprit_services, *(system[c].calls for c in key.culprit_services)
        )
        assert loudest(made, near) > 0.3, "something there is far from what it would have been"


def loudest(made: MadeUp, services: set[str]) -> float:
    """Return how far anything of the services ever was from what it would have been, in usual values."""
    real, calm = simulated(made).happened, simulated(made, faults=()).happened
    places = [real.net.at(name) for name in services]
    loud = 0.0
    for of in ("errors", "shed", "exhausted", "pool_used", "memory", "p99", "busy", "wrong"):
        was, now = (getattr(run.course, of)[:, places] for run in (calm, real))
        loud = max(loud, float((np.abs(now - was) / np.maximum(np.quantile(was, 0.99, axis=0), 1e-6)).max()))
    return loud


@pytest.mark.parametrize("size", [SMALLEST, 14, LARGEST])
def test_a_world_without_its_faults_is_quiet(size: int) -> None:
    course = simulated(make_up(2, "exception", size), faults=()).happened.course
    assert course.errors.max() < 0.06
    assert course.shed.max() == course.exhausted.max() == 0
    assert (course.p99.max(axis=0) < 3 * np.median(course.p99, axis=0)).all()


async def test_no_telemetry_tells_the_kind_or_who_is_guilty() -> None:
    made = make_up(8, "exception", 8)
    world = World(made.scenario, made.seed, made.fired_at, elapsed=lambda: 0.0)
    always = Window(made.fired_at - timedelta(days=5), made.fired_at + timedelta(hours=1))
    told = [repr(await world.changes(always)), repr(world.alert), repr(await world.topology())]
    assert all("caused_by" not in text and "exception" not in text.lower() for text in told)
    assert not any(hasattr(world, name) for name in ("key", "answer", "truth", "kind"))
    assert "culprit" not in made.scenario.model_dump_json()


def test_alerts_page_on_what_is_read_and_is_beyond_its_threshold() -> None:
    for seed in range(4):
        made = make_up(seed, size=7)
        rule, rows = made.scenario.alert, simulated(made).metrics
        mine = rows.filter(pl.col("service") == rule.service, pl.col("metric") == rule.metric)
        assert mine.height > 100
        assert World(made.scenario, made.seed, made.fired_at).alert.breached_by(float(mine["value"].max()))


async def test_what_was_not_recorded_cannot_be_read() -> None:
    made = next(m for m in (make_up(seed, "provider", 6) for seed in range(40)) if "topology" in m.scenario.missing)
    with pytest.raises(NotRecorded):
        await World(made.scenario, made.seed, made.fired_at).topology()


def test_the_key_of_a_guilty_change_is_one_that_recorded_incidents_are_graded_by() -> None:
    made = make_up(4, "slow-code", 9)
    guilty = next(c for c in made.scenario.changes if c.id == made.key.culprit_change)
    assert made.truth.culprit_change == guilty.id
    assert guilty.commit is None or made.truth.culprit_commit == guilty.commit.sha
    assert guilty.id not in made.truth.decoy_commits
    assert make_up(4, "provider", 9).truth.no_change


def test_sizes_conventions_and_logs_vary() -> None:
    made = [make_up(seed, "none", size) for seed, size in enumerate((3, 20, 60, 8, 8))]
    assert [len(m.scenario.system.services) for m in made[:3]] == [3, 20, 60]
    assert len({m.scenario.alert.metric for m in made}) > 2
    assert len({m.scenario.system.wording["failed"][0].message for m in made}) > 2
    kinds = {service.kind for m in made for service in m.scenario.system.services.values()}
    assert kinds == set(NodeKind)


def test_a_written_incident_reads_back_as_it_was(tmp_path: Path) -> None:
    made = make_up(6, "connection-leak", 10)
    write(made, tmp_path / "one.yml")
    assert load_scenario(tmp_path / "one.yml") == made.scenario
    assert answer_key(tmp_path / "one.yml") == made.key


def test_the_command_writes_a_file_and_never_over_another(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scenarios.generator", "7", str(tmp_path / "made.yml"), "--services", "5"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert load_scenario(tmp_path / "made.yml").system.services
    again = subprocess.run(command, check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "File exists" in again.stderr
