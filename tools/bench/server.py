"""What the server reaches: reads beside nginx's static file, lists among many, entries beside pgbench, connections that are only open.

Every request is signed in, decided by the roles, logged in the ledger and durable there before it is answered. Rounds of both sides alternate, so that
a busy machine is busy for both; the best round of each counts. Files of 1,024 bytes stand beside reads of a contact by id, some 1.2 KB of JSON.
Entries are contacts that nobody has yet, whose values are checked, that the gate compares with all others, and that are written with their
history; beside them pgbench inserts as durably into the very table that a workspace on PostgreSQL keeps contacts in, with its indexes, on the same disk.
"""
import contextlib
import glob
import json
import random
import socket
import sys
import time

import live
from contacts import CITIES, COUNTRIES, postcode
from processes import memory_of
from served import Asked, Nginx, Served, room_for, unverified

ROUNDS, SECONDS, AT_ONCE, LISTS_AT_ONCE, KNOWN, IDLE = 3, 8, 64, 16, 10000, 10000

# Asks one of many things, made ready before the clock runs.
ASKING = """
local asked = {}
for line in io.lines("FILE") do asked[#asked + 1] = line end
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
function init() math.randomseed(SEED + number); wrk.headers["Authorization"] = "Bearer TOKEN"
  for i = 1, #asked do asked[i] = wrk.format("GET", asked[i]) end end
function request() return asked[math.random(#asked)] end
"""

# Each body is sent once: the clock of the machine that measures is not that fast.
ENTERING = """
local bodies, threads, at = {}, 0, 0
for line in io.lines("FILE") do bodies[#bodies + 1] = line end
function setup(thread) threads = threads + 1; thread:set("number", threads); thread:set("skip", SKIP) end
function init() at = skip + number - 2; wrk.headers["Authorization"] = "Bearer TOKEN"; wrk.headers["Content-Type"] = "application/json" end
function request() at = at + 2; return wrk.format("POST", "/api/v1/contacts", nil, bodies[at % #bodies + 1]) end
"""


def script(bench, name, text, lines, **places):
    path, file = bench.path(name + ".lua"), bench.path(name + ".txt")
    if lines is not None:
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in lines)
    for place, value in {"FILE": file, **places}.items():
        text = text.replace(place, str(value))
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def best(asked):
    return min(asked, key=lambda one: one.cost)


# ---- reads ----

def measure_reads(bench, served):
    asking = script(bench, "reads", ASKING, (f"/api/v1/contacts/{one}" for one in served.ids("contacts", "full_name", KNOWN)), TOKEN=served.token,
                    SEED=17)
    files, reads = [], []
    with Nginx(bench) as nginx:
        Asked(nginx, AT_ONCE, 1)
        Asked(served, AT_ONCE, 2, asking, served.base)
        for _ in range(ROUNDS):
            files.append(Asked(nginx, AT_ONCE, SECONDS).whole(nginx))
            reads.append(Asked(served, AT_ONCE, SECONDS, asking, served.base).whole(served))
    file, read = best(files), best(reads)
    bench.line(f"nginx, a file of 1 KB over TLS, {AT_ONCE} at once", 1e6 / file.cost, " /CPU s", None, 0)
    bench.line("read of a contact by id, signed in, decided, logged", 1e6 / read.cost, " /CPU s", None, 0)
    bench.line("  by the clock", max(one.rate for one in reads), " /s", None, 0)
    bench.line("  99 of 100 within", min(one.p99 for one in reads), " ms")
    bench.floor("  of nginx's files, by CPU time", file.cost / read.cost, "x", 0.35, 3)


# ---- lists ----

SHOWN = "fields=full_name,email,phone,city,country&limit=50"
BORN = "birth_date%20%3E%3D%20{0}-01-01%20and%20birth_date%20%3C%3D%20{0}-12-31"


def country(rng):
    return f"country%20%3D%20'{rng.choice(COUNTRIES)}'"


def born(rng):
    return BORN.format(rng.randrange(1945, 2000))


