"""A server of the program, nginx beside it, and wrk that asks both: processor seconds of a server by what it answered.

Both speak TLS 1.3 with a certificate for ECDSA P-256 and have as many threads that look after connections as there are processors. nginx
writes no log of requests. What counts is the time of all processes of a server while wrk asked, from /proc, not that of wrk.
"""
import contextlib
import json
import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

from processes import cpu_of, memory_of

PASSWORD = "measured by night and by day"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def unverified():
    """Each server made its own certificate: nobody vouches for it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Daemon:
    """A process with a log of its own, as a context."""

    def __init__(self, name, folder, command, url):
        self.name, self.url, self.command = name, url, command
        self.log = os.path.join(folder, f"{name}.log")
        self.process = None

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended by itself: {self.words()}")
            with contextlib.suppress(urllib.error.HTTPError, OSError):
                urllib.request.urlopen(self.url, context=unverified(), timeout=10).close()
                return
            time.sleep(0.05)
        sys.exit(f"{self.name} did not come up in a minute: {self.words()}")

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def cpu(self):
        return cpu_of(self.process.pid)

    def memory(self):
        return memory_of(self.process.pid)


NGINX = """worker_processes auto;
worker_rlimit_nofile 20000;
error_log {folder}/error.log;
pid {folder}/pid;
events {{ worker_connections 12000; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        ssl_protocols TLSv1.3;
        root {folder}/files;
    }}
}}
"""


class Nginx(Daemon):
    """Serves one file of 1,024 bytes."""

    def __init__(self, bench):
        folder, port = bench.path("nginx"), free_port()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "files"))
        for part in (bench.folder, folder, os.path.join(folder, "files")):
            os.chmod(part, 0o755)  # its processes run as a user of their own
        file = os.path.join(folder, "files", "file")
        with open(file, "w", encoding="ascii") as out:
            out.write("x" * 1024)
        with open(os.path.join(folder, "nginx.conf"), "w", encoding="utf-8") as out:
            out.write(NGINX.format(folder=folder, port=port))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-keyout", os.path.join(folder, "key.pem"), "-out", os.path.join(folder, "certificate.pem")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        super().__init__("nginx", folder, [shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"]) or "nginx", "-p", folder, "-c",
                                           os.path.join(folder, "nginx.conf"), "-g", "daemon off;"], f"https://127.0.0.1:{port}/file")


class Served(Daemon):
    """A workspace that is served, and somebody who is signed in there."""

    def __init__(self, bench, workspace, key, name, role="service"):
        self.program, self.bench, self.at, self.token = bench.program, bench, ["-w", workspace, "--key-file", key], None
        self.user, self.role = name, role
        self.base = f"https://localhost:{free_port()}"
        super().__init__("serve-" + name, bench.folder, [bench.program, "serve", *self.at, "--listen", self.base.removeprefix("https://"), "--per-address",
                                              "11000"], self.base + "/readyz")

    def sign_in(self):
        said = subprocess.run([self.program, "users", "add", self.user, *self.at, "--role", self.role, "--json"], check=True,
                              stdout=subprocess.PIPE, encoding="utf-8").stdout
        self.token = self.ask("/api/v1/enrol", {"name": self.user, "code": json.loads(said)["code"], "password": PASSWORD})["token"]

    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def ask(self, path, body=None):
        head = {"Content-Type": "application/json", **self.headers()}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, data, head), context=unverified(), timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            sys.exit(f"{path} was answered with {refused.code}: {refused.read().decode(errors='replace')}")

    def ids(self, plural, sort, count):
        """Of `count` records in that order: with a sort by name they lie all over the table."""
        found, cursor = [], ""
        while len(found) < count:
            page = self.ask(f"/api/v1/{plural}?limit=200&sort={sort}&fields={sort}{cursor}")
            found += [one["id"] for one in page["records"]]
            if not page["next"]:
                break
            cursor = f"&cursor={urllib.request.quote(page['next'])}"
        return found[:count]


class Asked:
    """What wrk said of one round, and the processor seconds of the server in it."""

    def __init__(self, server, connections, seconds, script=None, url=None):
        before = server.cpu()
        said = subprocess.run(["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "--latency",
                               *(["-s", script] if script else []), url or server.url],
                              check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        self.cpu = server.cpu() - before
        self.requests = int(re.search(r"(\d+) requests in", said)[1])
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
        self.p50, self.p99 = (milliseconds(re.search(rf"{part}%\s+([\d.]+)(us|ms|s|m)\b", said)) for part in ("50", "99"))
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        lost = re.search(r"Socket errors: (.*)", said)
        self.refused = int(wrong[1]) if wrong else 0
        if lost or not self.requests:
            sys.exit(f"{server.name}: of {self.requests} requests some were not answered: {said}\n{server.words()}")
        self.cost = self.cpu / self.requests * 1e6  # microseconds of a processor

    def whole(self, server):
        if self.refused:
            sys.exit(f"{server.name}: {self.refused} of {self.requests} requests were refused: {server.words()}")
        return self


def milliseconds(found):
    return float(found[1]) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[found[2]]


def room_for(files):
    """As many files as that may be open, here and in what is started from here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files <= hard or hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= files
