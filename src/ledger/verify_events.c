/* Checking one event: its bytes, its payload, its place in its record's history. */
#include "kinds.h"
#include "verify.h"

static bool push(verifier *v, verify_list *list, uint64_t sequence)
{
    return PB_PUSH(v->arena, list->items, list->count, list->capacity, sequence);
}

/* Something about an event does not fit: was it the event itself that was altered? */
static pb_status blame(verifier *v, const merkle_hash *leaf, const char *says, pb_error *err)
{
    bool intact;
    PB_TRY(verify_intact(v, v->count, leaf, &intact, err));
    return verify_fail_event(intact ? says : PB_MSG("Event {event} of the log was altered"),
                             v->count, err);
}

pb_status verify_payload_next(verifier *v, pb_error *err)
{
    PB_TRY(db_step(v->payloads, &v->payload_there, err));
    if (v->payload_there)
        v->payload_of = (uint64_t)db_column_i64(v->payloads, 0);
    return PB_OK;
}

static pb_status check_payload(verifier *v, const event_body *body, const merkle_hash *leaf,
                               pb_error *err)
{
    if (v->payload_there && v->payload_of < v->count)
        return verify_fail_event(PB_MSG("The payload of event {event} was altered"), v->payload_of,
                                 err);
    bool there = v->payload_there && v->payload_of == v->count;
    if (!body->has_commitment)
        return there ? blame(v, leaf, PB_MSG("The payload of event {event} was altered"), err)
                     : PB_OK;
    if (!there)
        return push(v, &v->missing, v->count) ? PB_OK : pb_fail_memory(err);
    pb_str stored = db_column_blob(v->payloads, 1);
    merkle_hash sum = merkle_hmac(pb_str_sub(stored, 0, LEDGER_SALT),
                                  pb_str_sub(stored, LEDGER_SALT, stored.len));
    if (stored.len <= LEDGER_SALT || memcmp(sum.b, body->commitment.b, sizeof sum.b) != 0)
        return blame(v, leaf, PB_MSG("The payload of event {event} was altered"), err);
    v->report.payloads++;
    return verify_payload_next(v, err);
}

/* True when event `sequence` is about the same record. */
static pb_status same_record(verifier *v, uint64_t sequence, const event_body *body, bool *ret_same,
                             pb_error *err)
{
    static const char sql[] = "SELECT body FROM ledger_event WHERE seq = ?1";
    db_stmt *stmt;
    bool row;
    event_body other;
    PB_TRY(db_prepare(v->session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    PB_TRY(db_step(stmt, &row, err));
    *ret_same = row && event_read(db_column_blob(stmt, 0), &other) && other.has_record &&
                pb_str_eq(other.event.entity, body->event.entity) &&
                memcmp(other.event.record.b, body->event.record.b, 16) == 0;
    db_reset(stmt);
    return PB_OK;
}

/* The steps of a record's history form one chain without forks. */
static pb_status check_chain(verifier *v, const event_body *body, const merkle_hash *leaf,
                             pb_error *err)
{
    const ledger_kind *kind = ledger_kind_find(body->kind);
    if (!body->has_record || !kind || !kind->record)
        return PB_OK;
    verify_bit_set(v->record_events, v->count);
    if (body->event.previous == 0)
        return PB_OK;
    uint64_t previous = body->event.previous - 1;
    bool good = previous < v->count && verify_bit(v->record_events, previous) &&
                !verify_bit(v->superseded, previous);
    if (good)
        PB_TRY(same_record(v, previous, body, &good, err));
    if (!good)
        return blame(v, leaf,
                     PB_MSG("Event {event} does not follow the event before it of its record"),
                     err);
    verify_bit_set(v->superseded, previous);
    return PB_OK;
}

pb_status verify_event(verifier *v, pb_str bytes, const merkle_hash *leaf, pb_error *err)
{
    event_body body;
    if (v->count >= v->total)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The log changed while it was read"), NULL);
    if (!event_read(bytes, &body))
        return blame(v, leaf, PB_MSG("Event {event} has a form this version does not know"), err);
    PB_TRY(check_payload(v, &body, leaf, err));
    if (body.event.about > 0 && pb_str_is(body.kind, "payload.erased")) {
        if (body.event.about > v->count)
            return blame(v, leaf, PB_MSG("Event {event} erases what was not there yet"), err);
        if (!push(v, &v->erased, body.event.about - 1))
            return pb_fail_memory(err);
    }
    return check_chain(v, &body, leaf, err);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

pb_status verify_payloads_end(verifier *v, pb_error *err)
{
    if (v->payload_there)
        return verify_fail_event(PB_MSG("The payload of event {event} was altered"), v->payload_of,
                                 err);
    if (v->erased.count > 1)
        qsort(v->erased.items, v->erased.count, sizeof *v->erased.items, compare_u64);
    size_t at = 0;
    for (size_t i = 0; i < v->missing.count; i++, at++) {
        uint64_t sequence = v->missing.items[i];
        if (at < v->erased.count && v->erased.items[at] < sequence)
            break;
        if (at >= v->erased.count || v->erased.items[at] > sequence)
            return verify_fail_event(PB_MSG("The payload of event {event} is missing"), sequence,
                                     err);
    }
    if (at < v->erased.count)
        return verify_fail_event(
            PB_MSG("The payload of event {event} is there although it was erased"),
            v->erased.items[at], err);
    v->report.erased = v->missing.count;
    return PB_OK;
}
