"""Faults of single values: form, spelling, character sets, names."""
import datetime

import names
from faults import fault, filled, slip
import values

LATIN = "latin"
TEXTS = ("full_name", "city", "address", "description", "name", "company", "job_title")


def garble(text, how):
    try:
        return {
            "utf8 read as 1252": lambda: text.encode("utf-8").decode("cp1252"),
            "utf8 read as latin1": lambda: text.encode("utf-8").decode("latin-1").replace("\x85", "…").replace("\x80", "€"),
            "twice": lambda: text.encode("utf-8").decode("cp1252").encode("utf-8").decode("cp1252"),
            "gbk read as latin1": lambda: text.encode("gbk").decode("latin-1"),
            "utf8 read as gbk": lambda: text.encode("utf-8").decode("gbk", "replace"),
            "1256 read as 1252": lambda: text.encode("cp1256").decode("cp1252"),
            "utf8 read as 1256": lambda: text.encode("utf-8").decode("cp1256"),
            "question marks": lambda: "".join("?" if ord(c) > 127 else c for c in text),
            "replacement": lambda: "".join("\ufffd" if ord(c) > 127 else c for c in text),
            "big5 read as latin1": lambda: text.encode("big5").decode("latin-1"),
            "kun kao": lambda: "锟斤拷" + text[1:],
        }[how]()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


WAYS = {"latin": ["utf8 read as 1252", "utf8 read as latin1", "twice", "replacement"], "chinese": ["utf8 read as 1252", "gbk read as latin1", "question marks", "replacement", "kun kao", "utf8 read as latin1"],
        "persian": ["utf8 read as 1252", "1256 read as 1252", "question marks", "replacement", "utf8 read as latin1", "utf8 read as 1256"]}


@fault("DQ-GARBLED", "contact", "lead", "account")
def garbled(p, row):
    fields = [f for f in ("full_name", "city", "address", "name", "company") if row.get(f) and any(ord(c) > 127 for c in str(row[f])) and f != "country"]
    if not fields:
        return False
    field = p.rng.choice(fields)
    how = p.rng.choice(WAYS[row.script])
    out = garble(row[field].replace("\u200c", " "), how)
    if out is None or out == row[field] or any(ord(c) < 32 or 0x7f <= ord(c) < 0xa0 for c in out) or (how.startswith("question") and out.count("?") < 4):
        return False
    row[field] = out
    return field, how


DOMAINS = "gmial.com gmai.com gamil.com gnail.com gmaill.com gmail.con gmail.cmo gmil.com gmal.com hotnail.com hotmial.com hotmai.com hotmal.com hotmail.con yaho.com yahooo.com yahoo.con yhoo.com outlok.com outloo.com outlook.con iclod.com icloud.co.con gmx.nte web.dee 163.con 126.cmo qq.con qq.cmo foxmial.com sina.con outllook.com yaboo.com gmail.comm hotmail.cpm gmaik.com".split()


@fault("DQ-MAIL-LOOKALIKE", "contact", "lead", need=filled("email"), field="email")
def lookalike(p, row):
    row["email"] = row["email"].split("@")[0] + "@" + p.rng.choice(DOMAINS)


@fault("DQ-MARKUP", "contact", "lead", "account", "activity", "service_case")
def markup(p, row):
    field = p.rng.choice([f for f in ("description", "address", "subject", "company") if f in row])
    text = row[field] or {"latin": "Prefers post", "chinese": "喜欢邮寄", "persian": "نامه می‌خواهد"}[row.script]
    row[field] = p.rng.choice([text + "<br>", "<p>" + text + "</p>", text + "&nbsp;", "<b>" + text + "</b>", text.replace(" ", "&nbsp;", 1) + "&#39;", text + " &amp; Co", "<div style=\"x\">" + text, text + "<br/>", text + " &quot;", text + " &lt;", "<span>" + text + "</span>"])
    return field


@fault("DQ-MISSPELT", "account", "lead", "opportunity", "activity", "service_case", "sales_order")
def misspelt(p, row):
    options = {"account": ["industry", "kind", "life_cycle"], "lead": ["status", "lead_source"], "opportunity": ["stage"], "activity": ["kind", "status"], "service_case": ["status", "kind"], "sales_order": ["status"]}[row.entity]
    field = p.rng.choice(options)
    if len(str(row[field])) < 7:
        return False
    row[field] = slip(p.rng, row[field])
    return field