# Whose order and conditions have one index, or two, or none for the condition; few that fit, and many.
LISTS = (
    ("of a country, in the order they were made", lambda rng: f"filter={country(rng)}"),
    ("of a country, counted", lambda rng: f"filter={country(rng)}&total=true"),
    ("of a country, by name", lambda rng: f"filter={country(rng)}&sort=full_name"),
    ("of a city, those changed last first", lambda rng: f"filter=city%20%3D%20'{rng.choice(CITIES)}'&sort=-changed_at"),
    ("all, by name, falling", lambda rng: "sort=-full_name"),
    ("born on a day, by name", lambda rng: f"filter=birth_date%20%3D%20{rng.randrange(1945, 2000)}-05-{rng.randrange(10, 28)}&sort=full_name"),
    ("born in a year, by name", lambda rng: f"filter={born(rng)}&sort=full_name"),
    ("born in a year, of a country, by name", lambda rng: f"filter={born(rng)}%20and%20{country(rng)}&sort=full_name"),
    ("of two cities, the youngest first",
     lambda rng: f"filter=city%20in%20('{rng.choice(CITIES)}','{rng.choice(CITIES)}')&sort=-birth_date"),
    ("whose postcode begins with two digits, by name", lambda rng: f"filter=postcode%20begins%20'{rng.randrange(10, 99)}'&sort=full_name"),
    ("without e-mail, those changed last first", lambda rng: "filter=email%20is%20null&sort=-changed_at"),
)


def measure_lists(bench, served, rows):
    for number, (says, query) in enumerate(LISTS):
        rng = random.Random(17)
        asking = script(bench, f"lists{number}", ASKING, [f"/api/v1/contacts?{query(rng)}&{SHOWN}" for _ in range(500)], TOKEN=served.token, SEED=17)
        Asked(served, LISTS_AT_ONCE, 2, asking, served.base)
        rounds = [Asked(served, LISTS_AT_ONCE, SECONDS, asking, served.base).whole(served) for _ in range(ROUNDS)]
        bench.line(f"list of 50 of {rows:,} {says}, {LISTS_AT_ONCE} at once, 99 of 100 within", min(one.p99 for one in rounds), " ms", 10, 1)
        bench.line("  half of them within", min(one.p50 for one in rounds), " ms", None, 1)
        bench.line("  CPU time of each", best(rounds).cost / 1000, " ms", None, 3)


# ---- entries ----

def entries(count):
    rng = random.Random(18)
    for number in range(count):
        given, family = ("".join(rng.choices("abcdefghijklmnoprstuvwz", k=7)).capitalize() for _ in range(2))
        place = rng.randrange(len(CITIES))
        yield json.dumps({"fields": {
            "full_name": f"{given} {family}", "email": f"{given}.{family}{number}@example.com".lower(), "phone": f"+49 30 {rng.randrange(10**6, 10**8)}",
            "city": CITIES[place], "country": COUNTRIES[place], "postcode": postcode(rng, COUNTRIES[place]),
            "birth_date": f"{rng.randrange(1940, 2005)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"}}, ensure_ascii=False)


class Inserts:
    """Rows as entry writes them, inserted by pgbench into a table like that of a workspace's contacts, each in a transaction of its own."""

    def __init__(self, bench, run, server):
        self.server, self.script = server, bench.path("inserts.sql")
        key = bench.path("inserts-key")
        run([bench.program, "init", server.url(), "--key-file", key, "--quiet"])
        server.ask("CREATE TABLE public.t_contact (LIKE probity.t_contact INCLUDING ALL)")
        kinds = dict(server.rows("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'probity' AND table_name = 't_contact'"))
        self.indexes = int(server.rows("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND tablename = 't_contact'")[0][0])
        server.ask("CREATE SEQUENCE public.numbers")
        values = {"n": "nextval('public.numbers')", "id": "decode(md5(random()::text), 'hex')", "version": "1", "event": "1", "deleted": "0",
                  "created_us": "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
                  "changed_us": "(extract(epoch from clock_timestamp()) * 1000000)::bigint", "full_name": "md5(random()::text)",
                  "email": "md5(random()::text) || '@example.com'", "phone": "'+49' || (random() * 1000000000)::bigint", "city": "'Berlin'",
                  "country": "'DE'", "postcode": "'10115'", "birth_date": "(random() * 20000)::bigint"}
        missing = set(values) - set(kinds)
        if missing:
            sys.exit(f"The table of contacts has no {', '.join(sorted(missing))}")
        with open(self.script, "w", encoding="utf-8") as out:
            out.write(f"INSERT INTO public.t_contact ({', '.join(values)}) VALUES ({', '.join(values.values())});\n")

    def rate(self, seconds):
        pgbench = sorted(glob.glob("/usr/lib/postgresql/*/bin/pgbench"))[-1]
        said = live.said_by([pgbench, "-n", "-M", "prepared", "-c", str(AT_ONCE), "-j", "2", "-T", str(seconds), "-f", self.script, "-h", self.server.folder,
                             "-U", "postgres", "postgres"])
        return float(said.rpartition("tps = ")[2].split()[0])


