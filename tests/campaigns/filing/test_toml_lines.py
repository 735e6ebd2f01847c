"""Lines that people are sent to."""

import pytest

from newsletter.campaigns.filing.toml_lines import KeyLines

SOURCE = '''\
# [[step]] in a comment is none
name = "Welcome"
topics = [
  "tips",   # at = "in here" is none either
]
note = """
[[step]]
at = "10:00"
"""

[[step]]
key = "a"     # until = "next"
until = { day = 0, at = "22:30" }

[[ step ]]
key = 'b # ['
after="2h"
[step.until]
day = 3
at = "20:00"
'''


@pytest.mark.parametrize(
    ("step", "key", "line"),
    [
        (None, "name", 2),
        (None, "topics", 3),
        (None, "step", 11),
        (0, None, 11),
        (0, "key", 12),
        (0, "until", 13),
        (0, "at", 11),
        (1, None, 15),
        (1, "key", 16),
        (1, "after", 17),
        (1, "until", 18),
        (1, "day", 15),
        (2, "key", 1),
        (None, "trigger", 1),
    ],
)
def test_a_key_is_found_on_its_line_or_else_its_step_is(step, key, line):
    assert KeyLines(SOURCE).of(key, step) == line


def test_steps_written_as_an_inline_array_are_found_where_it_begins():
    assert KeyLines('name = "x"\nstep = [\n  { key = "a" },\n]\n').of("key", 0) == 2
