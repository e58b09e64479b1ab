/* Proving a repository of pgbackrest: its newest state is restored into a folder of our own, a
 * server is started on it that listens on a socket there and nowhere else, archives nothing and
 * follows nobody, and the workspace on it is verified and compared with the living one. */
#include "backup/pgbackrest.h"

#include "internal.h"

#include "base/time.h"
#include "db/server.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/process.h"

#define SERVER_USER "postgres"

enum { WORDS_MAX = 64 << 10, LOOK_US = 200000 };

typedef struct proving {
    db_workspace *living;
    const backup_call *call;
    const db_key_source *key;
    const backup_check *check;
    const char *conf;
    int64_t until_us;
    pb_arena *arena;
    backup_drilled *out;
    backup_plan plan;
    db_server server;
    char *folder, *data, *pg_ctl; /* pg_ctl: NULL until it is known which */
    sys_lock *lock;               /* in the folder: free when its drill is dead */
    bool running;
} proving;

/* ---- other programs ---- */

static pb_status failed(const char *program, int exit_code, pb_buf *words, pb_error *err)
{
    pb_str says = pb_str_trim(pb_buf_str(words));
    size_t from = 0, at;
    while ((at = pb_str_find(pb_str_sub(says, from, says.len), PB_STR("FATAL"))) != SIZE_MAX)
        from += at + 1;
    if (from > 0) /* what a server says before that is of less account */
        says = pb_str_sub(says, from - 1, says.len);
    if (says.len > PB_MSG_ARG_MAX / 2) /* the end says why */
        says = pb_str_sub(says, says.len - PB_MSG_ARG_MAX / 2, says.len);
    pb_fail(err, PB_IO, PB_MSG("{program} failed with exit code {code}"), "program", program,
            "code", PB_ARG_INT(exit_code), NULL);
    pb_error_detail(err, PB_MSG("It says: {what}"), "what", PB_ARG(says), NULL);
    return PB_IO;
}

/* A server never runs as root, and what root started could not be read by it. */
static pb_status run(const char *const *arguments, size_t count, pb_error *err)
{
    PB_AUTO_BUF words = PB_BUF_INIT(WORDS_MAX);
    static const char *const as_server[] = {"runuser", "-u", SERVER_USER, "--"};
    enum { MOST = 40, BEFORE = sizeof as_server / sizeof *as_server };
    const char *all[MOST + BEFORE + 1] = {0};
    int exit_code = 0;
    size_t used = 0;
    for (size_t i = 0; sys_is_root() && i < BEFORE; i++)
        all[used++] = as_server[i];
    for (size_t i = 0; i < count && i < MOST; i++)
        all[used++] = arguments[i];
    PB_TRY(sys_process_run(all, &words, &exit_code, err));
    return exit_code == 0 ? PB_OK : failed(arguments[0], exit_code, &words, err);
}

#define RUN(err, ...)                                                                              \
    run((const char *const[]){__VA_ARGS__},                                                        \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (err))

static pb_status find_pg_ctl(proving *p, pb_error *err)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/%lld/bin/pg_ctl",
                                           "/usr/pgsql-%lld/bin/pg_ctl",
                                           "/usr/lib/postgresql%lld/bin/pg_ctl"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        PB_AUTO_BUF path = PB_BUF_INIT(200);
        size_t mark = pb_str_find(pb_str_c(patterns[i]), PB_STR("%lld"));
        pb_buf_add(&path, pb_str_n(patterns[i], mark));
        pb_buf_i64(&path, p->server.version);
        pb_buf_addc(&path, patterns[i] + mark + 4);
        if (sys_path_kind(pb_buf_cstr(&path)) != SYS_FILE)
            continue;
        p->pg_ctl = pb_arena_cstr(p->arena, pb_buf_str(&path));
        return p->pg_ctl == NULL ? pb_fail_memory(err) : PB_OK;
    }
    p->pg_ctl = pb_arena_cstr(p->arena, PB_STR("pg_ctl"));
    return p->pg_ctl == NULL ? pb_fail_memory(err) : PB_OK;
}

