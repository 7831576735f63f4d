"""Names of accounts."""

import re
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown

_WRITTEN = re.compile(r"(?:(?:https?://)?(?:t|telegram)\.me/(?:s/)?|@)?([a-z][a-z0-9_]{4,31})/?", re.IGNORECASE)


class Telegram(Indicator):
    """A Telegram account or channel, e.g. ``example_channel``: lower case, without the ``@``; also a ``t.me`` link."""

    __slots__ = ()
    kind = "telegram"
    pattern = form(
        r"(?:(?<![\w.@]@)(?<=@)|(?<=\bt\.me/)|(?<=telegram\.me/)|\A(?=\w{5,32}\Z))[A-Za-z][A-Za-z0-9_]{4,31}(?![\w@/]|[.-]\w)"
    )
    examples = ("example_channel", "ioclib_tests")
    stix = "user-account:account_login"
    misp = "text"
    cues = ("telegram", "t.me/", "tg:", "tg @", "\u0442\u0435\u043b\u0435\u0433\u0440\u0430\u043c")
    said = ("telegram", "t.me/", "tg:", "tg ", "\u0442\u0435\u043b\u0435\u0433\u0440\u0430\u043c")
    after = ("url", "email")

    @classmethod
    def parse(cls, text: str) -> Self:
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise InvalidIndicator(f"{shown(text)} is not a Telegram handle: 5 to 32 letters, digits and underscores")
        return cls._make(written[1].lower())
