#!/usr/bin/env python3
"""Writes the C table of Han characters from src/model/tables/readings.txt and hans.txt. Run by the build.

usage: han.py READINGS HANS OUT.c
"""
import sys

FIRST, LAST = 0x3400, 0x9FFF


def groups(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                key, letters = line.split()
                yield key, letters


def rows(numbers):
    for start in range(0, len(numbers), 16):
        yield "    " + ", ".join(str(number) for number in numbers[start:start + 16]) + ",\n"


def main(readings_path, hans_path, out):
    syllables, reading, extra = [""], {}, []
    for syllable, letters in groups(readings_path):
        syllables.append(syllable)
        for letter in letters:
            if FIRST <= ord(letter) <= LAST:
                reading[ord(letter)] = len(syllables) - 1
            else:
                extra.append((ord(letter), len(syllables) - 1))
    simple = {ord(old): ord(new) for new, letters in groups(hans_path) for old in letters}
    codes = range(FIRST, LAST + 1)
    with open(out, "w", encoding="utf-8") as file:
        file.write("/* made by tools/tables/han.py */\n#include \"tables/han.h\"\n\n")
        file.write("const char *const model_han_syllables[] = {\n")
        for syllable in syllables:
            file.write(f'    "{syllable}",\n')
        file.write("};\n\nconst uint16_t model_han_reading[MODEL_HAN_LAST - MODEL_HAN_FIRST + 1] = {\n")
        file.writelines(rows([reading.get(code, 0) for code in codes]))
        file.write("};\n\nconst uint16_t model_han_simple[MODEL_HAN_LAST - MODEL_HAN_FIRST + 1] = {\n")
        file.writelines(rows([simple.get(code, code) for code in codes]))
        file.write("};\n\nconst model_han_more model_han_extra[] = {\n")
        for code, index in sorted(extra):
            file.write(f"    {{{code}, {index}}},\n")
        file.write("};\nconst size_t model_han_extra_count = sizeof model_han_extra / sizeof *model_han_extra;\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
