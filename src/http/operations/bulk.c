/* Many records in one request: each row is written by itself and has its own answer, so one that is
 * refused keeps no other from being written. */
#include "operations.h"

#include "base/bytes.h"

typedef struct bulk {
    http_request *request;
    const model_entity *entity;
    pb_str whole; /* the request */
    pb_json *json;
    bool dry_run;
    size_t row;
} bulk;

static pb_status answer_row(void *context, const service_written *written, pb_buf *out,
                            pb_error *err)
{
    char id[37];
    pb_json json;
    (void)context;
    (void)err;
    pb_uuid_text(written->entered.id, id);
    pb_json_init(&json, out, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "status", written->created ? 201 : 200);
    pb_json_member(&json, "id", pb_str_c(id));
    pb_json_member_i64(&json, "version", written->record.record.version);
    http_op_put_likely(&json, &written->entered);
    pb_json_object_end(&json);
    return PB_OK;
}

void http_op_put_failure(pb_json *json, const http_request *request, pb_status status,
                         const pb_error *err)
{
    PB_AUTO_BUF body = PB_BUF_INIT(1 << 20);
    http_response inner = {.status = 200, .body = PB_BUF_INIT(1 << 20), .arena = request->arena};
    int code = status == PB_CONFLICT ? 409 : pb_status_http(status);
    http_problem(request, &inner, code, err);
    pb_buf_printf(&body, "{\"status\":%d,\"problem\":%.*s}", inner.status,
                  PB_STR_FMT(pb_buf_str(&inner.body)));
    pb_json_whole(json, pb_buf_str(&body));
    pb_buf_free(&inner.body);
}

static void put_refusal(const bulk *b, const record_problem *problems, size_t count,
                        const service_entered *entered)
{
    pb_json_object(b->json);
    pb_json_member_i64(b->json, "status", 422);
    pb_json_key(b->json, "problem");
    pb_json_object(b->json);
    http_op_put_problems(b->json, b->request, b->entity, problems, count);
    if (entered != NULL)
        http_op_put_likely(b->json, entered);
    pb_json_object_end(b->json);
    pb_json_object_end(b->json);
}

/* Which record a row changes, and which version of it; neither: it makes one. */
static pb_status read_target(const json_value *row, service_write *write, pb_uuid *id,
                             pb_error *err)
{
    const json_value *named = http_json_member(row, "id"),
                     *version = http_json_member(row, "version");
    if (named == NULL && version == NULL)
        return PB_OK;
    bool good = named != NULL && version != NULL && named->kind == JSON_TEXT &&
                version->kind == JSON_NUMBER && pb_uuid_parse(named->text, id) &&
                pb_str_to_i64(version->text, &write->expected_version) &&
                write->expected_version > 0;
    write->change = id;
    return good
               ? PB_OK
               : pb_fail(err, PB_USAGE,
                         PB_MSG("A row that changes a record needs its “id” and “version”."), NULL);
}

static pb_status check_row(const json_value *row, pb_error *err)
{
    static const char *const names[] = {"id", "version", "fields", NULL};
    if (row->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("A row must be an object."), NULL);
    for (const json_value *one = row->first; one != NULL; one = one->next) {
        bool known = false;
        for (size_t i = 0; names[i] != NULL; i++)
            known = known || pb_str_is(one->key, names[i]);
        if (!known)
            return pb_fail(err, PB_USAGE, PB_MSG("A row must not have a member “{value}”."),
                           "value", PB_ARG(one->key), NULL);
    }
    return PB_OK;
}

/* Each row has a key of its own below the request's. */
static void row_once(const bulk *b, service_once *once)
{
    pb_str key = http_request_header(b->request, "Idempotency-Key");
    once->answer = answer_row;
    once->request = b->whole;
    if (key.ptr != NULL)
        once->key =
            pb_str_c(pb_arena_printf(b->request->arena, "%.*s #%zu", PB_STR_FMT(key), b->row));
}

static pb_status write_row(const bulk *b, const json_value *row, pb_error *err)
{
    http_op_inputs in;
    service_once once = {.context = NULL};
    service_write write = {.entity = b->entity, .duplicates = RECORD_DUPLICATES_DECLARED};
    service_written written = {.created = false};
    pb_uuid id;
    PB_TRY(check_row(row, err));
    PB_TRY(read_target(row, &write, &id, err));
    PB_TRY(http_op_read_fields(b->entity, http_json_member(row, "fields"), b->request->arena, &in,
                               err));
    if (in.problem_count > 0) {
        put_refusal(b, in.problems, in.problem_count, NULL);
        return PB_OK;
    }
    row_once(b, &once);
    write.dry_run = b->dry_run;
    write.inputs = in.inputs;
    write.count = in.count;
    write.once = &once;
    service_call call = http_op_call(b->request);
    pb_status status =
        service_put(&call, b->request->server->workspace, &write, b->request->arena, &written, err);
    if (status == PB_INVALID && written.entered.problem_count > 0) {
        put_refusal(b, written.entered.problems, written.entered.problem_count, &written.entered);
        return PB_OK;
    }
    PB_TRY(status);
    PB_AUTO_BUF answer = PB_BUF_INIT(1 << 20);
    if (written.answer.ptr == NULL)
        PB_TRY(answer_row(NULL, &written, &answer, err));
    pb_json_whole(b->json, written.answer.ptr != NULL ? written.answer : pb_buf_str(&answer));
    return PB_OK;
}

/* What is wrong with one row is that row's answer; what is wrong with the server is everybody's. */
bool http_op_is_rows_own(pb_status status)
{
    return status == PB_USAGE || status == PB_INVALID || status == PB_NOT_FOUND ||
           status == PB_DENIED || status == PB_CONFLICT || status == PB_EXISTS;
}

pb_status http_op_bulk(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"rows", "dry_run", NULL};
    bool dry_run = false;
    const model_entity *entity = NULL;
    const json_value *body = NULL;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_body(request, names, &body, err));
    const json_value *rows = http_json_member(body, "rows");
    if (rows == NULL || rows->kind != JSON_LIST || rows->count == 0 ||
        rows->count > OPERATIONS_ROWS_MOST)
        return pb_fail(err, PB_USAGE, PB_MSG("“rows” must be a list of 1 to {most} rows."), "most",
                       PB_ARG_INT(OPERATIONS_ROWS_MOST), NULL);
    PB_TRY(http_op_body_truth(body, "dry_run", &dry_run, err));
    pb_json_init(&json, &response->body, 0);
    bulk b = {request, entity, http_op_whole(request), &json, dry_run, 0};
    if (b.whole.ptr == NULL)
        return pb_fail_memory(err);
    pb_json_object(&json);
    pb_json_key(&json, "rows");
    pb_json_array(&json);
    for (const json_value *row = rows->first; row != NULL; row = row->next, b.row++) {
        pb_error own = {0};
        pb_status status = write_row(&b, row, &own);
        if (status != PB_OK && !http_op_is_rows_own(status)) {
            *err = own;
            return status;
        }
        if (status != PB_OK)
            http_op_put_failure(&json, request, status, &own);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
