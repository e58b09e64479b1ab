/* The log for who may look at it. */
#include "service/ledger.h"

#include "access.h"
#include "base/cbor.h"
#include "db/move.h"
#include "internal.h"

/* Whether an event about a record of `entity` may be told to who asks. */
static bool in_reach(const service_call *call, pb_str entity)
{
    const identity_actor *who = call->who;
    if (who == NULL || who->holder || !who->scope.limited || entity.len == 0)
        return true;
    for (size_t i = 0; i < who->scope.entity_count; i++)
        if (pb_str_eq(who->scope.entities[i], entity))
            return true;
    return false;
}

/* Whoever was told of the log, and of how much of it. */
static pb_status log_looked(const service_call *call, db_workspace *workspace, uint64_t first,
                            uint64_t last, size_t count, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    if (count == 0 || db_moved_to(workspace) != NULL)
        return PB_OK;
    pb_cbor_map(&payload, 3 + (size_t)(call->device.len > 0) + (size_t)(call->address.len > 0));
    pb_cbor_text(&payload, PB_STR("last"));
    pb_cbor_uint(&payload, last);
    pb_cbor_text(&payload, PB_STR("count"));
    pb_cbor_uint(&payload, count);
    pb_cbor_text(&payload, PB_STR("first"));
    pb_cbor_uint(&payload, first);
    service_put_place(&payload, "device", call->device);
    service_put_place(&payload, "address", call->address);
    if (payload.failed)
        return pb_fail_memory(err);
    return service_log(workspace, call, "ledger.read", pb_buf_str(&payload), err);
}

/* ---- heads ---- */

static pb_status text_of(const pb_buf *buf, pb_arena *arena, pb_str *ret_text, pb_error *err)
{
    *ret_text = buf->failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(buf));
    return ret_text->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_head(db_session *session, pb_arena *arena, service_head *ret, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(65536), key = PB_BUF_INIT(65536);
    PB_TRY(ledger_head_read(session, &ret->head, err));
    PB_TRY(ledger_head_note(session, &note, err));
    PB_TRY(ledger_key_text(session, &key, err));
    PB_TRY(text_of(&note, arena, &ret->note, err));
    return text_of(&key, arena, &ret->key, err);
}

pb_status service_ledger_may(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_may_do(call, workspace, IDENTITY_OP_LEDGER, err);
}

pb_status service_ledger_head(const service_call *call, db_workspace *workspace, pb_arena *arena,
                              service_head *ret_head, pb_error *err)
{
    db_session *session = NULL;
    service_head head;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_LEDGER, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_head(session, arena, &head, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        *ret_head = head;
    return status;
}

/* ---- events ---- */

typedef struct gathering {
    const service_call *call;
    pb_arena *arena;
    service_events *page;
    size_t room;
} gathering;

static bool keep_text(pb_arena *arena, pb_str *text)
{
    if (text->ptr == NULL)
        return true;
    *text = pb_arena_str(arena, *text);
    return text->ptr != NULL;
}

static pb_status gather(void *context, const ledger_listed *listed, bool *ret_taken, pb_error *err)
{
    gathering *g = context;
    ledger_listed kept = *listed;
    ledger_event *event = &kept.event;
    *ret_taken = in_reach(g->call, event->entity);
    if (!*ret_taken)
        return PB_OK;
    event->kind = pb_arena_cstr(g->arena, pb_str_c(event->kind));
    bool good = event->kind != NULL && keep_text(g->arena, &event->actor.name) &&
                keep_text(g->arena, &event->actor.purpose) &&
                keep_text(g->arena, &event->actor.via) && keep_text(g->arena, &event->entity) &&
                PB_PUSH(g->arena, g->page->events, g->page->count, g->room, kept);
    return good ? PB_OK : pb_fail_memory(err);
}

static pb_status check_asked(const service_events_asked *asked, pb_error *err)
{
    pb_str kind = asked->filter.kind;
    if (asked->limit > SERVICE_EVENTS_MOST) {
        pb_fail(err, PB_USAGE, PB_MSG("So many events are not given at once: {value}."), "value",
                PB_ARG_INT((int64_t)asked->limit), NULL);
        pb_error_hint(err, PB_MSG("Ask for {most} at most, then for those below `next`."), "most",
                      PB_ARG_INT(SERVICE_EVENTS_MOST), NULL);
        return PB_USAGE;
    }
    if (kind.len > 0 && ledger_kind_says(kind) == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("There is no kind of event “{value}”."), "value",
                       PB_ARG(kind), NULL);
    return PB_OK;
}

pb_status service_ledger_events(const service_call *call, db_workspace *workspace,
                                const service_events_asked *asked, pb_arena *arena,
                                service_events *ret_events, pb_error *err)
{
    service_events page = {.count = 0};
    gathering g = {call, arena, &page, 0};
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_LEDGER, err));
    PB_TRY(check_asked(asked, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status =
        ledger_list(session, &asked->filter, asked->below > 0 ? asked->below : UINT64_MAX,
                    asked->limit > 0 ? asked->limit : SERVICE_EVENTS_USUAL, SERVICE_EVENTS_LOOK,
                    gather, &g, &page.next, err);
    db_snapshot_close(session);
    if (status == PB_OK && page.count > 0)
        status = log_looked(call, workspace, page.events[page.count - 1].sequence,
                            page.events[0].sequence, page.count, err);
    if (status == PB_OK)
        *ret_events = page;
    return status;
}

/* ---- proofs ---- */

static pb_status prove(db_session *session, const service_call *call, uint64_t sequence,
                       pb_buf *out_json, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    ledger_event event;
    bool erased;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_read(session, sequence, arena, &event, &erased, err));
    if (!in_reach(call, event.entity))
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no event {event}"), "event",
                       PB_ARG_INT(sequence), NULL);
    return ledger_prove(session, sequence, out_json, err);
}

pb_status service_ledger_proof(const service_call *call, db_workspace *workspace, uint64_t sequence,
                               pb_buf *out_json, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_LEDGER, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = prove(session, call, sequence, out_json, err);
    db_snapshot_close(session);
    return status == PB_OK ? log_looked(call, workspace, sequence, sequence, 1, err) : status;
}

pb_status service_ledger_consistency(const service_call *call, db_workspace *workspace,
                                     uint64_t old_size, uint64_t new_size, pb_buf *out_json,
                                     pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_LEDGER, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = ledger_consistency(session, old_size, new_size, out_json, err);
    db_snapshot_close(session);
    return status;
}
