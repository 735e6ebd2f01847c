"""Campaigns as folders of files, in and out.

From disk: `files` reads campaign folders into the values of `folders`; `reading`, `sequence_tables`,
`broadcast_tables`, `bodies` and `toml_lines` find what they say, and on which line they err; `proofreading` finds what
only the database and the compiler know. Live: `placing` makes a folder what people get, `current` says what is live as
such a folder. To disk: `writing` (pure), `exporting`. Back: `importing`; a sequence waits in `drafts`, `comparing`
(pure) says what would change. `starter` offers a newer release's words the same way.
"""
