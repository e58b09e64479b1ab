"""Checks of the screens: their types, and the packages they are built of."""
import json
import os
import subprocess

COMPILER = ("web", "node_modules", "typescript", "bin", "tsc")
CONFIGURED = ("web", "tests/web")


def typed(project):
    """The compiler finds nothing in the screens and in the journeys through them."""
    compiler = project.path(*COMPILER)
    if not os.path.exists(compiler):
        return ["web/node_modules is missing: ./test fetches it"]
    faults = []
    messages = project.path("build-web", "messages")
    os.makedirs(messages, exist_ok=True)
    for folder in CONFIGURED:
        done = subprocess.run(["node", compiler, "--noEmit", "-p", project.path(folder)], cwd=project.path(folder),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            faults += done.stdout.decode("utf-8", "replace").strip().splitlines() or [f"{folder}: the compiler failed"]
    return faults


def pinned(project):
    """Every package has one version, a hash and a licence, and says nothing of where it was fetched from."""
    faults = []
    for folder in ("web", "tests/client"):
        name = f"{folder}/package-lock.json"
        with open(project.path(folder, "package-lock.json"), encoding="utf-8") as file:
            packages = json.load(file)["packages"]
        for package, entry in packages.items():
            if "resolved" in entry:
                faults.append(f"{name}: {package} names where it came from (resolved)")
            if package and "integrity" not in entry:
                faults.append(f"{name}: {package} has no hash (integrity)")
            if package and not entry.get("license"):
                faults.append(f"{name}: {package} names no licence")
        with open(project.path(folder, "package.json"), encoding="utf-8") as file:
            wanted = json.load(file)
        for kind in ("dependencies", "devDependencies"):
            faults += [f"{folder}/package.json: {package} is not pinned: {version}"
                       for package, version in wanted.get(kind, {}).items() if not version[0].isdigit()]
    return faults