ALIKE = dict(zip("aceopxiyABCEHKMOPTX", "асеорхіуАВСЕНКМОРТХ"))
GREEK = dict(zip("oABEHIKMNOPTXZv", "οΑΒΕΗΙΚΜΝΟΡΤΧΖν"))


@fault("DQ-MIXED-SCRIPT", "contact", "lead", "account", script=LATIN)
def mixed(p, row):
    field = p.rng.choice([f for f in ("full_name", "city", "name", "company", "job_title") if row.get(f)])
    table = p.rng.choice([ALIKE, ALIKE, GREEK])
    text = row[field]
    spots = [i for i, c in enumerate(text) if c in table and sum(1 for x in (text[i - 1:i], text[i + 1:i + 2]) if x.isascii() and x.isalpha()) >= 1 and len(max((w for w in text.split()), key=lambda w: (w.find(c) >= 0, len(w)))) > 2]
    if not spots:
        return False
    for at in p.rng.sample(spots, 1):
        text = text[:at] + table[text[at]] + text[at + 1:]
    row[field] = text
    return field


@fault("DQ-NAME-CASE", "contact", "lead", script=LATIN, field="full_name", need=lambda r: len(r["family_name"]) > 3)
def one_case(p, row):
    row["full_name"] = p.rng.choice([str.upper, str.lower])(row["full_name"])


@fault("DQ-NAME-CONTENT", "contact", "lead", field="full_name")
def content(p, row):
    name = row["full_name"]
    row["full_name"] = p.rng.choice([lambda: f"{name} {p.rng.randrange(100, 9999)}", lambda: f"{name} {row['email']}", lambda: row["email"], lambda: f"{name} +49 30 {p.rng.randrange(10**6, 10**7)}",
                                     lambda: f"{name} (0{p.rng.randrange(151, 179)} {p.rng.randrange(10**6, 10**7)})", lambda: f"{name} www.{row['email'].split('@')[1]}", lambda: f"{name}{p.rng.randrange(2, 99)}",
                                     lambda: f"{name} https://{row['email'].split('@')[1]}/", lambda: f"{name} ۰۹۱۲{p.rng.randrange(10**6)}" if row.script == "persian" else f"{name} #{p.rng.randrange(99)}"])()


@fault("DQ-NAME-ORG", "contact", "lead", field="full_name")
def org(p, row):
    word = p.rng.choice(names.FIRM_LATIN)
    row["full_name"] = p.rng.choice({"latin": [f"{word} GmbH", f"{word} Ltd.", f"{word} & Co. KG", f"{word} Inc.", f"{word} S.A.R.L.", f"{word} LLC", f"{word} Corporation", f"{word} Foundation", f"{word} B.V.", f"{word} S.p.A.", f"{word} AG", f"University of {word}", f"{word} Sp. z o.o.", f"{word} Holding", f"{word} Pty Ltd", f"{word} e.V."],
                                     "chinese": ["北京华夏科技有限公司", "上海瑞丰集团", "天成贸易有限公司", "中国农业银行", "永泰股份有限公司", "深圳市恒信电子厂", "第一人民医院", "清华大学"],
                                     "persian": ["شرکت پارس صنعت", "بانک ملی", "دانشگاه تهران", "سازمان آب", "مؤسسه البرز", "بیمارستان میلاد", "شرکت نفت", "هلدینگ خزر"]}[row.script])


@fault("DQ-NAME-SWAPPED", "contact", need=lambda r: r["given_name"] and r["family_name"] and " " not in r["given_name"] + r["family_name"] and "-" not in r["given_name"] + r["family_name"])
def swapped(p, row):
    g, f = row["given_name"], row["family_name"]
    if p.count[("contact", "g", g)] < 8 or p.count[("contact", "f", f)] < 8 or p.count[("contact", "f", g)] or p.count[("contact", "g", f)]:
        return False
    for word in (g, f):  # a word that is swapped twice tells nothing any more
        if p.kept.setdefault(("swapped", word), row["id"]) != row["id"]:
            return False
    row["given_name"], row["family_name"] = f, g
    if row.script != "chinese":
        row["full_name"] = f"{f} {g}"
    return "given_name"


