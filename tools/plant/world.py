"""Clean customers: people, firms, deals, work. Nothing in here is wrong; all of it might look so to a careless reader."""
import datetime
import random
import re
import unicodedata

import names
import texts
import values

DAY = datetime.date(2025, 6, 30)
COLUMNS = {  # entity: (file, [(field, header)])
    "staff": ("users.csv", "id:User ID,full_name:Full Name,given_name:First Name,family_name:Last Name,user_name:Username,email:Email,job_title:Role,is_active:Active,hired_on:Hire Date,left_on:Leave Date,last_login_on:Last Login,created_on:Created Date"),
    "product": ("products.csv", "id:Product ID,name:Product Name,code:SKU,category:Category,price:List Price,is_active:On Sale,owner:Product Owner"),
    "campaign": ("campaigns.csv", "id:Campaign ID,name:Campaign Name,kind:Campaign Type,status:Campaign Status,started_on:Start Date,ended_on:End Date,budget:Budget,actual_cost:Actual Cost,owner:Campaign Owner,parent:Parent Campaign,created_on:Created Date"),
    "account": ("accounts.csv", "id:Account ID,name:Account Name,code:Customer Number,kind:Account Type,life_cycle:Lifecycle Stage,grade:Rating,industry:Industry,email:Email,phone:Phone,website:Website,address:Street,city:City,postcode:Postal Code,country:Country,vat_number:VAT Number,iban:IBAN,uscc:Unified Social Credit Code,national_legal_id:National Legal ID,lei:LEI,employees:Employees,revenue:Annual Revenue,customer_since:Customer Since,parent:Parent Account,owner:Account Owner,description:Description,created_on:Created Date,modified_on:Last Modified Date,last_activity_on:Last Activity Date"),
    "contact": ("contacts.csv", "id:Contact ID,full_name:Full Name,given_name:First Name,family_name:Last Name,salutation:Salutation,gender:Gender,job_title:Job Title,department:Department,account:Account ID,manager:Reports To,email:Email,phone:Phone,mobile:Mobile,address:Street,city:City,postcode:Postal Code,country:Country,birth_date:Birth Date,life_cycle:Lifecycle Stage,consent_marketing:Marketing Consent,consent_on:Consent Date,withdrawn_on:Withdrawal Date,do_not_contact:Do Not Contact,owner:Contact Owner,description:Description,created_on:Created Date,modified_on:Last Modified Date,last_activity_on:Last Activity Date"),
    "lead": ("leads.csv", "id:Lead ID,full_name:Full Name,given_name:First Name,family_name:Last Name,company:Company,job_title:Job Title,email:Email,phone:Phone,address:Street,city:City,postcode:Postal Code,country:Country,status:Lead Status,grade:Rating,lead_source:Lead Source,website:Website,opened_on:First Contact Date,converted_on:Converted Date,account:Converted Account,consent_marketing:Marketing Consent,do_not_contact:Do Not Contact,owner:Lead Owner,description:Description,created_on:Created Date,modified_on:Last Modified Date,last_activity_on:Last Activity Date"),
    "opportunity": ("opportunities.csv", "id:Opportunity ID,name:Opportunity Name,account:Account ID,contact:Primary Contact,product:Product Name,owner:Opportunity Owner,stage:Stage,amount:Amount,probability:Probability %,opened_on:Open Date,expected_close:Expected Close Date,closed_on:Closed Date,loss_reason:Loss Reason,next_step:Next Step,description:Description,created_on:Created Date,modified_on:Last Modified Date,last_activity_on:Last Activity Date"),
    "activity": ("activities.csv", "id:Activity ID,subject:Subject,kind:Activity Type,direction:Direction,status:Status,priority:Priority,started_on:Start Time,ended_on:End Time,due_on:Due Date,account:Account ID,contact:Contact ID,opportunity:Opportunity ID,lead:Lead ID,campaign:Campaign ID,place:Location,owner:Assigned To,description:Description,created_on:Created Date,modified_on:Last Modified Date"),
    "sales_order": ("orders.csv", "id:Order ID,number:Order Number,account:Account ID,contact:Contact ID,opportunity:Opportunity ID,status:Order Status,ordered_on:Order Date,due_on:Due Date,delivered_on:Delivered Date,amount:Order Total,paid:Amount Paid,owner:Order Owner,created_on:Created Date"),
    "order_line": ("order_lines.csv", "id:Order Line ID,sales_order:Order ID,product:Product Name,quantity:Quantity,unit_price:Unit Price,amount:Line Amount"),
    "service_case": ("cases.csv", "id:Case ID,number:Case Number,subject:Subject,account:Account ID,contact:Contact ID,kind:Case Type,status:Case Status,priority:Priority,opened_on:Date Opened,first_answer_on:First Response,due_on:SLA Due,closed_on:Date Closed,description:Description,resolution:Resolution,owner:Case Owner,created_on:Created Date"),
    "field_change": ("field_history.csv", "id:Change ID,opportunity:Opportunity ID,account:Account ID,service_case:Case ID,changed_field:Field,old_value:Old Value,new_value:New Value,changed_on:Change Date,changed_by:Changed By"),
    "campaign_member": ("campaign_members.csv", "id:Campaign Member ID,campaign:Campaign ID,contact:Contact ID,status:Member Status,sent_on:Date Sent,created_on:Created Date"),
}


