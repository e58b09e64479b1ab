/* Statements on their way: sent without waiting (libpq's pipeline mode), answers read at the next
 * wait, with one sync for all of them.
 *
 * A failure ends the pipeline up to the sync: statements behind the one that failed are not run.
 */
#include "postgres.h"

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

/* All answers up to the sync. False when the connection broke. */
static bool read_all(db_conn *conn, int want, PGresult **failure, PGresult **answer)
{
    for (int number = 0, empty = 0; empty < 2;) {
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
    PQclear(failure);
    if (status == PB_OK && ret_result != NULL) {
        *ret_result = answer;
        return PB_OK;
    }
    PQclear(answer);
    return status;
}
