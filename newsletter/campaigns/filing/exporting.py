"""Campaign folders onto a disk: each whole or not at all, and nothing of anybody else's is written over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from newsletter.campaigns.filing import writing
from newsletter.campaigns.filing.bodies import FolderOnDisk
from newsletter.campaigns.filing.files import read
from newsletter.campaigns.filing.folders import BadFolder, Campaign
from newsletter.errors import Refused


def export(campaigns: Sequence[Campaign], directory: Path) -> list[Path]:
    """Write each campaign into a folder of its name in `directory`, which is made; returns those folders.

    A folder that is there already is replaced where it holds that campaign and nothing else. Raises Refused before
    anything is written where it does not, or where `directory` is no folder.
    """
    if directory.exists() and not directory.is_dir():
        raise Refused(f"{directory} is a file; right would be a folder, or a name that is free")
    targets = [directory / each.slug for each in campaigns]
    for target in targets:
        _refuse_foreign(target)
    directory.mkdir(parents=True, exist_ok=True)
    for campaign, target in zip(campaigns, targets, strict=True):
        _write(target, writing.files(campaign))
    return targets


def _refuse_foreign(target: Path) -> None:
    """Replacing takes away what stands there: that must be a campaign's files, and those alone."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Refused(f"{target} is in the way; right would be a folder without it")
    if not target.exists() or not any(target.iterdir()):
        return
    folder = FolderOnDisk(target)
    with suppress(BadFolder):
        read(folder)
    ours = {Path(name) for name in folder.files}
    foreign = [
        each.relative_to(target)
        for each in sorted(target.rglob("*"))
        if each.is_symlink() or not (each.is_dir() or each.relative_to(target) in ours)
    ]
    if foreign:
        names = ", ".join(map(str, foreign[:3]))
        raise Refused(
            f"{target} holds what its campaign does not name: {names}; right would be another folder"
        )


def _write(target: Path, files: dict[str, str]) -> None:
    """The folder under another name first, then in place of the old one: never half of one."""
    fresh, old = (target.with_name(f".{target.name}.{os.getpid()}.{word}") for word in ("new", "old"))
    try:
        fresh.mkdir()
        for name, text in files.items():
            # Reading takes one byte order mark away: one that belongs to the text needs another before it.
            encoding = "utf-8-sig" if text.startswith("\ufeff") else "utf-8"
            (fresh / name).write_text(text, encoding=encoding, newline="")
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
