/* What happened around a record. */
#include "matters.h"

static void put_change(pb_json *json, const service_event *item)
{
    pb_json_member_i64(json, "sequence", (int64_t)item->sequence);
    pb_json_member(json, "kind", item->kind);
    pb_json_member(json, "actor", item->actor);
    pb_json_member_i64(json, "version", item->version);
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < item->field_count; i++)
        pb_json_str(json, item->fields[i]->name);
    pb_json_array_end(json);
}

static void put_item(pb_json *json, const service_event *item)
{
    pb_json_object(json);
    http_op_put_moment(json, "at", item->at_us);
    pb_json_member(json, "what", item->link == NULL ? PB_STR("change") : PB_STR("record"));
    if (item->link == NULL) {
        put_change(json, item);
    } else {
        pb_json_member(json, "entity", item->link->entity->name);
        pb_json_member(json, "link", item->link->name);
        pb_json_key(json, "record");
        http_op_put_record(json, &item->record, NULL);
    }
    pb_json_object_end(json);
}

static void put_timeline(pb_json *json, const service_timeline *timeline, int64_t next)
{
    pb_json_object(json);
    pb_json_key(json, "items");
    pb_json_array(json);
    for (size_t i = 0; i < timeline->count; i++)
        put_item(json, &timeline->items[i]);
    pb_json_array_end(json);
    pb_json_key(json, "next");
    if (timeline->more)
        pb_json_i64(json, next);
    else
        pb_json_null(json);
    http_op_put_truth(json, "history", timeline->history);
    pb_json_object_end(json);
}

pb_status http_timeline_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"from", "limit", NULL};
    const model_entity *entity = NULL;
    service_timeline timeline;
    int64_t from = 0, limit = SERVICE_TIMELINE_USUAL;
    pb_uuid id;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "from", &from, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_TIMELINE_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    PB_TRY(http_op_record_id(request, entity, &id, err));
    service_call call = http_op_call(request);
    PB_TRY(service_timeline_read(&call, request->server->workspace, entity, id, (size_t)from,
                                 (size_t)limit, request->arena, &timeline, err));
    pb_json_init(&json, &response->body, 0);
    put_timeline(&json, &timeline, from + limit);
    return PB_OK;
}
