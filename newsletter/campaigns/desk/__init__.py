"""The desk: what a marketer writes, moves, tries and sends in the studio, before and after it is live.

On it a draft is written (`drafting`: `penned` for one letter's words, `arranging` by the sentences of `saying` for the
moments, `naming`), looked at (`glancing` as one of the `onlookers`), tried (`trials`), sent (`launching`) or let go
(`discarding`). `shelf`, `standing`, `missed` and `tallying` read; `telling` has the words for states.
"""
