# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""Triage's own client, hatching-triage, against another address: ``python ask_triage.py ADDRESS KEY``."""

import hashlib
import sys
from importlib.metadata import version

from triage.client import Client, ServerError

LOADER = hashlib.sha256(b"Nothing here exists: the loader of the Gilded Heron campaign.").hexdigest()


def main(address: str, key: str) -> None:
    client = Client(key, root_url=address)
    (sample,) = client.search(f"sha256:{LOADER}")
    assert client.sample_by_id(sample["id"]) == sample
    assert client.overview_report(sample["id"])["analysis"]["score"] == 10
    assert client.static_report(sample["id"])["files"] is None
    assert len(list(client.search('url:"http://update-heron.example/gate.php"'))) == 2
    assert list(client.search("sha256:" + "0" * 64)) == []
    assert refusal(client, "260914-aaaaaaaaaa") == (404, "NOT_FOUND")
    assert refusal(Client("0" * 40, root_url=address), sample["id"]) == (401, "UNAUTHORIZED")


def refusal(client: Client, number: str) -> tuple[int, str]:
    try:
        client.sample_by_id(number)
    except ServerError as error:
        return error.status, error.kind
    return 200, ""


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"hatching-triage {version('hatching-triage')}: found, not found and a bad key are told apart\n")
