#!/usr/bin/env python3
"""Makes the two committed texts of src/script/tables from their origins. Run by hand when an origin changes.

usage: gather_han.py KMANDARIN_8105 PINYIN OUT_FOLDER

readings.txt: `syllable characters`, the commonest Mandarin reading without its tone, ü written v. Characters of the
8105-character standard take theirs from KMANDARIN_8105 (the commonest), other characters of U+3400–U+9FFF from PINYIN (the
first). Both files: mozillazg/pinyin-data, MIT.
hans.txt: `Hans Hant…`, every character that ICU's transliterator Traditional-Simplified changes
(program uconv of the ICU developer tools; Unicode licence).
"""
import collections
import os
import subprocess
import sys
import unicodedata



def plain(reading):
    """The syllable in ASCII letters: tone marks dropped, ü as v."""
    out = ""
    for letter in unicodedata.normalize("NFD", reading.replace("ɡ", "g")):
        if letter == "\u0308":
            out = out[:-1] + "v"
        elif not unicodedata.combining(letter):
            out += letter
    return out


def read(path):
    result = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line.startswith("U+"):
                code, readings = line[2:].split(":")
                result[int(code, 16)] = plain(readings.split(",")[0].strip())
    return result


def traditional():
    codes = [chr(code) for block in (range(0x3400, 0x4DC0), range(0x4E00, 0xA000)) for code in block]
    shown = subprocess.run(["uconv", "-f", "utf-8", "-t", "utf-8", "-x", "Traditional-Simplified"],
                           input="\n".join(codes), capture_output=True, check=True, text=True).stdout
    pairs = collections.defaultdict(str)
    for before, after in zip(codes, shown.split("\n")):
        if before != after and len(after) == 1 and 0x3400 <= ord(after) <= 0x9FFF:
            pairs[after] += before
    return pairs


def write(path, head, groups):
    with open(path, "w", encoding="utf-8") as file:
        file.write(head)
        for key in sorted(groups):
            file.write(key + " " + groups[key] + "\n")


def main(common, rest, out):
    readings = {code: text for code, text in read(rest).items() if 0x3400 <= code <= 0x9FFF}
    readings.update(read(common))
    groups = collections.defaultdict(str)
    pairs = traditional()
    folded = {ord(letter) for letters in pairs.values() for letter in letters}
    for code in sorted(readings):
        if readings[code].isascii() and readings[code].isalpha() and code not in folded:
            groups[readings[code]] += chr(code)
    write(os.path.join(out, "readings.txt"), "# made by tools/tables/gather_han.py; see README.md\n", groups)
    write(os.path.join(out, "hans.txt"), "# made by tools/tables/gather_han.py; see README.md\n", pairs)


if __name__ == "__main__":
    main(*sys.argv[1:4])
