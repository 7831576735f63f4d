"""What malware leaves on a machine: registry keys, files, mutexes; and what finds or gives it away."""

import re
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_HIVE = rf"<?(?i:{'|'.join([*_HIVES.values(), *_HIVES])})>?:?"

# The parts of a Windows path in running text. A word is never tried at a shorter length ("++"), so that failing
# costs one pass. Spaces stand only before words that begin like names or end a folder, not after what ends like a file.
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_WORD = rf"[^\\/:*?<>|\s,;{_QUOTES}]{{1,100}}+"
_LAST = rf"[^\\/:*?<>|\s,;{_QUOTES}]{{0,100}}[\w~$%\#@&+={{}}-]"
_NO_NAME = r"(?!HK[A-Z]|%|[-/\\])"
_FOLDER = rf"{_WORD}(?:(?<!\.\w{{3}})[ ]{_NO_NAME}(?=[A-Z0-9(&{{]|and[ ]|[\w-]{{1,24}}\\){_WORD}){{0,5}}\\{{1,4}}"
_QUOTED_FOLDER = rf"{_WORD}(?:[ ]{_NO_NAME}{_WORD}){{0,8}}\\{{1,4}}"
# A file's name with spaces, told by its ending and its capitals: "Chrome Update.lnk"; not what a program without an
# ending is given: "cmd Foo.bat"
_KNOWN_ENDINGS = (
    "7z|bat|bin|cab|chm|cmd|cpl|csv|dat|db|dll|doc[mx]?|eml|exe|gif|hta|html?|img|ini|iso|jar|jpe?g|jse?|json|lnk|log"
    "|msg|msi|one|pdf|pif|png|pp[ts][mx]?|ps1|py|rar|rtf|scr|sql|sys|tmp|txt|url|vb[es]|wsf|xls[bmx]?|xml|zip"
)
_PROGRAMS = "certutil|cmd|cscript|java|mshta|msiexec|net|powershell|python|reg|regsvr32|rundll32|sc|schtasks|wscript"
_NEXT = r"(?<![.!?)])(?<!\.\w\w)(?<!\.\w{3})(?<!\.\w{4})[ ](?!-|%|HK[A-Z])"
_SPACED_NAME = (
    rf"(?!(?i:{_PROGRAMS})[ ])(?=[A-Z0-9(]|[\w-]{{1,30}}[ ][A-Z0-9(]){_WORD}(?:{_NEXT}(?=[A-Z0-9(&]){_WORD}){{0,4}}"
    rf"{_NEXT}[^\\/:*?<>|\s,;{_QUOTES}]{{0,60}}?\.(?i:{_KNOWN_ENDINGS})(?![\w\\]|\.\w)"
)
_SCRIPT = r"\u2e80-\u9fff\uac00-\ud7af"  # which is written without spaces
_BESIDE_SCRIPT = rf"[^\\/:*?<>|\s,;{_QUOTES}{_SCRIPT}]{{1,100}}+(?<=\.\w\w\w)(?=[{_SCRIPT}])"
_ENDS_LIKE_A_FILE = r"(?:(?<=\.\w{2})|(?<=\.\w{3})|(?<=\.\w{4}))"

_ROOT = r"""(?: (?:(?<![A-Za-z0-9_])|(?<=:_))[A-Za-z]:\\{1,4} | (?<![\w%])%[A-Za-z][\w()]{1,40}%\\{1,4}
    | (?<![\w\\:])(?:\\{2}){1,2}[\w.@\[\]-]{1,255}\\{1,4} )"""
