#!/usr/bin/env python3
"""Builds, checks and runs everything for ./test; adds up the results.

A result is one test function of a cmocka program, one line `pass NAME` / `fail NAME: why` of a check, or
one `ok` / `not ok` line of TAP. A program that reports no result, or ends badly without a failed one, is
itself a failure.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CMOCKA = re.compile(r"\[\s+(OK|FAILED|SKIPPED|ERROR)\s+\] (\S+)\s*$", re.M)
CMOCKA_COUNT = re.compile(r"\[=+\] .*?Running (\d+) test\(s\)", re.M)
LINE = re.compile(r"^(pass|fail) ([^:\n]+)(?:: (.*))?$", re.M)
TAP = re.compile(r"^(ok|not ok) \d+(?: - (.*))?$", re.M)
SANITIZER = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "support", "foreign-leaks.txt"),
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}
TAIL = 40  # lines of a failed program's output that the list at the end repeats
RUNNING = set()  # process groups to end when this program is told to end
ROOM = 2 << 30  # bytes a folder in memory must have free to be used


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.tails = {}
        self.parts = []

    def add(self, name, good, why=""):
        if good:
            self.passed += 1
        else:
            self.failed.append(name + (": " + why if why else ""))
            print(f"FAILED {self.failed[-1]}", flush=True)

    def part(self, what, begin):
        """Notes what a part of the whole took."""
        self.parts.append((what, time.monotonic() - begin))

    def tell(self):
        for what, seconds in self.parts:
            print(f"{seconds:7.0f} s  {what}")
        if self.failed:
            print("\nFailed:")
            for name in self.failed:
                print("  " + name)
        for program, text in self.tails.items():
            print(f"\nThe end of what {program} said:")
            print("\n".join("  " + line for line in text.splitlines()[-TAIL:]))
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)


def read_results(text):
    """Names and outcomes a program reported, and how many it said it would run (0: it did not say)."""
    found = {}
    for outcome, name in CMOCKA.findall(text):
        # `[  ERROR   ] --- words` goes before the line of the test; the closing summary names failed
        # tests again. A failure is never overwritten.
        if name != "---" and found.get(name, True):
            found[name] = outcome == "OK"
    if found:
        return found, sum(int(count) for count in CMOCKA_COUNT.findall(text))
    for outcome, name, _ in LINE.findall(text):
        found[name] = outcome == "pass"
    for outcome, name in TAP.findall(text):
        found[name or f"test {len(found) + 1}"] = outcome == "ok"
    return found, 0


def memory_folder():
    """A folder in memory for temporary files, or None: much of the tests' time is waiting for disks.
    What a power cut leaves is tried with files as they were at that moment, not by trusting a disk."""
    done = subprocess.run(["stat", "-f", "-c", "%T", "/dev/shm"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    if done.stdout.decode().strip() != "tmpfs" or shutil.disk_usage("/dev/shm").free < ROOM:
        return None
    return "/dev/shm"


def run_program(case, scratch, log_folder):
    """Runs one program in a group of its own, so that nothing it started outlives it."""
    own = tempfile.mkdtemp(dir=scratch)
    environment = dict(os.environ, **SANITIZER, TMPDIR=own, **case.get("env", {}))
    begin = time.monotonic()
    path = os.path.join(log_folder, case["name"].replace("/", "-") + ".log")
    spent = 0.0
    with open(path, "w+b") as log:
        try:
            child = subprocess.Popen(case["cmd"], cwd=case.get("workdir") or own, env=environment,
                                     stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                     start_new_session=True)
            RUNNING.add(child.pid)
            status, spent = wait(child, case["timeout"])
        except OSError as problem:
            status = str(problem)
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    shutil.rmtree(own, ignore_errors=True)
    return case, text, status, time.monotonic() - begin, spent


def wait(child, limit):
    """How the child ended, and the seconds of processor it and its children took."""
    begin = time.monotonic()
    late, pause = False, 0.005
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid != 0:
            break
        if limit and not late and time.monotonic() - begin > limit:
            late = True
            os.killpg(child.pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    RUNNING.discard(child.pid)
    child.returncode = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    spent = usage.ru_utime + usage.ru_stime
    return (f"stopped after {limit} s" if late else child.returncode), spent


def judge(case, text, status, results, label):
    """Adds up what one program reported; says in a line how it went."""
    name = label + case["name"]
    found, promised = read_results(text)
    for test, good in found.items():
        results.add(f"{name}: {test}", good)
    bad = [test for test, good in found.items() if not good]
    if not found:
        results.add(name, False, f"ran nothing (ended with {status})")
    elif len(found) < promised:
        results.add(name, False, f"{len(found)} of {promised} reported a result (ended with {status})")
    elif status != 0 and not bad:
        results.add(name, False, f"ended with {status}")
    if bad or status != 0 or not found or len(found) < promised:
        print(text[-6000:], flush=True)
        results.tails[name] = text
    return f"{name}: {len(found) - len(bad)} of {len(found)}"


def run_cases(cases, folder, results, label=""):
    log_folder = os.path.join(folder, "test-logs")
    os.makedirs(log_folder, exist_ok=True)
    known = os.path.join(folder, "test-seconds.json")
    try:
        with open(known, encoding="utf-8") as file:
            before = json.load(file)
    except (OSError, ValueError):
        before = {}
    # The longest first, so that none of them is left over at the end.
    cases = sorted(cases, key=lambda case: -before.get(case["name"], 1e9))
    scratch = tempfile.mkdtemp(prefix="probity-tests-", dir=memory_folder())
    try:
        pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2)
        jobs = [pool.submit(run_program, case, scratch, log_folder) for case in cases]
        for job in concurrent.futures.as_completed(jobs):
            case, text, status, seconds, spent = job.result()
            line = judge(case, text, status, results, label)
            before[case["name"]] = spent
            print(f"{line} in {seconds:.1f} s ({spent:.1f} s of processor)", flush=True)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for group in list(RUNNING):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    with open(known, "w", encoding="utf-8") as file:
        json.dump(before, file)


def refresh(folder):
    """Brings the list of what is to be built up to date; a failure shows when it is built."""
    subprocess.run(["ninja", "-C", folder, "build.ninja"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def introspect(folder):
    refresh(folder)
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
    refresh(folder)
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
    listed = []
    for which in ["--list", "--list-long"] if long else ["--list"]:
        listed += subprocess.run([sys.executable, script, which], check=True,
                                 stdout=subprocess.PIPE).stdout.decode().split()
    wanted = chosen([{"name": f"static/{check}", "timeout": 3600, "env": {"PROBITY_ROOT": root},
                      "cmd": [sys.executable, script, check]} for check in listed], names)
    if not wanted:
        return
    folder = os.path.join(root, "build-clang")
    begin = time.monotonic()
    build(folder, results, "with clang, warnings only", objects(folder))
    results.part("build with clang", begin)
    begin = time.monotonic()
    run_cases(wanted, folder, results)
    results.part("static checks", begin)


def run_sanitized(root, names, results, long):
    folder = os.path.join(root, "build-test")
    everything = introspect(folder)
    cases = [c for c in chosen(everything, names) if long or "long" not in suites(c)]
    if not cases:
        return
    begin = time.monotonic()
    build(folder, results, "with gcc and the address and undefined-behaviour sanitizers")
    results.part("build with gcc and the address and undefined-behaviour sanitizers", begin)
    begin = time.monotonic()
    run_cases(cases, folder, results)
    results.part("tests", begin)


def run_threads(root, names, results):
    folder = os.path.join(root, "build-threads")
    cases = [c for c in chosen(introspect(folder), names) if "threads" in suites(c)]
    if not cases:
        return
    begin = time.monotonic()
    targets = [os.path.relpath(c["cmd"][0], folder) for c in cases]
    build(folder, results, "with the thread sanitizer", targets)
    results.part("build with the thread sanitizer", begin)
    begin = time.monotonic()
    run_cases(cases, folder, results, "threads ")
    results.part("tests of threads", begin)


def run_long(root, names, results):
    """What takes too long for every day: every byte of every file, fuzzing, the bare machine."""
    folder = os.path.join(root, "build-test")
    cases = [dict(case, name="every-byte " + case["name"], timeout=4 * 3600,
                  env=dict(case["env"], PROBITY_EVERY_BYTE="1"))
             for case in introspect(folder) if case["name"] == "ledger/files"]
    for name in sorted(os.listdir(os.path.join(root, "tests", "fuzz", "corpus"))):
        cases.append({"name": f"fuzz {name}", "timeout": 3600,
                      "cmd": [os.path.join(root, "tests", "fuzz", "run"), name, "600"]})
    cases.append({"name": "fresh-machine", "timeout": 2 * 3600,
                  "env": {"TMPDIR": "/var/tmp"},
                  "cmd": [os.path.join(root, "tools", "fresh-machine")]})
    begin = time.monotonic()
    run_cases(chosen(cases, names), folder, results)
    results.part("long campaigns", begin)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    root, names = options.root, options.names
    results = Results()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    run_static(root, names, results, options.long)
    run_sanitized(root, names, results, options.long)
    run_threads(root, names, results)
    if options.long:
        run_long(root, names, results)
    if results.passed == 0 and not results.failed:
        results.add(" ".join(names) or "everything", False, "no test has such a name")
    results.tell()
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
