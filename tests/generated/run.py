#!/usr/bin/env python3
"""Requests made from the server's own /openapi.json, and its answers held to it: tests/generated/run.py [ROUNDS [SEED]]

Every operation is asked with what its parameters and bodies let pass, with values at the bounds and with each
kind of wrong one; by who may, by who may not, and by nobody. An answer has a status that is documented and the
schema of that; a value that is wrong is refused and named; nothing fails, hangs, or shows what is hidden. The
same seed makes the same requests. ROUNDS (1) go through all of it with one seed after the other.

shows: INT-1 SEC-1 ACC-2 DQ-1
"""

import collections
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.parse

ROOT = os.environ["PROBITY_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "generated"))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from journey import Journey  # noqa: E402
from office import CANARIES, Office  # noqa: E402
from schema import LONG, NOBODYS, Document, Generator, get, put, to_json  # noqa: E402
from traffic import Traffic  # noqa: E402

JSON = "application/json"
# Long work, done once for each kind of good request; what ends who asks, asked by others.
ONCE = {"startAudit", "startBackup", "startDrill", "startVerification", "exportRecords", "checkImport", "runImport",
        "undoRun", "watchJob"}
OWN = {"signOut", "endOtherSessions", "endSession", "changePassword", "endCredential", "endKey", "makeRecoveryCodes"}
TAKER = {"exportRecords", "sendImport", "listImports", "readImport", "dropImport", "checkImport", "runImport"}
MODEL = {"addEntity", "changeEntity", "addField", "changeField"}  # what changes the document
ENTITIES = ("contact", "account")  # of those that the operations on records are described for, in a short run
ROWS = {"writeRecords", "decideDuplicates"}  # each row has an answer of its own
# Words that are asked for before others of the same body are looked at.
FIRST = {"signInByNewFactor": ("code", "passkey", "id", "clientDataJSON"), "signInByPasskey": ("id", "clientDataJSON"), "prove": ("id", "clientDataJSON", "password"),
         "addUser": ("auditor",), "changeUser": ("auditor",), "addCredential": ("id", "clientDataJSON", "code")}
REACHED = {"full_name": "Ada", "phone": "+44 20 7946 0018"}
# What a schema cannot say, so that good requests do something.
MEANT = {"createRecord_contact": {"fields": REACHED}, "checkRecord_contact": {"fields": REACHED},
         "addField": {"type": "text"}, "addUser": {"kind": "person"}}
PLACES = 7  # of a body that are tried in a round, in each kind
BEFORE = (401, 403, 404, 409, 412, 428, 429)  # what stands in the way before a value is looked at


class Held:
    """One operation, and what its answers are held to."""

    def __init__(self, office, path, verb, operation):
        self.office, self.path, self.verb, self.operation = office, path, verb.upper(), operation
        self.name = operation["operationId"].split("_")[0]
        content = operation.get("requestBody", {}).get("content", {})
        self.type = next(iter(content), None)
        self.body = content.get(JSON, {}).get("schema") if self.type == JSON else None
        self.closed = bool(operation["security"]) and {} not in operation["security"]

    def asker(self):
        if self.name in TAKER:
            return self.office.taker
        return self.office.sales if self.name in OWN else self.office.boss


class Run:
    def __init__(self, office, seed, traffic, whole):
        self.office, self.traffic, self.whole = office, traffic, whole
        self.document = Document(office.openapi)
        self.make = Generator(self.document, seed, {
            **{name: office.pools[name] for name in ("entity", "filter", "sort", "fields", "reason")},
            "records": office.pools["contacts"][:1]})
        self.kinds = collections.Counter()
        self.faults = {}  # the first of each operation and kind
        self.slowest = 0.0

    def fault(self, *words):
        self.faults.setdefault(self.now, " ".join(map(str, words)))

    # ---- one request ----

    def url(self, held, parts=None, query=()):
        path = held.path
        for name in [p["name"] for p in held.operation["parameters"] if p["in"] == "path"]:
            value = (parts or {}).get(name)
            if value is None:
                value = urllib.parse.quote(str(self.make.random.choice(self.office.part(held.path, name))))
            path = path.replace("{" + name + "}", value)
        text = "&".join(f"{name}={value if raw else urllib.parse.quote(str(value))}" for name, value, raw in query)
        return path + ("?" + text if text else "")

    def needed(self, held):
        """Parameters that every request has."""
        query = [(p["name"], self.pooled(p), False) for p in held.operation["parameters"]
                 if p["in"] == "query" and p["required"]]
        headers = [(p["name"], "*") for p in held.operation["parameters"] if p["in"] == "header" and p["required"]]
        return query, headers

    def pooled(self, parameter):
        pool = self.office.pools.get(parameter["name"])
        if pool and parameter["schema"]["type"] == "string":
            return self.make.random.choice(pool)
        if parameter["schema"]["type"] == "boolean":
            return self.make.random.choice(("true", "false"))
        return self.make.valid(parameter["schema"], whole=False)

    def send(self, held, kind, asker=None, body=b"", url=None, headers=(), of_type=None, named=(), wrong=False,
             announced=None):
        """Asks, and holds the answer to the document. `wrong`: it must be refused; `named`: words for it, of which one
        must stand in the answer."""
        asker = asker or held.asker()
        query, more = self.needed(held)
        headers = [*[one for one in more if one[0] not in dict(headers)], *headers]
        if held.type is not None and of_type != "":
            headers.append(("Content-Type", of_type or held.type))
        begun = time.monotonic()
        url = url or self.url(held, query=query)
        sent = body if held.type is not None or body else None
        status, media, data = asker.ask(held.verb, url, sent if announced is None else None, headers, announced)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.kinds[kind] += 1
        self.now = held.name, kind
        what = f"{held.verb} {url} {headers} {body[:600]!r}\n{status} {media} {data[:1500]!r}"
        if held.name in MODEL and status < 300:
            self.document.openapi = self.office.must("GET", "/openapi.json")
        if held.name == "changeSettings" and status < 300:
            self.office.must("PATCH", "/api/v1/settings", {"purpose_required": False})
        if not self.hold(held, status, media, data, what):
            return status
        if wrong and status < 400 and not self.rows_refused(held, data):
            self.fault("This was not refused:", what)
        if named and status in (400, 422) and not any(one in data.decode() for one in named):
            self.fault(f"“{named}” is not named:", what)
        self.kinds[f"named of {kind}"] += bool(named) and status in (400, 422)
        if asker is self.office.sales and any(one.encode() in data for one in CANARIES):
            self.fault("What is hidden shows:", what)
        return status

    def hold(self, held, status, media, data, what):
        self.traffic.see(held.name, status)
        response = held.operation["responses"].get(str(status))
        if response is None or status >= 500:
            self.fault("Not as documented:", what)
            return False
        content = response.get("content", {})
        if (data and media not in content) or (content and not data and held.verb != "HEAD"):
            self.fault("Not of a type that is documented:", what)
        schema = content.get(media, {}).get("schema")
        if media in (JSON, "application/problem+json") and schema is not None:
            fault = self.document.check(schema, json.loads(data))
            if fault is not None:
                self.fault("Not of its schema:", fault, "\n", what)
        return True

    @staticmethod
    def rows_refused(held, data):
        if held.name not in ROWS:
            return False
        told = json.loads(data)
        return next(iter(told.values()))[0]["status"] >= 400  # the first is the one that is wrong

    # ---- what is asked ----

    def body_of(self, held, whole):
        """A body that the schema lets pass; what it makes has a name of its own."""
        body = self.make.valid(held.body, whole=whole)
        if isinstance(body, dict) and isinstance(body.get("name"), str) and held.verb == "POST":
            body["name"] = self.make.name(held.name)
        return {**body, **MEANT.get(held.operation["operationId"], {})} if isinstance(body, dict) else body

    def good(self, held):
        tries = 1 if held.name in ONCE else 2
        for whole in (False, True)[:tries]:
            body = to_json(self.body_of(held, whole)) if held.body else b""
            if held.body is None and held.type is not None:
                body = b"Name\nAda\n" if held.type == "text/csv" else b"grant_type=client_credentials"
            query = [(p["name"], self.pooled(p), False) for p in held.operation["parameters"]
                     if p["in"] == "query" and (p["required"] or whole and self.make.random.random() < 0.4)]
            self.send(held, "good", body=body, url=self.url(held, query=query))
            self.send(held, "good, of who sees less", self.office.sales, body=body, url=self.url(
                held, {"id": self.office.canary} if "/contacts/" in held.path else None, query))
            if held.closed:
                for nobody in (self.office.nobody, self.office.stranger):
                    if self.send(held, "nobody", nobody, body=body, wrong=True) != 401:
                        self.fail(held.name, "is answered to nobody")

    def bodies(self, held):
        if held.body is None:
            return
        base = self.body_of(held, False)
        places = list(self.make.places(held.body))
        wrong = [(at, kind, value) for at, schema in places for kind, value in self.make.wrong(schema)]
        edge = [(at, value) for at, schema in places if at for value in self.make.bounds(schema)]
        for at, kind, value in self.some(wrong, key=lambda one: one[1]):
            self.one_wrong(held, base, at, kind, value)
        if held.name not in ONCE:
            for at, value in self.some(edge, key=lambda one: len(one[0])):
                self.send(held, "at the bounds", body=to_json(put(base, at, value)))

    def some(self, cases, key):
        """All, or in a short run a few of each kind."""
        by_kind = collections.defaultdict(list)
        for case in cases:
            by_kind[key(case)].append(case)
        for kind in by_kind.values():
            yield from kind if self.whole and len(kind) <= 40 else \
                self.make.random.sample(kind, min(len(kind), 40 if self.whole else PLACES))

    def one_wrong(self, held, base, at, kind, value):
        named = [*[str(part) for part in at if part != 0], *FIRST.get(held.name, ()), *(() if at else ("object",))]
        old = get(base, at)
        if kind == "unknown member":
            value = {**(old if isinstance(old, dict) else {}), **value}
            named.append("no_such_member")
        elif kind == "missing member":
            rules = self.document.resolve(dict(self.make.places(held.body))[at])["required"]
            named.append(self.make.random.choice(rules))
            value = {name: one for name, one in (old or {}).items() if name != named[-1]}
            if at and old is None:
                return
        if kind in ("bad UTF-8", "half a character", "NUL"):
            named = ()  # it is no JSON, or none that can be kept: line and column are told
        self.send(held, kind, body=to_json(put(base, at, value)), named=named, wrong=True)

    def texts(self, held):
        """Bodies that are none."""
        if held.body is None:
            return
        good = to_json(self.body_of(held, False))
        needed = self.document.resolve(held.body).get("required")
        for kind, text in (*((("no body", b""),) if needed else ()), ("cut", good[:-1]), ("more behind", good + b"{}"),
                           ("no JSON", b"{'a': 1}"), ("a key twice", b'{"a":1,"a":2}'),
                           ("deep", b'{"a":' * 5000 + b"1" + b"}" * 5000), ("UTF-16", good.decode().encode("utf-16")),
                           ("a list", b"[]"), ("not a number", b'{"a":NaN}'), ("bad UTF-8", b'{"\xff":1}'),
                           ("long", b'{"a":"' + b"x" * LONG + b'"}')):
            self.send(held, kind, body=text, wrong=True)

    def ways(self, held):
        """What every operation refuses before it is reached, and how it does."""
        url = self.url(held, query=self.needed(held)[0])
        mark = "&" if "?" in url else "?"
        body = to_json(self.body_of(held, False)) if held.body else b""
        if self.send(held, "bad address", url=url + mark + "a=%zz", wrong=True) != 400:
            self.fail(held.name, "reads a bad address")
        self.send(held, "address is no UTF-8", url=url + mark + "a=%ff%fe", wrong=True)
        if self.send(held, "not to be had", headers=[("Accept", "image/x-none")], wrong=True) != 406:
            self.fail(held.name, "gives image/x-none")
        if held.type is not None:
            if self.send(held, "wrong type of body", body=b"<a/>", of_type="application/xml", wrong=True) != 415:
                self.fail(held.name, "reads XML")
        if self.send(held, "too long a body", announced=1 << 40, wrong=True) != 413:
            self.fail(held.name, "would read 1 TiB")
        self.send(held, "unknown parameter", url=url + mark + "no_such_parameter=1", body=body, wrong=held.path.startswith("/api/"), named=("no_such_parameter",) if held.path.startswith("/api/") else ())

    def parameters(self, held):
        needed, _ = self.needed(held)
        for p in held.operation["parameters"]:
            if p["in"] == "query":
                self.parameter(held, p, [one for one in needed if one[0] != p["name"]])
            if p["in"] == "path":
                for value in (NOBODYS, "0", "-1", "9" * 30, "%00", "%ff", "..%2f..", "x" * 3000, "%27%20or%201=1--"):
                    self.send(held, "foreign or no id", url=self.url(held, {p["name"]: value}, needed),
                              wrong=held.verb == "GET" and p["name"] not in ("sequence", "name"))
            if p["in"] == "header":
                for value in ("", "x" * 300, "\x80\xff", '"a", "b"', "*"):
                    self.send(held, "header", headers=[(p["name"], value)])

    def parameter(self, held, p, rest):
        kind = p["schema"]["type"]
        below = str(p["schema"].get("minimum", 0) - 1)
        wrong = {"integer": ("x", below, "-1", "1.5", "9" * 30, ""), "boolean": ("perhaps", "", "TRUE")}.get(kind, ())
        if p["schema"].get("format") in ("date", "date-time", "uuid"):
            wrong = ("yesterday", "2024-02-30T00:00:00Z", "")
        for value in wrong:
            self.send(held, f"wrong {kind} parameter", url=self.url(held, None, [*rest, (p["name"], value, False)]),
                      named=(p["name"],), wrong=True)
        twice = [(p["name"], self.pooled(p), False)] * 2
        self.send(held, "parameter twice", url=self.url(held, None, [*rest, *twice]), named=(p["name"],), wrong=held.path.startswith("/api/"))
        for value in ("%ff", "%00", "x" * 2000, "%27%22%3B--", ""):
            self.send(held, "odd parameter", url=self.url(held, None, [*rest, (p["name"], value, True)]))

    def operation(self, held):
        self.good(held)
        self.bodies(held)
        self.texts(held)
        self.ways(held)
        self.parameters(held)


def operations(office, whole):
    for path, verbs in office.openapi["paths"].items():
        for verb, operation in verbs.items():
            name, _, entity = operation["operationId"].partition("_")
            if whole or not entity or entity in ENTITIES[:1]:
                yield Held(office, path, verb, operation)


def go(rounds, seed):
    folder = tempfile.mkdtemp(prefix="probity-generated-")
    office = None
    try:
        office = Office(folder)
        traffic = Traffic("generated")
        kinds, failed, slowest = collections.Counter(), set(), 0.0
        for turn in range(rounds):
            run = Run(office, seed + turn, traffic, rounds > 1)
            helds = list(operations(office, rounds > 1))
            for held in helds:
                run.operation(held)
            if turn == 0:
                Journey(run, helds).go()
            for (name, kind), fault in run.faults.items():
                print(f"fail {name}, {kind}: with the seed {seed + turn}:", fault)
            failed |= {kind for _, kind in run.faults}
            kinds += run.kinds
            slowest = max(slowest, run.slowest)
        office.end()
        print(f"{sum(n for k, n in kinds.items() if not k.startswith('named of'))} requests, slowest {slowest:.2f} s")
        return {kind: count for kind, count in kinds.items() if kind not in failed}, failed
    finally:
        if office is not None:
            office.server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    rounds, seed = (int(one) for one in [*sys.argv[1:], *("1", "6")[len(sys.argv) - 1:]])
    good, failed = go(rounds, seed)
    for kind, count in sorted(good.items()):
        if not kind.startswith("named of"):
            print(f"pass {kind}, {count} times")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
