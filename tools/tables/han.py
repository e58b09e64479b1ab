#!/usr/bin/env python3
"""Writes the C table of Han characters from src/script/tables: readings.txt, hans.txt, romanised.txt. Run by the build.

usage: han.py READINGS HANS ROMANISED OUT.c
"""
import bisect
import collections
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


# How Wade-Giles spells what pinyin does, without apostrophes and marks: beginnings, then whole syllables.
BEGINNINGS = (("zh", "ch"), ("ch", "ch"), ("sh", "sh"), ("q", "ch"), ("j", "ch"), ("x", "hs"), ("z", "ts"), ("c", "ts"), ("b", "p"),
              ("d", "t"), ("g", "k"), ("r", "j"))
WHOLE = {"zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "ssu", "ge": "ko", "ke": "ko",
         "he": "ho", "e": "o", "gui": "kuei", "kui": "kuei", "yan": "yen", "ye": "yeh", "yue": "yueh", "you": "yu", "er": "erh",
         "yong": "yung", "yi": "i"}


def wade(syllable):
    """The spelling of Wade-Giles; aspirated and unaspirated sounds are one without the apostrophe."""
    if syllable in WHOLE:
        return WHOLE[syllable]
    beginning, rest, old = "", syllable, ""
    for new, spelt in BEGINNINGS:
        if syllable.startswith(new):
            beginning, rest, old = spelt, syllable[len(new):], new
            break
    rest = rest.replace("v", "u")
    if rest.endswith("ong"):
        rest = rest[:-3] + "ung"
    if rest.endswith("ian"):
        rest = rest[:-3] + "ien"
    if rest.endswith("ie") or (rest.endswith("ue") and len(rest) == 2):
        rest += "h"
    if rest == "uo" and old not in ("sh", "g", "k", "h"):
        rest = "o"
    if old == "" and syllable.startswith(("l", "n", "t", "s")) and rest.endswith("uo"):
        rest = rest[:-2] + "o"
    return beginning + rest


def sounds(syllables):
    """For each syllable the first one that Wade-Giles spells alike; and all its spellings that are no pinyin."""
    first, sound, spelt = {}, [0] * len(syllables), {}
    for number, syllable in enumerate(syllables):
        if number > 0:
            sound[number] = first.setdefault(wade(syllable), number)
    for spelling, number in first.items():
        if spelling not in syllables:
            spelt[spelling] = number
    for spelling, written in (("szu", "ssu"), ("chi", "chih"), ("ke", "ko"), ("yin", "yin"), ("hsueh", "hsueh")):
        if spelling not in syllables and written in first:
            spelt[spelling] = first[written]
    return sound, spelt


def families(path, syllables):
    """Spelling of a family name -> the readings it may stand for, two syllables at most each."""
    known = collections.defaultdict(list)
    numbers = {s: i for i, s in enumerate(syllables)}
    for reading, spellings in groups_of_words(path):
        parts = [numbers[reading]] if reading in numbers else next(
            ([numbers[reading[:i]], numbers[reading[i:]]] for i in range(len(reading) - 1, 0, -1)
             if reading[:i] in numbers and reading[i:] in numbers), None)
        if parts is None:
            sys.exit(f"{path}: {reading} is no reading")
        for spelling in [reading] + spellings:
            known[spelling].append((parts + [0])[:2])
    return known


def groups_of_words(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                words = line.split()
                yield words[0], words[1:]


def main(readings_path, hans_path, romanised_path, out):
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
        file.write("/* made by tools/tables/han.py */\n#include \"script/han.h\"\n\n")
        file.write("const char *const script_han_syllables[] = {\n")
        for syllable in syllables:
            file.write(f'    "{syllable}",\n')
        file.write("};\n")
        starts = [bisect.bisect_left(syllables, chr(ord("a") + i), 1) for i in range(27)]
        file.write("const uint16_t script_han_starts[27] = {\n")
        file.writelines(rows(starts))
        file.write("};\n")
        sound, spelt = sounds(syllables)
        file.write(f"const uint16_t script_han_sound[{len(syllables)}] = {{\n")
        file.writelines(rows(sound))
        file.write("};\nconst script_spelling script_han_wade[] = {\n")
        for spelling in sorted(spelt):
            file.write(f'    {{"{spelling}", {{{spelt[spelling]}, 0}}}},\n')
        file.write(f"}};\nconst size_t script_han_wade_count = {len(spelt)};\n")
        known = families(romanised_path, syllables)
        count = sum(len(readings) for readings in known.values())
        file.write("const script_spelling script_han_families[] = {\n")
        for spelling in sorted(known):
            for first, second in known[spelling]:
                file.write(f'    {{"{spelling}", {{{first}, {second}}}}},\n')
        file.write(f"}};\nconst size_t script_han_family_count = {count};\n\n")
        file.write("const uint16_t script_han_reading[SCRIPT_HAN_LAST - SCRIPT_HAN_FIRST + 1] = {\n")
        file.writelines(rows([reading.get(code, 0) for code in codes]))
        file.write("};\n\nconst uint16_t script_han_simple[SCRIPT_HAN_LAST - SCRIPT_HAN_FIRST + 1] = {\n")
        file.writelines(rows([simple.get(code, code) for code in codes]))
        file.write("};\n\nconst script_han_more script_han_extra[] = {\n")
        for code, index in sorted(extra):
            file.write(f"    {{{code}, {index}}},\n")
        file.write("};\nconst size_t script_han_extra_count = sizeof script_han_extra / sizeof *script_han_extra;\n")


if __name__ == "__main__":
    main(*sys.argv[1:5])
