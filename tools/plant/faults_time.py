"""What went wrong over time (the history tells it, see history.py), consents in the wrong order, and what contradicts an identity number, a
map, or another record of the same person."""
import datetime

from faults import fault, filled, spoil
from faults_links import later
from world import DAY
import values

STAGES = ["Prospecting", "Qualification", "Proposal", "Negotiation"]


def day_of(row, field):
    return datetime.date.fromisoformat(str(row[field])[:10])


for _control, _entity, _story, _need in (
        ("SAL-STAGE-SKIPPED", "opportunity", "skipped", lambda r: r["stage"] in ("Won", "Proposal", "Negotiation")),
        ("SAL-STAGE-BACK", "opportunity", "back", lambda r: r["stage"] in ("Won", "Proposal", "Negotiation") and filled("opened_on", "expected_close")(r)),
        ("SAL-CLOSE-PUSHED", "opportunity", "pushed", lambda r: filled("opened_on", "expected_close")(r) and (DAY - day_of(r, "opened_on")).days > 12),
        ("SAL-AMOUNT-AFTER-WON", "opportunity", "amount after", lambda r: r["stage"] == "Won" and (DAY - day_of(r, "closed_on")).days > 4),
        ("SAL-AMOUNT-BEFORE-WON", "opportunity", "amount before", lambda r: r["stage"] == "Won"),
        ("SAL-REOPENED", "opportunity", "reopened", lambda r: r["stage"] in ("Won", "Lost") and (DAY - day_of(r, "closed_on")).days > 4),
        ("SER-OPENED-AGAIN", "service_case", "reopened", lambda r: r["status"] in ("Solved", "Closed")),
        ("USE-OWNER-CHANGED", "account", "owner", lambda r: True)):
    def change(p, row, story=_story):
        row.story = story
    fault(_control, _entity, need=_need)(change)


# ---- consent
@fault("PRI-WITHDRAWN-STILL-YES", "contact", need=lambda r: r["consent_marketing"] == "yes", field="withdrawn_on")
def still_yes(p, row):
    row["withdrawn_on"] = later(row["consent_on"], p.rng.randrange(1, 9)) if row["consent_on"] else later(DAY, -p.rng.randrange(1, 200))


@fault("PRI-WITHDRAWN-ORDER", "contact", need=lambda r: r["consent_marketing"] == "no", field="withdrawn_on")
def wrong_order(p, row):
    row["consent_on"] = later(DAY, -p.rng.randrange(1, 100))
    row["withdrawn_on"] = later(row["consent_on"], -p.rng.randrange(1, 700))


@fault("PRI-CONSENT-FUTURE", "contact", need=lambda r: r["consent_marketing"] == "yes", field="consent_on")
def agreed_tomorrow(p, row):
    row["consent_on"] = later(DAY, p.rng.choice([1, 2, 30, 365, 36525]))


@fault("PRI-CONSENT-BEFORE-RECORD", "contact", need=lambda r: r["consent_marketing"] == "yes", field="consent_on")
def from_a_list(p, row):
    row["consent_on"] = later(row["created_on"], -p.rng.randrange(32, 900))


def takes_part(row):
    return row["kind"] in ("Call", "E-mail") and row["contact"] and row["status"] == "Done"


def person_of(p, row):
    return next((c for c in row.acc.of("contact") if c["id"] == row["contact"] and not c.spoilt), None)


@fault("PRI-CONTACT-AFTER-WITHDRAWAL", "activity", need=takes_part, field="started_on")
def after_no(p, row):
    person = person_of(p, row)
    if person is None or person["consent_marketing"] != "no":
        return False
    person["withdrawn_on"] = later(row["started_on"], -p.rng.randrange(3, 300))
    row["opportunity"], row["direction"] = "", "Out"
    spoil(person, row.deal)
    return "started_on"


@fault("PRI-CAMPAIGN-BEFORE-CONSENT", "activity", need=takes_part, field="started_on")
def before_yes(p, row):
    person = person_of(p, row)
    if person is None or person["consent_marketing"] != "yes":
        return False
    row["campaign"], row["direction"] = p.rng.choice([c for c in p.world.rows["campaign"] if not c.spoilt])["id"], "Out"
    person["consent_on"] = later(row["started_on"], p.rng.randrange(1, max(2, (DAY - day_of(row, "started_on")).days)))
    spoil(person)
    return "started_on"


# ---- a person, a number, a map
@fault("CON-TWO-BIRTHDAYS", "contact", need=filled("email", "birth_date"), field="birth_date")
def two_birthdays(p, row):
    twin = p.copy(row)
    twin["birth_date"] = later(row["birth_date"], p.rng.choice([-3653, -366, -31, -1, 1, 30, 365, 1000]))
    return "birth_date", "two_birthdays", [twin]


@fault("CON-TWO-SEXES", "contact", need=filled("email", "gender"), field="gender")
def two_sexes(p, row):
    twin = p.copy(row)
    twin["gender"] = "Male" if row["gender"] == "Female" else "Female"
    return "gender", "two_sexes", [twin]


def write_number(p, row, born, sex):
    row["description"] = p.rng.choice(["身份证 {}", "{}", "证件号码：{}。", "ID no. {}, seen at the desk"]).format(values.resident_id(p.rng, str(born), sex))


@fault("CON-ID-BIRTHDAY", "contact", script="chinese", need=filled("birth_date", "gender"), field="birth_date")
def other_birthday(p, row):
    write_number(p, row, later(row["birth_date"], p.rng.choice([-366, -31, -1, 1, 28, 3652])), row["gender"][0].lower())


@fault("CON-ID-SEX", "contact", script="chinese", need=filled("birth_date", "gender"), field="gender")
def other_sex(p, row):
    write_number(p, row, row["birth_date"], "m" if row["gender"] == "Female" else "f")


CITIES = {"CN": ["上海", "北京市", "Shenzhen", "شانگهای"], "IR": ["تهران", "Isfahan", "德黑兰", "مشهد"], "DE": ["München", "Berlin", "慕尼黑", "برلین"], "JP": ["Tokyo", "东京", "توکیو", "Osaka"]}


@fault("CON-CITY-COUNTRY", "contact", "account", "lead", need=lambda r: filled("city", "country")(r) and r.country in ("CN", "IR", "DE", "FR", "IT", "PL"), field="city")
def elsewhere(p, row):
    row["city"] = p.rng.choice(CITIES[p.rng.choice([c for c in CITIES if c != row.country and not (c == "DE" and row.country == "AT")])])


def too_long(p):
    words = "conference room behind reception building second entrance underground garage opposite cafeteria engineering department laboratory visitors".split()
    while True:
        text = "The " + " ".join(p.rng.choice(words) for _ in range(12))
        if text[59] != " " and text[60] != " ":
            return text[:60]


@fault("DQ-CUT-OFF", "activity", need=lambda r: r["place"], field="place")
def cut_off(p, row):
    """A field that is too short cuts more than one text."""
    row["place"] = too_long(p)
    others = p.keep("cut off", lambda: [p.other("activity", lambda r: r["place"] and p.alone(r)) for _ in range(6)]) if p.turn("cut off") == 0 else []
    for other in others:
        other["place"] = too_long(p)
    return [(other, "place") for other in others]
