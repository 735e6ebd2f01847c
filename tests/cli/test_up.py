"""`newsletter up`, and its parts, as real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from newsletter.house import open_house
from newsletter.settings import Settings
from tests.servers.process import free_port
from tests.spawning import Spawned, spawned, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def env(environment, port) -> dict[str, str]:
    """A fresh practice install; it answers at `port`."""
    del environment["NEWSLETTER_BASE_URL"]
    return environment | {"PORT": str(port)}


@pytest.fixture
def output(tmp_path) -> Path:
    return tmp_path / "said.txt"


def fetch(port: int, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()


def is_ready(port: int) -> bool:
    try:
        return json.loads(fetch(port, "/ready"))["status"] == "ready"
    except OSError:
        return False


def parts(up: Spawned) -> dict[str, int]:
    """The running children of `up`: command -> process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if parent == up.process.pid and "newsletter.cli" in words:
            found[words[words.index("newsletter.cli") + 1]] = int(folder.name)
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_command_serves_the_site_and_sends_and_stops(env, port, output):
    with spawned("up", env=env, output=output) as up:
        up.wait_for("Ctrl-C stops everything")
        assert "Loaded the starter campaigns: guide-start-to-finish" in up.said
        assert "Practice: nothing leaves this computer." in up.said
        for path in ("/", "/studio/inbox/", "/studio/enter/"):
            assert f"http://127.0.0.1:{port}{path}" in up.said
        assert "Get updated with beauty resources, tips, and news" in fetch(port)
        wait_until(lambda: is_ready(port))
        children = list(parts(up).values())
        assert len(children) == 2
        assert up.stop() == 0
    assert not any(map(is_running, children))
    assert "Traceback" not in up.said
    assert "worker_stopped" in up.said


def test_ctrl_c_is_as_good_as_sigterm(env, output):
    with spawned("up", env=env, output=output) as up:
        up.wait_for("worker_started")
        assert up.stop(signal.SIGINT) == 0
    assert "Traceback" not in up.said


def test_the_link_into_the_studio_opens_it_once(env, port, output):
    with spawned("up", env=env, output=output) as up:
        up.wait_for("Ctrl-C stops everything")
        link = re.search(r"http://\S+/studio/enter/\S+", up.said)
        assert link
        visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert visitor.open(link[0], timeout=60).status == 200


def test_a_second_up_on_the_same_data_hears_who_and_where(env, port, output, tmp_path):
    with spawned("up", env=env, output=output) as up:
        up.wait_for("Ctrl-C stops everything")
        other = env | {"PORT": str(free_port())}
        with spawned("up", env=other, output=tmp_path / "second.txt") as second:
            assert second.process.wait(60) == 1
        assert second.said == (
            f"newsletter: process {up.process.pid} serves this data already, at http://127.0.0.1:{port}; "
            "stop it first, or give this one another NEWSLETTER_DATA_DIR\n"
        )


def test_a_port_in_use_is_one_clear_line(env, port, output):
    with socket.create_server(("127.0.0.1", port)), spawned("up", env=env, output=output) as up:
        assert up.process.wait(60) == 1
    assert (
        up.said
        == f"newsletter: port {port} of 127.0.0.1 is in use by another program; choose another with PORT=\n"
    )


