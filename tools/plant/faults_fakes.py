"""What was typed to get past a form: test names, keyboards, fillers, shared and counted-up values."""
import datetime

from faults import fault, filled, spoil
import values


@fault("FAKE-NAME", "contact", "lead", field="full_name")
def test_name(p, row):
    row["full_name"] = p.rng.choice({"latin": ["Test Test", "Test User", "Testing Tester", "test test", "Max Mustermann", "Erika Mustermann", "Foo Bar", "Dummy Customer", "Lorem Ipsum", "Mickey Mouse", "Donald Duck", "Test Kunde", "Cliente Prueba", "Client Test", "Utilisateur Test",
                                               "Test Account", "TEST DO NOT USE", "Demo User", "Sample Customer", "Fake Person", "Test123", "QA Test", "Prueba Prueba", "Testy McTestface", "Jan Test Testowy", "Pippo Pluto", "Teszt Elek", "Fulano de Tal", "John Q. Public", "Your Name", "First Last", "Dummy Dummy", "Test Contact 2", "Kunde Test", "Nome Cognome",
                                               "Voornaam Achternaam", "Testperson Eins", "Imię Nazwisko", "Benutzer Test", "Testowy Klient", "Asdf Test", "Batman", "Homer Simpson", "Nobody Nobody", "Anonymous"],
                                     "chinese": ["测试", "测试用户", "测试客户", "测试一", "测试账号", "张测试", "某某", "匿名", "无名氏", "路人甲", "测试测试", "测试001", "王测试", "示例用户", "试用账号", "测试人员", "张某某", "測試", "測試用戶", "样例客户", "演示账号", "李某"],
                                     "persian": ["تست", "تست تستی", "کاربر تست", "مشتری آزمایشی", "آزمایشی", "نمونه", "تست تست", "فلانی", "علی تستی", "تستی تست‌زاده", "کاربر آزمایشی", "شخص ناشناس", "مشتری تستی", "بدون نام", "فلان فلانی", "تست شماره یک"]}[row.script])


@fault("FAKE-NAME", "account", "lead")
def test_firm(p, row):
    field = "name" if row.entity == "account" else "company"
    tail = p.rng.choice(["", f" {p.rng.randrange(2, 400)}"])
    row[field] = p.rng.choice({"latin": ["Test GmbH", "Testfirma", "Test Company", "Test Account", "Dummy Ltd", "Musterfirma GmbH", "Muster AG", "Sample Company", "Empresa de Prueba", "Demo Company", "Test Inc", "Foo Bar Ltd", "Test Customer", "Example Company", "Société Test", "Azienda di Prova", "Testbedrijf BV", "Firma Testowa"],
                               "chinese": ["测试公司", "测试有限公司", "测试客户", "某某公司", "示例公司", "测试企业", "测试集团", "演示公司"], "persian": ["شرکت تست", "شرکت آزمایشی", "شرکت نمونه", "سازمان تست", "تست", "شرکت تستی"]}[row.script]) + (tail if field == "name" else "")
    return field


RUNS = ["asdf", "asdfgh", "qwerty", "qwertz", "azerty", "asdfasdf", "jkljkl", "zxcvbn", "qweasd", "dfgdfg", "sdfsdf", "hjkhjk", "yxcvbn", "fghfgh", "asdasd", "poiuyt", "lkjhgf", "wertyu", "mnbvcx", "qwe qwe", "asd asd", "sdfg sdfg", "qazwsx", "asdfjkl", "ghjkl"]


@fault("FAKE-KEYBOARD", "contact", "lead", "account")
def keyboard(p, row):
    field = p.rng.choice([f for f in ("full_name", "city", "address", "name", "company", "job_title") if f in row])
    pool = {"latin": RUNS, "chinese": RUNS[:12] + ["aaaaaa", "ssssss"], "persian": RUNS[:6] + ["شسیب", "ضصثق", "شسیبشسیب", "ظطزرذ", "ضصثقف", "کمنتا", "صثقفغ"]}[row.script]
    word = p.rng.choice(pool)
    row[field] = p.rng.choice([word, word.capitalize(), word.upper()]) if word.isascii() else word
    return field


