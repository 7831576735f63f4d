"""A team's own platforms, which know the world's campaign: MISP and OpenCTI. (read 2026-11)

https://www.misp-project.org/openapi/, https://docs.opencti.io/latest/reference/api/
"""

from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, LINKS, NAMES, WORLD

MISP_KEY, MISP_SPENT_KEY = "5a0db0c5" * 5, "5a0dffff" * 5
OPENCTI_KEY, OPENCTI_SPENT_KEY = "5a0db0c5-0000-4000-8000-0000000c0de1", "5a0db0c5-0000-4000-8000-0000000c0dff"


def misp(call: Call) -> Reply:
    key = call.headers.get("authorization")
    if key == MISP_SPENT_KEY:
        said = "API searches have been limited to 100 per 15 minutes."
        return Reply.json({"name": said, "message": said, "url": call.path}, 429, X_Rate_Limit_Reset="900")
    if key != MISP_KEY:
        said = "Authentication failed. Please make sure you pass the API key of an API enabled user."
        return Reply.json({"name": said, "message": said, "url": call.path}, 403)
    asked: Any = call.json()
    if call.path != "/attributes/restSearch" or not hasattr(asked, "get"):
        return Reply.json({"name": "Not Found", "message": "Not Found", "url": call.path}, 404)
    value = str(asked.get("value"))
    return Reply.json({"response": {"Attribute": [_attribute(value)] if _is_bad(value) else []}})


def _is_bad(value: str) -> bool:
    file = WORLD.files.get(value.lower())
    places = {one.ip: one.nature for one in HOSTS} | {one.domain: one.nature for one in NAMES}
    places |= {one.url: one.nature for one in LINKS}
    return (file.nature if file else places.get(value)) == "malicious"


def _attribute(value: str) -> dict[str, Any]:
    event = {"id": "17", "info": "Gilded Heron campaign", "threat_level_id": "1", "org_id": "1"}
    return {
        "id": "401",
        "event_id": "17",
        "type": "other",
        "value": value,
        "to_ids": True,
        "timestamp": "1789371731",
        "Event": event,
        "Tag": [{"id": "3", "name": "tlp:amber"}],
    }


def opencti(call: Call) -> Reply:
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    if key == OPENCTI_SPENT_KEY:
        return Reply.json({"errors": [{"message": "Too many requests, please try again later."}]}, 429)
    if key != OPENCTI_KEY:
        return Reply.json({"errors": [{"message": "You must be logged in to do this."}], "data": None})
    asked: Any = call.json()
    if call.path != "/graphql" or not hasattr(asked, "get") or "stixCyberObservables" not in asked["query"]:
        return Reply.json({"errors": [{"message": "Syntax Error"}]}, 400)
    (wanted,) = asked["variables"]["filters"]["filters"]
    value = wanted["values"][0]
    node = {
        "id": "5a0db0c5-0000-4000-8000-000000000001",
        "observable_value": value,
        "x_opencti_score": 90,
        "created_at": "2026-09-15T08:00:00.000Z",
        "objectLabel": [{"value": "gilded-heron"}],
    }
    edges = [{"node": node}] if _is_bad(value) else []
    return Reply.json({"data": {"stixCyberObservables": {"edges": edges}}})


TWINS = (
    Twin(name="misp", hosts=("misp.internal",), answer=misp, key=MISP_KEY, spent_key=MISP_SPENT_KEY),
    Twin(name="opencti", hosts=("opencti.internal",), answer=opencti, key=OPENCTI_KEY, spent_key=OPENCTI_SPENT_KEY),
)
