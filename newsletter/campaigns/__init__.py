"""What comes when: sequences, their timelines, and who is where in them.

Pure: `intents` (what a marketer says about a moment, made of `timings`, in the words of `spelling`), `ordering`,
`localtime`, `planning`, `deciding`, `rehearsing`, `calendars`. From disk: `files` reads campaign folders into the
values of `folders`; `sequence_tables`, `bodies` and `toml_lines` find what they say, and on which line they err.
"""
