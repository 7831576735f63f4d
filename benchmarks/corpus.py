"""Texts to extract indicators from, invented, and the same at every run: security prose, and a dense proxy log.

    python -m benchmarks.corpus FOLDER [--mb-prose 5] [--mb-log 20]

Addresses are of the networks that are set aside for benchmarks (RFC 2544, RFC 5180) or private; names end in random
digits, below real suffixes, since a tool drops others early. Nothing here is ever looked up.
"""

import argparse
import random
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, count
from pathlib import Path
from typing import NamedTuple, Self

SEED = 20_261_124
MB = 1_000_000
IOCS_PER_MB = 200  # in prose; a line of the log has five


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words("""
access account actor address administrator adversary agent alert algorithm analyst application archive argument array
artifact attachment attack attacker attribute authority backdoor backup bank banner batch beacon behaviour binary block
botnet branch browser buffer build bundle byte bypass cache campaign capability case certificate chain channel check
client cloud cluster code collection command company component computer configuration connection console container
content context controller cookie copy country credential customer cycle dashboard data database date decoy defender
delay delivery deployment detection developer device directory disk document download driver dropper dump effort email
employee encryption endpoint engineer entry environment error evidence exchange executable execution exfiltration expert
exploit export factory family feature feed field file filter finding firewall flag folder follower footprint form
format forum framework function gateway government group guest handle handler hash header hook host hour house identity
image implant import incident indicator industry infection information infrastructure injection input installer instance
instruction interface interpreter intrusion investigation invoice issue item job kernel key keyboard kit language layer
leak letter library licence link list listener loader location lock log login loop lure machine macro mail malware
manager manufacturer market mechanism member memory message method middleware mirror mode model module monitor month
mutation name network node note object office offset operation operator option order organisation origin output owner
package packer packet page panel parameter parser partner password patch path pattern payload payment peer period
permission phase phishing phone pipe platform player plugin policy pool port portal post privilege procedure process
product profile program project prompt protocol provider proxy query ransom record region registry relay release report
repository request researcher resource response result role routine rule sample sandbox scan scanner scheduler scheme
screen script section sector sender sequence server service session setting shell shortcut signature site snippet
software source sourcecode spreadsheet stage statement status stealer storage string subject supplier supply survey
system table tactic target task team technique template tenant terminal theft thread threat ticket timeline timer
timestamp token tool topic traffic trail transaction transfer trick trigger trojan trust tunnel update upload user
utility vacancy value variable variant vector vendor version victim view visitor vulnerability wallet week window
wiper wire worker workstation worm wrapper year zone
""")
_VERBS = _words("""
abuse accept access achieve acquire adapt add adopt alert alter analyse announce appear append apply approach archive
arrive assemble assess attach attack attempt avoid base beacon block borrow brute build bypass call capture carry change
check clean clear clone collect combine communicate compile complete compress compromise conceal conduct confirm connect
construct contact contain continue control convert copy corrupt create decode decrypt defeat delay delete deliver deploy
derive describe detect develop disable discover disguise display distribute download drop dump elevate embed emerge
employ enable encode encrypt enter enumerate escalate establish evade evaluate execute exfiltrate expand exploit
expose extend extract fetch filter follow forge gain gather generate guess handle harvest hide hijack hook identify
impersonate implement include indicate infect inject inspect install intercept invoke launch leak leverage link list
load locate lock log maintain manage mask match migrate mimic modify monitor mount move notice obfuscate observe obtain
open operate overwrite pack parse patch perform persist pivot plant poll prepare prevent probe process protect publish
query rename replace report request resolve restart restore retrieve return reuse reveal review rotate scan schedule
search send serve share sign spawn split spoof spread start steal stop store submit suspend target terminate test
trace track transfer trick trigger unpack update upload use validate verify visit wait watch wipe wrap write
""")
_ADJECTIVES = _words("""
active additional administrative advanced aggressive anonymous apparent automatic available basic benign broad careful
central certain clean clear cloud common complex complete compromised concurrent corporate corrupt critical current
custom dangerous dedicated deep defensive different digital direct distinct dynamic early effective efficient embedded
empty encoded encrypted entire external extra familiar fast financial first foreign formal frequent fresh full generic
global hidden high hostile human identical important inactive industrial initial internal interesting invalid known
large late lateral legitimate likely limited local long low main major malicious manual massive mature minimal mobile
modern modular multiple national native new notable numerous obfuscated obvious old opportunistic original passive
persistent plain political popular portable possible potential previous primary private privileged professional public
quick random rare raw recent regional regular related reliable remote repeated resident residential robust rogue safe
scripted secondary secret secure sensitive separate serious shared short signed silent similar simple single slow small
social sophisticated special specific stable standard static strange strategic strong structural subsequent successful
suspicious symmetric technical temporary third tiny trivial trusted typical unique unknown unusual urgent usual valid
vast verbose visible volatile vulnerable weak well-known whole wide widespread written
""")
_SENTENCES = """
The {a} {n} {ed} the {n} of {count} {ns}, {ed} each {n} and then {ed} the {n} within {number} {ns}.
In {month} {year}, {team} {ed} a {a} {n} that {s} {ns} of the {a} {n}; its {ns} were {a} and {a}.
Once the {n} is {ed}, it {s} a {n} ("{n} {n}") and {s} for a {n} from the {n}.
{Team} {ed} {number} {ns} in {number} {n} {ns}, most of them {adv} {ed} by a {a} {n}.
We {v} with {a} confidence that the {ns} {ed} by {family} {v} a {a} {n}, since the {n} {s} {adv}.
To {v} the {n}, the {n} {s} {api}, {s} the {n} with {api} and {s} the {a} {n}.
{Family}, {also} {family}, {s} {ns}, {ns} and {ns} from {number} {ns} and {v} them as {file}.
After {ing} the {n}, the {ns} {v} {file} to {v} {a} {ns} and {ing} continues {adv}.
The {n} {n} (see section {section}) {s} the {n}, {s} the {n}, and {adv} {s} the {n}.
A {a} {n} of {year} {ed} the {n}: the {n} was {ed} on {date} at {time} UTC, and {ed} on {date}.
It is {adv} {ed} that {ns} of the {a} {n} are {ed} to {v} the {n}, {ing} {ns} along the way.
{Ns} that {v} {software} before version {version} should be {ed}; {ns} that cannot be {ed} should {v} the {n}.
The {n} was {adv} {ed} ({number} {ns}, {number} {ns}) and its {n} {n} did not {v} any {a} {n}.
If the {n} is not {ed}, {family} {s} the {n} and {s} {api}() with the {a} {n}.
"{A} {ns} {v} our {ns}," the {n} of {team} said, "and {ing} them takes {number} {ns}."
{A} {ns} were {ed} in {month}; by {month} the {n} had {ed} more than {number} {ns} - {count} {a} {ns} among them.
Its {ns} can {v} {n}-{ed} {ns}, {v} {a} {ns}, and {v} what the {n} {s} (e.g. {file}).
{Ing} {ns} has {adv} been the {n} of {a} {ns}, but {team} {s} a {a} {n} instead.
This {n} {s} {a}/{a} {ns}; the {n} {s} {reing} when {ns} were {reed} {adv}.
Note that the {n}'s {n} isn't {ed}: {software} {version} {s} it as `{api}` in {file}.
"""
_MENTIONS = """
The {n} {ed} {ioc} to {v} the {a} {n}.
{Ns} were {ed} from {ioc} on {date}, and {ed} by {ns}.
{Family} {s} {ioc} (first seen {date}) with a {a} {n}.
- {ioc} - {a} {n}
IOC: {ioc}
{ioc}	{family} {n}
* {ioc}: {n} {ns} of {family}
The {n}, {ioc}, was {ed} by {team}.
"""
_LISTINGS = """
powershell.exe -nop -w hidden -ep bypass -enc {base64}
cmd.exe /c "reg add {key} /v {family} /t REG_SZ /d {file} /f && del /q %TEMP%\\{file}"
    {n}_{n} = {n}.{v}_{n}({n}_{n}[{number}:], "{n}/{n}") if self.{n} else None
0x{hex8}  48 8d 4c 24 {hex2} 4c 8b {hex2} {hex2} e8 {hex2} {hex2} ff ff 85 c0 0f 84 {hex2} 00  H.L${hex2}..
{date} {time},{number} [{number}] WARN  c.{n}.{n}.{api} - {n}-{n}: {n}={number} {n}={hex8} status={n}
| {family}      | {n}/{n}      | {a} {n}     | {number}   | {date} |
HRESULT {api}(LPCWSTR {n}, DWORD {n}_{number}, PVOID *{n}); // see {file}, line {number}
User-Agent: {family}/{version} ({software}; {n} {version}) {api}/{version}
{"{n}": "{n}", "{n}_{n}": {number}, "{ns}": ["{n}", "{file}"], "{n}": true, "{n}_at": "{date}T{time}Z"}
[{section}] {Team}, "{A} {n}: {ing} {ns} in {software} {version}," {month} {year}, pp. {number}-{number}.
${n}_{n} = [{api}.{api}]::{v}({n}_{number}, '{n}.{n}', {number});{v} ${n}_{n};
"""
_MONTHS = _words("January February March April May June July August September October November December")
_COUNTS = _words("two three four five six seven eight nine ten several")
_ALSO = ("also known as", "tracked as", "aka", "sometimes called", "a fork of")
_SOFTWARE = _words("Vellum OpenQuark Tarnwerk Sconce BlueLattice Harrow Qanat Pemmican Ostler Drumlin")
_TEAMS = _words("team group researchers CERT lab")
_SYLLABLES = _words(
    "ba bel cor da dra el fen gor hal ix jor ka len lor mi mor nar ob pel qua ra ril sa sol tor ul van wy"
)
_ENDINGS = _words("exe dll docx xlsm ps1 js zip lnk iso tmp dat bin py vbs log")
_API = _words("Create Open Read Write Alloc Query Set Get Enum Delete Virtual Thread Process Remote File Key Token Ex")
_SUFFIXES = _words("com net org info ru top xyz io de fr co.uk com.br cn site online biz eu pl su cc")
_BELOW = ("", "", "www.", "cdn.", "mail.")
_PATHS = _words("api assets cdn content css download files gate images js login media panel static update upload v2")
_HASHES = (32, 40, 64, 64, 64, 128)
_DOTS = ("[.]", "[.]", "[.]", "(.)", "[dot]", "{.}")
_RESULTS = ("TCP_MISS/200", "TCP_HIT/200", "TCP_TUNNEL/200", "TCP_REFRESH/304", "TCP_MISS/302", "TCP_DENIED/403")
_CONTENTS = ("text/html", "application/json", "image/png", "application/octet-stream")

