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

static void put_parts(pb_json *json, const char *name, const audit_copies_part *parts, size_t count)
{
    pb_json_key(json, name);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(json);
        pb_json_member(json, "name", parts[i].name);
        pb_json_member_i64(json, "records", (int64_t)parts[i].records);
        pb_json_member_i64(json, "in_groups", (int64_t)parts[i].grouped);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_share(pb_json *json, const char *name, const likeness_share *share)
{
    pb_json_key(json, name);
    if (share->of == 0) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    json_number(json, "value", share->value);
    json_number(json, "low", share->low);
    json_number(json, "high", share->high);
    pb_json_member_i64(json, "part", (int64_t)share->part);
    pb_json_member_i64(json, "of", (int64_t)share->of);
    pb_json_object_end(json);
}

static void put_group(pb_json *json, const likeness_group *group)
{
    pb_json_object(json);
    if (group->name.ptr != NULL)
        pb_json_member(json, "name", group->name);
    pb_json_member_i64(json, "decided", (int64_t)group->decided);
    put_share(json, "precision", &group->precision);
    put_share(json, "recall", &group->recall);
    pb_json_object_end(json);
}

static void put_groups(pb_json *json, const char *name, const likeness_group *groups, size_t count)
{
    pb_json_key(json, name);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        put_group(json, &groups[i]);
    pb_json_array_end(json);
}

static void put_copies(pb_json *json, const audit_copies *copies)
{
    pb_json_object(json);
    pb_json_member(json, "entity", copies->entity->name);
    pb_json_member_i64(json, "records", (int64_t)copies->records);
    pb_json_member_i64(json, "groups", (int64_t)copies->groups);
    pb_json_member_i64(json, "in_groups", (int64_t)copies->grouped);
    pb_json_member_i64(json, "would_go", (int64_t)copies->extra);
    pb_json_member_i64(json, "largest_group", (int64_t)copies->largest);
    pb_json_member_i64(json, "several_owners", (int64_t)copies->split_owners);
    if (copies->amount_currency.ptr != NULL) {
        pb_json_member_i64(json, "amount_minor_units", copies->amount);
        pb_json_member(json, "currency", copies->amount_currency);
    }
    pb_json_member_i64(json, "linked_records", (int64_t)copies->linked);
    pb_json_key(json, "linked_amounts");
    pb_json_array(json);
    for (size_t i = 0; i < copies->linked_amounts.count; i++) {
        pb_json_object(json);
        pb_json_member_i64(json, "minor_units", copies->linked_amounts.minor[i]);
        pb_json_member(json, "currency", copies->linked_amounts.currency[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    put_parts(json, "owners", copies->owners, copies->owner_count);
    put_parts(json, "sources", copies->sources, copies->source_count);
    put_parts(json, "ways_in", copies->ways, copies->way_count);
    if (copies->quality != NULL) {
        pb_json_key(json, "quality");
        pb_json_object(json);
        json_number(json, "threshold", copies->quality->threshold);
        pb_json_key(json, "all");
        put_group(json, &copies->quality->all);
        put_groups(json, "scripts", copies->quality->scripts, copies->quality->script_count);
        put_groups(json, "rules", copies->quality->rules, copies->quality->rule_count);
        pb_json_object_end(json);
    }
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
    pb_json_key(json, "duplicates");
    pb_json_array(json);
    for (size_t i = 0; i < result->copies_count; i++)
        put_copies(json, &result->copies[i]);
    pb_json_array_end(json);
}
