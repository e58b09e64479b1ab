/* Taking over: everything that can be known is looked at before the first thing is changed, and
 * every step may be done again. */
#include "erasures.h"
#include "standby.h"

#include "base/cbor.h"
#include "base/time.h"
#include "db/log.h"
#include "sys/clock.h"
#include "sys/random.h"

typedef struct promoting {
    standby_work w;
    backup_promoted *out;
    bool standby; /* else an ordinary workspace that is taken back */
    bool asked;   /* the place could be */
    db_workspace *open;
    ledger_head before; /* of the ledger as it is taken over */
    fence_primary told;
    erasures gone;
} promoting;

static bool is_none(const pb_uuid *id)
{
    static const pb_uuid none = {{0}};
    return memcmp(id->b, none.b, sizeof none.b) == 0;
}

/* ---- opening ---- */

/* To be read: as a standby nothing of it is touched before all was looked at. */
static pb_status open_it(promoting *p, pb_error *err)
{
    db_options options = {.key = p->w.options->key, .older = DB_OLDER_REFUSE};
    return db_workspace_open(p->w.options->folder, p->w.schema, &options, &p->open, err);
}

static void close_it(promoting *p)
{
    p->open = db_workspace_close(p->open);
}

/* Nobody else may have it open, and nobody else feeds it. */
static pb_status open_to_write(promoting *p, pb_error *err)
{
    db_options options = {.key = p->w.options->key, .takes_over = true};
    if (!p->standby)
        return PB_OK;
    close_it(p);
    return db_workspace_open(p->w.options->folder, p->w.schema, &options, &p->open, err);
}

static pb_status read_epoch(promoting *p, db_epoch *ret_epoch, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(p->open, &session, err));
    pb_status status = db_epoch_read(session, ret_epoch, err);
    db_snapshot_close(session);
    return status;
}

/* ---- what would be lost ---- */

static bool accepted(const promoting *p)
{
    const char *said = p->w.options->accept_loss;
    int64_t number;
    if (said == NULL)
        return false;
    if (p->out->unknown)
        return strcmp(said, "unknown") == 0;
    return pb_str_to_i64(pb_str_c(said), &number) && number >= 0 &&
           (uint64_t)number == p->out->lost_events;
}

static pb_status refuse_unknown(const pb_error *why, pb_error *err)
{
    if (why == NULL)
        pb_fail(err, PB_DENIED,
                PB_MSG("The ledger known at the place is another one than that of this workspace."),
                NULL);
    else if (err != NULL)
        *err = *why;
    pb_error_hint(err,
                  PB_MSG("Nobody knows what would be lost. If it must be, say: --accept-loss "
                         "unknown"),
                  NULL);
    return why == NULL ? PB_DENIED : why->status;
}

static pb_status refuse_loss(const promoting *p, uint64_t from, uint64_t to, int64_t until_us,
                             pb_error *err)
{
    PB_AUTO_BUF until = PB_BUF_INIT(64);
    pb_instant_format(&until, until_us);
    pb_fail(err, PB_DENIED,
            PB_MSG("The primary is ahead: {count} events would be lost, numbers {from} to {to}."),
            "count", PB_ARG_INT(p->out->lost_events), "from", PB_ARG_INT(from), "to",
            PB_ARG_INT(to), NULL);
    if (until_us > 0)
        pb_error_detail(err,
                        PB_MSG("They are of {time} and before, and not at {place}, which knows of "
                               "them by the primary's signed head."),
                        "time", pb_buf_cstr(&until), "place", p->w.place, NULL);
    pb_error_hint(err,
                  PB_MSG("Let the primary send its log first: probity backup --log. If it is lost "
                         "and they with it, say: --accept-loss {count}"),
                  "count", PB_ARG_INT(p->out->lost_events), NULL);
    return PB_DENIED;
}

