"""Texts that are hard on whoever looks for indicators in them, of any length, and how to measure what they cost.

An extractor that is right is linear on each of them: sixteen times the text takes sixteen times as long.
"""

import base64
import gc
import math
import random
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ioclib.extract import extract

SMALL, MEDIUM, LARGE = 2**12, 2**16, 2**20

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _again(piece: str, *, before: str = "", after: str = "") -> Callable[[int], str]:
    """The same piece until the length is reached, between a beginning and an end."""

    def made(length: int) -> str:
        room = length - len(before) - len(after)
        return before + (piece * (room // len(piece) + 1))[:room] + after

    return made


def _nested(opening: str, closing: str) -> Callable[[int], str]:
    return lambda length: opening * (length // 2 // len(opening)) + closing * (length // 2 // len(closing))


def _chosen(alphabet: str, size: int, template: str = "{} ") -> Callable[[int], str]:
    """Words that never come twice: nothing is gained by remembering them."""

    def made(length: int) -> str:
        chance = random.Random(20_261_124)
        number = length // (size + len(template) - 2) + 1
        return "".join(template.format("".join(chance.choices(alphabet, k=size))) for _ in range(number))[:length]

    return made


def _base64_line(length: int) -> str:
    return base64.b64encode(random.Random(5).randbytes(length * 3 // 4)).decode()


HOSTILE: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        # one character, or two, over and over
        "one letter": _again("q"),
        "spaces": _again(" "),
        "line ends": _again("\n"),
        "dots": _again("."),
        "colons": _again(":"),
        "slashes": _again("/"),
        "backslashes": _again("\\"),
        "accents": _again("ö"),
        "letter, dot": _again("b."),
        "digit, dot": _again("7."),
        "letter, at": _again("k@"),
        "letter, dash": _again("m-"),
        "letter, underscore": _again("z_"),
        "digits": _again("9081726354"),
        "escapes": _again("%2e"),
        "zero-width spaces": _again("a\u200b"),
        "full-width dots": _again("a\uff0e"),
        "full stops of another script": _again("a\u3002\u6587"),
        "a script without spaces in a path": _again("\u6587/", before="http://example.com/"),
        "escaped dots": _again("a&#46;"),
        "hidden characters in hashes": _again("0f" * 8 + "\u00ad"),
        # brackets, and what they are used for
        "brackets": _nested("[", "]"),
        "braces": _nested("({[<", ">]})"),
        "bracketed dots": _again("c[.]"),
        "half brackets": _again("c[."),
        "spaced brackets": _again("name [.] "),
        "bracketed at": _again("me[at]"),
        "dot as a word": _again("name dot "),
        "DOT as a word": _again("NAME DOT COM "),
        "bracketed schemes": _again("hxxp[://]"),
        # long runs of what begins an indicator
        "hex digits": _again("c0ffee42"),
        "hex and colons": _again("f0:"),
        "address in groups": _again("2001:db8::"),
        "base64": _base64_line,
        "schemes": _again("https://"),
        "long path": _again("p/", before="https://www.example.com/"),
        "long query": _again("k=v&", before="https://www.example.com/?"),
        "long host": _again("h", before="https://"),
        "many labels": _again("www.", before="https://", after="com"),
        "long local part": _again("u", after="@example.com"),
        "long local part, no host": _again("u", after="@"),
        "addresses without a space": _again("192.0.2.1,"),
        "mail addresses without a space": _again("a@example.com,"),
        "nested links": _again("https://example.com/?u="),
        # cues of the types that may hold spaces
        "folders": _again("xy\\", before="D:\\"),
        "folders with spaces": _again("Program Files\\", before="C:\\"),
        "drives": _again("C:\\ "),
        "names of files with spaces": _again("Abc de (1) ", before="C:\\"),
        "unix folders": _again("/usr/local"),
        "unix folders with spaces": _again("/Library/Application Support"),
        "registry": _again("ab cd\\", before="HKCU\\"),
        "registry roots": _again("HKLM\\ "),
        "rules": _again("rule x "),
        "mutexes": _again("mutex "),
        "mutexes, quoted": _again('mutex: "'),
        "user agents": _again("Mozilla/5.0 ("),
        "user agent headers": _again("User-Agent: "),
        "telegram": _again("telegram @"),
        "context words": _again("imphash ja3 "),
        "labels on lines of their own": _again(f"ja3:\n{'0f' * 16}\n"),
        "versions": _again("version 1.2.3.4 "),
        "numbers in a list": _again("1.2.3.4 and "),
        "files in a list": _again("ab.py\n"),
        "keys of names": _again("sni=ab.py "),
        "vulnerabilities": _again("CVE-2026-"),
        "fuzzy hashes": _again("3:a:"),
        # data
        "row without an end": _again('198.51.100.7,www.example.net,"x; y",,0;'),
        "deep JSON": _nested('{"a":[', "]}"),
        "JSON on one line": _again('{"u":"https://example.org/x","n":[1,2.5,null]},'),
        "HTML on one line": _again('<a href="https://example.com/">e</a>'),
        # never the same twice
        "words, all different": _chosen("abcdefghijklmnopqrstuvwxyz", 7),
        "hashes, all different": _chosen("0123456789abcdef", 32),
        "coins, all different": _chosen(_BASE58, 33, "1{} "),
        "names, all different": _chosen("abcdefghijklmnopqrstuvwxyz", 9, "{}.com "),
        "nearly names, all different": _chosen("abcdefghij-.", 24),
        "nearly links, all different": _chosen("htps:/.[]()x", 24),
        "punctuation, all different": _chosen(".,:;@/\\[](){}<>-_%?=&#!*'\"|~", 12),
    }
)


@dataclass(frozen=True)
class Cost:
    """What one text costs.

    Attributes:
        small: seconds of processor time for 4 kB.
        medium: for 64 kB.
        large: for 1 MB.
        memory: the peak at 1 MB, in lengths of the text; what was found does not count.
    """

    small: float
    medium: float
    large: float
    memory: float

    @property
    def exponent(self) -> float:
        """Of the growth from 64 kB to 1 MB: 1 is linear, 2 quadratic."""
        return math.log(self.large / self.medium) / math.log(LARGE / MEDIUM)


def seconds(text: str) -> float:
    """The processor time that it takes to read a text."""
    began = time.process_time()
    extract(text)
    return max(time.process_time() - began, 1e-6)


def memory(text: str) -> float:
    """The peak while a text is read, without what was found in it, as a multiple of its length."""
    extract(text[:SMALL])  # what is loaded once is not the text's fault
    gc.collect()
    tracemalloc.start()
    try:
        found = extract(text)
        kept, peak = tracemalloc.get_traced_memory()
        del found
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (peak - (kept - left)) / len(text)


_USUAL, _MOST = 3, 12  # rounds
_DOUBTFUL = 1.1  # an exponent


def cost(name: str) -> Cost:
    """Measures one of the texts in all lengths: the least of three rounds, which alternate.

    What else the machine does only ever adds to a time, sometimes for seconds: where the growth looks like more than
    linear, more rounds tell whether it is the text's.
    """
    texts = [HOSTILE[name](length) for length in (SMALL, MEDIUM, LARGE)]
    held = memory(texts[-1])
    gc.collect()
    gc.freeze()  # the collector's passes over all that the process held before are not the text's cost
    spent = Cost(math.inf, math.inf, math.inf, held)
    for done in range(1, _MOST + 1):
        small, medium, large = map(seconds, texts)
        spent = Cost(min(small, spent.small), min(medium, spent.medium), min(large, spent.large), held)
        if done >= _USUAL and spent.exponent <= _DOUBTFUL:
            break
    gc.unfreeze()
    return spent
