/* Lists: what was asked for, as text, understood and checked. */
#include <string.h>

#include "list.h"

#include "model/yaml.h"

static const char *const heads[] = {"created_at", "changed_at", NULL};
static const char *const head_columns[] = {"created_us", "changed_us"};

static bool is_head(pb_str name)
{
    for (size_t i = 0; heads[i] != NULL; i++)
        if (pb_str_is(name, heads[i]))
            return true;
    return false;
}

static pb_status fail_hidden(const model_field *field, pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("You may not list records by “{name}”."), "name",
            PB_ARG(field->name), NULL);
    pb_error_hint(err, PB_MSG("Leave it out of filter, sort, fields and expand."), NULL);
    return PB_DENIED;
}

static bool is_hidden(const list_query *query, const model_field *field)
{
    return query->access.hidden != NULL && query->access.hidden[field->index];
}

static bool is_unseen(const list_query *query, const model_field *field)
{
    const bool *masked = query->access.masked;
    return is_hidden(query, field) && (masked == NULL || !masked[field->index]);
}

/* `what`: the name of the parameter. */
static pb_status fail_name(const model_entity *entity, const char *what, pb_str name,
                           bool with_heads, pb_arena *arena, pb_error *err)
{
    const char **names = pb_arena_array(arena, entity->field_count + 3, sizeof *names);
    size_t count = 0;
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; with_heads && heads[i] != NULL; i++)
        names[count++] = heads[i];
    for (size_t i = 0; i < entity->field_count; i++)
        if ((names[count++] = pb_arena_cstr(arena, entity->fields[i].name)) == NULL)
            return pb_fail_memory(err);
    pb_fail(err, PB_INVALID,
            PB_MSG("“{parameter}” names “{word}”, which is not a field of “{entity}”."),
            "parameter", what, "word", PB_ARG(name), "entity", PB_ARG(entity->name), NULL);
    model_yaml_hint_names(err, name, names);
    return PB_INVALID;
}

/* ---- sort ---- */

static pb_status check_sortable(const list_query *query, const model_field *field, pb_error *err)
{
    if (is_hidden(query, field))
        return fail_hidden(field, err);
    if (field->type == MODEL_LINK || field->type == MODEL_NOTE) {
        pb_fail(err, PB_INVALID, PB_MSG("A list cannot be sorted by “{name}”: it has no order."),
                "name", PB_ARG(field->name), NULL);
        pb_error_hint(err, PB_MSG("Sort by another field; use a filter to choose by a link."),
                      NULL);
        return PB_INVALID;
    }
    if (!field->personal.sensitive)
        return PB_OK;
    return pb_fail(err, PB_INVALID,
                   PB_MSG("A list cannot be sorted by “{name}”: it is kept enciphered."), "name",
                   PB_ARG(field->name), NULL);
}

static pb_status find_key(const list_query *query, pb_str name, pb_arena *arena, list_key *key,
                          pb_error *err)
{
    const model_entity *entity = query->asked->entity;
    const model_field *field = model_field_find(entity, name);
    if (field != NULL) {
        PB_TRY(check_sortable(query, field, err));
        query->used[field->index] = true;
        key->field = field;
        key->column = query->lay->columns[query->lay->first[field->index]].name;
        return PB_OK;
    }
    for (size_t i = 0; heads[i] != NULL; i++) {
        if (pb_str_is(name, heads[i])) {
            key->column = pb_str_c(head_columns[i]);
            key->filled = true;
            return PB_OK;
        }
    }
    return fail_name(entity, "sort", name, true, arena, err);
}

static pb_status read_sort(list_query *query, pb_arena *arena, pb_error *err)
{
    pb_str rest = pb_str_trim(query->asked->sort), one;
    while (rest.len > 0 && pb_str_split(&rest, ',', &one)) {
        list_key key = {0};
        one = pb_str_trim(one);
        key.falling = pb_str_starts(one, PB_STR("-"));
        if (key.falling)
            one = pb_str_trim(pb_str_sub(one, 1, one.len));
        PB_TRY(find_key(query, one, arena, &key, err));
        for (size_t i = 0; i < query->key_count; i++)
            if (pb_str_eq(query->keys[i].column, key.column))
                return pb_fail(err, PB_INVALID, PB_MSG("“{parameter}” names “{word}” twice."),
                               "parameter", "sort", "word", PB_ARG(one), NULL);
        if (query->key_count == RECORD_LIST_SORTS)
            return pb_fail(err, PB_LIMIT, PB_MSG("A list is sorted by {count} fields at most."),
                           "count", PB_ARG_INT(RECORD_LIST_SORTS), NULL);
        query->keys[query->key_count++] = key;
    }
    return PB_OK;
}

