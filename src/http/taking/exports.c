/* Records taken out as a file: decided, noted and written page by page. */
#include "taking.h"

#include "../who.h"

#include "base/time.h"

/* ---- asking for it ---- */

static pb_status find_entity(const http_request *request, pb_str name,
                             const model_entity **ret_entity, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(request->server->workspace);
    for (size_t i = 0; i < schema->entity_count; i++)
        if (pb_str_eq(schema->entities[i].name, name)) {
            *ret_entity = &schema->entities[i];
            return PB_OK;
        }
    pb_fail(err, PB_INVALID, PB_MSG("There are no records called “{value}”."), "value",
            PB_ARG(name), NULL);
    pb_error_hint(err, PB_MSG("What there is stands in /openapi.json."), NULL);
    return PB_INVALID;
}

/* What is wrong in a condition, an order or a field is said now, not when the job is done. */
static pb_status try_page(const http_request *request, const service_call *call,
                          record_list_asked asked, pb_error *err)
{
    service_list_page page;
    asked.limit = 1;
    return service_take_out(call, request->server->workspace, asked, request->arena, &page, err);
}

pb_status http_export_begin(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    static const char *const members[] = {"entity", "filter", "sort", "fields", "format", NULL};
    PB_AUTO_BUF options = PB_BUF_INIT(16 << 10);
    pb_str name = PB_STR_NONE, format = PB_STR("csv");
    record_list_asked asked = {.limit = 0};
    const json_value *body = NULL;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, members, &body, err));
    PB_TRY(http_op_body_needed(body, "entity", &name, err));
    PB_TRY(http_op_body_text(body, "filter", &asked.filter, err));
    PB_TRY(http_op_body_text(body, "sort", &asked.sort, err));
    PB_TRY(http_op_body_text(body, "fields", &asked.fields, err));
    PB_TRY(http_op_body_text(body, "format", &format, err));
    if (!http_sheet_format(format)) {
        pb_fail(err, PB_INVALID, PB_MSG("There is no format “{value}”."), "value", PB_ARG(format),
                NULL);
        pb_error_hint(err, PB_MSG("It takes csv, jsonl or xlsx."), NULL);
        return PB_INVALID;
    }
    PB_TRY(find_entity(request, name, &asked.entity, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_export(&call, request->server->workspace, asked.entity, err));
    PB_TRY(try_page(request, &call, asked, err));
    service_job_put(&options, "entity", name);
    service_job_put(&options, "format", format);
    service_job_put(&options, "filter", asked.filter);
    service_job_put(&options, "sort", asked.sort);
    service_job_put(&options, "fields", asked.fields);
    if (options.failed)
        return pb_fail(err, PB_LIMIT, PB_MSG("What is asked for is too long."), NULL);
    return http_job_accept(request, response, "export", pb_buf_str(&options), err);
}

/* ---- doing it ---- */

static pb_status stopped(pb_error *err)
{
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
}

/* What was taken so far. Of records that are beyond a role nothing is told, not even how many there
 * are; of those it reaches, which fields it keeps back. */
typedef struct taken {
    uint64_t rows;
    bool *hidden, *masked; /* by field: in one record at least */
} taken;

static void note_field(const service_record *seen, const model_field *field, taken *t)
{
    identity_right right = service_right(seen, field);
    t->hidden[field->index] = t->hidden[field->index] || right == IDENTITY_HIDDEN;
    t->masked[field->index] = t->masked[field->index] || right == IDENTITY_MASKED;
}

static void note_page(const record_list_asked *asked, const service_list_page *page, taken *t)
{
    bool all = asked->fields.len == 0;
    size_t count = all ? asked->entity->field_count : page->page.field_count;
    for (size_t row = 0; row < page->page.count; row++)
        for (size_t i = 0; i < count; i++)
            note_field(&page->rows[row], all ? &asked->entity->fields[i] : page->page.fields[i], t);
    t->rows += page->page.count;
}

static void put_fields(http_job *job, const model_entity *entity, const char *name,
                       const bool *which)
{
    pb_json_key(&job->json, name);
    pb_json_array(&job->json);
    for (size_t i = 0; i < entity->field_count; i++)
        if (which[i])
            pb_json_str(&job->json, entity->fields[i].name);
    pb_json_array_end(&job->json);
}

/* One page; its memory ends with it, but for where the next one begins. */
static pb_status take_page(http_job *job, http_sheet *sheet, record_list_asked *asked,
                           pb_buf *cursor, taken *t, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_list_page page;
    if (arena == NULL)
        return pb_fail_memory(err);
    asked->cursor = cursor->len > 0 ? pb_buf_str(cursor) : PB_STR_NONE;
    PB_TRY(service_take_out(&job->call, job->server->workspace, *asked, arena, &page, err));
    PB_TRY(http_sheet_page(sheet, &page, err));
    note_page(asked, &page, t);
    pb_buf_clear(cursor);
    if (page.page.next.ptr != NULL)
        pb_buf_add(cursor, page.page.next);
    return cursor->failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status take_all(http_job *job, http_sheet *sheet, record_list_asked *asked, taken *t,
                          pb_error *err)
{
    PB_AUTO_BUF cursor = PB_BUF_INIT(1 << 20);
    size_t fields = asked->entity->field_count + 1;
    t->hidden = pb_arena_array(job->arena, fields, sizeof *t->hidden);
    t->masked = pb_arena_array(job->arena, fields, sizeof *t->masked);
    if (t->hidden == NULL || t->masked == NULL)
        return pb_fail_memory(err);
    do {
        PB_TRY(take_page(job, sheet, asked, &cursor, t, err));
        if (job->call.progress(job->call.context, PB_MSG("Writing"), "", t->rows, 0))
            return stopped(err);
    } while (cursor.len > 0);
    return PB_OK;
}

pb_status http_export_job(http_job *job, pb_error *err)
{
    const http_request as_asked = {.server = job->server};
    pb_str format = http_job_option(job, "format"), name = http_job_option(job, "entity");
    http_sheet *sheet = NULL;
    taken t = {.rows = 0};
    record_list_asked asked = {.filter = http_job_option(job, "filter"),
                               .sort = http_job_option(job, "sort"),
                               .fields = http_job_option(job, "fields"),
                               .limit = RECORD_LIST_MOST};
    PB_TRY(find_entity(&as_asked, name, &asked.entity, err));
    PB_TRY(service_may_export(&job->call, job->server->workspace, asked.entity, err));
    PB_TRY(http_sheet_begin(job, asked.entity, format, &sheet, err));
    pb_status status = take_all(job, sheet, &asked, &t, err);
    /* It is noted before anybody can have it. */
    if (status == PB_OK)
        status = service_exported_note(&job->call, job->server->workspace, asked.entity, format,
                                       asked.filter, t.rows, err);
    if (status != PB_OK) {
        http_sheet_drop(sheet);
        return status;
    }
    PB_TRY(http_sheet_end(sheet, err));
    pb_json_object(&job->json);
    pb_json_member(&job->json, "entity", name);
    pb_json_member(&job->json, "format", format);
    pb_json_member_i64(&job->json, "records", (int64_t)t.rows);
    put_fields(job, asked.entity, "hidden", t.hidden);
    put_fields(job, asked.entity, "masked", t.masked);
    pb_json_object_end(&job->json);
    return PB_OK;
}
