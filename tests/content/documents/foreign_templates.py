"""By hand: real e-mail templates of many makers, compiled, and compared in Chromium element by element.

`python -m tests.content.documents.foreign_templates` fetches the packages named below from their registries with
`npm pack` and `pip download` into a cache outside this repository, checks them against the sums noted here, compiles
every template in them, and prints how many elements compute differently. Their licenses are their makers': nothing
of them is kept here.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from newsletter.content import inlining
from newsletter.content.documents.compiling import compile_document
from newsletter.content.documents.decoding import decoded
from tests import chromium
from tests.content.documents.computed import blank_page, compare

CACHE = Path.home() / ".cache" / "newsletter-foreign-templates"
LIST = Path(__file__).with_name("foreign_packages.txt")
ENDINGS = set(
    ".html .htm .hbs .ejs .liquid .tpl .j2 .njk .handlebars .pt .mako .swig .txt .jinja2 .jinja".split()
)
MOST_OF_ONE = 12
SMALLEST, LARGEST = 300, 2_000_000


def packages() -> Iterator[tuple[str, str, str, str]]:
    """Registry, name, version and SHA-256 of each."""
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            registry, name, version, digest = line.split()
            yield registry, name, version, digest


def fetched(registry: str, name: str, version: str, digest: str) -> Path | None:
    """The package's file in the cache; None, with a word, where the registry serves other bytes or none."""
    folder = CACHE / registry
    folder.mkdir(parents=True, exist_ok=True)
    known = _of_digest(folder, digest)
    if known:
        return known
    if registry == "npm":
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
    else:
        wanted = f"{name}=={version}"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            wanted,
        ]
    subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)
    known = _of_digest(folder, digest)
    if known is None:
        print(f"not served as noted: {name} {version}")
    return known


def templates(package: Path) -> dict[str, bytes]:
    """What looks like an e-mail in it, the more of an e-mail's marks the sooner; at most a dozen, none twice."""
    found: dict[bytes, tuple[int, str, bytes]] = {}
    for name, raw in _files(package):
        if _is_template(f"{package.name}/{name}".lower(), raw):
            marks = sum(mark in raw.lower() for mark in (b"<style", b"@media", b"<table", b"[if"))
            found.setdefault(hashlib.sha256(raw).digest(), (-marks, name, raw))
    return {name: raw for _, name, raw in sorted(found.values())[:MOST_OF_ONE]}


def _of_digest(folder: Path, digest: str) -> Path | None:
    return next(
        (each for each in folder.iterdir() if hashlib.sha256(each.read_bytes()).hexdigest() == digest), None
    )


def _files(package: Path) -> Iterator[tuple[str, bytes]]:
    if package.name.endswith((".whl", ".zip")):
        with zipfile.ZipFile(package) as archive:
            for each in archive.infolist():
                if SMALLEST < each.file_size < LARGEST and Path(each.filename).suffix in ENDINGS:
                    yield each.filename, archive.read(each)
        return
    with tarfile.open(package) as archive:
        for member in archive:
            if member.isfile() and SMALLEST < member.size < LARGEST and Path(member.name).suffix in ENDINGS:
                opened = archive.extractfile(member)
                yield member.name, opened.read() if opened else b""


def _is_template(name: str, raw: bytes) -> bool:
    low = raw.lower()
    if re.search(r"/admin/|/setup/|webpack|/docs?/|dist-info", name) or not re.search(
        r"mail|letter|notif|template", name
    ):
        return False
    return b"<html" in low or b"<body" in low or (b"<table" in low and (b"<style" in low or b"style=" in low))


def _by_premailer(html: str) -> str:
    for limit in ("LARGEST_CSS", "MOST_RULES", "MOST_LOOKS", "MOST_DECLARATIONS", "MOST_IN_ONE_STYLE"):
        setattr(inlining, limit, 10**12)
    return inlining.inline(html)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--premailer", action="store_true", help="measure premailer alone instead")
    compiled: Callable[[str], str] = lambda html: compile_document(html).html  # noqa: E731
    convert = _by_premailer if parser.parse_args().premailer else compiled
    makers, count, elements, differing, touched = 0, 0, 0, 0, 0
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("needs chromium")
    with chromium.running(Path(browser)) as running, chromium.contexts(running) as open_context:
        page = blank_page(open_context)
        for package in packages():
            path = fetched(*package)
            texts = templates(path) if path else {}
            makers += bool(texts)
            for name, raw in texts.items():
                source = decoded(raw)[0]
                found = compare(page, source, convert(source))
                count, elements = count + 1, elements + found.elements
                differing, touched = differing + len(found.differing), touched + bool(found.why)
                for line in found.why[:3]:
                    print(f"{package[1]} {name}: {line}")
    print(
        f"{makers} makers, {count} templates, {elements} elements: {differing} differ, in {touched} templates"
    )


if __name__ == "__main__":
    main()
