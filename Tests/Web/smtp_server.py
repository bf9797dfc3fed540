"""A real server of mail on this machine: aiosmtpd, with what a test wants of it."""

import asyncio
import email
import email.policy
import ssl
import subprocess
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Received:
    """A mail as it arrived."""

    def __init__(self, envelope, session, transport):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.content = envelope.content
        self.encrypted = transport.get_extra_info("ssl_object") is not None
        self.user = session.auth_data
        self.mail = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)

    def text(self, kind="plain"):
        part = self.mail.get_body((kind,))
        return part and part.get_content().replace("\r\n", "\n")


class Handler:
    """Takes mails; `replies` says what is answered instead to a command.

    While it is `slow` it says only later that it has taken a mail.
    """

    def __init__(self, replies):
        self.replies, self.mails, self.slow = replies, [], False

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.mails.append(Received(envelope, session, server.transport))
        while self.slow:
            await asyncio.sleep(0.02)
        return "250 OK"


class MailServer(Controller):
    """Runs in a thread from the moment it is made until `stop`."""

    def __init__(self, folder, tls=None, user=None, replies=None):
        self.certificate = None
        self.tls, self.user = tls, user
        context = self._context(folder) if tls else None
        handler = Handler(replies or {})
        self.context = context
        super().__init__(
            handler, hostname="127.0.0.1", port=0, ready_timeout=60,
            ssl_context=context if tls == "first" else None)
        self.start()

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def _context(self, folder):
        key, self.certificate = folder / "mail-key.pem", folder / "mail-certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
             self.certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost"], check=True, capture_output=True, timeout=60)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        return context

    def factory(self):
        def check(server, session, envelope, mechanism, data):
            given = (data.login.decode(), data.password.decode())
            return AuthResult(success=given == self.user, handled=False, auth_data=given[0])

        return SMTP(
            self.handler, hostname="mail.example.com", data_size_limit=1 << 20,
            authenticator=check if self.user else None, auth_required=bool(self.user),
            auth_require_tls=self.tls != "first",
            tls_context=self.context if self.tls == "asked" else None)

    @property
    def mails(self):
        return self.handler.mails

    def names(self):
        """What tells the mails apart: one that was sent twice has one `Message-ID`."""
        return {mail.mail["Message-ID"] for mail in self.mails}

    def wait_for(self, count, seconds=180):
        """The mails, once there are so many."""
        end = time.monotonic() + seconds
        while len(self.mails) < count:
            assert time.monotonic() < end, f"{len(self.mails)} of {count} mails came."
            time.sleep(0.02)
        return self.mails
