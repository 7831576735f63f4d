"""abuse.ch URLhaus, simulated. https://urlhaus-api.abuse.ch/ (read 2026-11)

It knows links that malware is downloaded from, the hosts of these and the files. Phishing is none of its business.
"""

import hashlib
import re

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import ABUSECH_KEY, ABUSECH_SPENT_KEY, LINKS, WORLD, File, Link

KEY = ABUSECH_KEY
SPENT_KEY = ABUSECH_SPENT_KEY

FIELDS = {  # of the form that each route takes
    "/v1/url/": ("url",),
    "/v1/urlid/": ("urlid",),
    "/v1/host/": ("host",),
    "/v1/payload/": ("md5_hash", "sha256_hash"),
}
PATTERNS = {
    "url": re.compile(r"(?i)(?:https?|ftp)://[^\s/]+(?:/\S*)?"),
    "urlid": re.compile(r"[0-9]+"),
    "host": re.compile(r"(?i)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"),  # no scheme, port or path; IPv6 is not mentioned
    "md5_hash": re.compile(r"[0-9a-f]{32}"),
    "sha256_hash": re.compile(r"[0-9a-f]{64}"),
}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    match call.headers.get("auth-key"):
        case None | "":
            return Reply.json({"error": "Unauthorized"}, 401)
        case key if key == SPENT_KEY:  # no limit is published; this is what one client has seen
            return status("rate_limited")
        case key if key != KEY:
            return Reply.json({"query_status": "unknown_auth_key"}, 403)
        case _:
            pass
    if call.path + "/" in FIELDS:
        return Reply(301, headers={"location": f"https://urlhaus-api.abuse.ch{call.path}/"})
    if call.path not in FIELDS:
        return Reply.text("<html><body><h1>404 Not Found</h1></body></html>", 404, "text/html")
    form = call.form() if call.method == "POST" else {}
    if not form:  # to the server a JSON body is no form, and no form is no POST
        return status("http_post_expected")
    name = next((one for one in FIELDS[call.path] if one in form), FIELDS[call.path][-1])
    value = form.get(name, "")
    if not PATTERNS[name].fullmatch(value):
        return status(f"invalid_{name.removesuffix('_hash')}")
    return lookup(name, value)


def status(word: str) -> Reply:
    return Reply.json({"query_status": word})


def lookup(name: str, value: str) -> Reply:
    match name:
        case "url" | "urlid":
            found = [link_record(one) for one in KNOWN if value in {one.url, number(one)}]
        case "host":
            links = [one for one in WORLD.links_of(value.lower()) if one in KNOWN]
            found = [host_record(value.lower(), links)] if links else []
        case _:
            file = WORLD.files.get(value)
            links = [one for one in KNOWN if file and one.payload == file.name]
            found = [payload_record(file, links)] if file and links else []
    return Reply.json({"query_status": "ok"} | found[0]) if found else status("no_results")


def number(link: Link) -> str:
    return str(int(hashlib.sha256(link.url.encode()).hexdigest()[:5], 16) + 3_000_000)


def reference(link: Link) -> str:
    return f"https://urlhaus.abuse.ch/url/{number(link)}/"


def link_status(link: Link) -> str:
    return "online" if link.online else "offline"


def short_record(link: Link) -> Record:
    """What stands of a link everywhere: truths and numbers are strings, and null where there is nothing to say."""
    return {
        "id": number(link),
        "urlhaus_reference": reference(link),
        "url": link.url,
        "url_status": link_status(link),
        "date_added": f"{link.first_seen} UTC",
        "threat": "malware_download",
        "reporter": "sandbox",
        "larted": "true",
        "takedown_time_seconds": None if link.online else "130171",
        "tags": list(link.tags) or None,
    }


def link_record(link: Link) -> Record:
    host = link.url.split("/")[2].partition(":")[0]
    file = WORLD.file_named(link.payload)
    return short_record(link) | {
        "host": host,
        "last_online": None if link.online else "2026-10-06 02:10:00 UTC",
        "blacklists": blacklists(host),
        "payloads": [delivered(file)] if file else [],
    }


def host_record(host: str, links: list[Link]) -> Record:
    return {
        "urlhaus_reference": f"https://urlhaus.abuse.ch/host/{host}/",
        "host": host,
        "firstseen": f"{min(one.first_seen for one in links)} UTC",
        "url_count": str(len(links)),
        "blacklists": blacklists(host),
        "urls": [short_record(one) for one in links],
    }


def blacklists(host: str) -> Record:
    name = WORLD.names.get(host)
    if name is None or name.nature != "malicious":
        return {"spamhaus_dbl": "not listed", "surbl": "not listed"}
    return {"spamhaus_dbl": "botnet_cc_domain" if "c2" in name.tags else "phishing_domain", "surbl": "listed"}


def delivered(file: File) -> Record:
    return {
        "firstseen": file.first_seen.split()[0],
        "filename": file.name,
        "file_type": file.type,
        "response_size": str(len(file.content)),
        "response_md5": file.md5,
        "response_sha256": file.sha256,
        "urlhaus_download": download(file),
        "signature": file.family,
        "virustotal": virustotal(file),
        "imphash": None,
        "ssdeep": None,
        "tlsh": None,
    }


def payload_record(file: File, links: list[Link]) -> Record:
    urls = [
        {
            "url_id": number(one),
            "url": one.url,
            "url_status": link_status(one),
            "urlhaus_reference": reference(one),
            "filename": None,
            "firstseen": one.first_seen.split()[0],
            "lastseen": None if one.online else "",
        }
        for one in links
    ]
    return {
        "md5_hash": file.md5,
        "sha256_hash": file.sha256,
        "file_type": file.type,
        "file_size": str(len(file.content)),
        "signature": file.family,
        "firstseen": file.first_seen,
        "lastseen": file.last_seen,
        "url_count": str(len(links)),
        "urlhaus_download": download(file),
        "virustotal": virustotal(file),
        "imphash": None,
        "ssdeep": None,
        "tlsh": None,
        "urls": urls,
    }


def download(file: File) -> str:
    return f"https://urlhaus-api.abuse.ch/v1/download/{file.sha256}/"


def virustotal(file: File) -> Record:
    detected, engines = file.engines
    link = f"https://www.virustotal.com/gui/file/{file.sha256}"
    return {"result": f"{detected} / {engines}", "percent": f"{100 * detected / engines:.2f}", "link": link}


KNOWN = tuple(link for link in LINKS if link.threat == "malware")

TWIN = Twin(name="urlhaus", hosts=("urlhaus-api.abuse.ch",), key=KEY, spent_key=SPENT_KEY, answer=answer)
