"""Records besides those of demo/: people in three scripts, what was said and done, cases, so that no screen is bare."""

import datetime
import urllib.parse

from served import must

CONTACTS = [
    ("王小明", "xiaoming.wang@example.cn", "+86 138 1234 5678", "采购经理", "上海", "CN"),
    ("李娜", "na.li@example.cn", "+86 139 8765 4321", "财务总监", "北京", "CN"),
    ("张伟", "wei.zhang@example.cn", "+86 136 5555 0101", "总经理", "深圳", "CN"),
    ("陈静", "jing.chen@example.cn", "+86 135 2222 3344", "IT 主管", "杭州", "CN"),
    ("刘洋", "yang.liu@example.cn", "+86 137 9090 1212", "运营经理", "成都", "CN"),
    ("رضا احمدی", "reza.ahmadi@example.ir", "+98 912 345 6789", "مدیر خرید", "تهران", "IR"),
    ("مریم کریمی", "maryam.karimi@example.ir", "+98 935 222 1100", "مدیر مالی", "اصفهان", "IR"),
    ("علی حسینی", "ali.hosseini@example.ir", "+98 913 876 5432", "مدیرعامل", "شیراز", "IR"),
    ("زهرا موسوی", "zahra.mousavi@example.ir", "+98 990 111 2233", "کارشناس فناوری", "تبریز", "IR"),
    ("Anna Snow", "anna.snow@example.com", "+44 20 7946 0018", "Head of Purchasing", "London", "GB"),
    ("Marco Bianchi", "marco.bianchi@example.it", "+39 06 9480 1234", "IT Director", "Roma", "IT"),
    ("Ingrid Olsen", "ingrid.olsen@example.no", "+47 22 12 34 56", "Operations Manager", "Oslo", "NO"),
    ("James Carter", "james.carter@example.com", "+1 212 555 0142", "Chief Financial Officer", "New York", "US"),
    ("Sofia Navarro", "sofia.navarro@example.es", "+34 910 123 456", "Buyer", "Madrid", "ES"),
    ("Jonas Weber", "jonas.weber@example.de", "+49 30 5683 1234", "Plant Manager", "Berlin", "DE"),
    ("Ann Snow", "anna.snow@example.com", None, "Purchasing", "London", "GB"),  # likely the same as Anna
]
ACTIVITIES = [
    ("Call", "Called about the renewal", -9, "Completed"), ("Email", "Sent the offer", -6, "Completed"),
    ("Meeting", "Demonstration of the new series", -3, "Completed"), ("Task", "Send the contract", 0, "Open"),
    ("Task", "Ask for the signed order", 2, "Open"), ("Meeting", "Quarterly review", 5, "Planned"),
]
CASES = [
    ("Delivery arrived damaged", "High", "Open"), ("Invoice names the wrong address", "Medium", "Open"),
    ("How are licences moved to another machine?", "Low", "Closed"), ("Fan of the device is too loud", "Medium", "In progress"),
]


def day(offset):
    moment = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, second=0, minute=0, hour=9)
    return (moment + datetime.timedelta(days=offset)).isoformat().replace("+00:00", "Z")


def add(server, path, **fields):
    body = {"fields": {name: value for name, value in fields.items() if value is not None}, "duplicates": "ignore"}
    return must(server, "POST", "/api/v1/" + path, body)["record"]["id"]


def make(server):
    accounts = [record["id"] for record in must(server, "GET", "/api/v1/accounts?limit=16&sort=name")["records"]]
    owner = {"id": must(server, "GET", "/api/v1/staff?filter=" + urllib.parse.quote("email = 'mina@house.example'"))["records"][0]["id"]}
    people = [add(server, "contacts", full_name=name, email=email, phone=phone, job_title=title, city=city, country=country,
                  account={"id": accounts[at % len(accounts)]}, owner=owner)
              for at, (name, email, phone, title, city, country) in enumerate(CONTACTS)]
    for at, person in enumerate(people):
        for kind, subject, offset, status in ACTIVITIES[at % 3:at % 3 + 3]:
            add(server, "activities", contact={"id": person}, account={"id": accounts[at % len(accounts)]}, kind=kind, subject=subject, status=status, owner=owner,
                **({"due_on": day(offset)} if kind == "Task" else {"started_on": day(offset)}))
    for at, (subject, priority, status) in enumerate(CASES):
        add(server, "cases", contact={"id": people[at]}, account={"id": accounts[at]}, number=f"C-{1001 + at}", subject=subject, priority=priority, owner=owner,
            status=status, opened_on=day(-4 - at), **({"closed_on": day(-1)} if status == "Closed" else {}))
