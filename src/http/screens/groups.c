/* Reports by group. */
#include "screens.h"

#include "service/groups.h"

/* Decimals are added in whatever order an engine reads them: the last digits mean nothing. */
static void put_decimal(pb_json *json, double value)
{
    char text[40];
    double rounded = value;
    (void)snprintf(text, sizeof text, "%.12g", value);
    pb_json_double(json, pb_str_to_double(pb_str_c(text), &rounded) ? rounded : value);
}

/* The average, to the unit; a half goes away from zero. */
static int64_t rounded(const record_group_sum *sum)
{
    int64_t count = (int64_t)sum->count, rest = sum->sum % count;
    int64_t more = rest >= 0 ? rest >= count - rest : -(-rest >= count + rest);
    return sum->sum / count + more;
}

static void put_money(pb_json *json, const record_measure *measure, const record_group_sums *sums)
{
    pb_json_array(json);
    for (size_t i = 0; i < sums->count; i++) {
        const record_group_sum *sum = &sums->items[i];
        PB_AUTO_BUF text = PB_BUF_INIT(100);
        int64_t units = measure->kind == RECORD_SUM     ? sum->sum
                        : measure->kind == RECORD_LEAST ? sum->least
                        : measure->kind == RECORD_MOST  ? sum->most
                                                        : rounded(sum);
        model_write(measure->field, PB_VALUE_INT(units), sum->currency, &text);
        pb_json_object(json);
        pb_json_member(json, "amount", pb_buf_str(&text));
        pb_json_member(json, "currency", sum->currency);
        pb_json_member_i64(json, "records", (int64_t)sum->count);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_decimals(pb_json *json, record_reckoning kind, const record_group_sum *sum)
{
    if (kind == RECORD_SUM)
        put_decimal(json, sum->real_sum);
    else if (kind == RECORD_AVERAGE)
        put_decimal(json, sum->real_sum / (double)sum->count);
    else
        pb_json_double(json, kind == RECORD_LEAST ? sum->real_least : sum->real_most);
}

static void put_measure(pb_json *json, const record_groups *groups, const record_measure *measure,
                        const record_group *group)
{
    size_t at = 0;
    if (measure->kind == RECORD_COUNT) {
        pb_json_i64(json, (int64_t)group->count);
        return;
    }
    while (groups->fields[at] != measure->field)
        at++;
    const record_group_sums *sums = &group->sums[at];
    if (measure->field->type == MODEL_MONEY)
        put_money(json, measure, sums);
    else if (sums->count == 0)
        pb_json_null(json);
    else if (measure->field->type == MODEL_DECIMAL)
        put_decimals(json, measure->kind, sums->items);
    else if (measure->kind == RECORD_SUM)
        pb_json_i64(json, sums->items->sum);
    else if (measure->kind == RECORD_AVERAGE)
        put_decimal(json, (double)sums->items->sum / (double)sums->items->count);
    else
        http_op_put_value(
            json, measure->field,
            PB_VALUE_INT(measure->kind == RECORD_LEAST ? sums->items->least : sums->items->most),
            PB_STR_NONE, PB_STR_NONE);
}

static void put_measures(pb_json *json, const record_groups *groups, const record_group *group)
{
    pb_json_member_i64(json, "count", (int64_t)group->count);
    pb_json_key(json, "measures");
    pb_json_object(json);
    for (size_t i = 0; i < groups->measure_count; i++) {
        pb_json_key_str(json, groups->measures[i].text);
        put_measure(json, groups, &groups->measures[i], group);
    }
    pb_json_object_end(json);
}

/* ---- what a group has in common ---- */

static void put_id(pb_json *json, pb_str bytes)
{
    char text[37];
    pb_uuid id;
    memcpy(id.b, bytes.ptr, sizeof id.b);
    pb_uuid_text(id, text);
    pb_json_c(json, text);
}

static void put_common(pb_json *json, const record_groups *groups, const model_field *field,
                       const record_group_key *key)
{
    pb_json_key(json, "value");
    if (key->dated) {
        PB_AUTO_BUF text = PB_BUF_INIT(100);
        record_period_write(groups->period, key->from_days, &text);
        pb_json_str(json, pb_buf_str(&text));
    } else if (key->value.kind == PB_BLOB && key->value.as.s.len == sizeof(pb_uuid)) {
        put_id(json, key->value.as.s);
    } else {
        http_op_put_value(json, field, key->value, PB_STR_NONE, PB_STR_NONE);
    }
}

static pb_str label_of(const http_request *request, const service_groups *seen, size_t group,
                       size_t which)
{
    const model_field *field = seen->groups.by[which];
    pb_value value = seen->groups.groups[group].keys[which].value;
    if (seen->titles[which] != NULL)
        return seen->titles[which][group];
    if (field->type != MODEL_CHOICE || value.kind != PB_TEXT)
        return PB_STR_NONE;
    const model_choice *choice = model_choice_find(field, value.as.s);
    return choice == NULL ? value.as.s : pb_translate_str(request->catalog, choice->label);
}

static void put_keys(pb_json *json, const http_request *request, const service_groups *seen,
                     size_t group)
{
    pb_json_key(json, "keys");
    pb_json_array(json);
    for (size_t i = 0; i < seen->groups.by_count; i++) {
        const record_group_key *key = &seen->groups.groups[group].keys[i];
        pb_json_object(json);
        pb_json_member(json, "field", seen->groups.by[i]->name);
        put_common(json, &seen->groups, seen->groups.by[i], key);
        pb_json_member(json, "label", label_of(request, seen, group, i));
        if (key->dated) {
            http_op_put_day(json, "from", key->from_days);
            http_op_put_day(json, "until", key->until_days);
        }
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_groups(pb_json *json, const http_request *request, const service_groups *seen)
{
    const record_groups *groups = &seen->groups;
    pb_json_object(json);
    pb_json_member_i64(json, "total", (int64_t)groups->total);
    pb_json_key(json, "groups");
    pb_json_array(json);
    for (size_t i = 0; i < groups->count; i++) {
        pb_json_object(json);
        put_keys(json, request, seen, i);
        put_measures(json, groups, &groups->groups[i]);
        pb_json_member(json, "filter", groups->groups[i].filter);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_key(json, "others");
    if (groups->other_groups == 0) {
        pb_json_null(json);
    } else {
        pb_json_object(json);
        pb_json_member_i64(json, "groups", (int64_t)groups->other_groups);
        put_measures(json, groups, &groups->others);
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
}

pb_status http_groups_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"by", "measure", "period", "filter", NULL};
    record_groups_asked asked = {.entity = NULL};
    service_groups groups;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &asked.entity, err));
    PB_TRY(http_op_check_query(request, names, err));
    asked.by = http_request_query(request, "by");
    asked.measure = http_request_query(request, "measure");
    asked.period = http_request_query(request, "period");
    asked.filter = http_request_query(request, "filter");
    service_call call = http_op_call(request);
    PB_TRY(service_groups_read(&call, request->server->workspace, asked, request->arena, &groups,
                               err));
    pb_json_init(&json, &response->body, 0);
    put_groups(&json, request, &groups);
    return PB_OK;
}
