"""Pure: how much a share of so many people says. Of few people it says little, and then a report says so.

The 95 % score interval of Wilson (Probable inference, the law of succession, and statistical inference, JASA 22, 1927):
unlike the usual one it holds for small numbers and for shares near none and all.
"""

from __future__ import annotations

from math import sqrt

Z = 1.959964  # the normal quantile of 97.5 %
FEWEST = 20  # people; below, one more or less makes a difference that a reader would take for news
WIDEST = 0.2  # of an interval that still says something of a share
RARE = 0.02  # of one that says something of what hardly anybody does


def interval(some: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies, 95 times in 100, where `some` of `of` people did something.

    Of nobody everything is possible. Raises ValueError for more than all, or fewer than none.
    """
    if not 0 <= some <= of:
        raise ValueError(f"{some} of {of}")
    if not of:
        return 0.0, 1.0
    share, spread = some / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def too_few(some: int, of: int, widest: float = WIDEST) -> bool:
    """Whether this share says too little to be shown as one: its interval is wider than `widest`."""
    low, high = interval(some, of)
    return of < FEWEST or high - low > widest


def differs(one: tuple[int, int], other: tuple[int, int]) -> int:
    """1 where the first share is higher than the second beyond chance, -1 where it is lower, 0 where nobody can tell.

    Each is given as (some, of). Their intervals must not overlap, which errs towards no difference.
    """
    if min(one[1], other[1]) < FEWEST:
        return 0
    (low, high), (lower, upper) = interval(*one), interval(*other)
    return (low > upper) - (high < lower)
