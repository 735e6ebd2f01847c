"""Whole HTML documents as people bring them, with their styles written in like a browser computes them.

Nothing is parsed and written anew: the text stays, letter for letter, and a list of small edits is applied to it. So
tables, comments for Outlook, broken markup and other tools' tags cannot get lost.

`compiling` is the door. `decoding` reads bytes; `tags` finds merge tags, `foreign` says whose they are and `filling`
fills ours; `markup` finds HTML's own tags and `trees` what stands inside what; `stylesheets`, `selectors`, `matching`,
`properties` and `cascade` decide which declaration wins where; `keeping` says which rules stay, `styling` writes the
others down; `cleaning` takes out scripts and what loads; `reading` makes the text part; `examining` makes the remarks.
Pure, all of it: no network, no file, no clock.
"""
