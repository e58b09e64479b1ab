/* What needs somebody today, read in one snapshot. */
#include "service/home.h"

#include "access.h"
#include "base/time.h"
#include "internal.h"
#include "kept_audits.h"
#include "likeness/likeness.h"
#include "sys/clock.h"

enum { FILTER_MAX = 16 << 10 };

typedef struct homing {
    const service_call *call;
    db_session *session;
    service_access access;
    pb_arena *arena;
    service_home *home;
    int64_t today;
    size_t due_room, stale_room, pairs_room;
    const record_data **shown; /* what was told of records, for the log */
    size_t shown_count, shown_room;
} homing;

/* ---- the first few of a list ---- */

static pb_status note_shown(homing *h, const service_record *seen, const model_field *due,
                            pb_error *err)
{
    size_t count = seen->record.entity->field_count;
    record_data *record = pb_arena_alloc(h->arena, sizeof *record);
    pb_value *values = pb_arena_array(h->arena, count + 1, sizeof *values);
    pb_str *refs = pb_arena_array(h->arena, count + 1, sizeof *refs);
    if (record == NULL || values == NULL || refs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const model_field *field = &seen->record.entity->fields[i];
        if (field == due || (field->title && service_right(seen, field) >= IDENTITY_READ))
            values[i] = seen->record.values[i];
    }
    *record = seen->record;
    record->values = values;
    record->refs = refs;
    const record_data *kept = record;
    return PB_PUSH(h->arena, h->shown, h->shown_count, h->shown_room, kept) ? PB_OK
                                                                            : pb_fail_memory(err);
}

static int64_t moment_of(const service_home_list *list, const record_data *record)
{
    if (list->due == NULL)
        return record->changed_us;
    pb_value value = record->values[list->due->index];
    return list->due->type == MODEL_DATE ? value.as.i * PB_US_PER_DAY : value.as.i;
}

static pb_status take_row(homing *h, service_home_list *list, const record_data *record,
                          pb_error *err)
{
    service_record seen;
    service_home_item *item = &list->items[list->item_count];
    pb_status status = service_see(&h->access, IDENTITY_OP_LIST, record, h->arena, &seen, err);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    *item = (service_home_item){.id = record->id, .at_us = moment_of(list, record)};
    PB_TRY(service_title(&seen, h->arena, &item->title, err));
    list->item_count++;
    return note_shown(h, &seen, list->due, err);
}

static pb_status ask(homing *h, const service_home_list *list, const char *more, int64_t limit,
                     record_list_page *ret_page, pb_error *err)
{
    PB_AUTO_BUF filter = PB_BUF_INIT(FILTER_MAX);
    pb_buf_add(&filter, list->filter);
    pb_buf_addc(&filter, more);
    record_list_asked asked = {.entity = list->entity,
                               .filter = pb_arena_str(h->arena, pb_buf_str(&filter)),
                               .sort = list->sort,
                               .limit = limit,
                               .changed_until_us = list->changed_until_us,
                               .total = true,
                               .total_most = SERVICE_HOME_COUNTED,
                               .today_days = h->today,
                               .access = service_list_access,
                               .context = &h->access};
    if (filter.failed || asked.filter.ptr == NULL)
        return pb_fail_memory(err);
    return record_list_read(h->session, &asked, h->arena, ret_page, err);
}

static pb_status fill_list(homing *h, service_home_list *list, pb_error *err)
{
    record_list_page page;
    PB_TRY(ask(h, list, "", SERVICE_HOME_FEW, &page, err));
    list->count = page.total;
    list->capped = page.total_capped;
    for (size_t i = 0; i < page.count && !h->access.purpose_missing; i++)
        PB_TRY(take_row(h, list, &page.rows[i].record, err));
    if (list->due == NULL || list->count == 0)
        return PB_OK;
    PB_AUTO_BUF past = PB_BUF_INIT(FILTER_MAX);
    pb_buf_printf(&past, " and %.*s < today", PB_STR_FMT(list->due->name));
    PB_TRY(ask(h, list, pb_buf_cstr(&past), 1, &page, err));
    list->overdue = page.total;
    return PB_OK;
}

/* ---- which lists ---- */

static pb_status usable(homing *h, const model_field *field, bool always, bool *ret, pb_error *err)
{
    *ret = false;
    if (field == NULL || field->personal.sensitive)
        return PB_OK;
    return service_field_shows(&h->access, field, always, ret, err);
}

static void put_own(homing *h, const model_field *owner, pb_buf *filter)
{
    char id[37];
    pb_uuid_text(h->call->who->staff, id);
    pb_buf_printf(filter, "%.*s = '%s'", PB_STR_FMT(owner->name), id);
}

