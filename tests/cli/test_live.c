/* A live database at the command line: what a person sees, and what the program ends with. */
#include "program.h"

#include <glob.h>
#include <pwd.h>
#include <signal.h>

static const char password[] = "s3cret-p4ss-w0rd";
static struct {
    char *folder;
    pid_t pid;
    int line; /* its end is the server's */
} server;

static char *line_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *line_of(const char *format, ...)
{
    char *text = malloc(8192);
    va_list list;
    assert_non_null(text);
    va_start(list, format);
    vsnprintf(text, 8192, format, list);
    va_end(list);
    return text;
}

/* Runs `sh -c script sh FOLDER TOOLS`, as the package's user when we are root. */
static pid_t shell(const char *script, const char *tools, int input)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(input, 0) < 0)
            _exit(97);
        if (geteuid() == 0)
            execlp("runuser", "runuser", "-u", "postgres", "--", "sh", "-c", script, "sh",
                   server.folder, tools, (char *)NULL);
        else
            execlp("sh", "sh", "-c", script, "sh", server.folder, tools, (char *)NULL);
        _exit(98);
    }
    return child;
}

static int ended(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int server_start(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("/usr/lib/postgresql/*/bin", 0, NULL, &found), 0);
    const char *tools = found.gl_pathv[found.gl_pathc - 1];
    int ends[2];
    /* the tests' own temporary folder may be closed to the user the server runs as */
    server.folder = strdup("/tmp/probity-live-XXXXXX");
    assert_non_null(server.folder);
    assert_non_null(mkdtemp(server.folder));
    const struct passwd *account = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (account != NULL)
        assert_int_equal(chown(server.folder, account->pw_uid, account->pw_gid), 0);
    assert_int_equal(chmod(server.folder, 0755), 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);
    server.pid = shell("exec 3<&0; TMPDIR=\"$1\"; export TMPDIR; cd \"$1\" && echo admin >pw && "
                       "\"$2/initdb\" -D data -U postgres -A scram-sha-256 --pwfile=pw -E UTF8 "
                       "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; "
                       "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c fsync=off "
                       "-c shared_buffers=16MB -c autovacuum=off >>log 2>&1 & server=$!; "
                       "(read -r line <&3; kill -INT $server) & wait $server",
                       tools, ends[0]);
    close(ends[0]);
    server.line = ends[1];
    char *rows = line_of("%s/tests/data/live/shop.sql", program_root());
    int input = open(rows, O_RDONLY);
    assert_true(input >= 0);
    free(rows);
    char *fill = line_of("cd \"$1\" && export PGPASSWORD=admin PGHOST=\"$1\" PGUSER=postgres && "
                         "for i in $(seq 600); do \"$2/psql\" -qc 'SELECT 1' >/dev/null 2>&1 && "
                         "break; sleep 0.1; done; \"$2/psql\" -qc 'CREATE DATABASE shop' "
                         "-c \"CREATE ROLE auditor LOGIN PASSWORD '%s'\" && "
                         "\"$2/psql\" -q -d shop -f - "
                         "-c 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor' "
                         "-c ANALYZE >>fill 2>&1",
                         password);
    int exit = ended(shell(fill, tools, input));
    close(input);
    free(fill);
    globfree(&found);
    if (exit != 0)
        fail_msg("the database could not be filled: %d", exit);
    return 0;
}

static int server_stop(void **state)
{
    (void)state;
    close(server.line);
    ended(server.pid);
    program_remove_folder(server.folder);
    return 0;
}

static void assert_hidden(const program_result *r)
{
    assert_null(strstr(r->out, password));
    assert_null(strstr(r->err, password));
}

/* shows: INT-5 AUD-13 */
static void test_audit(void **state)
{
    (void)state;
    char *folder = program_folder();
    char *url = line_of("postgres://auditor:%s@/shop?host=%s", password, server.folder);
    program_result r = PROGRAM(folder, "audit", url, "--fail-on", "none", "--out", "report");
    if (r.exit != 0)
        fail_msg("exit %d\n%s", r.exit, r.err);
    assert_hidden(&r);
    program_free(&r);
    char *json = program_read(folder, "report/report.json");
    char *html = program_read(folder, "report/report.html");
    assert_has(json, "shop/customers");
    assert_has(json, "\"aside\"");
    assert_has(html, "shop/deals");
    assert_null(strstr(json, password));
    assert_null(strstr(html, password));
    free(json);
    free(html);
    free(url);
    program_remove_folder(folder);
}

/* shows: INT-5 REC-5 */
static void test_import(void **state)
{
    (void)state;
    char *folder = program_folder();
    char *url = line_of("postgres://auditor@/shop?host=%s", server.folder);
    program_write(folder, "secret", password);
    program_result r = PROGRAM(folder, "init", "w");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    r = PROGRAM(folder, "import", url, "-w", "w", "--password-file", "secret");
    if (r.exit != 0)
        fail_msg("exit %d\n%s", r.exit, r.err);
    assert_has(r.out, "shop/deals → Opportunity");
    assert_has(r.out, "shop/contacts → Contact: 40 of 40 rows imported, 0 rejected");
    assert_hidden(&r);
    program_free(&r);
    free(url);
    program_remove_folder(folder);
}

static void refused(const char *url, const char *says, const char *hint)
{
    char *folder = program_folder();
    program_result r = PROGRAM(folder, "audit", url, "--out", "report");
    assert_int_equal(r.exit, 2);
    assert_string_equal(r.out, "");
    assert_has(r.err, says);
    assert_has(r.err, hint);
    assert_hidden(&r);
    assert_null(strstr(r.err, "wr0ng-w0rd"));
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: INT-5 SEC-4 */
static void test_what_can_go_wrong(void **state)
{
    (void)state;
    char *wrong = line_of("postgres://auditor:wr0ng-w0rd@/shop?host=%s", server.folder);
    refused(wrong, "did not accept the password of the login auditor", "--password-file");
    free(wrong);
    char *none = line_of("postgres://auditor:%s@/nothing?host=%s", password, server.folder);
    refused(none, "no database nothing", "Check the database's name");
    free(none);
    char *zone =
        line_of("postgres://auditor:%s@/shop?host=%s&timezone=Mars", password, server.folder);
    refused(zone, "There is no time zone “Mars”", "Europe/Paris");
    free(zone);
    char *far = line_of("postgres://auditor:%s@127.0.0.1:1/shop", password);
    refused(far, "127.0.0.1 does not answer", "Check host and port");
    free(far);
    char *nowhere = line_of("mariadb://auditor:%s@nosuch.invalid/shop", password);
    refused(nowhere, "There is no host nosuch.invalid", "Check the spelling");
    free(nowhere);
    char *open = line_of("postgres://auditor:%s@db.example.com/shop?sslmode=disable", password);
    refused(open, "must be encrypted", "sslmode=verify-full");
    free(open);
    char *port = line_of("postgres://auditor:%s@host:port/shop", password);
    refused(port, "is not the address of a database", "postgres://USER@HOST/DATABASE");
    free(port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_what_can_go_wrong),
    };
    return cmocka_run_group_tests_name("cli/live", tests, server_start, server_stop);
}
