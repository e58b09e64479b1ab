"""Backup and restore of a workspace, beside what a person would pipe together by hand over the same bytes.

The pipe is `zstd -3 | openssl enc -aes-256-ctr` with a key from a passphrase (pbkdf2), into a file that is then synced, as the backup
syncs what it wrote; the way back is the reverse, into a file that is synced. Each is run in turn with the program, three times; what
counts is the least of each.
"""
import os
import shutil


def size_of(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


class Backups:
    def __init__(self, bench, run, workspace, key):
        self.bench, self.run, self.workspace, self.key = bench, run, workspace, key
        self.place, self.again, self.piped = (bench.path(name) for name in ("place", "again", "piped"))
        self.secret = bench.path("secret")
        with open(self.secret, "w", encoding="utf-8") as file:
            file.write("measured beside\n")

    def shell(self, script):
        os.sync()  # what was written before is not to be waited for by what is measured
        return self.run(["bash", "-c", "set -o pipefail; " + script], env={
            **os.environ, "FROM": os.path.join(self.workspace, "records.db"), "PIPED": self.piped, "AGAIN": self.again,
            "SECRET": self.secret})

    def pipe(self):
        return self.shell('zstd -3 -q -c "$FROM" | openssl enc -aes-256-ctr -pbkdf2 -pass "file:$SECRET" -out "$PIPED" && sync "$PIPED"')

    def pipe_back(self):
        done = self.shell('openssl enc -d -aes-256-ctr -pbkdf2 -pass "file:$SECRET" -in "$PIPED" | zstd -d -q -c > "$AGAIN"'
                          ' && sync "$AGAIN"')
        os.remove(self.again)
        return done

    def backup(self):
        os.sync()
        return self.run([self.bench.program, "backup", self.workspace, "--to", self.place, "--key-file", self.key, "--quiet"])

    def first(self):
        shutil.rmtree(self.place, ignore_errors=True)
        return self.backup()

    def restore(self):
        os.sync()
        done = self.run([self.bench.program, "restore", "--from", self.place, "--into", self.again, "--key-file", self.key,
                         "--unknown-erasures", "--quiet"])
        shutil.rmtree(self.again)
        return done

    def change(self, program, model, first, step, count):
        """Another city for so many contacts, each an event of its own; what the backup after it sends."""
        self.run([program, self.workspace, self.key, model, str(first), str(step), str(count)])
        before = size_of(self.place)
        self.backup()
        return size_of(self.place) - before


def measure(bench, run, rows, workspace, key, benches):
    """`run` is a command's measurer; `benches` the folder of the programs that measure."""
    backups = Backups(bench, run, workspace, key)
    pipes, firsts, backs, restores = [], [], [], []
    for _ in range(3):
        pipes.append(backups.pipe())
        firsts.append(backups.first())
        backs.append(backups.pipe_back())
        restores.append(backups.restore())
    by_wall, by_cpu = (lambda done: done.wall), (lambda done: done.cpu)

    def ratio(ours, theirs, by):
        return min(map(by, ours)) / min(map(by, theirs))

    bench.line("zstd -3 | openssl enc over the workspace's file, wall time", min(map(by_wall, pipes)), " s")
    bench.line("  CPU time of both", min(map(by_cpu, pipes)), " CPU s")
    bench.line("probity backup of it to a folder, wall time", min(map(by_wall, firsts)), " s")
    bench.line("  CPU time of it", min(map(by_cpu, firsts)), " CPU s")
    bench.line("  ratio of wall time to the pipe", ratio(firsts, pipes, by_wall), "x", 2)
    bench.line("  ratio of CPU time to the pipe", ratio(firsts, pipes, by_cpu), "x", 2)
    bench.line("  largest memory", max(done.mib for done in firsts), " MiB", None, 0)
    first = size_of(backups.place)
    bench.line("  bytes at the place, of the workspace's", 100 * first / size_of(workspace), " %", 50)
    bench.line("openssl enc -d | zstd -d, wall time", min(map(by_wall, backs)), " s")
    bench.line("  CPU time of both", min(map(by_cpu, backs)), " CPU s")
    bench.line("probity restore, opened and every page, event and record verified, wall time", min(map(by_wall, restores)), " s")
    bench.line("  CPU time of it", min(map(by_cpu, restores)), " CPU s")
    bench.line("  ratio of wall time to the pipe", ratio(restores, backs, by_wall), "x", 2)
    bench.line("  ratio of CPU time to the pipe", ratio(restores, backs, by_cpu), "x")
    bench.line("  largest memory", max(done.mib for done in restores), " MiB", None, 0)
    if benches:
        change, model = os.path.join(benches, "record", "bench_record_change"), os.path.join(os.path.dirname(__file__), "..", "..", "model")
        spread = backups.change(change, model, rows // 200, 98, rows // 100)
        bench.line("bytes sent after 1 % of the contacts changed, spread over all, of the first", 100 * spread / first, " %", 5)
        together = backups.change(change, model, rows * 2 // 5, 1, rows // 100)
        bench.line("  the same, 1 % in a row", 100 * together / first, " %", 5)
    shutil.rmtree(backups.place)
    os.remove(backups.piped)
