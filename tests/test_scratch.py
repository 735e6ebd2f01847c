"""Tests write into memory where there is enough of it, and nothing depends on that."""

from __future__ import annotations

import os
import shutil

import pytest

from tests import scratch
from tests.scratch import in_memory


def test_memory_with_room_is_taken(tmp_path):
    assert in_memory(tmp_path, enough=1) == tmp_path


@pytest.mark.parametrize(
    "why", ["no such folder", "no room", "nothing may be started there", "nobody may write there"]
)
def test_a_machine_without_it_writes_where_it_always_did(tmp_path, monkeypatch, why):
    if why == "nothing may be started there":
        usual = os.statvfs(tmp_path)
        monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((*usual[:8], os.ST_NOEXEC, 255)))
    if why == "nobody may write there":
        monkeypatch.setattr(os, "access", lambda *_: False)
    place = tmp_path / "missing" if why == "no such folder" else tmp_path
    enough = shutil.disk_usage(tmp_path).total + 1 if why == "no room" else 1
    assert in_memory(place, enough) is None


def test_a_test_s_folder_lies_there(tmp_path):
    memory = scratch.in_memory()
    asked = os.environ["PYTEST_DEBUG_TEMPROOT"] if memory else tmp_path.anchor
    assert tmp_path.is_relative_to(asked)
