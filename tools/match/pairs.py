#!/usr/bin/env python3
"""Writes pairs of names in two ways of writing, always the same for the same arguments.

usage: pairs.py COUNT OUT.tsv [SEED]

Lines `kind TAB name TAB name`. COUNT pairs of each kind that are one person's: `fa-latin` (Arabic and Latin letters), `fa`
(Arabic letters both times, written in two ways), `zh-hant` (Simplified and Traditional characters), `zh-latin` (characters
and Latin letters), `zh` (characters both times: order, blanks, titles). Then strangers: `other-KIND`, two names of different
people written in those two ways, and `family-KIND`, two who share the family name only.
Names are those of names.py, of which the program knows nothing; no person is in two pairs of a kind.
"""
import random
import sys

import names

ZH, FA = names.Chinese(), names.Persian()
FORMS = str.maketrans({"ی": "ي", "ک": "ك"})
HARAKAT = "\u064e\u064f\u0650\u0651"


def in_han(rng, given, family, script):
    """Characters: family name in front, now and then behind a blank or with how one is addressed."""
    given, family, way = given[script], family[script], rng.random()
    if way < 0.7:
        return family + given
    if way < 0.8:
        return family + " " + given
    if way < 0.9:
        return given + " " + family
    return family + given + rng.choice(["先生", "女士"])


def wade_giles(syllable):
    """Pinyin without tone as Wade and Giles spell it, without their circumflex."""
    whole = {"zi": "tzu", "ci": "tz'u", "si": "ssu", "zhi": "chih", "chi": "ch'ih", "shi": "shih", "ri": "jih", "you": "yu",
             "yu": "yü", "er": "erh", "yan": "yen", "ye": "yeh", "yue": "yüeh", "yuan": "yüan", "yun": "yün", "yong": "yung"}
    if syllable in whole:
        return whole[syllable]
    before = next((b for b in ("zh", "ch", "sh") if syllable.startswith(b)), syllable[0])
    rest = syllable[len(before):]
    if before in "jqxy" and rest[0] == "u":
        rest = "ü" + rest[1:]
    rest = rest.replace("v", "ü").replace("ong", "ung")
    rest = {"ian": "ien", "ie": "ieh", "üe": "üeh", "e": "e" if before not in "gkh" else "o"}.get(rest, rest)
    if rest == "uo" and before not in ("g", "k", "h", "sh"):
        rest = "o"
    if rest == "ui" and before in ("g", "k"):
        rest = "uei"
    first = {"b": "p", "p": "p'", "d": "t", "t": "t'", "g": "k", "k": "k'", "j": "ch", "q": "ch'", "x": "hs", "zh": "ch",
             "ch": "ch'", "z": "ts", "c": "ts'", "r": "j"}
    return first.get(before, before) + rest


def in_latin_zh(rng, given, family):
    """Pinyin with marks, with digits and without, joined and apart; Wade–Giles; family names of Hong Kong and Taiwan."""
    syllables, surname, way = given[2].split(), family[2], rng.random()
    joined = rng.choice(["", "", " ", "-"])
    if way < 0.1:
        parts = [joined.join(syllables), surname]
    elif way < 0.2:
        parts = [" ".join(map(names.numbered, syllables)), names.numbered(surname)]
    else:
        parts = [joined.join(s.translate(names.PLAIN) for s in syllables), surname.translate(names.PLAIN)]
    if way > 0.85:
        parts = ["-".join(wade_giles(s.translate(names.PLAIN)) for s in syllables), rng.choice(family[3].split(","))]
    elif way > 0.7:
        parts[1] = rng.choice(family[3].split(","))
    parts = [part.capitalize() for part in parts]
    return " ".join(parts if rng.random() < 0.5 else parts[::-1])


def in_arabic(rng, given, family):
    """Persian or Arabic letters, tatweel, vowel signs, joiner, blank or nothing between the parts of a word."""
    g, f = given[0], family[0]
    way = rng.random()
    f = rng.choice([f, f.replace("\u200c", " "), f.replace("\u200c", "")])
    if " " in g and rng.random() < 0.5:
        g = g.replace(" ", rng.choice(["", "\u200c"]))
    whole = g + " " + f if rng.random() < 0.75 else f + " " + g
    if way < 0.35:
        whole = whole.translate(FORMS)
    if 0.3 < way < 0.45:
        whole = whole[:2] + "ـ" + whole[2:]
    if 0.45 < way < 0.55:
        whole = whole[:1] + rng.choice(HARAKAT) + whole[1:]
    if way > 0.92:
        whole = rng.choice(["آقای ", "خانم ", "دکتر "]) + whole
    return whole


def in_latin_fa(rng, given, family):
    words = [rng.choice(given[1].split(",")), rng.choice(family[1].split(","))]
    return " ".join(words if rng.random() < 0.75 else words[::-1])


KINDS = {
    "fa-latin": (FA, in_arabic, in_latin_fa),
    "fa": (FA, in_arabic, in_arabic),
    "zh-hant": (ZH, lambda r, g, f: in_han(r, g, f, 0), lambda r, g, f: in_han(r, g, f, 1)),
    "zh-latin": (ZH, lambda r, g, f: in_han(r, g, f, 0), in_latin_zh),
    "zh": (ZH, lambda r, g, f: in_han(r, g, f, 0), lambda r, g, f: in_han(r, g, f, 0)),
}


def people(rng, culture, count):
    """Different persons, in the order drawn."""
    drawn = {}
    while len(drawn) < count:
        given, family = culture.draw_given(rng), culture.draw_family(rng)
        drawn[culture.latin(given) + " " + culture.latin(family)] = (given, family)
    return list(drawn.values())


def differ(a, b):
    """No part in common in any spelling."""
    return not set(",".join(a).replace(" ", ",").lower().split(",")) & set(",".join(b).replace(" ", ",").lower().split(","))


def lines(rng, count):
    for kind, (culture, one, two) in KINDS.items():
        drawn = people(rng, culture, count)
        for person in drawn:
            a, b = one(rng, *person), two(rng, *person)
            while a == b:
                a, b = one(rng, *person), two(rng, *person)
            yield kind, a, b
        made = 0
        while made < count:
            (given, family), (given_b, family_b) = rng.sample(drawn, 2)
            if differ(given, given_b) and differ(family, family_b):
                made += 1
                yield "other-" + kind, one(rng, given, family), two(rng, given_b, family_b)
        made = 0
        while made < count:
            (given, family), (given_b, _) = rng.sample(drawn, 2)
            if differ(given, given_b):
                made += 1
                yield "family-" + kind, one(rng, given, family), two(rng, given_b, family)


def main():
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        for line in lines(rng, int(sys.argv[1])):
            file.write("\t".join(line) + "\n")


if __name__ == "__main__":
    main()
