/* What an import does, or would do, to each row, cell by cell: written line by line into a file of
 * the job as the rows come, and read again page by page. Nothing of it lies in memory.
 */
#include "taking.h"

#include "../operations/json_read.h"
#include "../who.h"

enum {
    LINE_MAX = 64 << 20,
    TEXT_MAX = 16 << 20,
    LIMIT_USUAL = 100,
    LIMIT_MOST = 1000,
    FIELD_MOST = 100,
    PAGE_BYTES = 4 << 20 /* a page ends when it is so long */
};

struct http_diff {
    http_job *job;
    pb_str name;
    service_depositing *file;
    pb_buf line;   /* and, of an import in slices, those that may have to be told again */
    size_t mark;   /* in these: where the slice begins */
    bool in_slice; /* it was begun */
    bool sliced;
};

static const char *const outcomes[] = {"new", "changed", "same", "merged_away", "refused"};

static const char *outcome_of(const exchange_told *told)
{
    return told->refused ? "refused" : outcomes[told->brought.outcome];
}

/* ---- writing ---- */

static pb_str name_of(pb_arena *arena, pb_str upload)
{
    const char *name = pb_arena_printf(arena, "diff-%.*s.jsonl", PB_STR_FMT(upload));
    return name == NULL ? PB_STR_NONE : pb_str_c(name);
}

pb_status http_diff_begin(http_job *job, http_diff **ret_diff, pb_error *err)
{
    http_diff *diff = pb_arena_alloc(job->arena, sizeof *diff);
    if (diff == NULL)
        return pb_fail_memory(err);
    *diff = (http_diff){.job = job,
                        .name = name_of(job->arena, http_job_option(job, "upload")),
                        .line = PB_BUF_INIT(LINE_MAX)};
    *ret_diff = diff;
    return diff->name.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static void put_text(pb_json *json, const char *key, const record_cell *cell, record_shown shown,
                     pb_value value, pb_value more)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    service_cell_text(cell->field, shown, value, more, &text);
    pb_json_member(json, key, text.len > 0 ? pb_buf_str(&text) : PB_STR_NONE);
}

/* Of what is hidden not even the name is told. */
static void put_cell(const http_diff *diff, pb_json *json, const record_cell *cell)
{
    if (cell->shown == RECORD_SHOWN_NOT)
        return;
    pb_json_object(json);
    pb_json_member(json, "field", cell->field->name);
    pb_json_member(json, "label", pb_translate_str(diff->job->catalog, cell->field->label));
    put_text(json, "old", cell, cell->shown, cell->before, cell->before_more);
    put_text(json, "new", cell, RECORD_SHOWN, cell->after, cell->after_more);
    http_op_put_truth(json, "masked", cell->shown == RECORD_SHOWN_MASKED);
    pb_json_object_end(json);
}

