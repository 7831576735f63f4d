# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""urlscan.io's own client, urlscan-python, against another address: ``python ask_urlscan.py ADDRESS KEY``."""

import sys
from importlib.metadata import version
from uuid import UUID

from urlscan import Client
from urlscan.error import APIError

QUERY = 'page.domain:"update-heron.example"'


def main(address: str, key: str) -> None:
    with Client(key, base_url=address) as client:
        found = list(client.search(QUERY, size=1))  # pages by itself
        assert len(found) == client.search(QUERY).count() == 2
        result = client.get_result(found[0]["_id"])
        assert result["verdicts"]["overall"]["malicious"] is True
        assert list(client.search('page.domain:"nobody.example"')) == []
        assert refusal(client, str(UUID(int=0))) == (404, "not found")
    with Client("no key", base_url=address) as stranger:
        assert refusal(stranger, found[0]["_id"]) == (400, "Invalid API key format")
    with Client(str(UUID(int=0)), base_url=address) as stranger:
        assert refusal(stranger, found[0]["_id"])[0] == 401


def refusal(client: Client, uuid: str) -> tuple[int, str]:
    try:
        client.get_result(uuid)
    except APIError as error:
        return error.status, str(error.args[0])
    return 200, ""


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"urlscan-python {version('urlscan-python')}: found, not found and a bad key are told apart\n")
