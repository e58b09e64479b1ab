#!/usr/bin/env python3
"""Tools of attackers against the live server: tests/attack/run.py TOOL [SECONDS]

TOOL is sslscan, slowhttptest, ffuf, sqlmap or wapiti; what has a length of its own takes SECONDS (60).
What is attacked comes from the server's own /openapi.json: sqlmap is given every operation with a value at each
free place of its address and body, wapiti every address that is read, ffuf all paths in all methods. Nothing may
be found, the server must answer others meanwhile and at the end, and its log must hold no failure of its own.
Wants PROBITY_ROOT, PROBITY_BUILD and the tool.

shows: SEC-1 SEC-4
"""

import collections
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree as xml

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "generated"))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from office import Office  # noqa: E402
from run import OWN, Run, operations  # noqa: E402
from schema import get, put  # noqa: E402
from served import Server, fail, must, sign_in_first  # noqa: E402

LEAST = 8  # requests of an operation, below which it was not attacked
OURS = ssl.create_default_context()
OURS.check_hostname = False
OURS.verify_mode = ssl.CERT_NONE  # the certificate is of this moment, and not what is tried here


def use(*argv, seconds, ends=(0,)):
    """What a tool prints; it must end by itself in time."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=seconds)
    except FileNotFoundError:
        fail(argv[0], "is not installed: tools/packages names it, ./test --long installs it.")
    except subprocess.TimeoutExpired:
        fail(argv[0], "did not end in", seconds, "seconds")
    if done.returncode not in ends:
        fail(*argv, "ended with", done.returncode, "\n", done.stdout, done.stderr)
    return done.stdout + done.stderr


def served(server):
    """The status of somebody else's request: from another address, since the one that attacks may be turned away as a whole."""
    scheme, _, place = server.address.partition("://")
    make, more = (http.client.HTTPSConnection, {"context": OURS}) if scheme == "https" else (http.client.HTTPConnection, {})
    line = make("127.0.0.1", int(place.rsplit(":", 1)[1]), timeout=60, source_address=("127.0.0.2", 0), **more)
    try:
        line.request("GET", "/api/v1/accounts?limit=5", headers={"Authorization": f"Bearer {server.token}"})
        return line.getresponse().status
    finally:
        line.close()


class Watch:
    """Somebody else's requests, one after another: each must be answered within `patience` seconds."""

    def __init__(self, server, patience):
        self.server, self.patience = server, patience
        self.slowest, self.count, self.fault, self.over = 0.0, 0, None, False
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.over:
            begun = time.monotonic()
            try:
                status = served(self.server)
            except OSError as error:
                status = error
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.count += 1
            if status != 200 and self.fault is None:
                self.fault = status
            time.sleep(0.2)

    def end(self):
        self.over = True
        self.thread.join()
        if self.fault is not None or self.slowest > self.patience or self.count == 0:
            fail("Others were not served:", self.fault, f"{self.slowest:.2f} s at most, {self.count} requests")
        return f"{self.count} other requests were answered, the slowest in {self.slowest:.2f} s"


def sslscan(server, folder, _seconds):
    out = os.path.join(folder, "sslscan.xml")
    use("sslscan", f"--xml={out}", server.address.removeprefix("https://"), seconds=600)
    test = xml.parse(out).getroot().find("ssltest")
    spoken = {f"{p.get('type')}{p.get('version')}" for p in test.findall("protocol") if p.get("enabled") == "1"}
    ciphers = test.findall("cipher")
    weak = [c.get("cipher") for c in ciphers
            if int(c.get("bits")) < 128 or re.search("NULL|RC4|DES|MD5|EXP|anon|ADH|AECDH|CBC_SHA$", c.get("cipher"))]
    bleeding = [h.get("sslversion") for h in test.findall("heartbleed") if h.get("vulnerable") == "1"]
    squeezed = [c for c in test.findall("compression") if c.get("supported") == "1"]
    if spoken != {"tls1.2", "tls1.3"} or weak or bleeding or squeezed or not ciphers:
        fail("spoken:", spoken, "weak:", weak, "heartbleed:", bleeding, "compression:", len(squeezed))
    return f"{len(ciphers)} ciphers, {', '.join(sorted(spoken))}"


def slowhttptest(server, folder, seconds):
    """Heads, bodies and readers that take their time, each from hundreds of connections."""
    kinds = {"heads": ["-H"], "bodies": ["-B"], "readers": ["-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"]}
    told = []
    for name, options in kinds.items():
        watch = Watch(server, patience=10)
        use("slowhttptest", *options, "-c", "400", "-r", "100", "-i", "5", "-l", str(seconds), "-x", "24", "-p", "5",
            "-u", server.address + "/api/v1/sign-in" if name == "bodies" else server.address + "/",
            "-g", "-o", os.path.join(folder, name), seconds=seconds + 300)
        told.append(f"slow {name}: {watch.end()}")
    return "; ".join(told)


