"""What services say in headers of what is left: each in a form of its own, all read here.

The forms, by the vendors' pages (read 2026-11): ``X-RateLimit-*`` of AbuseIPDB and many others, in seconds or in
seconds since 1970; ``X-Rate-Limit-Window`` of urlscan.io; ``Api-Limits`` of Hybrid Analysis, in JSON;
``X-Requests-Remaining-Day`` of Pulsedive.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from ioclib.source import Limit

_EPOCH = 1_000_000_000
"""Seconds: a reset that is larger is a time, one that is smaller a wait."""


class Allowance(NamedTuple):
    """What is left of one limit.

    Attributes:
        limit: which of the source's.
        remaining: requests.
        reset_at: when all of it is to be had again (UTC), if that was said.
    """

    limit: Limit
    remaining: int
    reset_at: datetime | None


class _ApiLimits(msgspec.Struct):
    limits: dict[str, int]
    used: dict[str, int]


def allowances(headers: Mapping[str, str], limits: Sequence[Limit], now: datetime | None = None) -> list[Allowance]:
    """What the headers of a response say of a source's limits; what cannot be assigned to one of them is left out.

    Args:
        headers: names in lower case.
        limits: of the source.
        now: in place of the time of now (UTC).
    """
    if not limits or not any("limit" in name or "requests" in name for name in headers):
        return []
    now = now or datetime.now(UTC)
    return [*_common(headers, limits, now), *_per_period(headers, limits), *_api_limits(headers, limits)]


def _common(headers: Mapping[str, str], limits: Sequence[Limit], now: datetime) -> Iterator[Allowance]:
    for prefix in ("x-ratelimit-", "x-rate-limit-", "ratelimit-"):
        remaining = _number(headers.get(prefix + "remaining"))
        if remaining is None:
            continue
        count, period = _number(headers.get(prefix + "limit")), headers.get(prefix + "window")
        matching = [one for one in limits if one.per == period] or [one for one in limits if one.count == count]
        if not matching and period is None and len(limits) == 1:
            matching = list(limits)
        for limit in matching[:1]:
            yield Allowance(limit, remaining, _reset(headers, prefix, now))


def _per_period(headers: Mapping[str, str], limits: Sequence[Limit]) -> Iterator[Allowance]:
    for limit in limits:
        remaining = _number(headers.get(f"x-requests-remaining-{limit.per}"))
        if remaining is not None:
            yield Allowance(limit, remaining, None)


def _api_limits(headers: Mapping[str, str], limits: Sequence[Limit]) -> Iterator[Allowance]:
    try:
        said = msgspec.json.decode(headers.get("api-limits", ""), type=_ApiLimits)
    except msgspec.MsgspecError:
        return
    for limit in limits:
        if limit.per in said.limits:
            yield Allowance(limit, max(0, said.limits[limit.per] - said.used.get(limit.per, 0)), None)


def _reset(headers: Mapping[str, str], prefix: str, now: datetime) -> datetime | None:
    for name in (prefix + "reset-after", prefix + "reset"):
        value = headers.get(name, "").strip()
        if number := _number(value):
            return datetime.fromtimestamp(number, UTC) if number > _EPOCH else now + timedelta(seconds=number)
        try:
            said = datetime.fromisoformat(value)
        except ValueError:
            continue
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    return None


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"\d{1,12}", value.strip()) else None
