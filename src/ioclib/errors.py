"""Every exception, one tree.

::

    IoclibError
    ├─ InvalidIndicator(ValueError)   the text is not the indicator it was said to be
    ├─ ConfigurationError             unknown source, unusable key or setting: says which file or variable
    ├─ UnreadableFile                 a file, or something inside it, could not be read: names it and says why
    └─ SourceError                    one source could not answer: a Failed in the report, never the end of a run
       ├─ Unreachable · Timeout · ServerFault
       ├─ RateLimited · QuotaExhausted
       ├─ Unauthorized · Forbidden · Rejected
       ├─ UnexpectedAnswer            the payload does not fit: names the field
       └─ BrokenSource                a source file raised: its bug is an outcome too

No message ever holds a key, and none holds an address that was asked for with one.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """Why a source could not answer: ``error.kind`` of the report."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad_request"
    UNEXPECTED_ANSWER = "unexpected_answer"
    BROKEN_SOURCE = "broken_source"


class IoclibError(Exception):
    """The root: ``except IoclibError`` catches whatever ioclib raises on purpose."""


class InvalidIndicator(IoclibError, ValueError):
    """The text is not the indicator it was said to be; the message says what is wrong with it."""


class ConfigurationError(IoclibError):
    """An unknown source, an unusable key or setting; the message names the file or the variable, never the key."""


class UnreadableFile(IoclibError):
    """A file, or something inside it, could not be read; the message names it and says what is wrong or what to do."""


class SourceError(IoclibError):
    """One source could not answer. A source file may return one as a value; it never raises.

    Args:
        message: one sentence for people.
        retry_at: when the source may be asked again (UTC), if it said so.
    """

    kind: ClassVar[ErrorKind]

    def __init__(self, message: str = "", *, retry_at: datetime | None = None) -> None:
        self.message = message or type(self).__doc__ or self.kind
        self.retry_at = retry_at
        super().__init__(self.message)


class Unreachable(SourceError):
    """No connection could be made, or it broke."""

    kind = ErrorKind.UNREACHABLE


class Timeout(SourceError):
    """No complete answer in time."""

    kind = ErrorKind.TIMEOUT


class ServerFault(SourceError):
    """The service itself failed."""

    kind = ErrorKind.SERVER_ERROR


class RateLimited(SourceError):
    """Asked too fast; it may be asked again soon."""

    kind = ErrorKind.RATE_LIMITED


class QuotaExhausted(SourceError):
    """The key's allowance for this period is used up."""

    kind = ErrorKind.QUOTA_EXHAUSTED


class Unauthorized(SourceError):
    """The key is missing, wrong or not active."""

    kind = ErrorKind.UNAUTHORIZED


class Forbidden(SourceError):
    """The key is good, but its plan does not include this."""

    kind = ErrorKind.FORBIDDEN


class Rejected(SourceError):
    """The service refused the question itself."""

    kind = ErrorKind.BAD_REQUEST


class UnexpectedAnswer(SourceError):
    """The answer does not have the shape that its documentation promises."""

    kind = ErrorKind.UNEXPECTED_ANSWER


class BrokenSource(SourceError):
    """The source's own code failed."""

    kind = ErrorKind.BROKEN_SOURCE