def paths_of(server):
    return must(server, "GET", "/openapi.json", context=OURS)["paths"]


def ffuf(server, folder, seconds):
    """Without signing in, nothing answers but what is for everybody, and nothing fails, whatever the method."""
    openapi, words, out = paths_of(server), os.path.join(folder, "words"), os.path.join(folder, "ffuf.json")
    known = {part for path in openapi for part in path.split("/") if part and not part.startswith("{")}
    common = {"admin", "login", "config", ".env", ".git/config", "backup", "backup.zip", "ws", "key", "debug", "server-status",
              "phpinfo.php", "wp-login.php", "actuator", "actuator/env", "console", "swagger", "graphql", "api", "api/v2",
              "..;/", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "a%0d%0aSet-Cookie:%20x=1", "ledger",
              "metrics/", "healthz/x", "static", "assets", "users", "token", "secrets", "dump.sql", "data.sqlite"}
    whole = {re.sub(r"[{][^}]*[}]", "1", path).lstrip("/") for path in openapi}
    with open(words, "w", encoding="utf-8") as file:
        for before, names in (("", known | common | whole), *((one, known | common) for one in (
                "api/v1/", "api/v1/accounts/", "oauth/"))):
            for word in sorted(names):
                for behind in ("", "/", ".json", ".bak", "?debug=1", "/%2e%2e"):
                    file.write(before + word + behind + "\n")
    open_paths = {path for path, item in openapi.items() if any(
        isinstance(o, dict) and ("security" not in o or o["security"] == [] or {} in o["security"])
        for o in item.values())} | {"/"}
    count = 0
    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        use("ffuf", "-s", "-k", "-X", verb, "-w", words, "-u", server.address + "/FUZZ", "-mc", "all", "-fc",
            "400,401,403,404,405,411,415,429", "-maxtime", str(seconds * 5), "-o", out, "-of", "json", seconds=seconds * 5 + 60)
        with open(out, encoding="utf-8") as file:
            results = json.load(file)["results"]
        strange = [(verb, r["url"], r["status"]) for r in results
                   if r["status"] >= 500 or re.sub(r"[?].*$", "", r["url"].removeprefix(server.address)) not in open_paths]
        if strange:
            fail("answered without a sign-in:", strange[:20])
        count += len(results)
    return f"{len(whole)} paths and what may lie beside them in five methods: {count} answers, all of what is open to everybody"


class Target:
    """One operation, with a request that its server takes, where one is found; and the places of it that are attacked."""

    def __init__(self, run, held):
        self.run, self.held = run, held
        self.headers = []
        if any(p["name"] == "If-Match" for p in held.operation["parameters"]):  # of every version that attacks may make
            self.headers.append(("If-Match", ", ".join(f'"{version}"' for version in range(1, 900))))
        if held.type is not None:
            self.headers.append(("Content-Type", held.type))
        self.parts = {p["name"]: str(run.make.random.choice(run.office.part(held.path, p["name"])))
                      for p in held.operation["parameters"] if p["in"] == "path"}

    def url(self, query, mark=""):
        path = self.held.path
        for name, value in self.parts.items():
            path = path.replace("{" + name + "}", urllib.parse.quote(value) + mark)
        return path + "".join(f"{'&' if i else '?'}{name}={urllib.parse.quote(str(value))}{mark}"
                              for i, (name, value, _) in enumerate(query))

    def taken(self, query, body=None):
        data = None if body is None else json.dumps(body).encode()
        return self.run.office.boss.ask(self.held.verb, self.url(query), data, self.headers)[0] < 400

    def queries(self):
        """Parameters that go together in one request; each that does not fit in goes by itself."""
        needed, _ = self.run.needed(self.held)
        more = [(p["name"], self.run.pooled(p), False) for p in self.held.operation["parameters"]
                if p["in"] == "query" and not p["required"]]
        if self.held.verb != "GET":
            return [needed + more]
        together, alone = needed, []
        for one in more:
            if self.taken([*together, one]):
                together = [*together, one]
            else:
                alone.append([*needed, one])
        return [together, *alone]

    def body(self, query):
        """A body that is taken, or the last that was tried; with a star behind each text that is free."""
        if self.held.body is None:
            return None
        for whole in (True, True, True, False, False):
            body = self.run.body_of(self.held, whole)
            if self.taken(query, body):
                break
        for at, schema in list(self.run.make.places(self.held.body)):
            old = get(body, at)
            if at and isinstance(old, str) and not {"enum", "format"} & set(schema):
                body = put(body, at, old.replace("*", "") + "*")
        return json.dumps(body, ensure_ascii=True)

    def requests(self):
        """Address and body, with a star behind what sqlmap is to change."""
        for query in self.queries():
            body = self.body(query)
            address = self.url(query, "*")
            if "*" in address + (body or ""):
                yield address, body


