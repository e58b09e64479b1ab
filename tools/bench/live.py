"""Private database servers with the same contacts in them: what an audit of a live database costs beside an export and an audit of that.

One server at a time, in a folder of its own, on a unix socket only, ended with the measurement. As root it runs as the user its
package made. Settings are the servers' own but for what keeps a scratch server off the disk.
"""
import csv
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from processes import cpu_of, family


class Server:
    """A server in a folder of its own, as a context."""

    def __init__(self, user, make, serve):
        self.user = user if os.geteuid() == 0 else None
        self.folder = tempfile.mkdtemp(prefix="probity-bench-live-", dir="/tmp")
        self.make = [part.replace("FOLDER", self.folder) for part in make]
        self.serve = [part.replace("FOLDER", self.folder) for part in serve]
        self.process = None

    def started(self, command, log):
        return subprocess.Popen(command, stdout=log, stderr=log, user=self.user, group=self.user and pwd.getpwnam(self.user).pw_gid,
                                extra_groups=[] if self.user else None, cwd=self.folder)

    def __enter__(self):
        if self.user:
            shutil.chown(self.folder, self.user)
        os.chmod(self.folder, 0o755)
        try:
            with open(os.path.join(self.folder, "log"), "wb") as log:
                if self.started(self.make, log).wait() != 0:
                    sys.exit(f"{self.make[0]} could not make a database: {self.words()}")
                self.process = self.started(self.serve, log)
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def words(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"{self.serve[0]} ended by itself: {self.words()}")
            if subprocess.run(self.client("SELECT 1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return
            time.sleep(0.1)
        sys.exit(f"{self.serve[0]} did not come up in a minute: {self.words()}")

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if self.user == "postgres" else signal.SIGTERM)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu(self):
        """Processor seconds of all its processes so far, those that have ended included."""
        return cpu_of(self.process.pid)

    def ask(self, sql):
        subprocess.run(self.client(sql), check=True, stdout=subprocess.DEVNULL)


def said_by(command, environment=None):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", env=environment).stdout


def header(path):
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


class Postgres(Server):
    name = "PostgreSQL"

    def __init__(self, *settings):
        tools = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        super().__init__("postgres", [f"{tools}/initdb", "-D", "FOLDER/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                                      "--locale=C.UTF-8", "--no-sync"],
                         [f"{tools}/postgres", "-D", "FOLDER/data", "-k", "FOLDER", "-c", "listen_addresses=", "-c", "fsync=off",
                          *(part for setting in settings for part in ("-c", setting))])

    def client(self, sql):
        return ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "postgres", "-c", sql]

    def script(self, path):
        return [*self.client("")[:-2], "-f", path]

    def rows(self, sql):
        said = subprocess.run([*self.client(sql), "-At", "-F", "\t"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        return [line.split("\t") for line in said.splitlines()]

    def cpu(self):
        """Read when no connection is open any more: a process that is about to end might be missed between its parent and itself."""
        for _ in range(600):
            if not any(self.serves(pid) for pid in family(self.process.pid)):
                return super().cpu()
            time.sleep(0.05)
        sys.exit("a connection to the server was still open after half a minute")

    @staticmethod
    def serves(pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return b" [local] " in file.read()
        except OSError:
            return True  # it ended just now: look again

    def fill(self, path):
        names = ", ".join(f'"{name}"' for name in header(path))
        columns = ", ".join(f'"{name}" text' for name in header(path))
        self.ask(f"CREATE TABLE contacts (n bigserial PRIMARY KEY, {columns})")
        self.ask(f"\\copy contacts ({names}) from '{path}' csv header")
        self.ask("ANALYZE")

    def export(self, path):
        return self.client(f"\\copy contacts to '{path}' csv header")

    def url(self):
        return f"postgres://postgres@/postgres?host={self.folder}"


class MariaDB(Server):
    name = "MariaDB"

    def __init__(self):
        super().__init__("mysql", ["mariadb-install-db", "--no-defaults", "--datadir=FOLDER/data",
                                   "--auth-root-authentication-method=normal", "--skip-test-db"],
                         ["/usr/sbin/mariadbd", "--no-defaults", "--datadir=FOLDER/data", "--socket=FOLDER/sock", "--pid-file=FOLDER/pid",
                          "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"])

    def client(self, sql):
        return ["mariadb", "--no-defaults", "--local-infile=1", "-S", os.path.join(self.folder, "sock"), "-u", "root", "-e", sql]

    def fill(self, path):
        names = ", ".join(f"`{name}`" for name in header(path))
        columns = ", ".join(f"`{name}` varchar(250)" for name in header(path))
        self.ask("CREATE DATABASE crm CHARACTER SET utf8mb4")
        self.ask(f"CREATE TABLE crm.contacts (n int AUTO_INCREMENT PRIMARY KEY, {columns})")
        self.ask(f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE crm.contacts CHARACTER SET utf8mb4 FIELDS TERMINATED BY ','"
                 f" OPTIONALLY ENCLOSED BY '\"' IGNORE 1 LINES ({names})")

    def export(self, path):
        script = '"$@" >"$0"'
        return ["sh", "-c", script, path, *self.client("SELECT * FROM crm.contacts"), "--batch", "--quick"]

    def url(self):
        return f"mariadb://root@/crm?socket={self.folder}/sock"


SERVERS = (Postgres, MariaDB)
