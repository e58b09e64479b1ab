"""An import into a workspace on PostgreSQL, beside COPY of the very rows it wrote into the same indexed tables.

An import reads a file and writes records, the events and payloads of the ledger, keys, the search index, remarks. What it wrote is dumped
with COPY, table by table, and loaded with psql's \\copy, in one transaction, into empty tables with the same columns, types and
indexes: as text, as files are, which the ratio is taken to, and in binary form, where no value is parsed. Beside them, for whoever knows
only the file: \\copy of the CSV into one table of ten columns with three indexes, and an INSERT a row, prepared once, in one transaction,
into the same table.

What counts is processor time of the whole: the client's, and that of all processes of the server, with a checkpoint at the end, so that
pages that are still to be written are not left to whoever comes next. Autovacuum is off: it runs when it likes, and would be counted for
one and not for another. Every round has a server of its own, and so the same empty start.
"""
import csv
import os

import live

SCHEMA, BESIDE = "probity", "beside"
INDEXED = ("Contact ID", "Email", "Full Name")  # as in the table for sqlite3's .import


class Whole:
    """Processor seconds of clients, one after the other, and of the server they worked with."""

    def __init__(self, server, run, *commands):
        server.ask("CHECKPOINT")
        before = server.cpu()
        clients = [run(command) for command in commands]
        server.ask("CHECKPOINT")
        self.server = server.cpu() - before
        self.cpu = self.server + sum(client.cpu for client in clients)
        self.wall = sum(client.wall for client in clients)
        self.mib = max(client.mib for client in clients)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Round:
    """One server, from the empty workspace to the last way of filling tables."""

    def __init__(self, bench, run, server, path):
        self.bench, self.run, self.server, self.path = bench, run, server, path
        self.key = bench.path("server-key")
        self.script = bench.path("server.sql")
        if os.path.exists(self.key):
            os.remove(self.key)
        self.probity("init", server.url())

    def probity(self, *arguments):
        return self.run([self.bench.program, *arguments, "--key-file", self.key, "--quiet"])

    def counts(self, schema):
        tables = self.server.rows(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1")
        return {name: int(self.server.rows(f"SELECT count(*) FROM {schema}.{quoted(name)}")[0][0]) for name, in tables}

    def dump(self, name, kind):
        return self.bench.path(f"{name}.{kind}")

    def psql(self, lines):
        """The command that runs these lines as one transaction."""
        with open(self.script, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in ("BEGIN;", *lines, "COMMIT;"))
        return self.server.script(self.script)

    def imported(self):
        """The import, and how many rows each table has that it added rows to."""
        before = self.counts(SCHEMA)
        whole = Whole(self.server, self.run, [self.bench.program, "import", self.path, "--duplicates", "ignore", "--workspace", self.server.url(),
                                              "--key-file", self.key, "--quiet"])
        return whole, {name: rows for name, rows in self.counts(SCHEMA).items() if rows > before.get(name, 0)}

    def copied(self, written, kind):
        """Rows of these tables, in COPY's format of this name, into their like."""
        options = f"(FORMAT {kind})"
        self.run(self.psql(f"\\copy {SCHEMA}.{quoted(name)} to '{self.dump(name, kind)}' {options}" for name in written))
        self.server.ask(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE; CREATE SCHEMA {BESIDE}; " + " ".join(
            f"CREATE TABLE {BESIDE}.{quoted(name)} (LIKE {SCHEMA}.{quoted(name)} INCLUDING ALL);" for name in written))
        self.same_indexes(written)
        whole = Whole(self.server, self.run, self.psql(
            f"\\copy {BESIDE}.{quoted(name)} from '{self.dump(name, kind)}' {options}" for name in written))
        if self.counts(BESIDE) != written:
            raise SystemExit(f"COPY stored other numbers of rows than the import: {self.counts(BESIDE)}, {written}")
        for name in written:
            os.remove(self.dump(name, kind))
        return whole

    def same_indexes(self, written):
        asked = ("SELECT tablename, count(*) FROM pg_indexes WHERE schemaname = '{}' GROUP BY 1 ORDER BY 1")
        ours, theirs = (dict(self.server.rows(asked.format(schema))) for schema in (SCHEMA, BESIDE))
        if {name: ours.get(name) for name in written} != {name: theirs.get(name) for name in written}:
            raise SystemExit(f"The tables for COPY have other indexes: {theirs}")

    def plain_table(self):
        columns = ", ".join(f"{quoted(name)} text" for name in live.header(self.path))
        self.server.ask(f"DROP TABLE IF EXISTS contacts; CREATE TABLE contacts ({columns}); "
                        + " ".join(f"CREATE INDEX ON contacts ({quoted(name)});" for name in INDEXED))

    def plain_copied(self):
        self.plain_table()
        return Whole(self.server, self.run, self.psql([f"\\copy contacts from '{self.path}' (FORMAT csv, HEADER)"]))

    def plain_inserts(self):
        with open(self.path, encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            names = next(rows)
            yield (f"PREPARE entry ({', '.join('text' for _ in names)}) AS INSERT INTO contacts VALUES"
                   f" ({', '.join(f'${place + 1}' for place in range(len(names)))});")
            for row in rows:
                values = ("NULL" if value == "" else "'" + value.replace("'", "''") + "'" for value in row)
                yield f"EXECUTE entry ({', '.join(values)});"

    def plain_inserted(self):
        self.plain_table()
        whole = Whole(self.server, self.run, self.psql(self.plain_inserts()))
        os.remove(self.script)
        return whole


def least(wholes):
    return min(wholes, key=lambda whole: whole.cpu)


def measure(bench, run, rows):
    """`run` is a command's measurer."""
    path = bench.contacts(rows)
    imports, copies, plains = [], {"text": [], "binary": []}, []
    for number in range(3):
        with live.Postgres("autovacuum=off", "client_min_messages=warning") as server:
            one = Round(bench, run, server, path)
            whole, written = one.imported()
            imports.append(whole)
            for kind, done in copies.items():
                done.append(one.copied(written, kind))
            plains.append(one.plain_copied())
            inserts = one.plain_inserted() if number == 2 else None
    best, plain = least(imports), least(plains)
    texts, binary = least(copies["text"]), least(copies["binary"])
    bench.line("probity import into PostgreSQL, server and client", best.cpu, " CPU s")
    bench.line("  of it in the server", best.server, " CPU s")
    bench.line("  wall time", best.wall, " s")
    bench.line("  largest memory of the client", max(whole.mib for whole in imports), " MiB", None, 0)
    bench.line(f"COPY of the {sum(written.values()):,} rows it wrote into the same {len(written)} indexed tables", texts.cpu, " CPU s")
    bench.line("  of it in the server", texts.server, " CPU s")
    bench.line("  import, ratio of CPU time to COPY (2: half as fast)", best.cpu / texts.cpu, "x", 2)
    bench.line("  the same COPY of values in the server's own binary form", binary.cpu, " CPU s")
    bench.line("  import, ratio of CPU time to that", best.cpu / binary.cpu, "x")
    bench.line("COPY of the CSV into one table with three indexes", plain.cpu, " CPU s")
    bench.line("  import, ratio of CPU time to it", best.cpu / plain.cpu, "x")
    bench.line("INSERT a row, prepared, in one transaction, into the same table", inserts.cpu, " CPU s")
    bench.line("  import, ratio of CPU time to it", best.cpu / inserts.cpu, "x")
