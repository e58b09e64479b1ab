"""Colleagues: who left, who never signs in, who owns nothing. Few, as a house has few of them."""
import datetime

from faults import fault, spoil
from faults_links import later
from world import DAY


def free(row):
    return not row.of("owns")


@fault("USE-IDLE", "staff", share=0.12)
def idle(p, row):
    p.hand_over(row)


@fault("USE-NO-SIGN-IN", "staff", field="last_login_on", share=0.12)
def no_sign_in(p, row):
    row["last_login_on"] = p.world.at(later(DAY, -p.rng.randrange(92, 700)))


@fault("USE-ACCOUNT-OPEN", "staff", field="left_on", share=0.12)
def account_open(p, row):
    row["left_on"] = later(DAY, -p.rng.randrange(2, 300))
    p.hand_over(row)


@fault("USE-LEFT-OWNER", "account", "contact", "lead", "opportunity", field="owner")
def left_owner(p, row):
    gone = p.gone()
    row["owner"] = gone["full_name"]


@fault("USE-AFTER-LEAVING", "activity", "sales_order", "service_case", field="owner", need=lambda r: not r.get("status") == "Planned")
def after_leaving(p, row):
    row["owner"] = p.gone()["full_name"]
    field = {"activity": "started_on", "sales_order": "ordered_on", "service_case": "opened_on"}[row.entity]
    if (DAY - later(row[field], 0)).days > 395:
        return False
    return "owner"
