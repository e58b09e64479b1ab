/* Merging records, looking at what would come of it, taking a merge apart. */
#include "service/merge.h"

#include "matters.h"

enum { RECORDS_MOST = 50 };

/* ---- asked ---- */

/* The record of the address, and those of the body. */
static pb_status read_records(const http_request *request, const json_value *body,
                              service_merge_ask *ask, pb_error *err)
{
    const json_value *records = http_json_member(body, "records");
    if (records == NULL || records->kind != JSON_LIST || records->count == 0 ||
        records->count > RECORDS_MOST)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("The body needs a list “records” of 1 to {count} ids."), "count",
                       PB_ARG_INT(RECORDS_MOST), NULL);
    const char **names = pb_arena_array(request->arena, records->count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    names[ask->name_count++] = pb_arena_cstr(request->arena, http_request_part(request, "id"));
    for (const json_value *one = records->first; one != NULL; one = one->next) {
        if (one->kind != JSON_TEXT)
            return pb_fail(err, PB_USAGE, PB_MSG("“records” must hold ids."), NULL);
        names[ask->name_count++] = pb_arena_cstr(request->arena, one->text);
    }
    for (size_t i = 0; i < ask->name_count; i++)
        if (names[i] == NULL)
            return pb_fail_memory(err);
    ask->names = names;
    return PB_OK;
}

/* `{"email": "…id…"}`: the field's value comes from that record. */
static pb_status read_takes(const http_request *request, const json_value *body,
                            service_merge_ask *ask, pb_error *err)
{
    const json_value *take = http_json_member(body, "take");
    if (take == NULL)
        return PB_OK;
    if (take->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("“take” must be an object of fields, each with the id of a record."),
                       NULL);
    const char **takes = pb_arena_array(request->arena, take->count + 1, sizeof *takes);
    if (takes == NULL)
        return pb_fail_memory(err);
    for (const json_value *one = take->first; one != NULL; one = one->next) {
        pb_uuid id;
        if (model_field_find(ask->entity, one->key) == NULL)
            return pb_fail(err, PB_USAGE, PB_MSG("“{word}” is not a field of “{entity}”."), "word",
                           PB_ARG(one->key), "entity", PB_ARG(ask->entity->name), NULL);
        if (one->kind != JSON_TEXT || !pb_uuid_parse(one->text, &id))
            return pb_fail(err, PB_USAGE,
                           PB_MSG("“take” must be an object of fields, each with the id of a "
                                  "record."),
                           NULL);
        takes[ask->take_count] = pb_arena_printf(request->arena, "%.*s=%.*s", PB_STR_FMT(one->key),
                                                 PB_STR_FMT(one->text));
        if (takes[ask->take_count++] == NULL)
            return pb_fail_memory(err);
    }
    ask->takes = takes;
    return PB_OK;
}

/* The record of the address survives, unless the body names another, or leaves it to the program.
 */