/* What has not come to an end, as far as that shows. */
static pb_status put_open(homing *h, const model_entity *entity, pb_buf *filter, pb_error *err)
{
    const model_field *status = model_field_role(entity, "status");
    const model_field *closed = model_field_role(entity, "closed_on");
    bool shows = false, first = true;
    PB_TRY(usable(h, closed, true, &shows, err));
    if (shows)
        pb_buf_printf(filter, " and %.*s is null", PB_STR_FMT(closed->name));
    PB_TRY(usable(h, status, true, &shows, err));
    for (size_t i = 0; shows && i < status->choice_count; i++) {
        if (!model_choice_over(&status->choices[i]))
            continue;
        pb_buf_printf(filter, first ? " and (%.*s is null or %.*s not in ('" : ", '",
                      PB_STR_FMT(status->name), PB_STR_FMT(status->name));
        for (size_t k = 0; k < status->choices[i].value.len; k++) {
            char letter = status->choices[i].value.ptr[k];
            pb_buf_addc(filter, letter == '\'' ? "'" : "");
            pb_buf_byte(filter, letter);
        }
        pb_buf_byte(filter, '\'');
        first = false;
    }
    if (!first)
        pb_buf_addc(filter, "))");
    return PB_OK;
}

/* Which value says that it is done, where that field shows. */
static pb_status find_done(homing *h, service_home_list *list, pb_error *err)
{
    const model_field *status = model_field_role(list->entity, "status");
    bool shows = false;
    PB_TRY(usable(h, status, true, &shows, err));
    for (size_t i = 0; shows && i < status->choice_count && list->done == NULL; i++) {
        const model_choice *choice = &status->choices[i];
        if (choice->retired ||
            !(pb_str_is(choice->role, "done") || pb_str_is(choice->role, "closed")))
            continue;
        list->status = status;
        list->done = choice;
    }
    return PB_OK;
}

static pb_status keep_texts(homing *h, service_home_list *list, const pb_buf *filter,
                            const char *sort, pb_error *err)
{
    list->filter = pb_arena_str(h->arena, pb_buf_str(filter));
    list->sort = pb_arena_str(h->arena, pb_str_c(sort));
    return filter->failed || list->filter.ptr == NULL || list->sort.ptr == NULL
               ? pb_fail_memory(err)
               : PB_OK;
}

