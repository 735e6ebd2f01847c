"""Pure: a letter's body, Markdown or HTML, becomes one clean fragment of HTML, its merge tags still words.

Both kinds end as the same few elements, so that the design, the text part and the checks need to know one thing only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

from newsletter.content.inlining import bare_css, check_css
from newsletter.content.refusals import ContentRefused
from newsletter.content.tokens import Tokens

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
# Markdown's worst cases grow with the square of its length: 20,000 characters, 3,000 words, take under a second.
LONGEST_MARKDOWN = 20_000
LONGEST_HTML = 120_000
MOST_TAGS = 3_000
MOST_BRACKETS = 500
BUTTON = re.compile(r'<p><a href="([^"]*)">((?:(?!</a>).)*)</a>\{\.button\}</p>', re.DOTALL)
TIP = re.compile(r"<blockquote>(?=\s*<p><strong>Tip</strong></p>\s*<(?!/blockquote>))")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
STYLE = re.compile(r"<style\b[^>]{0,300}>", re.IGNORECASE)
STYLE_END = re.compile(r"</style\s*>", re.IGNORECASE)

TAGS = set(
    "a abbr b blockquote br center cite code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre q s "
    "small span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {
    "*": {"class", "style", "align", "valign", "dir", "lang", "title", "role", "width", "height", "bgcolor"},
    "a": {"href"},
    "img": {"src", "alt", "border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "table": {"cellpadding", "cellspacing", "border"},
    "ol": {"start"},
}
# What e-mail programs understand; nothing that moves, covers or hides what stands outside the letter.
PROPERTIES = set(
    "background background-color border border-bottom border-collapse border-color border-left border-radius "
    "border-right border-spacing border-style border-top border-width color direction display font font-family "
    "font-size font-style font-weight height letter-spacing line-height list-style list-style-type margin "
    "margin-bottom margin-left margin-right margin-top max-width min-width padding padding-bottom padding-left "
    "padding-right padding-top table-layout text-align text-decoration text-transform vertical-align white-space "
    "width word-break".split()
)
DROPPED = {"script", "style", "title", "noscript", "template", "svg", "math", "iframe", "object", "textarea"}


@dataclass(frozen=True)
class Fragment:
    """The body's clean HTML, and the CSS that came with it."""

    html: str
    css: str = ""


def from_markdown(text: str, tokens: Tokens) -> Fragment:
    """CommonMark; `[Text](address){.button}` alone in its paragraph is a button. Raises ContentRefused.

    A quote that begins with a paragraph `**Tip**` is a tip: elsewhere it still reads as one.
    A `{% %}` tag alone on its line stands between blocks, whether or not blank lines surround it.
    """
    if len(text) > LONGEST_MARKDOWN:
        raise ContentRefused(f"the body has {len(text)} characters; Markdown at most {LONGEST_MARKDOWN}")
    if text.count("[") > MOST_BRACKETS:
        raise ContentRefused(f"the body has {text.count('[')} opening brackets; at most {MOST_BRACKETS}")
    padded = "\n".join(f"\n{line}\n" if tokens.is_block(line) else line for line in text.split("\n"))
    html = BUTTON.sub(r'<p><a class="button" href="\1">\2</a></p>', MARKDOWN.render(padded))
    html = TIP.sub('<blockquote class="tip">', html)
    if "{.button}" in html:
        raise ContentRefused("a button is a link alone in its paragraph, directly followed by {.button}")
    return Fragment(_settled(_cleaned(html), tokens))


def from_html(text: str, tokens: Tokens) -> Fragment:
    """HTML as a marketer's tool wrote it: cleaned by nh3, its style sheets apart. Raises ContentRefused."""
    if len(text) > LONGEST_HTML:
        raise ContentRefused(f"the body has {len(text)} characters; HTML at most {LONGEST_HTML}")
    if text.count("<") > MOST_TAGS:
        raise ContentRefused(f"the body has {text.count('<')} HTML tags; at most {MOST_TAGS}")
    bare, css = _without_styles(COMMENT.sub("", text))
    for number in tokens.numbers(css):
        raise tokens.complaint(number, "stands in a style sheet; fields may not")
    css = bare_css(css)
    check_css(css)
    # Text between a table's rows would be moved out of the table by an HTML parser; a comment is not.
    between = re.compile(rf"(?<=>)(\s*(?:{tokens.word}\s*)+)(?=<)")
    bare = between.sub(lambda found: re.sub(f"({tokens.word})", r"<!--\1-->", found[0]), bare)
    clean = re.sub(rf"(?:<|&lt;)!--({tokens.word})--(?:>|&gt;)", r"\1", _cleaned(bare, keep_comments=True))
    return Fragment(_settled(COMMENT.sub("", clean), tokens), css)


def _without_styles(html: str) -> tuple[str, str]:
    """The HTML before, between and after its style sheets, and what is in them. One never closed ends it all."""
    first, *others = STYLE.split(html)
    halves = [STYLE_END.split(other, maxsplit=1) for other in others]
    return first + "".join(half[1] for half in halves if len(half) > 1), "\n".join(half[0] for half in halves)


def _cleaned(html: str, *, keep_comments: bool = False) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        filter_style_properties=PROPERTIES,
        url_schemes={"http", "https", "mailto", "tel"},
        strip_comments=not keep_comments,
        link_rel=None,
    )


def _settled(html: str, tokens: Tokens) -> str:
    """Block tags out of paragraphs of their own; a loop around a list goes inside: one list, many items.

    So does a tag before a table's rows, whose `<tbody>` the HTML parser has added behind it.
    """
    html = re.sub(rf"(<table\b[^>]*>)((?:\s*{tokens.word})+)\s*<tbody>", r"\1<tbody>\2", html)
    alone = re.compile(rf"<p>(\s*(?:{tokens.word}\s*)+)</p>")
    html = alone.sub(lambda found: found[1] if tokens.is_block(found[1]) else found[0], html)
    looped = re.compile(
        rf"({tokens.word})\s*<(ul|ol)>((?:(?!</?[uo]l\b).)*)</\2>\s*({tokens.word})", re.DOTALL
    )

    def inside(found: re.Match[str]) -> str:
        words = [tokens.tags[tokens.number(found[part])].word for part in (1, 4)]
        if words != ["for", "endfor"]:
            return found[0]
        return f"<{found[2]}>{found[1]}{found[3]}{found[4]}</{found[2]}>"

    return looped.sub(inside, html)