_GAP = re.compile(r"\{(\w+)\}")


class Ranked(NamedTuple):
    """Words, of which the first ones are frequent and the last ones rare, as in any language."""

    words: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        return cls(words, list(accumulate(1 / (rank + 8) for rank in range(len(words)))))


class Invention(random.Random):
    """Words, values and sentences by chance; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        coined = [self.coined() for _ in range(1500)]
        nouns = [*self._mixed(_NOUNS), *coined[:500]]
        verbs, adjectives = self._mixed(_VERBS), self._mixed(_ADJECTIVES)
        again = [f"{prefix}{verb}" for verb in verbs for prefix in ("re", "pre", "de", "over")]
        compounds = [f"{noun}-{_past(verb)}" for noun, verb in zip(nouns, verbs, strict=False)]
        words = {
            "n": nouns,
            "ns": list(map(_plural, nouns)),
            "v": verbs,
            "s": list(map(_plural, verbs)),
            "ed": list(map(_past, verbs)),
            "ing": list(map(_lasting, verbs)),
            "reed": list(map(_past, again)),
            "reing": list(map(_lasting, again)),
            "a": [*adjectives, *compounds],
            "adv": [f"{adjective.removesuffix('e')}ly" for adjective in adjectives],
            "family": [word.title() for word in coined[500:]],
            "software": _SOFTWARE,
            "month": _MONTHS,
            "count": _COUNTS,
            "also": _ALSO,
        }
        self._words = {slot: Ranked.of(each) for slot, each in words.items()}
        self._made: dict[str, Callable[[], str]] = {
            "ioc": self.ioc,
            "team": lambda: f"the {self.word('family')} {self.choice(_TEAMS)}",
            "number": lambda: f"{int(self.paretovariate(0.7)) % 99_999 + 2:,}",
            "year": lambda: str(self.randint(2017, 2026)),
            "date": lambda: f"{self.randint(2019, 2026)}-{self.randint(1, 12):02}-{self.randint(1, 28):02}",
            "time": lambda: f"{self.randint(0, 23):02}:{self.randint(0, 59):02}:{self.randint(0, 59):02}",
            "version": lambda: f"{self.randint(1, 24)}.{self.randint(0, 30)}.{self.randint(0, 99)}",
            "section": lambda: f"{self.randint(1, 9)}.{self.randint(1, 9)}",
            "file": lambda: (
                f"{self.word('n')}{self.choice(('', '_', '-'))}{self.randint(0, 999)}.{self.choice(_ENDINGS)}"
            ),
            "api": lambda: "".join(self.sample(_API, 3)),
            "base64": lambda: b64encode(self.randbytes(self.randint(30, 300))).decode(),
            "hex2": lambda: self.hex(2),
            "hex8": lambda: self.hex(8),
            "key": lambda: f"HKLM\\Software\\{self.word('software')}\\{self.word('family')}",
        }

    def word(self, slot: str) -> str:
        """What stands in a gap of a sentence."""
        lower = slot.lower()
        if made := self._made.get(lower):
            word = made()
        else:
            ranked = self._words[lower]
            word = self.choices(ranked.words, cum_weights=ranked.weights)[0]
        return word if slot == lower else word[0].upper() + word[1:]

    def sentence(self, template: str) -> str:
        return _GAP.sub(lambda gap: self.word(gap[1]), template)

    def ioc(self) -> str:
        """An indicator as reports have it; links, names and addresses are defanged more often than not."""
        match self.randrange(10):
            case 0:
                return self.choice((self.vulnerability, self.technique, self.path, self.run_key))()
            case 1 | 2:
                return self.hash()
            case 3 | 4 | 5:
                value = self.link()
            case 6 | 7:
                value = self.name()
            case 8:
                value = self.mail()
            case _:
                value = self.address()
        if self.random() < 0.4:
            return value
        at = self.choice(("@", "[@]", "[at]"))
        return value.replace("http", "hxxp", 1).replace("@", at).replace(".", self.choice(_DOTS))

    def address(self) -> str:
        if self.random() < 0.08:
            return f"2001:2:0:{self.randrange(1, 2**16):x}::{self.randrange(1, 2**16):x}"
        return f"198.{self.randint(18, 19)}.{self.randrange(256)}.{self.randrange(1, 255)}"

    def inside(self) -> str:
        return f"10.{self.randrange(256)}.{self.randrange(256)}.{self.randrange(1, 255)}"

    def name(self) -> str:
        return f"{self.choice(_BELOW)}{self.coined()}-{self.hex(6)}.{self.choice(_SUFFIXES)}"

    def link(self) -> str:
        port = f":{self.randint(1025, 65000)}" if self.random() < 0.1 else ""
        path = "/".join(self.choices(_PATHS, k=self.randint(0, 3)))
        query = f"?{self.coined()}={self.hex(10)}" if self.random() < 0.4 else ""
        return f"http{self.choice(('', 's'))}://{self.name()}{port}/{path}{query}"

    def mail(self) -> str:
        return f"{self.coined()}.{self.coined()}@{self.name()}"

    def hash(self) -> str:
        return self.hex(self.choice(_HASHES))

    def vulnerability(self) -> str:
        return f"CVE-{self.randint(2014, 2026)}-{self.randint(1000, 60000)}"

    def technique(self) -> str:
        return f"T{self.randint(1001, 1659)}.{self.randint(1, 20):03}"

    def path(self) -> str:
        return f"C:\\Users\\Public\\{self.coined()}{self.randrange(999)}.exe"

    def run_key(self) -> str:
        return f"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\{self.coined()}"

    def hex(self, digits: int) -> str:
        return f"{self.getrandbits(4 * digits):0{digits}x}"

    def coined(self) -> str:
        return "".join(self.choices(_SYLLABLES, k=self.randint(2, 4)))

    def _mixed(self, words: Sequence[str]) -> list[str]:
        return self.sample(words, len(words))


def _plural(word: str) -> str:
    if word.endswith(("s", "sh", "ch", "x")):
        return f"{word}es"
    return f"{word[:-1]}ies" if _ends_in_y(word) else f"{word}s"


def _past(verb: str) -> str:
    return f"{verb[:-1]}ied" if _ends_in_y(verb) else f"{verb.removesuffix('e')}ed"


def _lasting(verb: str) -> str:
    return f"{verb.removesuffix('e')}ing"


def _ends_in_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeou"


def prose(mb: float, seed: int = SEED) -> Iterator[str]:
    """Reports: paragraphs of sentences, code or data now and then, and indicators among them."""
    invent = Invention(seed)
    sentences, mentions, listings = (part.strip("\n").split("\n") for part in (_SENTENCES, _MENTIONS, _LISTINGS))
    written = mentioned = 0
    while written < mb * MB:
        paragraph = [invent.sentence(invent.choice(sentences)) for _ in range(invent.randint(3, 9))]
        while mentioned < IOCS_PER_MB * written / MB:
            mention = invent.sentence(invent.choice(mentions))
            paragraph.append(mention if mention[-1] == "." else f"\n{mention}\n")
            mentioned += 1
        text = " ".join(paragraph) + "\n\n"
        if invent.random() < 0.15:
            template = invent.choice(listings)
            text += "\n".join(invent.sentence(template) for _ in range(invent.randint(2, 7))) + "\n\n"
        written += len(text)
        yield text


def log(mb: float, seed: int = SEED) -> Iterator[str]:
    """A proxy's log in the manner of squid: two addresses, a link, a name, and a hash or a user on each line."""
    invent = Invention(seed)
    written = 0
    for second in count(1_790_000_000):
        if written >= mb * MB:
            return
        who = invent.mail() if invent.random() < 0.3 else f"sha256={invent.hex(64)}"
        line = (
            f"{second}.{invent.randrange(1000):03} {invent.randrange(9000):6} {invent.inside()} "
            f"{invent.choice(_RESULTS)} {invent.randrange(100_000)} GET {invent.link()} sni={invent.name()} {who} "
            f"HIER_DIRECT/{invent.address()} {invent.choice(_CONTENTS)}\n"
        )
        written += len(line)
        yield line


def pasted(number: int, seed: int = SEED) -> list[str]:
    """Single values as people paste them."""
    invent = Invention(seed)
    return [invent.ioc() for _ in range(number)]


def write(folder: Path, mb_prose: float, mb_log: float) -> dict[str, Path]:
    """Both texts as files, by their names."""
    texts = {"prose": prose(mb_prose), "log": log(mb_log)}
    files = {name: folder / f"{name}.txt" for name in texts}
    for name, text in texts.items():
        with files[name].open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(text)
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the texts of the extraction benchmark.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mb-prose", type=float, default=5)
    parser.add_argument("--mb-log", type=float, default=20)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, file in write(options.folder, options.mb_prose, options.mb_log).items():
        print(f"{name:<6} {file.stat().st_size / MB:6.2f} MB  {file}")


if __name__ == "__main__":
    main()
