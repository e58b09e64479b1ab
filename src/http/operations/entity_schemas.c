/* Schemas of an entity, made from the model. */
#include "operations.h"

#include <string.h>

enum { TEXT_MAX = 4096 };

static void put_property(pb_json *json, const char *name, const char *type, bool or_null)
{
    pb_json_key(json, name);
    pb_json_object(json);
    if (or_null)
        http_schema_or_null(json, type);
    else
        pb_json_member(json, "type", pb_str_c(type));
    pb_json_object_end(json);
}

/* Closed choices name what there is; masked ones are any text, so only on the way in. */
static void put_choices(pb_json *json, const model_field *field)
{
    pb_json_key(json, "enum");
    pb_json_array(json);
    for (size_t i = 0; i < field->choice_count; i++)
        pb_json_str(json, field->choices[i].value);
    pb_json_null(json);
    pb_json_array_end(json);
}

static void put_parts(pb_json *json, const char *first, const char *second)
{
    http_schema_or_null(json, "object");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_property(json, first, "string", true);
    put_property(json, second, "string", true);
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
}

static void put_field_type(pb_json *json, const model_field *field)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
        http_schema_or_null(json, "boolean");
        return;
    case MODEL_INTEGER:
        http_schema_or_null(json, "integer");
        pb_json_member(json, "format", PB_STR("int64"));
        return;
    case MODEL_DECIMAL:
        http_schema_or_null(json, "number");
        pb_json_member(json, "format", PB_STR("double"));
        return;
    case MODEL_MONEY:
        put_parts(json, "amount", "currency");
        return;
    case MODEL_LINK:
        put_parts(json, "id", "reference");
        return;
    default:
        http_schema_or_null(json, "string");
    }
    if (field->type == MODEL_DATE || field->type == MODEL_INSTANT)
        pb_json_member(json, "format",
                       field->type == MODEL_DATE ? PB_STR("date") : PB_STR("date-time"));
}

/* Amounts come as numbers, too. */
static void put_money_written(pb_json *json)
{
    http_schema_or_null(json, "object");
    pb_json_key(json, "properties");
    pb_json_whole(json, PB_STR("{\"amount\":{\"type\":[\"string\",\"number\",\"null\"]},"
                               "\"currency\":{\"type\":[\"string\",\"null\"]}}"));
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
}

/* On the way in a text may stand for numbers, money and links, written as people write them. */
static void put_written_type(pb_json *json, const model_field *field)
{
    bool text = field->type == MODEL_INTEGER || field->type == MODEL_DECIMAL ||
                field->type == MODEL_MONEY || field->type == MODEL_LINK;
    if (!text) {
        put_field_type(json, field);
        return;
    }
    pb_json_key(json, "anyOf");
    pb_json_array(json);
    pb_json_object(json);
    if (field->type == MODEL_MONEY)
        put_money_written(json);
    else
        put_field_type(json, field);
    pb_json_object_end(json);
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("string"));
    pb_json_object_end(json);
    pb_json_array_end(json);
}

static void put_field(pb_json *json, const http_request *request, const model_field *field,
                      bool writing)
{
    pb_json_key_str(json, field->name);
    pb_json_object(json);
    pb_json_member(json, "title", http_op_label(request, &field->labels, field->label));
    if (field->help.ptr != NULL)
        pb_json_member(json, "description", pb_translate_str(request->catalog, field->help));
    if (writing)
        put_written_type(json, field);
    else
        put_field_type(json, field);
    if (writing && field->max_length > 0)
        pb_json_member_i64(json, "maxLength", (int64_t)field->max_length);
    if (writing && field->type == MODEL_CHOICE && !field->open_choices)
        put_choices(json, field);
    pb_json_object_end(json);
}

static void put_fields(pb_json *json, const http_request *request, const model_entity *entity,
                       bool writing)
{
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < entity->field_count; i++)
        put_field(json, request, &entity->fields[i], writing);
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

static void begin_schema(pb_json *json, pb_str entity, const char *end)
{
    PB_AUTO_BUF name = PB_BUF_INIT(TEXT_MAX);
    pb_buf_printf(&name, "%.*s%s", PB_STR_FMT(entity), end);
    pb_json_key_str(json, pb_buf_str(&name));
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
}

static void put_required(pb_json *json, const char *names)
{
    pb_str rest = pb_str_c(names), one;
    pb_json_key(json, "required");
    pb_json_array(json);
    while (pb_str_split(&rest, ' ', &one))
        pb_json_str(json, one);
    pb_json_array_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

static void put_list_of(pb_json *json, const char *key, pb_str entity, const char *end)
{
    pb_json_key(json, key);
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("array"));
    http_schema_ref(json, "items", entity, end);
    pb_json_object_end(json);
}

