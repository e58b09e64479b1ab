/* Who looked at a record. */
#include "matters.h"

static void put_look(pb_json *json, const service_look *look)
{
    pb_json_object(json);
    pb_json_member_i64(json, "sequence", (int64_t)look->sequence);
    http_op_put_moment(json, "at", look->at_us);
    pb_json_member(json, "actor", look->actor);
    pb_json_member(json, "via", look->via);
    pb_json_member(json, "purpose", look->purpose);
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < look->field_count; i++)
        pb_json_str(json, look->fields[i]->name);
    pb_json_array_end(json);
    pb_json_member_i64(json, "records", (int64_t)look->records);
    http_op_put_truth(json, "named", look->named);
    pb_json_object_end(json);
}

static pb_status read_page(const http_request *request, uint64_t *ret_before, size_t *ret_limit,
                           pb_error *err)
{
    static const char *const names[] = {"before", "limit", NULL};
    int64_t before = -1, limit = SERVICE_LOOKS_USUAL;
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "before", &before, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_LOOKS_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    *ret_before = before < 0 ? UINT64_MAX : (uint64_t)before;
    *ret_limit = (size_t)limit;
    return PB_OK;
}

pb_status http_looks_read(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_look *looks = NULL;
    size_t count = 0, limit = 0;
    uint64_t before = 0, next = 0;
    pb_uuid id;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(read_page(request, &before, &limit, err));
    PB_TRY(http_op_record_id(request, entity, &id, err));
    service_call call = http_op_call(request);
    PB_TRY(service_looks(&call, request->server->workspace, entity, id, before, limit,
                         request->arena, &looks, &count, &next, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "accesses");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_look(&json, &looks[i]);
    pb_json_array_end(&json);
    pb_json_key(&json, "next");
    if (next == UINT64_MAX)
        pb_json_null(&json);
    else
        pb_json_i64(&json, (int64_t)next);
    pb_json_object_end(&json);
    return PB_OK;
}
