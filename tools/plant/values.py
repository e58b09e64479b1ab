"""Values that follow their rules: telephone numbers, postcodes, check digits."""
import string

PHONES = {  # country: (fixed, mobile); # is any digit, N is 2 to 8
    "DE": ("+4930N#######", "+49151########"), "AT": ("+431N######", "+43664N######"), "FR": ("+3314N######", "+3361#######"), "GB": ("+44207N######", "+447412######"),
    "US": ("+1212N3#5###", "+1415N6#3###"), "IE": ("+3531N######", "+35387N######"), "ES": ("+3491N######", "+346N#######"), "IT": ("+3902N######", "+39347N######"),
    "NL": ("+3120N######", "+3161#######"), "PL": ("+4822N######", "+48601######"), "CN": ("+86~N#######", "+86138########"), "TW": ("+88622#######", "+88691N######"),
    "IR": ("+98~N#######", "+98912N######"),
}
IBAN = {"DE": 18, "AT": 16, "FR": 23, "ES": 20, "NL": 14, "IT": 23, "PL": 24, "IE": 18, "GB": 18, "IR": 22}


def digits(rng, pattern):
    return "".join(rng.choice("0123456789") if c == "#" else rng.choice("2345678") if c == "N" else c for c in pattern)


def phone(rng, country, mobile=False, area=""):
    number = digits(rng, PHONES[country][1 if mobile else 0].replace("~", area or "21"))
    if country == "CN" and not mobile and len(area) == 3:
        return number
    return number


def mod97(text):
    return int("".join(str(int(c, 36)) for c in text)) % 97


def iban(rng, country):
    head = {"NL": "INGB", "GB": "NWBK", "IE": "AIBK", "IT": "X"}.get(country, "")
    body = head + "".join(rng.choice(string.digits) for _ in range(IBAN[country] - len(head)))
    if country == "FR":
        body = body[:21]
        plain = int(body[:5]) * 89 + int(body[5:10]) * 15 + int(body[10:21]) * 3
        body += f"{97 - plain % 97:02d}"
    if country == "ES":
        w = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]
        bank, account = body[:8], body[10:]
        check = lambda t: str({10: 1, 11: 0}.get(11 - sum(int(a) * b for a, b in zip(t, w)) % 11, 11 - sum(int(a) * b for a, b in zip(t, w)) % 11))
        body = bank + check("00" + bank) + check(account) + account
    return country + f"{98 - mod97(body + country + '00'):02d}" + body


def uscc(rng):
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = "".join(rng.choice("0123456789") for _ in range(8))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(int(c) * w for c, w in zip(organisation, weights)) % 11) % 11
    body = "91" + rng.choice(["110108", "310115", "440106", "510107"]) + organisation + ("X" if check == 10 else str(check))
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


def legal_check(body):
    tens = int(body[9]) + 2
    return str(sum((tens + int(c)) * w for c, w in zip(body, (29, 27, 23, 19, 17, 29, 27, 23, 19, 17))) % 11 % 10)


def legal_id(rng):
    body = "10" + "".join(rng.choice("0123456789") for _ in range(8))
    return body + legal_check(body)


def lei(rng):
    body = "5493" + "00" + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(12))
    return body + f"{98 - mod97(body + '00'):02d}"


def vat(rng, country):
    if country == "DE":
        body, product = "".join([rng.choice("123456789")] + [rng.choice("0123456789") for _ in range(7)]), 10
        for c in body:
            total = (int(c) + product) % 10 or 10
            product = total * 2 % 11
        return "DE" + body + str((11 - product) % 10)
    if country == "FR":
        while True:
            siren = "".join(rng.choice("123456789") for _ in range(9))
            if sum(d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, siren))) % 10 == 0:
                return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    if country == "IT":
        body = "0" + "".join(rng.choice("0123456789") for _ in range(6)) + "015"
        total = sum(d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, body)))
        return "IT" + body + str((10 - total % 10) % 10)
    if country == "PL":
        while True:
            body = "".join(rng.choice("123456789") for _ in range(9))
            check = sum(int(c) * w for c, w in zip(body, (6, 5, 7, 2, 3, 4, 5, 6, 7))) % 11
            if check < 10:
                return "PL" + body + str(check)
    return ""


def card(rng, head="4539"):
    body = head + "".join(rng.choice("0123456789") for _ in range(15 - len(head)))
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, body)))
    return body + str((10 - total % 10) % 10)


def resident_id(rng, born, sex="m"):
    body = rng.choice(["110105", "310104", "440103", "510104"]) + born.replace("-", "") + f"{rng.randrange(10):1d}{rng.randrange(10):1d}"
    body += str(rng.choice("13579" if sex == "m" else "02468"))
    total = sum(int(c) * w for c, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
    return body + "10X98765432"[total % 11]


def national_id(rng):
    body = "0" + rng.choice("0123456789") + "".join(rng.choice("0123456789") for _ in range(7))
    rest = sum(int(c) * (10 - i) for i, c in enumerate(body)) % 11
    return body + str(rest if rest < 2 else 11 - rest)
