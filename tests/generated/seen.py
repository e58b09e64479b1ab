#!/usr/bin/env python3
"""Every operation, with every status that the description says it can answer, was asked for in some test over HTTP.

Each program that asks leaves what it saw in the build folder's `traffic/`; this one runs after all of them, and
takes the description from a server that serves now. Wants PROBITY_ROOT and PROBITY_BUILD.

shows: INT-1
"""

import os
import shutil
import sys
import tempfile

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from served import Server, fail, must, sign_in_first  # noqa: E402


def described():
    """Pairs of operation and status; "default" is what a server that fails answers."""
    folder = tempfile.mkdtemp(prefix="probity-seen-")
    server = None
    try:
        server = Server(folder)
        sign_in_first(server)
        openapi = must(server, "GET", "/openapi.json")
        server.stop()
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    operations = [one for verbs in openapi["paths"].values() for one in verbs.values()]
    return {(one["operationId"].split("_")[0], status)
            for one in operations for status in one["responses"] if status != "default"}


def seen(programs):
    folder = os.path.join(os.environ["PROBITY_BUILD"], "traffic")
    pairs = set()
    for program in programs:
        try:
            with open(os.path.join(folder, program + ".seen"), encoding="utf-8") as file:
                pairs |= {tuple(line.split()) for line in file}
        except FileNotFoundError:
            fail(f"{program} left nothing in {folder}: run all tests over HTTP before this one.")
    return pairs


def main():
    wanted = described()
    told = seen(sys.argv[1:])
    for operation in sorted({one for one, _ in wanted}):
        missing = sorted(status for one, status in wanted - told if one == operation)
        print(f"fail {operation}: never seen: {', '.join(missing)}" if missing else f"pass {operation}")
    sys.exit(1 if wanted - told else 0)


if __name__ == "__main__":
    main()
