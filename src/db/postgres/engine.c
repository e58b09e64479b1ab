/* The PostgreSQL engine: transactions and the table of operations.
 *
 * A transaction that writes begins by counting up the one row of the table `workspace`: it waits
 * there for the one before it, whichever process that is, so writers come one after the other as
 * the ledger needs it, and READ COMMITTED is as good as serial (doc/decisions). What the counter
 * says tells whether somebody else committed in between.
 */
#include "postgres.h"

#include "sys/clock.h"
#include "sys/random.h"

#include <stdatomic.h>

enum {
    REPLICA_WAIT_US = 5000000, /* for a replica to catch up with what this process wrote */
    REPLICA_LOOK_US = 20000,
    /* To hear what became of a commit: longer than the server takes to notice that its client was
     * cut off (keepalives_* in address.c), since until then the commit may still come. */
    OUTCOME_WAIT_US = 120000000,
};

pb_status db_pg_settle(db_conn *conn, pb_error *err)
{
    if (conn->failed)
        return db_pg_failed(conn, err);
    PB_TRY(db_pg_bulk_send(conn, UINT64_MAX, err));
    return conn->queued == 0 ? PB_OK : db_pg_wait(conn, -1, NULL, err);
}

static pb_status send(db_conn *conn, const char *sql, pb_error *err)
{
    return db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, err);
}

static pb_status bury(db_conn *conn, pb_error *err)
{
    if (conn->dead_count < PG_DEAD)
        return PB_OK;
    for (int i = 0; i < conn->dead_count; i++) {
        char sql[40];
        snprintf(sql, sizeof sql, "DEALLOCATE %s", conn->dead[i]);
        PB_TRY(send(conn, sql, err));
    }
    conn->dead_count = 0;
    return db_pg_wait(conn, -1, NULL, err);
}

/* ---- the end ---- */

static void over(db_conn *conn)
{
    conn->active = false;
    conn->failed = false;
    conn->epoch++;
    conn->queued = 0;
    db_pg_bulk_drop(conn);
}

static void rollback(db_conn *conn)
{
    if (!conn->active)
        return;
    bool again = conn->again, failed = conn->failed;
    over(conn); /* so that the queue takes the statement */
    if (!conn->lost && conn->role == DB_READER && !failed) {
        /* Nothing depends on its answer, which is read before the next transaction. */
        if (send(conn, "ROLLBACK", NULL) == PB_OK)
            db_pg_send_off(conn);
        else
            conn->lost = true;
        return;
    }
    if (!conn->lost &&
        (send(conn, "ROLLBACK", NULL) != PB_OK || db_pg_wait(conn, -1, NULL, NULL) != PB_OK))
        conn->lost = true;
    conn->again = again;
}

/* ---- the beginning ---- */

static pb_status ready(db_conn *conn, pb_error *err)
{
    db_pg_read_rest(conn);
    if (conn->lost || PQstatus(conn->pg) != CONNECTION_OK)
        PB_TRY(db_pg_reconnect(conn, err));
    conn->again = false;
    conn->unsure = false;
    return bury(conn, err);
}

static int64_t first_number(PGresult *result)
{
    db_native answer = {.result = result, .stepping = true};
    return PQntuples(result) == 1 ? db_pg_column_i64(&answer, 0) : 0;
}

/* The counter, and of a transaction that writes its number. */
static pb_status take_counter(db_conn *conn, bool write, PGresult *result, bool *ret_foreign,
                              pb_error *err)
{
    if (PQntuples(result) != 1)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The table {table} of the workspace was altered."),
                       "table", "workspace", NULL);
    int64_t commits = first_number(result);
    int64_t before = write ? commits - 1 : commits;
    *ret_foreign = conn->commits >= 0 && conn->commits != before;
    conn->commits = before;
    if (write)
        snprintf(conn->transaction, sizeof conn->transaction, "%.*s", PQgetlength(result, 0, 1),
                 PQgetvalue(result, 0, 1));
    return PB_OK;
}

/* Counts up, and notes in this connection's own row that the commit is its: after a crash of the
 * server the transaction's number may be another one's. */
