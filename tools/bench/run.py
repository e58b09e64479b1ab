#!/usr/bin/env python3
"""Measures the program against the figures it is held to, side by side with known tools in one run.

Usage: run.py PROGRAM [--benches FOLDER] [--rows N] [--duplicates N] [--only-duplicates | --only-postgres | --only-commits | --only-backup | --only-server | --only-screens] [--keep DIR] [--update FILE.md]
--duplicates N looks for duplicates among N contacts too (10,000,000 take minutes to write); --only-duplicates measures
nothing else, --only-postgres only the import into a workspace on PostgreSQL, --only-commits only durable commits,
--only-backup only backup and restore, --only-server only what is served over HTTP, --only-screens only what a browser shows.
FOLDER holds the programs bench_xlsx, bench_record_find, bench_record_gate, bench_record_commit and bench_record_change. Prints one line a figure: what, measured, target, whether it is reached. Exit 1 when one is not.
With --update the table between the two marks in FILE.md is replaced by these figures.
CPU time is user and system time of the whole process; memory is its largest resident set.
"""
import argparse
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import backups
import live
import screens
import server
import server_import

HERE = os.path.dirname(os.path.abspath(__file__))


class Run:
    """CPU seconds, wall seconds and MiB of one command."""

    def __init__(self, command, okay=(0,), stdout=subprocess.DEVNULL, **options):
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, **options)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024
        if process.returncode not in okay:
            sys.exit(f"{' '.join(command)}\nended with {process.returncode}: {said.decode(errors='replace')}")


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder, self.missed, self.runs = program, folder, [], 0
        self.table = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def line(self, what, value, unit, target=None, digits=2):
        self.goal(what, value, unit, digits, target, "at most", target is None or value <= target)

    def floor(self, what, value, unit, target, digits=2):
        self.goal(what, value, unit, digits, target, "at least", value >= target)

    def goal(self, what, value, unit, digits, target, bound, reached):
        goal = "" if target is None else f"  {bound} {target:g}{unit}  {'reached' if reached else 'MISSED'}"
        print(f"{what:<62} {value:>9.{digits}f}{unit}{goal}", flush=True)
        if not reached:
            self.missed.append(what)
        self.table.append(f"| {what.strip()} | {value:.{digits}f}{unit} | "
                          + ("" if target is None else f"{'≥ ' if bound == 'at least' else ''}{target:g}{unit}") + " | "
                          + ("" if target is None else "reached" if reached else "missed") + " |")

    def contacts(self, rows):
        path = self.path(f"contacts-{rows}.csv")
        if not os.path.exists(path):
            Run([sys.executable, os.path.join(HERE, "contacts.py"), str(rows), path])
        return path

    def sqlite_import(self, csv, indexes=True):
        """sqlite3's own .import into a table, with three indexes or with none."""
        database = self.path("baseline.db")
        for name in (database, database + "-journal"):
            if os.path.exists(name):
                os.remove(name)
        script = ("create table contact(id text, full_name text, email text, phone text, account text, city text, "
                  "country text, postcode text, born text, created text);\n"
                  + ("create index contact_id on contact(id);\ncreate index contact_email on contact(email);\n"
                     "create index contact_name on contact(full_name);\n" if indexes else "") +
                  f".mode csv\n.import --skip 1 {csv} contact\n")
        with open(self.path("import.sql"), "w", encoding="utf-8") as file:
            file.write(script)
        with open(self.path("import.sql"), encoding="utf-8") as file:
            return Run(["sqlite3", database], stdin=file)

    def sqlite_profile(self):
        """The profile an auditor writes by hand, over the table made last."""
        with open(os.path.join(HERE, "profile.sql"), encoding="utf-8") as file:
            return Run(["sqlite3", "-bail", self.path("baseline.db")], stdin=file)

    def audit(self, workspace, key):
        """All controls over a workspace, and the reports."""
        return Run([self.program, "audit", workspace, "--key-file", key, "--quiet", "--fail-on", "none", "--as-of",
                    "2025-06-30", "--out", self.path("report")])

    def drop(self, workspace):
        shutil.rmtree(workspace)

    def probity_import(self, csv, judged=False):
        """The road of the rows alone, or with likely duplicates looked for when all are there."""
        self.runs += 1
        workspace, key = self.path(f"workspace{self.runs}"), self.path(f"key{self.runs}")
        Run([self.program, "init", workspace, "--key-file", key, "--quiet"])
        run = Run([self.program, "import", csv, "--workspace", workspace, "--key-file", key, "--quiet"]
                  + ([] if judged else ["--duplicates", "ignore"]))
        return run, workspace, key


