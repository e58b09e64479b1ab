#!/usr/bin/env python3
"""Prints the declarations that are built into the program, one path a line, for meson."""
import os
import sys

root = sys.argv[1]
for folder in ("model", "controls"):
    for path, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".yaml", ".yml")):
                print(os.path.join(path, name))
