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
import resource
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
# What was freed is watched until 16 MiB more were, which is more than a test frees between a fault and its use;
# the 256 MiB of its own accord, which the long run keeps, cost a sixth of the time and 300 MB a program. Frames of
# functions that returned are watched by the long run alone: a tenth of the time, and the compilers warn of most.
SHORT = ":quarantine_size_mb=16:detect_stack_use_after_return=0"
LONG = ":detect_stack_use_after_return=1"
SANITIZER = {
    "ASAN_OPTIONS": "strict_string_checks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "support", "foreign-leaks.txt"),
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}
TAIL = 40  # lines of a failed program's output that the list at the end repeats
FRAMES = 8  # lines of a leak that are shown
LEAK = re.compile(r"^(=+\d+=+)?ERROR: LeakSanitizer|^SUMMARY: \w+Sanitizer: .* leaked", re.M)
SAID = re.compile(r"\[\s+(ERROR|LINE|FAILED)\s+\]|^fail |^not ok |runtime error|ERROR: \w+Sanitizer")
SLOWEST = 15  # programs that the list at the end names
RUNNING = set()  # process groups to end when this program is told to end
PLAIN_LIMIT = 1800  # seconds after which a test without sanitizers is ended, and has failed
ROOM = 2 << 30  # bytes a folder in memory must have free to be used


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.tails = {}
        self.parts = []
        self.spent = {}
        self.begin = time.monotonic()

    def add(self, name, good, why=""):
        if good:
            self.passed += 1
        else:
            self.failed.append(name + (": " + why if why else ""))
            print(f"FAILED {self.failed[-1]}", flush=True)

    @contextlib.contextmanager
    def part(self, what):
        """Notes what a part of the whole took: by the clock, and of the processors (what no child was waited
        for, a server apart, is not seen)."""
        begin, before = time.monotonic(), processor()
        yield
        self.parts.append((what, time.monotonic() - begin, processor() - before))

    def took(self, name, kind, seconds):
        self.spent[name] = (kind, seconds)

    def tell(self):
        if self.failed:
            print("\nFailed:")
            for name in self.failed:
                print("  " + name)
        for program, text in self.tails.items():
            print(f"\nWhat {program} said:")
            print("\n".join("  " + line for line in told(text)))
        slow = sorted(self.spent.items(), key=lambda item: -item[1][1])[:SLOWEST]
        if len(self.spent) > SLOWEST:
            print("\nSlowest, in seconds of processor: "
                  + ", ".join(f"{name} {seconds:.0f}" for name, (_, seconds) in slow))
        print("\nTime by part: on the clock, of processors")
        for what, seconds, spent in self.parts:
            print(f"{seconds:7.0f} s {spent:7.0f} s  {what}")
        kinds = {}
        for kind, seconds in self.spent.values():
            kinds[kind] = kinds.get(kind, 0.0) + seconds
        for kind, seconds in kinds.items():
            print(f"          {seconds:7.0f} s    of it {kind}")
        print(f"{time.monotonic() - self.begin:7.0f} s {processor():7.0f} s  in all")
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)