/* ---- what a killed drill left ---- */

#define LOCK "drill.lock"

/* One that nobody holds the lock of: its server is stopped, and it goes. */
static void clear_one(proving *p, const char *folder)
{
    sys_lock *lock = NULL;
    char *data = sys_path_join(p->arena, folder, "data");
    char *path = sys_path_join(p->arena, folder, LOCK);
    if (data == NULL || path == NULL || sys_path_kind(path) != SYS_FILE ||
        sys_path_kind(data) != SYS_FOLDER || sys_lock_take(path, &lock, NULL) != PB_OK)
        return;
    RUN(NULL, p->pg_ctl, "-D", data, "-s", "-w", "-m", "immediate", "stop");
    sys_lock_release(lock);
    sys_dir_remove_tree(folder, NULL);
}

/* Beside our own folder. What cannot be cleared away keeps no drill from running. */
static void clear_leftovers(proving *p)
{
    pb_str *names;
    size_t count;
    pb_str own = sys_path_name(p->folder);
    const char *above = pb_arena_cstr(p->arena, pb_str_n(p->folder, strlen(p->folder) - own.len));
    if (above == NULL || sys_dir_list(above, p->arena, &names, &count, NULL) != PB_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        char *folder = pb_arena_printf(p->arena, "%s%.*s", above, PB_STR_FMT(names[i]));
        if (folder != NULL && pb_str_starts(names[i], PB_STR("probity-")) &&
            !pb_str_eq(names[i], own))
            clear_one(p, folder);
    }
}

/* ---- restoring ---- */

static pb_status make_folders(proving *p, pb_error *err)
{
    PB_TRY(sys_temp_dir(p->arena, &p->folder, err));
    p->data = sys_path_join(p->arena, p->folder, "data");
    char *lock = sys_path_join(p->arena, p->folder, LOCK);
    if (p->data == NULL || lock == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_lock_take(lock, &p->lock, err));
    PB_TRY(sys_dir_make(p->data, 0700, false, err));
    if (!sys_is_root())
        return PB_OK;
    PB_TRY(sys_path_give(p->data, SERVER_USER, err));
    return sys_path_give(p->folder, SERVER_USER, err);
}

static pb_status restore(proving *p, pb_error *err)
{
    static const char stanza[] = "--stanza=" BACKUP_STANZA;
    PB_AUTO_BUF moment = PB_BUF_INIT(64);
    bool newest = p->until_us == INT64_MAX;
    char *conf = pb_arena_printf(p->arena, "--config=%s", p->conf);
    char *data = pb_arena_printf(p->arena, "--pg1-path=%s", p->data);
    char *lock = pb_arena_printf(p->arena, "--lock-path=%s/lock", p->folder);
    if (!newest)
        pb_instant_format(&moment, p->until_us);
    pb_str until = pb_buf_str(&moment);
    if (pb_str_ends(until, PB_STR("Z")))
        until.len--;
    char *target = pb_arena_printf(p->arena, "--target=%.*s+00", PB_STR_FMT(until));
    char *at = target == NULL ? NULL : strchr(target, 'T');
    if (at != NULL)
        *at = ' ';
    if (conf == NULL || data == NULL || lock == NULL || target == NULL || moment.failed)
        return pb_fail_memory(err);
    return newest ? RUN(err, "pgbackrest", conf, stanza, data, lock, "--log-level-file=off",
                        "--archive-mode=off", "restore")
                  : RUN(err, "pgbackrest", conf, stanza, data, lock, "--log-level-file=off",
                        "--archive-mode=off", "--type=time", target, "--target-action=promote",
                        "restore");
}

/* Who may connect is decided by the folder the socket lies in. A configuration that stayed on the
 * former machine is not missed. */
