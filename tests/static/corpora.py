"""Every fuzz target builds, has a corpus, and passes what its corpus holds."""
import os
import re
import subprocess


def replayed(project):
    folder = project.path("tests", "fuzz")
    targets = sorted(match.group(1) for match in map(re.compile(r"fuzz_(\w+)\.c$").match, os.listdir(folder))
                     if match)
    faults = [] if targets else ["there is no fuzz target"]
    kept = os.path.join(folder, "corpus")
    for name in sorted(set(targets) ^ set(os.listdir(kept))):
        faults.append(f"{name} has no target tests/fuzz/fuzz_{name}.c or no corpus tests/fuzz/corpus/{name}")
    for name in targets:
        done = subprocess.run([os.path.join(folder, "run"), name, "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode != 0:
            said = done.stdout.decode("utf-8", "replace").strip().splitlines()
            faults += [f"{name}: {line}" for line in said[-15:]]
    return faults
