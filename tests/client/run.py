#!/usr/bin/env python3
"""A client library is made of the server's /openapi.json by a generator that knows nothing of it, compiled
strictly, and does a program's work with it. Usage: PROBITY_ROOT=… PROBITY_BUILD=… tests/client/run.py

shows: INT-1
"""

import os
import shutil
import sys
import tempfile
import urllib.request

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from served import Server, fail, run  # noqa: E402

HERE = os.path.join(ROOT, "tests", "client")
TOOLS = os.path.join(HERE, "node_modules", ".bin")


def described(server, folder):
    """What the server says of itself, as a file."""
    path = os.path.join(folder, "openapi.json")
    with urllib.request.urlopen(server.address + "/openapi.json") as answer, open(path, "wb") as out:
        out.write(answer.read())
    return path


def main():
    if not os.path.isdir(TOOLS):
        fail("The pinned packages of tests/client are not there: ./test fetches them.")
    folder = tempfile.mkdtemp(prefix="probity-client-")
    server = None
    try:
        server = Server(folder)
        for name in ("journey.ts", "tsconfig.json", "package.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        os.symlink(os.path.join(HERE, "node_modules"), os.path.join(folder, "node_modules"))
        run(os.path.join(TOOLS, "openapi-typescript"), described(server, folder), "-o", "schema.d.ts", cwd=folder)
        run(os.path.join(TOOLS, "tsc"), "-p", ".", cwd=folder)
        print(run("node", "journey.js", server.address, "boss", server.code, cwd=folder), end="")
        server.stop()
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
