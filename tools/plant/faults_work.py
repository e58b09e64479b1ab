"""Sales, service, use and privacy: what people did not do, did too late, or should not have written down."""
import datetime

from faults import fault, filled, spoil
from faults_links import later, scale
from world import DAY
import values

is_open = lambda r: r["stage"] not in ("Won", "Lost")
won = lambda r: r["stage"] == "Won"
lost = lambda r: r["stage"] == "Lost"


@fault("SAL-CLOSE-BEFORE-OPEN", "opportunity", need=lost, field="closed_on")
def close_first(p, row):
    row["closed_on"] = later(row["opened_on"], -p.rng.randrange(1, 200))
    spoil(*row.of("activity")) if row.of("activity") else None


@fault("SAL-CLOSE-DATE", "opportunity", need=lambda r: not is_open(r), field="closed_on")
def no_close_day(p, row):
    row["closed_on"] = p.rng.choice(["", "", "N/A", "-"])
    spoil(*row.of("activity"), *row.of("order")) if row.of("activity") + row.of("order") else None


@fault("SAL-CLOSE-FUTURE", "opportunity", need=lambda r: not is_open(r), field="closed_on")
def close_future(p, row):
    row["closed_on"] = DAY + datetime.timedelta(days=p.rng.randrange(1, 400))


@fault("SAL-ENTERED-WON", "opportunity", need=won, field="closed_on")
def entered_won(p, row):
    row["created_on"] = p.world.at(row["closed_on"])


@fault("SAL-LOSS-REASON", "opportunity", need=lost, field="loss_reason")
def no_reason(p, row):
    row["loss_reason"] = p.rng.choice(["", "", "-", "N/A", "unknown", "无", "نامشخص"])


@fault("SAL-NEXT-STEP", "opportunity", need=lambda r: is_open(r) and not any(a["status"] == "Planned" for a in r.of("activity")), field="next_step")
def no_step(p, row):
    row["next_step"] = p.rng.choice(["", "", "-", "tbd", "n/a"])


@fault("SAL-NO-ACTIVITY", "opportunity", need=lambda r: won(r) and r.of("activity"))
def no_activity(p, row):
    for act in row.of("activity"):
        p.remove(act)


@fault("SAL-OPEN-AMOUNT", "opportunity", need=is_open, field="amount")
def no_amount(p, row):
    row["amount"] = p.rng.choice(["", "0", "0.00 EUR", "N/A", "-"])


@fault("SAL-OPEN-CLOSED", "opportunity", need=is_open, field="closed_on")
def open_closed(p, row):
    row["closed_on"] = later(DAY, -p.rng.randrange(1, 200))


@fault("SAL-OVERDUE", "opportunity", need=is_open, field="expected_close")
def overdue(p, row):
    row["expected_close"] = later(DAY, -p.rng.randrange(1, 400))


@fault("SAL-PROBABILITY", "opportunity", field="probability")
def probability(p, row):
    row["probability"] = p.rng.choice([0, 10, 50, 90] if won(row) else [10, 50, 100] if lost(row) else [100])


@fault("SAL-QUIET", "opportunity", need=is_open)
def quiet(p, row):
    row["opened_on"] = later(DAY, -p.rng.randrange(50, 85))
    row["created_on"] = p.world.at(row["opened_on"])
    row["last_activity_on"] = p.world.at(later(DAY, -p.rng.randrange(32, 48)))
    for act in row.of("activity"):
        p.remove(act)
    row["next_step"] = "Wait"


@fault("SAL-STUCK", "opportunity", need=is_open, field="opened_on")
def stuck(p, row):
    row["opened_on"] = later(DAY, -p.rng.randrange(300, 900))
    row["created_on"] = p.world.at(row["opened_on"])


@fault("SAL-WON-AMOUNT", "opportunity", need=won, field="amount")
def won_amount(p, row):
    row["amount"] = p.rng.choice(["", "0", "0.00 EUR", "N/A", "null"])
    spoil(*row.of("order"))


@fault("SAL-WON-PRODUCT", "opportunity", need=won, field="product")
def won_product(p, row):
    row["product"] = ""
    for order in row.of("order"):
        order["opportunity"] = ""
        spoil(order, *order.of("line"))


@fault("SAL-LIST-PRICE", "opportunity", need=lambda r: won(r) and r["amount"].endswith("EUR"), field="amount")
def list_price(p, row):
    row["amount"] = scale(row["amount"], p.rng.choice([0.1, 0.3, 4, 20]))
    spoil(*row.of("order"))


