"""ScreenshotAPI.net: a picture of the page behind a link. https://www.screenshotapi.net/docs/ (read 2026-11)

It opens the link from its own cloud, so the other side sees a visit, one-time links are used up, and the picture is
public for about a month. It judges nothing: the verdict is always unknown.
"""

from ioclib.errors import Rejected
from ioclib.findings import Finding
from ioclib.indicators import URL
from ioclib.source import Absent, Exposure, Key, Payload, Refusal, Request, Source, url


class Shot(Payload):
    screenshot: str
    created_at: str = ""
    ttl: str = ""


def request(link: URL) -> Request:
    return Request.get("/screenshot", url=link, output="json", file_type="png", fresh=True)


def read(shot: Shot) -> Finding:
    times = (("rendered", shot.created_at), ("picture public until", shot.ttl))
    return Finding(
        summary=", ".join(f"{what} {time[:10]}" for what, time in times if time) or "rendered",
        link=shot.screenshot if shot.screenshot.startswith("https://") else None,
    )


def link(_: URL) -> str:
    return url("https://www.screenshotapi.net/docs/")  # there is no page about a link, only the picture itself


SOURCE: Source[URL, Shot] = Source(
    name="screenshotapi",
    about="A picture of the page behind a link, which it opens for that.",
    base="https://shot.screenshotapi.net/v3",
    key=Key("SCREENSHOTAPI_API_KEY", query="token", get="https://www.screenshotapi.net/"),
    limits=(),
    exposure=Exposure.TARGET,
    timeout=60,
    concurrency=2,
    absent=Absent.never,
    refusals=(Refusal(310, Rejected),),  # too many redirects, of the page that it was to render
    request=request,
    payload=Shot,
    read=read,
    link=link,
)