class Row(dict):
    """One record; spoilt once something in it, or in what it hangs on, was planted."""

    def __init__(self, entity, script, **fields):
        super().__init__(fields)
        self.entity, self.script, self.spoilt, self.planted = entity, script, False, False
        self.hang = {}

    def of(self, what):
        return self.hang.setdefault(what, [])


def ascii_of(text):
    text = text.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("Ø", "O").replace("ü", "ue")
    return re.sub(r"[^a-z0-9]+", "", unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower())


class World:
    def __init__(self, seed, records):
        self.rng = random.Random(seed)
        self.rows = {e: [] for e in COLUMNS}
        self.used = set()
        self.people = {c: names.people(c) for c in names.GIVEN}
        n = lambda share: max(4, int(records * share))
        self.make_staff(max(8, records // 90))
        self.make_products(max(6, min(60, records // 100)))
        self.make_campaigns(n(0.02))
        self.make_accounts(n(0.13))
        self.make_contacts(n(0.31))
        self.make_leads(n(0.12))
        self.make_deals(n(0.16))
        self.make_activities(n(0.18))
        self.make_cases(n(0.06))
        self.make_members(n(0.04))

    # ---- bits
    def add(self, entity, script, **fields):
        rows = self.rows[entity]
        row = Row(entity, script, id=f"{entity[0].upper()}{self.rng.randrange(10 ** 4, 10 ** 5)}{len(rows):05d}", **fields)
        rows.append(row)
        return row

    def day(self, first, last):
        """A day between so many days ago."""
        return DAY - datetime.timedelta(days=self.rng.randint(min(first, last), max(first, last)))

    def at(self, day, hours=(8, 17)):
        return f"{day} {self.rng.randint(*hours):02d}:{self.rng.randrange(1, 60):02d}"

    def once(self, make):
        for _ in range(200):
            value = make()
            if value not in self.used:
                self.used.add(value)
                return value
        raise SystemExit("plant: the tables are too small for so many records")

    def script(self):
        return self.rng.choices(("latin", "chinese", "persian"), (56, 24, 20))[0]

    def person(self, script, country):
        """(full, given, family, latin given, latin family, sex)"""
        rng = self.rng
        culture = {"chinese": "tw" if country == "TW" else "zh", "persian": "fa"}.get(script) or names.CULTURE[country]
        givens, families = self.people[culture]
        sex, given = rng.choice(givens)
        family = rng.choice(families)
        given, latin_given = (given.split(":") + [given])[:2]
        family, latin_family = (family.split(":") + [family])[:2]
        if script == "latin" and rng.random() < 0.06:
            given = latin_given = given + ("-" if culture == "fr" else " ") + rng.choice([g for s, g in givens if s == sex])
        if script == "latin" and rng.random() < 0.05:
            family = latin_family = family + "-" + rng.choice(families)
        if script == "persian" and rng.random() < 0.08:
            family = family + " " + rng.choice(["اصل", "زاده", "تهرانی", "مقدم"])
        full = family + given if script == "chinese" else f"{given} {family}"
        return full, given, family, latin_given, latin_family, sex

    def mailbox(self, given, family, domain, private):
        g, f, rng = ascii_of(given) or "g", ascii_of(family) or "f", self.rng

        def make():
            if private:
                tail = str(rng.randrange(1950, 2009)) if rng.random() < 0.5 else "".join(rng.choice("bcdfghjkmprstvw") for _ in range(2)) + str(rng.randrange(3, 99))
                return f"{g}{rng.choice(['.', '_', ''])}{f}{tail}@{domain}"
            return rng.choice([f"{g}.{f}", f"{g[0]}.{f}", f"{f}.{g}", f"{g}{f}", f"{g}_{f}", f"{f}{g[0]}", f"{g}-{f}", f"{f}-{g}", f"{g[:3]}{f}", f"{g}.{f}.{rng.choice('abcdehjklmprstw')}{rng.choice('aeiou')}"]) + "@" + domain
        return self.once(make)

    def place(self, script, country):
        """(address, city, postcode, dialling code)"""
        rng, house = self.rng, self.rng.randrange(1, 290)
        if country == "CN":
            city, _, code, dial = rng.choice(names.CITY_ZH)
            return f"{rng.choice(names.STREET_ZH)}{house}号{rng.randrange(1, 30)}层{rng.randrange(100, 999)}室", city, f"{code}{rng.randrange(1000):03d}", dial
        if country == "TW":
            city, code, dial = rng.choice(names.CITY_TW)
            return f"{rng.choice(names.STREET_TW)}{house}號{rng.randrange(1, 20)}樓之{rng.randrange(1, 20)}", city, code, dial
        if country == "IR":
            city, dial = rng.choice(names.CITY_FA)
            code = "".join(rng.choice("1346789") for _ in range(4)) + rng.choice("16789") + "".join(rng.choice("123456789") for _ in range(5))
            return f"{rng.choice(names.STREET_FA)}، پلاک {house}، واحد {rng.randrange(1, 40)}", city, code, dial
        city, pattern = rng.choice(names.CITIES[country])
        code = "".join(rng.choice("123456789") if c == "#" else c for c in pattern)
        street = rng.choice(names.STREETS[country].split("|"))
        number = f"{house}{rng.choice(['', '', '', 'a', 'b', '/3'])}"
        address = f"{house} {street}" if country in ("GB", "US", "IE", "FR") else f"{street} {number}"
        return address + rng.choice(["", "", f", {rng.randrange(1, 9)}. {'OG' if country in ('DE', 'AT') else 'Floor' if country in ('GB', 'US', 'IE') else 'etage'}"]), city, code, ""

    def country(self, script):
        if script == "chinese":
            return self.rng.choice(["CN", "CN", "CN", "CN", "TW"])
        return "IR" if script == "persian" else self.rng.choice(list(names.CITIES))

    def money(self, low, high):
        rng = self.rng
        value = round(low * (high / low) ** rng.random() + rng.randrange(7, 93))
        return value + (rng.randrange(1, 99) / 100 if rng.random() < 0.5 else 0)

    def note(self, script, kind):
        return self.rng.choice(texts.NOTES[kind][script]) if self.rng.random() < 0.6 else ""

    def room(self):
        """Where one meets, in up to 57 letters."""
        rng = self.rng
        words = [rng.choice(["Meeting room", "Hall", "Office", "Workshop", "Training room"]), rng.choice("ABCDEFGH") + str(rng.randrange(1, 40)), rng.choice(["on the ground floor", "behind the gate", "beside the canteen", "in the old wing", "of the main building", ""]), rng.choice(["near the car park", "left of the porter", "past the second door", ""])]
        return " ".join(w for w in words if w)[:57].rsplit(" ", 1)[0]

    def owner(self):
        """Whoever comes next: work is shared out evenly, as most houses do."""
        self.turn = getattr(self, "turn", -1) + 1
        return self.sellers[self.turn % len(self.sellers)]

    # ---- entities
    def make_staff(self, count):
        for _ in range(count):
            script = self.script()
            country = self.country(script)
            full, given, family, lg, lf, _ = self.once_person(script, country)
            user = self.once(lambda: f"{ascii_of(lg)[:3]}.{ascii_of(lf)}{self.rng.choice(['', '.x', '.b', '.q', '.m', '.k', '.t', '.w'])}")
            hired = self.day(900, 4000)
            self.add("staff", script, full_name=full, given_name=given, family_name=family, user_name=user, email=user + "@ourhouse.de", job_title=self.rng.choice(texts.JOBS["latin"]),
                     is_active="yes", hired_on=hired, left_on="", last_login_on=self.at(self.day(0, 20)), created_on=self.at(hired))
        self.sellers = list(self.rows["staff"])

    def once_person(self, script, country):
        for _ in range(500):
            person = self.person(script, country)
            if person[0] not in self.used:
                self.used.add(person[0])
                return person
        raise SystemExit("plant: the tables of names are too small for so many users")

    def make_products(self, count):
        rng = self.rng
        for number in range(count):
            name = self.once(lambda: f"{rng.choice('Atlas Boreas Cirrus Delta Ember Fjord Granit Helix Iris Jade Kappa Lumen Nova Onyx Prisma Rivet Solar Tundra Vega'.split())} {rng.choice('pump valve licence sensor cable filter service press drive panel'.split())} {rng.choice('S M L XL mini plus pro duo'.split())}")
            self.add("product", "latin", name=name, code=f"{rng.choice('KLMPRT')}{rng.choice('BDFGK')}-{rng.randrange(1000, 9999)}-{number}", category=rng.choice(["Pumps", "Controls", "Services"]),
                     price=f"{rng.randrange(20, 90) * 50 + 17}.00 EUR", is_active="yes", owner=self.owner()["full_name"])

    def make_campaigns(self, count):
        rng = self.rng
        for number in range(count):
            begin = self.day(60, 900)
            end = begin + datetime.timedelta(days=rng.randrange(10, 50))
            budget = self.money(2000, 40000)
            topic = rng.choice("Spring Summer Autumn Winter Hannover Canton Tehran Partner Reseller Loyalty Launch Renewal Health Energy".split())
            word = rng.choice("mailing fair webinar breakfast roadshow newsletter offer survey".split())
            city = rng.choice("Berlin Lyon Leeds Turin Porto Vienna Graz Bonn Nantes Bath Pisa Ghent Basel Malmö Cádiz".split())
            self.add("campaign", "latin", name=self.once(lambda: f"{topic} {word} {city} {begin.year}-{begin.month:02d} {rng.choice('ABCDEFGHKLMNPRSTUVW')}{rng.choice('BCDFGHKLMNPRST')}"), kind=rng.choice(["E-mail", "Trade show", "Webinar", "Direct mail"]),
                     status="Completed" if end < DAY else "Running", started_on=begin, ended_on=end, budget=f"{budget:.2f} EUR", actual_cost=f"{budget * rng.uniform(0.4, 0.97):.2f} EUR",
                     owner=self.owner()["full_name"], parent="", created_on=self.at(begin - datetime.timedelta(days=rng.randrange(3, 40))))

    def firm(self, script, country):
        rng = self.rng
        if script == "chinese":
            return self.once(lambda: f"{rng.choice(names.CITY_TW if country == 'TW' else names.CITY_ZH)[0]}{''.join(rng.sample(names.FIRM_ZH, rng.choice([1, 1, 2])))}{rng.choice(names.TRADE_ZH)}{rng.choice(['有限公司', '有限公司', '股份有限公司', '集团'])}"), ""
        if script == "persian":
            return self.once(lambda: f"شرکت {rng.choice(names.TRADE_FA)} {' '.join(rng.sample(names.FIRM_FA, rng.choice([1, 2])))}{rng.choice(['', ' (سهامی خاص)', ''])}"), ""
        if rng.random() < 0.04:
            name = rng.choice(ODD)
            if name not in self.used:
                self.used.add(name)
                return name, ""
        make = lambda: f"{rng.choice(names.FIRM_LATIN)}{rng.choice(['', ' ', ' & ', '-'])}"
        def build():
            first, second = rng.sample(names.FIRM_LATIN, 2)
            family = rng.choice(self.people[names.CULTURE[country]][1])
            stem = rng.choice([first, f"{first} {second}", f"{family} & {first}", f"{first} {family}", f"{family} {second}"])
            return f"{stem} {rng.choice(names.TRADE_LATIN)} {rng.choice(names.FORMS_LATIN[country])}"
        return self.once(build), ""

    def make_accounts(self, count):
        rng = self.rng
        for number in range(count):
            script = self.script()
            country = self.country(script)
            name, _ = self.firm(script, country)
            if name in ODD:
                country = "GB"
            base = ascii_of(re.sub(r"\b(GmbH|AG|Ltd|plc|SARL|SAS|SA|Inc|LLC|Corp|SpA|Srl|BV|NV)\b", "", name))[:14] if script == "latin" else ""
            stem = base or rng.choice("hua rui tian hong jin heng yong bo par zag alb dam sep kim".split()) + rng.choice("xia feng da yuan qiao tai ya ran tek mand gar".split())
            tld = {"DE": "de", "FR": "fr", "GB": "co.uk", "US": "com", "ES": "es", "IT": "it", "NL": "nl", "PL": "pl", "AT": "at", "IE": "ie", "CN": "com.cn", "TW": "com.tw", "IR": "ir"}[country]
            domain = self.once(lambda: f"{stem}{rng.choice(['', '-group', '-' + rng.choice('abdefghkmnprstw') + rng.choice('aeiou') + rng.choice('klmnrs') + rng.choice('aeiou')])}.{tld}")
            address, city, postcode, area = self.place(script, country)
            made = self.day(200, 1500)
            touched = self.day(1, 85)
            since = made + datetime.timedelta(days=rng.randrange(1, 90))
            turnover = self.money(2e5, 8e7)
            row = self.add("account", script, name=name, code=f"K-{number:05d}{rng.randrange(10, 99)}", kind=rng.choice(["Customer", "Customer", "Prospect", "Partner"]), life_cycle="Customer",
                           grade=rng.choice("ABCD"), industry=rng.choice(texts.INDUSTRIES), email=f"{rng.choice(['info', 'sales', 'office', 'contact', 'hello'])}@{domain}", phone=values.phone(rng, country, area=area),
                           website=f"https://www.{domain}", address=address, city=city, postcode=postcode, country=texts.COUNTRY[country], vat_number=values.vat(rng, country),
                           iban=values.iban(rng, country) if country in values.IBAN and rng.random() < 0.7 else "", uscc=values.uscc(rng) if country == "CN" else "",
                           national_legal_id=values.legal_id(rng) if country == "IR" else "", lei=values.lei(rng) if rng.random() < 0.5 else "", employees=rng.randrange(3, 5000), revenue=f"{turnover:.2f} EUR",
                           customer_since=since, parent="", owner=self.owner()["full_name"], description=self.note(script, "account"), created_on=self.at(made), modified_on=self.at(self.day(1, 85)), last_activity_on=self.at(touched))
            row.country, row.domain, row.area = country, domain, area
            if number > 20 and rng.random() < 0.08:
                row["parent"] = rng.choice(self.rows["account"][:number // 2])["id"]

    def make_contacts(self, count):
        rng, couple = self.rng, None
        for number in range(count):
            account = self.rows["account"][number % len(self.rows["account"])]
            script, country = account.script, account.country
            full, given, family, lg, lf, sex = self.person(script, country)
            private = rng.random() < 0.25
            email = self.mailbox(lg, lf, rng.choice(texts.PROVIDERS[script]) if private else account.domain, private)
            if rng.random() < 0.01 and not account.of("role"):
                email = self.once(lambda: f"accounts.payable@{account.domain}")
                account.of("role").append(1)
            if private:
                address, city, postcode, _ = self.place(script, country)
            else:
                address, city, postcode = account["address"], account["city"], account["postcode"]
            made = self.day(100, 1000)
            agreed = rng.random() < 0.6
            women, men = {"chinese": ("女士", "先生"), "persian": ("خانم", "آقای")}.get(script, {"DE": ("Frau", "Herr"), "FR": ("Mme", "M."), "ES": ("Sra.", "Sr."), "IT": ("Signora", "Signor")}.get(country, ("Ms", "Mr")))
            row = self.add("contact", script, full_name=full, given_name=given, family_name=family, salutation=women if sex == "f" else men, gender="Female" if sex == "f" else "Male",
                           job_title=rng.choice(texts.JOBS[script]), department=rng.choice(texts.DEPARTMENTS[script]), account=account["id"], manager="", email=email,
                           phone=account["phone"] if rng.random() < 0.6 else values.phone(rng, country, area=account.area), mobile=self.once(lambda: values.phone(rng, country, mobile=True)), address=address,
                           city=city, postcode=postcode, country=texts.COUNTRY[country], birth_date=DAY - datetime.timedelta(days=rng.randrange(20 * 365, 68 * 365)), life_cycle="Customer",
                           withdrawn_on="" if agreed or rng.random() < 0.8 else self.day(1, 90), consent_marketing="yes" if agreed else "no", consent_on=made + datetime.timedelta(days=rng.randrange(0, 90)) if agreed else "", do_not_contact="no", owner=account["owner"],
                           description=self.note(script, "contact"), created_on=self.at(made), modified_on=self.at(self.day(1, 60)), last_activity_on=self.at(self.day(1, 80)))
            row.country, row.area, row.latin, row.acc = country, account.area, (lg, lf), account
            if couple and private and couple.country == country and rng.random() < 0.2:
                for field in ("address", "city", "postcode", "phone"):
                    row[field] = couple[field]
                couple = None
            elif private:
                couple = row
            colleagues = account.of("contact")
            if colleagues and rng.random() < 0.3:
                row["manager"] = colleagues[0]["id"]
                colleagues[0].of("reports").append(row)
            colleagues.append(row)

    def make_leads(self, count):
        rng = self.rng
        for _ in range(count):
            script = self.script()
            country = self.country(script)
            full, given, family, lg, lf, _ = self.person(script, country)
            company, _ = self.firm(script, country)
            stem = self.once(lambda: "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.choice([3, 4, 4]))) + rng.choice(["", "tec", "group", "trade"]))
            domain = f"{stem}.{rng.choice(['com', 'net', 'eu'])}"
            address, city, postcode, area = self.place(script, country)
            status = rng.choices(["New", "Working", "Qualified", "Converted", "Unqualified"], [25, 30, 20, 15, 10])[0]
            made = self.day(10, 85)
            row = self.add("lead", script, full_name=full, given_name=given, family_name=family, company=company, job_title=rng.choice(texts.JOBS[script]), email=self.mailbox(lg, lf, domain, False),
                           phone=self.once(lambda: values.phone(rng, country, mobile=rng.random() < 0.5, area=area)), address=address, city=city, postcode=postcode, country=texts.COUNTRY[country], status=status,
                           grade=rng.choice(["Hot", "Warm", "Cold"]), lead_source=rng.choice(["Web", "Referral", "Trade show", "Advertisement", "Social media"]), website=f"https://{domain}", opened_on=made,
                           converted_on=made + datetime.timedelta(days=5) if status == "Converted" else "", account=rng.choice(self.rows["account"])["id"] if status == "Converted" else "",
                           consent_marketing=rng.choice(["yes", "no"]), do_not_contact="no", owner=self.owner()["full_name"], description=self.note(script, "lead"), created_on=self.at(made), modified_on=self.at(self.day(1, 9)),
                           last_activity_on=self.at(self.day(1, 9)))
            row.country, row.area, row.latin = country, area, (lg, lf)

    def make_deals(self, count):
        rng = self.rng
        for number in range(count):
            houses = self.rows["account"]
            account = houses[number % len(houses)] if number < count * 0.6 else houses[int(len(houses) * 0.7) + number // 5 % int(len(houses) * 0.3)]
            contact = rng.choice(account.of("contact") or [None])
            product = rng.choice(self.rows["product"])
            price = float(product["price"].split()[0])
            stage = rng.choices(["Won", "Lost", "Prospecting", "Qualification", "Proposal", "Negotiation"], [40, 15, 12, 12, 11, 10])[0]
            amount = round(price * rng.uniform(0.8, 1.25), 2)
            currency = {"US": "USD", "CN": "CNY"}.get(account.country, "EUR")
            amount = round(amount * (7.9 if currency == "CNY" else 1), 2)
            if stage in ("Won", "Lost"):
                closed = self.day(5, 320)
                opened = closed - datetime.timedelta(days=rng.randrange(40, 80))
                expected = closed
            else:
                opened, closed, expected = self.day(10, 80), "", DAY + datetime.timedelta(days=rng.randrange(5, 120))
            row = self.add("opportunity", account.script, name=f"{account['name']} – {product['name']} {opened.year}/{number}", account=account["id"], contact=contact["id"] if contact else "", product=product["name"],
                           owner=account["owner"], stage=stage, amount=f"{amount:.2f} {currency}", probability={"Won": 100, "Lost": 0}.get(stage, rng.choice([10, 20, 50, 75])), opened_on=opened,
                           expected_close=expected, closed_on=closed, loss_reason=rng.choice(["Price", "Competitor", "No budget"]) if stage == "Lost" else "",
                           next_step=rng.choice(texts.STEPS[account.script]) if not closed else "", description=self.note(account.script, "deal"), created_on=self.at(opened), modified_on=self.at(self.day(1, 4)),
                           last_activity_on=self.at(self.day(1, 9) if not closed else closed))
            row.acc, row.product, row.contact = account, product, contact
            account.of("deal").append(row)
            if stage == "Won":
                self.make_order(row, amount, currency, closed)

    def make_order(self, deal, amount, currency, day):
        rng = self.rng
        order = self.add("sales_order", deal.script, number=f"SO-{day.year}-{len(self.rows['sales_order']):06d}", account=deal["account"], contact=deal["contact"], opportunity=deal["id"], status="Paid", ordered_on=day,
                         due_on=day + datetime.timedelta(days=14), delivered_on=min(DAY, day + datetime.timedelta(days=rng.randrange(2, 12))), amount=f"{amount:.2f} {currency}", paid=f"{amount:.2f} {currency}", owner=deal["owner"], created_on=self.at(day))
        order.deal, order.acc = deal, deal.acc
        deal.of("order").append(order)
        unit = round(amount / rng.choice([1, 1, 1]), 2)
        line = self.add("order_line", deal.script, sales_order=order["id"], product=deal["product"], quantity=1, unit_price=f"{unit:.2f} {currency}", amount=f"{amount:.2f} {currency}")
        line.order, line.product = order, deal.product
        order.of("line").append(line)

    def make_activities(self, count):
        rng, deals = self.rng, self.rows["opportunity"]
        for number in range(count):
            deal = deals[number % len(deals)]
            kind = rng.choice(["Call", "E-mail", "Visit", "Meeting", "Task"])
            planned = kind == "Task" and rng.random() < 0.5
            begin = datetime.date.fromisoformat(str(deal["opened_on"]))
            if deal["closed_on"]:
                day = begin + datetime.timedelta(days=rng.randrange(1, 35))
            else:
                day = self.day(1, min(25, (DAY - begin).days))
            day = min(day, DAY - datetime.timedelta(days=1))
            hour = rng.randrange(8, 16)
            start = f"{day} {hour:02d}:{rng.randrange(1, 60):02d}"
            row = self.add("activity", deal.script, subject=rng.choice(texts.SUBJECTS[deal.script]), kind=kind, direction=rng.choice(["In", "Out"]), status="Planned" if planned else "Done", priority=rng.choice(["Low", "Normal", "High"]),
                           started_on="" if planned else start, ended_on="" if planned else f"{day} {hour + 1:02d}:{rng.randrange(1, 60):02d}", due_on=DAY + datetime.timedelta(days=rng.randrange(2, 30)) if planned else "",
                           account=deal["account"], contact=deal["contact"], opportunity=deal["id"], lead="", campaign="", place=self.room() if kind in ("Visit", "Meeting") else "", owner=deal["owner"], description=self.note(deal.script, "activity"), created_on=start if planned else f"{day} {hour + 1:02d}:59",
                           modified_on=self.at(day, (18, 20)))
            row.deal, row.acc = deal, deal.acc
            deal.of("activity").append(row)

    def make_cases(self, count):
        rng = self.rng
        for number in range(count):
            account = rng.choice(self.rows["account"])
            contact = rng.choice(account.of("contact") or [None])
            done = rng.random() < 0.7
            opened = self.day(10, 300) if done else self.day(1, 40)
            closed = opened + datetime.timedelta(days=rng.randrange(1, 4)) if done else ""
            row = self.add("service_case", account.script, number=f"T{number:06d}", subject=rng.choice(texts.CASES[account.script]) + f" ({rng.choice('Atlas Boreas Cirrus Delta Ember Fjord Granit Helix'.split())} {number})", account=account["id"], contact=contact["id"] if contact else "",
                           kind=rng.choice(["Question", "Problem", "Complaint", "Request"]), status=rng.choice(["Solved", "Closed"]) if done else rng.choice(["New", "In progress"]), priority=rng.choice(["Low", "Normal", "High"]),
                           opened_on=self.at(opened, (8, 11)), first_answer_on=self.at(opened, (12, 17)), due_on=self.at(opened + datetime.timedelta(days=5) if done else DAY + datetime.timedelta(days=9)), closed_on=self.at(closed) if done else "",
                           description=self.note(account.script, "case"), resolution=rng.choice(texts.RESOLUTIONS[account.script]) if done else "", owner=account["owner"], created_on=self.at(opened, (7, 7)))
            row.acc, row.contact = account, contact

    def make_members(self, count):
        rng, contacts = self.rng, [c for c in self.rows["contact"] if c["consent_marketing"] == "yes"]
        for number in range(min(count, len(contacts))):
            contact = contacts[number]
            campaign = rng.choice(self.rows["campaign"])
            row = self.add("campaign_member", contact.script, campaign=campaign["id"], contact=contact["id"], status=rng.choice(["Sent", "Opened", "Responded"]), sent_on=self.at(campaign["started_on"]), created_on=self.at(campaign["started_on"], (6, 7)))
            row.contact = contact


ODD = names.ODD_FIRMS
