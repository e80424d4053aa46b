"""An identity provider as a process of its own: it does what the standards say, until it is told to do otherwise.

`python provider.py` prints its address. Whoever comes to `/authorize` is Ada and agrees. `POST /behave` with JSON says
how to misbehave from now on; `GET /seen` tells how often each path was called.
"""

import hashlib
import hmac
import json
import secrets
import sys
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from running import CLIENT, SECRET

KEYS: dict[str, Any] = {
    "RS256": lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}),
    "ES256": lambda: ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"}),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(4), "use": "sig"}),
}


def encoded(raw: bytes) -> str:
    """Return bytes as they stand in tokens."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Provider:
    """What the provider knows.

    How it can be told to misbehave: `discovery`, `token`, `claims`, `userinfo`, `jwks` and `answer` are put over what
    it would say; `missing` names claims to leave out; `alg` signs otherwise; `hidden_key` with a key that it does not
    publish, `forged` with another key under the name of its own, `nameless` without a name; `padding` and `trailing`
    make its answers long; `forgetful` takes a code again; `redirect` sends its callers elsewhere; `mute` lets a path
    hang until the process ends; `status` answers a path with an error; `redirect_uris` are the only ones that it knows.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.behaviour: dict[str, Any] = {}
        self.keys: list[Key] = [KEYS["ES256"]()]
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: Counter[str] = Counter()
        self.ended = Event()

    def told(self, name: str) -> dict[str, Any]:
        """Return what is to be put over an answer."""
        return self.behaviour.get(name) or {}

    def discovery(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
            "padding": "x" * self.behaviour.get("padding", 0),
            **self.told("discovery"),
        }

    def authorize(self, asked: dict[str, str]) -> str | None:
        """Return where the browser goes; nowhere if that is not an address of the client's."""
        wanted = self.behaviour.get("redirect_uris")
        is_known = asked.get("client_id") == CLIENT and asked.get("code_challenge_method") == "S256"
        if not is_known or (wanted is not None and asked["redirect_uri"] not in wanted):
            return None
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer, **self.told("answer")}
        return f"{asked['redirect_uri']}?{urlencode({k: v for k, v in answer.items() if v is not None})}"

    def token(self, form: dict[str, str], credentials: tuple[str, str]) -> dict[str, Any] | None:
        """Return tokens for a code that is used for the first time, by whom and as it was asked for."""
        code = form.get("code", "")
        asked = self.codes.get(code) if self.behaviour.get("forgetful") else self.codes.pop(code, None)
        if asked is None or credentials != (CLIENT, SECRET) or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if encoded(digest) != asked["code_challenge"]:
            return None
        access_token = secrets.token_urlsafe(16)
        id_token = self.id_token(asked, access_token)
        return {"access_token": access_token, "token_type": "Bearer", "id_token": id_token, **self.told("token")}

    def id_token(self, asked: dict[str, str], access_token: str) -> str:
        """Return a signed statement of who was there."""
        now = int(time.time())
        digest = (hashlib.sha512 if self.behaviour.get("alg") == "Ed25519" else hashlib.sha256)(
            access_token.encode()
        ).digest()
        half = digest[: len(digest) // 2]
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": encoded(half),
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
            **self.told("claims"),
        }
        claims = {name: value for name, value in claims.items() if name not in self.behaviour.get("missing", ())}
        return self.signed(claims)

    def signed(self, claims: dict[str, Any]) -> str:
        """Sign, or do as if."""
        key, algorithm = self.keys[0], self.behaviour.get("alg", "ES256")
        if algorithm == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join((*(encoded(json.dumps(part).encode()) for part in parts), ""))
        if algorithm == "HS256":
            secret = {"secret": SECRET.encode(), "key": self.keys[0].as_pem(private=False)}[self.behaviour["hmac"]]
            parts = ({"alg": "HS256", "kid": key.kid}, claims)
            signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
            return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"
        signer = KEYS["ES256"]() if self.behaviour.get("hidden_key") or self.behaviour.get("forged") else key
        kid = signer.kid if self.behaviour.get("hidden_key") else key.kid
        named = {} if self.behaviour.get("nameless") else {"kid": kid}
        return jwt.encode({"alg": algorithm, **named}, claims, signer, [algorithm])


class Handler(BaseHTTPRequestHandler):
    """Answers requests."""

    provider: Provider
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer what is read."""
        path = self._arrive()
        provider = self.provider
        if path == "/seen":
            self._json(provider.seen)
        elif path == "/.well-known/openid-configuration":
            self._json(provider.discovery())
        elif path == "/jwks":
            self._json({"keys": [key.as_dict(private=False) for key in provider.keys], **provider.told("jwks")})
        elif path == "/authorize":
            location = provider.authorize(dict(parse_qsl(urlsplit(self.path).query)))
            self._answer(400 if location is None else 302, b"", location)
        elif path == "/userinfo":
            about = {"sub": "ada", "email": "ada@example.com", "email_verified": True, **provider.told("userinfo")}
            self._json(about)
        else:
            self._answer(404, b"")

    def do_POST(self) -> None:
        """Answer what is sent."""
        path = self._arrive()
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if path == "/behave":
            self.provider.behaviour = json.loads(body)
            self._json({})
        elif path == "/rotate":
            self.provider.keys = [KEYS[body or "ES256"]()]
            self._json({})
        elif path == "/token":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = self.provider.token(form, self._credentials(form))
            self._answer(400, b"{}") if given is None else self._json(given)
        else:
            self._answer(404, b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _arrive(self) -> str:
        path = urlsplit(self.path).path
        self.provider.seen[path] += 1
        if path in self.provider.behaviour.get("mute", ()):
            self.provider.ended.wait()
        return path

    def _credentials(self, form: dict[str, str]) -> tuple[str, str]:
        said = self.headers.get("authorization", "")
        if said.startswith("Basic "):
            client, _, secret = b64decode(said[6:]).decode().partition(":")
            return unquote_plus(client), unquote_plus(secret)
        return form.get("client_id", ""), form.get("client_secret", "")

    def _json(self, value: object) -> None:
        path = urlsplit(self.path).path
        status = self.provider.told("status").get(path, 200)
        body = json.dumps(value).encode() + b" " * self.provider.behaviour.get("trailing", 0)
        self._answer(status, body, self.provider.told("redirect").get(path))

    def _answer(self, status: int, body: bytes, location: str | None = None) -> None:
        self.send_response(302 if location is not None else status)
        if location is not None:
            self.send_header("location", location)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until the input ends."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"provider": provider}))
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    print(provider.issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
