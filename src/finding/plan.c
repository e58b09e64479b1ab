/* Planned audits: versions of what is planned, and what is due next. */
#include "finding/plan.h"

#include "base/cbor.h"
#include "base/time.h"
#include "internal.h"

#include <stdlib.h>

enum { BODY_MAX = 1 << 20, BODY_MEMBERS = 9, WEEK = 7 };

const char *const finding_repeat_words[FINDING_REPEATS] = {"once", "weekly", "monthly", "quarterly",
                                                           "yearly"};

/* ---- days ---- */

/* The same day so many months later, or the last one where that month is too short. */
static int64_t months_later(int64_t day, int months)
{
    int year, month, date;
    int64_t later;
    pb_date_to_civil(day, &year, &month, &date);
    month += months;
    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    while (!pb_date_from_civil(year, month, date, &later) && date > 28)
        date--;
    return pb_date_from_civil(year, month, date, &later) ? later : INT64_MIN;
}

/* The day behind `due` that a repetition falls on next after `day`; INT64_MIN for FINDING_ONCE.
 * Counted from the first day, so that the 31st stays the 31st behind a short month; the last day of
 * one that is too short. */
static int64_t next_due(finding_repeat repeat, int64_t due, int64_t day)
{
    static const int months[FINDING_REPEATS] = {
        [FINDING_MONTHLY] = 1, [FINDING_QUARTERLY] = 3, [FINDING_YEARLY] = 12};
    int64_t next = due;
    if (repeat == FINDING_ONCE || due == INT64_MIN)
        return INT64_MIN;
    if (repeat == FINDING_WEEKLY)
        return due + ((day > due ? day - due : 0) / WEEK + 1) * WEEK;
    for (int step = 1; next != INT64_MIN && (next <= due || next <= day); step++)
        next = months_later(due, step * months[repeat]);
    return next;
}

/* ---- the body ---- */

static void put_list(pb_buf *out, const model_strs *list)
{
    pb_cbor_array(out, list->count);
    for (size_t i = 0; i < list->count; i++)
        pb_cbor_text(out, list->items[i]);
}

static void put_body(pb_buf *out, const finding_plan *plan)
{
    pb_cbor_array(out, BODY_MEMBERS);
    pb_cbor_text(out, plan->name);
    pb_cbor_text(out, plan->goals);
    pb_cbor_text(out, plan->criteria);
    pb_cbor_uint(out, (uint64_t)plan->repeat);
    put_list(out, &plan->entities);
    put_list(out, &plan->areas);
    put_list(out, &plan->controls);
    put_list(out, &plan->team);
    pb_cbor_text(out, plan->source);
}

static bool take_text(pb_cbor *in, pb_arena *arena, pb_str *ret)
{
    *ret = pb_arena_str(arena, pb_cbor_get_text(in));
    return ret->ptr != NULL;
}

static bool take_list(pb_cbor *in, pb_arena *arena, model_strs *ret)
{
    size_t count = pb_cbor_get_array(in);
    pb_str *items = pb_arena_array(arena, count + 1, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_text(in, arena, &items[i]))
            return false;
    *ret = (model_strs){items, count};
    return true;
}

static bool take_body(pb_cbor *in, pb_arena *arena, finding_plan *plan)
{
    size_t members = pb_cbor_get_array(in); /* of older ones the source is not said */
    in->bad = in->bad || (members != BODY_MEMBERS && members != BODY_MEMBERS - 1);
    bool memory = take_text(in, arena, &plan->name) && take_text(in, arena, &plan->goals) &&
                  take_text(in, arena, &plan->criteria);
    uint64_t repeat = pb_cbor_get_uint(in);
    in->bad = in->bad || repeat >= FINDING_REPEATS;
    plan->repeat = (finding_repeat)(repeat % FINDING_REPEATS);
    return memory && take_list(in, arena, &plan->entities) && take_list(in, arena, &plan->areas) &&
           take_list(in, arena, &plan->controls) && take_list(in, arena, &plan->team) &&
           (members < BODY_MEMBERS || take_text(in, arena, &plan->source));
}

/* ---- reading ---- */

