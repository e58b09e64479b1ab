"""The runner of ./test is itself tried: what it must not take for a success, it does not."""
import contextlib
import importlib.util
import io
import os
import sys
import tempfile

# Name, what the program does, seconds it may take, results that pass, results that fail.
CASES = [
    ("silent", "", 10, 0, 1),
    ("prints-but-no-result", "print('all is well')", 10, 0, 1),
    ("good", "print('pass a'); print('pass b')", 10, 2, 0),
    ("bad", "print('pass a'); print('fail b: 3 is not 4')", 10, 1, 1),
    ("bad-but-ends-well", "print('fail a')", 10, 0, 1),
    ("good-but-ends-badly", "print('pass a'); raise SystemExit(3)", 10, 1, 1),
    ("killed", "import os; print('pass a', flush=True); os.kill(os.getpid(), 9)", 10, 1, 1),
    ("too-slow", "import time; print('pass a', flush=True); time.sleep(60)", 1, 1, 1),
    ("cmocka", "print('[       OK ] a\\n[  FAILED  ] b\\n[  FAILED  ] b')", 10, 1, 1),
    ("cmocka-ran-none", "print('[==========] Running 0 test(s).\\n[  PASSED  ] 0 test(s).')", 10, 0, 1),
    ("cmocka-skipped", "print('[       OK ] a\\n[  SKIPPED ] b')", 10, 1, 1),
    ("cmocka-glued", "print('words of the test[       OK ] a\\n[ RUN      ] b\\n[  ERROR   ] --- broken\\n"
                     "[  FAILED  ] b')", 10, 1, 1),
    ("cmocka-cut-short", "print('[==========] Running 3 test(s).\\n[       OK ] a')", 10, 1, 1),
    ("tap", "print('ok 1 - a\\nnot ok 2 - b')", 10, 1, 1),
]


def what_failed_comes_first(tests):
    """A test left halfway leaks: what failed is shown, of the leaks only the beginning."""
    text = "\n".join(["[  ERROR   ] --- 3 != 4", "[   LINE   ] --- x.c:7: error: Failure!",
                      *["words"] * 100, "==1==ERROR: LeakSanitizer: detected memory leaks",
                      *[f"    #{i} 0x1 in f x.c:{i}" for i in range(500)],
                      "SUMMARY: AddressSanitizer: 256 byte(s) leaked in 1 allocation(s)."])
    shown = tests.told(text)
    return "3 != 4" in shown[0] and "x.c:7" in shown[1] and sum(" in f " in line for line in shown) < 10


def honest(project):
    path = project.path("tools", "run_tests.py")
    spec = importlib.util.spec_from_file_location("run_tests", path)
    tests = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tests)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text, seconds, passed, failed in CASES:
            results = tests.Results()
            with contextlib.redirect_stdout(io.StringIO()):
                tests.run_cases([{"name": name, "timeout": seconds,
                                  "cmd": [sys.executable, "-c", text]}], folder, results)
            if (results.passed, len(results.failed)) != (passed, failed):
                faults.append(f"{name}: {results.passed} passed and {len(results.failed)} failed; "
                              f"{passed} and {failed} were to be found")
        faults += [] if what_failed_comes_first(tests) else ["a leak's report hides what failed"]
        missing = tests.Results()
        with contextlib.redirect_stdout(io.StringIO()):
            tests.run_cases([{"name": "missing", "timeout": 10,
                              "cmd": [os.path.join(folder, "nowhere")]}], folder, missing)
        if missing.passed or not missing.failed:
            faults.append("a program that is not there is no failure")
    return faults
