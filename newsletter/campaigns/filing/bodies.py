"""The files of one campaign folder, on disk or kept in a draft: read from inside it, and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

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

    @property
    def beside(self) -> str:
        """The name of the text part's file."""
        return beside(self.name)


class Folder(Protocol):
    """Where files are read from. `name` is the campaign's; `files` holds what was read so far, name -> text."""

    name: str
    files: dict[str, str]

    def holds(self, name: str) -> bool:
        """Whether there is anything of that name."""

    def read(self, name: str) -> str:
        """The text of a file; raises Misspelled with key `file` for what is missing, or cannot be read."""


class FolderOnDisk:
    """A campaign folder as a marketer edits it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.name = self.path.name
        self.files: dict[str, str] = {}

    def holds(self, name: str) -> bool:
        """Whether there is anything of that name."""
        try:
            return (self.path / name).exists()
        except OSError:  # a name too long, or no permission
            return False

    def read(self, name: str) -> str:
        r"""The text of a file, in UTF-8, line ends as `\n`.

        Raises Misspelled with key `file` for what is missing, not a plain file, too large, not text, or outside the
        folder, be it by “..”, by an absolute path or by a link.
        """
        try:
            self.files[name] = self._inside(name).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as problem:
            line = problem.object.count(b"\n", 0, problem.start) + 1
            raise Misspelled(
                "file", f"“{name:.60}” is not UTF-8 text in its line {line}; save it as UTF-8"
            ) from problem
        except (OSError, RuntimeError, ValueError) as problem:  # no permission, a loop of links, a NUL
            raise Misspelled("file", f"“{name:.60}” cannot be read: {problem}") from problem
        return self.files[name]

    def _inside(self, name: str) -> Path:
        path = (self.path / name).resolve()
        if not path.is_relative_to(self.path):
            raise Misspelled(
                "file", f"“{name:.60}” lies outside this folder; right would be a file inside it"
            )
        if not path.is_file():
            near = nearest(name, (each.name for each in self.path.iterdir()))
            raise Misspelled("file", f"“{name:.60}” is not a file in this folder{near}")
        if path.stat().st_size > LARGEST:
            raise Misspelled("file", f"“{name:.60}” is larger than 1 MB; a letter is far smaller")
        return path


class KeptFolder:
    """A campaign folder as a draft kept it."""

    def __init__(self, name: str, files: Mapping[str, str]) -> None:
        self.name = name
        self.files = dict(files)

    def holds(self, name: str) -> bool:
        """Whether the draft kept a file of that name."""
        return name in self.files

    def read(self, name: str) -> str:
        """The text of a kept file; raises Misspelled with key `file`."""
        if name not in self.files:
            raise Misspelled("file", f"“{name:.60}” is not a file in this folder{nearest(name, self.files)}")
        return self.files[name]


def read_body(folder: Folder, name: str) -> Body:
    """The file `name` in `folder` and the `.txt` beside it, if there is one; raises Misspelled with key `file`."""
    match Path(name).suffix:
        case ".md":
            form: Literal["markdown", "html"] = "markdown"
        case ".html":
            form = "html"
        case _:
            raise Misspelled("file", f"“{name:.60}” is of no known kind; right would be a .md or .html file")
    source = folder.read(name)
    if not source.strip() or "\0" in source:
        raise Misspelled("file", f"“{name:.60}” is empty or no text; right would be the words of the letter")
    text = folder.read(beside(name)) if folder.holds(beside(name)) else None
    if text is not None and "\0" in text:
        raise Misspelled("file", f"“{beside(name):.60}” is no text; right would be the words of the letter")
    return Body(name, form, source, text)


def beside(name: str) -> str:
    """The name of the text part's file beside the body's: `01-welcome.txt`."""
    return str(Path(name).with_suffix(".txt"))
