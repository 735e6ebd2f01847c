"""The editor's own Markdown: what it reads and writes says the same as before, to the compiler that letters go through.

Read and spelled by the very file that pages load, in node; compared by the compiler.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from newsletter.paths import TEMPLATES
from tests.architecture.checkout import ROOT
from tests.services import need

pytestmark = pytest.mark.services

EDITOR = ROOT / "newsletter" / "web" / "static" / "built" / "editor.js"
LETTERS = sorted(TEMPLATES.glob("campaigns/*/*.md")) + sorted(TEMPLATES.glob("demo/*/*.md"))
ROUND_TRIP = """
import { readFileSync } from "node:fs";
const { read, spelled } = await import(process.argv[1]);
const told = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  try {
    const { doc, sources } = read(text);
    const known = new Map(doc.content.map((node, index) => [node, sources[index]]));
    const words = spelled(doc);
    return { words, doc, again: spelled(read(words).doc), untouched: spelled(doc, (node) => known.get(node)) };
  } catch (problem) {
    return { refused: problem.message };
  }
});
console.log(JSON.stringify(told));
"""
SPELLED = """
import { readFileSync } from "node:fs";
const { spelled } = await import(process.argv[1]);
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((doc) => spelled(doc))));
"""


def node(script: str, given: list[Any]) -> Any:
    """What `script` prints, given the editor's module and a list."""
    with TemporaryDirectory() as folder:
        module = Path(folder) / "editor.mjs"  # node wants to be told that it is one
        shutil.copy(EDITOR, module)
        run = subprocess.run(
            [str(need("node")), "--input-type=module", "--eval", script, str(module)],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def through(*texts: str) -> list[dict[str, Any]]:
    """What the editor makes of each text."""
    found: list[dict[str, Any]] = node(ROUND_TRIP, list(texts))
    return found


def spelled(*content: dict[str, Any]) -> str:
    """What the editor writes for a document of these blocks."""
    [words] = node(SPELLED, [{"type": "doc", "content": list(content)}])
    return str(words)


@cache
def starters() -> list[dict[str, Any]]:
    """Every letter that we bring along, read and written."""
    return through(*(path.read_text() for path in LETTERS))


def kinds(node: dict[str, Any]) -> list[str]:
    """The types of a document's blocks, those inside behind theirs."""
    return [
        kind
        for each in node.get("content", [])
        if each["type"] not in {"text", "hardBreak"}
        for kind in (each["type"], *kinds(each))
    ]


def test_every_letter_that_we_bring_survives_byte_for_byte():
    assert len(LETTERS) >= 10
    for path, told in zip(LETTERS, starters(), strict=True):
        assert told["words"] == told["untouched"] == path.read_text().strip(), path.name
        assert told["again"] == told["words"], path.name


def test_fields_are_chips_and_conditions_around_blocks_are_blocks():
    found = {
        path.parent.name + path.name: told["doc"] for path, told in zip(LETTERS, starters(), strict=True)
    }
    news = kinds(found["news-what-is-newissue.md"])
    assert news[:5] == ["heading", "paragraph", "tag", "tag", "tag"]
    assert [kind for kind in news if kind in {"button", "onlyIf"}] == ["button", "onlyIf", "onlyIf"]
    assert kinds(found["welcome01-welcome.md"]).count("tagLine") == 2  # a list that is no condition


ODD = """\
Setext
======

## An _emphasis_, **bold**, ~~gone~~, `co|de`, a\\*star, 5 &lt; 6 &amp; 7
follows at once

* a

* b

  c
+ other list

3) three
   - nested
4) four

> a quote
> in two lines
>
> > inside

> **Tip**
>
> Drink {{ water | default("well }} then") }}.

![A *described* picture](https://clinic.example/a_(b).png "Title")

[![Linked](https://clinic.example/a.jpg)](https://clinic.example/x?a=1&b=2)

[Book, or ask]({{ booking_url }}){.button}

    indented {{ code }}

```html
<b>fenced</b>
```

{% if first_name %}
{% if session.number > 1 %}
one
{% endif %}

---
{% else %}
- two
{% endif %}

{% if topics %}
> for some
{% endif %}
1986\\. A year. <script>alert(1)</script> https://a.example <https://b.example>
\\# no heading\x20\x20
\\- no item\\
**bold {% if clinic_city %}in {{ clinic_city }}{% endif %}** here
"""


def test_odd_spellings_keep_their_meaning_and_settle_at_once(compiled):
    [told] = through(ODD)
    assert told["again"] == told["words"] != ODD.strip()
    before, after = compiled(ODD), compiled(told["words"])
    assert " ".join(after.html.split()) == " ".join(before.html.split())
    assert " ".join(after.text.split()) == " ".join(before.text.split())
    assert (after.links, after.fields) == (before.links, before.fields)
    assert {"tip", "button", "picture", "onlyIf", "tagLine", "codeBlock"} <= set(kinds(told["doc"]))


def test_a_block_that_nobody_touched_stays_as_it_was_typed():
    text = "* one\n* two\n\n\nA __strong__ word\nin two lines.\n\n{%if a%}\n\nx\n{%endif%}"
    [told] = through(text)
    assert "__strong__ word\nin two lines." in told["untouched"]
    assert "**strong** word in two lines." in told["words"]
    assert told["untouched"] == text.replace("\n\n\n", "\n\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Words ![a](/a.png) and words", "in the middle of a line"),
        ("A {{ field", "unfinished"),
        ("A {# remark #}", "unfinished, or is a comment"),
        ("A\n{%- if topics -%}\nB\n{% endif %}", "takes away the space"),
        ("See [this][one].\n\n[one]: https://a.example", "apart from their words"),
        ("x" * 20_001, "longer than the visual editor can hold"),
        ("[a *b*](https://a.example){.button}", "no block for"),
        ("- a\n- b\n\n  {% if topics %}c{% endif %}\n\n<!-- d -->\n\n> ![e](https://a.example/f.png)", ""),
    ],
    ids=["inline-picture", "half-tag", "comment", "greedy", "references", "long", "button", "mixture"],
)
def test_what_the_blocks_cannot_hold_is_refused_with_its_reason_or_kept(compiled, text, why):
    [told] = through(text)
    if why:
        assert why in told["refused"]
    else:
        assert " ".join(compiled(told["words"]).html.split()) == " ".join(compiled(text).html.split())


