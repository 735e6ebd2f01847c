"""What happens to a test whose server is missing."""

from __future__ import annotations

import pytest

from tests import services
from tests.services import find, need


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    monkeypatch.setitem(services.PROGRAMS, "postgresql", ("postgres", f"{tmp_path}/*/bin", "postgresql"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    return tmp_path


def test_without_the_server_a_test_is_skipped_and_says_what_brings_it(nowhere):
    with pytest.raises(pytest.skip.Exception, match=r"postgresql is not installed; `make test-services`"):
        need("postgresql")


def test_where_servers_are_required_a_missing_one_fails(nowhere, monkeypatch):
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="postgresql is not installed"):
        need("postgresql")


def test_of_several_versions_the_newest_is_taken(nowhere):
    for version in ("9", "15", "14"):
        (nowhere / version / "bin").mkdir(parents=True)
        (nowhere / version / "bin" / "postgres").touch(mode=0o755)
    assert find("postgresql") == nowhere / "15" / "bin" / "postgres"
    assert need("postgresql") == nowhere / "15" / "bin" / "postgres"
