/* Thresholds of a workspace: what was said of each control, and what holds. */
#include "finding/threshold.h"

#include "base/cbor.h"
#include "internal.h"

#include <math.h>

enum { MILLION = 1000000 };

/* ---- reading ---- */

typedef struct gathering {
    pb_arena *arena;
    bool newest; /* of each control the first row only, and none that is back to what ships */
    pb_str last;
    finding_threshold *found;
    size_t count, room;
} gathering;

static pb_status gather(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    finding_threshold one = {.share = db_column_i64(stmt, 1) != 0,
                             .shipped = db_column_is_null(stmt, 2),
                             .at_us = db_column_i64(stmt, 5)};
    one.limit = (double)db_take_number(stmt, 2, 0) / (one.share ? MILLION : 1);
    if (!db_take_text(stmt, 0, g->arena, &one.control) ||
        !db_take_text(stmt, 3, g->arena, &one.reason) || !db_take_text(stmt, 4, g->arena, &one.by))
        return pb_fail_memory(err);
    bool passed = g->newest && g->last.ptr != NULL && pb_str_eq(g->last, one.control);
    g->last = one.control;
    if (passed || (g->newest && one.shipped))
        return PB_OK;
    return PB_PUSH(g->arena, g->found, g->count, g->room, one) ? PB_OK : pb_fail_memory(err);
}

static pb_status gather_all(db_session *session, pb_str only, gathering *g, pb_error *err)
{
    static const char sql[] = "SELECT control, share, amount, reason, by, at_us"
                              " FROM t_audit_threshold WHERE control = ?1 OR ?2 = 0"
                              " ORDER BY control, n DESC";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, only.ptr == NULL ? PB_STR("") : only);
    db_bind_i64(stmt, 2, only.ptr != NULL);
    return db_each(stmt, gather, g, err);
}

pb_status finding_thresholds(db_session *session, pb_arena *arena, finding_threshold **ret,
                             size_t *ret_count, pb_error *err)
{
    gathering g = {.arena = arena, .newest = true};
    PB_TRY(gather_all(session, PB_STR_NONE, &g, err));
    *ret = g.found;
    *ret_count = g.count;
    return PB_OK;
}

pb_status finding_threshold_history(db_session *session, pb_str control, pb_arena *arena,
                                    finding_threshold **ret, size_t *ret_count, pb_error *err)
{
    gathering g = {.arena = arena};
    PB_TRY(gather_all(session, control, &g, err));
    *ret = g.found;
    *ret_count = g.count;
    return PB_OK;
}

/* ---- keeping ---- */

static pb_status log_threshold(db_session *session, const finding_call *call,
                               const finding_threshold *t, double before, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(8 << 10);
    uint64_t sequence;
    pb_cbor_map(&payload, t->shipped ? 4 : 5);
    pb_cbor_text(&payload, PB_STR("of"));
    pb_cbor_text(&payload, t->share ? PB_STR("share") : PB_STR("count"));
    if (!t->shipped) {
        pb_cbor_text(&payload, PB_STR("after"));
        pb_cbor_double(&payload, t->limit);
    }
    pb_cbor_text(&payload, PB_STR("before"));
    pb_cbor_double(&payload, before);
    pb_cbor_text(&payload, PB_STR("reason"));
    pb_cbor_text(&payload, t->reason);
    pb_cbor_text(&payload, PB_STR("control"));
    pb_cbor_text(&payload, t->control);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "audit.threshold",
                                .at_us = call->now_us,
                                .actor = call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

pb_status finding_threshold_put(db_session *session, const finding_call *call,
                                const finding_threshold *threshold, double before, pb_error *err)
{
    static const char next[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_threshold";
    static const char sql[] =
        "INSERT INTO t_audit_threshold (n, control, share, amount, reason, by, at_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    int64_t n = 0;
    db_stmt *stmt;
    double amount = round(threshold->limit * (threshold->share ? MILLION : 1));
    PB_TRY(db_next_number(session, next, &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_text(stmt, 2, threshold->control);
    db_bind_i64(stmt, 3, threshold->share);
    db_bind_value(stmt, 4, threshold->shipped ? PB_VALUE_NULL : PB_VALUE_INT((int64_t)amount));
    db_bind_text(stmt, 5, threshold->reason);
    db_bind_text(stmt, 6, call->actor.name.ptr == NULL ? PB_STR("") : call->actor.name);
    db_bind_i64(stmt, 7, call->now_us);
    PB_TRY(db_run(stmt, err));
    return log_threshold(session, call, threshold, before, err);
}
