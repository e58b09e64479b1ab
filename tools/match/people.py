#!/usr/bin/env python3
"""Writes made-up customers with known duplicates as CSV, always the same for the same arguments.

usage: people.py latin|scripts|shared ROWS OUT.csv [SEED]

Eleven columns and `truth`, the number of the person, which is for measure.py only. About a fifth of the persons stand in
the list more than once, with what happens to records in life: slips of the pen, swapped and shortened names, names taken
in marriage, moves, new and lost values, and values that strangers share (households, offices). `scripts` has persons with
Chinese, Persian and Latin names, each record written in any of the ways people write them (names.py).
`shared` is `latin` where strangers share mailboxes: half of a household has one, a tenth writes from the firm's, and one
person in fifty has the mailbox that clerks type where they know none.
Nothing here is read by the program; tables of the program are not read here, so that they do not measure themselves.
"""
import csv
import random
import sys

import names

HEADER = ["id", "first_name", "last_name", "company", "email", "phone", "street", "city", "postcode", "country",
          "birth_date", "truth"]
FIRST, LAST, COMPANY, EMAIL, PHONE, STREET, CITY, POSTCODE, COUNTRY, BORN = range(10)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slip(rng, text):
    """One slip of the pen: a letter wrong, missing, doubled, or two exchanged."""
    if len(text) < 3:
        return text
    at, kind = rng.randrange(len(text) - 1), rng.random()
    if kind < 0.3:
        return text[:at] + text[at + 1:]
    if kind < 0.55:
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    other = rng.choice(LETTERS) if text[at].isascii() and text[at].isalpha() else rng.choice("0123456789")
    if not text[at].isascii():
        return text[:at] + text[at + 1:]
    return text[:at] + other + text[at + (kind < 0.8):]


def slip_digit(rng, text):
    places = [i for i, c in enumerate(text) if c.isdigit()]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + rng.choice("0123456789") + text[at + 1:]


def born(rng):
    return f"{rng.randrange(1935, 2007)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def damage_date(rng, day):
    if rng.random() < 0.5:
        return day[:5] + day[8:] + day[4:7] if int(day[8:]) < 13 else day
    for _ in range(9):
        other = slip_digit(rng, day)
        if 1 <= int(other[5:7]) <= 12 and 1 <= int(other[8:]) <= 28 and 1930 < int(other[:4]) < 2010:
            return other
    return day


taken = set()


def mailbox(rng, given, family):
    """An address made of a name in Latin letters, as people choose them; nobody else has it."""
    given, family = given.lower().replace(" ", ""), family.lower().replace(" ", "")
    local = rng.choice([given + "." + family, given[:1] + family, given + family, family + "." + given,
                        given + rng.choice(["_", "-", ""]) + family[:1], family + given[:1]])
    number = str(rng.randrange(1, 3000)) if rng.random() < 0.6 else ""
    address = local + number + "@" + rng.choice(names.DOMAINS)
    while address in taken:
        address = local + str(rng.randrange(1, 100000)) + "@" + rng.choice(names.DOMAINS)
    taken.add(address)
    return address


class Person:
    """Who someone is, before anybody writes it down."""

    def __init__(self, rng, culture, house=None):
        self.culture = culture
        self.family = house.family if house and rng.random() < 0.8 else culture.draw_family(rng)
        self.given = culture.draw_given(rng)
        self.email = mailbox(rng, culture.latin(self.given), culture.latin(self.family))
        self.phone = house.phone if house and rng.random() < 0.5 else culture.draw_phone(rng)
        self.home = house.home if house else culture.draw_home(rng)
        self.company = culture.draw_company(rng) if rng.random() < 0.55 else None
        if self.company and rng.random() < 0.03:
            self.email = rng.choice(["info", "sales", "office"]) + "@" + culture.latin(self.company[0]).lower() + ".example"
        self.born = born(rng)

    def live_on(self, rng):
        """What changes between two records of one person."""
        if rng.random() < 0.12:
            self.home = self.culture.draw_home(rng)
        if rng.random() < 0.04:
            self.family = self.culture.marry(rng, self.family)
        if rng.random() < 0.12:
            self.email = mailbox(rng, self.culture.latin(self.given), self.culture.latin(self.family))
        if rng.random() < 0.10:
            self.phone = self.culture.draw_phone(rng)
        if rng.random() < 0.10:
            self.company = self.culture.draw_company(rng)

    def write(self, rng):
        given, family = self.culture.write_name(rng, self.given, self.family)
        street, city, postcode = self.culture.write_home(rng, self.home)
        row = [given, family, self.culture.write_company(rng, self.company) if self.company else "", self.email,
               self.culture.write_phone(rng, self.phone), street, city, postcode, self.culture.country, self.born]
        return row


def share_mailbox(rng, person, house):
    """A mailbox that others have too."""
    drawn = rng.random()
    if house and drawn < 0.5:
        person.email = house.email
    elif person.company and drawn < 0.6:
        person.email = "info@" + person.culture.latin(person.company[0]).lower() + ".example"
    elif drawn > 0.98:
        person.email = "none@mail.example"


def damage(rng, row):
    """What goes wrong when a record is typed."""
    for c in (FIRST, LAST, EMAIL, STREET, CITY):
        if row[c] and rng.random() < 0.06:
            row[c] = slip(rng, row[c])
    if row[PHONE] and rng.random() < 0.04:
        row[PHONE] = slip_digit(rng, row[PHONE])
    if row[POSTCODE] and rng.random() < 0.04:
        row[POSTCODE] = slip_digit(rng, row[POSTCODE])
    if rng.random() < 0.06:
        row[BORN] = damage_date(rng, row[BORN])
    if rng.random() < 0.05:
        row[FIRST], row[LAST] = row[LAST], row[FIRST]
    for c, lost in ((COMPANY, .2), (EMAIL, .2), (PHONE, .2), (STREET, .12), (CITY, .05), (POSTCODE, .12), (BORN, .25)):
        if rng.random() < lost:
            row[c] = ""
    return row


def make(rng, cultures, rows, sharing):
    number, made, house = 0, [], None
    while len(made) < rows:
        shared = house if house is not None and rng.random() < 0.12 else None
        culture = shared.culture if shared else rng.choice(cultures)
        person = Person(rng, culture, shared)
        if sharing:
            share_mailbox(rng, person, shared)
        house = person
        number += 1
        copies = 1
        while rng.random() < (0.2 if copies == 1 else 0.35) and copies < 6:
            copies += 1
        for copy in range(copies):
            if copy:
                person.live_on(rng)
            made.append(damage(rng, person.write(rng)) + [number])
    made = made[:rows]
    rng.shuffle(made)
    return made


def main():
    kind, rows, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    cultures = {"latin": [names.Latin()], "shared": [names.Latin()], "scripts": [names.Latin(), names.Chinese(), names.Persian()]}[kind]
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows([f"R{i:08d}"] + row for i, row in enumerate(make(rng, cultures, rows, kind == "shared"), 1))


if __name__ == "__main__":
    main()