/* A head that is known at the place against the ledger here. */
static pb_status compare_head(promoting *p, db_session *session, uint64_t size,
                              const uint8_t root[32], bool *ret_ahead, pb_error *err)
{
    uint8_t own[32];
    *ret_ahead = size > p->before.size;
    if (size == 0 || *ret_ahead)
        return PB_OK;
    PB_TRY(ledger_root_at(session, size, own, err));
    if (memcmp(own, root, sizeof own) == 0)
        return PB_OK;
    p->out->lost = p->out->unknown = true;
    return accepted(p) ? PB_OK : refuse_unknown(NULL, err);
}

static pb_status judge(promoting *p, db_session *session, pb_error *err)
{
    bool told_ahead, backup_ahead;
    const backup_fed *fed = p->w.fed;
    p->out->lost = p->out->unknown = false;
    p->out->lost_events = 0;
    PB_TRY(compare_head(p, session, p->told.size, p->told.root, &told_ahead, err));
    PB_TRY(compare_head(p, session, fed->manifest_size, fed->manifest_root, &backup_ahead, err));
    if (p->out->unknown || (!told_ahead && !backup_ahead))
        return PB_OK;
    uint64_t known = p->told.size > fed->manifest_size ? p->told.size : fed->manifest_size;
    p->out->lost = true;
    p->out->lost_events = known - p->before.size;
    if (!p->standby) { /* the other went on by itself: where the two part nobody can tell */
        p->out->unknown = true;
        return accepted(p) ? PB_OK : refuse_unknown(NULL, err);
    }
    return accepted(p) ? PB_OK
                       : refuse_loss(p, p->before.size, known - 1,
                                     p->told.size == known ? p->told.head_us : 0, err);
}

typedef pb_status (*look_at)(promoting *p, db_session *session, pb_error *err);

static pb_status with_snapshot(promoting *p, look_at look, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(p->open, &session, err));
    pb_status status = look(p, session, err);
    db_snapshot_close(session);
    return status;
}

static pb_status read_head(promoting *p, db_session *session, pb_error *err)
{
    return ledger_head_read(session, &p->before, err);
}

/* ---- the place ---- */

static pb_status ask_place(promoting *p, pb_error *err)
{
    p->asked = false;
    PB_TRY(standby_open_place(&p->w, err));
    PB_TRY(fence_told(&p->w.source.room, &p->told, err));
    p->asked = true;
    return PB_OK;
}

/* The place cannot be asked: what is here is all there is, if that is accepted. */
static pb_status go_without(promoting *p, const pb_error *why, pb_error *err)
{
    const char *said = p->w.options->accept_loss;
    p->out->lost = p->out->unknown = true;
    if (said == NULL || strcmp(said, "unknown") != 0)
        return refuse_unknown(why, err);
    if (p->open == NULL)
        PB_TRY(open_it(p, err));
    return with_snapshot(p, read_head, err);
}

static pb_status bring_forward(promoting *p, bool anew, pb_error *err)
{
    close_it(p);
    p->w.anew = anew;
    PB_TRY(standby_bring(&p->w, err));
    PB_TRY(open_it(p, err));
    return with_snapshot(p, read_head, err);
}

/* Brings forward, once more from a newer backup when that holds what the log does not. */
static pb_status gather(promoting *p, pb_error *err)
{
    pb_error why = {0};
    if (ask_place(p, &why) != PB_OK)
        return go_without(p, &why, err);
    if (p->standby) {
        PB_TRY(bring_forward(p, false, err));
        if (p->w.fed->manifest_size > p->before.size)
            PB_TRY(bring_forward(p, true, err));
    } else {
        PB_TRY(with_snapshot(p, read_head, err));
    }
    return with_snapshot(p, judge, err);
}

static pb_status take_number(promoting *p, fence_epoch *mine, pb_error *err)
{
    fence_epoch latest = {0};
    db_epoch own;
    PB_TRY(read_epoch(p, &own, err));
    if (p->asked)
        PB_TRY(fence_latest(&p->w.source.room, &mine->epoch, p->w.arena, &latest, err));
    uint64_t most = own.number > latest.epoch.number ? own.number : latest.epoch.number;
    if (p->w.state.epoch > most)
        most = p->w.state.epoch;
    mine->epoch.number = most + 1;
    return PB_OK;
}

