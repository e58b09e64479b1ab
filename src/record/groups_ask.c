/* Groups: what was asked for, as text, understood and checked. */
#include <string.h>

#include "groups.h"

#include "model/yaml.h"

static pb_status fail_name(const model_entity *entity, const char *what, pb_str name,
                           pb_arena *arena, pb_error *err)
{
    const char **names = pb_arena_array(arena, entity->field_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        if ((names[i] = pb_arena_cstr(arena, entity->fields[i].name)) == NULL)
            return pb_fail_memory(err);
    pb_fail(err, PB_INVALID,
            PB_MSG("“{parameter}” names “{word}”, which is not a field of “{entity}”."),
            "parameter", what, "word", PB_ARG(name), "entity", PB_ARG(entity->name), NULL);
    model_yaml_hint_names(err, name, names);
    return PB_INVALID;
}

/* A field of the entity that shows, and that engines can reckon with. */
static pb_status find_field(groups_query *query, const char *what, pb_str name, pb_arena *arena,
                            const model_field **ret_field, pb_error *err)
{
    const model_entity *entity = query->asked->entity;
    const model_field *field = model_field_find(entity, name);
    const bool *hidden = query->query.access.hidden;
    if (field == NULL) {
        pb_status status = fail_name(entity, what, name, arena, err);
        return status == PB_OK ? PB_INVALID : status; /* it never is */
    }
    if (hidden != NULL && hidden[field->index]) {
        pb_fail(err, PB_DENIED,
                PB_MSG("You may not group records by “{name}”, nor reckon with it."), "name",
                PB_ARG(field->name), NULL);
        pb_error_hint(err, PB_MSG("Leave it out of by, measure and filter."), NULL);
        return PB_DENIED;
    }
    if (field->personal.sensitive) {
        pb_fail(err, PB_INVALID,
                PB_MSG("Records cannot be grouped by “{name}”: it is kept enciphered."), "name",
                PB_ARG(field->name), NULL);
        return PB_INVALID;
    }
    query->query.used[field->index] = true;
    *ret_field = field;
    return PB_OK;
}

static bool is_dated(const model_field *field)
{
    return field->type == MODEL_DATE || field->type == MODEL_INSTANT;
}

/* ---- by ---- */

static pb_status add_by(groups_query *query, pb_str name, pb_arena *arena, pb_error *err)
{
    record_groups *groups = query->groups;
    const model_field *field = NULL;
    PB_TRY(find_field(query, "by", name, arena, &field, err));
    if (field->type == MODEL_NOTE || field->type == MODEL_DECIMAL || field->type == MODEL_MONEY) {
        pb_fail(err, PB_INVALID,
                PB_MSG("Records cannot be grouped by “{name}”: hardly two have the same value."),
                "name", PB_ARG(field->name), NULL);
        pb_error_hint(err, PB_MSG("Group by a choice, a link, a date or a short text."), NULL);
        return PB_INVALID;
    }
    for (size_t i = 0; i < groups->by_count; i++)
        if (groups->by[i] == field)
            return pb_fail(err, PB_INVALID, PB_MSG("“{parameter}” names “{word}” twice."),
                           "parameter", "by", "word", PB_ARG(name), NULL);
    if (groups->by_count == RECORD_GROUPS_BY)
        return pb_fail(err, PB_LIMIT, PB_MSG("Records are grouped by {count} fields at most."),
                       "count", PB_ARG_INT(RECORD_GROUPS_BY), NULL);
    groups->by[groups->by_count++] = field;
    return PB_OK;
}

static pb_status read_by(groups_query *query, pb_arena *arena, pb_error *err)
{
    pb_str rest = pb_str_trim(query->asked->by), one;
    if (rest.len == 0)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("“by” is needed: the fields to group by, separated by commas."),
                       NULL);
    while (rest.len > 0 && pb_str_split(&rest, ',', &one))
        PB_TRY(add_by(query, pb_str_trim(one), arena, err));
    return PB_OK;
}

