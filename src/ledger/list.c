/* Events as a list, newest first, without what lies beside them. */
#include "event.h"

enum { SLICE = 500 };

static bool same_or_open(pb_str wanted, pb_str found)
{
    return wanted.len == 0 || pb_str_eq(wanted, found);
}

static bool fits(const ledger_filter *filter, const event_body *body)
{
    const ledger_event *event = &body->event;
    if (filter->from_us != 0 && event->at_us < filter->from_us)
        return false;
    if (filter->until_us != 0 && event->at_us >= filter->until_us)
        return false;
    if (filter->record != NULL &&
        (!body->has_record || memcmp(event->record.b, filter->record->b, sizeof event->record.b)))
        return false;
    return same_or_open(filter->kind, body->kind) &&
           same_or_open(filter->actor, event->actor.name) &&
           same_or_open(filter->via, event->actor.via) &&
           same_or_open(filter->entity, event->entity);
}

typedef struct listing {
    const ledger_filter *filter;
    uint64_t next, limit, look;
    ledger_listed_each each;
    void *context;
} listing;

static pb_status take(listing *l, db_stmt *stmt, pb_error *err)
{
    ledger_listed listed = {.sequence = (uint64_t)db_column_i64(stmt, 0)};
    event_body body;
    char kind[128];
    bool taken = true;
    l->next = listed.sequence;
    l->look--;
    if (!event_read(db_column_blob(stmt, 1), &body) || body.kind.len >= sizeof kind) {
        pb_fail(err, PB_CORRUPT, PB_MSG("Event {event} of the log was altered"), "event",
                PB_ARG_INT(listed.sequence), NULL);
        pb_error_hint(err, PB_MSG("Run `probity ledger verify` to see what was altered."), NULL);
        return PB_CORRUPT;
    }
    if (!fits(l->filter, &body))
        return PB_OK;
    memcpy(kind, body.kind.ptr, body.kind.len);
    kind[body.kind.len] = '\0';
    listed.event = body.event;
    listed.event.kind = kind;
    listed.payload = body.has_commitment;
    listed.erased = body.has_commitment && db_column_i64(stmt, 2) == 0;
    PB_TRY(l->each(l->context, &listed, &taken, err));
    l->limit -= taken;
    return PB_OK;
}

/* So many at a time: a server would send all rows there are. */
static pb_status slice(listing *l, db_session *session, bool *ret_more, pb_error *err)
{
    static const char sql[] =
        "SELECT e.seq, e.body, COALESCE((SELECT LENGTH(p.body) FROM ledger_payload AS p"
        " WHERE p.seq = e.seq), 0) FROM ledger_event AS e WHERE e.seq < ?1"
        " ORDER BY e.seq DESC LIMIT ?2";
    db_stmt *stmt;
    bool row = true;
    uint64_t most = l->look < SLICE ? l->look : SLICE, seen = 0;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, l->next > INT64_MAX ? INT64_MAX : (int64_t)l->next);
    db_bind_i64(stmt, 2, (int64_t)most);
    pb_status status = PB_OK;
    while (status == PB_OK && l->limit > 0) {
        status = db_step(stmt, &row, err);
        if (status != PB_OK || !row)
            break;
        seen++;
        status = take(l, stmt, err);
    }
    db_reset(stmt);
    if (!row && seen < most)
        l->next = 0;
    *ret_more = l->next > 0 && l->limit > 0 && l->look > 0;
    return status;
}

pb_status ledger_list(db_session *session, const ledger_filter *filter, uint64_t below,
                      uint64_t limit, uint64_t look, ledger_listed_each each, void *context,
                      uint64_t *ret_next, pb_error *err)
{
    listing l = {filter, below, limit, look, each, context};
    bool more = l.next > 0 && limit > 0 && look > 0;
    while (more)
        PB_TRY(slice(&l, session, &more, err));
    *ret_next = l.next;
    return PB_OK;
}