def measure_entries(bench, run, served):
    ours, theirs = [], []
    bodies = list(entries(400000))
    with live.Postgres("fsync=on", "max_connections=100") as server:
        inserts = Inserts(bench, run, server)
        skip = 0
        for number in range(ROUNDS):
            theirs.append(inserts.rate(SECONDS))
            entering = script(bench, "entries", ENTERING, None if number else bodies, TOKEN=served.token, SKIP=skip)
            ours.append(Asked(served, AT_ONCE, SECONDS, entering, served.base))
            skip += ours[-1].requests * 2 + 1000
    made = max(ours, key=lambda one: one.rate)
    refused = sum(one.refused for one in ours)
    bench.line(f"pgbench, durable inserts of a row into one table with the same {inserts.indexes} indexes, {AT_ONCE} at once", max(theirs), " /s", None, 0)
    bench.line(f"contacts entered, checked, compared, with history and ledger, {AT_ONCE} at once", made.rate, " /s", None, 0)
    bench.line("  CPU time of each", best(ours).cost / 1000, " ms", None, 3)
    bench.line("  99 of 100 within", min(one.p99 for one in ours), " ms", None, 1)
    bench.line("  refused by the gate, of all", 100 * refused / sum(one.requests for one in ours), " %", 1)
    bench.floor("  of pgbench's rate", made.rate / max(theirs), "x", 1)


# ---- connections that are only open ----

def idle_connections(address, count):
    """Connections whose TLS is spoken and where nothing is asked, as file descriptors: what this side knows of TLS is let go."""
    context, kept = unverified(), []
    for _ in range(count):
        with contextlib.ExitStack() as stack:
            raw = stack.enter_context(socket.create_connection(address, timeout=60))
            secure = context.wrap_socket(raw, do_handshake_on_connect=True)
            kept.append(socket.socket(fileno=secure.detach()))
            stack.pop_all()
    return kept


def measure_idle(bench, run):
    """A server of its own, with nothing in it, as it is when it has just come up; then with connections."""
    workspace, key = bench.path("idle"), bench.path("idle-key")
    run([bench.program, "init", workspace, "--key-file", key, "--quiet"])
    if not room_for(IDLE + 1000):
        sys.exit(f"{IDLE:,} connections need as many open files: raise the limit (ulimit -Hn)")
    with Served(bench, workspace, key, "idle") as served:
        time.sleep(2)
        bench.line("server with nothing to do, resident memory", memory_of(served.process.pid), " MiB", 30, 1)
        host, port = served.base.removeprefix("https://").split(":")
        kept = idle_connections((host, int(port)), IDLE)
        time.sleep(2)
        bench.line(f"  with {IDLE:,} connections over TLS that are only open", memory_of(served.process.pid), " MiB", 200, 0)
        for one in kept:
            one.close()


def measure(bench, run, rows):
    """`run` is a command's measurer; reads and lists are of `rows` contacts, entries go to a workspace with a tenth of them."""
    measure_idle(bench, run)
    _, workspace, key = bench.probity_import(bench.contacts(rows))
    with Served(bench, workspace, key, "reader") as served:
        served.sign_in()
        measure_reads(bench, served)
        measure_lists(bench, served, rows)
    bench.drop(workspace)
    _, workspace, key = bench.probity_import(bench.contacts(rows // 10))
    with Served(bench, workspace, key, "writer") as served:
        served.sign_in()
        measure_entries(bench, run, served)
    bench.drop(workspace)
