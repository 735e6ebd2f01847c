"""Campaign folders from disk into plain values, or a refusal by file and line; all or nothing.

All mistakes are reported at once, of a step its unknown keys and its first other one. Each reads
`welcome/sequence.toml:14: what is wrong; what would be right`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from newsletter.campaigns.bodies import read_inside
from newsletter.campaigns.folders import SEQUENCE_FILE, SLUG, BadFolder, SequenceFolder, right_slug
from newsletter.campaigns.sequence_tables import Reading
from newsletter.errors import Refused


def read_folders(path: Path) -> tuple[SequenceFolder, ...]:
    """One campaign folder, or a folder of them in order of name; hidden ones are passed over.

    Raises BadFolder with every mistake of every folder, so that it is all or nothing.
    """
    if not path.is_dir():
        raise BadFolder(
            [f"{path} is not a folder; right would be a campaign folder with {SEQUENCE_FILE} in it"]
        )
    if (path / SEQUENCE_FILE).exists():
        return (read_folder(path),)
    folders = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    if not folders:
        raise BadFolder([f"{path} holds no campaign; right would be a folder with {SEQUENCE_FILE} in it"])
    found: list[SequenceFolder] = []
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


def read_folder(path: Path) -> SequenceFolder:
    """The sequence in one campaign folder; raises BadFolder with every mistake in it."""
    folder = path.resolve()
    if not SLUG.fullmatch(folder.name):
        raise BadFolder([f"“{folder.name}” cannot name a campaign folder; {right_slug('welcome')}"])
    where = f"{folder.name}/{SEQUENCE_FILE}"
    if not (folder / SEQUENCE_FILE).exists():
        raise BadFolder([f"{where}: there is none; a campaign folder needs {SEQUENCE_FILE}"])
    try:
        source = read_inside(folder, SEQUENCE_FILE)
    except Refused as problem:
        raise BadFolder([f"{where}:1: {problem.line}"]) from problem
    return Reading(folder, source).sequence(_parse(source, where))


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
