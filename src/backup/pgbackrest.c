/* The configuration of pgbackrest, from what a workspace has declared. */
#include "units.h"

#include "sys/unit.h"

#include "base/time.h"
#include "db/server.h"
#include "sys/file.h"

#include <sodium.h>

enum { CONF_MAX = 1 << 20, KEY = 32 };

typedef struct writing {
    units all;
    db_workspace *workspace;
    backup_plan plan;
    db_server server;
    const char *conf; /* whole path of pgbackrest.conf */
    int repos;
    const char **left_out;
    size_t left_count, left_capacity;
} writing;

/* ---- repositories ---- */

static void put(pb_buf *out, int repo, const char *name, pb_str value)
{
    pb_buf_printf(out, "repo%d-%s=%.*s\n", repo, name, PB_STR_FMT(value));
}

static pb_str option(pb_str options, const char *name)
{
    pb_str one, key;
    while (pb_str_split(&options, '&', &one))
        if (pb_str_split(&one, '=', &key) && pb_str_is(key, name))
            return one.ptr == NULL ? PB_STR("") : one;
    return PB_STR("");
}

/* s3://BUCKET/PREFIX?endpoint=URL&region=NAME&style=path|host; pgbackrest speaks TLS only. */
static bool put_s3(pb_buf *out, int repo, pb_str place)
{
    pb_str rest = pb_str_sub(place, 5, place.len), bucket, prefix = {0};
    size_t mark = pb_str_index(rest, '?');
    pb_str options = mark < rest.len ? pb_str_sub(rest, mark + 1, rest.len) : PB_STR("");
    rest = pb_str_sub(rest, 0, mark);
    pb_str_split(&rest, '/', &bucket);
    if (rest.ptr != NULL)
        prefix = rest;
    while (pb_str_ends(prefix, PB_STR("/")))
        prefix.len--;
    pb_str endpoint = option(options, "endpoint"), region = option(options, "region");
    if (pb_str_starts(endpoint, PB_STR("http://")))
        return false;
    if (pb_str_starts(endpoint, PB_STR("https://")))
        endpoint = pb_str_sub(endpoint, 8, endpoint.len);
    size_t colon = pb_str_index(endpoint, ':');
    put(out, repo, "type", PB_STR("s3"));
    put(out, repo, "s3-bucket", bucket);
    put(out, repo, "s3-endpoint",
        endpoint.len > 0 ? pb_str_sub(endpoint, 0, colon) : PB_STR("s3.amazonaws.com"));
    if (colon < endpoint.len)
        put(out, repo, "storage-port", pb_str_sub(endpoint, colon + 1, endpoint.len));
    put(out, repo, "s3-region", region.len > 0 ? region : PB_STR("us-east-1"));
    put(out, repo, "s3-uri-style",
        pb_str_is(option(options, "style"), "host") ? PB_STR("host") : PB_STR("path"));
    pb_buf_printf(out, "repo%d-path=/%.*s%spgbackrest\n", repo, PB_STR_FMT(prefix),
                  prefix.len > 0 ? "/" : "");
    pb_buf_printf(out,
                  "# The keys come from the environment: PGBACKREST_REPO%d_S3_KEY and"
                  " PGBACKREST_REPO%d_S3_KEY_SECRET.\n",
                  repo, repo);
    return true;
}

static bool put_place(pb_buf *out, int repo, pb_str place)
{
    if (pb_str_starts(place, PB_STR("file://")))
        place = pb_str_sub(place, 7, place.len);
    if (pb_str_starts(place, PB_STR("s3://")))
        return put_s3(out, repo, place);
    if (!pb_str_starts(place, PB_STR("/")))
        return false; /* SFTP: from 2.46 on, and with keys of its own */
    while (place.len > 1 && pb_str_ends(place, PB_STR("/")))
        place.len--;
    pb_buf_printf(out, "repo%d-path=%.*s/pgbackrest\n", repo, PB_STR_FMT(place));
    return true;
}