@fault("DQ-NAME-TITLE", "contact", "lead", field="full_name")
def title(p, row):
    name = row["full_name"]
    row["full_name"] = p.rng.choice({"latin": [f"{t} {name}" for t in ("Mr", "Mrs.", "Ms.", "Miss", "Dr.", "Prof.", "Prof. Dr.", "Herr", "Frau", "Dipl.-Ing.", "Mme", "Monsieur", "Señor", "Sig.ra", "Dott.", "Sr.", "Sra.", "Ing.", "Mister", "Dhr.", "Mevr.", "Doctor", "Madame")] + [f"{name}, PhD", f"{name} Esq.", f"{name}, MBA"],
                                     "chinese": [name + "先生", name + "女士", name + "小姐", name + "经理", name + "博士", name + "教授", name + "总"], "persian": [f"{t} {name}" for t in ("آقای", "خانم", "دکتر", "مهندس", "جناب آقای", "سرکار خانم", "استاد", "حاج")]}[row.script])


@fault("DQ-STANDARD-FORM", "contact", "lead")
def own_form(p, row):
    def spaced(number):
        return number[:3] + p.rng.choice([" ", "-", " (0) ", "/"]) + number[3:6] + " " + number[6:]
    form = p.rng.randrange(4)
    if form == 0 and row.get("phone"):
        row["phone"] = p.rng.choice([spaced, lambda n: "00" + n[1:]])(row["phone"])
        return "phone"
    if form == 1 and row.get("email"):
        row["email"] = p.rng.choice([str.upper, lambda m: m.split("@")[0] + "@" + m.split("@")[1].upper()])(row["email"])
        return "email"
    if form == 2 and " " in row["full_name"]:
        row["full_name"] = p.rng.choice([lambda n: n.replace(" ", "  ", 1), lambda n: n.replace(" ", "\u00a0", 1), lambda n: n.replace(" ", " \t", 1)])(row["full_name"])
        return "full_name"
    return False


@fault("DQ-VALID-CHOICE", "activity", field="direction")
def not_allowed(p, row):
    row["direction"] = p.rng.choice(["both", "sideways", "yes", "3", "zurück", "双向", "دوطرفه", "callback", "TBC?"])


@fault("DQ-VALID-CHOICE", "contact", field="do_not_contact")
def not_boolean(p, row):
    row["do_not_contact"] = p.rng.choice(["maybe", "on request", "2", "perhaps", "per Post", "也许", "شاید", "yes/no", "ask first"])


@fault("DQ-VALID-CODE", "account", "contact", "lead", field="postcode", need=lambda r: r["postcode"] and r["country"] != "Ireland")
def postcode(p, row):
    code, length = str(row["postcode"]), len(str(row["postcode"]))
    row["postcode"] = p.rng.choice([code[:-1], code + "7", "ABC", code.replace(code[0], "X", 1) if code[0].isdigit() else "1234567", code[:2], "12-34-56-78", "P.O. Box", code + "-XY"])


@fault("DQ-VALID-CODE", "account", "lead", field="website")
def website(p, row):
    host = (row["website"] or "https://www.firm.de").split("//")[1]
    row["website"] = p.rng.choice(["htp:/" + host, "http//" + host, host.replace(".", ","), host.replace(".", " "), "see brochure", "https://" + host.replace(".", ""), "www", "https://" + host.split(".")[-2] + "..com", host.split(".")[-2] + "@", "http://", "ask " + host, "https:// " + host])


@fault("DQ-VALID-COUNTRY", "account", "contact", "lead", field="country")
def country(p, row):
    row["country"] = p.rng.choice(["Germny", "Untied Kingdom", "Frnace", "Europe", "Neverland", "Atlantis", "XX", "QQ", "Itlay", "Swizerland", "Asia", "Spian", "中华共和", "欧洲", "ایرن", "Polnad", "EMEA", "Worldwide", "Germanyy", "Chna", "DACH"])
    row["phone"] = row["phone"] if str(row["phone"]).startswith("+") else ""


@fault("DQ-VALID-DATE", "contact", "account", "opportunity", "sales_order", "lead", "campaign")
def date(p, row):
    field = {"contact": "birth_date", "account": "customer_since", "opportunity": "expected_close", "sales_order": "due_on", "lead": "opened_on", "campaign": "ended_on"}[row.entity]
    rng = p.rng
    future = [] if field in ("expected_close", "due_on", "ended_on", "opened_on") else [f"{rng.randrange(2026, 2090)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"]
    row[field] = rng.choice([f"{rng.randrange(2021, 2025)}-02-30", f"{rng.randrange(2021, 2025)}-13-0{rng.randrange(1, 9)}", "2023-04-31", "0000-00-00", "2023-00-15", "2023-06-00", "2023-02-29", "soon", "Q3", "2023-11-31", "next week", "下周", "هفته بعد", "unknown day", "2022-09-99"] + future)
    return field


