"""What is missing, doubled, or contradicts another field or record."""
import datetime

from faults import fault, filled, slip, spoil
from world import DAY, Row
import values


def later(day, days):
    return datetime.date.fromisoformat(str(day)[:10]) + datetime.timedelta(days=days)


def empty(p, row, field):
    row[field] = p.rng.choice(["", "", "", "N/A", "-", "null", "   ", "n/a", "xxx", "无", "ندارد", "none", "tbd", "待定"])
    return field


def amount(text):
    return float(str(text).split()[0])


def scale(text, factor):
    return f"{amount(text) * factor:.2f} {text.split()[1]}"


for _control, _entity, _field in (("COM-EMAIL", "contact", "email"), ("COM-CONTACT-ACCOUNT", "contact", "account"), ("COM-CUSTOMER", "opportunity", "account"), ("COM-SEGMENT", "account", "industry"), ("COM-SEGMENT", "account", "country"),
                                  ("COM-REQUIRED", "contact", "full_name"), ("COM-REQUIRED", "account", "name"), ("COM-REQUIRED", "activity", "subject"), ("COM-REQUIRED", "opportunity", "stage"), ("COM-REQUIRED", "service_case", "subject"), ("COM-REQUIRED", "sales_order", "ordered_on")):
    def missing(p, row, field=_field):
        row[field] = p.rng.choice(["", "", "", "  ", "N/A", "null", "-"] + (["xxx", "tbd"] if field in ("full_name", "name", "subject") else []))
        if row.entity == "opportunity" and field == "account":
            spoil(*row.of("order"), *row.of("activity")) if row.of("order") + row.of("activity") else None
        if row.entity == "account" and field == "name":
            spoil(*row.of("deal")) if row.of("deal") else None
        if row.entity == "contact" and field == "full_name":
            row["given_name"] = row["family_name"] = ""
        if row.entity == "opportunity" and field == "stage":
            row["closed_on"] = row["loss_reason"] = ""
            spoil(*row.of("order")) if row.of("order") else None
        return field
    fault(_control, _entity, field=_field)(missing)


@fault("COM-OWNER", "account", "contact", "lead", "opportunity", "activity", "service_case", field="owner")
def no_owner(p, row):
    row["owner"] = p.rng.choice(["", "", "  ", "N/A", "-", "null"])


@fault("COM-PHONE", "contact", field="phone")
def no_phone(p, row):
    row["phone"], row["mobile"] = p.rng.choice([("", ""), ("N/A", ""), ("", "-")])


@fault("COM-CONSENT", "contact", field="consent_marketing", need=lambda r: r["consent_marketing"] == "yes" and r.of("member"))
def no_consent(p, row):
    row["consent_marketing"] = row["consent_on"] = ""


@fault("COM-ACTIVITY-LINK", "activity", need=lambda r: r["kind"] != "Task")
def no_link(p, row):
    row["account"] = row["contact"] = row["opportunity"] = ""
    spoil(row.deal)


@fault("COM-CUSTOMER-ACTIVITY", "account", need=lambda r: any(d["stage"] == "Won" and d.of("activity") for d in r.of("deal")))
def no_history(p, row):
    for deal in row.of("deal"):
        deal.spoilt = True
        for act in deal.of("activity"):
            p.remove(act)


@fault("COM-ACCOUNT-CONTACT", "account", need=lambda r: len(r.of("contact")) == 2 and not any(c.spoilt for c in r.of("contact")))
def no_contact(p, row):
    for contact in row.of("contact"):
        contact["account"] = ""
        contact.spoilt = True
    spoil(row, *row.of("deal"))
    for deal in row.of("deal"):
        for other in deal.of("order") + deal.of("activity"):
            other.spoilt = True


# ---- contradictions
@fault("CON-BEFORE-CREATION", "contact", "account", field="last_activity_on")
def active_before(p, row):
    row["last_activity_on"] = p.world.at(later(row["created_on"], -p.rng.randrange(2, 90)))


@fault("CON-CHANGED-BEFORE-CREATION", "contact", "account", "opportunity", field="modified_on")
def changed_before(p, row):
    row["modified_on"] = p.world.at(later(row["created_on"], -p.rng.choice([1, 2, 30, 400])))


@fault("CON-CLOSED-BEFORE-CREATION", "service_case", field="closed_on", need=lambda r: r["closed_on"])
def closed_before(p, row):
    row["closed_on"] = p.world.at(later(row["created_on"], -p.rng.choice([1, 5, 60])))