# the folders at the root of a Unix system, those left out that are as likely the beginning of a link's path
_UNIX = (
    *("bin", "boot", "dev", "etc", "home", "lib", "lib64", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys"),
    *("tmp", "usr", "var", "Applications", "Library", "Users", "Volumes", "private", "sdcard"),
)


class Registry(Indicator):
    r"""A key or value of the Windows registry, e.g. ``HKEY_CURRENT_USER\Software\Example``, the hive's name in full."""

    __slots__ = ()
    kind = "registry"
    pattern = form(
        rf"(?<=[{_QUOTES}\[]){_HIVE}\\{{1,4}}[^{_QUOTES}\r\n<>|;,/\]]{{1,400}}+(?=[{_QUOTES}\]])"
        rf"|(?:(?<![\w\\])|(?<=Computer\\)){_HIVE}\\{{1,4}}(?:{_FOLDER.replace('*', '')}){{0,40}}"
        rf"(?:{_WORD}(?:[ ][A-Z]\w{{0,30}}){{1,3}}(?=[ ]/[a-z]+\b)|{_LAST.replace('*', '')})?"
    )
    examples = (
        r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run\ExampleUpdate",
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon",
    )
    stix = "windows-registry-key:key"
    misp = "regkey"
    cues = ("hkey_", "hklm", "hkcu", "hkcr", "hku", "hkcc")
    after = ("user_agent",)
    _parts = form(rf"({_HIVE})\\+([^\\].*)", re.DOTALL)

    @classmethod
    def parse(cls, text: str) -> Self:
        written = cls._parts.fullmatch(text.strip())
        if written is None or not _on_one_line(written[2]):
            raise InvalidIndicator(f"{shown(text)} is not a registry key: a hive such as HKLM, a backslash, a path")
        hive = written[1].strip("<>:").upper()
        return cls._make(_HIVES.get(hive, hive) + "\\" + _halved(written[2]).rstrip("\\ "))


class FilePath(Indicator):
    r"""Where a file lies: ``C:\Users\Public\a.exe``, ``%APPDATA%\a.exe``, ``\\server\share\a.exe``, ``/tmp/.a/b``."""

    __slots__ = ()
    kind = "file_path"
    pattern = form(
        rf"""(?<=[{_QUOTES}]){_ROOT}(?:{_QUOTED_FOLDER}){{0,40}}{_WORD}(?:[ ]{_NO_NAME}{_WORD}){{0,8}}
            {_ENDS_LIKE_A_FILE}(?=[{_QUOTES}])
        | {_ROOT}(?=[^\\/:*?<>|\s,;{_QUOTES}])(?:{_FOLDER}){{0,40}}(?:{_SPACED_NAME}|{_BESIDE_SCRIPT}|{_LAST})?
        | (?<!GET[ ])(?<!POST[ ])(?<!HEAD[ ])(?<!PUT[ ])(?<!href=.)(?<!src=.)(?<![\w/.:~%)\]}}\\-])(?<!\w@)
            /(?!dev/(?:null|tcp|udp)\b)(?:{"|".join(_UNIX)})
            (?:/[\w.+@~%$\#{{}}-]{{1,100}}(?:(?:[ ](?!HTTP/)[A-Z][\w.-]{{0,40}}){{1,3}}(?=/))?){{0,30}}
            /[\w.+@~%$\#{{}}-]{{0,99}}[\w~+\#]""",
        re.VERBOSE,
    )
    examples = (
        r"C:\Users\Public\Example Files\update.exe",
        r"%APPDATA%\Example\loader.dll",
        r"\\192.0.2.7\share\run.js",
        "/opt/.example/agent",
    )
    stix = "file:name"
    misp = "filename"
    cues = ("\\", *(f"/{folder.lower()}/" for folder in _UNIX))
    after = ("url", "registry", "user_agent")
    _whole = form(
        r"(?:[A-Za-z]:\\|%[^%\\\s]{1,64}%\\|\\\\[^\\\s]{1,255}\\)[^/:*?\"<>|]+|/[^/].*",
        re.DOTALL,
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        path = text.strip("\"' \t\r\n").replace("[.]", ".")  # defanged: no file is called that
        if not path.startswith("/"):
            path = "\\" * path.startswith("\\\\") + _halved(path)
        if not cls._whole.fullmatch(path) or not _on_one_line(path):
            raise InvalidIndicator(f"{shown(text)} is not the whole path of a file")
        return cls._make(path)


_NAMESPACE = r"Global|Local|Session\\{1,4}\d{1,4}|BaseNamedObjects"


class Mutex(Indicator):
    r"""The name of a mutex, e.g. ``Global\ExampleMutex7``; the text has to say that it is one."""

    __slots__ = ()
    kind = "mutex"
    # without a namespace: in quotes, or right behind the word and with a digit or an underscore
    pattern = form(
        rf"""(?: (?<![\w\\])(?=(?:{_NAMESPACE})\\)
        | (?i:mutex|mutant)(?:es)?(?:[ ](?:named?|called|(?:name[ ])?is|(?:[a-z]{{1,12}}[ ]){{0,4}}[a-z]{{1,12}}(?=:)))?
            (?:\*\*)?[{_QUOTES}]?(?:[\s:=,\u2192\u2794\u279c]|[-=]>){{1,3}}(?:\*\*[ ])?[{_QUOTES}(]?
            (?=[\w{{][^\s_\d\\/:,;{_QUOTES}]{{0,40}}[_\d])
        | (?<=[{_QUOTES}])(?=[\w{{}}!\#$&=+-]{{3,80}}[{_QUOTES}](?!\s?:)) )
        ((?:(?:{_NAMESPACE})\\{{1,4}})?[^\\\s<>|,;{_QUOTES}]{{1,200}}(?<=[\w}}!\#$&=+-]))""",
        re.VERBOSE,
    )
    examples = (r"Global\ExampleMutex7", r"Local\example-{0f1e2d3c}")
    stix = "mutex:name"
    misp = "mutex"
    cues = ("mutex", "mutant")
    said = ("mutex", "mutant")
    after = ("url", "registry", "file_path")

    @classmethod
    def parse(cls, text: str) -> Self:
        name = _halved(text.strip())
        if not name.strip("\\") or len(name) > 260 or not _on_one_line(name):
            raise InvalidIndicator(f"{shown(text)} is not the name of a mutex: up to 260 characters on one line")
        return cls._make(name)


_HYPHENS = ("", "-", "_", ".", " ", "\u2011")  # between "user" and "agent"
_PRODUCT = r"[A-Za-z][\w.+!-]{0,60}/[\w.+-]{0,60}[\w+]"
_COMMENT = r"\((?:[^()\r\n\"]|\([^()\r\n\"]{0,100}\)){1,400}\)"


class UserAgent(Indicator):
    """What a program calls itself when it asks for a page, e.g. ``Mozilla/4.0 (compatible; Example 1.0)``."""

    __slots__ = ()
    kind = "user_agent"
    # browsers are unmistakable; another program's name counts where the text says that it is one, or a web server's log
    pattern = form(
        rf"""(?: (?<![\w/])(?=(?:Mozilla|Opera|Dalvik)/)
        | (?i:user[{"".join(_HYPHENS)}]?agent|\bua(?=:))(?:[ ](?:of|original|string|header))?
            [{_QUOTES}]?[\s:=,]{{1,2}}[{_QUOTES}]?
        | HTTP/\d\.\d"[ ]\d{{3}}[ ](?:\d{{1,12}}|-)[ ]"[^"\r\n]{{0,1000}}"[ ]" )
        ((?<=")[A-Za-z][\w.+!-]{{0,60}}/[^"\r\n]{{0,400}}[\w)](?=\.?")
        | (?<=')[A-Za-z][\w.+!-]{{0,60}}/[^'"\r\n]{{0,400}}[\w)](?=')
        | {_PRODUCT}(?:[ ](?:{_COMMENT}|{_PRODUCT}|like[ ]Gecko|Mobile|Safari)){{0,20}}
        | (?<=^User-Agent:[ ])[A-Z][\w.+!-]{{2,30}}(?>(?:[ ][\w./+-]{{1,30}}){{0,4}})(?=\r?$))""",
        re.VERBOSE | re.MULTILINE,
    )
    examples = (
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; Example)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Example/1.0 Safari/537.36",
    )
    stix = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
    misp = "user-agent"
    cues = ("mozilla/", "opera/", "dalvik/", '" "', "ua:", *(f"user{hyphen}agent" for hyphen in _HYPHENS))

    @classmethod
    def parse(cls, text: str) -> Self:
        value = text.strip()
        if not 0 < len(value) <= 2000 or not _on_one_line(value):
            raise InvalidIndicator(f"{shown(text)} is not a user agent: up to 2000 characters on one line")
        return cls._make(value)


class Yara(Indicator):
    """The name of a YARA rule, e.g. ``Example_Loader``."""

    __slots__ = ()
    kind = "yara"
    # what follows a name is its tags and a brace, here or on the next line
    pattern = form(
        r"""(?: \brule\s{1,20}(?=\w{1,128}\s{0,20}(?::[\w\s]{1,200})?\{)
        | ^(?:(?:private|global)[ \t]{1,9}){0,2}rule[ \t]{1,20}(?=\w{1,128}[ \t]{0,20}(?::[\w \t]{1,200})?\r?$)
        | (?i:yara[ ]rule)(?:[ ](?i:named?|called))?[:,]?[ ]["'\u201c]?(?=[A-Za-z]{1,40}\d{0,9}_\w)
        | \A(?=\w{1,128}\Z) )
        ([A-Za-z_]\w{0,127})""",
        re.VERBOSE | re.MULTILINE | re.ASCII,
    )
    examples = ("Example_Loader", "example_rule_2")
    stix = "x-yara-rule:name"
    misp = "text"
    cues = ("rule ", "rule\t")

    @classmethod
    def parse(cls, text: str) -> Self:
        written = re.fullmatch(r"(?:(?:(?:private|global)\s+)*rule\s+)?([A-Za-z_]\w{0,127})", text.strip(), re.ASCII)
        if written is None:
            raise InvalidIndicator(f"{shown(text)} is not the name of a YARA rule: letters, digits and underscores")
        return cls._make(written[1])


def _halved(path: str) -> str:
    """Backslashes as they are meant: source code and JSON double them."""
    return re.sub(r"\\+", r"\\", path)


def _on_one_line(text: str) -> bool:
    return len(text) <= 32_767 and all(character.isprintable() for character in text)
