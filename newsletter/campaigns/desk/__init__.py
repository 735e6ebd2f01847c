"""The desk: what a marketer writes, moves, tries and sends in the studio, before and after it is live.

On it a draft is written (`drafting`: `penned` for one letter's words, `as_html` where they become their own source,
`arranging` by the sentences of `saying` for the moments, `naming`; `beginning` for a new sequence), looked at
(`glancing` as one of the `onlookers`), tried (`trials`), sent (`launching`) or let go (`discarding`). Each sitting
leaves a row (`revisions`), and any wording can come back (`history`). `dressing` gives what is live a new look.
`shelf`, `standing`, `missed` and `tallying` read, `about` and `shown` say what a topic or a picture is used for, and
`signposts` which of a letter's links lead nowhere here; `telling` has the words for states, `differing` tells two
wordings apart.
"""
