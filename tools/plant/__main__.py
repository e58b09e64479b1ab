#!/usr/bin/env python3
"""Writes the export of a made-up house with known faults in it: CSV files of customers in three scripts, and truth.csv, which
says what is wrong with which record. The same arguments give the same bytes.

Usage: plant DIR [--records N] [--faults N] [--seed N] [--only CONTROL[,CONTROL]]
  --records  size of the house, all tables together (default 12000)
  --faults   how often each fault is planted (default 40; 0 leaves the house clean)
  --only     plant the faults of these controls only

truth.csv: control, entity, record, field, script, form, clean. A line with an empty control names a record that hangs on a fault without
being wrong itself: it is neither planted nor clean.
"""
import argparse
import collections
import csv
import datetime
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import faults  # noqa: E402
import faults_fakes, faults_links, faults_notes, faults_staff, faults_time, faults_values, faults_work  # noqa: E402,E401,F401
import history  # noqa: E402
from world import COLUMNS, DAY, Row, World  # noqa: E402


class Planter:
    """What a fault may do to the world; keeps the truth."""

    def __init__(self, world, seed):
        self.world, self.seed, self.rng = world, seed, random.Random(seed * 7919 + 1)
        self.truth, self.turns, self.kept, self.gone_rows = [], collections.Counter(), {}, []
        self.count = collections.Counter()
        self.products = {r["name"] for r in world.rows["product"]}
        for row in world.rows["contact"]:
            self.count["contact", "g", row["given_name"]] += 1
            self.count["contact", "f", row["family_name"]] += 1
        for case in world.rows["service_case"]:
            case.acc.of("case").append(case)
            if getattr(case, "contact", None):
                case.contact.of("case").append(case)
        for member in world.rows["campaign_member"]:
            member.contact.of("member").append(member)
        self.pools = {}
        self.removed = set()
        self.ids = {}

    def turn(self, key):
        self.turns[key] += 1
        return self.turns[key] - 1

    def keep(self, key, make):
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def pool(self, entity):
        if entity not in self.pools:
            rows = list(self.world.rows[entity])
            self.rng.shuffle(rows)
            self.pools[entity] = rows
        return self.pools[entity]

    def other(self, entity, fits):
        for _ in range(2000):
            row = self.rng.choice(self.world.rows[entity])
            if not row.spoilt and id(row) not in self.removed and fits(row):
                row.spoilt = True
                return row
        raise SystemExit(f"plant: too few clean records of {entity}; ask for more --records or fewer --faults")

    def strangers(self, row, count, same_country=False):
        """People of other firms and other names, spoilt from now on."""
        firms, families, out = {row["account"]}, {row["family_name"]}, []
        for other in self.pool("contact"):
            if other.spoilt or id(other) in self.removed or other["account"] in firms or other["family_name"] in families or not other["mobile"]:
                continue
            if same_country and other.country != row.country:
                continue
            firms.add(other["account"])
            families.add(other["family_name"])
            other.spoilt = True
            out.append(other)
            if len(out) == count:
                break
        return out

    def after_creation(self, row):
        made = str(row["created_on"])[:10]
        row["consent_on"] = made if row["consent_on"] else ""

    def copy(self, row):
        rows = self.world.rows[row.entity]
        twin = Row(row.entity, row.script, **row)
        twin.__dict__.update({k: v for k, v in row.__dict__.items() if k not in ("hang",)})
        twin.hang, twin.spoilt = {}, True
        twin["id"] = f"{row.entity[0].upper()}{self.rng.randrange(10**4, 10**5)}{len(rows):05d}"
        twin.original = row
        rows.append(twin)
        return twin

    def remove(self, row):
        self.removed.add(id(row))
        row.spoilt = True
        for other in (getattr(row, "acc", None), getattr(row, "deal", None)):
            if other is not None:
                other.spoilt = True

    def same_id(self, row, other):
        self.ids[id(row)] = row["id"]
        row["id"] = other["id"]

    def hand_over(self, row):
        heirs = [s for s in self.world.rows["staff"] if not s.spoilt and s is not row]
        at = 0
        for rows in self.world.rows.values():
            for one in rows:
                if one.get("owner") == row["full_name"]:
                    one["owner"] = heirs[at % len(heirs)]["full_name"]
                    at += 1

    def gone(self):
        """Somebody who left and whose account is closed."""
        if not self.gone_rows:
            for _ in range(max(2, len(self.world.rows["staff"]) // 60)):
                row = self.other("staff", lambda s: True)
                self.hand_over(row)
                row["left_on"], row["is_active"], row["last_login_on"] = DAY - datetime.timedelta(days=400), "no", DAY - datetime.timedelta(days=401)
                self.gone_rows.append(row)
        return self.rng.choice(self.gone_rows)

    def tell(self, control, row, field, form):
        self.truth.append((control, row.entity, row, field, row.script, form))
        row.spoilt = row.planted = True

    @staticmethod
    def alone(row):
        """Nothing it hangs on, or that hangs on it, bears a fault of its own."""
        near = [getattr(row, k) for k in ("deal", "order", "acc", "contact") if getattr(row, k, None) is not None]
        for one in list(near) + [row]:
            for what in ("order", "line", "activity", "reports", "case") + (("deal", "contact") if one is row else ()):
                near += one.of(what)
        for deal in row.of("deal"):
            near += deal.of("order") + deal.of("activity")
        for order in [o for o in near if o.entity == "sales_order"]:
            near += order.of("line")
        return not any(one.planted for one in near if one is not row)

    def plant(self, control, entities, need, script, field, share, function, wanted):
        scripts = [script] if script else ["latin", "chinese", "persian"]
        wanted = wanted if share in (0, 1) else max(2 if share < 1 else 40, round(wanted * share))
        fits = need if function.__module__ in ("faults_values", "faults_fakes", "faults_notes") else lambda row: need(row) and self.alone(row)
        done = tries = 0
        while done < wanted and tries < wanted * 4 + 30:
            tries += 1
            entity = entities[tries % len(entities)]
            one = scripts[tries // len(entities) % len(scripts)]
            row = next((r for r in self.pool(entity) if not r.spoilt and id(r) not in self.removed and r.script == one and fits(r)), None)
            if row is None:
                row = next((r for r in self.pool(entity) if not r.spoilt and id(r) not in self.removed and (not script or r.script == script) and fits(r)), None)
                if row is None:
                    continue
            row.spoilt = True
            told = function(self, row)
            if told is False:
                row.spoilt = False
                self.pool(entity).remove(row)
                self.pool(entity).append(row)
                continue
            form, more = function.__name__, []
            if isinstance(told, tuple) and len(told) == 3:
                named, form, rows = told
                for twin in rows:
                    self.tell(control, twin, named, form)
                    done += 1
                continue
            if isinstance(told, tuple):
                told, form = told
            if isinstance(told, list):
                more, told = told, field
            self.tell(control, row, told or field, form)
            done += 1
            for other, named in more:
                self.tell(control, other, named, form)
                done += 1
        if done < wanted:
            print(f"plant: {control} in {', '.join(entities)}: only {done} of {wanted} could be planted; ask for more --records", file=sys.stderr)


def write(world, planter, folder):
    os.makedirs(folder, exist_ok=True)
    for entity, (name, columns) in COLUMNS.items():
        pairs = [c.split(":") for c in columns.split(",")]
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow([header for _, header in pairs])
            for row in world.rows[entity]:
                if id(row) not in planter.removed:
                    out.writerow([row.get(field, "") for field, _ in pairs])
    with open(os.path.join(folder, "truth.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["control", "entity", "record", "field", "script", "form", "or"])
        told = set()
        seen = {e: collections.Counter(r["id"] for r in rows if id(r) not in planter.removed) for e, rows in world.rows.items()}
        for rows in world.rows.values():
            for row in rows:
                for field, to in (("account", "account"), ("contact", "contact"), ("opportunity", "opportunity"), ("sales_order", "sales_order"), ("manager", "contact"), ("parent", "account"), ("campaign", "campaign")):
                    if row.get(field) and row.entity not in ("campaign", "service_case" if field == "parent" else "") and seen[to][row[field]] != 1:
                        row.spoilt = True
        for account in world.rows["account"]:  # without these its history is not what it was
            if any(act.spoilt for deal in account.of("deal") for act in deal.of("activity")):
                account.spoilt = True
        for control, entity, row, field, script, form in planter.truth:
            original = getattr(row, "original", None)
            out.writerow([control, entity, row["id"], field, script, form, original["id"] if original is not None and control.startswith(("DUP", "USE-TWO")) else ""])
            told.add((entity, row["id"]))
        for entity, rows in world.rows.items():
            for row in rows:
                if row.spoilt and id(row) not in planter.removed and (entity, row["id"]) not in told:
                    out.writerow(["", entity, row["id"], "", row.script, "", ""])


def main():
    parser = argparse.ArgumentParser(prog="plant", description="Writes a made-up export with known faults.")
    parser.add_argument("folder")
    parser.add_argument("--records", type=int, default=12000)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    world = World(args.seed, args.records)
    planter = Planter(world, args.seed)
    only = {c for c in args.only.split(",") if c}
    kinds = collections.Counter(f[0] for f in faults.FAULTS)
    for control, entities, need, script, field, share, function in sorted(faults.FAULTS, key=lambda f: (f[1][0] != "staff", f[5] == 1)):
        if args.faults and (not only or control in only):
            wanted = max(1, -(-args.faults // kinds[control]))
            planter.plant(control, entities, need, script, field, share, function, wanted)
    history.tell(world, planter, args.seed)
    write(world, planter, args.folder)


main()
