"""What the services of abuse.ch that take JSON have in common: one address, one key, HTTP 200 for nearly everything."""

from collections.abc import Mapping
from typing import Any, cast

from ioclib.sandbox.twin import Call, Reply
from ioclib.sandbox.world import ABUSECH_KEY, ABUSECH_SPENT_KEY

PATH = "/api/v1/"


def refusal(call: Call, host: str) -> Reply | None:
    """Why a call is not answered: its key, its address, its method."""
    match call.headers.get("auth-key"):
        case None | "":
            return Reply.json({"error": "Unauthorized"}, 401)
        case key if key == ABUSECH_SPENT_KEY:  # no limit is published; this is what one client has seen
            return status("rate_limited")
        case key if key != ABUSECH_KEY:
            return Reply.json({"query_status": "unknown_auth_key"}, 403)
        case _:
            pass
    if call.path + "/" == PATH:  # where the body is lost
        return Reply(301, headers={"location": f"https://{host}{PATH}"})
    if call.path != PATH:
        return Reply.text("<html><body><h1>404 Not Found</h1></body></html>", 404, "text/html")
    return None if call.method == "POST" else Reply.text("Method Not Allowed", 405)


def document(call: Call) -> Mapping[str, Any] | None:
    """The JSON object that was sent, whatever type it was said to have; a form is none."""
    sent: Any = Call(method=call.method, path=call.path, headers={"content-type": "application/json"}, body=call.body)
    read: Any = sent.json()
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None


def status(word: str, said: str | None = None) -> Reply:
    return Reply.json({"query_status": word} | ({"data": said} if said is not None else {}))
