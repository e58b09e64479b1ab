"""What clang-tidy finds in every source file, and its path-sensitive analyser in the same run.

The analyser takes nearly all of the time, and most of that in the few functions whose paths never end. So it follows
that many states of a function on every day and as many as it wants (clang's own 225000) in the long run: over the
findings of the past a quarter of the time found 15 of 17. With less than these, calls it no longer follows into make it
doubt what is sound. Of tests it follows a tenth of that: the sanitizers follow them whole.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess

from project import workers
from text import generated, load, read, save

NODES = {"src": 30000, "tests": 3000}


def budget(nodes, name):
    if not nodes:
        return []
    words = ["-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={nodes[name.split('/')[0]]}"]
    return [f"--extra-arg={word}" for word in words]


def jobs(project, nodes, names):
    """(name, key of all that decides what is found) of each source file, the largest first."""
    with open(os.path.join(project.build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    opened = project.opened()
    version = subprocess.run(["clang-tidy-14", "--version"], stdout=subprocess.PIPE, check=True).stdout
    common = hashlib.sha256(version + read(project, ".clang-tidy") + read(project, "tests/.clang-tidy")).hexdigest()
    hashes = {}

    def content(path):
        if path not in hashes:
            with open(path, "rb") as file:
                hashes[path] = hashlib.sha256(file.read()).hexdigest()
        return hashes[path]

    found = {}
    for command in commands:
        path = os.path.realpath(os.path.join(command["directory"], command["file"]))
        name = os.path.relpath(path, os.path.realpath(project.root))
        if not re.match(r"(src|tests)/.*\.c$", name) or generated(read(project, name)):
            continue
        if name in found or (names and name not in names):
            continue
        files = [f for f in opened.get(command["output"], []) if os.path.exists(f)]
        parts = [common, *budget(nodes, name), command["command"], *(content(f) for f in sorted(files) + [path])]
        found[name] = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return sorted(found.items(), key=lambda job: -os.path.getsize(project.path(job[0])))


def check(project, nodes=NODES, names=None):
    """Faults of all source files, or of those named; a file is looked at again when it, a header it opens, its
    command or the configuration changed."""
    cache = os.path.join(project.build, "tidy-cache.json" if nodes else "tidy-deep-cache.json")
    known = load(cache)
    wanted = jobs(project, nodes, names)
    faults = []

    def one(job):
        done = subprocess.run(["clang-tidy-14", "-p", project.build, "--quiet",
                               *budget(nodes, job[0]), project.path(job[0])], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        text = done.stdout.decode("utf-8", "replace")
        found = [re.sub(r"^\S*?((?:src|tests)/)", r"\1", line) for line in text.splitlines()
                 if re.search(r": (warning|error): ", line)]
        return job, found or ([] if done.returncode == 0 else [f"{job[0]}: clang-tidy failed"])

    fresh = [job for job in wanted if job[1] not in known]
    with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
        for (name, key), found in pool.map(one, fresh):
            if found:
                faults += found
            else:
                known[key] = name
                save(cache, known)
    if not names:
        current = {key for _, key in wanted}
        save(cache, {k: v for k, v in known.items() if k in current})
    return sorted(set(faults))


def deep(project):
    """The same with nothing held back: for the long run."""
    return check(project, nodes=None)
