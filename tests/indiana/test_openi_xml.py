"""XML that wants more than to be read is refused before any of that is done."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gaze2report_core.indiana.openi_xml import LARGEST_FILE, UnsafeOrNoXml, tree_of_xml

ROOT = Path(__file__).parents[2]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE e [<!ENTITY l0 "ha">{LAUGHS}]><eCitation>&l9;</eCitation>'
ONE_LARGE_ENTITY = f'<!DOCTYPE e [<!ENTITY a "{"a" * 100_000}">]><eCitation>{"&a;" * 100_000}</eCitation>'


def test_a_tree_is_read_in_any_encoding_that_it_declares() -> None:
    assert tree_of_xml("<e>Größe &lt; 3 &#xE9;</e>".encode()).text == "Größe < 3 é"
    assert tree_of_xml('<?xml version="1.0" encoding="iso-8859-1"?><e>Größe</e>'.encode("latin-1")).text == "Größe"
    assert tree_of_xml('<?xml version="1.0" encoding="utf-16"?><e>Größe</e>'.encode("utf-16")).text == "Größe"


@pytest.mark.parametrize(
    "text",
    [
        BILLION_LAUGHS,
        ONE_LARGE_ENTITY,
        "<!DOCTYPE e><e/>",
        '<!DOCTYPE e SYSTEM "https://example.org/e.dtd"><e/>',
        '<?xml version="1.0"?><!-- first --><!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><e>&x;</e>',
        '<!DOCTYPE e [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><e/>',
        '<!DOCTYPE e [<!ENTITY never "closed',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_is_read(text: str, encoding: str) -> None:
    with pytest.raises(UnsafeOrNoXml, match="it declares a document type") as refusal:
        tree_of_xml(text.encode(encoding)[:LARGEST_FILE])
    assert "passwd" not in str(refusal.value)


def test_a_billion_laughs_take_no_memory_and_no_time() -> None:
    script = (
        "import resource, sys\n"
        "from gaze2report_core.indiana.openi_xml import UnsafeOrNoXml, tree_of_xml\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    tree_of_xml(sys.stdin.buffer.read())\n"
        "except UnsafeOrNoXml:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], input=BILLION_LAUGHS.encode(), capture_output=True, check=True, cwd=ROOT
    )
    assert int(answer.stdout) < 10_000, "kilobytes"


@pytest.fixture
def asked_for() -> Iterator[tuple[str, list[str]]]:
    """An address on loopback, and what is asked for there."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()
        thread.join()


def test_nothing_is_asked_of_an_address(asked_for: tuple[str, list[str]]) -> None:
    address, paths = asked_for
    for text in (
        f'<!DOCTYPE e SYSTEM "{address}/e.dtd"><e/>',
        f'<!DOCTYPE e [<!ENTITY x SYSTEM "{address}/x">]><e>&x;</e>',
    ):
        with pytest.raises(UnsafeOrNoXml):
            tree_of_xml(text.encode())
    included = f'<e xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}/i"/></e>'
    assert len(tree_of_xml(included.encode())) == 1
    assert paths == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no XML",
        b"<e>",
        b"<e></f>",
        b"<e>&undeclared;</e>",
        b"<e>\x00</e>",
        b"<e>\xff</e>",
        b'<?xml version="1.0" encoding="no-such"?><e/>',
        b'<?xml version="1.0" encoding="rot13"?><e/>',
        b'<?xml version="1.0" encoding="shift_jis"?><e/>',
        b"<e/><e/>",
    ],
)
def test_what_is_no_xml_is_refused(text: bytes) -> None:
    with pytest.raises(UnsafeOrNoXml, match="it cannot be read as XML"):
        tree_of_xml(text)


def test_a_file_that_is_too_large_is_refused_and_a_deep_one_is_read() -> None:
    with pytest.raises(UnsafeOrNoXml, match="it has more than 1,048,576 bytes"):
        tree_of_xml(b"<e>" + b"a" * (LARGEST_FILE - 6) + b"</e>")
    assert tree_of_xml(b"<e>" + b"a" * (LARGEST_FILE - 7) + b"</e>").text
    deep = tree_of_xml(b"<a>" * 140_000 + b"text" + b"</a>" * 140_000)
    assert "".join(deep.itertext()) == "text"
    wide = tree_of_xml(b"<e>" + b"<a/>" * 260_000 + b"</e>")
    assert len(wide) == 260_000
