/* Statements on their way: sent without waiting (libpq's pipeline mode), answers read at the next
 * wait, with one sync for all of them.
 *
 * A failure ends the pipeline up to the sync: statements behind the one that failed are not run.
 */
#include "postgres.h"

#include "sys/clock.h"
#include "sys/net.h"

enum {
    LOOK_US = 100000,      /* how often it is looked whether somebody still wants the answer */
    STOP_AGAIN_US = 300000 /* the server forgets a request to stop that comes between statements */
};

static pb_status sent(db_conn *conn, int good, pb_error *err)
{
    if (good == 0)
        return db_pg_fail(conn, NULL, err);
    conn->queued++;
    return PB_OK;
}

/* Answers are read before so many are on their way that both sides would wait for each other. */
static pb_status make_room(db_conn *conn, pb_error *err)
{
    if (conn->failed)
        return db_pg_failed(conn, err);
    return conn->queued < PG_QUEUE_MAX ? PB_OK : db_pg_wait(conn, -1, NULL, err);
}

/* What is sent next belongs together: no wait comes between. */
pb_status db_pg_make_room(db_conn *conn, pb_error *err)
{
    return conn->queued < PG_QUEUE_MAX / 2 ? PB_OK : db_pg_wait(conn, -1, NULL, err);
}

pb_status db_pg_send_text(db_conn *conn, const char *sql, int count, const Oid *types,
                          const char *const *values, const int *lengths, const int *formats,
                          pb_error *err)
{
    PB_TRY(make_room(conn, err));
    return sent(conn, PQsendQueryParams(conn->pg, sql, count, types, values, lengths, formats, 1),
                err);
}

pb_status db_pg_send_prepared(db_conn *conn, const char *name, int count, const char *const *values,
                              const int *lengths, const int *formats, pb_error *err)
{
    PB_TRY(make_room(conn, err));
    return sent(conn, PQsendQueryPrepared(conn->pg, name, count, values, lengths, formats, 1), err);
}

pb_status db_pg_send_prepare(db_conn *conn, const char *name, const char *sql, int count,
                             const Oid *types, pb_error *err)
{
    PB_TRY(make_room(conn, err));
    return sent(conn, PQsendPrepare(conn->pg, name, sql, count, types), err);
}

pb_status db_pg_send_describe(db_conn *conn, const char *name, pb_error *err)
{
    PB_TRY(make_room(conn, err));
    return sent(conn, PQsendDescribePrepared(conn->pg, name), err);
}

static bool is_failure(const PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);
    return kind == PGRES_FATAL_ERROR || kind == PGRES_BAD_RESPONSE;
}

/* Keeps the first failure, and the answer that was wanted. */
static void take(PGresult *result, bool wanted, PGresult **failure, PGresult **answer)
{
    if (is_failure(result) && *failure == NULL) {
        *failure = result;
        return;
    }
    if (wanted && *answer == NULL) {
        *answer = result;
        return;
    }
    PQclear(result);
}

/* What was asked of the server to stop must not meet the next one's statement: a reader that was
 * stopped gets a new connection. */
void db_pg_limit(db_conn *conn, const db_limits *limits)
{
    if (conn->stopped && conn->role == DB_READER)
        conn->lost = true;
    conn->limits = limits;
    conn->stopped = false;
}

/* Its own connection; what cannot be stopped runs to its end. */
static void stop_server(db_conn *conn)
{
    char words[PG_WORDS];
    PGcancel *cancel = PQgetCancel(conn->pg);
    if (cancel != NULL)
        PQcancel(cancel, words, sizeof words);
    PQfreeCancel(cancel);
    conn->stopped = true;
}

/* Until an answer is there, or can never come. */
static void await_answer(db_conn *conn)
{
    int64_t asked_us = 0;
    while (conn->limits != NULL && PQisBusy(conn->pg) != 0) {
        bool over = db_limits_over(conn->limits);
        if (over && sys_monotonic_us() - asked_us >= STOP_AGAIN_US) {
            stop_server(conn);
            asked_us = sys_monotonic_us();
        }
        sys_socket_wait(PQsocket(conn->pg),
                        over ? STOP_AGAIN_US : db_limits_left(conn->limits, LOOK_US));
        if (PQconsumeInput(conn->pg) == 0)
            return;
    }
}

/* The server did what it was asked to: say why it was. */
static pb_status stopped(db_conn *conn, pb_error *err)
{
    conn->why = db_limits_fail(conn->limits, &conn->error);
    if (err != NULL)
        *err = conn->error;
    return conn->why;
}

/* All answers up to the sync. False when the connection broke. */
static bool read_all(db_conn *conn, int want, PGresult **failure, PGresult **answer)
{
    for (int number = 0, empty = 0; empty < 2;) {
        await_answer(conn);
        PGresult *result = PQgetResult(conn->pg);
        if (result == NULL) { /* behind each answer; twice: there is nothing more to come */
            number++;
            empty++;
            continue;
        }
        empty = 0;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return true;
        }
        take(result, number == want, failure, answer);
    }
    return false;
}

pb_status db_pg_wait(db_conn *conn, int want, PGresult **ret_result, pb_error *err)
{
    PGresult *failure = NULL, *answer = NULL;
    conn->queued = 0;
    bool whole = PQpipelineSync(conn->pg) == 1 && read_all(conn, want, &failure, &answer);
    pb_status status = PB_OK;
    conn->lost = conn->lost || !whole;
    if (failure != NULL || !whole)
        status = db_pg_fail(conn, failure, err);
    if (status == PB_CANCELLED && conn->stopped)
        status = stopped(conn, err);
    PQclear(failure);
    if (status == PB_OK && ret_result != NULL) {
        *ret_result = answer;
        return PB_OK;
    }
    PQclear(answer);
    return status;
}

void db_pg_send_off(db_conn *conn)
{
    conn->queued = 0;
    conn->unread = PQpipelineSync(conn->pg) == 1;
    conn->lost = conn->lost || !conn->unread;
}

void db_pg_read_rest(db_conn *conn)
{
    PGresult *failure = NULL, *answer = NULL;
    if (!conn->unread)
        return;
    conn->unread = false;
    if (!read_all(conn, -1, &failure, &answer) || failure != NULL)
        conn->lost = true;
    PQclear(failure);
}