def processor():
    """Seconds of processor that this program and the children it has waited for took."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def processors():
    return len(os.sched_getaffinity(0))


def told(text):
    """What of a failed program's output is worth reading: the lines that say what failed, then the end, and
    only the beginning of a report of leaks, which follow from a test that was left halfway."""
    lines = text.splitlines()
    leak = next((i for i, line in enumerate(lines) if LEAK.search(line)), len(lines))
    words, leaks = lines[:leak], [line for line in lines[leak:] if line.strip()]
    said = [line for line in words if SAID.search(line)]
    end = words[-TAIL:]
    first = [line for line in said if line not in end]
    shown = [*first[:TAIL], *(["…"] if first else []), *end, *leaks[:FRAMES]]
    if len(leaks) > FRAMES:
        shown.append(f"… {len(leaks) - FRAMES} more lines of leaks, in the program's log")
    return shown


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
    environment = dict(os.environ, **SANITIZER, TMPDIR=own, TZ="UTC", **case.get("env", {}))
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


def judge(case, text, status, results):
    """Adds up what one program reported; says in a line how it went."""
    name = case["name"]
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
        results.tails[name] = text
        print("\n".join("  " + line for line in told(text)), flush=True)
    return f"{name}: {len(found) - len(bad)} of {len(found)}"


def run_cases(cases, folder, results):
    """Runs programs, one more at once than there are processors, since some wait for others (servers, a browser, a disk)
    for a third of their time; their logs lie in FOLDER/test-logs."""
    log_folder = os.path.join(folder, "test-logs")
    os.makedirs(log_folder, exist_ok=True)
    known = os.path.join(folder, "test-seconds.json")
    try:
        with open(known, encoding="utf-8") as file:
            before = json.load(file)
    except (OSError, ValueError):
        before = {}
    if not cases:
        return
    # The longest first, so that none of them is left over at the end; where nothing is known yet, those that
    # are declared to be long.
    cases = sorted(cases, key=lambda case: (-before.get(case["name"], 1e9), -case.get("priority", 0)))
    scratch = tempfile.mkdtemp(prefix="probity-tests-", dir=memory_folder())
    try:
        pool = concurrent.futures.ThreadPoolExecutor(processors() + 1)
        jobs = [pool.submit(run_program, case, scratch, log_folder) for case in cases]
        for job in concurrent.futures.as_completed(jobs):
            case, text, status, seconds, spent = job.result()
            line = judge(case, text, status, results)
            before[case["name"]] = seconds
            results.took(case["name"], case.get("kind", "tests"), spent)
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
    with results.part(f"build {what}"):
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


def static_cases(root, names, long):
    script = os.path.join(root, "tests", "static", "check.py")
    listed = []
    for which in ["--list", "--list-long"] if long else ["--list"]:
        listed += subprocess.run([sys.executable, script, which], check=True,
                                 stdout=subprocess.PIPE).stdout.decode().split()
    # Tests run beside them: they leave half of the processors to those.
    environment = {"PROBITY_ROOT": root, "PROBITY_STATIC_JOBS": str(max(1, processors() // 2))}
    return chosen([{"name": f"static/{check}", "kind": "static checks", "timeout": 4 * 3600, "env": environment,
                    "priority": 1, "cmd": [sys.executable, script, check]} for check in listed], names)


def plain_cases(folder, names, long):
    """Tests that a sanitizer would disturb, in the build that the static checks look at."""
    return [dict(case, kind="tests without sanitizers", name="plain " + case["name"],
                 timeout=min(case["timeout"], PLAIN_LIMIT))
            for case in chosen(introspect(folder), names)
            if "plain" in suites(case) and (long or "long" not in suites(case))]


def sanitized_cases(folder, names, long):
    return [dict(case, kind="tests with the address and undefined-behaviour sanitizers")
            for case in chosen(introspect(folder), names) if long or "long" not in suites(case)]


def thread_cases(folder, names):
    return [dict(case, kind="tests with the thread sanitizer", name="threads " + case["name"])
            for case in chosen(introspect(folder), names) if "threads" in suites(case)]


def programs(folder, cases):
    """What to build for these: of those that are built here."""
    names = {os.path.relpath(case["cmd"][0], folder) for case in cases}
    return sorted(name for name in names if not name.startswith(".."))


def long_cases(folder, root, names):
    """What takes too long for every day: every byte of every file, fuzzing, the bare machine."""
    cases = [dict(case, name="every-byte " + case["name"], timeout=4 * 3600,
                  env=dict(case["env"], PROBITY_EVERY_BYTE="1"))
             for case in introspect(folder) if case["name"] in ("ledger/files", "ledger/verify-postgres")]
    for name in sorted(os.listdir(os.path.join(root, "tests", "fuzz", "corpus"))):
        cases.append({"name": f"fuzz {name}", "timeout": 3600,
                      "cmd": [os.path.join(root, "tests", "fuzz", "run"), name, "600"]})
    for tool in ("sslscan", "slowhttptest", "ffuf", "sqlmap", "wapiti"):
        cases.append({"name": f"attack {tool}", "timeout": 2 * 3600,
                      "env": {"PROBITY_ROOT": root, "PROBITY_BUILD": folder},
                      "cmd": [os.path.join(root, "tests", "attack", "run.py"), tool]})
    cases.append({"name": "fresh-machine", "timeout": 2 * 3600,
                  "env": {"TMPDIR": "/var/tmp"},
                  "cmd": [os.path.join(root, "tools", "fresh-machine")]})
    return [dict(case, kind="long campaigns") for case in chosen(cases, names)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    root, names = options.root, options.names
    results = Results()
    SANITIZER["ASAN_OPTIONS"] += LONG if options.long else SHORT
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    clang, checked, threaded = (os.path.join(root, name) for name in ("build-clang", "build-test", "build-threads"))
    static = static_cases(root, names, options.long)
    plain = plain_cases(clang, names, options.long)
    sanitized = sanitized_cases(checked, names, options.long)
    threads = thread_cases(threaded, names)
    if static or plain:
        product = ["probity"] if plain else []  # what such tests start
        build(clang, results, "with clang, for the static checks",
              [*(objects(clang) if static else []), *programs(clang, plain), *product])
    if sanitized:
        build(checked, results, "with gcc and the address and undefined-behaviour sanitizers")
    if threads:
        build(threaded, results, "with gcc and the thread sanitizer", programs(threaded, threads))
    cases = static + plain + sanitized + threads
    last = [case for case in sanitized if "last" in suites(case)]  # they look at what others left
    if cases:
        with results.part("static checks and tests"):
            run_cases([case for case in cases if case not in last], checked, results)
            run_cases(last, checked, results)
    if options.long:
        with results.part("long campaigns"):
            run_cases(long_cases(checked, root, names), checked, results)
    if results.passed == 0 and not results.failed:
        results.add(" ".join(names) or "everything", False, "no test has such a name")
    results.tell()
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
