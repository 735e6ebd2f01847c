"""A marketer's first ten minutes hold together: what she changes, uses, adds, sends and undoes arrives as she was told."""

from __future__ import annotations

import pytest

from tests.browser import ten_minutes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_she_changes_uses_adds_rehearses_sends_undoes_and_reads_the_report(site, open_context):
    seen = ten_minutes.walk(open_context, site.url)
    assert seen[-1] == "The report."
    assert len(seen) == 12
