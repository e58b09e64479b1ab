/* What needs somebody today. */
#include "screens.h"

#include "../oversight/oversight.h"

#include "base/time.h"
#include "service/home.h"
#include "sys/clock.h"

enum { ADDRESS_MAX = 32 << 10, FEW = SERVICE_HOME_FEW };

/* ---- addresses ---- */

/* RFC 3986: what is not unreserved is written by its bytes. */
static void put_encoded(pb_buf *out, pb_str text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\0' && strchr(plain, text.ptr[i]) != NULL)
            pb_buf_byte(out, text.ptr[i]);
        else
            pb_buf_printf(out, "%%%02X", (unsigned char)text.ptr[i]);
    }
}

static void begin_address(const http_request *request, const model_entity *entity, pb_buf *out)
{
    pb_buf_addc(out, "/api/v1/");
    http_op_entity_path(db_workspace_schema(request->server->workspace), entity, out);
}

static void put_parameter(pb_buf *out, char before, const char *name, pb_str value)
{
    pb_buf_byte(out, before);
    pb_buf_printf(out, "%s=", name);
    put_encoded(out, value);
}

static void put_entity(pb_json *json, const http_request *request, const model_entity *entity)
{
    pb_json_member(json, "entity", entity->name);
    pb_json_member(json, "label", http_op_label(request, &entity->labels, entity->plural));
}

/* ---- lists ---- */

/* Which change says that it is done; null where none shows. */
static void put_done(pb_json *json, const service_home_list *list)
{
    pb_json_key(json, "done");
    if (list->done == NULL) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    pb_json_member(json, "field", list->status->name);
    pb_json_member(json, "value", list->done->value);
    pb_json_object_end(json);
}

static void put_list(pb_json *json, const http_request *request, const service_home_list *list)
{
    PB_AUTO_BUF address = PB_BUF_INIT(ADDRESS_MAX);
    begin_address(request, list->entity, &address);
    put_parameter(&address, '?', "filter", list->filter);
    put_parameter(&address, '&', "sort", list->sort);
    if (list->changed_until_us != 0) {
        PB_AUTO_BUF until = PB_BUF_INIT(64);
        pb_instant_format(&until, list->changed_until_us);
        put_parameter(&address, '&', "changed_until", pb_buf_str(&until));
    }
    pb_json_object(json);
    put_entity(json, request, list->entity);
    pb_json_member_i64(json, "count", list->count);
    http_op_put_truth(json, "capped", list->capped);
    if (list->due != NULL) {
        pb_json_member_i64(json, "overdue", list->overdue);
        pb_json_member(json, "due", list->due->name);
        put_done(json, list);
    } else {
        pb_json_member_i64(json, "review_days", list->entity->review_days);
    }
    pb_json_key(json, "first");
    pb_json_array(json);
    for (size_t i = 0; i < list->item_count; i++) {
        pb_json_object(json);
        http_op_put_uuid(json, "id", list->items[i].id);
        pb_json_member(json, "title", list->items[i].title);
        http_op_put_moment(json, "at", list->items[i].at_us);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_member(json, "address", pb_buf_str(&address));
    pb_json_object_end(json);
}

static void put_lists(pb_json *json, const http_request *request, const char *key,
                      const service_home_list *lists, size_t count)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        put_list(json, request, &lists[i]);
    pb_json_array_end(json);
}

