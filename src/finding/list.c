/* Reading the work list. */
#include "internal.h"

#include "base/time.h"

pb_status finding_read(db_session *session, int64_t n, pb_arena *arena, finding_item *ret_item,
                       pb_error *err)
{
    static const char sql[] = "SELECT " FINDING_COLUMNS " FROM t_finding WHERE n = ?1";
    db_stmt *stmt;
    bool there = false;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &there, err));
    if (!there)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no finding {number}."), "number",
                       PB_ARG_INT(n), NULL);
    pb_status status = finding_row_read(stmt, arena, ret_item, err);
    db_reset(stmt);
    return status;
}

static bool is_or_open(pb_str wanted, pb_str found)
{
    return wanted.len == 0 || pb_str_eq(wanted, found);
}

static bool fits(const finding_filter *filter, const finding_item *item)
{
    if (filter->one_state && item->state != filter->state)
        return false;
    if (filter->owner != NULL && memcmp(filter->owner->b, item->owner.b, sizeof item->owner.b) != 0)
        return false;
    if (filter->due_until != 0 &&
        (item->due == INT64_MIN || item->due > filter->due_until || item->state == FINDING_MENDED))
        return false;
    return is_or_open(filter->area, item->area) && is_or_open(filter->grade, item->grade) &&
           is_or_open(filter->entity, item->entity);
}

typedef struct gathering {
    const finding_filter *filter;
    pb_arena *arena;
    finding_item *items;
    size_t count, room;
} gathering;

/* At most one row a control: all are read, and those that fit are kept. */
static pb_status gather(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    finding_item item;
    PB_TRY(finding_row_read(stmt, g->arena, &item, err));
    if (!fits(g->filter, &item))
        return PB_OK;
    return PB_PUSH(g->arena, g->items, g->count, g->room, item) ? PB_OK : pb_fail_memory(err);
}

pb_status finding_list(db_session *session, const finding_filter *filter, pb_arena *arena,
                       finding_item **ret_items, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " FINDING_COLUMNS " FROM t_finding ORDER BY"
        " CASE state WHEN 'open' THEN 0 WHEN 'accepted' THEN 1 WHEN 'waived' THEN 2 ELSE 3 END,"
        " CASE grade WHEN 'essential' THEN 0 WHEN 'important' THEN 1 ELSE 2 END,"
        " failing DESC, control";
    gathering g = {.filter = filter, .arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_each(stmt, gather, &g, err));
    *ret_items = g.items;
    *ret_count = g.count;
    return PB_OK;
}

/* ---- what is let be ---- */

typedef struct letting {
    int64_t day;
    pb_arena *arena;
    audit_waiver *waivers;
    size_t count, room;
} letting;

static pb_status let_one(void *context, db_stmt *stmt, pb_error *err)
{
    letting *l = context;
    finding_item item;
    PB_AUTO_BUF until = PB_BUF_INIT(64);
    PB_TRY(finding_row_read(stmt, l->arena, &item, err));
    /* What an audit noted was declared elsewhere, and is so no longer once it is not there. */
    if (item.until == INT64_MIN || item.until < l->day || item.said_by.ptr == NULL)
        return PB_OK;
    pb_date_format(&until, item.until);
    audit_waiver waiver = {.control = item.control,
                           .until = pb_arena_str(l->arena, pb_buf_str(&until)),
                           .by = item.said_by,
                           .why = item.note};
    if (waiver.until.ptr == NULL || !PB_PUSH(l->arena, l->waivers, l->count, l->room, waiver))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status finding_waivers(db_session *session, int64_t day, pb_arena *arena,
                          audit_waiver **ret_waivers, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " FINDING_COLUMNS " FROM t_finding WHERE state = 'waived' ORDER BY control";
    letting l = {.day = day, .arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_each(stmt, let_one, &l, err));
    *ret_waivers = l.waivers;
    *ret_count = l.count;
    return PB_OK;
}
