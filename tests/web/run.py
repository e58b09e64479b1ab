#!/usr/bin/env python3
"""People's journeys through the screens, in Debian's Chromium, against a real server with the demo's records.

Usage: PROBITY_ROOT=… PROBITY_BUILD=… tests/web/run.py [--pictures | --whole | --combined] [NAME…]
NAME: only journeys that have it in their name. --pictures: only the screenshots of the manual, into doc/manual/screens/.
--whole: the sweep over all pages combines every language, theme and size instead of taking turns.
--combined: journeys combine every language and size.
Each journey runs in the languages and sizes it names, each at least once; axe-core looks at every page it stops at.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from served import Server, fail, must, run, sign_in_first  # noqa: E402

import calls  # noqa: E402
import people  # noqa: E402
import records  # noqa: E402

WEB = os.path.join(ROOT, "web")
HERE = os.path.join(ROOT, "tests", "web")


def bundled(folder):
    """The journeys as one file that Node takes."""
    out = os.path.join(folder, "journeys.mjs")
    run("node", os.path.join(WEB, "node_modules", "esbuild", "bin", "esbuild"), os.path.join(HERE, "main.ts"), "--bundle", "--platform=node",
        "--format=esm", "--log-level=warning", "--external:playwright-core", "--external:chromium-bidi", "--external:../pages/*", f"--outfile={out}", cwd=WEB,
        env=dict(os.environ, NODE_PATH=os.path.join(WEB, "node_modules")))
    os.symlink(os.path.join(WEB, "node_modules"), os.path.join(folder, "node_modules"))
    return out


def free_port():
    """Passkeys are bound to a site by its name and port, which have to be said before the server is there."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def requests_fit(server):
    """Told as the journeys are: number 0 comes before them."""
    faults, count = calls.wrong(ROOT, must(server, "GET", "/openapi.json"))
    if count < 100:
        faults.append(f"only {count} requests were found in web/src")
    print(f"{'not ok' if faults else 'ok'} 0 - the requests of the screens are as the server's description has them", flush=True)
    for fault in faults:
        print("# " + fault, flush=True)
    return not faults


def main():
    if not os.path.isdir(os.path.join(WEB, "node_modules")):
        fail("The pinned packages of web/ are not there: ./test fetches them.")
    if shutil.which("chromium") is None:
        fail("There is no chromium: ./test installs it.")
    folder = tempfile.mkdtemp(prefix="probity-web-")
    server = None
    try:
        at = f"localhost:{free_port()}"
        server = Server(folder, listen=f"http://127.0.0.1:{at.split(':')[1]}", options=("--site", "localhost", "--origin", f"http://{at}"),
                        before=lambda made: made.say("import", os.path.join(ROOT, "demo"), "-w", made.workspace))
        sign_in_first(server)
        everybody, proofs = people.make(server)
        records.make(server)
        ui5 = os.path.join(WEB, "node_modules", "@ui5", "webcomponents", "dist", "generated", "assets", "i18n")
        told = {"address": f"http://{at}", "people": everybody, "proofs": proofs, "program": server.program, "workspace": server.workspace, "pictures": os.path.join(ROOT, "doc", "manual", "screens"),
                "failures": os.environ.get("PROBITY_WEB_FAILURES", folder), "axe": os.path.join(WEB, "node_modules", "axe-core", "axe.min.js"),
                "locales": os.path.join(ROOT, "locales"),
                "ui5": {"en": os.path.join(ui5, "messagebundle_en.json"), "zh-CN": os.path.join(ui5, "messagebundle_zh_CN.json"),
                        "fa": os.path.join(WEB, "src", "i18n", "ui5-fa.json")}}
        with open(os.path.join(folder, "told.json"), "w", encoding="utf-8") as file:
            json.dump(told, file)
        asked_rightly = bool(sys.argv[1:]) or requests_fit(server)
        done = subprocess.run(["node", bundled(folder), os.path.join(folder, "told.json"), *sys.argv[1:]], cwd=folder, check=False)
        server.stop()
        sys.exit(done.returncode or not asked_rightly)
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
