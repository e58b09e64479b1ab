"""A server with something of everything: records, people, roles, jobs, a finding; and who asks for it."""

import http.client
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["PROBITY_ROOT"], "tests", "support"))

from schema import NOBODYS, PASSWORD  # noqa: E402
from served import Server, fail, must, sign_in_first  # noqa: E402

CANARIES = ("qcanary@example.org", "Canarytown", "Canarygender", "1961-03-17", "Canarysong at dawn")
CONTACTS = """Contact ID,Full Name,Email,City,Gender,Birth Date,Description,Phone
C-1,Quillon Featherstone,qcanary@example.org,Canarytown,Canarygender,1961-03-17,Canarysong at dawn,+49 30 901820
C-2,Peter Porter,peter@example.net,Oslo,Male,1970-01-01,Nothing,
C-3,Ada Lovelace,ada@example.com,London,Female,1815-12-10,,+44 20 7946 0018
C-4,Ada Lovelace,,,,,,+44 20 7946 0018
"""
TAKER = """role: taker
label: Taker
grants:
  - name: all
    entities: all
    operations: [create, read, list, change, export, import, merge]
    scope: all
    rights: write
"""
LIMIT = 120  # seconds an answer may take: a hang is none


class Asker:
    """Somebody with a connection."""

    def __init__(self, server, token=None):
        self.port = int(server.address.rsplit(":", 1)[1])
        self.token, self.line, self.cookie = token, None, None

    def ask(self, method, path, body=None, headers=(), announced=None):
        """Status, media type, bytes. `announced`: the length that is said, with no body behind it."""
        for attempt in (1, 2):
            try:
                return self.ask_once(method, path, body, headers, announced)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if attempt == 2:
                    raise
        return None

    def ask_once(self, method, path, body, headers, announced):
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        self.line.putrequest(method, path, skip_accept_encoding=True)
        if self.token is not None:
            self.line.putheader("Authorization", "Bearer " + self.token)
        if self.cookie is not None:
            self.line.putheader("Cookie", self.cookie)
        for name, value in headers:
            self.line.putheader(name, value)
        if body is not None or announced is not None:
            self.line.putheader("Content-Length", str(len(body) if announced is None else announced))
        self.line.endheaders(body)
        answer = self.line.getresponse()
        data = answer.read()
        if answer.will_close or announced is not None:
            self.close()
        return answer.status, (answer.getheader("Content-Type") or "").split(";")[0], data

    def cookie_of(self, path, body, headers):
        """The cookie that a browser is given."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        line.request("POST", path, body, dict(headers))
        answer = line.getresponse()
        answer.read()
        line.close()
        return (answer.getheader("Set-Cookie") or "").split(";")[0]

    def close(self):
        if self.line is not None:
            self.line.close()
        self.line = None


def enrol(server, name, *roles):
    """A user who needs no second factor signs in; the token."""
    words = [word for role in roles for word in ("--role", role)]
    code = json.loads(server.say("users", "add", name, "-w", server.workspace, "--json", *words))["code"]
    step = must(server, "POST", "/api/v1/enrol", {"name": name, "code": code, "password": PASSWORD})
    return step["token"]


class Office:
    def __init__(self, folder):
        token = os.path.join(folder, "token")
        with open(token, "w", encoding="utf-8") as out:
            out.write("a token for those who measure\n")
        self.server = Server(folder, before=self.prepare, options=("--metrics-token", token))
        sign_in_first(self.server)
        self.openapi = must(self.server, "GET", "/openapi.json")
        self.boss = Asker(self.server, self.server.token)
        self.taker = Asker(self.server, enrol(self.server, "taker", "taker"))
        self.sales = Asker(self.server, enrol(self.server, "sales", "sales"))
        self.nobody = Asker(self.server)
        self.stranger = Asker(self.server, "pbs_" + "A" * 43)
        self.narrow = self.must("POST", "/api/v1/keys", {"label": "narrow", "scopes": "audit"})
        self.narrow, self.client = self.narrow["key"], self.narrow["client_id"]
        self.pools = {}
        try:
            self.fill()
        except (OSError, http.client.HTTPException) as problem:
            self.server.kill()
            fail(problem, "\n", self.server.told())

    def prepare(self, server):
        folder = os.path.dirname(server.workspace)
        for name, text in (("contacts.csv", CONTACTS), ("taker.yaml", TAKER),
                           ("spare.yaml", TAKER.replace("taker", "spare"))):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        server.say("import", os.path.join(folder, "contacts.csv"), "-w", server.workspace)
        for role in ("taker.yaml", "spare.yaml"):
            server.say("roles", "-w", server.workspace, "--set", os.path.join(folder, role))

    def must(self, method, path, body=None):
        return must(self.server, method, path, body)

    def job(self, asker, path, body):
        """Asks for long work and waits for its end."""
        headers = [("Content-Type", "application/json")]
        status, _, data = asker.ask("POST", path, json.dumps(body).encode(), headers)
        if status != 202:
            fail(path, status, data)
        told = json.loads(data)
        number = told.get("id", told.get("job"))
        asker.ask("GET", f"/api/v1/jobs/{number}/events")
        asker.close()
        return number

    def fill(self):
        """Something of everything that a path can name; what would shut out who asks is not in it."""
        contacts = self.must("GET", "/api/v1/contacts?fields=full_name")["records"]
        ids = [one["id"] for one in contacts if one["fields"]["full_name"] != "Quillon Featherstone"]
        self.canary = next(one["id"] for one in contacts if one["id"] not in ids)
        account = self.must("POST", "/api/v1/accounts", {"fields": {"name": "Analytical Engines"}})["record"]["id"]
        users = [self.must("POST", "/api/v1/users", {"name": name, "roles": ["sales"]})["user"]["id"]
                 for name in ("victim", "other")]
        program = self.must("POST", "/api/v1/users", {"name": "robot", "kind": "program", "roles": ["taker"]})
        team = self.must("POST", "/api/v1/teams", {"name": "North"})["id"]
        review = self.must("POST", "/api/v1/access-reviews", {"due": "2031-01-01T00:00:00Z"})
        items = self.must("GET", f"/api/v1/access-reviews/{review['review']}")["items"]
        self.pools = {
            "contacts": ids, "accounts": [account], "users": [*users, program["user"]["id"]], "team": [team],
            "role": ["spare"], "sequence": ["0", "3"], "form": ["json", "csv"],
            "review": [str(review["review"])], "item": [str(one["item"]) for one in items[-2:]],
            "entity": ["contact", "account"], "filter": ["city = 'Oslo'", "full_name is not empty"],
            "sort": ["full_name", "-full_name"], "fields": ["full_name"], "expand": ["account"],
            "kind": ["record.changed"], "q": ["ada"], "name": ["contact"], "field": ["full_name"],
            "run": [str(one["run"]) for one in self.must("GET", "/api/v1/runs")["runs"]],
            "other": ids, "state": ["all"], "by": ["city", "city,contact_source"], "measure": ["count"], "period": ["month"], "reason": ["as it was told"],
        }
        page = self.nobody.ask("GET", "/")[2].decode()
        self.pools["file"] = re.findall(r"/app/([\w.-]+)", page) or ["none"]
        self.work(ids)

    def work(self, ids):
        made = self.job(self.taker, "/api/v1/exports", {"entity": "contact"})
        audit = self.job(self.boss, "/api/v1/audits", {})
        self.pools["job"] = [str(made), str(audit)]
        self.pools["audit"] = [str(one["audit"]) for one in self.must("GET", "/api/v1/audits")["audits"]]
        self.pools["finding"] = [str(one["finding"]) for one in self.must("GET", "/api/v1/findings")["findings"]]
        sent = self.taker.ask("POST", "/api/v1/imports?name=people.csv", CONTACTS.encode(),
                              [("Content-Type", "text/csv")])
        self.pools["import"] = [json.loads(sent[2])["id"]]
        assert ids and all(self.pools[name] for name in ("job", "audit", "finding", "run", "item"))

    def part(self, path, name):
        """What there is for a part of a path."""
        subject = path.split("/")[3] if path.count("/") > 2 else ""
        if name == "id":
            return self.pools.get(subject, [NOBODYS])
        if name == "name" and "/files/" in path:
            return ["contact.csv"]
        return self.pools.get(name, ["1"])

    def end(self):
        for asker in (self.boss, self.taker, self.sales, self.nobody, self.stranger):
            asker.close()
        told = self.server.told()
        self.server.stop()
        if "request.failed" in told:
            fail("The server failed by itself:\n", told)
        self.server.say("ledger", "verify", "-w", self.server.workspace)
