#!/usr/bin/env python3
"""Writes the C list of nicknames from src/match/tables/nicknames.txt. Run by the build.

usage: nicknames.py NICKNAMES OUT.c
"""
import sys


def main(path, out):
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    with open(out, "w", encoding="utf-8") as file:
        file.write('/* made by tools/tables/nicknames.py */\n#include "tables/nicknames.h"\n\n')
        file.write("const char *const match_nicknames[] = {\n")
        file.writelines(f'    "{line}",\n' for line in lines)
        file.write(f"}};\nconst size_t match_nickname_count = {len(lines)};\n")


main(*sys.argv[1:])