static void put_retention(pb_buf *out, int repo, const backup_plan *plan)
{
    if (plan->keep_us > 0)
        pb_buf_printf(out, "repo%d-retention-full-type=time\nrepo%d-retention-full=%lld\n", repo,
                      repo, (long long)((plan->keep_us + PB_US_PER_DAY - 1) / PB_US_PER_DAY));
    else if (plan->newest > 0)
        pb_buf_printf(out, "repo%d-retention-full=%lld\n", repo, (long long)plan->newest);
    else
        pb_buf_printf(out,
                      "# Nothing is cleared away: `keep` is not declared.\n"
                      "repo%d-retention-full=9999999\n",
                      repo);
}

static pb_status put_repo(writing *w, pb_buf *out, const char *place, const char *pass,
                          pb_error *err)
{
    pb_buf_byte(out, '\n');
    if (!put_place(out, w->repos + 1, pb_str_c(place))) {
        pb_buf_printf(out, "# Left out, because pgbackrest does not know such places: %s\n", place);
        return PB_PUSH(w->all.arena, w->left_out, w->left_count, w->left_capacity, place)
                   ? PB_OK
                   : pb_fail_memory(err);
    }
    w->repos++;
    put_retention(out, w->repos, &w->plan);
    pb_buf_printf(out, "repo%d-cipher-type=aes-256-cbc\nrepo%d-cipher-pass=%s\nrepo%d-bundle=y\n",
                  w->repos, w->repos, pass, w->repos);
    return PB_OK;
}

/* ---- the files ---- */

static void put_steps(const writing *w, pb_buf *out)
{
    pb_buf_printf(
        out,
        SYS_UNIT_FIRST_LINE
        "; written anew by: probity backup WORKSPACE --write-pgbackrest FOLDER\n"
        "# It holds the key of the repositories, which is derived from the workspace's own key:\n"
        "# whoever has that one can have this file written again. Keep it from others.\n#\n"
        "# 1. Give it to the server's user:  chown postgres %s\n"
        "# 2. Let the server read the lines of postgresql.conf beside it, then restart it:\n"
        "#    include = '%s/postgresql.conf'\n"
        "# 3. As the server's user:  pgbackrest --config=%s --stanza=" BACKUP_STANZA
        " stanza-create\n"
        "#    and then the same with:  check\n"
        "# 4. Put the units into /etc/systemd/system, then enable the timers.\n"
        "# 5. Prove it:  probity drill WORKSPACE --pgbackrest %s\n\n",
        w->conf, w->all.folder, w->conf, w->conf);
}

static pb_status put_conf(writing *w, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(CONF_MAX);
    uint8_t key[KEY];
    char pass[2 * KEY + 1];
    db_workspace_subkey(w->workspace, "pgbackre", key);
    sodium_bin2hex(pass, sizeof pass, key, sizeof key);
    sodium_memzero(key, sizeof key);
    put_steps(w, &out);
    pb_buf_addc(&out, "[global]\ncompress-type=zst\ncompress-level=3\nprocess-max=2\n"
                      "start-fast=y\nlog-level-console=warn\n");
    pb_status status = PB_OK;
    for (size_t i = 0; status == PB_OK && i < w->plan.place_count; i++)
        status = put_repo(w, &out, w->plan.places[i], pass, err);
    sodium_memzero(pass, sizeof pass);
    PB_TRY(status);
    pb_buf_printf(&out, "\n[" BACKUP_STANZA "]\npg1-path=%s\npg1-port=%lld\n", w->server.data,
                  (long long)w->server.port);
    if (w->server.sockets != NULL)
        pb_buf_printf(&out, "pg1-socket-path=%s\n", w->server.sockets);
    return w->repos == 0 ? PB_OK : units_put(&w->all, "pgbackrest.conf", 0600, &out, err);
}

static pb_status put_server_lines(writing *w, pb_error *err)
{
    enum { LEAST = 10, MOST = 300 };
    PB_AUTO_BUF out = PB_BUF_INIT(CONF_MAX);
    int64_t seconds = w->plan.lose_us / PB_US_PER_SECOND / 2;
    seconds = seconds < LEAST ? LEAST : seconds > MOST ? MOST : seconds;
    pb_buf_printf(&out,
                  SYS_UNIT_FIRST_LINE
                  "; to be included by the server's own postgresql.conf.\n"
                  "wal_level = replica\narchive_mode = on\n"
                  "archive_command = 'pgbackrest --config=%s --stanza=" BACKUP_STANZA
                  " archive-push %%p'\n"
                  "# What was written is elsewhere after so many seconds at the latest.\n"
                  "archive_timeout = %lld\n",
                  w->conf, (long long)seconds);
    return units_put(&w->all, "postgresql.conf", 0644, &out, err);
}