static void put_pairs(pb_json *json, const http_request *request, const service_home *home)
{
    pb_json_key(json, "duplicates");
    pb_json_array(json);
    for (size_t i = 0; i < home->pairs_count; i++) {
        const service_home_pairs *pairs = &home->pairs[i];
        PB_AUTO_BUF address = PB_BUF_INIT(ADDRESS_MAX);
        begin_address(request, pairs->entity, &address);
        pb_buf_addc(&address, "/duplicates");
        pb_json_object(json);
        put_entity(json, request, pairs->entity);
        pb_json_member_i64(json, "count", (int64_t)pairs->count);
        http_op_put_truth(json, "capped", pairs->capped);
        pb_json_member(json, "address", pb_buf_str(&address));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

/* ---- findings, planned audits, marks, jobs ---- */

static void put_findings(pb_json *json, const http_request *request, const service_home *home,
                         const audit_catalogue *catalogue)
{
    PB_AUTO_BUF address = PB_BUF_INIT(ADDRESS_MAX);
    pb_buf_addc(&address, "/api/v1/findings");
    put_parameter(&address, '?', "owner", request->who->name);
    pb_json_object(json);
    pb_json_member_i64(json, "count", (int64_t)home->finding_count);
    pb_json_member_i64(json, "due", (int64_t)home->finding_due);
    pb_json_member_i64(json, "overdue", (int64_t)home->finding_overdue);
    pb_json_key(json, "first");
    pb_json_array(json);
    for (size_t i = 0; i < home->finding_count && i < FEW; i++) {
        const finding_item *item = &home->findings[i];
        pb_json_object(json);
        pb_json_member_i64(json, "finding", item->n);
        pb_json_member(json, "control", item->control);
        http_oversight_put_title(request, json, catalogue, item->control);
        pb_json_member(json, "grade", item->grade);
        pb_json_member(json, "entity", item->entity);
        pb_json_member_i64(json, "failing", (int64_t)item->failing);
        http_op_put_day(json, "due", item->due);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_member(json, "address", pb_buf_str(&address));
    pb_json_object_end(json);
}

static void put_plans(pb_json *json, const service_home *home)
{
    pb_json_object(json);
    pb_json_member_i64(json, "count", (int64_t)home->plan_count);
    pb_json_member_i64(json, "overdue", (int64_t)home->plan_overdue);
    pb_json_key(json, "first");
    pb_json_array(json);
    for (size_t i = 0; i < home->plan_count && i < FEW; i++) {
        pb_json_object(json);
        pb_json_member_i64(json, "plan", home->plans[i].plan);
        pb_json_member(json, "name", home->plans[i].name);
        http_op_put_day(json, "due", home->plans[i].due);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_member(json, "address", PB_STR("/api/v1/audit-plans"));
    pb_json_object_end(json);
}

/* The newest mark, and those before it, oldest first. */
static void put_marks(pb_json *json, const service_home *home)
{
    pb_json_object(json);
    pb_json_key(json, "trend");
    pb_json_array(json);
    for (size_t i = home->run_count; i-- > 0;) {
        const finding_run *run = &home->runs[i];
        pb_json_object(json);
        pb_json_member_i64(json, "audit", run->n);
        http_op_put_moment(json, "at", run->at_us);
        pb_json_member(json, "letter",
                       run->letter == '-' ? PB_STR_NONE : pb_str_n(&run->letter, 1));
        pb_json_key(json, "mark");
        pb_json_double(json, run->score); /* not a number becomes null */
        pb_json_member_i64(json, "failed", (int64_t)run->failed);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_member(json, "address", PB_STR("/api/v1/audits"));
    pb_json_object_end(json);
}

static void put_jobs(pb_json *json, const service_home *home)
{
    pb_json_key(json, "jobs");
    pb_json_object(json);
    pb_json_member_i64(json, "active", (int64_t)home->job_active);
    pb_json_member_i64(json, "failed", (int64_t)home->job_failed);
    pb_json_key(json, "first");
    pb_json_array(json);
    for (size_t i = 0; i < home->job_count && i < FEW; i++) {
        pb_json_object(json);
        pb_json_member_i64(json, "job", home->jobs[i].n);
        pb_json_member(json, "kind", home->jobs[i].kind);
        pb_json_member(json, "state", pb_str_c(job_state_word(home->jobs[i].state)));
        http_op_put_moment(json, "at", home->jobs[i].at_us);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_member(json, "address", PB_STR("/api/v1/jobs"));
    pb_json_object_end(json);
}

static void put_home(pb_json *json, const http_request *request, const service_home *home,
                     const audit_catalogue *catalogue)
{
    pb_json_object(json);
    http_op_put_day(json, "day", sys_day_of(request->now_us));
    http_op_put_truth(json, "staff", home->staff);
    put_lists(json, request, "due", home->due, home->due_count);
    put_lists(json, request, "stale", home->stale, home->stale_count);
    put_pairs(json, request, home);
    pb_json_key(json, "findings");
    if (home->sees_audits)
        put_findings(json, request, home, catalogue);
    else
        pb_json_null(json);
    pb_json_key(json, "plans");
    if (home->sees_audits)
        put_plans(json, home);
    else
        pb_json_null(json);
    pb_json_key(json, "audits");
    if (home->run_count > 0)
        put_marks(json, home);
    else
        pb_json_null(json);
    put_jobs(json, home);
    pb_json_object_end(json);
}

pb_status http_home_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const audit_catalogue *catalogue = NULL;
    service_home home;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_home_read(&call, request->server->workspace, request->arena, &home, err));
    if (home.finding_count > 0) /* which says what they are called */
        PB_TRY(service_controls(request->server->service, &catalogue, err));
    pb_json_init(&json, &response->body, 0);
    put_home(&json, request, &home, catalogue);
    return PB_OK;
}
