"""Making an indicator safe to look at, and whole again."""

import re

# Every quantifier is bounded: hostile text costs no more than other text.
_DOT = re.compile(r"[ ]?(?:\[[ ]?(?:\.|dot)[ ]?\]|\([ ]?(?:\.|dot)[ ]?\)|\{[ ]?(?:\.|dot)[ ]?\})[ ]?", re.IGNORECASE)
_SCHEME = re.compile(r"\bh(?:xx|\*\*|__)p(s?)(?=://)", re.IGNORECASE)
_FTP = re.compile(r"\bfxp(s?)(?=://)", re.IGNORECASE)
_COLON = re.compile(r"\[:\]|\[://\]|\[:(?=//)")

_HARMFUL = re.compile(
    r"""\b(?P<scheme>https?|ftps?)://(?P<host>[^\s/?\#<>"']{1,300})(?P<rest>[^\s<>"']*)
    | (?<![\w.\[-])(?:[a-z0-9_][\w-]{0,62}\.){1,20}[a-z][a-z0-9-]{1,62}(?![\w-])
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEME_OF_LINK = re.compile(r"\b(?:(?P<h>h)tt|(?P<f>f)t)(?=ps?://)", re.IGNORECASE)


def refang(text: str) -> str:
    """One pasted value as it was before somebody defanged it: ``hxxp``, ``[.]``, ``(.)``, ``[dot]``, ``[:]//``."""
    text = _COLON.sub(lambda found: "://" if "//" in found[0] else ":", text.strip())
    text = _DOT.sub(".", text)
    return _FTP.sub(r"ftp\1", _SCHEME.sub(r"http\1", text))


def defang(text: str, *, keep: str = "") -> str:
    """Text for people, in which no link, name or address can be clicked by mistake.

    Args:
        text: any text.
        keep: a host whose links stay as they are, such as the page of the source that is being quoted.
    """

    def harmless(found: re.Match[str]) -> str:
        if found["scheme"] is None:
            return found[0].replace(".", "[.]")
        if keep and found["host"].lower() == keep.lower():
            return found[0]
        link = found["scheme"] + "://" + found["host"].replace(".", "[.]") + found["rest"]
        return _SCHEME_OF_LINK.sub(lambda one: "hxx" if one["h"] else "fx", link)  # also of a link inside the link

    return _HARMFUL.sub(harmless, text)
