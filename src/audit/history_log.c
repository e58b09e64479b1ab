/* The history that the workspace keeps itself: the chain of each record's events (record's README,
 * decision 0001). A record that was never changed has none. */
#include "history.h"

#include "base/cbor.h"
#include "ledger/ledger.h"

typedef struct log_history {
    audit_work *work;
    record_history *history;
    const model_field *of[HISTORY_KINDS];
    pb_arena *arena; /* of one event */
    pb_map *passed;  /* moments of runs that were taken back, that took back, or that only corrected
                        how values are written: nobody's decisions */
} log_history;

static pb_status load_passed(log_history *log, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(log->work->session,
                      "select at_us, kind, undone is not null from import_run order by run", &stmt,
                      err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        int64_t at = db_column_i64(stmt, 0);
        if (pb_str_is(db_column_text(stmt, 1), "import") && !db_column_i64(stmt, 2))
            continue;
        if (!pb_map_put(log->passed, pb_str_n((const char *)&at, sizeof at), NULL))
            return pb_fail_memory(err);
    }
}

/* Which of the fields a column of the log belongs to. */
static bool column_of(const log_history *log, pb_str column, history_of *ret)
{
    for (size_t i = 0; i < HISTORY_KINDS; i++) {
        const model_field *field = log->of[i];
        if (!field)
            continue;
        bool link = field->type == MODEL_LINK;
        bool same = link ? pb_str_starts(column, field->name) &&
                               pb_str_is(pb_str_sub(column, field->name.len, column.len), "_id")
                         : pb_str_eq(column, field->name);
        if (same) {
            *ret = (history_of)i;
            return true;
        }
    }
    return false;
}

static pb_status take_value(log_history *log, pb_value value, int64_t *ret, pb_error *err)
{
    *ret = HISTORY_NONE;
    if (value.kind == PB_INT)
        *ret = value.as.i;
    else if (value.kind == PB_TEXT || value.kind == PB_BLOB)
        return history_name(log->work, log->history, value.as.s, ret, err);
    return PB_OK;
}

static pb_status take_event(log_history *log, const ledger_event *event, history_step step,
                            pb_error *err)
{
    bool creates = strcmp(event->kind, "record.created") == 0;
    if (!event->payload.ptr || (!creates && strcmp(event->kind, "record.changed") != 0))
        return PB_OK;
    step.when = event->at_us;
    step.whole = true;
    pb_cbor in = {event->payload, 0, false};
    for (size_t left = pb_cbor_get_map(&in); left > 0 && !in.bad; left--) {
        pb_str name = pb_cbor_get_text(&in);
        pb_value from = {0};
        history_of of;
        if (!creates && pb_cbor_get_array(&in) != 2)
            in.bad = true;
        if (!creates)
            from = pb_cbor_get_value(&in);
        pb_value to = pb_cbor_get_value(&in);
        if (in.bad || !column_of(log, name, &of))
            continue;
        step.of = (uint8_t)of;
        PB_TRY(take_value(log, from, &step.from, err));
        PB_TRY(take_value(log, to, &step.to, err));
        PB_TRY(history_add(log->work, log->history, &step, err));
    }
    if (in.bad)
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("The payload of an event of {entity} could not be read."), "entity",
                       PB_ARG(event->entity), NULL);
    return PB_OK;
}

/* Walks one record's events, from the newest back to its creation. */
static pb_status walk(log_history *log, uint64_t newest, uint32_t at, pb_error *err)
{
    for (uint64_t next = newest + 1; next > 0;) {
        ledger_event event;
        bool erased;
        uint64_t sequence = next - 1;
        pb_arena_reset(log->arena);
        PB_TRY(ledger_read(log->work->session, sequence, log->arena, &event, &erased, err));
        if (event.previous > sequence)
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("The history of a record of {entity} is broken."), "entity",
                           PB_ARG(event.entity), NULL);
        history_step step = {.at = at, .order = (int64_t)sequence};
        bool passed = pb_map_get(log->passed,
                                 pb_str_n((const char *)&event.at_us, sizeof event.at_us)) != NULL;
        if (erased)
            log->history->unread++;
        else if (!passed)
            PB_TRY(take_event(log, &event, step, err));
        next = event.previous;
    }
    return PB_OK;
}

pb_status history_from_log(audit_work *work, entity_state *state, record_history *history,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    log_history log = {.work = work, .history = history, .arena = arena};
    bool any = false;
    for (size_t i = 0; i < HISTORY_KINDS; i++) {
        log.of[i] = history_field(state->entity, (history_of)i);
        any = any || log.of[i];
    }
    if (!any)
        return PB_OK;
    if (!arena || !(log.passed = pb_map_new(work->scratch)))
        return pb_fail_memory(err);
    PB_TRY(load_passed(&log, err));
    pb_buf_printf(&sql, "select n, event from %.*s where version > 1 order by n",
                  PB_STR_FMT(state->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        if (at != SIZE_MAX)
            PB_TRY(walk(&log, (uint64_t)db_column_i64(stmt, 1), (uint32_t)at, err));
    }
}
