"""Campaign folders, from disk or out of a draft, into plain values, or a refusal by file and line; all or nothing.

All mistakes are reported at once, of a step its unknown keys and its first other one. Each reads
`welcome/sequence.toml:14: what is wrong; what would be right`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from newsletter.campaigns.filing.bodies import Folder, FolderOnDisk
from newsletter.campaigns.filing.broadcast_tables import read_broadcast
from newsletter.campaigns.filing.folders import (
    BROADCAST_FILE,
    SEQUENCE_FILE,
    SLUG,
    BadFolder,
    Campaign,
    SequenceFolder,
    right_slug,
)
from newsletter.campaigns.filing.sequence_tables import SequenceReading
from newsletter.errors import Refused

EITHER = f"{SEQUENCE_FILE} or {BROADCAST_FILE}"


def read_folders(path: Path) -> tuple[Campaign, ...]:
    """One campaign folder, or a folder of them in order of name; hidden ones are passed over.

    Raises BadFolder with every mistake of every folder, so that it is all or nothing.
    """
    if not path.is_dir():
        raise BadFolder([f"{path} is not a folder; right would be a campaign folder with {EITHER} in it"])
    if any((path / name).exists() for name in (SEQUENCE_FILE, BROADCAST_FILE)):
        return (read_folder(path),)
    folders = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    if not folders:
        raise BadFolder([f"{path} holds no campaign; right would be a folder with {EITHER} in it"])
    found: list[Campaign] = []
    problems: list[str] = []
    for folder in folders:
        if folder.is_symlink():
            problems.append(f"{folder.name}: it is a link; right would be the folder itself")
            continue
        try:
            found.append(read_folder(folder))
        except BadFolder as bad:
            problems += bad.problems
    if problems:
        raise BadFolder(problems)
    return tuple(found)


def read_folder(path: Path) -> Campaign:
    """The sequence or newsletter in one campaign folder on disk; raises BadFolder with every mistake in it."""
    return read(FolderOnDisk(path))


def read(folder: Folder) -> Campaign:
    """The sequence or newsletter that a folder's files describe; raises BadFolder with every mistake in them."""
    if not SLUG.fullmatch(folder.name):
        raise BadFolder([f"“{folder.name}” cannot name a campaign folder; {right_slug('welcome')}"])
    there = [name for name in (SEQUENCE_FILE, BROADCAST_FILE) if folder.holds(name)]
    if len(there) > 1:
        raise BadFolder(
            [f"{folder.name}: it holds both {SEQUENCE_FILE} and {BROADCAST_FILE}; right would be one of them"]
        )
    if not there:
        raise BadFolder([f"{folder.name}/{SEQUENCE_FILE}: there is none; a campaign folder needs {EITHER}"])
    where = f"{folder.name}/{there[0]}"
    try:
        source = folder.read(there[0])
    except Refused as problem:
        raise BadFolder([f"{where}:1: {problem.line}"]) from problem
    table = _parse(source, where)
    if there[0] == BROADCAST_FILE:
        return read_broadcast(folder, source, table)
    return SequenceReading(folder, source).sequence(table)


def read_sequence(path: Path) -> SequenceFolder:
    """The sequence in one campaign folder; raises BadFolder with every mistake in it, or if it is a newsletter's."""
    found = read_folder(path)
    if not isinstance(found, SequenceFolder):
        raise BadFolder([f"{path.name} is a newsletter; right would be a sequence's folder"])
    return found


def _parse(source: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except RecursionError as problem:
        raise BadFolder(
            [f"{where}:1: its brackets are nested too deep; right would be flat tables"]
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        says, _, place = str(problem).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        number = int(line[1]) if line else source.count("\n") + 1
        right = 'texts, hours and spans stand in quotes, as in at = "10:00"'
        raise BadFolder([f"{where}:{number}: this is not TOML ({says}); {right}"]) from problem