def start_time(program):
    """Wall and CPU milliseconds, medians."""
    runs = [Run([program, "version"]) for _ in range(20)]
    return statistics.median(run.wall for run in runs) * 1000, statistics.median(run.cpu for run in runs) * 1000


def measure_start(bench):
    wall, cpu = start_time(bench.program)
    bench.line("start of the program (probity version, median of 20)", wall, " ms", 50, 1)
    bench.line("  CPU time of it", cpu, " ms", None, 1)


def least(runs, key=lambda run: run.cpu):
    return min(runs, key=key)


def measure_import(bench, rows):
    """Returns the workspace and its key file."""
    small, large = bench.contacts(rows // 10), bench.contacts(rows)
    baselines, imports, small_baselines, small_imports = [], [], [], []
    for _ in range(3):  # side by side, so that a busy machine is busy for all
        small_baselines.append(bench.sqlite_import(small))
        run, workspace, key = bench.probity_import(small)
        small_imports.append(run)
        bench.drop(workspace)
        baselines.append(bench.sqlite_import(large))
        run, workspace, key = bench.probity_import(large)
        imports.append(run)
        if len(imports) < 3:
            bench.drop(workspace)
    judged, judged_workspace, _ = bench.probity_import(large, judged=True)
    bench.drop(judged_workspace)
    baseline, whole = least(baselines), least(imports)
    tenth, small_baseline = least(small_imports), least(small_baselines)
    bench.line("sqlite3 .import into a table with three indexes", baseline.cpu, " CPU s")
    bench.line("probity import, the whole road", whole.cpu, " CPU s")
    bench.line("  wall time", whole.wall, " s")
    bench.line("  ratio of CPU time to sqlite3 .import", whole.cpu / baseline.cpu, "x", 2)
    bench.line("  largest memory", whole.mib, " MiB", 300, 0)
    bench.line("probity import, all rows judged for duplicates as well (once)", judged.cpu, " CPU s")
    bench.line("  wall time", judged.wall, " s")
    bench.line("  largest memory", judged.mib, " MiB", None, 0)
    bench.line(f"  CPU growth from {rows // 10:,} to {rows:,}, of linear", whole.cpu / tenth.cpu / 10, "x", 1.15)
    bench.line("  the same growth of sqlite3 .import", baseline.cpu / small_baseline.cpu / 10, "x")
    return workspace, key


def measure_controls(bench, rows, workspace, key):
    """Beside a profile of four sorts of questions, written by hand as SQL over the same file."""
    quarter = bench.contacts(rows // 4)
    bench.sqlite_import(bench.contacts(rows), indexes=False)
    _, smaller, smaller_key = bench.probity_import(quarter)
    profiles, audits, quarters = [], [], []
    for _ in range(3):
        profiles.append(bench.sqlite_profile())
        audits.append(bench.audit(workspace, key))
        quarters.append(bench.audit(smaller, smaller_key))
    wall = least(audits, lambda run: run.wall)
    audit, profile = least(audits), least(profiles, lambda run: run.wall)
    bench.line("all controls over them, wall time, 2 cores", wall.wall, " s", 10)
    bench.line("  CPU time of both", audit.cpu, " CPU s")
    bench.line("  largest memory", max(run.mib for run in audits), " MiB", 1024, 0)
    bench.line(f"  CPU growth from {rows // 4:,} to {rows:,}, of linear", audit.cpu / least(quarters).cpu / 4, "x", 1.15)
    bench.line("sqlite3, a profile written by hand (12 questions), wall time", profile.wall, " s")
    bench.line("  all controls, ratio of wall time to it", wall.wall / profile.wall, "x", 2)
    bench.drop(smaller)


def measure_others(bench, rows, workspace, key):
    large = bench.contacts(rows)
    files = Run([bench.program, "audit", large, "--quiet", "--fail-on", "none", "--as-of", "2025-06-30",
                 "--out", bench.path("report-file")])
    bench.line("audit of the file, nothing kept", files.cpu, " CPU s")
    bench.line("  largest memory", files.mib, " MiB", 1024, 0)
    verify = Run([bench.program, "ledger", "verify", "--workspace", workspace, "--key-file", key, "--quiet"])
    bench.line("ledger verify", verify.cpu, " CPU s")


class Search:
    """Duplicates of a file from CSV to pairs and clusters, and what was found."""

    def __init__(self, bench, rows):
        self.rows = rows
        said = bench.path("found.json")
        with open(said, "wb") as out:
            self.run = Run([bench.program, "duplicates", bench.contacts(rows), "--json", "--pairs", bench.path("pairs.csv"),
                            "--clusters", bench.path("clusters.csv")], stdout=out)
        with open(said, encoding="utf-8") as file:
            self.found = json.load(file)[0]


def sqlite_join(bench, rows):
    """The join that somebody writes by hand, from CSV to pairs: it finds what is equal and nothing else."""
    import_run = bench.sqlite_import(bench.contacts(rows), indexes=False)
    with open(os.path.join(HERE, "join.sql"), encoding="utf-8") as file:
        join = Run(["sqlite3", "-bail", bench.path("baseline.db")], stdin=file)
    return import_run.wall + join.wall


def measure_duplicates(bench, rows, most):
    """Side by side with a self-join in SQLite over the same file."""
    joins, searches, tenths = [], [], []
    for _ in range(3):
        joins.append(sqlite_join(bench, rows))
        searches.append(Search(bench, rows))
        tenths.append(Search(bench, rows // 10))
    best = min(searches, key=lambda search: search.run.wall)
    cpu, tenth = (min(search.run.cpu for search in runs) for runs in (searches, tenths))
    bench.line("duplicates, from CSV to clusters, wall time, 2 cores", best.run.wall, " s", 4)
    bench.line("  CPU time of it", cpu, " CPU s")
    bench.line("  largest memory", max(search.run.mib for search in searches), " MiB", 600, 0)
    bench.line("  thousand records a second", rows / best.run.wall / 1000, "", None, 0)
    bench.line("  thousand pairs compared a second", best.found["compared"] / best.run.wall / 1000, "", None, 0)
    bench.line(f"  CPU growth from {rows // 10:,} to {rows:,}, of linear", cpu / tenth / 10, "x", 1.3)
    bench.line("sqlite3, .import and self-join (e-mail; phone; name and birth date), wall time", min(joins), " s")
    bench.line("  duplicates, ratio of wall time to it", best.run.wall / min(joins), "x", 2)
    if most > rows:
        large = Search(bench, most)
        scale = most / 10_000_000
        bench.line(f"duplicates among {most:,}, wall time", large.run.wall, " s", 60 * scale)
        bench.line("  largest memory", large.run.mib, " MiB", 5120 * scale, 0)
        bench.line(f"  CPU growth from {rows:,}, of linear", large.run.cpu / cpu / (most / rows), "x", 1.5)


def measure_live(bench, rows):
    """The same contacts in a live database, beside an export by the database's own client and an audit of the file."""
    path = bench.contacts(rows)
    options = ["--quiet", "--fail-on", "none", "--as-of", "2025-06-30", "--out", bench.path("report-live")]
    for kind in live.SERVERS:
        with kind() as server:
            server.fill(path)
            exports, files, bases = [], [], []
            for _ in range(3):
                exports.append(Run(server.export(bench.path("exported"))))
                files.append(Run([bench.program, "audit", path, *options]))
                bases.append(Run([bench.program, "audit", server.url(), *options]))
        beside = least(exports, lambda run: run.wall).wall + least(files, lambda run: run.wall).wall
        base = least(bases, lambda run: run.wall)
        bench.line(f"audit of a live {kind.name}, wall time", base.wall, " s")
        bench.line("  CPU time of the client", least(bases).cpu, " CPU s")
        bench.line("  largest memory", max(run.mib for run in bases), " MiB", 1024, 0)
        bench.line("  ratio of wall time to its client's export and an audit of the file", base.wall / beside, "x", 1.5)


def measure_workbook(bench, folder):
    """600,000 cells; expat reads the same XML, unpacked before, with handlers that only count."""
    said = live.said_by([os.path.join(folder, "exchange", "bench_xlsx"), "60000"])
    expat, whole = (float(re.search(what + r" ([\d.]+) s", said)[1]) for what in ("expat alone", "read from the ZIP"))
    bench.line("expat alone over a workbook of 600,000 cells", expat, " s", None, 3)
    bench.line("the workbook read, from ZIP to typed cells", whole, " s", None, 3)
    bench.line("  ratio to expat alone", whole / expat, "x", 2)


SLOW_SYNC_US = 2000  # a volume in a cloud, a disk without a cache that survives a power cut


def measure_commits(bench, folder):
    """Durable commits of one writer and of 64 at once, in the folder of the bench and on a server that syncs; on the disk as it is,
    and as they would be where a sync takes longer."""
    program = os.path.join(folder, "record", "bench_record_commit")
    slowly = {"LD_PRELOAD": os.path.abspath(os.path.join(folder, "record", "slow_sync.so")), "SLOW_SYNC_US": str(SLOW_SYNC_US)}
    for engine, more in (("folder", {}), ("postgres", {}), ("folder", slowly), ("postgres", slowly)):
        environment = dict(os.environ, **more)
        if engine == "postgres":
            environment["PROBITY_TEST_ENGINE"] = engine
        said = live.said_by([program, bench.folder], environment)
        syncs, one, many, bound = (float(re.search(what + r" ([\d.]+)", said)[1])
                                   for what in ("disk", "one writer", "64 writers", "bound"))
        alone, shared = (float(re.search(what + r".* ([\d.]+) ms of CPU", said)[1]) for what in ("one writer", "64 writers"))
        slower = f", {SLOW_SYNC_US / 1000:g} ms added to each" if more else ""
        bench.line(f"a sync of the disk{slower}, {engine}", 1000 / syncs, " ms")
        bench.line("  durable commits of one writer", one, " /s", None, 0)
        bench.line("  CPU time of each, program and server", alone, " ms", None, 3)
        bench.line("  durable commits of 64 writers at once", many, " /s", None, 0)
        bench.line("  CPU time of each, program and server", shared, " ms", None, 3)
        bench.line("  as many as one writer's, if only the processors were the bound", bound, "x", None, 0)
        bench.line("  one writer's, of theirs (0.05: 20 times as many)", one / many, "x", 0.05, 3)


def measure_search(bench, rows, folder):
    """Fifteen searches in three scripts, with prefixes and typing errors."""
    said = live.said_by([os.path.join(folder, "record", "bench_record_find"), str(rows)])
    firsts, means = (sorted(float(found) for found in re.findall(what + r" ([\d.]+) ms", said)) for what in ("first", "mean"))
    bench.line("slowest of 15 searches, CPU time, mean of 20", means[-1], " ms", 10)
    bench.line("  its like when first asked", firsts[-1], " ms", 10)


def measure_gate(bench, rows, folder):
    """Entries one by one, each in a transaction, with and without the search for likely duplicates and its index."""
    said = live.said_by([os.path.join(folder, "record", "bench_record_gate"), str(rows)])
    index, without, added = (float(found) for found in re.search(
        r"duplicates ([\d.]+) CPU s; an entry ([\d.]+) us CPU, with the gate [\d.]+ us: (-?[\d.]+) us added", said).groups())
    bench.line("index of likely duplicates, made in one pass", index, " CPU s", None, 2)
    bench.line("one entry without the gate, CPU time", without / 1000, " ms", None, 3)
    bench.line("  what the gate on duplicates adds, its index included", added / 1000, " ms", 0.2, 3)


def measure(bench, rows, benches, most):
    measure_start(bench)
    workspace, key = measure_import(bench, rows)
    measure_controls(bench, rows, workspace, key)
    measure_others(bench, rows, workspace, key)
    measure_duplicates(bench, rows, most)
    measure_live(bench, rows)
    server_import.measure(bench, Run, rows)
    backups.measure(bench, Run, rows, workspace, key, benches)
    screens.measure(bench, rows, workspace, key)
    server.measure(bench, Run, rows)
    if benches:
        measure_workbook(bench, benches)
        measure_search(bench, rows, benches)
        measure_commits(bench, benches)
        measure_gate(bench, rows, benches)


def conditions(rows, load):
    """Under what conditions the figures were taken, for whoever compares them."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = re.search(r"model name\s*: (.*)", file.read())
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (f"{datetime.date.today()}: {rows:,} contacts of 10 columns; {os.cpu_count()} cores"
            f"{' ' + cpu.group(1).strip() if cpu else ''}, {system}, load {load:.1f} before and"
            f" {os.getloadavg()[0]:.1f} after.")


def update(path, bench, said):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    table = "\n".join(["| what | measured | at most | |", "|---|---|---|---|"] + bench.table)
    new, count = re.subn(r"(<!-- figures -->\n).*(<!-- end of figures -->)",
                         lambda found: f"{found.group(1)}{said}\n\n{table}\n{found.group(2)}", text, flags=re.S)
    if count != 1:
        sys.exit(f"{path} has no place for the figures")
    with open(path, "w", encoding="utf-8") as file:
        file.write(new)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--benches")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--duplicates", type=int, default=0, metavar="N")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--only-duplicates", action="store_true")
    only.add_argument("--only-postgres", action="store_true")
    only.add_argument("--only-commits", action="store_true")
    only.add_argument("--only-backup", action="store_true")
    only.add_argument("--only-server", action="store_true")
    only.add_argument("--only-screens", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--update", metavar="FILE.md")
    options = parser.parse_args()
    folder = options.keep or tempfile.mkdtemp(prefix="probity-bench-")
    os.makedirs(folder, exist_ok=True)
    bench = Bench(os.path.abspath(options.program), folder)
    load = os.getloadavg()[0]
    try:
        if options.only_duplicates:
            measure_duplicates(bench, options.rows, options.duplicates)
        elif options.only_postgres:
            server_import.measure(bench, Run, options.rows)
        elif options.only_commits:
            if not options.benches:
                sys.exit("--only-commits needs --benches FOLDER")
            measure_commits(bench, options.benches)
        elif options.only_server:
            server.measure(bench, Run, options.rows)
        elif options.only_screens:
            _, workspace, key = bench.probity_import(bench.contacts(options.rows))
            screens.measure(bench, options.rows, workspace, key)
        elif options.only_backup:
            _, workspace, key = bench.probity_import(bench.contacts(options.rows))
            backups.measure(bench, Run, options.rows, workspace, key, options.benches)
        else:
            measure(bench, options.rows, options.benches, options.duplicates)
        if options.update:
            update(options.update, bench, conditions(options.rows, load))
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if bench.missed:
        sys.exit("missed: " + "; ".join(bench.missed))


if __name__ == "__main__":
    main()