static pb_status write_rules(proving *p, pb_error *err)
{
    static const char *const names[] = {"drill_hba.conf", "postgresql.conf"};
    static const char *const texts[] = {"local all all trust\n", ""};
    for (size_t i = 0; i < 2; i++) {
        char *path = sys_path_join(p->arena, p->data, names[i]);
        if (path == NULL)
            return pb_fail_memory(err);
        if (sys_path_kind(path) != SYS_NONE)
            continue;
        PB_TRY(sys_file_write(path, pb_str_c(texts[i]), 0600, err));
        if (sys_is_root())
            PB_TRY(sys_path_give(path, SERVER_USER, err));
    }
    return PB_OK;
}

/* Its own words say why. */
static pb_status server_ended(proving *p, pb_error *err)
{
    PB_AUTO_BUF words = PB_BUF_INIT(1 << 24);
    char *log = sys_path_join(p->arena, p->folder, "log");
    if (log != NULL)
        sys_file_read(log, 1 << 24, &words, NULL);
    return failed("postgres", 1, &words, err);
}

static pb_status start(proving *p, pb_error *err)
{
    PB_TRY(write_rules(p, err));
    char *options = pb_arena_printf(
        p->arena,
        "-k %s -p %lld -c listen_addresses= -c archive_mode=off -c primary_conninfo="
        " -c hba_file=%s/drill_hba.conf -c hot_standby=off -c ssl=off -c logging_collector=off"
        " -c shared_preload_libraries= -c shared_buffers=128MB -c autovacuum=off"
        " -c unix_socket_permissions=0700",
        p->folder, (long long)p->server.port, p->data);
    char *log = sys_path_join(p->arena, p->folder, "log");
    if (options == NULL || log == NULL)
        return pb_fail_memory(err);
    p->running = true;
    pb_status status = RUN(err, p->pg_ctl, "-D", p->data, "-l", log, "-o", options, "-t", "86400",
                           "-s", "-w", "start");
    return status == PB_IO ? server_ended(p, err) : status;
}

static void end(proving *p)
{
    if (p->running)
        RUN(NULL, p->pg_ctl, "-D", p->data, "-s", "-w", "-m", "immediate", "stop");
    sys_lock_release(p->lock);
    if (p->folder != NULL)
        sys_dir_remove_tree(p->folder, NULL);
}

/* ---- comparing ---- */

/* Every commit of the living workspace has its head on record: the restored one's must be among
 * them. */
static pb_status is_beginning(db_session *living, const ledger_head *head, pb_error *err)
{
    db_stmt *stmt;
    bool there;
    PB_TRY(db_prepare(living, "SELECT root FROM ledger_head WHERE size = ?1", &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)head->size);
    PB_TRY(db_step(stmt, &there, err));
    bool same = there && pb_str_eq(db_column_blob(stmt, 0),
                                   pb_str_n((const char *)head->root, sizeof head->root));
    db_reset(stmt);
    return same ? PB_OK
                : pb_fail(err, PB_CONFLICT,
                          PB_MSG("The ledger of what was restored, of {size} events, is not the "
                                 "beginning of the living one's."),
                          "size", PB_ARG_INT(head->size), NULL);
}

/* What would be lost: all since the first event that is missing. */
static pb_status measure_loss(proving *p, db_session *living, const ledger_head *head,
                              pb_error *err)
{
    ledger_event event;
    bool erased;
    pb_status status = ledger_read(living, head->size, p->arena, &event, &erased, err);
    p->out->lose_us = status == PB_OK ? p->call->now_us - event.at_us : 0;
    if (p->out->lose_us < 0)
        p->out->lose_us = 0;
    return status == PB_NOT_FOUND ? PB_OK : status;
}

static pb_status compare(proving *p, db_session *restored, pb_error *err)
{
    ledger_head head;
    db_session *living = NULL;
    PB_TRY(backup_verify(restored, p->call, p->check, &p->out->restored.report, err));
    PB_TRY(ledger_head_read(restored, &head, err));
    p->out->restored.at_us = head.at_us;
    PB_TRY(db_snapshot_open(p->living, &living, err));
    pb_status status = is_beginning(living, &head, err);
    if (status == PB_OK)
        status = measure_loss(p, living, &head, err);
    db_snapshot_close(living);
    p->out->restored.compared = status == PB_OK;
    return status;
}

