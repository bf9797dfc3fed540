"""Mail, sent to a real server of mail by the program, and read by Python's reader."""

import concurrent.futures
import os
import socket
import subprocess
import threading

import pytest

from conftest import PROGRAM
from smtp_server import MailServer

PASSWORD = "päss word"


@pytest.fixture
def mail_server(tmp_path):
    servers = []

    def start(**options):
        servers.append(MailServer(tmp_path, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def send(mail_server, /, *arguments, to="ada@example.org", **settings):
    """Runs `waymark mail`; settings are those of mail, without the prefix."""
    scheme = "smtps" if mail_server.tls == "first" else "smtp"
    settings = {
        "server": f"{scheme}://localhost:{mail_server.port}",
        "from": "Example Shop <shop@example.com>", **settings}
    environment = {f"WAYMARK_MAIL_{name.upper()}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [PROGRAM, "mail", to, *arguments], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=90)


def test_a_mail_arrives_as_it_was_written(mail_server):
    server = mail_server()
    text = "\n".join([
        ".", "..", ".dot", "Grüße, 漢字 👩‍👩‍👧", "=20", "From me", "x" * 3000, "blanks  ", "\ttab", "",
        "end"])
    subject = "Wie war's? " + "Straßenbahnhaltestelle " * 10 + "ends"
    answer = send(server, "--subject", subject, "--text", text)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"smtp://localhost:{server.port} took the mail to ada@example.org.\n"
    [mail] = server.mails
    assert mail.text() == text + "\n"
    assert mail.mail["subject"] == subject
    assert mail.mail["from"] == "Example Shop <shop@example.com>"
    assert (mail.sender, mail.recipients) == ("shop@example.com", ["ada@example.org"])
    assert mail.mail["message-id"].endswith("@example.com>")
    assert mail.mail["date"].datetime.tzinfo is not None
    assert not mail.mail.defects
    assert max(map(len, mail.content.split(b"\r\n"))) <= 78
    assert b"\n" not in mail.content.replace(b"\r\n", b"")


@pytest.mark.parametrize("tls", ["asked", "first"])
def test_mail_is_encrypted_and_signed_in(mail_server, tls):
    server = mail_server(tls=tls, user=("shop", PASSWORD))
    answer = send(
        server, user="shop", password=PASSWORD, tls="always", certificates=server.certificate)
    assert answer.returncode == 0, answer.stderr
    [mail] = server.mails
    assert mail.encrypted and mail.user == "shop"


def test_a_wrong_password_is_told_but_not_shown(mail_server):
    server = mail_server(tls="asked", user=("shop", PASSWORD))
    answer = send(
        server, user="shop", password="hunter2-hunter2", tls="always",
        certificates=server.certificate)
    assert answer.returncode == 1 and not server.mails
    assert "refuses mail.user and mail.password" in answer.stderr
    assert "hunter2" not in answer.stderr + answer.stdout


def test_nothing_is_sent_in_the_clear_where_encryption_is_demanded(mail_server):
    server = mail_server()
    answer = send(server, tls="always")
    assert answer.returncode == 1 and not server.mails
    assert "offers no TLS" in answer.stderr


def test_a_certificate_that_nobody_vouches_for_is_refused(mail_server):
    for tls in ["asked", "first"]:
        server = mail_server(tls=tls)
        answer = send(server, tls="always")
        assert answer.returncode == 1 and not server.mails
        assert "certificate can't be trusted" in answer.stderr


@pytest.mark.parametrize("command, reply, told, remedy", [
    ("RCPT", "550 5.1.1 <ada@example.org> nobody", "refuses the address: 550 5.1.1 <…> nobody",
     "another address"),
    ("RCPT", "451 4.7.1 greylisted", "no mail now: 451 4.7.1 greylisted", "later"),
    ("MAIL", "553 5.7.1 not yours", "no mail from here: 553 5.7.1 not yours", "mail.from"),
    ("MAIL", "421 too busy", "no mail now: 421 too busy", "later"),
    ("DATA", "554 5.7.1 spam\x1b[2J", "refuses the mail: 554 5.7.1 spam", "what the mail says"),
    ("DATA", "452 4.3.1 full", "no mail now: 452 4.3.1 full", "later"),
])
def test_refusals_are_told_with_the_server_s_words(mail_server, command, reply, told, remedy):
    server = mail_server(replies={command: reply})
    answer = send(server)
    assert answer.returncode == 1 and not server.mails
    assert told in answer.stderr and remedy in answer.stderr
    assert "ada@example.org" not in answer.stderr and "\x1b" not in answer.stderr


def test_a_server_that_is_not_there_or_goes_away_is_told(mail_server):
    server = mail_server()
    answer = send(server, server="smtp://nobody.invalid:25")
    assert answer.returncode == 1 and "not known" in answer.stderr
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def greet_and_go():
            connection, _ = listener.accept()
            connection.sendall(b"220 hello\r\n")
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=greet_and_go, daemon=True)
        thread.start()
        answer = send(server, server=f"smtp://127.0.0.1:{port}")
        thread.join(timeout=10)
    assert answer.returncode == 1, answer.stdout
    answer = send(server, server=f"smtp://127.0.0.1:{port}")
    assert answer.returncode == 1 and "Nothing answers" in answer.stderr


@pytest.mark.parametrize("arguments, settings, problem", [
    (["--subject", "a\r\nBcc: eve@example.com"], {}, "can't be a subject"),
    ([], {"to": "a@example.com> NOTIFY=SUCCESS"}, "no address of mail"),
    (["--set", "mail.password=hunter2"], {}, "mail.password is secret"),
    ([], {"server": "smtp://mail.example.com", "tls": "never", "user": "a",
          "password": "hunter2"}, "mail.password would be sent"),
    ([], {"server": "mail.example.com"}, "can't be the value of mail.server"),
    ([], {"from": "nobody"}, "can't be the value of mail.from"),
    ([], {"from": ""}, "only one is set"),
])
def test_what_is_asked_wrongly_is_refused(mail_server, arguments, settings, problem):
    server = mail_server()
    answer = send(server, *arguments, **settings)
    assert answer.returncode == 64 and not server.mails
    assert problem in answer.stderr and "hunter2" not in answer.stderr


def test_many_at_a_time_all_arrive(mail_server):
    server = mail_server()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda n: send(server, "--subject", str(n)), range(12))
        assert [answer.returncode for answer in answers] == [0] * 12
    assert {mail.mail["subject"] for mail in server.mails} == {str(n) for n in range(12)}