/* ---- filter ---- */

static pb_status add_part(list_query *query, record_list_among part, pb_arena *arena, pb_error *err)
{
    return PB_PUSH(arena, query->parts, query->part_count, query->part_room, part)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status take_parts(list_query *query, const model_expr *expr, pb_arena *arena,
                            pb_error *err)
{
    model_parts parts;
    PB_TRY(model_expr_parts(expr, "r", list_days(query->asked), arena, &parts, err));
    query->parts_all = parts.all;
    for (size_t i = 0; i < parts.count; i++) {
        const model_part *part = &parts.items[i];
        size_t first = query->lay->first[part->field->index];
        record_list_among one = {query->lay->columns[first].name, part->test.sql, part->test.values,
                                 part->test.count, part->one};
        PB_TRY(add_part(query, one, arena, err));
    }
    return PB_OK;
}

static pb_status read_filter(list_query *query, pb_arena *arena, pb_error *err)
{
    const record_list_asked *asked = query->asked;
    const model_field *const *fields = NULL;
    model_expr *expr = NULL;
    if (pb_str_trim(asked->filter).len == 0)
        return PB_OK;
    PB_TRY(model_filter_parse(arena, asked->entity, asked->filter,
                              (model_place){PB_STR("filter"), 1, 1}, &expr, err));
    size_t count = model_expr_fields(expr, &fields);
    for (size_t i = 0; i < count; i++) {
        if (is_hidden(query, fields[i]))
            return fail_hidden(fields[i], err);
        query->used[fields[i]->index] = true;
    }
    PB_TRY(model_expr_bind(expr, "r", list_days(asked), arena, &query->filter, err));
    return take_parts(query, expr, arena, err);
}

static pb_status add_bound(list_query *query, const char *column, const char *sql, int64_t us,
                           pb_arena *arena, pb_error *err)
{
    pb_value *value = pb_arena_alloc(arena, sizeof *value);
    if (us == 0)
        return PB_OK;
    if (value == NULL)
        return pb_fail_memory(err);
    *value = PB_VALUE_INT(us);
    return add_part(query, (record_list_among){pb_str_c(column), pb_str_c(sql), value, 1, false},
                    arena, err);
}

/* Times, and whose the records are that may be seen. */
static pb_status read_other_parts(list_query *query, pb_arena *arena, pb_error *err)
{
    const record_list_asked *asked = query->asked;
    PB_TRY(add_bound(query, "created_us", "r.created_us >= ?", asked->created_from_us, arena, err));
    PB_TRY(add_bound(query, "created_us", "r.created_us < ?", asked->created_until_us, arena, err));
    PB_TRY(add_bound(query, "changed_us", "r.changed_us >= ?", asked->changed_from_us, arena, err));
    PB_TRY(add_bound(query, "changed_us", "r.changed_us < ?", asked->changed_until_us, arena, err));
    if (query->access.sql.ptr != NULL)
        query->parts_all = false;
    for (size_t i = 0; query->access.only != NULL && i < asked->entity->field_count; i++)
        if (query->used[i] && query->access.only[i].sql.ptr != NULL)
            query->parts_all = false;
    if (query->access.among.column.ptr == NULL)
        return PB_OK;
    return add_part(query, query->access.among, arena, err);
}

/* ---- fields and expand ---- */

static pb_status read_fields(list_query *query, pb_arena *arena, pb_error *err)
{
    const model_entity *entity = query->asked->entity;
    pb_str rest = pb_str_trim(query->asked->fields), one;
    bool all = rest.len == 0;
    query->fields = pb_arena_array(arena, entity->field_count + 1, sizeof *query->fields);
    bool *given = pb_arena_array(arena, entity->field_count + 1, sizeof *given);
    if (query->fields == NULL || given == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; all && i < entity->field_count; i++)
        if (!is_unseen(query, &entity->fields[i]))
            query->fields[query->field_count++] = &entity->fields[i];
    while (!all && pb_str_split(&rest, ',', &one)) {
        one = pb_str_trim(one);
        const model_field *field = model_field_find(entity, one);
        if (field == NULL && is_head(one)) /* beside the fields of every record */
            continue;
        if (field == NULL)
            return fail_name(entity, "fields", one, true, arena, err);
        if (is_unseen(query, field))
            return fail_hidden(field, err);
        if (!given[field->index])
            query->fields[query->field_count++] = field;
        given[field->index] = true;
    }
    return PB_OK;
}

static pb_status read_expand(list_query *query, pb_arena *arena, pb_error *err)
{
    const model_entity *entity = query->asked->entity;
    pb_str rest = pb_str_trim(query->asked->expand), one;
    while (rest.len > 0 && pb_str_split(&rest, ',', &one)) {
        one = pb_str_trim(one);
        const model_field *field = model_field_find(entity, one);
        if (field == NULL)
            return fail_name(entity, "expand", one, false, arena, err);
        if (is_hidden(query, field))
            return fail_hidden(field, err);
        if (field->type != MODEL_LINK)
            return pb_fail(err, PB_INVALID, PB_MSG("“{name}” is not a link."), "name",
                           PB_ARG(field->name), NULL);
        if (query->expand_count == RECORD_LIST_EXPANDS)
            return pb_fail(err, PB_LIMIT, PB_MSG("A list expands {count} links at most."), "count",
                           PB_ARG_INT(RECORD_LIST_EXPANDS), NULL);
        query->expands[query->expand_count++] = field;
    }
    return PB_OK;
}

static pb_status read_limit(list_query *query, pb_error *err)
{
    int64_t limit = query->asked->limit;
    query->limit = limit == 0 ? RECORD_LIST_USUAL : limit;
    if (limit >= 0 && limit <= RECORD_LIST_MOST)
        return PB_OK;
    return pb_fail(err, PB_INVALID, PB_MSG("A page holds 1 to {most} records, not {value}."),
                   "most", PB_ARG_INT(RECORD_LIST_MOST), "value", PB_ARG_INT(limit), NULL);
}

static pb_status check_far(const char *name, int64_t value, pb_error *err)
{
    if (value >= 0 && value <= RECORD_LIST_FAR)
        return PB_OK;
    return pb_fail(err, PB_INVALID, PB_MSG("“{parameter}” takes 0 to {most}, not {value}."),
                   "parameter", name, "most", PB_ARG_INT(RECORD_LIST_FAR), "value",
                   PB_ARG_INT(value), NULL);
}

/* A page begins behind a row or behind a number of rows, not both. */
static pb_status check_ends(const record_list_asked *asked, pb_error *err)
{
    PB_TRY(check_far("skip", asked->skip, err));
    PB_TRY(check_far("total_most", asked->total_most, err));
    if (asked->skip == 0 || asked->cursor.len == 0)
        return PB_OK;
    return pb_fail(err, PB_INVALID, PB_MSG("“skip” and “cursor” exclude each other."), NULL);
}

pb_status list_understand(const record_list_asked *asked, pb_arena *arena, list_query *query,
                          pb_error *err)
{
    *query =
        (list_query){.asked = asked, .lay = layout_make(asked->entity, arena), .parts_all = true};
    query->used = pb_arena_array(arena, asked->entity->field_count + 1, sizeof *query->used);
    if (query->lay == NULL || query->used == NULL)
        return pb_fail_memory(err);
    if (asked->access != NULL)
        PB_TRY(asked->access(asked->context, asked->entity, arena, &query->access, err));
    PB_TRY(read_limit(query, err));
    PB_TRY(check_ends(asked, err));
    PB_TRY(read_sort(query, arena, err));
    PB_TRY(read_filter(query, arena, err));
    PB_TRY(read_other_parts(query, arena, err));
    PB_TRY(read_fields(query, arena, err));
    return read_expand(query, arena, err);
}
