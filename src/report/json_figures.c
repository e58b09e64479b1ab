/* Figures of usage and ageing in the document for machines. */
#include "json_figures.h"
#include "json_more.h"

static const char *const kinds[AUDIT_KIND_COUNT] = {
    [AUDIT_CALL] = "calls",       [AUDIT_EMAIL] = "emails",         [AUDIT_VISIT] = "visits",
    [AUDIT_MEETING] = "meetings", [AUDIT_MESSAGE] = "messages",     [AUDIT_TASK] = "tasks",
    [AUDIT_NOTE] = "notes",       [AUDIT_OTHER_ACTIVITY] = "other",
};

static const char *const flows[AUDIT_FLOW_COUNT] = {
    [AUDIT_FLOW_CREATED] = "created",
    [AUDIT_FLOW_ACTIVITIES] = "activities",
    [AUDIT_FLOW_WON] = "won",
    [AUDIT_FLOW_LOST] = "lost",
    [AUDIT_FLOW_CASES_CLOSED] = "cases_closed",
};

static void put_kinds(pb_json *json, const uint64_t counts[AUDIT_KIND_COUNT])
{
    pb_json_key(json, "kinds");
    pb_json_object(json);
    for (size_t kind = 0; kind < AUDIT_KIND_COUNT; kind++)
        pb_json_member_i64(json, kinds[kind], (int64_t)counts[kind]);
    pb_json_object_end(json);
}

static void put_series(pb_json *json, const char *key, const uint32_t *values, size_t count)
{
    if (values == NULL)
        return;
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        pb_json_i64(json, values[i]);
    pb_json_array_end(json);
}

void json_usage_rates(pb_json *json, const audit_usage *usage)
{
    json_number(json, "entries_per_working_day", usage->entries_per_day);
    pb_json_member_i64(json, "days_with_entries", (int64_t)usage->days_with_entries);
    json_number(json, "deals_closed_per_week", usage->deals_closed_per_week);
    json_number(json, "cases_closed_per_week", usage->cases_closed_per_week);
    pb_json_member_i64(json, "cases_open", (int64_t)usage->cases_open);
    pb_json_member_i64(json, "cases_closed", (int64_t)usage->cases_closed);
    if (usage->last_touch != INT64_MIN)
        json_day(json, "last_touch", usage->last_touch);
    put_kinds(json, usage->kinds);
    pb_json_key(json, "weeks");
    pb_json_object(json);
    for (size_t flow = 0; flow < AUDIT_FLOW_COUNT; flow++)
        put_series(json, flows[flow], usage->weeks[flow], AUDIT_WEEKS);
    pb_json_object_end(json);
}

static void put_sources(pb_json *json, const audit_result *result)
{
    pb_json_key(json, "usage_sources");
    pb_json_array(json);
    for (size_t i = 0; i < result->usage_source_count; i++) {
        const audit_usage_source *source = &result->usage_sources[i];
        pb_json_object(json);
        pb_json_member(json, "source", source->source);
        pb_json_member_i64(json, "activities", (int64_t)source->activities);
        put_kinds(json, source->kinds);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_decay(pb_json *json, const audit_decay *decay)
{
    pb_json_object(json);
    pb_json_member(json, "entity", decay->entity->name);
    pb_json_member(json, "field", decay->field != NULL ? decay->field->name : PB_STR_NONE);
    pb_json_key(json, "owner");
    if (decay->owner.ptr == NULL)
        pb_json_null(json);
    else
        pb_json_str(json, decay->owner);
    pb_json_member_i64(json, "limit_days", decay->limit_days);
    pb_json_member_i64(json, "records", (int64_t)decay->records);
    pb_json_member_i64(json, "undated", (int64_t)decay->undated);
    pb_json_member_i64(json, "stale", (int64_t)decay->stale);
    json_number(json, "share_now", decay->share_now);
    json_number(json, "share_in_90_days", decay->share_in_90_days);
    pb_json_member_i64(json, "median_age_days", decay->median_age_days);
    put_series(json, "months", decay->months, AUDIT_AGE_MONTHS);
    pb_json_object_end(json);
}

void json_figures(pb_json *json, const audit_result *result)
{
    if (result->usage_count > 0)
        json_day(json, "usage_first_week", result->usage_first_week);
    put_sources(json, result);
    pb_json_key(json, "decay");
    pb_json_array(json);
    for (size_t i = 0; i < result->decay_count; i++)
        put_decay(json, &result->decay[i]);
    pb_json_array_end(json);
}
