"""What comes when: sequences, their timelines, and who is where in them.

Pure: `intents` (what a marketer says about a moment, made of `timings`, in the words of `spelling`), `ordering`,
`localtime`, `planning`, `deciding`, `rehearsing`, `calendars`. Newsletters: `broadcasts` (what a person
decides), `fanning` (what follows from it), `audience_of`, `spacing`. From disk: `files` reads campaign folders into the
values of `folders`; `reading`, `sequence_tables`, `broadcast_tables`, `bodies` and `toml_lines` find what they say,
and on which line they err; `proofreading` finds what only the database and the compiler know. Live: `placing` makes a
folder what people get, `current` says what is live as such a folder. To disk: `writing` (pure), `exporting`. Back:
`importing`; a sequence waits in `drafts`, `comparing` (pure) and `impact` say whom it would change. `starter` offers a
newer release's words the same way. In numbers: `listing`, `issues`.

In the studio: on the `desk` a draft is written (`penned`, `arranging` by the sentences of `saying`, `naming`),
looked at (`glancing` as one of the `onlookers`), tried (`trials`), sent (`launching`) or let go (`discarding`).
`shelf`, `standing`, `missed` and `tallying` read; `telling` has the words for states.
"""
