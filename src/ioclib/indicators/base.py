"""What every indicator type is made of."""

import re
from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

from ioclib.errors import InvalidIndicator

if TYPE_CHECKING:
    from ioclib.client import Options


class Reach(Enum):
    """Where an indicator means something. Only a public one may be told to anybody."""

    PUBLIC = "public"
    DOCUMENTATION = "reserved for documentation"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    RESERVED = "reserved"
    SINGLE_LABEL = "a name with a single label"
    INTERNAL_NAME = "under a suffix for internal use"


class Indicator(ABC):
    """A typed value we ask about; no claim that it is bad.

    ``Sha256(text)`` is ``Sha256.parse(text)``: an indicator that exists is canonical. Immutable, hashable, and equal
    to another of the same type and value.
    """

    __slots__ = ("value",)

    kind: ClassVar[str]
    """The type's name, as it stands in reports."""

    pattern: ClassVar[re.Pattern[str]]
    """What a value of this type looks like; `parse` has the last word."""

    examples: ClassVar[tuple[str, ...]]
    """Canonical values, used by the docs and by every test."""

    value: str

    def __new__(cls, text: str) -> Self:
        return cls.parse(text)

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """The indicator that the text is.

        Raises:
            InvalidIndicator: what is wrong with it.
        """

    @classmethod
    def matched(cls, text: str) -> str:
        """The text without surrounding space, if the whole of it looks like this type."""
        text = text.strip()
        if not cls.pattern.fullmatch(text):
            raise InvalidIndicator(f"{shown(text)} is not of the type {cls.kind}")
        return text

    @classmethod
    def _make(cls, value: str) -> Self:
        made = object.__new__(cls)
        object.__setattr__(made, "value", value)
        return made

    @property
    def reach(self) -> Reach:
        """Where this indicator means something."""
        return Reach.PUBLIC

    def sendable(self) -> Self:
        """The form that may leave the machine: without what is nobody's business."""
        return self

    def get_result(self, **options: Unpack["Options"]) -> dict[str, Any]:
        """Ask every source that takes this type, now.

        Args:
            options: as for `ioclib.lookup`.

        Returns:
            The report as a dictionary that is ready for ``json.dumps``.

        Raises:
            ConfigurationError: an unknown source, an unusable key or setting.
        """
        from ioclib import client

        return client.lookup(self, **options).to_dict()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an indicator cannot be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Indicator) and self.value == other.value

    def __hash__(self) -> int:
        return hash((self.kind, self.value))

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.value,)


def shown(text: str, limit: int = 80) -> str:
    """Somebody's text for use in a message: quoted, on one line, without control characters, not too long."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
