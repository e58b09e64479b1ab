"""A small mail server for tests: keeps what it is sent, and refuses what the test says.

Usage: smtp_sink.py FOLDER
Listens at three ports of 127.0.0.1, which it writes into FOLDER/ports once it is ready: STARTTLS, TLS from the first byte, neither.
FOLDER/authority.pem signed its certificate (for localhost). Every message is FOLDER/N.eml, with login, sender and recipient
before it. Login “crm” with the secret “open sesame” is let in; without TLS no login is offered. Recipients: later@ is
answered 451, never@ 550, hang@ not at all.
"""
import base64
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
count = 0


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificate():
    with open(os.path.join(folder, "names"), "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=authority", "-keyout", "authority.key",
            "-out", "authority.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.csr")
    openssl("x509", "-req", "-in", "own.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "30",
            "-extfile", "names", "-out", "own.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "own.pem"), os.path.join(folder, "own.key"))
    return context


class Talk(socketserver.BaseRequestHandler):
    def say(self, text):
        self.request.sendall(text.encode() + b"\r\n")

    def line(self):
        while b"\r\n" not in self.bytes:
            more = self.request.recv(65536)
            if not more:
                raise ConnectionError
            self.bytes += more
        line, self.bytes = self.bytes.split(b"\r\n", 1)
        return line.decode("utf-8", "replace")

    def secure(self):
        self.request = context.wrap_socket(self.request, server_side=True)
        self.safe = True

    def greet(self):
        if self.server.mode == "starttls" and not self.safe:
            self.say("250-sink")
            self.say("250 STARTTLS")
        elif self.safe:
            self.say("250-sink")
            self.say("250 AUTH PLAIN LOGIN")
        else:
            self.say("250 sink")

    def login(self, line):
        given = line.split(" ")[2:]
        if not given:
            self.say("334 ")
            given = [self.line()]
        name, secret = base64.b64decode(given[0]).decode().split("\0")[1:]
        self.user = name if (name, secret) == ("crm", "open sesame") else ""
        self.say("235 welcome" if self.user else "535 5.7.8 Authentication credentials invalid")

    def recipient(self, line):
        if "<later@" in line:
            self.say("451 4.2.1 Mailbox busy, come again")
        elif "<never@" in line:
            self.say("550 5.1.1 No such mailbox")
        elif "<hang@" in line:
            time.sleep(30)
        else:
            self.to = line
            self.say("250 ok")

    def contents(self):
        global count
        self.say("354 go on")
        lines = []
        while (line := self.line()) != ".":
            lines.append(line[1:] if line.startswith(".") else line)
        with lock:
            count += 1
            path = os.path.join(folder, f"{count}.eml")
            with open(path + ".part", "w", encoding="utf-8", newline="") as file:
                file.write("\n".join([self.user, self.sender, self.to, ""]) + "\r\n".join(lines))
            os.rename(path + ".part", path)
            self.say(f"250 2.0.0 kept as {count}")

    def handle(self):
        self.bytes, self.safe, self.user, self.sender, self.to = b"", False, "", "", ""
        try:
            if self.server.mode == "tls":
                self.secure()
            self.say("220 sink")
            while True:
                line = self.line()
                verb = line.split(" ")[0].upper()
                if verb in ("EHLO", "HELO"):
                    self.greet()
                elif verb == "STARTTLS" and self.server.mode == "starttls":
                    self.say("220 go on")
                    self.secure()
                elif verb == "AUTH" and self.safe:
                    self.login(line)
                elif verb == "MAIL":
                    self.sender = line
                    self.say("250 ok")
                elif verb == "RCPT":
                    self.recipient(line)
                elif verb == "DATA":
                    self.contents()
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("502 not known here")
        except (ConnectionError, ssl.SSLError, socket.timeout):
            pass


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


context = certificate()
ports = []
for mode in ("starttls", "tls", "plain"):
    server = Sink(("127.0.0.1", 0), Talk)
    server.mode = mode
    ports.append(str(server.server_address[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
with open(os.path.join(folder, "ports.part"), "w", encoding="ascii") as file:
    file.write(" ".join(ports) + "\n")
os.rename(os.path.join(folder, "ports.part"), os.path.join(folder, "ports"))
threading.Event().wait()
