"""The files that a step names: read from inside the campaign folder, and from nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newsletter.campaigns.spelling import Misspelled, nearest

LARGEST = 1_000_000
"""Bytes. A letter over 100 KB is cut short by mail programs already; this only keeps mishaps out of memory."""


@dataclass(frozen=True)
class Body:
    """The words of one letter. `name` is the file's path in its folder; `text` is that of the `.txt` beside it."""

    name: str
    form: Literal["markdown", "html"]
    source: str
    text: str | None


def read_body(folder: Path, name: str) -> Body:
    """The file `name` in `folder` and the `.txt` beside it, if there is one; raises Misspelled with key `file`."""
    path = Path(name)
    match path.suffix:
        case ".md":
            form: Literal["markdown", "html"] = "markdown"
        case ".html":
            form = "html"
        case _:
            raise Misspelled("file", f"“{name:.60}” is of no known kind; right would be a .md or .html file")
    source = read_inside(folder, name)
    if not source.strip() or "\0" in source:
        raise Misspelled("file", f"“{name:.60}” is empty or no text; right would be the words of the letter")
    beside = path.with_suffix(".txt")
    text = read_inside(folder, str(beside)) if (folder / beside).exists() else None
    return Body(name, form, source, text)


def read_inside(folder: Path, name: str) -> str:
    r"""The text of a file in `folder` (resolved), in UTF-8, line ends as `\n`.

    Raises Misspelled with key `file` for what is missing, not a plain file, too large, not text, or outside the folder,
    be it by “..”, by an absolute path or by a link.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise Misspelled(
                "file", f"“{name:.60}” lies outside this folder; right would be a file inside it"
            )
        if not path.is_file():
            near = nearest(name, (each.name for each in folder.iterdir()))
            raise Misspelled("file", f"“{name:.60}” is not a file in this folder{near}")
        if path.stat().st_size > LARGEST:
            raise Misspelled("file", f"“{name:.60}” is larger than 1 MB; a letter is far smaller")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise Misspelled(
            "file", f"“{name:.60}” is not UTF-8 text in its line {line}; save it as UTF-8"
        ) from problem
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as problem:  # no permission, a name too long, a loop of links, a NUL
        raise Misspelled("file", f"“{name:.60}” cannot be read: {problem}") from problem
