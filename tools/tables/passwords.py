#!/usr/bin/env python3
"""Writes the C table of common passwords: small letters, sorted by their bytes, without doubles. Run by the build.

usage: passwords.py LIST OUT.c
"""
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        words = {line.strip().lower() for line in file if not line.startswith("#!comment:")}
    words.discard("")
    rows = "".join('    PB_STR("%s"),\n' % word.replace("\\", "\\\\").replace('"', '\\"')
                   for word in sorted(words, key=lambda word: word.encode()))
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write('/* Made by tools/tables/passwords.py. */\n#include "signin/common.h"\n\n'
                  "const pb_str identity_common_passwords[] = {\n%s};\n"
                  "const size_t identity_common_password_count = %d;\n" % (rows, len(words)))


main()