static pb_status put_unit(writing *w, const char *name, const char *says, const char *what,
                          const char *calendar, pb_error *err)
{
    PB_AUTO_BUF command = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&command, "/usr/bin/env pgbackrest --stanza=" BACKUP_STANZA " %s", what);
    const char *conf = pb_arena_printf(w->all.arena, "--config=%s", w->conf);
    if (conf == NULL)
        return pb_fail_memory(err);
    sys_unit_word(&command, conf);
    if (command.failed)
        return pb_fail_memory(err);
    return units_timer(&w->all, name, says, pb_buf_str(&command), "postgres", calendar, err);
}

static pb_status put_units(writing *w, pb_error *err)
{
    const char *often = w->plan.every_us >= PB_US_PER_DAY       ? "daily"
                        : w->plan.every_us >= PB_US_PER_DAY / 4 ? "00/6:00"
                                                                : "hourly";
    for (int repo = 1; repo <= w->repos; repo++) {
        char full[100], part[100], full_name[60], part_name[60];
        snprintf(full, sizeof full, "--repo=%d --type=full backup", repo);
        snprintf(part, sizeof part, "--repo=%d --type=incr backup", repo);
        snprintf(full_name, sizeof full_name, "probity-pgbackrest-full%d", repo);
        snprintf(part_name, sizeof part_name, "probity-pgbackrest-incr%d", repo);
        PB_TRY(
            put_unit(w, full_name, "Base backup of the server by pgbackrest", full, "weekly", err));
        PB_TRY(put_unit(w, part_name, "What changed since, by pgbackrest", part, often, err));
    }
    return put_unit(w, "probity-pgbackrest-check", "See that the server's log arrives", "check",
                    "hourly", err);
}

static pb_status no_place(pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("No place is declared that pgbackrest could use."), NULL);
    pb_error_detail(err, PB_MSG("It knows folders, and S3 by https; not SFTP."), NULL);
    pb_error_hint(err, PB_MSG("Declare one: probity backups --declare FILE"), NULL);
    return PB_INVALID;
}

/* The path goes through the configuration of the server, a shell, and a unit: what each of them
 * would read otherwise is not let in. */
static pb_status check_path(const char *path, pb_error *err)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    if (path[strspn(path, plain)] == '\0')
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("pgbackrest's files cannot lie in {path}"), "path", path, NULL);
    pb_error_hint(err, PB_MSG("Name a folder whose whole path has letters, digits, / . _ - only."),
                  NULL);
    return PB_INVALID;
}

static pb_status write_all(writing *w, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_server_about(w->workspace, w->all.arena, &w->server, err));
    PB_TRY(db_snapshot_open(w->workspace, &session, err));
    pb_status status = backup_plan_load(session, w->all.arena, &w->plan, err);
    db_snapshot_close(session);
    PB_TRY(status);
    PB_TRY(sys_dir_make(w->all.folder, 0755, true, err));
    w->all.folder = sys_path_real(w->all.arena, w->all.folder);
    w->conf = w->all.folder == NULL ? NULL
                                    : sys_path_join(w->all.arena, w->all.folder, "pgbackrest.conf");
    if (w->conf == NULL)
        return pb_fail_memory(err);
    PB_TRY(check_path(w->conf, err));
    PB_TRY(put_conf(w, err));
    if (w->repos == 0)
        return no_place(err);
    PB_TRY(put_server_lines(w, err));
    return put_units(w, err);
}

pb_status backup_pgbackrest_write(db_workspace *workspace, const char *folder, pb_arena *arena,
                                  backup_written *ret_written, pb_error *err)
{
    writing w = {.all = {.folder = folder, .arena = arena}, .workspace = workspace};
    PB_TRY(write_all(&w, err));
    *ret_written = (backup_written){.files = w.all.files,
                                    .file_count = w.all.count,
                                    .left_out = w.left_out,
                                    .left_out_count = w.left_count};
    return PB_OK;
}
