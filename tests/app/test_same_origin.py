"""What another site's page, or another host of this domain, may ask, and what only our own page may."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from app.web.same_origin import SameOriginOnly

JOIN = "/gradio_api/queue/join"
ELSEWHERE = ("cross-site", "same-site")
A_LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
A_FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
"""As the Hub shows a Space."""
A_SCRIPT = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
SENTENCES = {
    "GET": "The page of another site asks for this, which is refused.",
    "POST": "This was sent by the page of another site and is refused.",
}


@pytest.fixture(scope="module")
def asking() -> TestClient:
    return TestClient(SameOriginOnly(PlainTextResponse("passed")))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # not a browser
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://testserver"}, 200),
        ({"Origin": "http://testserver:81"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "https://gaze.example", "X-Forwarded-Host": "gaze.example"}, 200),
        ({"Origin": "https://elsewhere.example", "X-Forwarded-Host": "gaze.example"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Referer": "http://testserver/"}, 200),
        ({"Referer": "http://testserver:81/"}, 403),
        ({"Referer": "http://elsewhere.example/a/page"}, 403),
        ({"Referer": "https://gaze.example/", "X-Forwarded-Host": "gaze.example"}, 200),
        ({"Referer": ""}, 200),
        ({"Referer": "http://elsewhere.example/", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Referer": "http://elsewhere.example/", "Origin": "http://testserver"}, 200),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", JOIN), ("GET", "/config"), ("GET", "/corrections.jsonl")])
def test_only_a_page_of_this_host_sends_or_reads_anything(
    asking: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert asking.request(method, path, headers=headers).status_code == status


@pytest.mark.parametrize("site", ELSEWHERE)
@pytest.mark.parametrize("path", ["/", "/login"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("way", [A_LINK, A_FRAME])
def test_a_link_or_a_frame_of_another_site_leads_to_the_page(
    asking: TestClient, method: str, path: str, way: dict[str, str], site: str
) -> None:
    assert asking.request(method, path, headers={"Sec-Fetch-Site": site, **way}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/login"])
def test_it_does_so_too_where_the_browser_tells_no_more_than_the_page_that_the_link_is_on(
    asking: TestClient, path: str
) -> None:
    from_elsewhere = {"Referer": "http://elsewhere.example/"}
    assert asking.get(path, headers=from_elsewhere).status_code == 200
    assert asking.post(path, headers=from_elsewhere).status_code == 403
    assert asking.get(path, headers=from_elsewhere | {"Origin": "http://elsewhere.example"}).status_code == 403


@pytest.mark.parametrize("site", ELSEWHERE)
@pytest.mark.parametrize(
    ("method", "path", "way"),
    [
        ("GET", "/", A_SCRIPT),
        ("GET", "/config", A_SCRIPT),
        ("GET", "/gradio_api/queue/data?session_hash=s", A_SCRIPT),
        ("GET", "/corrections.jsonl", A_LINK),
        ("GET", "/views/token", A_FRAME),
        ("POST", "/login", A_LINK),
        ("POST", "/logout", A_LINK),
    ],
)
def test_its_scripts_read_nothing_and_its_links_start_no_download(
    asking: TestClient, method: str, path: str, way: dict[str, str], site: str
) -> None:
    answer = asking.request(method, path, headers={"Sec-Fetch-Site": site, **way})
    assert (answer.status_code, answer.json()["detail"]) == (403, SENTENCES[method])


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_corrections_are_taken_along_from_the_page_itself_and_by_their_address(asking: TestClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, **A_LINK}
    assert asking.get("/corrections.jsonl", headers=headers).status_code == 200


def test_below_a_path_a_link_leads_to_the_page_as_well() -> None:
    below = TestClient(SameOriginOnly(PlainTextResponse("passed")), root_path="/gaze")
    for path, status in (("/gaze/", 200), ("/gaze/login", 200), ("/gaze/config", 403)):
        assert below.get(path, headers={"Sec-Fetch-Site": "cross-site", **A_LINK}).status_code == status
