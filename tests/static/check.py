#!/usr/bin/env python3
"""The static checks: one line `pass NAME` or `fail NAME: why` each.

Usage: check.py --list | check.py --list-long | check.py [NAME…]
Environment: PROBITY_ROOT (the project; else where this file lies), PROBITY_STATIC_BUILD (a folder
configured with clang whose objects are built; else ROOT/build-clang), PROBITY_STATIC_JOBS (processes at once;
else one a processor).
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import corpora  # noqa: E402
import layers  # noqa: E402
import papers  # noqa: E402
import runner  # noqa: E402
import screens  # noqa: E402
import text  # noqa: E402
import tidy  # noqa: E402
from project import Project  # noqa: E402

CHECKS = {
    "modules-declared": layers.declared,
    "headers-opened": layers.headers,
    "symbols-used": layers.used_symbols,
    "names-exported": layers.exported_names,
    "headers-alone": layers.compile_alone,
    "banned-functions": layers.banned_functions,
    "generated-current": text.generated_current,
    "no-leaks": text.leaks,
    "file-lengths": text.lengths,
    "documented": text.documented,
    "translations": papers.translations,
    "manual-page": papers.manual_page,
    "readme": papers.readme,
    "runner-is-honest": runner.honest,
    "fuzz-corpora": corpora.replayed,
    "screens-typed": screens.typed,
    "screens-pinned": screens.pinned,
    "clang-format": text.form,
    "clang-tidy": tidy.check,
}
# What takes too long for every day.
LONG = {"clang-tidy-deep": tidy.deep}


def seeded(project):
    import seed
    return seed.run(project)


def main(arguments):
    root = os.environ.get("PROBITY_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    if arguments == ["--list"]:
        print("\n".join([*CHECKS, "seeded-violations"]))
        return 0
    if arguments == ["--list-long"]:
        print("\n".join(LONG))
        return 0
    build = os.environ.get("PROBITY_STATIC_BUILD") or os.path.join(root, "build-clang")
    project = Project(root, build)
    worst = 0
    for name in arguments or [*CHECKS, "seeded-violations"]:
        if name == "seeded-violations":
            results = seeded(project)
        else:
            results = [(name, {**CHECKS, **LONG}[name](project))]
        for label, faults in results:
            if faults:
                worst = 1
                print(f"fail {label}: {len(faults)}", flush=True)
                for fault in faults[:200]:
                    print(f"    {fault}", flush=True)
            else:
                print(f"pass {label}", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