static void put_line(const http_diff *diff, pb_json *json, const exchange_told *told)
{
    const record_brought *brought = &told->brought;
    bool there = brought->outcome != RECORD_CAME_NEW || told->refused;
    pb_json_object(json);
    pb_json_member(json, "outcome", pb_str_c(outcome_of(told)));
    pb_json_member(json, "file", told->file->name);
    pb_json_member_i64(json, "row", told->row);
    pb_json_member_i64(json, "line", told->line);
    pb_json_member(json, "entity", told->file->entity->name);
    http_op_put_uuid(json, "id", there ? brought->id : (pb_uuid){{0}});
    pb_json_member(json, "called", brought->source_id);
    pb_json_key(json, "changes");
    pb_json_array(json);
    for (size_t i = 0; i < brought->cell_count && !told->refused; i++)
        put_cell(diff, json, &brought->cells[i]);
    pb_json_array_end(json);
    pb_json_key(json, "problems");
    pb_json_array(json);
    for (size_t i = 0; i < told->reject_count; i++)
        http_put_reject(json, diff->job->catalog, &told->rejects[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static pb_status begin_again(http_diff *diff, pb_error *err)
{
    diff->file = service_deposit_drop(diff->file);
    return http_job_file(diff->job, diff->name, "application/x-ndjson", &diff->file, err);
}

static pb_status flush(http_diff *diff, pb_error *err)
{
    if (diff->line.failed)
        return pb_fail_memory(err);
    PB_TRY(service_deposit_add(diff->file, pb_buf_str(&diff->line), err));
    pb_buf_clear(&diff->line);
    return PB_OK;
}

pb_status http_diff_each(void *context, const exchange_told *told, pb_error *err)
{
    http_diff *diff = context;
    pb_json json;
    if (told == NULL) {
        pb_buf_clear(&diff->line);
        return begin_again(diff, err);
    }
    pb_json_init(&json, &diff->line, 0);
    put_line(diff, &json, told);
    pb_buf_byte(&diff->line, '\n');
    return diff->sliced ? PB_OK : flush(diff, err);
}

pb_status http_diff_slice(void *context, bool kept, pb_error *err)
{
    http_diff *diff = context;
    diff->sliced = true;
    if (kept) {
        diff->in_slice = false;
        return flush(diff, err);
    }
    if (diff->in_slice)
        diff->line.len = diff->mark;
    diff->in_slice = true;
    diff->mark = diff->line.len;
    return PB_OK;
}

pb_status http_diff_end(http_diff *diff, bool keep, pb_error *err)
{
    pb_uuid id;
    pb_status status = keep && diff->file != NULL ? flush(diff, err) : PB_OK;
    service_depositing *file = diff->file;
    diff->file = NULL;
    pb_buf_free(&diff->line);
    if (keep && file != NULL && status == PB_OK)
        return service_deposit_end(file, &id, err);
    service_deposit_drop(file);
    return status;
}

/* ---- reading ---- */

/* Lines of the file from an offset on, and those among them that are wanted. */
typedef struct paging {
    http_request *request;
    service_withdrawing *file;
    pb_buf line;
    uint64_t offset, skip; /* of the next line; where to begin */
    const char *outcome, *field;
    int64_t limit, count;
    bool full;
    pb_buf *out;
    service_shown *shown;
    size_t shown_count, shown_room;
} paging;

static const model_entity *entity_named(const paging *p, pb_str name)
{
    return model_entity_find(db_workspace_schema(p->request->server->workspace), name);
}

/* Which values that are there the line tells. */
static pb_status note_shown(paging *p, const json_value *row, pb_error *err)
{
    const json_value *changes = http_json_member(row, "changes");
    const json_value *id = http_json_member(row, "id"), *name = http_json_member(row, "entity");
    if (changes == NULL || changes->count == 0 || id == NULL || name == NULL)
        return PB_OK;
    service_shown shown = {.entity = entity_named(p, name->text)};
    shown.fields = pb_arena_array(p->request->arena, changes->count + 1, sizeof(*shown.fields));
    if (shown.fields == NULL)
        return pb_fail_memory(err);
    for (const json_value *one = changes->first; one != NULL && shown.entity != NULL;
         one = one->next) {
        const json_value *field = http_json_member(one, "field");
        const model_field *known =
            field == NULL ? NULL : model_field_find(shown.entity, field->text);
        if (known != NULL)
            shown.fields[shown.field_count++] = known;
    }
    if (shown.entity == NULL || !pb_uuid_parse(id->text, &shown.id))
        return PB_OK;
    return PB_PUSH(p->request->arena, p->shown, p->shown_count, p->shown_room, shown)
               ? PB_OK
               : pb_fail_memory(err);
}

/* Within a text quotation marks have a stroke before them: what is looked for is a member. */
static bool is_wanted(const paging *p, pb_str line)
{
    char outcome[40], field[200];
    (void)snprintf(outcome, sizeof outcome, "{\"outcome\":\"%s\"", p->outcome ? p->outcome : "");
    (void)snprintf(field, sizeof field, "{\"field\":\"%s\"", p->field ? p->field : "");
    return (p->outcome == NULL || pb_str_starts(line, pb_str_c(outcome))) &&
           (p->field == NULL || pb_str_find(line, pb_str_c(field)) != SIZE_MAX);
}

static pb_status take_line(paging *p, pb_error *err)
{
    const json_value *row = NULL;
    pb_str line = pb_buf_str(&p->line);
    if (p->offset < p->skip || !is_wanted(p, line))
        return PB_OK;
    PB_TRY(http_json_read(line, p->request->arena, &row, err));
    PB_TRY(note_shown(p, row, err));
    if (p->count++ > 0)
        pb_buf_byte(p->out, ',');
    pb_buf_add(p->out, line);
    p->full = p->count == p->limit || p->out->len > PAGE_BYTES;
    return PB_OK;
}

static pb_status take_bytes(paging *p, pb_str bytes, pb_error *err)
{
    while (bytes.len > 0 && !p->full) {
        size_t end = pb_str_index(bytes, '\n');
        bool whole = end < bytes.len;
        pb_buf_add(&p->line, pb_str_sub(bytes, 0, end));
        if (p->line.failed)
            return pb_fail_memory(err);
        if (whole) {
            PB_TRY(take_line(p, err));
            p->offset += p->line.len + 1;
            pb_buf_clear(&p->line);
        }
        bytes = pb_str_sub(bytes, whole ? end + 1 : bytes.len, bytes.len);
    }
    return PB_OK;
}

static pb_status take_page(paging *p, bool *ret_more, pb_error *err)
{
    pb_str bytes = PB_STR("");
    do {
        PB_TRY(service_withdraw(p->file, &bytes, err));
        PB_TRY(take_bytes(p, bytes, err));
    } while (bytes.len > 0 && !p->full);
    *ret_more = p->full;
    return PB_OK;
}

static pb_status read_outcome(const http_request *request, const char **ret, pb_error *err)
{
    pb_str given = http_request_query(request, "outcome");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes && given.ptr != NULL; i++)
        if (pb_str_is(given, outcomes[i])) {
            *ret = outcomes[i];
            return PB_OK;
        }
    return given.ptr == NULL
               ? PB_OK
               : http_op_fail_value("outcome", given,
                                    PB_MSG("It takes new, changed, same, merged_away or refused."),
                                    err);
}

static pb_status read_query(const http_request *request, paging *p, pb_error *err)
{
    int64_t cursor = 0;
    pb_str field = http_request_query(request, "field");
    PB_TRY(http_op_query_number(request, "limit", &p->limit, err));
    PB_TRY(http_op_query_number(request, "cursor", &cursor, err));
    PB_TRY(read_outcome(request, &p->outcome, err));
    if (p->limit > LIMIT_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 1000."), err);
    for (size_t i = 0; i < field.len; i++)
        if (field.len > FIELD_MOST || field.ptr[i] == '"' || field.ptr[i] == '\\')
            return http_op_fail_value("field", field, PB_MSG("It takes the name of a field."), err);
    p->field = field.len > 0 ? pb_arena_cstr(request->arena, field) : NULL;
    p->skip = (uint64_t)cursor;
    return PB_OK;
}

static pb_status answer(paging *p, service_depot *depot, pb_uuid id, pb_error *err)
{
    bool more = false;
    const http_request *request = p->request;
    PB_TRY(service_withdraw_begin(depot, request->who->user, id, &p->file, err));
    pb_buf_addc(p->out, "{\"rows\":[");
    pb_status status = take_page(p, &more, err);
    p->file = service_withdraw_end(p->file);
    PB_TRY(status);
    if (more)
        pb_buf_printf(p->out, "],\"next\":\"%llu\"}", (unsigned long long)p->offset);
    else
        pb_buf_addc(p->out, "],\"next\":null}");
    service_call call = http_op_call(request);
    return service_import_shown(&call, request->server->workspace, p->shown, p->shown_count,
                                request->arena, err);
}

pb_status http_import_diff(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"cursor", "limit", "outcome", "field", NULL};
    service_depot *depot = NULL;
    service_deposit upload, diff;
    paging p = {.request = request,
                .line = PB_BUF_INIT(LINE_MAX),
                .limit = LIMIT_USUAL,
                .out = &response->body};
    char id[37];
    PB_TRY(http_import_begin(request, response, names, &depot, err));
    PB_TRY(read_query(request, &p, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_import_may_show(&call, request->server->workspace, err));
    PB_TRY(http_import_find(request, depot, &upload, err));
    pb_uuid_text(upload.id, id);
    PB_TRY(service_deposit_newest(depot, request->who->user, name_of(request->arena, pb_str_c(id)),
                                  request->arena, &diff, err));
    pb_status status = answer(&p, depot, diff.id, err);
    pb_buf_free(&p.line);
    return status;
}
