"""What the system before kept of changes: who passed deals on, when they came to a stage, when a day was put off. Made last, of records that
are clean or whose history itself is the fault (`row.story`), so that it tells what they are."""
import datetime
import random

from world import DAY, Row

PATH = ["Prospecting", "Qualification", "Proposal", "Negotiation"]


class Teller:
    def __init__(self, world, seed):
        self.world, self.rng = world, random.Random(seed * 104729 + 3)
        self.people = [s["full_name"] for s in world.rows["staff"] if not s.spoilt]

    def change(self, row, field, old, new, moment):
        rows = self.world.rows["field_change"]
        link = {"opportunity": "opportunity", "account": "account", "service_case": "service_case"}[row.entity]
        change = Row("field_change", row.script, id=f"H{self.rng.randrange(10 ** 4, 10 ** 5)}{len(rows):06d}", changed_field=field, old_value=old, new_value=new,
                     changed_on=f"{moment:%Y-%m-%d %H:%M}", changed_by=self.rng.choice(self.people), **{link: row["id"]})
        change.spoilt = row.spoilt
        rows.append(change)

    def moments(self, first, last, count):
        """So many moments between two days, in order, with hours between them."""
        span = max(count + 1, (last - first).days)
        days = sorted(self.rng.sample(range(span), count))
        return [datetime.datetime.combine(first + datetime.timedelta(days=d), datetime.time(self.rng.randrange(8, 17), self.rng.randrange(60))) for d in days]

    # ---- deals
    def stages(self, row):
        stage, story = row["stage"], row.story
        if stage == "Won":
            path = PATH + ["Won"]
        elif stage == "Lost":
            path = PATH[:self.rng.randrange(1, 5)] + ["Lost"]
        else:
            path = PATH[:PATH.index(stage) + 1]
        if story == "skipped":
            path = path[:1] + path[self.rng.randrange(2, len(path)):]
        if story == "back":
            at = self.rng.randrange(1, min(4, len(path)))
            path = path[:at + 1] + [path[self.rng.randrange(at)]] + path[at:]
        if story == "reopened":
            path = path + [self.rng.choice(PATH[1:]), stage]
        return path

    def deal(self, row):
        rng = self.rng
        opened = datetime.date.fromisoformat(str(row["opened_on"])[:10])
        closed = datetime.date.fromisoformat(str(row["closed_on"])[:10]) if row["closed_on"] else None
        path = self.stages(row)
        end = closed or DAY - datetime.timedelta(days=1)
        close = datetime.datetime.combine(closed, datetime.time(17, 5)) if closed else None
        last = (3 if row.story == "reopened" else 1) if closed else 0
        before = len(path) - 1 - last
        times = self.moments(opened, end, before) if before else []
        times += [close + datetime.timedelta(hours=30 * number) for number in range(last)]
        for old, new, moment in zip(path, path[1:], times):
            self.change(row, "Stage", old, new, moment)
            if rng.random() < 0.05 and new in PATH:  # a slip of the hand, mended at once
                self.change(row, "Stage", new, "Lost", moment + datetime.timedelta(minutes=3))
                self.change(row, "Stage", "Lost", new, moment + datetime.timedelta(minutes=9))
        self.days(row, opened, end)
        if close and row["stage"] == "Won":
            self.amounts(row, close)

    def days(self, row, opened, end):
        day = datetime.date.fromisoformat(str(row["expected_close"])[:10])
        times = self.rng.choice([3, 4, 5]) if row.story == "pushed" else self.rng.choice([0, 0, 0, 1, 2])
        steps = [self.rng.randrange(12, 40) for _ in range(times)]
        at = self.moments(opened, end - datetime.timedelta(days=1), times) if times else []
        day -= datetime.timedelta(days=sum(steps))
        for step, moment in zip(steps, at):
            self.change(row, "Close Date", day, day + datetime.timedelta(days=step), moment)
            day += datetime.timedelta(days=step)

    def amounts(self, row, close):
        value, currency = row["amount"].split()
        value, share = float(value), 1
        moment = close - datetime.timedelta(days=self.rng.randrange(10, 30))
        if row.story == "amount before":
            share, moment = self.rng.choice([0.5, 0.7, 1.4, 3]), close - datetime.timedelta(days=self.rng.randrange(0, 6), hours=self.rng.randrange(3))
        elif row.story == "amount after":
            share, moment = self.rng.choice([0.5, 0.9, 1.1, 2]), close + datetime.timedelta(days=self.rng.randrange(1, 4), hours=2)
        elif self.rng.random() < 0.3:
            share = self.rng.choice([0.4, 0.9, 1.2, 2])  # while it was still talked about
        elif self.rng.random() < 0.2:
            share, moment = self.rng.choice([0.9, 1.1]), close + datetime.timedelta(minutes=self.rng.randrange(30))
        if share != 1:
            self.change(row, "Amount", f"{value / share:.2f} {currency}", f"{value:.2f} {currency}", moment)

    # ---- others
    def owners(self, row, most):
        times = self.rng.choice([3, 4]) if row.story == "owner" else self.rng.choice(most)
        names = [self.rng.choice(self.people)]
        while len(names) <= times:
            names.append(self.rng.choice([p for p in self.people if p != names[-1]]))
        spread = self.rng.randrange(60, 350) if row.story == "owner" or times < 3 else 1200
        first = DAY - datetime.timedelta(days=spread + 1)
        for old, new, moment in zip(names, names[1:], self.moments(first, DAY, times) if times else []):
            self.change(row, "Owner", old, new, moment)

    def case(self, row):
        opened = datetime.datetime.fromisoformat(str(row["opened_on"])[:16])
        path = ["New", "In progress"] if row["status"] == "In progress" else ["New"] + (["In progress"] if self.rng.random() < 0.6 else []) + [row["status"]]
        if row["status"] == "New":
            path = ["New"]
        if row.story == "reopened":
            path += [self.rng.choice(["In progress", "New", "Escalated"]), row["status"]]
        for number, (old, new) in enumerate(zip(path, path[1:])):
            self.change(row, "Status", old, new, opened + datetime.timedelta(hours=2 + 5 * number))


def tell(world, planter, seed):
    teller = Teller(world, seed)
    twice = {}
    for rows in world.rows.values():
        for row in rows:
            twice[row.entity, row["id"]] = twice.get((row.entity, row["id"]), 0) + 1
    for entity, each in (("opportunity", teller.deal), ("account", lambda r: teller.owners(r, [0, 0, 0, 1, 2])), ("service_case", teller.case)):
        for row in world.rows[entity]:
            row.story = getattr(row, "story", "")
            if id(row) not in planter.removed and twice[entity, row["id"]] == 1 and (row.story or not row.spoilt):
                each(row)
