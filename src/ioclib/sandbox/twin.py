"""What a simulated provider is made of: it is given a call, as a web server would see it, and replies."""

import json as jsonlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True, kw_only=True)
class Call:
    """One HTTP request that arrived.

    Attributes:
        method: ``GET``, ``POST``.
        path: as it was sent, still percent-encoded, without the query.
        query: decoded parameters, in order.
        headers: names in lower case.
        body: bytes.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def segments(self) -> list[str]:
        """The path's segments, decoded one by one: a quoted slash does not split."""
        return [unquote(segment) for segment in self.path.removeprefix("/").split("/")]

    def param(self, name: str) -> str | None:
        """The first query parameter of this name."""
        return next((value for key, value in self.query if key == name), None)

    def params(self, name: str) -> list[str]:
        """Every query parameter of this name."""
        return [value for key, value in self.query if key == name]

    def form(self) -> dict[str, str]:
        """The fields of a form body; empty if the body is not sent as a form."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> Any:
        """The JSON body; None if it is not sent as JSON, or is none."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            return None
        try:
            return jsonlib.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def json(cls, document: object, status: int = 200, **headers: str) -> "Reply":
        """A JSON document; header names are written with underscores."""
        body = jsonlib.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"content-type": "application/json", **_names(headers)})

    @classmethod
    def text(
        cls, text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8", **headers: str
    ) -> "Reply":
        """Text, HTML or whatever the content type says."""
        return cls(status, text.encode(), {"content-type": content_type, **_names(headers)})

    @classmethod
    def dns(cls, *data: str) -> "Reply":
        """The records that answer a DNS question; none if there is no such name."""
        return cls.json({"data": data})


def _names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A simulated provider.

    Attributes:
        name: the file's name.
        hosts: the hosts of the real service that it stands for; of a DNS service its zones. A question about
            ``1.0.0.127.zone`` arrives as a GET of ``/1.0.0.127`` with the query ``type=A``.
        answer: what the service replies to a call.
        key: a key that it accepts, in the form that the real service gives out; None if it takes none.
        spent_key: a good key whose allowance is used up: always answered as the service answers then.
    """

    name: str
    hosts: tuple[str, ...]
    answer: Callable[[Call], Reply]
    key: str | None = None
    spent_key: str | None = None
