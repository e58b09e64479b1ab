/* Reading: lists, searches, one record, its history. */
#include "../matters/matters.h"
#include "operations.h"

#include "base/time.h"

/* ---- a list ---- */

static pb_status read_asked(const http_request *request, record_list_asked *asked, pb_error *err)
{
    static const char *const names[] = {
        "filter",       "sort",          "fields",  "expand",       "cursor",
        "limit",        "total",         "deleted", "created_from", "created_until",
        "changed_from", "changed_until", "skip",    "total_most",   NULL};
    PB_TRY(http_op_check_query(request, names, err));
    asked->filter = http_request_query(request, "filter");
    asked->sort = http_request_query(request, "sort");
    asked->fields = http_request_query(request, "fields");
    asked->expand = http_request_query(request, "expand");
    asked->cursor = http_request_query(request, "cursor");
    PB_TRY(http_op_query_number(request, "limit", &asked->limit, err));
    PB_TRY(http_op_query_number(request, "skip", &asked->skip, err));
    PB_TRY(http_op_query_truth(request, "total", &asked->total, err));
    PB_TRY(http_op_query_number(request, "total_most", &asked->total_most, err));
    PB_TRY(http_op_query_truth(request, "deleted", &asked->deleted, err));
    PB_TRY(http_op_query_instant(request, "created_from", &asked->created_from_us, err));
    PB_TRY(http_op_query_instant(request, "created_until", &asked->created_until_us, err));
    PB_TRY(http_op_query_instant(request, "changed_from", &asked->changed_from_us, err));
    return http_op_query_instant(request, "changed_until", &asked->changed_until_us, err);
}

static void put_page(pb_json *json, const service_list_page *page)
{
    pb_json_object(json);
    pb_json_key(json, "records");
    pb_json_array(json);
    for (size_t i = 0; i < page->page.count; i++)
        http_op_put_record(json, &page->rows[i], &page->page);
    pb_json_array_end(json);
    pb_json_member(json, "next", page->page.next);
    if (page->page.total >= 0) {
        pb_json_member_i64(json, "total", page->page.total);
        pb_json_key(json, "total_capped");
        pb_json_bool(json, page->page.total_capped);
    }
    pb_json_object_end(json);
}

pb_status http_op_list(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_list_page page;
    record_list_asked asked = {.limit = 0};
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(read_asked(request, &asked, err));
    asked.entity = entity;
    service_call call = http_op_call(request);
    PB_TRY(service_list(&call, request->server->workspace, asked, request->arena, &page, err));
    pb_json_init(&json, &response->body, 0);
    put_page(&json, &page);
    return PB_OK;
}

/* ---- a search ---- */

pb_status http_op_search(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"q", "limit", NULL};
    const model_entity *entity = NULL;
    service_record *found = NULL;
    size_t count = 0;
    int64_t limit = RECORD_LIST_USUAL;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    pb_str words = http_request_query(request, "q");
    if (pb_str_trim(words).len == 0)
        return pb_fail(err, PB_USAGE, PB_MSG("The parameter q is needed: the words to find."),
                       NULL);
    if (limit > RECORD_LIST_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    service_call call = http_op_call(request);
    PB_TRY(service_search(&call, request->server->workspace, entity, words, limit, request->arena,
                          &found, &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "records");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        http_op_put_record(&json, &found[i], NULL);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- one record ---- */

enum { RECORD_USUAL = 1000 /* bytes that most need, put together without growing */ };

/* With where its values come from, which may change without a new version: no ETag. */
static pb_status read_with_origins(http_request *request, http_response *response,
                                   const model_entity *entity, pb_uuid id, pb_error *err)
{
    service_origins origins;
    pb_json json;
    service_call call = http_op_call(request);
    PB_TRY(service_read_origins(&call, request->server->workspace, entity, id, request->arena,
                                &origins, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_members(&json, &origins.record, NULL);
    pb_json_key(&json, "provenance");
    http_provenance_put(&json, &origins);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_op_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"provenance", NULL};
    const model_entity *entity = NULL;
    service_record record;
    bool origins = false;
    pb_uuid id;
    pb_json json;
    char tag[24];
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_truth(request, "provenance", &origins, err));
    PB_TRY(http_op_record_id(request, entity, &id, err));
    if (origins)
        return read_with_origins(request, response, entity, id, err);
    service_call call = http_op_call(request);
    PB_TRY(
        service_read(&call, request->server->workspace, entity, id, request->arena, &record, err));
    (void)snprintf(tag, sizeof tag, "%lld", (long long)record.record.version);
    if (http_response_fresh(request, response, pb_str_c(tag)))
        return PB_OK;
    pb_buf_reserve(&response->body, RECORD_USUAL);
    pb_json_init(&json, &response->body, 0);
    http_op_put_record(&json, &record, NULL);
    return PB_OK;
}

/* ---- history ---- */

static void put_side(pb_json *json, const char *key, const struct record_change_item *change,
                     pb_value value)
{
    pb_json_key(json, key);
    bool whole = change->field != NULL && pb_str_eq(change->field->name, change->name);
    if (value.kind == PB_NULL)
        pb_json_null(json);
    else if (whole && change->field->type != MODEL_MONEY && change->field->type != MODEL_LINK)
        http_op_put_value(json, change->field, value, PB_STR_NONE, PB_STR_NONE);
    else if (value.kind == PB_TEXT)
        pb_json_str(json, value.as.s);
    else if (value.kind == PB_INT)
        pb_json_i64(json, value.as.i);
    else if (value.kind == PB_REAL)
        pb_json_double(json, value.as.r);
    else {
        PB_AUTO_BUF hex = PB_BUF_INIT(1 << 16);
        pb_uuid id;
        char text[37];
        if (value.as.s.len == sizeof id.b) {
            memcpy(id.b, value.as.s.ptr, sizeof id.b);
            pb_uuid_text(id, text);
            pb_json_c(json, text);
            return;
        }
        pb_hex(&hex, value.as.s.ptr, value.as.s.len);
        pb_json_str(json, pb_buf_str(&hex));
    }
}

static pb_status put_step(void *context, const record_step *step, pb_error *err)
{
    pb_json *json = context;
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    pb_instant_format(&at, step->event.at_us);
    pb_json_object(json);
    pb_json_member_i64(json, "sequence", (int64_t)step->sequence);
    pb_json_member(json, "kind", pb_str_c(step->event.kind));
    pb_json_member(json, "at", pb_buf_str(&at));
    pb_json_member(json, "actor", step->event.actor.name);
    pb_json_member(json, "via", step->event.actor.via);
    pb_json_member_i64(json, "version", step->event.version);
    pb_json_key(json, "erased");
    pb_json_bool(json, step->erased);
    pb_json_key(json, "changes");
    pb_json_array(json);
    for (size_t i = 0; i < step->change_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "name", step->changes[i].name);
        put_side(json, "before", &step->changes[i], step->changes[i].before);
        put_side(json, "after", &step->changes[i], step->changes[i].after);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
    return json->out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status http_op_history(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const model_entity *entity = NULL;
    pb_uuid id;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_record_id(request, entity, &id, err));
    service_call call = http_op_call(request);
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "steps");
    pb_json_array(&json);
    PB_TRY(service_history(&call, request->server->workspace, entity, id, put_step, &json, err));
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
