"""abuse.ch SSLBL, simulated. https://sslbl.abuse.ch/blacklist/ (read 2026-11)

Its lists, of the certificates of the world's control servers and of the fingerprints of its malware: nothing else in
the world has any, so they are the hashes of a sentence. The list of addresses is empty, as the real one is. The
downloads ask nobody for a key.
"""

import hashlib

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES

HEADER = "################\r\n# abuse.ch SSLBL, simulated\r\n#\r\n# {}\r\n"
FAMILIES = [file for file in FILES if file.family]


def answer(call: Call) -> Reply:
    if call.method != "GET":
        return page(405, "Method Not Allowed")
    match call.path:
        case "/blacklist/sslblacklist.csv":
            rows = [f"{one.first_seen},{certificate(str(one.family))},{one.family} C&C" for one in FAMILIES]
            return csv("Listingdate,SHA1,Listingreason", rows)
        case "/blacklist/ja3_fingerprints.csv":
            rows = [f"{ja3(str(one.family))},{one.first_seen},{one.last_seen},{one.family}" for one in FAMILIES]
            return csv("ja3_md5,Firstseen,Lastseen,Listingreason", rows)
        case "/blacklist/sslipblacklist.csv":
            return csv("This list was deprecated on 2025-01-03 and holds nothing any more", [])
        case _:
            return page(404, "Not Found")


def page(status: int, title: str) -> Reply:
    return Reply.text(f"<html><body><h1>{status} {title}</h1></body></html>", status, "text/html")


def csv(columns: str, rows: list[str]) -> Reply:
    return Reply.text(HEADER.format(columns) + "".join(f"{row}\r\n" for row in rows), content_type="text/csv")


def certificate(family: str) -> str:
    return hashlib.sha1(f"The certificate of {family}.".encode(), usedforsecurity=False).hexdigest()


def ja3(family: str) -> str:
    return hashlib.md5(f"How {family} speaks TLS.".encode(), usedforsecurity=False).hexdigest()


TWIN = Twin(name="sslbl", hosts=("sslbl.abuse.ch",), answer=answer)