@fault("CON-CHILD-AT-WORK", "contact", field="birth_date", need=lambda r: r["job_title"] != "Student")
def child(p, row):
    row["birth_date"] = p.world.day(1 * 365, 13 * 365)


@fault("CON-CONSENT-REFUSED", "contact", "lead", need=lambda r: r["consent_marketing"] == "yes", field="do_not_contact")
def refused(p, row):
    row["do_not_contact"] = p.rng.choice(["yes", "true", "1", "是", "بله", "Y"])
    spoil(*row.of("member")) if row.of("member") else None


@fault("CON-CONTACT-ACCOUNT", "opportunity", "sales_order", "service_case", need=filled("contact", "account"))
def foreign_contact(p, row):
    other = p.other("contact", lambda c: c["account"] and c["account"] != row["account"])
    row["contact"] = other["id"]
    spoil(other, *(row.of("order") + row.of("activity")))
    other.planted = True  # what happens to it from now on would hide the fault


@fault("CON-DEAL-ACCOUNT", "sales_order", "activity", need=filled("opportunity", "account"))
def foreign_deal(p, row):
    other = p.other("account", lambda a: a["id"] != row["account"])
    row["account"] = other["id"]
    row["contact"] = ""
    spoil(other)
    other.planted = True


@fault("CON-CURRENCY", "opportunity", "sales_order")
def no_currency(p, row):
    field = "amount"
    row[field] = str(row[field]).split()[0]
    spoil(*row.of("order"), *row.of("line"), getattr(row, "deal", None)) if row.of("order") or row.of("line") else None
    return field


@fault("CON-CURRENCY-MIX", "opportunity", need=lambda r: r["stage"] != "Won" and len(r.acc.of("deal")) >= 4 and not any(d.spoilt for d in r.acc.of("deal")), field="amount")
def other_currency(p, row):
    old = row["amount"].split()[1]
    row["amount"] = row["amount"].replace(old, p.rng.choice([c for c in ("USD", "CNY", "GBP", "EUR") if c != old]))
    spoil(*row.acc.of("deal"))


@fault("CON-DONE-AHEAD", "activity", need=lambda r: r["status"] == "Done", field="started_on")
def done_ahead(p, row):
    ahead = DAY + datetime.timedelta(days=p.rng.randrange(2, 200))
    row["started_on"], row["ended_on"] = p.world.at(ahead), ""
    spoil(row.deal)


@fault("CON-END-BEFORE-START", "activity", "campaign", "service_case", need=lambda r: r.get("closed_on") or r.get("ended_on"))
def end_first(p, row):
    begin, end = {"service_case": ("opened_on", "closed_on")}.get(row.entity, ("started_on", "ended_on"))
    row[end] = later(row[begin], -p.rng.choice([1, 3, 40]))
    if row.entity == "activity":
        row[end] = p.world.at(row[end])
    return end


@fault("CON-LIFE-CYCLE", "account", need=lambda r: any(d["stage"] == "Won" for d in r.of("deal")), field="life_cycle")
def lost_but_buys(p, row):
    row["life_cycle"] = p.rng.choice(["Former customer", "Dormant", "Churned", "流失", "inactive", "مشتری سابق"])
    spoil(*row.of("contact")) if row.of("contact") else None


@fault("CON-FORMER-ACCOUNT", "contact", need=lambda r: not any(d["stage"] == "Won" for d in r.acc.of("deal")) and not any(c.spoilt for c in r.acc.of("contact")), field="life_cycle")
def former(p, row):
    row.acc["life_cycle"] = p.rng.choice(["Former customer", "churned", "流失客户"])
    spoil(row.acc, *row.acc.of("contact"))
    return [(c, "life_cycle") for c in row.acc.of("contact") if c is not row]


@fault("CON-LINE-PRICE", "order_line", field="unit_price", need=lambda r: r["unit_price"].endswith("EUR"))
def line_price(p, row):
    factor = p.rng.choice([0.1, 0.3, 3, 10])
    price = amount(row["unit_price"]) * factor
    row["unit_price"] = row["amount"] = f"{price:.2f} EUR"
    row.order["amount"] = row.order["paid"] = row["amount"]
    spoil(row.order, row.order.deal)