static void put_linked(pb_json *json, const model_entity *entity)
{
    pb_json_key(json, "linked");
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (field->type != MODEL_LINK)
            continue;
        pb_json_key_str(json, field->name);
        pb_json_object(json);
        pb_json_key(json, "anyOf");
        pb_json_array(json);
        pb_json_object(json);
        PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
        pb_buf_printf(&text, "#/components/schemas/%.*s_record", PB_STR_FMT(field->target->name));
        pb_json_member(json, "$ref", pb_buf_str(&text));
        pb_json_object_end(json);
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("null"));
        pb_json_object_end(json);
        pb_json_array_end(json);
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

/* `provenance`: an object of this schema by field. */
static void put_by_field(pb_json *json, const char *schema)
{
    pb_json_key(json, "provenance");
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    http_schema_ref(json, "additionalProperties", PB_STR_NONE, schema);
    pb_json_object_end(json);
}

static void put_record_schema(pb_json *json, const http_request *request,
                              const model_entity *entity)
{
    static const struct {
        const char *name, *type, *format;
        bool or_null;
    } head[] = {{"id", "string", "uuid", false},
                {"version", "integer", "int64", false},
                {"created_at", "string", "date-time", false},
                {"changed_at", "string", "date-time", false},
                {"deleted", "boolean", NULL, false},
                {"source_id", "string", NULL, true},
                {"merged_into", "string", "uuid", false}};
    begin_schema(json, entity->name, "_record");
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        pb_json_key(json, head[i].name);
        pb_json_object(json);
        if (head[i].or_null)
            http_schema_or_null(json, head[i].type);
        else
            pb_json_member(json, "type", pb_str_c(head[i].type));
        if (head[i].format != NULL)
            pb_json_member(json, "format", pb_str_c(head[i].format));
        pb_json_object_end(json);
    }
    pb_json_key(json, "fields");
    put_fields(json, request, entity, false);
    put_linked(json, entity);
    put_by_field(json, "Provenance");
    pb_json_object_end(json);
    put_required(json, "id version created_at changed_at deleted source_id fields");
}

static void put_entity_schemas(pb_json *json, const http_request *request,
                               const model_entity *entity)
{
    put_record_schema(json, request, entity);
    begin_schema(json, entity->name, "_page");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "records", entity->name, "_record");
    put_property(json, "next", "string", true);
    put_property(json, "total", "integer", false);
    put_property(json, "total_capped", "boolean", false);
    pb_json_object_end(json);
    put_required(json, "records next");
    begin_schema(json, entity->name, "_found");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "records", entity->name, "_record");
    pb_json_object_end(json);
    put_required(json, "records");
    begin_schema(json, entity->name, "_created");
    pb_json_key(json, "properties");
    pb_json_object(json);
    http_schema_ref(json, "record", entity->name, "_record");
    put_list_of(json, "likely", entity->name, "Duplicate");
    pb_json_object_end(json);
    put_required(json, "record likely");
}

static void put_written_schemas(pb_json *json, const http_request *request,
                                const model_entity *entity)
{
    begin_schema(json, entity->name, "_new");
    pb_json_key(json, "properties");
    pb_json_object(json);
    pb_json_key(json, "fields");
    put_fields(json, request, entity, true);
    pb_json_key(json, "duplicates");
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("string"));
    pb_json_key(json, "enum");
    pb_json_array(json);
    pb_json_c(json, "ignore");
    pb_json_c(json, "declared");
    pb_json_c(json, "warn");
    pb_json_c(json, "refuse");
    pb_json_array_end(json);
    pb_json_object_end(json);
    put_by_field(json, "Statement");
    pb_json_object_end(json);
    put_required(json, "fields");
    begin_schema(json, entity->name, "_row");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_property(json, "id", "string", false);
    put_property(json, "version", "integer", false);
    pb_json_key(json, "fields");
    put_fields(json, request, entity, true);
    pb_json_object_end(json);
    put_required(json, "fields");
    begin_schema(json, entity->name, "_rows");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "rows", entity->name, "_row");
    put_property(json, "dry_run", "boolean", true);
    pb_json_object_end(json);
    put_required(json, "rows");
}

void http_op_put_schemas(pb_json *json, const http_request *request, const model_entity *entity)
{
    put_entity_schemas(json, request, entity);
    put_written_schemas(json, request, entity);
}
