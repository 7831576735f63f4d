"""What the package pymispwarninglists would bring. https://github.com/MISP/misp-warninglists (read 2026-11)

One document a line, as the lists' own files are: a name, the way in which its values are meant, and the values.
"""

import json

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES, HOSTS, NAMES

LISTS = (
    ("List of known IPv4 public DNS resolvers", "cidr", [host.ip for host in HOSTS if host.service]),
    ("List of known Example Cloud IP ranges", "cidr", ["198.51.100.192/26", "2001:db8:c10d::/48"]),
    ("Top 1,000,000 most-used sites", "hostname", [name.domain for name in NAMES if name.nature == "benign"]),
    ("List of known hashes for benign files", "string", [file.sha256 for file in FILES if file.known_source]),
    ("List of disposable email domains", "substring", ["throwaway.example"]),
    ("Unattributed phone number.", "regex", ["/^1-?555/i"]),
)


def answer(call: Call) -> Reply:
    if call.path != "/data/misp-warninglists/lists":
        return Reply.text("", 404)
    documents = ({"name": name, "type": kind, "version": 1, "list": values} for name, kind, values in LISTS)
    return Reply.text("\n".join(map(json.dumps, documents)), content_type="application/x-ndjson")


TWIN = Twin(name="warninglists", hosts=("pymispwarninglists",), answer=answer)