static pb_status read_period(groups_query *query, pb_error *err)
{
    static const char *const words[] = {"", "day", "week", "month", "quarter", "year", NULL};
    record_groups *groups = query->groups;
    pb_str word = pb_str_trim(query->asked->period);
    bool dated = false;
    for (size_t i = 0; i < groups->by_count; i++)
        dated = dated || is_dated(groups->by[i]);
    if (word.len == 0) {
        groups->period = dated ? RECORD_PERIOD_DAY : RECORD_PERIOD_NONE;
        return PB_OK;
    }
    size_t at = 1;
    while (words[at] != NULL && !pb_str_is(word, words[at]))
        at++;
    if (words[at] == NULL) {
        pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no period."), "value", PB_ARG(word), NULL);
        pb_error_hint(err, PB_MSG("It is day, week, month, quarter or year."), NULL);
        return PB_INVALID;
    }
    if (!dated)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("“period” needs a field of dates among those in “by”."), NULL);
    groups->period = (record_period)at;
    return PB_OK;
}

/* ---- measure ---- */

static pb_status fail_measure(pb_str text, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no measure."), "value", PB_ARG(text), NULL);
    pb_error_hint(err,
                  PB_MSG("It is count, or sum, avg, min or max with a field, such as sum:amount."),
                  NULL);
    return PB_INVALID;
}

static pb_status check_measure(const record_measure *measure, pb_error *err)
{
    const model_field *field = measure->field;
    bool numbers =
        field->type == MODEL_INTEGER || field->type == MODEL_DECIMAL || field->type == MODEL_MONEY;
    bool ends = measure->kind == RECORD_LEAST || measure->kind == RECORD_MOST;
    if (numbers || (ends && is_dated(field)))
        return PB_OK;
    return pb_fail(err, PB_INVALID,
                   PB_MSG("“{measure}” cannot be reckoned: “{name}” is no number."), "measure",
                   PB_ARG(measure->text), "name", PB_ARG(field->name), NULL);
}

static void keep_field(record_groups *groups, const model_field *field)
{
    for (size_t i = 0; i < groups->field_count; i++)
        if (groups->fields[i] == field)
            return;
    groups->fields[groups->field_count++] = field;
}

static pb_status add_measure(groups_query *query, pb_str text, pb_arena *arena, pb_error *err)
{
    static const char *const words[] = {"count", "sum", "avg", "min", "max", NULL};
    record_groups *groups = query->groups;
    record_measure measure = {.text = pb_arena_str(arena, text)};
    size_t colon = pb_str_index(text, ':'), kind = 0;
    pb_str word = pb_str_sub(text, 0, colon);
    if (measure.text.ptr == NULL)
        return pb_fail_memory(err);
    while (words[kind] != NULL && !pb_str_is(word, words[kind]))
        kind++;
    measure.kind = (record_reckoning)kind;
    if (words[kind] == NULL || (kind == RECORD_COUNT) != (colon >= text.len))
        return fail_measure(text, err);
    if (groups->measure_count == RECORD_GROUPS_MEASURES)
        return pb_fail(err, PB_LIMIT, PB_MSG("{count} measures are reckoned at most."), "count",
                       PB_ARG_INT(RECORD_GROUPS_MEASURES), NULL);
    for (size_t i = 0; i < groups->measure_count; i++)
        if (pb_str_eq(groups->measures[i].text, text))
            return pb_fail(err, PB_INVALID, PB_MSG("“{parameter}” names “{word}” twice."),
                           "parameter", "measure", "word", PB_ARG(text), NULL);
    if (kind != RECORD_COUNT) {
        pb_str name = pb_str_sub(text, colon + 1, text.len);
        PB_TRY(find_field(query, "measure", name, arena, &measure.field, err));
        PB_TRY(check_measure(&measure, err));
        keep_field(groups, measure.field);
    }
    groups->measures[groups->measure_count++] = measure;
    return PB_OK;
}

static pb_status read_measures(groups_query *query, pb_arena *arena, pb_error *err)
{
    pb_str rest = pb_str_trim(query->asked->measure), one;
    if (rest.len == 0)
        return add_measure(query, PB_STR("count"), arena, err);
    while (rest.len > 0 && pb_str_split(&rest, ',', &one))
        PB_TRY(add_measure(query, pb_str_trim(one), arena, err));
    return PB_OK;
}

pb_status groups_understand(const record_groups_asked *asked, pb_arena *arena, groups_query *query,
                            pb_error *err)
{
    query->asked = asked;
    query->list = (record_list_asked){.entity = asked->entity,
                                      .filter = asked->filter,
                                      .today_days = asked->today_days,
                                      .access = asked->access,
                                      .context = asked->context};
    PB_TRY(list_understand(&query->list, arena, &query->query, err));
    PB_TRY(read_by(query, arena, err));
    PB_TRY(read_period(query, err));
    PB_TRY(read_measures(query, arena, err));
    query->groups->used = query->query.used;
    return PB_OK;
}