/* Who began last has to give way to nobody: both withdraw when two begin at once. */
static pb_status claim_place(promoting *p, const fence_epoch *mine, pb_error *err)
{
    fence_epoch other;
    backup_room *room = &p->w.source.room;
    PB_TRY(fence_put(room, mine, err));
    PB_TRY(fence_latest(room, &mine->epoch, p->w.arena, &other, err));
    if (other.epoch.number < mine->epoch.number)
        return PB_OK;
    fence_remove(room, &mine->epoch, NULL);
    pb_fail(err, PB_CONFLICT, PB_MSG("{by} is taking over, too."), "by", other.by, NULL);
    pb_error_hint(err, PB_MSG("See which of the two is to go on, then try again."), NULL);
    return PB_CONFLICT;
}

/* ---- the takeover itself ---- */

static pb_status log_promoted(promoting *p, db_session *session, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    uint64_t sequence;
    pb_cbor_map(&payload, 7);
    pb_cbor_text(&payload, PB_STR("takeover"));
    pb_cbor_uint(&payload, p->out->epoch.number);
    pb_cbor_text(&payload, PB_STR("place"));
    pb_cbor_text(&payload, pb_str_c(p->w.place));
    pb_cbor_text(&payload, PB_STR("ledger"));
    pb_cbor_uint(&payload, p->before.size);
    pb_cbor_text(&payload, PB_STR("root"));
    pb_cbor_bytes(&payload, pb_str_n((const char *)p->before.root, sizeof p->before.root));
    pb_cbor_text(&payload, PB_STR("lost"));
    if (p->out->unknown)
        pb_cbor_text(&payload, PB_STR("unknown"));
    else
        pb_cbor_uint(&payload, p->out->lost_events);
    pb_cbor_text(&payload, PB_STR("erased_again"));
    pb_cbor_uint(&payload, p->out->erased);
    pb_cbor_text(&payload, PB_STR("notes"));
    pb_cbor_uint(&payload, p->out->notes);
    if (payload.failed)
        return pb_fail_memory(err);
    ledger_event event = {.kind = "workspace.promoted",
                          .at_us = p->w.call->now_us,
                          .actor = p->w.call->actor,
                          .payload = pb_buf_str(&payload)};
    PB_TRY(ledger_append(session, &event, &sequence, err));
    p->out->events = sequence + 1;
    return PB_OK;
}

static pb_status promote_work(db_session *session, void *context, pb_error *err)
{
    promoting *p = context;
    PB_TRY(erasures_apply(&p->gone, session, p->w.call->actor, p->w.call->now_us, &p->out->erased,
                          err));
    PB_TRY(standby_take_notes(p->open, session, &p->out->notes, err));
    PB_TRY(log_promoted(p, session, err));
    return db_epoch_write(session, &p->out->epoch, err);
}

/* A log that went on from here would have two ends under one name: it begins anew. */
static pb_status end_standby(promoting *p, pb_error *err)
{
    bool kept = false;
    if (p->standby)
        return db_standby_end(p->open, err);
    PB_TRY(db_log_is_kept(p->open, &kept, err));
    if (!kept)
        return PB_OK;
    PB_TRY(db_log_keep(p->open, false, err));
    return db_log_keep(p->open, true, err);
}

static pb_status store_claim(promoting *p, const pb_uuid *claim, pb_error *err)
{
    p->w.state.claim = *claim;
    return p->standby ? db_standby_write(p->w.options->folder, &p->w.state, err) : PB_OK;
}

/* The place is told, asked once more for what came meanwhile, and freed again when that ends it. */
static pb_status fence(promoting *p, fence_epoch *mine, pb_error *err)
{
    uint64_t size = p->before.size;
    PB_TRY(claim_place(p, mine, err));
    pb_status status = gather(p, err);
    if (status == PB_OK && p->before.size != size)
        status = standby_verify(&p->w, p->open, &p->out->report, err);
    if (status != PB_OK && p->w.opened)
        fence_remove(&p->w.source.room, &mine->epoch, NULL);
    p->out->fenced = status == PB_OK;
    return status;
}

