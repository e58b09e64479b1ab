/* The log over HTTP: heads, events, proofs. */
#include "oversight.h"

#include "service/ledger.h"

/* ---- heads ---- */

pb_status http_oversight_head(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_AUTO_BUF root = PB_BUF_INIT(128);
    service_head head;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_ledger_head(&call, request->server->workspace, request->arena, &head, err));
    pb_base64(&root, head.head.root, sizeof head.head.root);
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "size", (int64_t)head.head.size);
    pb_json_member(&json, "root", pb_buf_str(&root));
    http_op_put_moment(&json, "at", head.head.at_us);
    pb_json_member(&json, "note", head.note);
    pb_json_member(&json, "key", head.key);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- events ---- */

static pb_status read_record(const http_request *request, ledger_filter *filter, pb_error *err)
{
    pb_str text = http_request_query(request, "record");
    pb_uuid *id = pb_arena_alloc(request->arena, sizeof *id);
    if (id == NULL)
        return pb_fail_memory(err);
    if (text.ptr == NULL)
        return PB_OK;
    if (!pb_uuid_parse(text, id))
        return http_op_fail_value("record", text, PB_MSG("It takes the id of a record."), err);
    filter->record = id;
    return PB_OK;
}

static pb_status read_asked(const http_request *request, service_events_asked *asked, pb_error *err)
{
    static const char *const names[] = {"kind", "actor", "via",   "entity", "record",
                                        "from", "until", "below", "limit",  NULL};
    int64_t below = 0, limit = SERVICE_EVENTS_USUAL;
    PB_TRY(http_op_check_query(request, names, err));
    asked->filter.kind = http_request_query(request, "kind");
    asked->filter.actor = http_request_query(request, "actor");
    asked->filter.via = http_request_query(request, "via");
    asked->filter.entity = http_request_query(request, "entity");
    PB_TRY(read_record(request, &asked->filter, err));
    PB_TRY(http_op_query_instant(request, "from", &asked->filter.from_us, err));
    PB_TRY(http_op_query_instant(request, "until", &asked->filter.until_us, err));
    PB_TRY(http_op_query_number(request, "below", &below, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    asked->below = (uint64_t)below;
    asked->limit = (uint64_t)limit;
    return PB_OK;
}

static void put_event(const http_request *request, pb_json *json, const ledger_listed *listed)
{
    const ledger_event *event = &listed->event;
    const char *says = ledger_kind_says(pb_str_c(event->kind));
    pb_json_object(json);
    pb_json_member_i64(json, "sequence", (int64_t)listed->sequence);
    pb_json_member(json, "kind", pb_str_c(event->kind));
    pb_json_member(json, "says",
                   says == NULL ? PB_STR_NONE : pb_str_c(pb_translate(request->catalog, says)));
    http_op_put_moment(json, "at", event->at_us);
    pb_json_member(json, "actor", event->actor.name);
    pb_json_member(json, "purpose", event->actor.purpose);
    pb_json_member(json, "via", event->actor.via);
    pb_json_member(json, "entity", event->entity);
    http_op_put_uuid(json, "record", event->record);
    pb_json_key(json, "version");
    if (event->version > 0)
        pb_json_i64(json, event->version);
    else
        pb_json_null(json);
    http_op_put_truth(json, "erased", listed->erased);
    pb_json_object_end(json);
}

pb_status http_oversight_events(http_request *request, http_response *response, pb_error *err)
{
    service_events_asked asked = {.below = 0};
    service_events page;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_asked(request, &asked, err));
    service_call call = http_op_call(request);
    PB_TRY(service_ledger_events(&call, request->server->workspace, &asked, request->arena, &page,
                                 err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "events");
    pb_json_array(&json);
    for (size_t i = 0; i < page.count; i++)
        put_event(request, &json, &page.events[i]);
    pb_json_array_end(&json);
    pb_json_key(&json, "next");
    if (page.next > 0)
        pb_json_i64(&json, (int64_t)page.next);
    else
        pb_json_null(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_oversight_event_kinds(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const char *name;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_ledger_may(&call, request->server->workspace, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "kinds");
    pb_json_array(&json);
    for (size_t i = 0; (name = ledger_kind_name(i)) != NULL; i++) {
        const char *says = pb_translate(request->catalog, ledger_kind_says(pb_str_c(name)));
        pb_json_object(&json);
        pb_json_member(&json, "kind", pb_str_c(name));
        pb_json_member(&json, "says", pb_str_c(says));
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- proofs ---- */

pb_status http_oversight_proof(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    pb_str text = http_request_part(request, "sequence");
    int64_t sequence = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    if (!pb_str_to_i64(text, &sequence) || sequence < 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no event {event}"), "event",
                       PB_ARG(text), NULL);
    service_call call = http_op_call(request);
    return service_ledger_proof(&call, request->server->workspace, (uint64_t)sequence,
                                &response->body, err);
}

pb_status http_oversight_consistency(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"old", "new", NULL};
    int64_t old_size = 0, new_size = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "old", &old_size, err));
    PB_TRY(http_op_query_number(request, "new", &new_size, err));
    if (old_size == 0)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("The parameter old is needed: the size of the log that is known."),
                       NULL);
    service_call call = http_op_call(request);
    return service_ledger_consistency(&call, request->server->workspace, (uint64_t)old_size,
                                      (uint64_t)new_size, &response->body, err);
}