static pb_status add_due(homing *h, const model_field *owner, pb_error *err)
{
    const model_entity *entity = owner->entity;
    const model_field *due = model_field_role(entity, "due_on");
    service_home_list list = {.entity = entity, .due = due};
    PB_AUTO_BUF filter = PB_BUF_INIT(FILTER_MAX);
    char sort[100];
    bool shows = false;
    if (due == NULL || (due->type != MODEL_DATE && due->type != MODEL_INSTANT))
        return PB_OK;
    PB_TRY(usable(h, due, false, &shows, err));
    if (!shows)
        return PB_OK;
    put_own(h, owner, &filter);
    pb_buf_printf(&filter, " and %.*s <= today", PB_STR_FMT(due->name));
    PB_TRY(put_open(h, entity, &filter, err));
    PB_TRY(find_done(h, &list, err));
    (void)snprintf(sort, sizeof sort, "%.*s", PB_STR_FMT(due->name));
    PB_TRY(keep_texts(h, &list, &filter, sort, err));
    PB_TRY(fill_list(h, &list, err));
    return PB_PUSH(h->arena, h->home->due, h->home->due_count, h->due_room, list)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status add_stale(homing *h, const model_field *owner, pb_error *err)
{
    const model_entity *entity = owner->entity;
    service_home_list list = {.entity = entity};
    PB_AUTO_BUF filter = PB_BUF_INIT(FILTER_MAX);
    if (entity->review_days == 0)
        return PB_OK;
    list.changed_until_us = pb_zone_begin(sys_zone(), h->today - entity->review_days);
    put_own(h, owner, &filter);
    PB_TRY(put_open(h, entity, &filter, err));
    PB_TRY(keep_texts(h, &list, &filter, "changed_at", err));
    PB_TRY(fill_list(h, &list, err));
    return PB_PUSH(h->arena, h->home->stale, h->home->stale_count, h->stale_room, list)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status add_pairs(homing *h, const model_entity *entity, pb_error *err)
{
    service_home_pairs pairs = {.entity = entity};
    pb_status status = service_may_at_all(&h->access, IDENTITY_OP_MERGE, entity, NULL);
    if (status == PB_DENIED || likeness_fields_of(entity).count == 0)
        return PB_OK;
    PB_TRY(status);
    PB_TRY(service_pairs_count(&h->access, entity, SERVICE_HOME_PAIRS, h->arena, &pairs.count,
                               &pairs.capped, err));
    if (pairs.count == 0)
        return PB_OK;
    return PB_PUSH(h->arena, h->home->pairs, h->home->pairs_count, h->pairs_room, pairs)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status add_own(homing *h, const model_entity *entity, pb_error *err)
{
    const model_field *owner = model_field_role(entity, "owner");
    bool shows = false;
    pb_status status = service_may_at_all(&h->access, IDENTITY_OP_LIST, entity, NULL);
    if (status == PB_DENIED || owner == NULL || owner->type != MODEL_LINK || !h->home->staff)
        return PB_OK;
    PB_TRY(status);
    PB_TRY(usable(h, owner, false, &shows, err));
    if (!shows)
        return PB_OK;
    PB_TRY(add_due(h, owner, err));
    return add_stale(h, owner, err);
}

/* ---- findings, planned audits, marks, jobs ---- */

static bool is_due(const homing *h, int64_t due)
{
    return due != INT64_MIN && due <= h->today;
}

static bool waits_for(const homing *h, const finding_item *item)
{
    return (item->state == FINDING_OPEN || item->state == FINDING_ACCEPTED) &&
           service_in_audit_scope(h->call, item->area, item->entity);
}

static pb_status add_findings(homing *h, pb_error *err)
{
    service_home *home = h->home;
    const finding_filter filter = {.owner = &h->call->who->user};
    finding_item *items = NULL;
    size_t count = 0;
    PB_TRY(finding_list(h->session, &filter, h->arena, &items, &count, err));
    home->findings = pb_arena_array(h->arena, count + 1, sizeof *home->findings);
    if (home->findings == NULL)
        return pb_fail_memory(err);
    for (int late = 1; late >= 0; late--) /* what is due does not drown in what is grave */
        for (size_t i = 0; i < count; i++)
            if (waits_for(h, &items[i]) && is_due(h, items[i].due) == (late == 1))
                home->findings[home->finding_count++] = items[i];
    for (size_t i = 0; i < home->finding_count; i++) {
        home->finding_due += is_due(h, home->findings[i].due);
        home->finding_overdue +=
            home->findings[i].due != INT64_MIN && home->findings[i].due < h->today;
    }
    return PB_OK;
}

static pb_status add_plans(homing *h, pb_error *err)
{
    service_home *home = h->home;
    finding_plan *plans = NULL;
    size_t count = 0;
    PB_TRY(finding_plan_list(h->session, false, h->arena, &plans, &count, err));
    home->plans = plans;
    for (size_t i = 0; i < count; i++) {
        int64_t due = plans[i].due;
        if (due == INT64_MIN || due > h->today + SERVICE_HOME_SOON ||
            !service_plan_is_for(h->call, &plans[i]))
            continue;
        home->plan_overdue += due < h->today;
        plans[home->plan_count++] = plans[i];
    }
    return PB_OK;
}

static pb_status add_marks(homing *h, pb_error *err)
{
    service_home *home = h->home;
    finding_run *runs = NULL;
    size_t count = 0;
    if (h->call->who->scope.limited)
        return PB_OK; /* a mark tells of all */
    PB_TRY(finding_run_list(h->session, 0, 4 * SERVICE_HOME_MARKS, h->arena, &runs, &count, err));
    home->runs = runs;
    for (size_t i = 0; i < count && home->run_count < SERVICE_HOME_MARKS; i++)
        if (runs[i].own)
            runs[home->run_count++] = runs[i];
    return PB_OK;
}

static pb_status add_jobs(homing *h, pb_error *err)
{
    service_home *home = h->home;
    const job_filter filter = {.limit = 50};
    job_item *jobs = NULL;
    size_t count = 0;
    PB_TRY(job_list(h->session, &filter, h->arena, &jobs, &count, err));
    home->jobs = jobs;
    for (size_t i = 0; i < count; i++) {
        if (!service_job_is_own(h->call, &jobs[i]))
            continue;
        home->job_active += jobs[i].state == JOB_WAITING || jobs[i].state == JOB_RUNNING;
        home->job_failed += jobs[i].state == JOB_FAILED;
        jobs[home->job_count++] = jobs[i];
    }
    return PB_OK;
}

static pb_status gather(homing *h, const model_schema *schema, pb_error *err)
{
    static const pb_uuid nobody;
    h->home->staff = memcmp(h->call->who->staff.b, nobody.b, sizeof nobody.b) != 0;
    for (size_t i = 0; i < schema->entity_count; i++) {
        PB_TRY(add_own(h, &schema->entities[i], err));
        PB_TRY(add_pairs(h, &schema->entities[i], err));
    }
    pb_status status = service_may_at_all(&h->access, IDENTITY_OP_AUDIT, NULL, NULL);
    if (status != PB_OK && status != PB_DENIED)
        return status;
    h->home->sees_audits = status == PB_OK;
    if (h->home->sees_audits) {
        PB_TRY(add_findings(h, err));
        PB_TRY(add_plans(h, err));
        PB_TRY(add_marks(h, err));
    }
    return add_jobs(h, err);
}

pb_status service_home_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                            service_home *ret_home, pb_error *err)
{
    service_home home = {.staff = false};
    service_denial unsaid;
    homing h = {.call = call, .arena = arena, .home = &home, .today = sys_day_of(call->now_us)};
    PB_TRY(db_snapshot_open_settled(workspace, call->limits, &h.session, err));
    pb_status status = service_access_open(h.session, call, &unsaid, &h.access, err);
    if (status == PB_OK) {
        status = gather(&h, db_workspace_schema(workspace), err);
        service_access_close(&h.access);
    }
    db_snapshot_close(h.session);
    PB_TRY(status);
    if (h.shown_count > 0)
        PB_TRY(service_log_shown(call, workspace, h.shown, h.shown_count, err));
    *ret_home = home;
    return PB_OK;
}