@fault("SAL-AFTER-LOST", "activity", need=lambda r: lost(r.deal) and r["status"] == "Done", field="started_on")
def after_lost(p, row):
    if (DAY - later(row.deal["closed_on"], 0)).days < 40:
        return False
    day = later(row.deal["closed_on"], p.rng.randrange(31, (DAY - later(row.deal["closed_on"], 0)).days))
    row["started_on"], row["ended_on"], row["created_on"], row["modified_on"] = f"{day} 09:10", f"{day} 10:20", f"{day} 11:00", f"{day} 12:00"
    spoil(row.deal)


@fault("SAL-TOKEN-AMOUNT", "opportunity", need=is_open, field="amount")
def token(p, row):
    row["amount"] = p.rng.choice(["1", "1.00", "0.01", "123456", "1234567", "12345678", "111111", "1111111", "999999", "9999999", "99999999", "1234", "12345", "11111", "123", "222222", "5555555"]) + " EUR"


@fault("SAL-CAMPAIGN-OVER", "campaign", need=lambda r: r["status"] == "Completed", field="ended_on")
def campaign_over(p, row):
    row["status"] = p.rng.choice(["Running", "Planned", "Active", "In progress"])


@fault("SAL-LEAD-CONVERTED", "lead", need=lambda r: r["status"] == "Converted")
def converted(p, row):
    row["account"] = ""


@fault("SAL-LEAD-FOLLOW-UP", "lead", need=lambda r: r["status"] in ("New", "Working", "Qualified"))
def no_follow_up(p, row):
    row["last_activity_on"] = ""


@fault("SAL-LEAD-OLD", "lead", need=lambda r: r["status"] in ("New", "Working", "Qualified"), field="opened_on")
def old_lead(p, row):
    row["opened_on"] = later(DAY, -p.rng.randrange(185, 340))
    row["created_on"] = p.world.at(row["opened_on"])


# ---- service
@fault("SER-ANSWER-ORDER", "service_case", field="first_answer_on")
def answer_order(p, row):
    row["first_answer_on"] = p.world.at(later(row["opened_on"], -p.rng.randrange(1, 40)))


@fault("SER-CUSTOMER", "service_case")
def nobody(p, row):
    row["account"] = row["contact"] = ""


@fault("SER-FIRST-ANSWER", "service_case", need=lambda r: r["closed_on"])
def late_answer(p, row):
    opened = later(row["opened_on"], -8)
    row["opened_on"], row["created_on"] = p.world.at(opened, (8, 9)), p.world.at(opened, (7, 7))
    row["first_answer_on"] = p.world.at(later(opened, p.rng.randrange(3, 8)))
    row["due_on"] = p.world.at(later(row["closed_on"], 3))


@fault("SER-LATE", "service_case", need=lambda r: r["closed_on"], field="closed_on")
def late(p, row):
    row["due_on"] = p.world.at(later(row["closed_on"], -1))


@fault("SER-OLD", "service_case", need=lambda r: not r["closed_on"], field="opened_on")
def old_case(p, row):
    row["opened_on"] = p.world.at(later(DAY, -p.rng.randrange(92, 600)), (8, 11))
    row["created_on"], row["first_answer_on"] = row["opened_on"], row["opened_on"][:10] + " 17:00"


@fault("SER-OVERDUE", "service_case", need=lambda r: not r["closed_on"], field="due_on")
def case_overdue(p, row):
    row["opened_on"] = p.world.at(later(DAY, -40), (8, 11))
    row["created_on"], row["first_answer_on"] = row["opened_on"], row["opened_on"][:10] + " 17:00"
    row["due_on"] = p.world.at(later(DAY, -p.rng.randrange(1, 30)))


@fault("SER-REOPENED", "service_case", need=lambda r: r["closed_on"])
def reopened(p, row):
    if p.rng.random() < 0.5:
        row["status"] = p.rng.choice(["New", "In progress", "Escalated"])
        row["due_on"] = ""
    else:
        row["closed_on"] = row["resolution"] = ""
        row["due_on"] = ""


# ---- time and use
@fault("TIM-STALE", "contact", "account")
def stale(p, row):
    days = p.rng.randrange(190, 900) if row.entity == "contact" else p.rng.randrange(370, 1500)
    for field, less in (("created_on", 30), ("modified_on", 0), ("last_activity_on", 0)):
        row[field] = p.world.at(later(DAY, -days - less))
    for field in ("consent_on", "customer_since"):
        if row.get(field):
            row[field] = later(DAY, -days - 20)


