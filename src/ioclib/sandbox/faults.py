"""Faults on demand: what the sandbox's services do wrong when they are told to.

They fall by chance, but the same chance every time, so that a test that failed fails again.
"""

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from ioclib.sandbox.twin import Reply, Twin

HANGING = 3600.0
"""Seconds until a hanging service answers: nobody waits for that long."""


@dataclass(frozen=True)
class Faults:
    """What goes wrong.

    Attributes:
        latency: seconds until each answer.
        fail: the share of answers that are faults, 0 to 1.
        hang: services that never answer, by the name of their twin or of a source.
        limit: requests that each service answers before it says that it is asked too often; None for no end.
    """

    latency: float = 0
    fail: float = 0
    hang: Collection[str] = ()
    limit: int | None = None


@dataclass
class Trouble:
    """Makes faults happen."""

    faults: Faults
    _chance: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 no secret
    _asked: Counter[str] = field(default_factory=Counter[str])

    def delay(self, twin: Twin, source: str = "") -> float:
        """Seconds until a twin answers a request, of a source if that is known."""
        return HANGING if {twin.name, source} & set(self.faults.hang) else self.faults.latency

    def spoiled(self, twin: Twin, reply: Reply) -> Reply:
        """A twin's reply, or what comes instead of it."""
        self._asked[twin.name] += 1
        if self.faults.limit is not None and self._asked[twin.name] > self.faults.limit:
            return Reply.json({"error": "Too many requests"}, 429, Retry_After="60")
        if self._chance.random() >= self.faults.fail:
            return reply
        return self._chance.choice(
            (
                Reply.text("<html><h1>503 Service Unavailable</h1></html>", 503, "text/html"),
                Reply.json({"error": "internal"}, 500),
                Reply(200, reply.body[: len(reply.body) // 2] + b"\xff", reply.headers),
                Reply.text("<!doctype html><title>Sign in to continue</title>", 200, "text/html"),
            )
        )
