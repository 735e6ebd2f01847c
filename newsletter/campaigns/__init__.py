"""What comes when: sequences, their timelines, and who is where in them.

Pure: `intents` (what a marketer says about a moment, made of `timings`, in the words of `spelling`), `ordering`,
`localtime`, `planning`, `deciding`, `rehearsing`, `calendars`. Newsletters: `broadcasts` (what a person
decides), `fanning` (what follows from it), `audience_of`, `spacing`. From disk: `files` reads campaign folders into the
values of `folders`; `reading`, `sequence_tables`, `broadcast_tables`, `bodies` and `toml_lines` find what they say,
and on which line they err.
"""
