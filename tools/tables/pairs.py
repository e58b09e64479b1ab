#!/usr/bin/env python3
"""Writes a C list of words and what is kept for them from a text of lines `kept word word …`. Run by the build.

usage: pairs.py NAME IN OUT.c      NAME: of the list; `-` for what is kept: the words are dropped
"""
import sys


def main(name, path, out):
    pairs = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                kept, *words = line.split()
                for word in words + ([] if kept == "-" else [kept]):
                    if word in pairs:
                        sys.exit(f"{path}: {word} stands there twice")
                    pairs[word] = "" if kept == "-" else kept
    with open(out, "w", encoding="utf-8") as file:
        file.write('/* made by tools/tables/pairs.py */\n#include "tables/pairs.h"\n\n')
        file.write(f"const match_word_pair match_{name}[] = {{\n")
        for word in sorted(pairs, key=lambda w: w.encode()):
            file.write(f'    {{"{word}", "{pairs[word]}"}},\n')
        file.write(f"}};\nconst size_t match_{name}_count = {len(pairs)};\n")
        lengths = [0] * 256
        for word in pairs:
            lengths[word.encode()[0]] |= 1 << len(word.encode())
        file.write(f"const uint32_t match_{name}_lengths[256] = {{{', '.join(map(str, lengths))}}};\n")


main(*sys.argv[1:])