#define COUNT_UP                                                                                   \
    "WITH w AS (UPDATE workspace SET commits = commits + 1 RETURNING commits),"                    \
    " noted AS (INSERT INTO writer SELECT '%s', commits FROM w"                                    \
    " ON CONFLICT (id) DO UPDATE SET commits = excluded.commits)"                                  \
    " SELECT commits, pg_current_xact_id()::text FROM w"

static pb_status send_counter(db_conn *conn, bool write, pb_error *err)
{
    char sql[500];
    if (!write) {
        if (conn->counter_ready != conn->generation + 1)
            PB_TRY(
                db_pg_send_prepare(conn, "counter", "SELECT commits FROM workspace", 0, NULL, err));
        return db_pg_send_prepared(conn, "counter", 0, NULL, NULL, NULL, err);
    }
    if (conn->writer[0] == '\0') {
        uint8_t random[8];
        sys_random(random, sizeof random);
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(conn->writer + 2 * i, 3, "%02x", random[i]);
        PB_TRY(send(conn,
                    "DELETE FROM writer WHERE commits < (SELECT commits - 1000000 FROM workspace)",
                    err));
    }
    snprintf(sql, sizeof sql, COUNT_UP, conn->writer);
    return send(conn, sql, err);
}

static pb_status begin_once(db_conn *conn, bool write, bool *ret_foreign, pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(ready(conn, err));
    conn->active = true;
    pb_status status =
        send(conn, write ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    bool first = write ? conn->writer[0] == '\0' : conn->counter_ready != conn->generation + 1;
    if (status == PB_OK)
        status = send_counter(conn, write, err);
    if (status == PB_OK)
        status = db_pg_wait(conn, first ? 2 : 1, &result, err);
    if (status == PB_OK && !write)
        conn->counter_ready = conn->generation + 1;
    if (status == PB_OK)
        status = take_counter(conn, write, result, ret_foreign, err);
    PQclear(result);
    if (status != PB_OK)
        rollback(conn);
    return status;
}

static void fail_behind(const db_conn *conn, int64_t wanted)
{
    pb_error why = {0};
    pb_fail(
        &why, PB_BUSY,
        PB_MSG("The replica {replica} lacks {count} of the commits there are, and did not catch "
               "up within {seconds} s."),
        "replica", conn->where->shown, "count", PB_ARG_INT(wanted - conn->commits), "seconds",
        PB_ARG_INT(REPLICA_WAIT_US / 1000000), NULL);
    db_pg_replica_rests(conn->where, &why);
}

static bool on_replica(const db_conn *conn)
{
    return conn->where != conn->target->where;
}

/* Counts where snapshots are taken, for whoever named a replica. */
static void count_place(const db_conn *conn)
{
    const pg_where *primary = conn->target->where, *replica = primary->replica;
    if (replica != NULL)
        atomic_fetch_add(on_replica(conn) ? &replica->told->there : &replica->told->here, 1);
}

/* What was committed when the workspace was opened, and what this process wrote since, is seen by
 * whom it asks: a replica that does not catch up is left for the server it follows. */
static pb_status begin_reader(db_conn *conn, bool *ret_foreign, pb_error *err)
{
    int64_t until = sys_monotonic_us() + REPLICA_WAIT_US;
    for (;;) {
        PB_TRY(begin_once(conn, false, ret_foreign, err));
        int64_t wanted = atomic_load(conn->where->commits);
        if (!on_replica(conn) || conn->commits >= wanted) {
            count_place(conn);
            return PB_OK;
        }
        rollback(conn);
        if (sys_monotonic_us() > until) {
            fail_behind(conn, wanted);
            break;
        }
        sys_sleep_us(REPLICA_LOOK_US);
    }
    PB_TRY(db_pg_reconnect_primary(conn, err));
    PB_TRY(begin_once(conn, false, ret_foreign, err));
    count_place(conn);
    return PB_OK;
}

/* A connection that broke while nothing was asked of it is made anew. */
static pb_status begin(db_conn *conn, bool write, bool *ret_foreign, pb_error *err)
{
    pb_status status =
        write ? begin_once(conn, true, ret_foreign, err) : begin_reader(conn, ret_foreign, err);
    if (status != PB_OK && conn->lost)
        status =
            write ? begin_once(conn, true, ret_foreign, err) : begin_reader(conn, ret_foreign, err);
    return status;
}

static pb_status beside(db_conn *first, db_conn *second, pb_error *err)
{
    char sql[120];
    PGresult *result = NULL;
    if (first->where != second->where && !on_replica(first))
        PB_TRY(db_pg_reconnect_primary(second, err));
    if (first->where != second->where)
        return pb_fail(err, PB_BUSY, PB_MSG("The database is in use by another program."), NULL);
    PB_TRY(send(first, "SELECT pg_export_snapshot()", err));
    PB_TRY(db_pg_wait(first, 0, &result, err));
    snprintf(sql, sizeof sql, "SET TRANSACTION SNAPSHOT '%.*s'", PQgetlength(result, 0, 0),
             PQgetvalue(result, 0, 0));
    PQclear(result);
    PB_TRY(ready(second, err));
    second->active = true;
    pb_status status = send(second, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    if (status == PB_OK)
        status = send(second, sql, err);
    if (status == PB_OK)
        status = db_pg_wait(second, -1, NULL, err);
    if (status != PB_OK)
        rollback(second);
    else
        second->commits = first->commits;
    return status;
}

/* ---- the middle ---- */

static pb_status savepoint(db_conn *conn, pb_error *err)
{
    PB_TRY(db_pg_bulk_send(conn, UINT64_MAX, err));
    return send(conn, "SAVEPOINT work", err);
}

static pb_status savepoint_keep(db_conn *conn, pb_error *err)
{
    return send(conn, "RELEASE work", err);
}

static pb_status savepoint_undo(db_conn *conn, pb_error *err)
{
    db_pg_bulk_drop(conn);
    if (conn->lost)
        return db_pg_failed(conn, err);
    conn->failed = false;
    PB_TRY(send(conn, "ROLLBACK TO work", err));
    PB_TRY(send(conn, "RELEASE work", err));
    return db_pg_wait(conn, -1, NULL, err);
}

/* Rows that are deleted or changed stay in their pages until VACUUM comes by, and in the server's
 * log until it is reused (doc/decisions): nothing more can be done from inside a transaction. */
static pb_status overwrite(db_conn *conn, pb_error *err)
{
    (void)conn;
    (void)err;
    return PB_OK;
}

/* ---- committing ---- */

/* The one value that a query gives; empty when it fails. */
static void ask_word(db_conn *conn, const char *sql, char ret_word[40])
{
    PGresult *result = NULL;
    ret_word[0] = '\0';
    if (send(conn, sql, NULL) == PB_OK && db_pg_wait(conn, 0, &result, NULL) == PB_OK &&
        PQntuples(result) == 1)
        snprintf(ret_word, 40, "%.*s", PQgetlength(result, 0, 0), PQgetvalue(result, 0, 0));
    PQclear(result);
    conn->failed = false;
}

/* What became of a commit that was not answered: the server knows, as soon as it can be asked. It
 * is over when no transaction of its number is under way; then the connection's own row tells,
 * which is true even where a crash of the server made it forget that there was such a number. */
static bool took_place(db_conn *conn, bool *ret_known)
{
    char sql[160], word[40], wanted[40];
    int64_t until = sys_monotonic_us() + OUTCOME_WAIT_US;
    *ret_known = false;
    snprintf(wanted, sizeof wanted, "%lld", (long long)conn->commits + 1);
    for (int tries = 0; tries == 0 || sys_monotonic_us() < until; tries++) {
        if (tries > 0)
            sys_sleep_us(tries < 5 ? 100000 : 1000000);
        if (db_pg_reconnect(conn, NULL) != PB_OK)
            continue;
        snprintf(sql, sizeof sql, "SELECT pg_xact_status('%s'::xid8)", conn->transaction);
        ask_word(conn, sql, word);
        if (strcmp(word, "in progress") == 0 || PQstatus(conn->pg) != CONNECTION_OK)
            continue;
        snprintf(sql, sizeof sql,
                 "SELECT coalesce((SELECT commits::text FROM writer WHERE id = '%s'), 'none')",
                 conn->writer);
        ask_word(conn, sql, word);
        *ret_known = word[0] != '\0';
        if (*ret_known)
            return strcmp(word, wanted) == 0;
    }
    return false;
}

static void committed(db_conn *conn)
{
    conn->commits++;
    over(conn);
    atomic_store(conn->where->commits, conn->commits);
}

static pb_status commit(db_conn *conn, pb_error *err)
{
    if (conn->failed)
        return db_pg_failed(conn, err);
    PB_TRY(db_pg_bulk_send(conn, UINT64_MAX, err));
    PB_TRY(db_pg_make_room(conn, err));
    /* Behind what is on its way, in one wait: after a failure the server runs nothing more of it.
     */
    int number = conn->queued;
    pb_status status = send(conn, "COMMIT", err);
    PGresult *result = NULL;
    bool known = true;
    if (status == PB_OK)
        status = db_pg_wait(conn, number, &result, err);
    /* COMMIT of a transaction that failed answers ROLLBACK without a failure. */
    if (status == PB_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        status =
            pb_fail(err, PB_INTERNAL, PB_MSG("The database could not do what was asked."), NULL);
    PQclear(result);
    if (status == PB_OK) {
        committed(conn);
        return PB_OK;
    }
    if (conn->lost && took_place(conn, &known)) {
        committed(conn);
        return PB_OK;
    }
    conn->unsure = !known;
    conn->again = known && conn->again;
    return status;
}

static db_remedy remedy(const db_conn *conn)
{
    return conn->again && !conn->unsure ? DB_AGAIN : DB_FINAL;
}

static bool unsure(const db_conn *conn)
{
    return conn->unsure;
}

const db_engine db_engine_postgres = {
    .name = "postgres",
    .types = {"bigint PRIMARY KEY", "bigint", "double precision", "text COLLATE \"C\"", "bytea"},
    .sealed = "text COLLATE \"C\"",
    .clustered = "",
    .absent_first = " NULLS FIRST",
    .impatient = "SET LOCAL lock_timeout = '5s';",
    .taking = " FOR UPDATE SKIP LOCKED",
    .locate = db_pg_locate,
    .can_make = db_pg_can_make,
    .make = db_pg_make,
    .unmake = db_pg_unmake,
    .beside_place = db_pg_beside_place,
    .clear = db_pg_clear,
    .server_about = db_pg_about,
    .hold = db_pg_hold,
    .let_go = db_pg_let_go,
    .read_head = db_pg_read_head,
    .write_head = db_pg_write_head,
    .connect = db_pg_connect,
    .disconnect = db_pg_disconnect,
    .run = db_pg_run,
    .lay = db_pg_lay,
    .begin = begin,
    .limit = db_pg_limit,
    .overwrite = overwrite,
    .beside = beside,
    .settle = db_pg_settle,
    .commit = commit,
    .rollback = rollback,
    .remedy = remedy,
    .unsure = unsure,
    .savepoint = savepoint,
    .savepoint_keep = savepoint_keep,
    .savepoint_undo = savepoint_undo,
    .columns = db_pg_columns,
    .tables = db_pg_tables,
    .keep_tables = db_pg_keep_tables,
    .era = db_pg_era,
    .check = db_pg_check,
    .checks_indexes = db_pg_checks_indexes,
    .prepare = db_pg_prepare,
    .prepare_foreign = db_pg_prepare_foreign,
    .finalize = db_pg_finalize,
    .bind = db_pg_bind,
    .parameter = db_pg_parameter,
    .step = db_pg_step,
    .reset = db_pg_reset,
    .column_count = db_pg_column_count,
    .column_name = db_pg_column_name,
    .column_is_null = db_pg_column_is_null,
    .column_i64 = db_pg_column_i64,
    .column_text = db_pg_column_text,
    .column_blob = db_pg_column_blob,
    .column_value = db_pg_column_value,
    .column_values = db_pg_column_values,
};
