from __future__ import annotations

import os
import socket

import pytest

from newsletter.cli.listening import AlreadyRunning, CannotListen, alone_with, listen, served_at
from tests.servers.process import free_port


def test_it_listens():
    port = free_port()
    with listen("127.0.0.1", port), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_a_port_in_use_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"port {port} of 127.0.0.1 is in use .* PORT="):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a" * 300, "clinic..example"])
def test_an_address_that_is_not_ours_is_one_clear_line(host):
    with pytest.raises(CannotListen) as refusal:
        listen(host, free_port())
    assert len(refusal.value.line) < 200


def test_the_second_on_the_same_data_hears_who_and_where(tmp_path):
    says = rf"process {os.getpid()} serves .* at http://127\.0\.0\.1:8000;"
    with (
        alone_with(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(AlreadyRunning, match=says),
        alone_with(tmp_path, "http://127.0.0.1:9000"),
    ):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path):
    for address in ("http://127.0.0.1:8000", "http://127.0.0.1:9"):
        with alone_with(tmp_path, address):
            assert (tmp_path / "up.lock").read_text() == f"{os.getpid()} {address}\n"


def test_other_data_is_another_matter(tmp_path):
    with alone_with(tmp_path / "a", "127.0.0.1:8000"), alone_with(tmp_path / "b", "127.0.0.1:8001"):
        pass


def test_a_lock_file_of_a_crash_locks_nobody_out(tmp_path):
    (tmp_path / "up.lock").write_text("99999 127.0.0.1:8000\n")
    with alone_with(tmp_path, "127.0.0.1:8001"):
        pass


def test_others_learn_where_it_is_served_as_long_as_it_is(tmp_path):
    assert served_at(tmp_path) is None
    with alone_with(tmp_path, "http://127.0.0.1:8000"):
        assert served_at(tmp_path) == "http://127.0.0.1:8000"
    assert served_at(tmp_path) is None