def targets(office):
    """Every operation but those by which the attacker ends its own session, and what waits for others. Those that tell who
    asks come last: they are soon refused to whoever guesses."""
    run = Run(office, 1, None, False)
    helds = [held for held in operations(office, False) if held.name not in OWN | {"watchJob"}]
    return [Target(run, held) for held in sorted(helds, key=lambda held: not held.closed)]


def asked(office):
    """How often each operation was asked for, as the server counts."""
    line = http.client.HTTPConnection("127.0.0.1", office.boss.port, timeout=60)
    line.request("GET", "/metrics", headers={"Authorization": "Bearer a token for those who measure"})
    told = line.getresponse().read().decode()
    line.close()
    counts = collections.Counter()
    for name, count in re.findall(r'^probity_http_requests_total\{operation="(\w+)",status="\d+"\} (\d+)$', told, re.M):
        counts[name] += int(count)
    return counts


def tried(before, after, names):
    """An attack that asked hardly anything has found nothing out."""
    counts = {name: after[name] - before[name] for name in names}
    least = min(counts, key=counts.get)
    if counts[least] < LEAST:
        fail("asked too seldom:", {name: count for name, count in counts.items() if count < LEAST})
    return f"{sum(counts.values())} requests of {len(counts)} operations, at least {counts[least]} of each ({least})"


def sqlmap(office, folder, _seconds):
    count, before, names = 0, asked(office), set()
    for target in targets(office):
        for address, body in target.requests():
            headers = [("Authorization", f"Bearer {office.server.token}"), *target.headers]
            told = use("sqlmap", "--batch", "--disable-coloring", "--dbms=sqlite", "--level=2", "--risk=2", "--threads=4",
                       "--flush-session", "--ignore-code=*", "--output-dir", os.path.join(folder, "sqlmap"),
                       "--headers", "\n".join(f"{name}: {value}" for name, value in headers), "--method", target.held.verb,
                       "-u", office.server.address + address, *(["--data", body] if body is not None else []), seconds=1200)
            # What looked like one and was not (“false positive”) is told before; this is its last word.
            if "all tested parameters do not appear to be injectable" not in told or "identified the following injection" in told:
                fail("sqlmap says of", target.held.verb, address, body, told[-4000:])
            count += 1
            names.add(target.held.name)
    return f"{count} addresses, no value of which reaches a statement; {tried(before, asked(office), names)}"


def wapiti(office, folder, seconds):
    out = os.path.join(folder, "wapiti.json")
    read = [target for target in targets(office) if target.held.verb == "GET" and target.held.name != "metrics"]
    # It attacks values of parameters: where an address has none it is given one.
    pages = [office.server.address + target.url(query or [("q", "a", False)]) for target in read for query in target.queries()]
    before = asked(office)
    use("wapiti", "-u", office.server.address + "/", *(word for page in pages for word in ("-s", page)), "--scope", "domain",
        "--flush-session", "--no-bugreport", "-m", "sql,timesql,xss,exec,file,crlf,xxe,ssrf,redirect,backup,htaccess,methods",
        "-H", f"Authorization: Bearer {office.server.token}", "--max-scan-time", str(seconds * 10),
        "-f", "json", "-o", out, "--store-session", os.path.join(folder, "wapiti"), seconds=seconds * 10 + 600)
    with open(out, encoding="utf-8") as file:
        report = json.load(file)
    found = {kind: faults for group in ("vulnerabilities", "anomalies") for kind, faults in report[group].items() if faults}
    # It takes any answer of 500 and more to a method that nobody knows for a way round a 403; the right one is 501.
    if all(office.boss.ask("ABC", fault["path"])[0] == 501 for fault in found.get("Htaccess Bypass", ())):
        found.pop("Htaccess Bypass", None)
    if found:
        fail("wapiti found:", json.dumps(found, indent=1)[:6000])
    return f"{len(pages)} addresses; {tried(before, asked(office), {target.held.name for target in read})}"


def main():
    tools = {tool.__name__: tool for tool in (sslscan, slowhttptest, ffuf, sqlmap, wapiti)}
    if len(sys.argv) < 2 or sys.argv[1] not in tools:
        fail("Usage: tests/attack/run.py", "|".join(tools), "[SECONDS]")
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    folder = tempfile.mkdtemp(prefix="probity-attack-")
    tool, server = tools[sys.argv[1]], None
    try:
        if tool in (sqlmap, wapiti):  # wants something of everything; how it gets there is not what it tries
            attacked = Office(folder)
            server = attacked.server
        else:
            attacked = server = Server(folder, "https://127.0.0.1:0")
            sign_in_first(server, OURS)
        told = tool(attacked, folder, seconds)
        if served(server) != 200:
            fail("The server serves no more")
        server.stop()
        if '"level":"error"' in server.told():
            fail("The server's log:", server.told()[-4000:])
        print(f"pass {sys.argv[1]}: {told}")
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
