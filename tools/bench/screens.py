"""How long somebody waits for a list: from the click on home until its rows are painted, in Chromium, among as many contacts.

Each round is a browser that was never there: it comes home, rests as a reader does, and clicks (cold: code, server and list are asked for the
first time); then it goes home and clicks once more (warm). The page, the server and the browser share the processors.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import urllib.request

from served import PASSWORD, Served, unverified

ROUNDS = 5
HERE = os.path.dirname(os.path.abspath(__file__))
WEB = os.path.join(HERE, "..", "..", "web")


def cookie_of(served):
    """Somebody new, signed in as a browser is."""
    said = subprocess.run([served.program, "users", "add", served.user, *served.at, "--role", served.role, "--json"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    body = json.dumps({"name": served.user, "code": json.loads(said)["code"], "password": PASSWORD, "cookie": True}).encode()
    request = urllib.request.Request(served.base + "/api/v1/enrol", body, {"Content-Type": "application/json", "Origin": served.base})
    with urllib.request.urlopen(request, context=unverified(), timeout=120) as answer:
        given = answer.headers.get_all("Set-Cookie") or []
    return next(one.split(";")[0] for one in given if one.startswith("__Host-probity="))


def measure(bench, rows, workspace, key):
    if shutil.which("chromium") is None or not os.path.isdir(os.path.join(WEB, "node_modules", "playwright-core")):
        sys.exit("The screens are measured in Chromium by playwright-core: apt install chromium; npm ci --prefix web --ignore-scripts")
    with Served(bench, workspace, key, "screens") as served:
        said = subprocess.run(["node", os.path.join(HERE, "screens.mjs"), os.path.abspath(WEB), served.base, cookie_of(served), str(ROUNDS)],
                              check=True, stdout=subprocess.PIPE, encoding="utf-8", timeout=600).stdout
    clicks = json.loads(said)
    bench.line(f"list of 50 of {rows:,} on screen after the click, first time, slowest of {ROUNDS}", max(one["cold"] for one in clicks), " ms", 300, 0)
    bench.line("  half of them within", statistics.median(one["cold"] for one in clicks), " ms", None, 0)
    bench.line("  once more, slowest", max(one["warm"] for one in clicks), " ms", 300, 0)