@fault("FAKE-PLACEHOLDER", "contact", "lead", "account")
def filler(p, row):
    field = p.rng.choice([f for f in ("address", "city", "job_title", "company", "name", "department") if f in row])
    row[field] = p.rng.choice({"latin": ["xxx", "XXXX", "TBD", "tba", "to be confirmed", "not known", "not specified", "see above", "k. A.", "unbekannt", "noch offen", "inconnu", "non renseigné", "desconocido", "sin datos", "sconosciuto", "onbekend", "geen", "nieznany", "brak danych", "dito", "siehe oben", "x", "xx", "123", "zzz", "abc",
                                         "no address", "dummy", "to follow", "keine Angabe", "wird nachgereicht", "à compléter", "por definir", "da definire", "lorem ipsum", "blank", "tbc", "not provided", "...", "***", "/", "--/--", ".."],
                               "chinese": ["待定", "待补充", "未填写", "保密", "不清楚", "xxx", "待确认", "同上", "随便", "无地址", "略"], "persian": ["تعیین نشده", "فاقد", "بعدا", "نمی‌دانم", "مشخص نیست", "خالی", "xxx", "ثبت نشده", "بعداً تکمیل شود", "همان"]}[row.script])
    return field


@fault("FAKE-MAIL-DISPOSABLE", "contact", "lead", field="email")
def disposable(p, row):
    row["email"] = row["email"].split("@")[0] + "@" + p.rng.choice("mailinator.com guerrillamail.com 10minutemail.com yopmail.com trashmail.com tempmail.org temp-mail.org sharklasers.com getnada.com maildrop.cc throwawaymail.com dispostable.com fakeinbox.com mytemp.email spamgourmet.com moakt.com mohmal.com wegwerfemail.de emailondeck.com grr.la discard.email trash-mail.com mailnesia.com mintemail.com tempr.email burnermail.io".split())


@fault("FAKE-MAIL-DUMMY", "contact", "lead", field="email")
def dummy(p, row):
    domain = row["email"].split("@")[1]
    domain = p.rng.choice([domain] * 9 + ["test.com", "domain.com", "yourcompany.com"])
    row["email"] = p.rng.choice(["test", "none", "noemail", "asdf", "no", "na", "nomail", "noreply", "no-reply", "donotreply", "dummy", "fake", "xxx", "abc", "unknown", "test123", "aaa", "nobody", "test.test", "noone", "qwerty", "anonymous", "keine", "test1", "asdfasdf", "null", "notgiven", "test2", "aaaa", "noemail1", "xyz", "foo", "sinemail", "sans", "nessuna", "sincorreo", "meiyou", "ceshi", "nadarad"]) + "@" + domain


@fault("FAKE-MAIL-RESERVED", "contact", "lead", field="email")
def reserved(p, row):
    row["email"] = row["email"].split("@")[0] + "@" + p.rng.choice("example.com example.org example.net firm.test nothing.invalid mail.localhost box.example sub.example.com nirgends.invalid email.test company.local host.localdomain intern.local".split())


@fault("FAKE-PHONE", "contact", "lead", field="phone", need=lambda r: r["phone"] and r["country"] != "Austria")
def phone(p, row):
    rng, head = p.rng, str(row["phone"])[:3]
    start = {"latin": row["phone"][:5] if not row["phone"].startswith("+1") else "+1212", "chinese": "+86138" if row["country"] == "China" else "+88691", "persian": "+98912"}[row.script]
    digit = rng.choice("012")
    size = {"+49": 12, "+43": 11, "+33": 12, "+44": 13, "+35": 12, "+34": 12, "+39": 13, "+31": 12, "+48": 12, "+86": 14, "+88": 13, "+98": 13}.get(head, 12)
    rest = size - len(start)
    row["phone"] = rng.choice([start + digit * rest, start + "1234567890"[:rest], start + "0123456789"[:rest], start + "9876543210"[:rest], start + "0" * rest, "000000000", "111111111", "1234567890", "0123456789", "999999999", "+1" + "555" + "5555555", "+12125550123"])
    row["phone"] = row["phone"][:size]