typedef struct gathering {
    pb_arena *arena;
    bool newest; /* of each plan the first row only, where it is gone or not as `gone` says */
    bool gone;
    int64_t last;
    finding_plan *plans;
    size_t count, room;
} gathering;

static pb_status gather(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    finding_plan plan = {.plan = db_column_i64(stmt, 0),
                         .version = db_column_i64(stmt, 1),
                         .due = db_take_number(stmt, 3, INT64_MIN),
                         .gone = db_column_i64(stmt, 4) != 0,
                         .at_us = db_column_i64(stmt, 6),
                         .run = db_take_number(stmt, 7, 0)};
    pb_cbor in = {.in = db_column_blob(stmt, 2)};
    bool passed = g->newest && plan.plan == g->last;
    g->last = plan.plan;
    if (passed || (g->newest && plan.gone != g->gone))
        return PB_OK;
    if (!take_body(&in, g->arena, &plan) || !db_take_text(stmt, 5, g->arena, &plan.by))
        return pb_fail_memory(err);
    if (!pb_cbor_done(&in))
        return db_fail_altered("t_audit_plan", err);
    return PB_PUSH(g->arena, g->plans, g->count, g->room, plan) ? PB_OK : pb_fail_memory(err);
}

static pb_status gather_all(db_session *session, int64_t only, gathering *g, pb_error *err)
{
    static const char sql[] = "SELECT plan, version, body, due, gone, by, at_us, run"
                              " FROM t_audit_plan WHERE plan >= ?1 AND plan <= ?2"
                              " ORDER BY plan, version DESC";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, only);
    db_bind_i64(stmt, 2, only > 0 ? only : INT64_MAX);
    return db_each(stmt, gather, g, err);
}

static int by_due(const void *a, const void *b)
{
    const finding_plan *left = a, *right = b;
    uint64_t day_left = (uint64_t)left->due - (uint64_t)INT64_MIN - 1; /* done: the last of all */
    uint64_t day_right = (uint64_t)right->due - (uint64_t)INT64_MIN - 1;
    if (day_left != day_right)
        return day_left < day_right ? -1 : 1;
    return left->plan < right->plan ? -1 : 1;
}

pb_status finding_plan_list(db_session *session, bool gone, pb_arena *arena,
                            finding_plan **ret_plans, size_t *ret_count, pb_error *err)
{
    gathering g = {.arena = arena, .newest = true, .gone = gone};
    PB_TRY(gather_all(session, 0, &g, err));
    if (g.count > 1)
        qsort(g.plans, g.count, sizeof *g.plans, by_due);
    *ret_plans = g.plans;
    *ret_count = g.count;
    return PB_OK;
}

static pb_status fail_none(int64_t plan, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no planned audit {number}."), "number",
                   PB_ARG_INT(plan), NULL);
}

static pb_status fail_there(const finding_plan *plan, pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("The planned audit {number}, “{name}”, was not taken away."),
            "number", PB_ARG_INT(plan->plan), "name", PB_ARG(plan->name), NULL);
    pb_error_hint(
        err, PB_MSG("It is there as it was: only one that was taken away is brought back."), NULL);
    return PB_CONFLICT;
}

pb_status finding_plan_history(db_session *session, int64_t plan, pb_arena *arena,
                               finding_plan **ret_versions, size_t *ret_count, pb_error *err)
{
    gathering g = {.arena = arena};
    PB_TRY(gather_all(session, plan, &g, err));
    if (g.count == 0)
        return fail_none(plan, err);
    *ret_versions = g.plans;
    *ret_count = g.count;
    return PB_OK;
}

pb_status finding_plan_read(db_session *session, int64_t plan, pb_arena *arena,
                            finding_plan *ret_plan, pb_error *err)
{
    gathering g = {.arena = arena, .newest = true};
    PB_TRY(gather_all(session, plan, &g, err));
    if (g.count == 0)
        return fail_none(plan, err);
    *ret_plan = g.plans[0];
    return PB_OK;
}

/* ---- keeping ---- */

