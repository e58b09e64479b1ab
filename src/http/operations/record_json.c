/* Records as JSON, and values of JSON on their way in.
 *
 *   {"id": …, "version": 3, "created_at": …, "changed_at": …, "deleted": false,
 *    "fields": {"full_name": "Li Wei", "balance": {"amount": "12.50", "currency": "EUR"},
 *               "account": {"id": …, "reference": "Globex"}, "birth_date": "1990-01-01"},
 *    "linked": {"account": {…}}}
 */
#include "operations.h"

#include "base/time.h"

enum { TEXT_MAX = 4096 };

static void put_instant(pb_json *json, int64_t us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_instant_format(&text, us);
    pb_json_str(json, pb_buf_str(&text));
}

static void put_id(pb_json *json, pb_uuid id)
{
    char text[37];
    pb_uuid_text(id, text);
    pb_json_c(json, text);
}

static void put_written(pb_json *json, const model_field *field, pb_value value, pb_str currency)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    model_write(field, value, currency, &text);
    pb_json_str(json, pb_buf_str(&text));
}

static void put_money(pb_json *json, const model_field *field, pb_value value, pb_str currency)
{
    pb_json_object(json);
    pb_json_key(json, "amount");
    put_written(json, field, value, currency);
    pb_json_member(json, "currency", currency);
    pb_json_object_end(json);
}

static void put_link(pb_json *json, pb_value value, pb_str ref)
{
    pb_uuid id;
    pb_json_object(json);
    pb_json_key(json, "id");
    if (value.kind == PB_BLOB && value.as.s.len == sizeof id.b) {
        memcpy(id.b, value.as.s.ptr, sizeof id.b);
        put_id(json, id);
    } else {
        pb_json_null(json);
    }
    pb_json_member(json, "reference", ref);
    pb_json_object_end(json);
}

void http_op_put_value(pb_json *json, const model_field *field, pb_value value, pb_str ref,
                       pb_str currency)
{
    if (value.kind == PB_NULL && ref.ptr == NULL) {
        pb_json_null(json);
        return;
    }
    switch (field->type) {
    case MODEL_BOOLEAN:
        pb_json_bool(json, value.as.i != 0);
        return;
    case MODEL_INTEGER:
        pb_json_i64(json, value.as.i);
        return;
    case MODEL_DECIMAL:
        pb_json_double(json, value.as.r);
        return;
    case MODEL_MONEY:
        put_money(json, field, value, currency);
        return;
    case MODEL_INSTANT:
        put_instant(json, value.as.i);
        return;
    case MODEL_LINK:
        put_link(json, value, ref);
        return;
    default:
        if (value.kind == PB_TEXT)
            pb_json_str(json, value.as.s);
        else
            put_written(json, field, value, currency);
    }
}

static void put_fields(pb_json *json, const service_record *seen, const record_list_page *page)
{
    const model_entity *entity = seen->record.entity;
    size_t count = page == NULL ? entity->field_count : page->field_count;
    pb_json_key(json, "fields");
    pb_json_object(json);
    for (size_t i = 0; i < count; i++) {
        const model_field *field = page == NULL ? &entity->fields[i] : page->fields[i];
        if (service_right(seen, field) == IDENTITY_HIDDEN)
            continue;
        pb_json_key_str(json, field->name);
        http_op_put_value(json, field, seen->record.values[field->index],
                          seen->record.refs[field->index], seen->record.currencies[field->index]);
    }
    pb_json_object_end(json);
}

static void put_linked(pb_json *json, const service_record *seen, const record_list_page *page)
{
    pb_json_key(json, "linked");
    pb_json_object(json);
    for (size_t i = 0; i < page->expand_count; i++) {
        pb_json_key_str(json, page->expands[i]->name);
        if (seen->linked[i].record.entity == NULL)
            pb_json_null(json);
        else
            http_op_put_record(json, &seen->linked[i], NULL);
    }
    pb_json_object_end(json);
}

void http_op_put_members(pb_json *json, const service_record *record, const record_list_page *page)
{
    const record_data *data = &record->record;
    pb_json_key(json, "id");
    put_id(json, data->id);
    pb_json_member_i64(json, "version", data->version);
    pb_json_key(json, "created_at");
    put_instant(json, data->created_us);
    pb_json_key(json, "changed_at");
    put_instant(json, data->changed_us);
    pb_json_key(json, "deleted");
    pb_json_bool(json, data->deleted);
    pb_json_member(json, "source_id", data->source_id);
    if (data->merged) {
        pb_json_key(json, "merged_into");
        put_id(json, data->merged_into);
    }
    put_fields(json, record, page);
    if (page != NULL && page->expand_count > 0)
        put_linked(json, record, page);
}

