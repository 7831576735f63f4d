"""How well a source is proven: computed from what it declares, and from the answers that its tests replay."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from ioclib.source import AnySource, Exposure, ListSource

_DENIED = {"unauthorized", "forbidden"}
_LIMITED = {"rate_limited", "quota_exhausted"}


class Tier(StrEnum):
    """How well a source is proven."""

    UNPROVEN = "unproven"
    """Nothing of the real service was at hand; it is asked only when it is named, or its address set."""
    BRONZE = "bronze"
    """Answers of both kinds, known and not known, are read as they should be."""
    SILVER = "silver"
    """So are refusals: a bad key, a limit."""
    GOLD = "gold"
    """And it takes all that its provider offers, in batches where it has them."""


def tier_of(source: AnySource[Any], proofs: Mapping[str, Collection[str]] | None = None) -> Tier | None:
    """The tier of a source; None for one that is retired, or comes from somebody else.

    Args:
        source: the source.
        proofs: by source, the outcomes and errors of its samples; those of the package unless given.
    """
    seen = (_proofs() if proofs is None else proofs).get(source.name)
    if source.unproven:
        return Tier.UNPROVEN
    if source.retired or seen is None:
        return None
    if source.own_platform:  # one answers nobody but its owner: there was no answer to compare with
        return Tier.UNPROVEN
    known_or_not = (
        {"found"} if source.exposure is Exposure.TARGET else {"found", "not_found"}
    )  # what it touches is there
    if not known_or_not.issubset(seen):
        return Tier.UNPROVEN
    if not _refusals(source, set(seen)):
        return Tier.BRONZE
    return Tier.GOLD if source.complete else Tier.SILVER


def _refusals(source: AnySource[Any], seen: set[str]) -> bool:
    """Whether it is known how it refuses. A list is downloaded whole: it must be known from what is not the list."""
    if isinstance(source, ListSource):
        return "unexpected_answer" in seen
    return bool(seen & _LIMITED) and (source.key is None or bool(seen & _DENIED))


@cache
def _proofs() -> Mapping[str, Collection[str]]:
    file = resources.files("ioclib").joinpath("proofs.json")  # derived from the samples, by tests/test_docs.py
    return msgspec.json.decode(file.read_bytes(), type=dict[str, list[str]])
