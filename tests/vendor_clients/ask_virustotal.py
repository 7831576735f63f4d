# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""VirusTotal's own client, vt-py, against another address: ``python ask_virustotal.py ADDRESS KEY``."""

import hashlib
import sys

import vt

LOADER = hashlib.sha256(b"Nothing here exists: the loader of the Gilded Heron campaign.").hexdigest()
GATE = "http://update-heron.example/gate.php"


def main(address: str, key: str) -> None:
    with vt.Client(key, host=address) as client:
        assert client.get_object("/files/{}", LOADER).sha256 == LOADER
        assert client.get_object("/ip_addresses/{}", "203.0.113.66").last_analysis_stats["malicious"] > 0
        assert client.get_object("/domains/{}", "update-heron.example").id == "update-heron.example"
        assert client.get_object("/urls/{}", vt.url_id(GATE)).url == GATE
        assert refusal(client, "/files/" + "0" * 64) == "NotFoundError"
        assert refusal(client, "/domains/nobody.example") == "NotFoundError"
    with vt.Client("0" * 64, host=address) as stranger:
        assert refusal(stranger, f"/files/{LOADER}") == "WrongCredentialsError"


def refusal(client: vt.Client, path: str) -> str:
    try:
        client.get_object(path)
    except vt.APIError as error:
        return str(error.code)
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"vt-py {vt.version.__version__}: found, not found and a bad key are told apart\n")
