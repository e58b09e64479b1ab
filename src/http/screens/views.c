/* Saved views of lists. */
#include "screens.h"

#include "../oversight/oversight.h"
#include "../who.h"

#include "service/own.h"

enum { TEXT_MAX = 8 << 10 };

static const char *const none[] = {NULL};

/* ---- told ---- */

static void put_columns(pb_json *json, pb_str fields)
{
    pb_str one;
    pb_json_key(json, "columns");
    pb_json_array(json);
    while (fields.len > 0 && pb_str_split(&fields, ',', &one))
        pb_json_str(json, one);
    pb_json_array_end(json);
}

static void put_view(pb_json *json, const service_view_seen *seen)
{
    const identity_view *view = &seen->view;
    pb_json_object(json);
    pb_json_member_i64(json, "view", view->n);
    pb_json_member(json, "entity", view->entity);
    pb_json_member(json, "name", view->name);
    put_columns(json, view->fields);
    pb_json_member(json, "filter", view->filter.len > 0 ? view->filter : PB_STR_NONE);
    pb_json_member(json, "sort", view->sort.len > 0 ? view->sort : PB_STR_NONE);
    http_op_put_truth(json, "shared", view->shared);
    http_op_put_truth(json, "default", seen->own && view->standard);
    http_op_put_truth(json, "own", seen->own);
    pb_json_member(json, "owner", seen->owner);
    pb_json_member_i64(json, "version", view->version);
    http_op_put_moment(json, "changed_at", view->changed_us);
    pb_json_object_end(json);
}

static pb_str tag_of(const http_request *request, const service_view_seen *seen)
{
    char *tag = pb_arena_printf(request->arena, "%lld", (long long)seen->view.version);
    return tag == NULL ? PB_STR("") : pb_str_c(tag);
}

/* With its version as ETag, for If-Match. */
static void answer(const http_request *request, http_response *response,
                   const service_view_seen *seen)
{
    pb_json json;
    if (http_response_fresh(request, response, tag_of(request, seen)))
        return;
    pb_json_init(&json, &response->body, 0);
    put_view(&json, seen);
}

static pb_status entity_named(const http_request *request, pb_str name,
                              const model_entity **ret_entity, pb_error *err)
{
    *ret_entity = model_entity_find(db_workspace_schema(request->server->workspace), name);
    if (*ret_entity != NULL)
        return PB_OK;
    return pb_fail(err, PB_INVALID, PB_MSG("There are no records called “{value}”."), "field",
                   "entity", "value", PB_ARG(name), NULL);
}

pb_status http_views_list(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"entity", NULL};
    const model_entity *entity = NULL;
    service_view_seen *views = NULL;
    size_t count = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    pb_str name = http_request_query(request, "entity");
    if (name.ptr != NULL)
        PB_TRY(entity_named(request, name, &entity, err));
    service_call call = http_op_call(request);
    PB_TRY(service_views(&call, request->server->workspace, entity, request->arena, &views, &count,
                         err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "views");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_view(&json, &views[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_views_read(http_request *request, http_response *response, pb_error *err)
{
    service_view_seen seen;
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "view", &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_view_read(&call, request->server->workspace, n, request->arena, &seen, err));
    answer(request, response, &seen);
    return PB_OK;
}

/* ---- saved ---- */

static pb_status read_columns(const http_request *request, const json_value *body, pb_str *ret,
                              pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    const pb_str *columns = NULL;
    size_t count = 0;
    PB_TRY(http_op_body_texts(body, "columns", request->arena, &columns, &count, err));
    for (size_t i = 0; i < count; i++) {
        pb_buf_addc(&text, i > 0 ? "," : "");
        pb_buf_add(&text, columns[i]);
    }
    if (text.failed)
        return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has {most} bytes at most."), "field",
                       "columns", "most", PB_ARG_INT(IDENTITY_VIEW_TEXT_MAX), NULL);
    *ret = pb_arena_str(request->arena, pb_buf_str(&text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_view(const http_request *request, const char *const *names,
                           identity_view *view, pb_error *err)
{
    const json_value *body = NULL;
    PB_TRY(http_op_body(request, names, &body, err));
    *view = (identity_view){.filter = PB_STR(""), .sort = PB_STR("")};
    PB_TRY(http_op_body_text(body, "entity", &view->entity, err));
    PB_TRY(http_op_body_needed(body, "name", &view->name, err));
    PB_TRY(read_columns(request, body, &view->fields, err));
    PB_TRY(http_op_body_text(body, "filter", &view->filter, err));
    PB_TRY(http_op_body_text(body, "sort", &view->sort, err));
    PB_TRY(http_op_body_truth(body, "shared", &view->shared, err));
    return http_op_body_truth(body, "default", &view->standard, err);
}

pb_status http_views_add(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"entity", "name",   "columns", "filter",
                                        "sort",   "shared", "default", NULL};
    service_view_seen seen;
    identity_view view;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(read_view(request, names, &view, err));
    service_call call = http_op_call(request);
    PB_TRY(service_view_put(&call, request->server->workspace, view, request->arena, &seen, err));
    answer(request, response, &seen);
    response->status = 201;
    return PB_OK;
}

/* The version that a change begins with, as If-Match names it; 0: whatever it is. */
static pb_status read_match(const http_request *request, http_response *response, int64_t n,
                            int64_t *ret_version, pb_error *err)
{
    service_view_seen now;
    service_call call = http_op_call(request);
    PB_TRY(service_view_read(&call, request->server->workspace, n, request->arena, &now, err));
    PB_TRY(http_request_match(request, response, tag_of(request, &now), true, err));
    *ret_version = now.view.version;
    return PB_OK;
}

pb_status http_views_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name",   "columns", "filter", "sort",
                                        "shared", "default", NULL};
    service_view_seen seen;
    identity_view view;
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "view", &n, err));
    PB_TRY(read_view(request, names, &view, err));
    PB_TRY(read_match(request, response, n, &view.version, err));
    view.n = n;
    service_call call = http_op_call(request);
    PB_TRY(service_view_put(&call, request->server->workspace, view, request->arena, &seen, err));
    answer(request, response, &seen);
    return PB_OK;
}

pb_status http_views_remove(http_request *request, http_response *response, pb_error *err)
{
    int64_t n = 0, version = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "view", &n, err));
    PB_TRY(read_match(request, response, n, &version, err));
    service_call call = http_op_call(request);
    PB_TRY(service_view_remove(&call, request->server->workspace, n, version, err));
    response->status = 204;
    return PB_OK;
}