static pb_status log_plan(db_session *session, const finding_call *call, const finding_plan *plan,
                          pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4 << 10);
    uint64_t sequence;
    bool due = plan->due != INT64_MIN, run = plan->run > 0;
    pb_cbor_map(&payload, 3 + (size_t)due + (size_t)run + (size_t)plan->gone);
    if (due) {
        pb_cbor_text(&payload, PB_STR("due"));
        pb_cbor_int(&payload, plan->due);
    }
    if (run) {
        pb_cbor_text(&payload, PB_STR("run"));
        pb_cbor_int(&payload, plan->run);
    }
    if (plan->gone) {
        pb_cbor_text(&payload, PB_STR("gone"));
        pb_cbor_bool(&payload, true);
    }
    pb_cbor_text(&payload, PB_STR("name"));
    pb_cbor_text(&payload, plan->name);
    pb_cbor_text(&payload, PB_STR("plan"));
    pb_cbor_int(&payload, plan->plan);
    pb_cbor_text(&payload, PB_STR("version"));
    pb_cbor_int(&payload, plan->version);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "audit.planned",
                                .at_us = call->now_us,
                                .actor = call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status add_version(db_session *session, const finding_call *call, finding_plan *plan,
                             pb_error *err)
{
    static const char next[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_plan";
    static const char sql[] =
        "INSERT INTO t_audit_plan (n, plan, version, body, due, gone, by, at_us, run)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    PB_AUTO_BUF body = PB_BUF_INIT(BODY_MAX);
    int64_t n = 0;
    db_stmt *stmt;
    plan->version++;
    plan->at_us = call->now_us;
    plan->by = call->actor.name;
    put_body(&body, plan);
    if (body.failed)
        return pb_fail_memory(err);
    PB_TRY(db_next_number(session, next, &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, plan->plan);
    db_bind_i64(stmt, 3, plan->version);
    db_bind_blob(stmt, 4, pb_buf_str(&body));
    db_bind_unless(stmt, 5, plan->due, INT64_MIN);
    db_bind_i64(stmt, 6, plan->gone);
    db_bind_text(stmt, 7, plan->by.ptr == NULL ? PB_STR("") : plan->by);
    db_bind_i64(stmt, 8, plan->at_us);
    db_bind_unless(stmt, 9, plan->run, 0);
    PB_TRY(db_run(stmt, err));
    return log_plan(session, call, plan, err);
}

pb_status finding_plan_put(db_session *session, const finding_call *call, int64_t version,
                           finding_plan *plan, pb_error *err)
{
    static const char next[] = "SELECT COALESCE(MAX(plan), 0) + 1 FROM t_audit_plan";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    finding_plan now;
    if (arena == NULL)
        return pb_fail_memory(err);
    plan->run = 0;
    if (plan->plan == 0) {
        plan->version = 0;
        PB_TRY(db_next_number(session, next, &plan->plan, err));
        return add_version(session, call, plan, err);
    }
    PB_TRY(finding_plan_read(session, plan->plan, arena, &now, err));
    if (version != 0 && version != now.version) {
        pb_fail(err, PB_CONFLICT,
                PB_MSG("It was changed since: this is no longer version {value}."), "value",
                PB_ARG_INT(version), NULL);
        pb_error_hint(err, PB_MSG("Read it anew, look at what changed, and send the new ETag."),
                      NULL);
        return PB_CONFLICT;
    }
    plan->version = now.version;
    return add_version(session, call, plan, err);
}

pb_status finding_plan_restore(db_session *session, const finding_call *call, int64_t plan,
                               pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    finding_plan *versions = NULL;
    size_t count = 0;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(finding_plan_history(session, plan, arena, &versions, &count, err));
    if (!versions[0].gone || count < 2)
        return fail_there(&versions[0], err);
    finding_plan again = versions[1];
    again.version = versions[0].version;
    again.run = 0;
    return add_version(session, call, &again, err);
}

pb_status finding_plan_done(db_session *session, const finding_call *call, int64_t plan,
                            int64_t run, int64_t day, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    finding_plan now;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(finding_plan_read(session, plan, arena, &now, err));
    now.due = next_due(now.repeat, now.due, day);
    now.run = run;
    return add_version(session, call, &now, err);
}