@fault("FAKE-SHARED-PHONE", "contact", field="phone", share=0)
def shared_phone(p, row):
    group = p.strangers(row, p.rng.randrange(6, 11))
    for other in group:
        other["phone"] = row["phone"] = p.keep(("phone", row["id"]), lambda: values.phone(p.rng, row.country, mobile=True))
    return [(other, "phone") for other in group]


@fault("FAKE-SHARED-MAIL", "contact", field="email", share=0)
def shared_mail(p, row):
    group = p.strangers(row, p.rng.randrange(6, 11))
    for other in group:
        other["email"] = row["email"]
    return [(other, "email") for other in group]


@fault("FAKE-SHARED-ADDRESS", "contact", field="address", share=0)
def shared_address(p, row):
    group = p.strangers(row, p.rng.randrange(12, 17))
    where = p.world.place(row.script, row.country)
    for other in [row] + group:
        other["address"], other["city"], other["postcode"], other["country"] = where[0], where[1], where[2], row["country"]
    return [(other, "address") for other in group]


@fault("FAKE-SERIES-PHONE", "contact", field="mobile", share=0)
def series_phone(p, row):
    group = [row] + p.strangers(row, p.rng.randrange(7, 12), same_country=True)
    base, step = int(row["mobile"][1:]) // 100 * 100 + p.rng.randrange(40), 1
    for at, other in enumerate(group):
        other["mobile"], other["created_on"] = f"+{base + at * step}", row["created_on"]
        p.after_creation(other)
    return [(other, "mobile") for other in group[1:]]


@fault("FAKE-SERIES-MAIL", "contact", field="email", share=0)
def series_mail(p, row):
    group = [row] + p.strangers(row, p.rng.randrange(7, 12))
    stem, domain = p.rng.choice(["kunde", "person", "mitglied", "gast", "name", "contact", "kh", "moshtari", "lead"]), p.rng.choice(["gmail.com", "qq.com", "web.de", "yahoo.com", "163.com"])
    start, width = p.rng.randrange(1, 4000), p.rng.choice([1, 3, 4])
    stem += p.rng.choice(["", "_", "."]) + p.rng.choice("abcdefghkmnprst") + p.rng.choice("abcdefghkmnprst")
    for at, other in enumerate(group):
        other["email"], other["created_on"] = f"{stem}{start + at:0{width}d}@{domain}", row["created_on"]
        p.after_creation(other)
    return [(other, "email") for other in group[1:]]


@fault("FAKE-AGE", "contact", field="birth_date")
def old(p, row):
    row["birth_date"] = f"{p.rng.randrange(1900, 1914)}-{p.rng.randrange(2, 13):02d}-{p.rng.randrange(2, 28):02d}"


@fault("FAKE-OWN-STAFF", "contact", field="email")
def own_staff(p, row):
    row["email"] = p.rng.choice(p.world.rows["staff"])["email"]


@fault("FAKE-SAME-VALUE", "contact", field="full_name")
def same_value(p, row):
    first, second = p.rng.sample(["job_title", "department", "city", "address"], 2)
    row[first] = row[second] = row["full_name"]


@fault("FAKE-BIRTH-HEAP", "contact", field="birth_date", share=3)
def heap(p, row):
    row["birth_date"] = "1970-01-01" if p.seed % 2 else "1900-01-01"
    if row["birth_date"] == "1900-01-01":
        row["birth_date"] = "1980-01-01"