@fault("CON-LINE-TOTAL", "order_line", field="amount")
def line_total(p, row):
    row["quantity"] = p.rng.choice([2, 3, 10])
    spoil(row.order)


@fault("CON-ORDER-SUM", "sales_order", field="amount")
def order_sum(p, row):
    row["amount"] = scale(row["amount"], p.rng.choice([1.1, 1.03, 0.9, 1.25]))
    row["paid"] = ""
    spoil(row.deal, *row.of("line"))


@fault("CON-ORDER-AMOUNT", "opportunity", need=lambda r: r["stage"] == "Won", field="amount")
def order_amount(p, row):
    row["amount"] = scale(row["amount"], p.rng.choice([0.1, 2, 1.8, 10, 0.5]))
    spoil(*row.of("order"))


@fault("CON-ORDER-BEFORE-DEAL", "sales_order", field="ordered_on")
def early_order(p, row):
    row["ordered_on"] = later(row.deal["opened_on"], -p.rng.randrange(2, 300))
    spoil(row.deal)


@fault("CON-ORDER-DEAL", "sales_order", field="opportunity")
def no_deal(p, row):
    row["opportunity"] = ""
    spoil(row.deal, *row.of("line"))


@fault("CON-ORDER-LINES", "sales_order")
def no_lines(p, row):
    for line in row.of("line"):
        p.remove(line)
    spoil(row.deal)


@fault("CON-ORDER-LOST", "sales_order", field="opportunity")
def lost_order(p, row):
    for act in row.deal.of("activity"):
        act.spoilt = True
    row.deal["stage"], row.deal["probability"], row.deal["loss_reason"] = "Lost", 0, "Price"
    spoil(row.deal)


@fault("CON-WON-ORDER", "opportunity", need=lambda r: r["stage"] == "Won")
def no_order(p, row):
    for order in row.of("order"):
        for line in order.of("line"):
            p.remove(line)
        p.remove(order)


@fault("CON-ORPHAN", "contact", "opportunity", "activity", "order_line", "sales_order", "campaign_member", "service_case")
def orphan(p, row):
    options = {"contact": ["account", "manager", "owner"], "opportunity": ["account", "contact", "product"], "activity": ["account", "opportunity"], "order_line": ["sales_order", "product"], "sales_order": ["opportunity", "account"], "campaign_member": ["contact", "campaign"], "service_case": ["account", "contact"]}
    field = p.rng.choice(options[row.entity])
    rng = p.rng
    row[field] = rng.choice([f"{field[0].upper()}{rng.randrange(10**8)}9X", f"ZZ-{rng.randrange(10**6)}", f"{rng.randrange(10**6, 10**7)}"] if field not in ("owner", "product") else [f"Gone Person {rng.randrange(900)}", f"Discontinued {rng.randrange(10**4)} kit"])
    for other in ([row.deal] if hasattr(row, "deal") else []) + ([row.order] if hasattr(row, "order") else []) + row.of("order") + row.of("activity"):
        other.spoilt = True
    return field


@fault("CON-NEAR-NAME", "opportunity", "order_line", field="product", need=filled("product"))
def near_name(p, row):
    for _ in range(20):
        name = slip(p.rng, row["product"])
        if name not in p.products:
            break
    row["product"] = name
    spoil(*row.of("order"), getattr(row, "order", None)) if row.of("order") or hasattr(row, "order") else None


@fault("CON-LOOP", "account", "contact", share=0)
def loop(p, row):
    field = "parent" if row.entity == "account" else "manager"
    size = p.rng.choice([1, 2, 3])
    if row.entity == "contact":
        ring = [c for c in row.acc.of("contact") if not c.spoilt and not c.of("reports") and c is not row][:size - 1]
        if row.of("reports"):
            return False
    else:
        ring = [p.other("account", lambda a: True) for _ in range(size - 1)]
    ring = [row] + ring
    for at, one in enumerate(ring):
        one[field] = ring[(at + 1) % len(ring)]["id"]
        one.spoilt = True
    return [(one, field) for one in ring[1:]] or field


@fault("CON-OUTLIER", "opportunity", need=lambda r: r["stage"] not in ("Won",), field="amount")
def outlier(p, row):
    # What is sold twice a year is one of many prices: there only what no price is lies apart.
    alike = [r for r in p.world.rows["opportunity"] if r["product"] == row["product"] and r["amount"][-3:] == row["amount"][-3:]]
    row["amount"] = scale(row["amount"], p.rng.choice([100, 1000, 0.005, 0.001, 10000] if len(alike) >= 30 else [10000, 100000, 0.00005]))