@pytest.mark.parametrize("bad", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_a_usage_error(run, bad):
    assert "PORT" in run("up", "--port", bad, status=2).stderr.upper()


@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_part_that_dies_is_started_again(env, port, output, part):
    with spawned("up", env=env, output=output) as up:
        wait_until(lambda: is_ready(port))
        killed = parts(up)[part]
        os.kill(killed, signal.SIGKILL)
        up.wait_for("was ended by SIGKILL; starting it again in 1 s")
        fetch(port)  # waits at the door while the web part is away
        wait_until(lambda: parts(up).get(part, killed) != killed)
        wait_until(lambda: is_ready(port))
        assert up.stop() == 0
    assert up.said.count("starting it again") == 1


def test_when_up_itself_is_killed_its_parts_end_too(env, port, output):
    with spawned("up", env=env, output=output) as up:
        wait_until(lambda: is_ready(port))
        children = list(parts(up).values())
        up.process.kill()
        up.process.wait()
        wait_until(lambda: not any(map(is_running, children)))
    with spawned("up", env=env, output=output) as again:
        again.wait_for("Ctrl-C stops everything")
        assert "Loaded" not in again.said  # all of it is there already
        assert again.stop() == 0


def test_with_real_mail_nothing_is_said_of_practice(env, output, tmp_path):
    real = env | {
        "NEWSLETTER_MAIL_URL": f"maildir://{tmp_path}/mail",
        "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
        "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street",
    }
    with spawned("up", env=real, output=output) as up:
        up.wait_for("Ctrl-C stops everything")
        assert "Practice" not in up.said
        assert "/studio/enter/" not in up.said
        assert up.stop() == 0


def test_where_nobody_said_who_is_writing_up_runs_and_says_what_waits(env, port, output, tmp_path):
    """So that it can be said in the studio."""
    with spawned("up", env=env | {"NEWSLETTER_MAIL_URL": f"maildir://{tmp_path}/mail"}, output=output) as up:
        up.wait_for("Ctrl-C stops everything")
        wait_until(lambda: is_ready(port))
        assert "No e-mail leaves yet: NEWSLETTER_CLINIC_FROM is missing" in up.said
        assert up.stop() == 0


def test_web_alone_finishes_a_request_and_stops(env, port, output):
    Spawned(("migrate",), env, output).process.wait(60)
    with spawned("web", env=env, output=output) as web:
        web.wait_for("Serving on")
        assert json.loads(fetch(port, "/health"))
        assert web.stop() == 0
    assert "Traceback" not in web.said


def test_web_finishes_the_request_in_hand(environment, postgres_url, port, output):
    """The page waits for a table that somebody else holds, when SIGTERM comes."""
    env = environment | {"NEWSLETTER_DATABASE_URL": postgres_url, "PORT": str(port)}
    with spawned("web", env=env, output=output) as web, ThreadPoolExecutor() as visitor:
        web.wait_for("Serving on")
        with psycopg.connect(postgres_url) as holder:
            holder.execute("LOCK TABLE heartbeats IN ACCESS EXCLUSIVE MODE")
            answer = visitor.submit(status, port, "/ready")
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            wait_until(lambda: holder.execute(waiting).fetchone() == (1,))
            web.process.terminate()
            holder.execute("SELECT pg_sleep(1)")
            assert web.process.poll() is None
        assert answer.result(60) == 503  # an answer: no worker was ever seen
        assert web.process.wait(60) == 0


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_several_senders_are_several_processes(env, output):
    Spawned(("migrate",), env, output).process.wait(60)
    with spawned("worker", "--senders", "2", env=env, output=output) as worker:
        wait_until(lambda: worker.said.count("worker_started") == 2)
        assert worker.stop() == 0
    assert worker.said.count("worker_stopped") == 2
    names = {json.loads(line)["worker"] for line in worker.said.splitlines() if "worker_st" in line}
    assert len(names) == 2


def test_up_needs_no_second_start_to_reach_the_newest_schema(env, output):
    house = open_house(Settings.from_env(env))
    with house.database.writing.begin() as session:
        session.connection().exec_driver_sql(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
        )
        session.connection().exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    house.close()
    with spawned("up", env=env, output=output) as up:
        assert up.process.wait(60) == 1
    assert up.said.startswith("newsletter: the database is from a newer version")


def test_a_signal_that_comes_before_the_parts_are_there_ends_it_as_well(env, output):
    with spawned("up", env=env, output=output) as up:
        up.wait_for("Loaded the starter campaigns")
        assert up.stop() == 0