def paragraph(*parts: str | tuple[str, ...]) -> dict[str, Any]:
    """A paragraph of plain words, and of words with marks: ("words", "bold")."""
    return {
        "type": "paragraph",
        "content": [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": "text", "text": part[0], "marks": [{"type": mark} for mark in part[1:]]}
            for part in parts
        ],
    }


def test_words_that_look_like_markdown_stay_words(compiled):
    typed = [
        "# no heading",
        "1. no item",
        "- none",
        "> none",
        "a*b*c _d_ ~~e~~ `f` [g](h) <b> &amp; \\",
        "---",
    ]
    words = spelled(*(paragraph(each) for each in typed))
    text = compiled(words).text
    for each in typed:
        assert each in text
    assert through(words)[0]["again"] == words


def test_marks_that_would_not_be_read_are_moved_or_left_out():
    words = spelled(
        paragraph("so ", ("bold ", "bold"), "and ", ("both", "bold", "italic"), "!"),
        paragraph(("Hi!", "bold"), "there"),
        paragraph("word", ("struck and slanted", "italic", "strike"), "word"),
    )
    assert words.split("\n\n") == [
        "so **bold** and ***both***!",
        "**Hi**!there",
        "word*struck and slanted*word",
    ]


def test_two_lists_in_a_row_stay_two_and_empty_blocks_leave_no_trace():
    item = {"type": "listItem", "content": [paragraph("x")]}
    bullets = {"type": "bulletList", "attrs": {"tight": True}, "content": [item]}
    words = spelled(bullets, bullets, {"type": "paragraph"}, {"type": "heading", "attrs": {"level": 1}})
    assert words == "- x\n\n* x"
