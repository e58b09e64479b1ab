"""What no schema tells: answers that come of what was done before, or of how somebody is known."""

import json

from office import Asker
from schema import PASSWORD

JSON = [("Content-Type", "application/json")]


class Journey:
    """Each step is one request whose answer is held to the description, and has the status that it must have."""

    def __init__(self, run, helds):
        self.run, self.office = run, run.office
        self.helds = {}
        for held in helds:
            self.helds.setdefault(held.name, held)

    def ask(self, status, name, url=None, body=None, asker=None, headers=()):
        held = self.helds[name]
        kind = f"on the way to {status}"
        got = self.run.send(held, kind, asker, b"" if body is None else json.dumps(body).encode(), url or held.path, headers)
        if got != status:
            self.run.fault(f"{name} {url}: not {status} but {got}")

    def held_up(self):
        """By a key that may ask once a minute: it is told when to come back."""
        made = self.office.must("POST", "/api/v1/keys", {"label": "slow", "rate": 1})
        asker = Asker(self.office.server, made["key"])
        asker.ask("GET", "/api/v1/me")
        for held in self.helds.values():
            if held.operation["security"] and self.run.send(held, "too often", asker, url=self.run.url(held)) != 429 \
                    and self.run.send(held, "too often", asker, url=self.run.url(held)) != 429:
                self.run.fault(held.name, "is answered to a key that asks too often")
        asker.close()

    def other_pages(self):
        """By a browser, for a page of somebody else; and by a key that reaches nothing."""
        body = json.dumps({"name": "taker", "password": PASSWORD, "cookie": True}).encode()
        browser = Asker(self.office.server)
        browser.cookie = browser.cookie_of("/api/v1/sign-in", body, [*JSON, ("Sec-Fetch-Site", "same-origin")])
        narrow = Asker(self.office.server, self.office.narrow)
        for held in self.helds.values():
            if held.closed and held.verb != "GET":
                status = self.run.send(held, "from another page", browser, url=self.run.url(held), headers=[
                    ("Sec-Fetch-Site", "cross-site")])
                if status != 403:
                    self.run.fault(held.name, "is done for another page")
            body = json.dumps(self.run.body_of(held, False)).encode() if held.body else b""
            if held.closed and held.name != "watchJob":
                self.run.send(held, "by a narrow key", narrow, body, url=self.run.url(held, query=self.run.needed(held)[0]))
        for name in ("signInByCode", "signInByNewFactor", "signInByPasskey", "signInByRecovery", "enrol"):
            self.ask(403, name, body={"cookie": True})
        browser.close()
        narrow.close()

    def names(self):
        """What is there already, or was done already. To a user of its own: those of the pools may have been ended."""
        user = self.office.must("POST", "/api/v1/users", {"name": "untouched", "roles": ["sales"]})["user"]["id"]
        self.ask(409, "changeUser", f"/api/v1/users/{user}", {"name": "sales"})
        team = self.office.must("POST", "/api/v1/teams", {"name": "South"})["id"]
        self.ask(201, "addTeam", body={"name": "West"})
        self.ask(409, "renameTeam", f"/api/v1/teams/{team}", {"name": "West"})
        self.ask(200, "giveRole", f"/api/v1/users/{user}/roles", {"role": "service"})
        self.ask(409, "giveRole", f"/api/v1/users/{user}/roles", {"role": "service"})
        code = self.office.must("POST", "/api/v1/users", {"name": "careful", "roles": ["administrator"]})["code"]
        self.careful = self.new_factor(code)
        code = self.office.must("POST", "/api/v1/users", {"name": "new", "roles": ["sales"]})["code"]
        self.ask(422, "enrol", body={"name": "new", "code": code, "password": "short"})

        item = f"/api/v1/access-reviews/{self.office.pools['review'][0]}/items/{self.office.pools['item'][0]}"
        self.office.boss.ask("POST", item + "/confirm", b"{}", JSON)
        self.ask(409, "revokeAccess", item + "/revoke", {})
        self.ask(200, "metrics", asker=Asker(self.office.server, "a token for those who measure"))
        wide = self.office.must("POST", "/api/v1/keys", {"label": "wide"})["key"]
        self.ask(422, "prove", body={"password": PASSWORD}, asker=Asker(self.office.server, wide))
        self.ask(422, "proveConsistency", "/api/v1/ledger/consistency?old=2&new=1")

    def guessed(self):
        """Somebody guesses, until it is told to wait."""
        nobody = self.office.nobody
        _, _, data = nobody.ask("POST", "/api/v1/sign-in", json.dumps({"name": "boss", "password": PASSWORD}).encode(), JSON)
        ticket = json.loads(data)["ticket"]
        for _ in range(50):
            status, _, data = nobody.ask("POST", "/api/v1/sign-in/recovery", json.dumps(
                {"ticket": ticket, "code": "aaaa-bbbb-cccc"}).encode(), JSON)
            if status == 429:
                break
        self.ask(429, "signInByRecovery", body={"ticket": ticket, "code": "aaaa-bbbb-cccc"}, asker=nobody)
        passkey = {"id": "AAAA", "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}
        self.ask(429, "signInByPasskey", body={"ticket": ticket, "passkey": passkey}, asker=nobody)
        for _ in range(50):
            status, _, data = nobody.ask("POST", "/api/v1/sign-in/new-factor", json.dumps(self.careful).encode(), JSON)
            if status == 429:
                break
        self.ask(429, "signInByNewFactor", body=self.careful, asker=nobody)
        form = b"grant_type=client_credentials&client_id=%s&client_secret=no" % self.office.client.encode()
        for _ in range(50):
            status, _, data = nobody.ask("POST", "/oauth/token", form, [("Content-Type", "application/x-www-form-urlencoded")])
            if status == 429:
                break
        if self.run.send(self.helds["makeToken"], "on the way to 429", nobody, form) != 429:
            self.run.fault("makeToken", data)

    def new_factor(self, code):
        """Somebody who needs a second factor, and has begun to make one."""
        nobody, body = self.office.nobody, {"name": "careful", "code": code, "password": PASSWORD}
        _, _, data = nobody.ask("POST", "/api/v1/enrol", json.dumps(body).encode(), JSON)
        ticket = {"ticket": json.loads(data)["ticket"]}
        _, _, data = nobody.ask("POST", "/api/v1/sign-in/factor", json.dumps(ticket).encode(), JSON)
        return {**ticket, "begun": json.loads(data)["begun"], "code": "0000000"}

    def last_of_many(self):
        """A job with others before it."""
        for _ in range(8):
            status, _, data = self.office.taker.ask("POST", "/api/v1/exports", b'{"entity":"contact"}', JSON)
            assert status == 202, data
        return f"/api/v1/jobs/{json.loads(data)['id']}"

    def long_work(self):
        """Jobs that are waiting for others: on a machine that is quick with them, it is tried anew until one waits."""
        for status, name, end in ((409, "readJobResult", "/result"), (409, "listJobFiles", "/files"),
                                  (409, "readJobFile", "/files/contact.csv"), (200, "cancelJob", "/cancel")):
            held, got = self.helds[name], 0
            for _ in range(20):
                got = self.run.send(held, f"on the way to {status}", self.office.taker, b"", self.last_of_many() + end, ())
                if got == status:
                    break
            else:
                self.run.fault(f"{name}: not {status} but {got}, each time")

    def go(self):
        for step in (self.names, self.long_work, self.other_pages, self.held_up, self.guessed):
            step()