void http_op_put_record(pb_json *json, const service_record *record, const record_list_page *page)
{
    pb_json_object(json);
    http_op_put_members(json, record, page);
    pb_json_object_end(json);
}

/* ---- on their way in ---- */

/* The kinds that a field's value may have, and how that is told. */
static bool fits(const model_field *field, const json_value *value)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
        return value->kind == JSON_TRUTH;
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
        return value->kind == JSON_NUMBER || value->kind == JSON_TEXT;
    case MODEL_MONEY:
    case MODEL_LINK:
        return value->kind == JSON_OBJECT || value->kind == JSON_TEXT;
    default:
        return value->kind == JSON_TEXT;
    }
}

static const char *wanted(const model_field *field)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
        return PB_MSG("It must be true or false, without quotes.");
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
        return PB_MSG("It must be a number.");
    case MODEL_MONEY:
        return PB_MSG(
            "It must be {{\"amount\": \"12.50\", \"currency\": \"EUR\"}}, or such a text.");
    case MODEL_LINK:
        return PB_MSG("It must be {{\"id\": …}}, or a text that names the record.");
    default:
        return PB_MSG("It must be a text, in quotes.");
    }
}

/* An object's two parts as one text: “12.50 EUR”; of a link its id, else its reference. */
static bool join_object(const model_field *field, const json_value *value, pb_arena *arena,
                        pb_str *ret)
{
    bool money = field->type == MODEL_MONEY;
    const json_value *first = http_json_member(value, money ? "amount" : "id");
    const json_value *second = http_json_member(value, money ? "currency" : "reference");
    size_t known = first != NULL;
    known += second != NULL;
    bool good = value->count == known;
    bool has_first =
        first != NULL && (first->kind == JSON_TEXT || (money && first->kind == JSON_NUMBER));
    bool has_second = second != NULL && second->kind == JSON_TEXT;
    good = good && (has_first || first == NULL || first->kind == JSON_NULL);
    good = good && (has_second || second == NULL || second->kind == JSON_NULL);
    if (!good || (!has_first && (money || !has_second)))
        return false;
    if (!money || !has_second) {
        *ret = has_first ? first->text : second->text;
        return true;
    }
    *ret = pb_str_c(
        pb_arena_printf(arena, "%.*s %.*s", PB_STR_FMT(first->text), PB_STR_FMT(second->text)));
    return ret->ptr != NULL;
}

static bool raw_of(const model_field *field, const json_value *value, pb_arena *arena, pb_str *ret)
{
    if (value->kind == JSON_NULL) {
        *ret = PB_STR("");
        return true;
    }
    if (!fits(field, value))
        return false;
    if (value->kind == JSON_OBJECT)
        return join_object(field, value, arena, ret);
    *ret =
        value->kind == JSON_TRUTH ? (value->truth ? PB_STR("true") : PB_STR("false")) : value->text;
    return true;
}

pb_status http_op_read_fields(const model_entity *entity, const json_value *fields, pb_arena *arena,
                              http_op_inputs *ret_inputs, pb_error *err)
{
    if (fields == NULL || fields->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("The body needs an object “fields”."), NULL);
    http_op_inputs in = {.inputs = pb_arena_array(arena, fields->count + 1, sizeof(record_input)),
                         .problems =
                             pb_arena_array(arena, fields->count + 1, sizeof(record_problem))};
    if (in.inputs == NULL || in.problems == NULL)
        return pb_fail_memory(err);
    for (const json_value *one = fields->first; one != NULL; one = one->next) {
        const model_field *field = model_field_find(entity, one->key);
        pb_str raw = PB_STR_NONE;
        if (field == NULL)
            in.problems[in.problem_count++] =
                (record_problem){NULL, one->key, PB_STR("There is no field “{value}”.")};
        else if (!raw_of(field, one, arena, &raw))
            in.problems[in.problem_count++] = (record_problem){
                field, one->text.ptr == NULL ? pb_str_c(http_json_kind_name(one->kind)) : one->text,
                pb_str_c(wanted(field))};
        else
            in.inputs[in.count++] = (record_input){field, raw, NULL};
    }
    *ret_inputs = in;
    return PB_OK;
}
