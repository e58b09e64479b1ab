/* The work list goes on from an audit: new findings, mends proved, what came back. */
#include "internal.h"

#include "base/map.h"
#include "base/time.h"

typedef struct syncing {
    db_session *session;
    const finding_call *call;
    int64_t run;
    int64_t day;
    pb_arena *arena;
    finding_item *items;
    pb_map *known; /* control → place in `items` + 1 */
} syncing;

static pb_status load(syncing *s, pb_error *err)
{
    static const finding_filter all;
    size_t count = 0;
    s->known = pb_map_new(s->arena);
    if (s->known == NULL)
        return pb_fail_memory(err);
    PB_TRY(finding_list(s->session, &all, s->arena, &s->items, &count, err));
    for (size_t i = 0; i < count; i++) {
        uint64_t *place = pb_map_put(s->known, s->items[i].control, NULL);
        if (place == NULL)
            return pb_fail_memory(err);
        *place = i + 1;
    }
    return PB_OK;
}

static pb_status store(const syncing *s, finding_item *item, const char *kind, pb_error *err)
{
    item->changed_us = s->call->now_us;
    item->said_by = PB_STR_NONE;
    PB_TRY(finding_row_store(s->session, item, err));
    return finding_event(s->session, s->call, kind, item, s->run, err);
}

/* A day that waivers were written with; what is none counts as this day. */
static int64_t until_of(const syncing *s, const audit_finding *found)
{
    int64_t day;
    return pb_date_parse(found->waived_until, &day) ? day : s->day;
}

static pb_status open_new(const syncing *s, const audit_finding *found, pb_error *err)
{
    const audit_control *control = found->control;
    finding_item item = {.control = control->id,
                         .area = control->area,
                         .grade = pb_str_c(model_grade_name(control->grade)),
                         .entity = control->entity != NULL ? control->entity->name : PB_STR_NONE,
                         .state = FINDING_OPEN,
                         .due = INT64_MIN,
                         .until = INT64_MIN,
                         .population = found->population,
                         .failing = found->failing,
                         .first_run = s->run,
                         .last_run = s->run,
                         .opened_us = s->call->now_us};
    if (found->outcome == AUDIT_WAIVED) {
        item.state = FINDING_WAIVED;
        item.until = until_of(s, found);
        item.note = found->waived_why;
    }
    return store(s, &item, "finding.opened", err);
}

static pb_status still_fails(const syncing *s, finding_item *item, pb_error *err)
{
    bool back =
        item->state == FINDING_MENDED || (item->state == FINDING_WAIVED && item->until < s->day);
    if (!back) /* only the figures are new: whoever has the finding in hand need not begin anew */
        return PB_OK;
    item->state = FINDING_OPEN;
    item->proved = 0;
    item->until = INT64_MIN;
    item->opened_us = s->call->now_us;
    return store(s, item, "finding.returned", err);
}

static pb_status let_be(const syncing *s, const audit_finding *found, finding_item *item,
                        pb_error *err)
{
    int64_t until = until_of(s, found);
    if (item->state == FINDING_WAIVED && item->until == until)
        return PB_OK;
    item->state = FINDING_WAIVED;
    item->proved = 0;
    item->until = until;
    item->note = found->waived_why;
    return store(s, item, "finding.changed", err);
}

static pb_status passes(const syncing *s, finding_item *item, pb_error *err)
{
    if (item->state == FINDING_MENDED && item->proved > 0)
        return PB_OK;
    item->state = FINDING_MENDED;
    item->proved = s->run;
    item->until = INT64_MIN;
    return store(s, item, "finding.proved", err);
}

/* Figures of a run, without a new version: nobody said anything. */
static pb_status put_figures(const syncing *s, const finding_item *item, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_finding SET population = ?2, failing = ?3, last_run = ?4 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(s->session, sql, &stmt, err));
    db_bind_i64(stmt, 1, item->n);
    db_bind_i64(stmt, 2, (int64_t)item->population);
    db_bind_i64(stmt, 3, (int64_t)item->failing);
    db_bind_i64(stmt, 4, s->run);
    return db_run(stmt, err);
}

static pb_status take(const syncing *s, const audit_finding *found, pb_error *err)
{
    const uint64_t *place = pb_map_get(s->known, found->control->id);
    bool fails = found->outcome == AUDIT_FAIL || found->outcome == AUDIT_WAIVED;
    /* What was not checked is neither mended nor back. */
    if (!fails && found->outcome != AUDIT_PASS)
        return PB_OK;
    if (place == NULL)
        return fails ? open_new(s, found, err) : PB_OK;
    finding_item *item = &s->items[*place - 1];
    item->population = found->population;
    item->failing = found->failing;
    item->last_run = s->run;
    PB_TRY(put_figures(s, item, err));
    if (found->outcome == AUDIT_FAIL)
        return still_fails(s, item, err);
    return fails ? let_be(s, found, item, err) : passes(s, item, err);
}

pb_status finding_sync(db_session *session, const finding_call *call, int64_t run,
                       const audit_result *result, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    syncing s = {session, call, run, result->as_of_days, arena, NULL, NULL};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(load(&s, err));
    for (size_t i = 0; i < result->finding_count; i++)
        PB_TRY(take(&s, &result->findings[i], err));
    return PB_OK;
}