@fault("DQ-VALID-EMAIL", "contact", "lead", "account", field="email")
def email(p, row):
    local, domain = row["email"].split("@")
    row["email"] = p.rng.choice([local + domain, local + "@@" + domain, local + " at " + domain, local + "@", "@" + domain, local + "@" + domain.replace(".", ""), local + "@" + domain.replace(".", ","), local + "@." + domain, local + "@" + domain.replace(".", "..", 1),
                                 local.replace(local[1:2], local[1:2] + " ", 1) + "@" + domain, local + "@-" + domain, "." + local + "@" + domain, local + "..x@" + domain, local + ".@" + domain, "see card", local + "@" + domain + ".", local + "#" + domain, "(" + local + "@" + domain, local + "@" + domain + ">", local + "@" + domain + " tel", "mail " + local + "@" + domain, local + "（at）" + domain, local + "@" + domain.split(".")[0] + "_x." + domain.split(".", 1)[1], "http://" + domain])


@fault("DQ-VALID-ID", "account")
def check_digit(p, row):
    fields = [f for f in ("iban", "uscc", "national_legal_id", "lei", "vat_number") if row[f] and not (f == "vat_number" and row[f][:2] not in ("DE", "IT", "PL", "FR"))]
    if not fields:
        return False
    field, rng = p.rng.choice(fields), p.rng
    text = row[field]
    form = rng.randrange(4)
    spots = [i for i, c in enumerate(text) if c.isdigit() and i >= 4]
    at = rng.choice(spots)
    if form == 0:
        text = text[:at] + str((int(text[at]) + rng.choice([1, 2, 3, 5, 7])) % 10) + text[at + 1:]
    elif form == 1:
        text = text[:-1]
    elif form == 2:
        text = text + rng.choice("0123456789")
    else:
        pairs = [i for i in range(5, len(text) - 1) if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1] and abs(int(text[i]) - int(text[i + 1])) not in (5, 9)]
        if not pairs:
            return False
        at = rng.choice(pairs)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2:]
    if field == "national_legal_id" and len(text) == 11 and values.legal_check(text[:10]) == text[10]:
        return False  # ten and nought have one check digit: this slip leaves a right number
    row[field] = text
    return field, ["digit", "short", "long", "changed over"][form] + " " + field


@fault("DQ-VALID-NUMBER", "account", "order_line", "opportunity")
def number(p, row):
    field = {"account": p.rng.choice(["employees", "revenue"]), "order_line": "quantity", "opportunity": p.rng.choice(["probability", "amount"])}[row.entity]
    low = ["many", "ca. viele", "k.A. x", "12..5", "1,2,3,4", "about five", "十几个人左右", "زیاد", "#REF!", "#VALUE!", "1O0", "l2", "-"] if field != "quantity" else ["some", "1..5", "a dozen", "#N/A!", "4x", "l2", "若干", "چند"]
    if field == "probability":
        low = low[:5] + ["250", "-20", "101", "1000"]
    if field == "employees":
        low = low + ["-5", "-120"]
    row[field] = p.rng.choice([v for v in low if v != "-"])
    return field


@fault("DQ-VALID-PHONE", "contact", "lead", "account", field="phone")
def phone(p, row):
    number = str(row["phone"])
    row["phone"] = p.rng.choice([number[:6], number + "12345678", number[:3] + "12", "+999" + number[4:], "ask secretary", number[:5] + "ABC" + number[8:], number[:4] + "0" * 3, "call office", "+0" + number[3:], number[:4], "++" + number[:5], "请打前台", "ندارد دفتر", "tel"])


@fault("DQ-VALID-TEXT", "contact", field="salutation")
def text(p, row):
    """A note pasted into a field of forty signs."""
    row["salutation"] = {"latin": "To be addressed by title and both names in every letter, please", "chinese": "请在所有信件中使用全名和职务称呼" * 3, "persian": "لطفاً در همه نامه‌ها با عنوان کامل خطاب شود و نه کوتاه"}[row.script] + " " + str(p.rng.randrange(99))
