#!/usr/bin/env python3
"""Builds, checks and runs everything for ./test; adds up the results.

A result is one test function of a cmocka program, one line `pass NAME` / `fail NAME: why` of a check, or
one `ok` / `not ok` line of TAP. A program that reports no result, or ends badly without a failed one, is
itself a failure.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

CMOCKA = re.compile(r"^\[\s+(OK|FAILED|SKIPPED|ERROR)\s+\] (\S+)\s*$", re.M)
LINE = re.compile(r"^(pass|fail) ([^:\n]+)(?:: (.*))?$", re.M)
TAP = re.compile(r"^(ok|not ok) \d+(?: - (.*))?$", re.M)
SANITIZER = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = []

    def add(self, name, good, why=""):
        if good:
            self.passed += 1
        else:
            self.failed.append(name)
            print(f"FAILED {name}{': ' + why if why else ''}", flush=True)


def read_results(text):
    """Names and outcomes a program reported."""
    found = {}
    for outcome, name in CMOCKA.findall(text):
        # The closing summary names failed tests again; a failure is never overwritten.
        if found.get(name, True):
            found[name] = outcome == "OK"
    if not found:
        for outcome, name, _ in LINE.findall(text):
            found[name] = outcome == "pass"
        for outcome, name in TAP.findall(text):
            found[name or f"test {len(found) + 1}"] = outcome == "ok"
    return found


def run_program(case, folder, log_folder):
    environment = dict(os.environ, **SANITIZER, **case.get("env", {}))
    begin = time.monotonic()
    try:
        done = subprocess.run(case["cmd"], cwd=case.get("workdir") or folder, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=case["timeout"] or None)
        text, status = done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode("utf-8", "replace")
        status = f"stopped after {case['timeout']} s"
    except OSError as problem:
        text, status = "", str(problem)
    with open(os.path.join(log_folder, case["name"].replace("/", "-") + ".log"), "w",
              encoding="utf-8") as log:
        log.write(text)
    return case, text, status, time.monotonic() - begin


def run_cases(cases, folder, results, label=""):
    log_folder = os.path.join(folder, "test-logs")
    os.makedirs(log_folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = [pool.submit(run_program, case, folder, log_folder) for case in cases]
        for job in concurrent.futures.as_completed(jobs):
            case, text, status, seconds = job.result()
            name = label + case["name"]
            found = read_results(text)
            for test, good in found.items():
                results.add(f"{name}: {test}", good)
            bad = [test for test, good in found.items() if not good]
            if not found:
                results.add(name, False, f"ran nothing (ended with {status})")
            elif status != 0 and not bad:
                results.add(name, False, f"ended with {status}")
            if bad or not found or status != 0:
                print(text[-6000:], flush=True)
            print(f"{name}: {len(found) - len(bad)} of {len(found)} in {seconds:.1f} s", flush=True)


def introspect(folder):
    text = subprocess.run(["meson", "introspect", "--tests", folder], check=True,
                          stdout=subprocess.PIPE).stdout
    return json.loads(text)


def build(folder, results, what, targets=()):
    """Builds; a failure is one result. -k 0: says all that is wrong at once."""
    print(f"building {what}", flush=True)
    done = subprocess.run(["ninja", "-C", folder, "-k", "0", *targets], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        print("\n".join(line for line in text.splitlines()
                        if not re.match(r"\[\d+/\d+\]|ccache |cc |gcc |clang", line)))
    results.add(f"build {what}", done.returncode == 0)


def objects(folder):
    """Object files of this project's own sources: what is linked to them is of no interest here."""
    text = subprocess.run(["ninja", "-C", folder, "-t", "targets", "all"], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    return [line.split(":")[0] for line in text.splitlines()
            if line.endswith(": c_COMPILER") and not line.startswith("deps/")]


def chosen(cases, names):
    return [c for c in cases if not names or any(n in c["name"] for n in names)]


def suites(case):
    return {suite.split(":")[-1] for suite in case["suite"]}


def run_static(root, names, results, long):
    script = os.path.join(root, "tests", "static", "check.py")
    listed = subprocess.run([sys.executable, script, "--list"], check=True,
                            stdout=subprocess.PIPE).stdout.decode().split()
    wanted = [name for name in listed if not names or any(n in name for n in names)]
    if not wanted:
        return
    folder = os.path.join(root, "build-clang")
    build(folder, results, "with clang, warnings only", objects(folder))
    cases = [{"name": "static", "timeout": 1200, "env": {"PROBITY_ROOT": root},
              "cmd": [sys.executable, script, *wanted]}]
    run_cases(cases, folder, results)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    root, names = options.root, options.names
    results = Results()

    run_static(root, names, results, options.long)
    folder = os.path.join(root, "build-test")
    build(folder, results, "with gcc and the address and undefined-behaviour sanitizers")
    cases = [c for c in chosen(introspect(folder), names)
             if options.long or "long" not in suites(c)]
    run_cases(cases, folder, results)

    folder = os.path.join(root, "build-threads")
    threads = [c for c in chosen(introspect(folder), names) if "threads" in suites(c)]
    if threads:
        targets = [os.path.relpath(c["cmd"][0], folder) for c in threads]
        build(folder, results, "with the thread sanitizer", targets)
        run_cases(threads, folder, results, "threads ")
    if options.long and chosen([{"name": "fresh-machine"}], names):
        run_cases([{"name": "fresh-machine", "timeout": 7200,
                    "cmd": [os.path.join(root, "tools", "fresh-machine")]}], folder, results)

    if results.passed == 0 and not results.failed:
        results.add(" ".join(names) or "everything", False, "no test has such a name")
    if results.failed:
        print("\nFailed:")
        for name in results.failed:
            print("  " + name)
    print(f"{results.passed} passed, {len(results.failed)} failed")
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