@fault("TIM-SOON-STALE", "contact")
def soon(p, row):
    days = p.rng.randrange(95, 175)
    for field, less in (("created_on", 30), ("modified_on", 0), ("last_activity_on", 0)):
        row[field] = p.world.at(later(DAY, -days - less))
    if row.get("consent_on"):
        row["consent_on"] = later(DAY, -days - 20)


@fault("TIM-FUTURE", "contact", "account", "sales_order")
def future(p, row):
    field = {"contact": p.rng.choice(["created_on", "modified_on", "last_activity_on"]), "account": p.rng.choice(["created_on", "modified_on"]), "sales_order": "created_on"}[row.entity]
    row[field] = p.world.at(DAY + datetime.timedelta(days=p.rng.choice([2, 3, 30, 365, 3650])))
    return field


@fault("USE-LATE-ENTRY", "activity", need=lambda r: r["status"] == "Done" and (DAY - later(r["started_on"], 0)).days > 12, field="created_on")
def late_entry(p, row):
    row["created_on"] = p.world.at(later(row["started_on"], p.rng.randrange(8, (DAY - later(row["started_on"], 0)).days)))
    row["modified_on"] = row["created_on"]


@fault("USE-NEVER-TOUCHED", "contact", "account")
def untouched(p, row):
    row["created_on"] = row["modified_on"] = row["last_activity_on"] = p.world.at(later(DAY, -p.rng.randrange(200, 340)))
    if row.get("consent_on"):
        row["consent_on"] = str(row["created_on"])[:10]


@fault("USE-TASK-DUE", "activity", need=lambda r: r["status"] == "Planned", field="due_on")
def no_due(p, row):
    row["due_on"] = p.rng.choice(["", "", "-", "N/A"])


@fault("USE-TASK-OVERDUE", "activity", need=lambda r: r["status"] == "Planned", field="due_on")
def task_overdue(p, row):
    row["due_on"] = later(DAY, -p.rng.randrange(1, 90))


@fault("USE-TWO-PLACES", "activity", need=lambda r: r["kind"] == "Visit" and r["status"] == "Done", field="started_on")
def two_places(p, row):
    twin = p.copy(row)
    other = p.other("account", lambda a: a["id"] != row["account"])
    twin["account"], twin["contact"], twin["opportunity"] = other["id"], "", ""
    spoil(other)
    return ("started_on", "same minute", [twin])


# ---- privacy
@fault("PRI-CHILD-CONSENT", "contact", need=lambda r: r["consent_marketing"] == "yes", field="birth_date")
def child_consent(p, row):
    row["birth_date"] = p.world.day(5 * 365, 15 * 365)
    row["job_title"] = row["department"] = ""


@fault("PRI-CONSENT-DATE", "contact", need=lambda r: r["consent_marketing"] == "yes", field="consent_on")
def consent_date(p, row):
    row["consent_on"] = p.rng.choice(["", "", "-", "N/A"])


@fault("PRI-CONSENT-OLD", "contact", need=lambda r: r["consent_marketing"] == "yes", field="consent_on")
def consent_old(p, row):
    row["created_on"] = p.world.at(later(DAY, -1800))
    row["consent_on"] = later(DAY, -p.rng.randrange(1110, 1790))
    row["last_activity_on"] = ""


@fault("PRI-CAMPAIGN-CONSENT", "campaign_member", field="contact")
def campaign_consent(p, row):
    if row.contact.spoilt:
        return False
    if p.rng.random() < 0.5:
        row.contact["consent_marketing"], row.contact["consent_on"] = "no", ""
    else:
        row.contact["do_not_contact"] = "yes"
    spoil(row.contact)


@fault("PRI-RETENTION", "contact", "lead")
def retention(p, row):
    days = p.rng.randrange(1110, 2500) if row.entity == "contact" else p.rng.randrange(380, 900)
    for field, less in (("created_on", 30), ("modified_on", 0), ("last_activity_on", 0), ("opened_on", 29)):
        if field in row:
            row[field] = p.world.at(later(DAY, -days - less)) if field != "opened_on" else later(DAY, -days - less)
    if row.get("consent_on"):
        row["consent_on"] = later(DAY, -days - 20)
    if row.get("converted_on"):
        row["converted_on"] = later(DAY, -days)
    spoil(row)
