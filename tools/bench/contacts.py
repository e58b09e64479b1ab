#!/usr/bin/env python3
"""Writes a made-up export of contacts as CSV, always the same for the same arguments.

Usage: contacts.py ROWS OUT.csv
Ten columns as a CRM exports them; every 40th person stands in it twice, every 50th has something wrong.
"""
import random
import sys

GIVEN = ("Anna Boris Clara David Elena Frank Grace Henry Irene Jamal Karin Louis Maria Nadia Oscar Paula Quentin "
         "Rosa Simon Tanja Umar Vera Walter Xenia Yusuf Zoe Amelie Bruno Carlos Daniela").split()
FAMILY = ("Adler Brown Chen Duval Evans Fischer Garcia Hansen Ito Jansen Kumar Lopez Meyer Novak Olsen Petrov "
          "Quinn Rossi Schmidt Tanaka Ueda Vogel Weber Xu Yilmaz Zhang Bauer Costa Dubois Eriksen").split()
SYLLABLES = "ba be bo da de di do fa fi ga go ha ka ke ko la le lo ma me mi mo na ne no pa pe ra re ri ro sa se ta te to va vi za zu".split()
CITIES = "Berlin Paris Madrid Rome Vienna Oslo Lisbon Prague Dublin Athens Warsaw Helsinki".split()
COUNTRIES = "DE FR ES IT AT NO PT CZ IE GR PL FI".split()
DOMAINS = "example.com example.org example.net mail.example post.example firm.example".split()

POSTCODES = {"AT": "####", "NO": "####", "PT": "####-###", "CZ": "### ##", "GR": "### ##", "PL": "##-###", "IE": "D## A###"}


def postcode(rng, country):
    pattern = POSTCODES.get(country, "#####")
    return "".join(str(rng.randrange(1, 10)) if c == "#" else c for c in pattern)


def person(rng, number):
    family = rng.choice(FAMILY) if rng.random() < 0.5 else "".join(rng.choices(SYLLABLES, k=3)).capitalize()
    given = rng.choice(GIVEN)
    place = rng.randrange(len(CITIES))
    email = f"{given}.{family}{rng.randrange(10000)}@{rng.choice(DOMAINS)}".lower()
    if number % 50 == 0:
        email = rng.choice(["", email.replace("@", " at "), email.replace("@", "@@"), "n/a"])
    phone = f"+49 30 {rng.randrange(10**6, 10**8)}"
    born = f"{rng.randrange(1940, 2005)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    company = f"{rng.choice(SYLLABLES).capitalize()}{rng.choice(SYLLABLES)}{rng.choice(SYLLABLES)} {rng.choice(['GmbH', 'Ltd', 'SA', 'AG'])}"
    created = f"{rng.randrange(2015, 2025)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return [f"{given} {family}", email, phone, company, CITIES[place], COUNTRIES[place],
            postcode(rng, COUNTRIES[place]), born, created]


def main():
    rows, path = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(20250630)
    last = None
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("Contact ID,Full Name,Email,Phone,Account Name,City,Country,Postal Code,Birth Date,Created Date\r\n")
        for number in range(1, rows + 1):
            if last is None or number % 40:
                last = person(rng, number)
            file.write(f"C{number:08d}," + ",".join(last) + "\r\n")


if __name__ == "__main__":
    main()
