#!/usr/bin/env python3
"""Tools of attackers against the live server: tests/attack/run.py TOOL [SECONDS]

TOOL is sslscan, slowhttptest, ffuf, sqlmap or wapiti; what has a length of its own takes SECONDS (60).
Nothing may be found, the server must answer others meanwhile and at the end, and its log must hold no
failure of its own. Wants PROBITY_ROOT, PROBITY_BUILD and the tool.

shows: SEC-1 SEC-4
"""

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
import xml.etree.ElementTree as xml

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from served import Server, ask, fail, must, sign_in_first  # noqa: E402

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
                status = self.look_once()
            except OSError as error:
                status = error
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.count += 1
            if status != 200 and self.fault is None:
                self.fault = status
            time.sleep(0.2)

    def look_once(self):
        """From another address: the one that attacks may be turned away as a whole."""
        port = int(self.server.address.rsplit(":", 1)[1])
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=OURS, source_address=("127.0.0.2", 0))
        try:
            line.request("GET", "/api/v1/accounts?limit=5", headers={"Authorization": f"Bearer {self.server.token}"})
            return line.getresponse().status
        finally:
            line.close()

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
    """Without signing in, nothing answers but what is for everybody, and nothing fails."""
    openapi, words, out = paths_of(server), os.path.join(folder, "words"), os.path.join(folder, "ffuf.json")
    known = {part for path in openapi for part in path.split("/") if part and not part.startswith("{")}
    common = {"admin", "login", "config", ".env", ".git/config", "backup", "backup.zip", "ws", "key", "debug", "server-status",
              "phpinfo.php", "wp-login.php", "actuator", "actuator/env", "console", "swagger", "graphql", "api", "api/v2",
              "..;/", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "a%0d%0aSet-Cookie:%20x=1", "ledger",
              "metrics/", "healthz/x", "static", "assets", "users", "token", "secrets", "dump.sql", "data.sqlite"}
    with open(words, "w", encoding="utf-8") as file:
        for word in sorted(known | common):
            for before in ("", "api/v1/", "api/v1/accounts/", "oauth/"):
                for behind in ("", "/", ".json", ".bak", "?debug=1", "/%2e%2e"):
                    file.write(before + word + behind + "\n")
    use("ffuf", "-s", "-k", "-w", words, "-u", server.address + "/FUZZ", "-mc", "all", "-fc", "400,401,403,404,405,415,429",
        "-maxtime", str(seconds * 5), "-o", out, "-of", "json", seconds=seconds * 5 + 60)
    with open(out, encoding="utf-8") as file:
        results = json.load(file)["results"]
    open_paths = {path for path, item in openapi.items() if any(
        isinstance(o, dict) and ("security" not in o or o["security"] == [] or {} in o["security"])
        for o in item.values())} | {"/"}
    strange = [(r["url"], r["status"]) for r in results
               if r["status"] >= 500 or re.sub(r"[?].*$", "", r["url"].removeprefix(server.address)) not in open_paths]
    if strange:
        fail("answered without a sign-in:", strange[:20])
    return f"{len(results)} answers, all of what is open to everybody"


def sqlmap(server, folder, _seconds):
    made = must(server, "POST", "/api/v1/accounts", {"fields": {"name": "Acme"}}, OURS)["record"]["id"]
    asked = [("/api/v1/accounts?filter=name%3D%27Acme%27&sort=name&fields=name&limit=5&cursor=x", "filter,sort,fields,limit,cursor"),
             ("/api/v1/accounts/search?q=acme&limit=5", "q,limit"),
             (f"/api/v1/accounts/{made}*?provenance=true", None)]
    for address, names in asked:
        told = use("sqlmap", "--batch", "--disable-coloring", "--level=2", "--risk=2", "--threads=4", "--flush-session",
                   "--ignore-code=*", "--output-dir", os.path.join(folder, "sqlmap"), "-H",
                   f"Authorization: Bearer {server.token}", "-u", server.address + address,
                   *(["-p", names] if names else []), seconds=3600)
        if "all tested parameters do not appear to be injectable" not in told or "injection point" in told:
            fail("sqlmap says:", told[-4000:])
    return f"{len(asked)} addresses, no parameter of which reaches a statement"


def wapiti(server, folder, seconds):
    out = os.path.join(folder, "wapiti.json")
    pages = [arg for path in sorted(paths_of(server)) if "{" not in path and "metrics" not in path
             for arg in ("-s", f"{server.address}{path}?q=a&filter=name%3D%27a%27&limit=5")]
    use("wapiti", "-u", server.address + "/", *pages, "--scope", "domain", "--flush-session", "--no-bugreport",
        "--verify-ssl", "0", "-m", "sql,timesql,xss,exec,file,crlf,xxe,ssrf,redirect,backup,htaccess,methods",
        "-H", f"Authorization: Bearer {server.token}", "--max-scan-time", str(seconds * 10),
        "-f", "json", "-o", out, "--store-session", os.path.join(folder, "wapiti"), seconds=seconds * 10 + 600)
    with open(out, encoding="utf-8") as file:
        report = json.load(file)
    found = {kind: faults for group in ("vulnerabilities", "anomalies") for kind, faults in report[group].items() if faults}
    if found:
        fail("wapiti found:", json.dumps(found, indent=1)[:6000])
    return f"{len(pages) // 2} addresses"


def main():
    tools = {tool.__name__: tool for tool in (sslscan, slowhttptest, ffuf, sqlmap, wapiti)}
    if len(sys.argv) < 2 or sys.argv[1] not in tools:
        fail("Usage: tests/attack/run.py", "|".join(tools), "[SECONDS]")
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    folder = tempfile.mkdtemp(prefix="probity-attack-")
    server = None
    try:
        server = Server(folder, "https://127.0.0.1:0")
        sign_in_first(server, OURS)
        told = tools[sys.argv[1]](server, folder, seconds)
        if ask(server, "GET", "/api/v1/accounts?limit=5", context=OURS)[0] != 200:
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
