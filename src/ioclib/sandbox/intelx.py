"""Intelligence X, simulated, as it is for free keys. https://github.com/IntelligenceX/SDK (read 2026-11)"""

import hashlib
import re
from ipaddress import ip_network
from uuid import NAMESPACE_URL, UUID, uuid5

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, Nature

KEY = "1a7e15ed-0000-4000-8000-5a5a5a5a5a5a"
SPENT_KEY = "1a7e15ed-0000-4000-8000-0dd50dd50dd5"

STRONG = (
    re.compile(  # a link, an e-mail address, a domain with or without a wildcard, a network card, a Bitcoin address
        r"""[a-z]+://\S+ | [^\s@]+@[\w.-]+\.[a-z]{2,} | (?:\*\.)?(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*
    | [0-9a-f]{2}(?:[:-][0-9a-f]{2}){5} | bc1[02-9ac-hj-np-z]{11,71} | [13][1-9A-HJ-NP-Z]{25,34}""",
        re.IGNORECASE | re.VERBOSE,
    )
)
ISSUED = bytes.fromhex("5ea7c4ed")  # every search id that is given out begins so; the rest comes from the term
NO_SEARCH = str(UUID(int=0))
SHOWN: dict[Nature, tuple[str, ...]] = {
    "malicious": ("pastes", "darknet.tor"),
    "suspicious": ("pastes",),
    "benign": ("leaks.public.general",),
    "unremarkable": ("web.public.misc",),
}
MEDIA = {"pastes": (1, "Paste"), "leaks.public.general": (24, "Text file")}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    key = call.headers.get("x-key") or call.param("k")
    if key not in {KEY, SPENT_KEY}:
        return Reply.text("Unauthorized", 401)
    match call.method, call.path:
        case "GET", "/authenticate/info":
            return Reply.json(account(0 if key == SPENT_KEY else 49))
        case _ if key == SPENT_KEY:
            return Reply.text("Payment Required", 402)
        case "POST", "/intelligent/search":
            return search(call)
        case "GET", "/intelligent/search/result":
            return result(call.param("id") or "", call.param("limit") or "100")
        case "GET", "/intelligent/search/terminate":
            return Reply.text("") if uuid(call.param("id") or "") else Reply.text("Bad Request", 400)
        case _, ("/phonebook/search" | "/phonebook/search/result"):  # not in a free licence
            return Reply.text("Unauthorized", 401)
        case _:
            return Reply.text("404 page not found", 404)


def search(call: Call) -> Reply:
    """The first step. An id, even if nothing will be found; status 1 if this cannot be searched for, such as a hash."""
    match call.json():
        case {"maxresults": limit} if not isinstance(limit, int):
            return Reply.text("Bad Request", 400)
        case {"term": str(term)}:
            strong = is_selector(term)
            found = search_id(term) if strong else NO_SEARCH
            return Reply.json({"id": found, "softselectorwarning": not strong, "status": 0 if strong else 1})
        case _:
            return Reply.text("Bad Request", 400)


def is_selector(term: str) -> bool:
    try:
        ip_network(term, strict=False)
    except ValueError:
        return STRONG.fullmatch(term) is not None
    return True


def search_id(term: str) -> str:
    return str(UUID(bytes=ISSUED + hashlib.sha256(term.encode()).digest()[:12], version=4))


def result(identifier: str, limit: str) -> Reply:
    """The second step. All records come at once here, with the status that says that there are no more."""
    searched = uuid(identifier)
    if searched is None or not limit.isdecimal():
        return Reply.text("Bad Request", 400)
    if not searched.bytes.startswith(ISSUED):
        return Reply.json({"records": [], "status": 2})
    return Reply.json({"records": FOUND.get(str(searched), [])[: int(limit)], "status": 1})


def uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def record(term: str, bucket: str) -> Record:
    """One document that the term stands in. ``simhash`` does not fit into a signed number."""
    digest = hashlib.sha512(f"{bucket} {term}".encode())
    simhash = int.from_bytes(digest.digest()[:8]) | 1 << 63
    media, mediah = MEDIA.get(bucket, (9, "HTML copy of a website"))
    leaked = bucket.startswith("leaks")
    return {
        "systemid": str(uuid5(NAMESPACE_URL, f"{bucket} {term}")),
        "storageid": digest.hexdigest(),
        "instore": True,
        "size": 43154,
        "accesslevel": 4 if leaked else 0,
        "accesslevelh": "Preview only" if leaked else "Public",
        "type": 1,
        "typeh": "Text",
        "media": media,
        "mediah": mediah,
        "added": "2026-10-14T07:35:50.998926Z",
        "date": "2026-10-14T07:35:05Z",
        "name": "" if bucket == "pastes" else f"{bucket}/export & notes.txt",
        "description": "",
        "xscore": 68,
        "simhash": simhash,
        "simhashh": f"{simhash:x}",
        "bucket": bucket,
        "keyvalues": None,
        "tags": None,
        "tagsh": None,
        "relations": [],
        "randomid": str(uuid5(NAMESPACE_URL, f"random {term}")),
    }


def account(left: int) -> Record:
    paths = {
        path: {"Path": path, "Credit": left, "CreditMax": 50, "CreditReset": 2}
        for path in ("/intelligent/search", "/file/preview", "/file/read")
    }
    return {"added": "2026-09-01T10:00:00Z", "buckets": [*MEDIA, "darknet.tor", "web.public.misc"], "paths": paths}


NATURES: dict[str, Nature] = {
    term: thing.nature for things in (WORLD.hosts, WORLD.names, WORLD.links) for term, thing in things.items()
}
FOUND = {
    search_id(asked): [record(term, bucket) for bucket in SHOWN[nature]]
    for term, nature in NATURES.items()
    for asked in (term, f"*.{term}")  # with the names below it
}

TWIN = Twin(name="intelx", hosts=("free.intelx.io",), key=KEY, spent_key=SPENT_KEY, answer=answer)
