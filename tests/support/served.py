"""The program as it is installed, serving a workspace of its own, for tests that are no C programs."""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

PASSWORD = "seven grey herons wade"


def fail(*words):
    print(*words, file=sys.stderr, flush=True)
    sys.exit(1)


def run(*argv, **more):
    """What a program prints; it must end well."""
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=1800, **more)
    if done.returncode != 0:
        fail(" ".join(argv), f"ended with {done.returncode}:\n", done.stdout, done.stderr)
    return done.stdout


class Server:
    """One server. `boss` is a user who has not signed in yet and enrols with `code`; `before` is given the server
    before it serves, to fill its workspace."""

    def __init__(self, folder, listen="http://127.0.0.1:0", before=None, options=()):
        self.program = os.path.join(os.environ["PROBITY_BUILD"], "probity")
        # What a sanitizer reads when a process ends lies beyond the reach that a server keeps to.
        leaks = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.environment = dict(os.environ, XDG_CONFIG_HOME=folder, LC_ALL="C.UTF-8", ASAN_OPTIONS=leaks.lstrip(":"))
        self.workspace = os.path.join(folder, "ws")
        self.say("init", self.workspace)
        self.code = json.loads(self.say("users", "add", "boss", "-w", self.workspace, "--json", "--role",
                                        "administrator", "--role", "data_steward"))["code"]
        if before is not None:
            before(self)
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [self.program, "serve", "-w", self.workspace, "--listen", listen, *options], cwd=folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.address, self.token, self.given, self.factor = None, None, [], None
        while self.address is None:
            line = self.process.stdout.readline()
            if not line:
                fail("The server ended before it served:\n", self.told())
            found = re.search(r"https?://127\.0\.0\.1:\d+", line)
            self.address = found and found.group(0)

    def say(self, *words):
        return run(self.program, *words, env=self.environment)

    def told(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        if self.process.wait() != 0:
            fail("The server ended with", self.process.returncode, "\n", self.told())

    def kill(self):
        self.process.kill()
        self.process.wait()


def code_of(address):
    """The code that an app shows for an address otpauth://… (RFC 6238)."""
    secret = re.search(r"secret=([A-Z2-7]+)", address).group(1)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def ask(server, method, path, body=None, context=None):
    """The status and the JSON of an answer."""
    headers = {"Content-Type": "application/json"}
    if server.token is not None:
        headers["Authorization"] = f"Bearer {server.token}"
    if body is not None and body.get("cookie"):
        headers["Origin"] = server.address  # cookies are given to pages of the server alone
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.address + path, data, headers, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=60, context=context)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read()
        server.given = answer.headers.get_all("Set-Cookie") or []
        return answer.status, json.loads(text) if text else None


def must(server, method, path, body=None, context=None):
    status, answer = ask(server, method, path, body, context)
    if status not in (200, 201, 202, 204):
        fail(method, path, status, answer)
    return answer


def sign_in_first(server, context=None):
    """`boss` enrols, with the second factor that the role asks for; asks by a token from then on."""
    server.token = enrolled(server, "boss", server.code, context)["token"]


def enrolled(server, name, code, context=None, **more):
    """The last step of enrolling somebody, with a second factor where one is asked for: its address is server.factor."""
    step = must(server, "POST", "/api/v1/enrol", {"name": name, "code": code, "password": PASSWORD, **more}, context)
    server.factor = None
    if step["step"] == "needs_enrol":
        factor = must(server, "POST", "/api/v1/sign-in/factor", {"ticket": step["ticket"]}, context)
        server.factor = factor["address"]
        step = must(server, "POST", "/api/v1/sign-in/new-factor", {
            "ticket": step["ticket"], "begun": factor["begun"], "code": code_of(factor["address"]), **more}, context)
    return step
