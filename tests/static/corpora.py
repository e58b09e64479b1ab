"""Every fuzz target has a corpus, and a test reads it with the sanitizers each day; the long run fuzzes."""
import os
import re


def replayed(project):
    folder = project.path("tests", "fuzz")
    targets = {match.group(1) for match in map(re.compile(r"fuzz_(\w+)\.c$").match, os.listdir(folder)) if match}
    kept = {name for name in os.listdir(os.path.join(folder, "corpus"))
            if os.listdir(os.path.join(folder, "corpus", name))}
    read = set()
    for name in project.sources():
        if re.match(r"tests/\w+/test_\w+_corpus\.c$", name):
            with open(project.path(name), encoding="utf-8") as file:
                text = file.read()
            called = set(re.findall(r'\breplay_corpus\("(\w+)"', text))
            read |= called & set(re.findall(r'#include "\.\./fuzz/fuzz_(\w+)\.c"', text))
    faults = [] if targets else ["there is no fuzz target"]
    for name in sorted(targets ^ kept):
        faults.append(f"{name} has no target tests/fuzz/fuzz_{name}.c or no corpus tests/fuzz/corpus/{name}")
    for name in sorted(targets - read):
        faults.append(f"{name}: no test tests/*/test_{name}_corpus.c reads tests/fuzz/corpus/{name}")
    return faults
