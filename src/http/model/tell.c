/* The model as who asks may know it. */
#include "model.h"

#include "../who.h"

#include "db/kept.h"

static void put_title(pb_json *json, const service_model_seen *seen)
{
    const model_entity *entity = seen->entity;
    pb_json_key(json, "title");
    pb_json_array(json);
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].title && seen->fields[i])
            pb_json_str(json, entity->fields[i].name);
    pb_json_array_end(json);
}

/* Those of the names that the asker may see. */
static void put_names(pb_json *json, const char *key, const service_model_seen *seen,
                      model_strs names)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < names.count; i++) {
        const model_field *field = model_field_find(seen->entity, names.items[i]);
        if (field != NULL && seen->fields[field->index])
            pb_json_str(json, field->name);
    }
    pb_json_array_end(json);
}

/* Operations by their words, those of `bits`. */
static void put_operations(pb_json *json, uint32_t bits)
{
    pb_json_key(json, "may");
    pb_json_array(json);
    for (int o = 0; o < IDENTITY_OPERATIONS; o++)
        if ((bits >> o & 1) != 0)
            pb_json_str(json, pb_str_c(identity_operation_word((identity_operation)o)));
    pb_json_array_end(json);
}

/* A label in the reader's language; those that a workspace gave are as it gave them. */
static void put_label(pb_json *json, const char *key, const pb_catalog *catalog, pb_str label)
{
    pb_json_member(json, key, pb_str_empty(label) ? label : pb_translate_str(catalog, label));
}

static void put_values(pb_json *json, const pb_catalog *catalog, const model_field *field)
{
    pb_json_key(json, "values");
    pb_json_array(json);
    for (size_t i = 0; i < field->choice_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "value", field->choices[i].value);
        put_label(json, "label", catalog, field->choices[i].label);
        http_op_put_truth(json, "retired", field->choices[i].retired);
        http_op_put_truth(json, "over", model_choice_over(&field->choices[i]));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

/* What the workspace says of it in each language; null: nothing. */
static void put_labels(pb_json *json, const model_labels *labels)
{
    pb_json_key(json, "labels");
    if (labels->en.ptr == NULL && labels->zh.ptr == NULL && labels->fa.ptr == NULL) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    pb_json_member(json, "en", labels->en);
    pb_json_member(json, "zh-CN", labels->zh);
    pb_json_member(json, "fa", labels->fa);
    pb_json_object_end(json);
}

static void put_field(pb_json *json, const http_request *request, const service_model_seen *seen,
                      const model_field *field)
{
    const pb_catalog *catalog = request->catalog;
    pb_json_object(json);
    pb_json_member(json, "name", field->name);
    pb_json_member(json, "label", http_op_label(request, &field->labels, field->label));
    put_labels(json, &field->labels);
    put_label(json, "help", catalog, field->help);
    pb_json_member(json, "type",
                   pb_str_c(field->type == MODEL_LINK ? "link" : model_type_name(field->type)));
    pb_json_member(json, "to", field->target != NULL ? field->target->name : PB_STR_NONE);
    http_op_put_truth(json, "own", field->own);
    http_op_put_truth(json, "retired", field->retired);
    http_op_put_truth(json, "required", field->required);
    http_op_put_truth(json, "many", field->many);
    http_op_put_truth(json, "open", field->open_choices);
    if (field->type == MODEL_CHOICE)
        put_values(json, catalog, field);
    if (field->max_length > 0)
        pb_json_member_i64(json, "max_length", (int64_t)field->max_length);
    if (field->fresh_days > 0)
        pb_json_member_i64(json, "fresh_days", field->fresh_days);
    if (!pb_str_empty(field->currency))
        pb_json_member(json, "currency", field->currency);
    pb_json_member(json, "personal",
                   field->personal.declared ? field->personal.klass : PB_STR_NONE);
    http_op_put_truth(json, "sensitive", field->personal.sensitive);
    http_op_put_truth(json, "search", field->search);
    pb_json_member(json, "may",
                   pb_str_c(seen->writes[field->index]   ? "write"
                            : seen->masked[field->index] ? "masked"
                                                         : "read"));
    pb_json_object_end(json);
}

/* What its records become, in order, and by which values one that was converted is known. */
static void put_convert(pb_json *json, const model_entity *entity)
{
    const model_convert *convert = entity->convert;
    pb_json_key(json, "convert");
    if (convert == NULL) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    pb_json_key(json, "steps");
    pb_json_array(json);
    for (size_t i = 0; i < convert->step_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "entity", convert->steps[i].entity->name);
        http_op_put_truth(json, "optional", convert->steps[i].optional);
        http_op_put_truth(json, "may_use", convert->steps[i].link != NULL);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_key(json, "marks");
    pb_json_object(json);
    for (size_t i = 0; i < convert->count; i++)
        if (!pb_str_is(convert->values[i].text, "today"))
            pb_json_member(json, convert->values[i].to->name.ptr, convert->values[i].text);
    pb_json_object_end(json);
    pb_json_object_end(json);
}

static void put_entity(pb_json *json, const http_request *request, const model_schema *schema,
                       const service_model_seen *seen)
{
    PB_AUTO_BUF path = PB_BUF_INIT(4096);
    const model_entity *entity = seen->entity;
    http_op_entity_path(schema, entity, &path);
    pb_json_object(json);
    pb_json_member(json, "name", entity->name);
    pb_json_member(json, "label", http_op_label(request, &entity->labels, entity->label));
    put_labels(json, &entity->labels);
    pb_json_member(json, "plural", http_op_label(request, &entity->labels, entity->plural));
    pb_json_member(json, "path", pb_buf_str(&path));
    http_op_put_truth(json, "own", entity->own);
    http_op_put_truth(json, "retired", entity->retired);
    http_op_put_truth(json, "personal", entity->personal);
    pb_json_member(json, "access_as",
                   entity->access_as != NULL ? entity->access_as->name : PB_STR_NONE);
    put_operations(json, seen->operations);
    put_title(json, seen);
    if (entity->review_days > 0)
        pb_json_member_i64(json, "review_days", entity->review_days);
    put_names(json, "key", seen, entity->key);
    put_names(json, "columns", seen, entity->columns);
    put_convert(json, entity);
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < entity->field_count; i++)
        if (seen->fields[i])
            put_field(json, request, seen, &entity->fields[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_model_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    db_workspace *workspace = request->server->workspace;
    service_model_seen *seen = NULL;
    size_t count = 0;
    uint32_t operations = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_model_read(&call, workspace, request->arena, &seen, &count, &operations, err));
    char *tag = pb_arena_printf(request->arena, "\"%lld\"", (long long)db_model_version(workspace));
    if (tag == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "ETag", pb_str_c(tag)); /* for If-Match */
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "version", db_model_version(workspace));
    put_operations(&json, operations);
    pb_json_key(&json, "entities");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_entity(&json, request, db_workspace_schema(workspace), &seen[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
