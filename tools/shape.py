#!/usr/bin/env python3
"""Writes what the headers of src/ come to, as one hash: parts of the program that were built of others do not fit it.

Usage: tools/shape.py OUTPUT ROOT
A part that is loaded later (probity-pdf.so, probity-remote.so, probity-mail.so) shares structures with the program. An output that would
stay the same is not written, so nothing is compiled anew.
"""
import hashlib
import os
import sys


def shape(root):
    total = hashlib.sha256()
    for folder, folders, names in os.walk(os.path.join(root, "src")):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".h"):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    content = file.read()
                total.update(f"{os.path.relpath(path, root)}\n{len(content)}\n".encode())
                total.update(content)
    return total.hexdigest()


def main():
    output, root = sys.argv[1:]
    text = f'#include "base/shape.h"\n\nconst char *pb_shape(void)\n{{\n    return "{shape(root)}";\n}}\n'
    if os.path.exists(output):
        with open(output, encoding="ascii") as file:
            if file.read() == text:
                return
    with open(output, "w", encoding="ascii") as file:
        file.write(text)


main()
