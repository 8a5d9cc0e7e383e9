"""The client's TLS and API-key settings against a server that insists on both."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from indexer.elastic import ElasticStore
from indexer.open import open_store
from indexer.store import INDEX_VERSION, Store
from langnghe.errors import StoreError, StoreUnavailable
from langnghe.settings import load_settings

API_KEY = "bGFuZ25naGU6a2V5"


class Handler(BaseHTTPRequestHandler):
    """As much of a secured Elasticsearch as asking for the index's version needs."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"ApiKey {API_KEY}":
            self._answer(401, {"error": {"type": "security_exception"}, "status": 401})
        else:
            index = f"langnghe-{INDEX_VERSION}-000001"
            self._answer(200, {index: {"aliases": {"langnghe": {}}}})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with the key and the certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "LangNghe test")])
    begins = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def address(certificate: Path) -> Iterator[str]:
    """The address of the secured server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def store_of(tmp_path: Path, url: str, ca_file: str, key_file: Path) -> Store:
    return open_store(
        load_settings(
            {
                "LANGNGHE_DATA_DIR": str(tmp_path),
                "LANGNGHE_ELASTICSEARCH_URL": url,
                "LANGNGHE_ELASTICSEARCH_CA_FILE": ca_file,
                "LANGNGHE_ELASTICSEARCH_API_KEY_FILE": str(key_file),
            }
        )
    )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "api.key"
    file.write_text(API_KEY + "\n")
    return file


def test_the_right_certificate_and_key_are_let_in(
    tmp_path: Path, address: str, certificate: Path, key_file: Path
) -> None:
    store = store_of(tmp_path, address, str(certificate), key_file)
    assert isinstance(store, ElasticStore)
    assert store.version() == INDEX_VERSION


def test_a_server_that_nobody_vouches_for_is_not_trusted(
    tmp_path: Path, address: str, key_file: Path
) -> None:
    store = store_of(tmp_path, address, "", key_file)
    with pytest.raises(StoreUnavailable, match=r"(?i)certificate"):
        store.version()


def test_a_certificate_of_another_name_is_not_trusted(
    tmp_path: Path, address: str, certificate: Path, key_file: Path
) -> None:
    other = address.replace("127.0.0.1", "localhost")
    store = store_of(tmp_path, other, str(certificate), key_file)
    with pytest.raises(StoreUnavailable, match=r"(?i)certificate"):
        store.version()


def test_a_wrong_key_is_no_reason_to_wait(
    tmp_path: Path, address: str, certificate: Path, key_file: Path
) -> None:
    key_file.write_text("d3Jvbmc6a2V5")
    store = store_of(tmp_path, address, str(certificate), key_file)
    with pytest.raises(StoreError) as caught:
        store.version()
    assert not isinstance(caught.value, StoreUnavailable)
    assert "security_exception" in str(caught.value)
