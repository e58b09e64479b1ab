/* Schemas that are written short, as JSON Schema. */
#include "../describe.h"

enum { REF_MAX = 512 };

static const struct {
    const char *name, *type, *format;
} kinds[] = {
    {"string", "string", NULL},
    {"integer", "integer", "int64"},
    {"number", "number", NULL},
    {"boolean", "boolean", NULL},
    {"uuid", "string", "uuid"},
    {"date", "string", "date"},
    {"any", NULL, NULL},
    {"date-time", "string", "date-time"},
    {"password", "string", "password"},
};

void http_schema_or_null(pb_json *json, const char *type)
{
    pb_json_key(json, "type");
    pb_json_array(json);
    pb_json_c(json, type);
    pb_json_c(json, "null");
    pb_json_array_end(json);
}

void http_schema_ref(pb_json *json, const char *key, pb_str entity, const char *end)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REF_MAX);
    bool own = end[0] != '_';
    pb_buf_printf(&text, "#/components/schemas/%.*s%s", own ? 0 : (int)entity.len, entity.ptr, end);
    pb_json_key(json, key);
    pb_json_object(json);
    pb_json_member(json, "$ref", pb_buf_str(&text));
    pb_json_object_end(json);
}

static pb_str inside(pb_str text)
{
    return pb_str_sub(text, 1, text.len - 2);
}

static void put_type(pb_json *json, pb_str type);

/* What is not written as it should be lets no value pass, so that every test of it fails. */
static void put_nothing(pb_json *json)
{
    pb_json_key(json, "not");
    pb_json_object(json);
    pb_json_object_end(json);
}

static void put_kind(pb_json *json, pb_str name, bool or_null)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!pb_str_is(name, kinds[i].name))
            continue;
        if (kinds[i].type != NULL && or_null)
            http_schema_or_null(json, kinds[i].type);
        else if (kinds[i].type != NULL)
            pb_json_member(json, "type", pb_str_c(kinds[i].type));
        if (kinds[i].format != NULL)
            pb_json_member(json, "format", pb_str_c(kinds[i].format));
        return;
    }
    put_nothing(json);
}

static void put_reference(pb_json *json, pb_str name, bool or_null)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REF_MAX);
    pb_buf_printf(&text, "#/components/schemas/%.*s", PB_STR_FMT(name));
    if (or_null) {
        pb_json_key(json, "anyOf");
        pb_json_array(json);
        pb_json_object(json);
    }
    pb_json_member(json, "$ref", pb_buf_str(&text));
    if (or_null) {
        pb_json_object_end(json);
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("null"));
        pb_json_object_end(json);
        pb_json_array_end(json);
    }
}

/* A list or an object with any keys. */
static void put_many(pb_json *json, pb_str type, bool or_null)
{
    bool list = type.ptr[0] == '[';
    if (or_null)
        http_schema_or_null(json, list ? "array" : "object");
    else
        pb_json_member(json, "type", list ? PB_STR("array") : PB_STR("object"));
    pb_json_key(json, list ? "items" : "additionalProperties");
    pb_json_object(json);
    put_type(json, inside(type));
    pb_json_object_end(json);
}

/* The members of a schema of this type. */
static void put_type(pb_json *json, pb_str type)
{
    bool or_null = type.len > 1 && type.ptr[type.len - 1] == '?';
    if (or_null)
        type.len--;
    if (type.len > 2 && (type.ptr[0] == '[' || type.ptr[0] == '{'))
        put_many(json, type, or_null);
    else if (type.len > 0 && type.ptr[0] >= 'A' && type.ptr[0] <= 'Z')
        put_reference(json, type, or_null);
    else if (type.len > 1 && type.ptr[0] == '#')
        put_reference(json, pb_str_sub(type, 1, type.len), or_null);
    else
        put_kind(json, type, or_null);
}

static void put_choices(pb_json *json, pb_str choices)
{
    bool or_null = choices.len > 1 && choices.ptr[choices.len - 1] == '?';
    pb_str one;
    if (or_null)
        choices.len--;
    if (or_null)
        http_schema_or_null(json, "string");
    else
        pb_json_member(json, "type", PB_STR("string"));
    pb_json_key(json, "enum");
    pb_json_array(json);
    while (pb_str_split(&choices, '|', &one))
        pb_json_str(json, one);
    if (or_null)
        pb_json_null(json);
    pb_json_array_end(json);
}

/* Where the name of a member ends; `*ret_optional`: it may be missing. */
static pb_str member_name(pb_str member, bool *ret_optional)
{
    size_t end = 0;
    while (end < member.len && member.ptr[end] != ':' && member.ptr[end] != '=')
        end++;
    *ret_optional = end > 1 && member.ptr[end - 1] == '?';
    return pb_str_sub(member, 0, *ret_optional ? end - 1 : end);
}

static void put_members(pb_json *json, pb_str rest)
{
    pb_str member;
    bool optional;
    pb_json_key(json, "properties");
    pb_json_object(json);
    while (pb_str_split(&rest, ' ', &member)) {
        if (member.len == 0)
            continue;
        pb_str name = member_name(member, &optional);
        size_t end = name.len + (optional ? 1 : 0);
        pb_str kind = pb_str_sub(member, end + 1, member.len);
        pb_json_key_str(json, name);
        pb_json_object(json);
        if (member.ptr[end] == '=')
            put_choices(json, kind);
        else
            put_type(json, kind);
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
}

static void put_required(pb_json *json, pb_str rest)
{
    pb_str member;
    bool optional;
    pb_json_key(json, "required");
    pb_json_array(json);
    while (pb_str_split(&rest, ' ', &member)) {
        if (member.len == 0)
            continue;
        pb_str name = member_name(member, &optional);
        if (!optional)
            pb_json_str(json, name);
    }
    pb_json_array_end(json);
}

void http_schema_put(pb_json *json, const char *schema)
{
    if (schema[0] == '{') {
        pb_json_whole(json, pb_str_c(schema));
        return;
    }
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    put_members(json, pb_str_c(schema));
    put_required(json, pb_str_c(schema));
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}