static pb_status take_over(promoting *p, pb_error *err)
{
    static const pb_uuid none = {{0}};
    fence_epoch mine = {.at_us = p->w.call->now_us};
    uint8_t random[8];
    sys_random(random, sizeof random);
    PB_TRY(backup_own_name(p->open, mine.by, err));
    bool again = !is_none(&p->w.state.claim);
    mine.epoch.holder = again ? p->w.state.claim : pb_uuid_v7(sys_now_us(), random);
    PB_TRY(standby_verify(&p->w, p->open, &p->out->report, err));
    PB_TRY(take_number(p, &mine, err));
    PB_TRY(store_claim(p, &mine.epoch.holder, err));
    pb_status status = p->asked ? fence(p, &mine, err) : PB_OK;
    if (status != PB_OK) {
        store_claim(p, &none, NULL);
        return status;
    }
    p->out->epoch = mine.epoch;
    PB_TRY(erasures_init(&p->gone, p->w.arena, err));
    if (p->asked)
        PB_TRY(erasures_read_room(&p->gone, &p->w.source.room, err));
    PB_TRY(open_to_write(p, err));
    PB_TRY(db_write(p->open, promote_work, p, err));
    return end_standby(p, err);
}

/* A takeover that was interrupted behind its last write only has its mark left to be taken away;
 * opening it does so. */
static pb_status finished_before(promoting *p, bool *ret_finished, pb_error *err)
{
    db_epoch own;
    ledger_head head;
    db_session *session = NULL;
    *ret_finished = false;
    if (is_none(&p->w.state.claim))
        return PB_OK;
    PB_TRY(open_it(p, err));
    PB_TRY(read_epoch(p, &own, err));
    if (memcmp(own.holder.b, p->w.state.claim.b, sizeof own.holder.b) != 0) {
        close_it(p);
        return PB_OK;
    }
    *ret_finished = true;
    p->out->epoch = own;
    p->out->fenced = true;
    PB_TRY(standby_verify(&p->w, p->open, &p->out->report, err));
    PB_TRY(db_snapshot_open(p->open, &session, err));
    pb_status status = ledger_head_read(session, &head, err);
    db_snapshot_close(session);
    PB_TRY(status);
    p->out->events = head.size;
    return db_standby_end(p->open, err);
}

/* An ordinary workspace: where it is to be taken back from must be said. */
static pb_status begin_ordinary(promoting *p, pb_error *err)
{
    if (p->w.options->from == NULL) {
        pb_fail(err, PB_USAGE, PB_MSG("{path} is no standby: there is nothing to take over."),
                "path", p->w.options->folder, NULL);
        pb_error_hint(err,
                      PB_MSG("To take it back from another that took over, name the place both "
                             "send to: --from PLACE"),
                      NULL);
        return PB_USAGE;
    }
    p->w.arena = pb_arena_new((size_t)8 << 30);
    if (p->w.arena == NULL)
        return pb_fail_memory(err);
    p->w.place = p->w.options->from;
    PB_TRY(open_it(p, err));
    return backup_workspace_id(p->open, &p->w.state.workspace, err);
}

static pb_status promote(promoting *p, pb_error *err)
{
    bool finished = false;
    p->standby = db_standby_there(p->w.options->folder);
    if (p->standby) {
        PB_TRY(standby_begin(&p->w, err));
        PB_TRY(finished_before(p, &finished, err));
    } else {
        PB_TRY(begin_ordinary(p, err));
    }
    if (finished)
        return PB_OK;
    PB_TRY(gather(p, err));
    return take_over(p, err);
}

pb_status backup_standby_promote(const model_schema *schema, const backup_call *call,
                                 const backup_standby_options *options,
                                 backup_promoted *ret_promoted, pb_error *err)
{
    int64_t start = sys_monotonic_us();
    *ret_promoted = (backup_promoted){0};
    promoting p = {.w = {.schema = schema, .call = call, .options = options}, .out = ret_promoted};
    p.w.fed = &ret_promoted->fed;
    pb_status status = promote(&p, err);
    close_it(&p);
    standby_end(&p.w);
    ret_promoted->fed.us = sys_monotonic_us() - start;
    return status;
}
