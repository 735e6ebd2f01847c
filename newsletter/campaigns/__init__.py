"""What comes when: sequences, their timelines, and who is where in them.

Pure: `intents` (what a marketer says about a moment, made of `timings`, in the words of `spelling`), `ordering`,
`localtime`, `planning`, `deciding`, `rehearsing`, `calendars`. Newsletters: `broadcasts` (what a person
decides), `fanning` (what follows from it), `audience_of`, `spacing`. `filing` keeps campaigns as folders of files,
`desk` is where they are written; `impact` says whom a new timeline would change, `pinning` lets people keep an older
one. In numbers: `listing`, `issues`.
"""