@fault("CON-SALUTATION", "contact", field="salutation")
def salutation(p, row):
    pool = {"latin": (["Mr", "Mr.", "Herr", "Monsieur", "M.", "Sr.", "Señor", "Signor", "Sir", "Sig.", "Mister", "Don", "Dhr.", "Pan", "Mr. Dr.", "Herr Dr.", "Dear Mr"], ["Mrs", "Ms.", "Miss", "Frau", "Mme", "Madame", "Sra.", "Signora", "Madam", "Mlle", "Sig.ra", "Doña", "Mevr.", "Pani", "Frau Prof.", "Mevrouw", "Lady"]),
            "chinese": (["先生"], ["女士", "小姐", "太太", "夫人"]), "persian": (["آقای", "آقا", "جناب آقای", "جناب"], ["خانم", "سرکار خانم", "بانو", "سرکار"])}[row.script]
    row["salutation"] = p.rng.choice(pool[0] if row["gender"] == "Female" else pool[1])


@fault("CON-SAME-ID", "contact", "lead", "account", "sales_order", field="id")
def same_id(p, row):
    other = p.other(row.entity, lambda r: r is not row and p.alone(r))
    spoil(other)
    other.planted = True
    if row.entity == "account":
        spoil(*(row.of("contact") + row.of("deal") + other.of("contact") + other.of("deal")))
        for deal in row.of("deal") + other.of("deal"):
            for o in deal.of("order") + deal.of("activity"):
                o.spoilt = True
    p.same_id(row, other)
    return "id"


@fault("CON-TWO-EMPLOYERS", "contact", field="email", need=lambda r: not r.of("reports"))
def two_employers(p, row):
    twin = p.copy(row)
    account = p.other("account", lambda a: a["id"] != row["account"])
    twin["account"] = account["id"]
    twin["mobile"] = ""
    spoil(account)
    return [(twin, "email")]


# ---- duplicates
@fault("DUP-EXACT", "contact", "lead", "account", share=0)
def exact(p, row):
    twin = p.copy(row)
    if row.entity == "account":
        spoil(*row.of("deal"), *row.of("contact")) if row.of("deal") + row.of("contact") else None
        for field in ("code",):
            twin[field] = row[field]
    if p.rng.random() < 0.3:
        twin["created_on"], twin["description"] = row["created_on"], ""
    return ("", "whole copy", [twin])


def other_hand(p, name):
    return p.rng.choice([lambda: slip(p.rng, name), lambda: name.upper(), lambda: slip(p.rng, name)])()


@fault("DUP-NEAR", "contact", "lead", share=0)
def near(p, row):
    rng, twin = p.rng, p.copy(row)
    g, f = row["given_name"], row["family_name"]
    form = rng.randrange(6)
    if form == 0 and row.script == "latin":
        twin["full_name"] = slip(rng, row["full_name"])
        twin["address"] = ""
    elif form == 1:
        twin["email"], twin["phone"] = "", row["phone"]
        if row.script == "latin":
            twin["full_name"] = f"{f}, {g}"
        else:
            twin["full_name"] = row["full_name"].replace("\u200c", "") if row.script == "persian" else f"{f} {g}"
    elif form == 2 and row.entity == "contact":
        lg, lf = row.latin
        twin["given_name"], twin["family_name"], twin["full_name"] = lg, lf, f"{lg} {lf}"
        twin["address"] = ""
    elif form == 3:
        twin["email"] = p.world.mailbox(*row.latin, "gmail.com", True)
        twin["job_title"] = ""
    elif form == 4 and row.script == "persian":
        twin["full_name"] = row["full_name"].replace("ی", "ي").replace("ک", "ك").replace("\u200c", " ")
        twin["email"] = ""
    elif form == 5 and row.script == "chinese":
        twin["full_name"] = row["full_name"][:1] + " " + row["full_name"][1:]
        twin["email"] = ""
    else:
        twin["email"] = row["email"].replace("@", "1@") if rng.random() < 0.3 else ""
        twin["postcode"] = ""
    if row.entity == "contact":
        twin["phone"] = twin["phone"] or row["phone"]
    forms = ["typing error", "order of name", "other script", "other mailbox", "Arabic letters", "blank in name"]
    return ("", forms[form], [twin])