static pb_status read_into(const http_request *request, const json_value *body,
                           service_merge_ask *ask, pb_error *err)
{
    const json_value *into = http_json_member(body, "into");
    if (into != NULL && into->kind == JSON_NULL)
        return PB_OK;
    if (into != NULL && into->kind != JSON_TEXT)
        return pb_fail(err, PB_USAGE, PB_MSG("“into” must be the id of a record, or null."), NULL);
    ask->into = into == NULL ? ask->names[0] : pb_arena_cstr(request->arena, into->text);
    return ask->into == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_ask(http_request *request, http_response *response, service_merge_ask *ask,
                          pb_error *err)
{
    static const char *const names[] = {"records", "into", "take", "dry_run", NULL};
    static const char *const none[] = {NULL};
    const json_value *body = NULL;
    PB_TRY(http_op_entity(request, response, &ask->entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(read_records(request, body, ask, err));
    PB_TRY(read_takes(request, body, ask, err));
    PB_TRY(read_into(request, body, ask, err));
    return http_op_body_truth(body, "dry_run", &ask->dry_run, err);
}

/* ---- told ---- */

static void put_field(pb_json *json, const service_merged *merged, const record_merge_field *field)
{
    pb_json_object(json);
    pb_json_member(json, "field", field->field->name);
    http_op_put_uuid(json, "from",
                     field->from >= 0 ? merged->records[field->from].id : (pb_uuid){{0}});
    http_op_put_truth(json, "several", field->from == RECORD_MERGE_SEVERAL);
    pb_json_member(json, "why", pb_str_c(field->why));
    http_op_put_truth(json, "changed", field->changed);
    http_op_put_truth(json, "differs", field->differs);
    http_op_put_truth(json, "conflict", field->conflict);
    pb_json_object_end(json);
}

static void put_fields(pb_json *json, const service_merged *merged)
{
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < merged->entity->field_count; i++)
        if (merged->fields[i].field != NULL && merged->fields[i].from != RECORD_MERGE_NONE)
            put_field(json, merged, &merged->fields[i]);
    pb_json_array_end(json);
}

static void put_links(pb_json *json, const service_merged *merged)
{
    pb_json_key(json, "links");
    pb_json_array(json);
    for (size_t i = 0; i < merged->link_count; i++) {
        const record_merge_link *link = &merged->links[i];
        pb_json_object(json);
        pb_json_member(json, "entity", link->field->entity->name);
        pb_json_member(json, "field", link->field->name);
        http_op_put_uuid(json, "id", link->id);
        http_op_put_uuid(json, "from", link->from);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_gains(pb_json *json, const service_merged *merged)
{
    pb_json_key(json, "gains");
    pb_json_array(json);
    for (size_t i = 0; i < merged->gain_count; i++) {
        const service_gain *gain = &merged->gains[i];
        pb_json_object(json);
        pb_json_member(json, "who", gain->who);
        http_op_put_truth(json, "loses", gain->loses);
        pb_json_key(json, "fields");
        pb_json_array(json);
        for (size_t k = 0; k < gain->field_count; k++)
            pb_json_str(json, gain->fields[k]->name);
        pb_json_array_end(json);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_run(pb_json *json, bool dry_run, int64_t run)
{
    http_op_put_truth(json, "dry_run", dry_run);
    pb_json_key(json, "run");
    if (dry_run)
        pb_json_null(json); /* the number was given back */
    else
        pb_json_i64(json, run);
}

static void put_merged(pb_json *json, const service_merged *merged, bool dry_run)
{
    pb_json_object(json);
    put_run(json, dry_run, merged->run);
    pb_json_key(json, "record");
    http_op_put_record(json, &merged->seen[merged->count], NULL);
    pb_json_key(json, "records");
    pb_json_array(json);
    for (size_t i = 0; i < merged->count; i++)
        http_op_put_record(json, &merged->seen[i], NULL);
    pb_json_array_end(json);
    put_fields(json, merged);
    put_links(json, merged);
    put_gains(json, merged);
    http_op_put_truth(json, "said_different", merged->said_different);
    pb_json_object_end(json);
}

/* 409: what is in the way is how things are, and no version that was named. */
static pb_status in_the_way(http_response *response, pb_status status)
{
    if (status == PB_CONFLICT)
        response->status = 409;
    return status;
}

pb_status http_merge_merge(http_request *request, http_response *response, pb_error *err)
{
    service_merge_ask ask = {.name_count = 0};
    service_merged merged;
    pb_json json;
    PB_TRY(read_ask(request, response, &ask, err));
    service_call call = http_op_call(request);
    PB_TRY(in_the_way(response, service_merge(&call, request->server->workspace, &ask,
                                              request->arena, &merged, err)));
    pb_json_init(&json, &response->body, 0);
    put_merged(&json, &merged, ask.dry_run);
    return PB_OK;
}

/* ---- taken apart ---- */

void http_matters_put_kept(pb_json *json, const http_request *request, const record_undo_kept *kept)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    pb_error says = {0};
    char id[512];
    (void)snprintf(id, sizeof id, "%.*s", PB_STR_FMT(kept->says));
    pb_fail(&says, PB_INVALID, id, NULL);
    pb_error_render(&says, &says.primary, request->catalog, &text);
    pb_json_object(json);
    pb_json_member(json, "entity", kept->entity->name);
    http_op_put_uuid(json, "id", kept->id);
    pb_json_member(json, "field", kept->field == NULL ? PB_STR_NONE : kept->field->name);
    pb_json_member(json, "says", pb_buf_str(&text));
    pb_json_object_end(json);
}

static void put_parted(pb_json *json, const http_request *request, const service_unmerged *parted,
                       bool dry_run)
{
    pb_json_object(json);
    put_run(json, dry_run, parted->run);
    pb_json_key(json, "record");
    http_op_put_record(json, parted->seen, NULL);
    pb_json_member_i64(json, "restored", (int64_t)parted->counts.restored);
    pb_json_key(json, "kept");
    pb_json_array(json);
    for (size_t i = 0; i < parted->kept_count; i++)
        http_matters_put_kept(json, request, &parted->kept[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_merge_part(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"dry_run", NULL};
    static const char *const none[] = {NULL};
    const model_entity *entity = NULL;
    const json_value *body = NULL;
    service_unmerged parted;
    bool dry_run = false;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_truth(body, "dry_run", &dry_run, err));
    const char *name = pb_arena_cstr(request->arena, http_request_part(request, "id"));
    if (name == NULL)
        return pb_fail_memory(err);
    service_call call = http_op_call(request);
    PB_TRY(in_the_way(response, service_unmerge(&call, request->server->workspace, entity, name,
                                                dry_run, request->arena, &parted, err)));
    pb_json_init(&json, &response->body, 0);
    put_parted(&json, request, &parted, dry_run);
    return PB_OK;
}
