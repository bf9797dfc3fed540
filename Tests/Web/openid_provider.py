"""A small OpenID provider for tests: real HTTP, real keys, and every way to answer wrongly."""

import base64
import hashlib
import hmac
import html
import http.server
import json
import secrets
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT = "waymark client"
SECRET = "se:cret+/% &"


def encoded(number):
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A key pair with the name that tokens call it by."""

    def __init__(self, name, algorithm="RS256"):
        self.name, self.algorithm = name, algorithm
        self.private = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1()))

    def public(self):
        numbers = self.private.public_key().public_numbers()
        if self.algorithm == "RS256":
            fields = {"kty": "RSA", "n": encoded(numbers.n), "e": encoded(numbers.e)}
        else:
            fields = {"kty": "EC", "crv": "P-256", "x": encoded(numbers.x), "y": encoded(numbers.y)}
        return {**fields, "kid": self.name, "use": "sig", "alg": self.algorithm}


class Provider:
    """Signs in whoever is `person`; what it says can be changed field by field."""

    def __init__(self):
        self.person = {
            "sub": "u-1", "email": "ada@example.com", "email_verified": True, "name": "Ada"}
        self.claims = {}           # what the token says otherwise than it should
        self.discovery = {}        # what the document says otherwise than it should
        self.listed = [Key("k1")]  # the keys that it tells
        self.signing = self.listed[0]
        self.algorithm = None      # "none" or "HS256": how the token is signed otherwise
        self.broken = {}           # path → status
        self.refusal = None        # why it lets nobody in
        self.asks = False          # whether a page asks before the browser is sent back
        self.calls = []            # the paths that were asked for
        self.exchanges = []        # the headers and forms of the exchanges
        self.codes = {}
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                provider.get(self, urllib.parse.urlsplit(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.exchange(self, dict(urllib.parse.parse_qsl(body)))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, **more):
        return {
            "WAYMARK_OPENID_ISSUER": self.url, "WAYMARK_OPENID_CLIENT_ID": CLIENT,
            "WAYMARK_OPENID_CLIENT_SECRET": SECRET, **more}

    def answer(self, handler, status, body, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    def get(self, handler, address):
        self.calls.append(address.path)
        if status := self.broken.get(address.path):
            self.answer(handler, status, b"<h1>Sorry</h1>", "text/html")
        elif address.path == "/.well-known/openid-configuration":
            self.answer(handler, 200, {
                "issuer": self.url, "authorization_endpoint": self.url + "/authorize?tenant=1",
                "token_endpoint": self.url + "/token", "jwks_uri": self.url + "/keys",
                **self.discovery})
        elif address.path == "/keys":
            self.answer(handler, 200, {"keys": [key.public() for key in self.listed]})
        elif address.path == "/authorize":
            self.authorize(handler, dict(urllib.parse.parse_qsl(address.query)))
        else:
            self.answer(handler, 404, {})

    def authorize(self, handler, asked):
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        assert all(asked.get(name) == value for name, value in wanted.items()), asked
        assert asked["tenant"] == "1" and "openid" in asked["scope"].split(), asked
        fields = {"state": asked["state"], "iss": self.url}
        if self.refusal:
            fields |= {"error": "access_denied", "error_description": self.refusal}
        else:
            fields["code"] = secrets.token_urlsafe(16)
            self.codes[fields["code"]] = asked
        back = asked["redirect_uri"] + "?" + urllib.parse.urlencode(fields)
        if not self.asks:
            return self.answer(handler, 302, b"", Location=back)
        page = (
            "<!doctype html><html lang=en><title>Provider</title><link rel=icon href=data:,><h1>Provider</h1>"
            f'<a href="{html.escape(back)}">Continue as {html.escape(self.person["name"])}</a>')
        self.answer(handler, 200, page.encode(), "text/html; charset=utf-8")

    def exchange(self, handler, form):
        self.calls.append("/token")
        self.exchanges.append((dict(handler.headers), form))
        if status := self.broken.get("/token"):
            return self.answer(handler, status, b"")
        kind, _, pair = handler.headers.get("Authorization", "").partition(" ")
        pair = base64.b64decode(pair).decode().split(":")
        if kind != "Basic" or [urllib.parse.unquote(part) for part in pair] != [CLIENT, SECRET]:
            return self.answer(handler, 401, {"error": "invalid_client"})
        asked = self.codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (asked is None or form.get("grant_type") != "authorization_code"
                or form.get("redirect_uri") != asked["redirect_uri"]
                or challenge != asked["code_challenge"]):
            return self.answer(
                handler, 400, {"error": "invalid_grant", "error_description": "not <yours>"})
        self.answer(handler, 200, {
            "access_token": "a", "token_type": "Bearer", "id_token": self.token(asked["nonce"])})

    def token(self, nonce):
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce,
            **self.person, **self.claims}
        headers = {"kid": self.signing.name}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers=headers)
        if self.algorithm == "HS256":
            # By what everybody knows: PyJWT itself refuses to sign with a public key.
            parts = [{"alg": "HS256", **headers}, claims]
            text = ".".join(
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
                for part in parts)
            secret = json.dumps(self.signing.public()).encode()
            code = hmac.new(secret, text.encode(), "sha256").digest()
            return text + "." + base64.urlsafe_b64encode(code).rstrip(b"=").decode()
        return jwt.encode(
            claims, self.signing.private, algorithm=self.signing.algorithm, headers=headers)
