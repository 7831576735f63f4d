"""What every indicator type is made of."""

import re
from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack, cast

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


class _Form:
    """A pattern that is compiled when it is first looked at: there are many, and a run needs few."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __set_name__(self, owner: type, name: str) -> None:
        self._place = owner, name

    def __get__(self, _: object, __: type) -> re.Pattern[str]:
        compiled = re.compile(self._text, self._flags)
        setattr(*self._place, compiled)
        return compiled


def form(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, for the attributes of a type."""
    return cast("re.Pattern[str]", _Form(text, flags))


class Indicator(ABC):
    """A typed value we ask about; no claim that it is bad.

    ``Sha256(text)`` is ``Sha256.parse(text)``: an indicator that exists is canonical. Immutable, hashable, and equal
    to another of the same type and value.
    """

    __slots__ = ("value",)

    kind: ClassVar[str]
    """The type's name, as it stands in reports."""

    pattern: ClassVar[re.Pattern[str]]
    """What a value of this type looks like; `parse` has the last word. Group 1, if it has one, is the value."""

    examples: ClassVar[tuple[str, ...]]
    """Canonical values, used by the docs and by every test."""

    stix: ClassVar[str]
    """Its name in STIX 2.1: an object path such as ``domain-name:value``, or a type such as ``vulnerability``."""

    misp: ClassVar[str]
    """Its MISP attribute type."""

    cues: ClassVar[tuple[str, ...]] = ()
    """Lower-case words of which a line must hold one, or there is none of this type in it; () where there are none."""

    said: ClassVar[tuple[str, ...]] = ()
    """Lower-case words of which one must stand before a value in running text, where its form alone proves nothing."""

    usual: ClassVar[re.Pattern[str] | None] = None
    """Texts that are canonical as they stand, if `of_usual` agrees: the quick way for what most texts hold."""

    after: ClassVar[tuple[str, ...]] = ()
    """The types that are tried before this one: what they take is not taken again."""

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
    def of_usual(cls, text: str) -> Self | None:
        """The indicator of a text that `usual` matches; None if it takes a closer look."""
        return cls._make(text)

    @classmethod
    def matched(cls, text: str) -> str:
        """The text without surrounding space, if the whole of it looks like this type."""
        text = text.strip()
        if not cls.pattern.fullmatch(text):
            raise InvalidIndicator(f"{shown(text)} is not of the type {cls.kind}")
        return text

    @classmethod
    def _make(cls, value: str) -> Self:
        made = _new(cls)
        _set_value(made, value)
        return made

    @property
    def reach(self) -> Reach:
        """Where this indicator means something."""
        return Reach.PUBLIC

    def contains(self) -> "tuple[Indicator, ...]":
        """The indicators that are written inside this one, such as the host of a link."""
        return ()

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


_new = object.__new__
_set_value = Indicator.__dict__["value"].__set__  # past `Indicator.__setattr__`, and quicker than any other way


def shown(text: str, limit: int = 80) -> str:
    """Somebody's text for use in a message: quoted, on one line, without control characters, not too long."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
