#!/usr/bin/env python3
"""Reads declare/modules.yaml for the build: checks it and prints one line a module, in build order.

Line: name|uses|visible|libraries   (visible: uses and, transitively, what those publish)
Refuses cycles, unknown names, folders of src/ that are not declared and declared ones that do not exist.
"""
import os
import sys

import yaml

top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def fail(text):
    sys.exit("declare/modules.yaml: " + text)


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def order(modules):
    done, busy, result = set(), [], []

    def visit(name):
        if name in done:
            return
        if name in busy:
            fail("cycle: " + " -> ".join(busy[busy.index(name):] + [name]))
        busy.append(name)
        for other in modules[name].get("uses", []):
            if other not in modules:
                fail(f"{name} uses {other}, which is not declared")
            visit(other)
        busy.pop()
        done.add(name)
        result.append(name)

    for name in modules:
        visit(name)
    return result


def visible(modules, name):
    seen = []

    def add(other):
        if other not in seen:
            seen.append(other)
            for more in modules[other].get("publishes", []):
                add(more)

    for other in modules[name].get("uses", []):
        add(other)
    return seen


def main(root):
    modules = load(os.path.join(root, "declare", "modules.yaml"))
    folders = {entry for entry in os.listdir(os.path.join(root, "src"))
               if os.path.isdir(os.path.join(root, "src", entry))}
    for extra in sorted(folders - set(modules)):
        fail(f"src/{extra} is not declared: add it with what it uses, or remove the folder")
    for missing in sorted(set(modules) - folders):
        fail(f"{missing} is declared, but src/{missing} does not exist")
    for name, entry in modules.items():
        for other in entry.get("publishes", []):
            if other not in entry.get("uses", []):
                fail(f"{name} publishes {other} without using it")
    for name in order(modules):
        entry = modules[name]
        print("|".join([name, ",".join(entry.get("uses", [])), ",".join(visible(modules, name)),
                        ",".join(entry.get("libraries", []))]))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else top)