/* The server takes nobody until it has read all of its log, however long that is; a server that
 * gives up ends. */
static pb_status open_copy(proving *p, db_workspace **ret_copy, pb_error *err)
{
    db_options options = {.key = *p->key};
    char *url = db_server_copy_url(&p->server, p->folder, p->arena);
    if (url == NULL)
        return pb_fail_memory(err);
    for (;;) {
        pb_status status =
            db_workspace_open(url, db_workspace_schema(p->living), &options, ret_copy, err);
        if (status != PB_IO && status != PB_BUSY)
            return status;
        if (p->call->progress != NULL &&
            p->call->progress(p->call->context, PB_MSG("Restoring"), p->out->place, 0, 0))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
        if (RUN(NULL, p->pg_ctl, "-D", p->data, "status") != PB_OK)
            return server_ended(p, err);
        sys_sleep_us(LOOK_US);
    }
}

static pb_status look(proving *p, pb_error *err)
{
    db_workspace *copy = NULL;
    db_session *session = NULL;
    PB_TRY(open_copy(p, &copy, err));
    pb_status status = db_snapshot_open(copy, &session, err);
    if (status == PB_OK)
        status = compare(p, session, err);
    db_snapshot_close(session);
    db_workspace_close(copy);
    return status;
}

/* ---- all of it ---- */

static pb_status judge(proving *p, pb_error *err)
{
    backup_drilled *out = p->out;
    out->in_time = out->recover_us <= p->plan.recover_us;
    out->young = out->lose_us <= p->plan.lose_us;
    if (!out->young && p->until_us == INT64_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("The newest backup at {place} is too old."), "place",
                       out->place, NULL);
    if (!out->in_time)
        return pb_fail(err, PB_LIMIT, PB_MSG("Recovery from {place} takes too long."), "place",
                       out->place, NULL);
    return PB_OK;
}

static pb_status load_plan(proving *p, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(p->living, &session, err));
    pb_status status = backup_plan_load(session, p->arena, &p->plan, err);
    db_snapshot_close(session);
    return status;
}

static pb_status prove(proving *p, pb_error *err)
{
    int64_t start_us = sys_monotonic_us();
    PB_TRY(load_plan(p, err));
    PB_TRY(db_server_about(p->living, p->arena, &p->server, err));
    PB_TRY(find_pg_ctl(p, err));
    PB_TRY(make_folders(p, err));
    clear_leftovers(p);
    PB_TRY(restore(p, err));
    PB_TRY(start(p, err));
    p->out->ran = true;
    PB_TRY(look(p, err));
    p->out->recover_us = p->out->restored.us = sys_monotonic_us() - start_us;
    return judge(p, err);
}

pb_status backup_pgbackrest_drill(db_workspace *living, const backup_call *call,
                                  const db_key_source *key, const char *configuration,
                                  int64_t until_us, const backup_check *check, pb_arena *arena,
                                  backup_drilled *ret_drilled, pb_error *err)
{
    proving p = {.living = living,
                 .call = call,
                 .key = key,
                 .check = check,
                 .until_us = until_us,
                 .arena = arena,
                 .out = ret_drilled};
    p.conf = sys_path_real(arena, configuration);
    if (p.conf == NULL)
        p.conf = configuration;
    *ret_drilled = (backup_drilled){.place = pb_arena_printf(arena, "pgbackrest:%s", p.conf)};
    if (ret_drilled->place == NULL)
        return pb_fail_memory(err);
    ret_drilled->good = prove(&p, &ret_drilled->error) == PB_OK;
    end(&p);
    return backup_drill_file(living, call, ret_drilled, &p.plan, err);
}
