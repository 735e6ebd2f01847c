"""SIGTERM in the middle of a conversation."""

from __future__ import annotations

import signal

import pytest

from tests.cli.conftest import both
from tests.servers.acts import Wait
from tests.servers.scripted import ScriptedSMTP
from tests.spawning import spawned, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def real(environment, house) -> dict[str, str]:
    return environment | {
        "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
        "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street",
    }


@both
def test_sigterm_finishes_what_is_in_hand_and_gives_the_rest_back(real, run, sign_up, tmp_path):
    for number in range(4):
        sign_up(f"reader{number}@example.com", confirmed=False)
    with ScriptedSMTP() as server:
        server.on("dot", Wait(2))
        url = f"smtp://127.0.0.1:{server.port}?tls=none"
        with spawned("worker", env=real | {"NEWSLETTER_MAIL_URL": url}, output=tmp_path / "said") as worker:
            wait_until(lambda: "DATA" in server.verbs())
            assert worker.stop() == 0
    assert "worker_stopped" in worker.said
    states = [each["state"] for each in run.json("deliveries", "list")]
    assert len(server.letters) == 1
    assert sorted(states) == ["queued", "queued", "queued", "sent"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_tick_that_is_interrupted_finishes_the_letter_in_hand(real, run, sign_up, tmp_path, number):
    for reader in range(3):
        sign_up(f"reader{reader}@example.com", confirmed=False)
    with ScriptedSMTP() as server:
        server.on("dot", Wait(2))
        url = f"smtp://127.0.0.1:{server.port}?tls=none"
        env = real | {"NEWSLETTER_MAIL_URL": url}
        with spawned("tick", "--until-idle", env=env, output=tmp_path / "said") as tick:
            wait_until(lambda: "DATA" in server.verbs())
            assert tick.stop(number) == 130
    assert tick.said == ""
    assert sorted(each["state"] for each in run.json("deliveries", "list")) == ["queued", "queued", "sent"]


def test_several_workers_are_stopped_by_a_second_signal_whatever_they_hold(real, sign_up, tmp_path):
    sign_up(confirmed=False)
    with ScriptedSMTP() as server:
        server.on("dot", Wait(300))
        env = real | {"NEWSLETTER_MAIL_URL": f"smtp://127.0.0.1:{server.port}?tls=none"}
        with spawned("worker", "--senders", "2", env=env, output=tmp_path / "said") as workers:
            wait_until(lambda: workers.said.count("worker_started") == 2, lambda: workers.said)
            wait_until(lambda: "DATA" in server.verbs(), lambda: workers.said)
            workers.process.send_signal(signal.SIGINT)
            wait_until(lambda: "worker_stopped" in workers.said, lambda: workers.said)
            workers.wait_for("a second Ctrl-C does not wait")
            assert workers.stop(signal.SIGINT) == 1


def test_its_log_knows_nobody(real, run, sign_up, tmp_path):
    sign_up("visitor014@example.com", first_name="Visitor 014")
    with spawned("worker", env=real, output=tmp_path / "said") as worker:
        wait_until(lambda: [each["state"] for each in run.json("deliveries", "list")] == ["sent", "sent"])
        worker.stop()
    assert "@" not in worker.said
    assert "Visitor" not in worker.said
