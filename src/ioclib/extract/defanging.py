"""Making an indicator safe to look at, and whole again."""

import re

# Every quantifier is bounded: hostile text costs no more than other text.
_DOT = re.compile(r"[ ]?(?:\[[ ]?(?:\.|dot)[ ]?\]|\([ ]?(?:\.|dot)[ ]?\)|\{[ ]?(?:\.|dot)[ ]?\})[ ]?", re.IGNORECASE)
_SCHEME = re.compile(r"^h(?:xx|XX|tt|TT|\*\*|__)p(s?)(?=\[?:|\[:)", re.IGNORECASE)
_FTP = re.compile(r"^fxp(s?)(?=\[?:)", re.IGNORECASE)
_COLON = re.compile(r"\[:\]|\[://\]|\[:(?=//)")

_LINK = re.compile(r"\b(?P<scheme>https?|ftps?)://(?P<host>[^\s/?#<>\"']{1,300})", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w.\[-])(?:[a-z0-9_](?:[\w-]{0,62})\.){1,20}[a-z][a-z0-9-]{1,62}(?![\w-])", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")


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

    def link(found: re.Match[str]) -> str:
        if keep and found["host"].lower() == keep.lower():
            return found[0].replace(".", "\0")  # hidden from the next two steps
        return found["scheme"].lower().replace("tt", "xx").replace("ft", "fx") + "://" + found["host"]

    def dots(found: re.Match[str]) -> str:
        return found[0].replace(".", "[.]")

    text = _LINK.sub(link, text.replace("\0", ""))
    return _ADDRESS.sub(dots, _NAME.sub(dots, text)).replace("\0", ".")
