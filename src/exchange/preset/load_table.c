/* Reading what a preset says of one table: headers, values, references, what is left out. */
#include "load.h"

#include "../plan/plan.h"

static const char *const reason_words[PRESET_REASONS] = {"system", "calculated", "repeated",
                                                         "setting", "foreign"};

/* --- names that must be known --- */

pb_status load_unknown(const model_yaml *node, const char *says, pb_arena *arena,
                       const pb_str *known, size_t count, pb_str of, pb_error *err)
{
    const char **names = pb_arena_array(arena, count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = pb_arena_cstr(arena, known[i]);
    if (names == NULL)
        return pb_fail_memory(err);
    model_yaml_fail(node, err, says, "name", PB_ARG(node->text), "entity", PB_ARG(of), NULL);
    model_yaml_hint_names(err, node->text, names);
    return PB_INVALID;
}

static pb_status find_entity(loading *l, const model_yaml *node, const model_entity **ret,
                             pb_error *err)
{
    size_t count = l->schema->entity_count;
    *ret = model_entity_find(l->schema, node->text);
    if (*ret != NULL)
        return PB_OK;
    pb_str *names = pb_arena_array(l->arena, count, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = l->schema->entities[i].name;
    return names == NULL ? pb_fail_memory(err)
                         : load_unknown(node, PB_MSG("There is no entity “{name}”"), l->arena,
                                        names, count, PB_STR(""), err);
}

static pb_status find_field(loading *l, const model_yaml *node, const model_field **ret,
                            pb_error *err)
{
    const model_entity *entity = l->table->entity;
    *ret = model_field_find(entity, node->text);
    if (*ret != NULL)
        return PB_OK;
    pb_str *names = pb_arena_array(l->arena, entity->field_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < entity->field_count; i++)
        names[i] = entity->fields[i].name;
    return names == NULL ? pb_fail_memory(err)
                         : load_unknown(node, PB_MSG("{entity} has no field “{name}”"), l->arena,
                                        names, entity->field_count, entity->name, err);
}

/* A value given to a choice is one that the model declares: a preset is there to say the standard
 * word. */
static pb_status check_value(loading *l, const model_field *field, const model_yaml *node,
                             pb_str value, pb_error *err)
{
    if (field->type != MODEL_CHOICE || field->choice_count == 0 ||
        model_choice_find(field, value) != NULL)
        return PB_OK;
    const char **names = pb_arena_array(l->arena, field->choice_count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < field->choice_count; i++)
        names[i] = pb_arena_cstr(l->arena, field->choices[i].value);
    if (names == NULL)
        return pb_fail_memory(err);
    model_yaml_fail(node, err, PB_MSG("“{value}” is no value of {field}"), "value", PB_ARG(value),
                    "field", PB_ARG(field->name), NULL);
    model_yaml_hint_names(err, value, names);
    return PB_INVALID;
}

/* --- headers --- */

/* Notes that the preset knows a header. */
static bool mark(pb_map *map, pb_str text, size_t preset)
{
    uint64_t *bits = pb_map_put(map, text, NULL);
    if (bits != NULL)
        *bits |= UINT64_C(1) << preset;
    return bits != NULL;
}

static pb_status add_header(loading *l, const model_yaml *node, struct preset_column *column,
                            size_t rank, pb_error *err)
{
    struct preset_table *table = l->table;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    pb_str key = names_key(l->arena, node->text);
    if (key.len == 0)
        return pb_fail_memory(err);
    bool fresh = false;
    uint64_t *at = pb_map_put(table->headers, key, &fresh);
    if (at == NULL)
        return pb_fail_memory(err);
    if (!fresh && table->list[*at - 1].column->field == column->field &&
        table->list[*at - 1].column->use == column->use)
        return PB_OK; /* two spellings of one header */
    if (!fresh) {
        model_yaml_fail(node, err, PB_MSG("The header “{name}” stands twice in the table {table}"),
                        "name", PB_ARG(node->text), "table", PB_ARG(table->name), NULL);
        pb_error_hint(err, PB_MSG("Leave it with the one field it means"), NULL);
        return PB_INVALID;
    }
    if (!PB_PUSH(l->arena, table->list, table->list_count, table->list_capacity,
                 ((preset_header){column, rank})) ||
        !mark(l->presets->known, key, l->preset->index) ||
        !mark(l->presets->spelt, node->text, l->preset->index))
        return pb_fail_memory(err);
    *at = table->list_count;
    return PB_OK;
}

/* One header or a list of them, the best first. */
static pb_status add_headers(loading *l, const model_yaml *node, struct preset_column *column,
                             pb_error *err)
{
    if (model_yaml_is_null(node))
        return PB_OK;
    if (node->kind == MODEL_YAML_SCALAR)
        return add_header(l, node, column, 0, err);
    PB_TRY(model_yaml_expect(node, MODEL_YAML_LIST, err));
    for (size_t i = 0; i < node->count; i++)
        PB_TRY(add_header(l, node->items[i], column, i, err));
    return PB_OK;
}

static struct preset_column *new_column(loading *l, preset_use use)
{
    struct preset_column *column = pb_arena_alloc(l->arena, sizeof *column);
    if (column != NULL) {
        column->use = use;
        column->times = column->divide = 1;
    }
    return column;
}

/* --- values --- */

/* `from: to` pairs; false, or a list of words, may stand for `from` in lists: `to: [from, from]`.
 */
pb_status load_values(loading *l, const model_yaml *node, pb_map **ret, pb_error *err)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_MAP, err));
    pb_map *map = *ret != NULL ? *ret : pb_map_new(l->arena);
    for (size_t i = 0; map != NULL && i < node->count; i++) {
        const model_yaml *from = node->items[i];
        pb_str *to = pb_arena_alloc(l->arena, sizeof *to);
        if (to == NULL)
            return pb_fail_memory(err);
        *to = node->keys[i]->text;
        size_t count = from->kind == MODEL_YAML_LIST ? from->count : 1;
        for (size_t k = 0; k < count; k++) {
            const model_yaml *word = from->kind == MODEL_YAML_LIST ? from->items[k] : from;
            PB_TRY(model_yaml_expect(word, MODEL_YAML_SCALAR, err));
            uint64_t *place = pb_map_put(map, names_key(l->arena, word->text), NULL);
            if (place == NULL)
                return pb_fail_memory(err);
            *place = (uint64_t)(uintptr_t)to;
        }
    }
    *ret = map;
    return map != NULL ? PB_OK : pb_fail_memory(err);
}

static pb_status check_values(loading *l, const model_field *field, const pb_map *map,
                              const model_yaml *node, pb_error *err)
{
    size_t cursor = 0;
    uint64_t to;
    pb_str key;
    while (pb_map_next(map, &cursor, &key, &to))
        PB_TRY(check_value(l, field, node, *(const pb_str *)(uintptr_t)to, err));
    return PB_OK;
}

/* `values:` a map of its own, or the name of one that several columns share. */
static pb_status column_values(loading *l, const model_yaml *spec, struct preset_column *column,
                               pb_error *err)
{
    const model_yaml *node = model_yaml_get(spec, "values");
    pb_map *map = NULL;
    if (model_yaml_is_null(node))
        return PB_OK;
    if (node->kind == MODEL_YAML_SCALAR) {
        const uint64_t *named = pb_map_get(l->preset->maps, node->text);
        if (named == NULL) {
            model_yaml_fail(node, err, PB_MSG("There is no value map “{name}”"), "name",
                            PB_ARG(node->text), NULL);
            pb_error_hint(err, PB_MSG("Declare it under “maps:” of the preset"), NULL);
            return PB_INVALID;
        }
        map = (pb_map *)(uintptr_t)*named;
    } else {
        PB_TRY(load_values(l, node, &map, err));
    }
    column->values = map;
    return check_values(l, column->field, map, node, err);
}

/* --- columns --- */

static pb_status read_long_column(loading *l, const model_yaml *spec, struct preset_column *column,
                                  pb_error *err)
{
    static const char *const allowed[] = {"from",     "ids",   "values", "split",
                                          "currency", "times", "divide", NULL};
    enum { MOST = 1000000000 };
    PB_TRY(model_yaml_check_keys(spec, allowed, err));
    PB_TRY(column_values(l, spec, column, err));
    pb_str split = PB_STR_NONE;
    PB_TRY(model_yaml_text(spec, "split", &split, err));
    PB_TRY(model_yaml_int(spec, "times", 1, MOST, &column->times, err));
    PB_TRY(model_yaml_int(spec, "divide", 1, MOST, &column->divide, err));
    PB_TRY(model_yaml_texts(l->arena, spec, "currency", &column->currency, err));
    column->split = split.len > 0 ? split.ptr[0] : 0;
    PB_TRY(add_headers(l, model_yaml_get(spec, "from"), column, err));
    const model_yaml *ids = model_yaml_get(spec, "ids");
    if (model_yaml_is_null(ids))
        return PB_OK;
    struct preset_column *by_id = new_column(l, PRESET_FIELD);
    if (by_id == NULL)
        return pb_fail_memory(err);
    *by_id = *column;
    by_id->holds_id = true;
    return add_headers(l, ids, by_id, err);
}

static pb_status read_columns(loading *l, const model_yaml *columns, pb_error *err)
{
    if (model_yaml_is_null(columns))
        return PB_OK;
    PB_TRY(model_yaml_expect(columns, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < columns->count; i++) {
        struct preset_column *column = new_column(l, PRESET_FIELD);
        if (column == NULL)
            return pb_fail_memory(err);
        PB_TRY(find_field(l, columns->keys[i], &column->field, err));
        const model_yaml *spec = columns->items[i];
        PB_TRY(spec->kind == MODEL_YAML_MAP ? read_long_column(l, spec, column, err)
                                            : add_headers(l, spec, column, err));
    }
    return PB_OK;
}

/* `Date entered "*`: headers that a setting of the product makes, one a stage. */
static pb_status add_patterns(loading *l, const model_yaml *node, struct preset_column *column,
                              pb_error *err)
{
    struct preset_table *table = l->table;
    for (size_t i = 0; node != NULL && node->kind == MODEL_YAML_LIST && i < node->count; i++) {
        pb_str text = node->items[i]->text;
        if (pb_str_index(text, '*') == text.len)
            continue;
        preset_pattern pattern = {text, {column, 0}};
        if (!PB_PUSH(l->arena, table->patterns, table->pattern_count, table->pattern_capacity,
                     pattern))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

pb_status load_ignored(loading *l, const model_yaml *node, pb_error *err)
{
    if (model_yaml_is_null(node))
        return PB_OK;
    const char *allowed[PRESET_REASONS + 1] = {NULL};
    for (int r = 0; r < PRESET_REASONS; r++)
        allowed[r] = reason_words[r];
    PB_TRY(model_yaml_check_keys(node, allowed, err));
    for (int r = 0; r < PRESET_REASONS; r++) {
        struct preset_column *column = new_column(l, PRESET_IGNORE);
        if (column == NULL)
            return pb_fail_memory(err);
        column->reason = (preset_reason)r;
        PB_TRY(add_headers(l, model_yaml_get(node, reason_words[r]), column, err));
        PB_TRY(add_patterns(l, model_yaml_get(node, reason_words[r]), column, err));
    }
    return PB_OK;
}

static pb_status read_ways(loading *l, const model_yaml *to, bool by_word,
                           struct preset_column *column, pb_error *err)
{
    PB_TRY(model_yaml_expect(to, MODEL_YAML_MAP, err));
    preset_way *ways = pb_arena_array(l->arena, to->count + 1, sizeof *ways);
    if (ways == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < to->count; i++) {
        pb_str key = to->keys[i]->text;
        ways[i].key = by_word && !pb_str_is(key, "*") ? names_key(l->arena, key) : key;
        PB_TRY(model_yaml_expect(to->items[i], MODEL_YAML_SCALAR, err));
        PB_TRY(find_field(l, to->items[i], &ways[i].field, err));
    }
    column->ways = ways;
    column->way_count = to->count;
    return PB_OK;
}

/* References of several kinds in one column. */
static pb_status read_routes(loading *l, const model_yaml *routes, pb_error *err)
{
    static const char *const allowed[] = {"from", "by", "with", "to", NULL};
    if (model_yaml_is_null(routes))
        return PB_OK;
    PB_TRY(model_yaml_expect(routes, MODEL_YAML_LIST, err));
    for (size_t i = 0; i < routes->count; i++) {
        const model_yaml *route = routes->items[i], *to = NULL, *from = NULL;
        struct preset_column *column = new_column(l, PRESET_ROUTE);
        if (column == NULL)
            return pb_fail_memory(err);
        PB_TRY(model_yaml_check_keys(route, allowed, err));
        PB_TRY(model_yaml_need(route, "from", &from, err));
        PB_TRY(model_yaml_need(route, "to", &to, err));
        PB_TRY(model_yaml_texts(l->arena, route, "by", &column->by, err));
        const model_yaml *with = model_yaml_get(route, "with");
        if (!model_yaml_is_null(with))
            PB_TRY(find_field(l, with, &column->with, err));
        PB_TRY(read_ways(l, to, column->by.count > 0, column, err));
        PB_TRY(add_headers(l, from, column, err));
    }
    return PB_OK;
}

/* --- what follows for a whole row --- */

static pb_status load_keys(loading *l, model_strs *words, pb_error *err)
{
    for (size_t i = 0; i < words->count; i++) {
        words->items[i] = names_key(l->arena, words->items[i]);
        if (words->items[i].ptr == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status read_condition(loading *l, const model_yaml *node, preset_when *when,
                                pb_error *err)
{
    static const char *const allowed[] = {"if", "is", "field", "value", "always", NULL};
    const model_yaml *field = NULL, *value = NULL;
    PB_TRY(model_yaml_check_keys(node, allowed, err));
    PB_TRY(model_yaml_texts(l->arena, node, "if", &when->headers, err));
    PB_TRY(model_yaml_texts(l->arena, node, "is", &when->words, err));
    PB_TRY(model_yaml_bool(node, "always", &when->always, err));
    PB_TRY(model_yaml_need(node, "field", &field, err));
    PB_TRY(model_yaml_need(node, "value", &value, err));
    PB_TRY(find_field(l, field, &when->field, err));
    when->value = value->text;
    PB_TRY(load_keys(l, &when->headers, err));
    PB_TRY(load_keys(l, &when->words, err));
    return check_value(l, when->field, value, value->text, err);
}

/* `set:` what all rows have in common, and `when:` what follows from another column. */
static pb_status read_whens(loading *l, const model_yaml *spec, pb_error *err)
{
    const model_yaml *set = model_yaml_get(spec, "set"), *when = model_yaml_get(spec, "when");
    struct preset_table *table = l->table;
    if (!model_yaml_is_null(set))
        PB_TRY(model_yaml_expect(set, MODEL_YAML_MAP, err));
    if (!model_yaml_is_null(when))
        PB_TRY(model_yaml_expect(when, MODEL_YAML_LIST, err));
    size_t sets = model_yaml_is_null(set) ? 0 : set->count;
    size_t whens = model_yaml_is_null(when) ? 0 : when->count;
    preset_when *list =
        pb_arena_array(l->arena, table->when_count + sets + whens + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    size_t count = table->when_count;
    if (count > 0)
        memcpy(list, table->whens, count * sizeof *list);
    for (size_t i = 0; i < whens; i++)
        PB_TRY(read_condition(l, when->items[i], &list[count++], err));
    for (size_t i = 0; i < sets; i++) {
        PB_TRY(find_field(l, set->keys[i], &list[count].field, err));
        PB_TRY(model_yaml_expect(set->items[i], MODEL_YAML_SCALAR, err));
        PB_TRY(check_value(l, list[count].field, set->items[i], set->items[i]->text, err));
        list[count++].value = set->items[i]->text;
    }
    table->whens = list;
    table->when_count = count;
    return PB_OK;
}

static pb_status read_where(loading *l, const model_yaml *spec, pb_error *err)
{
    static const char *const allowed[] = {"if", "is", NULL};
    const model_yaml *where = model_yaml_get(spec, "where");
    if (model_yaml_is_null(where))
        return PB_OK;
    PB_TRY(model_yaml_check_keys(where, allowed, err));
    PB_TRY(model_yaml_texts(l->arena, where, "if", &l->table->where_headers, err));
    PB_TRY(model_yaml_texts(l->arena, where, "is", &l->table->where_words, err));
    PB_TRY(load_keys(l, &l->table->where_headers, err));
    return load_keys(l, &l->table->where_words, err);
}

/* --- the table --- */

static pb_status read_special(loading *l, const model_yaml *spec, const char *key, preset_use use,
                              pb_error *err)
{
    struct preset_column *column = new_column(l, use);
    return column == NULL ? pb_fail_memory(err)
                          : add_headers(l, model_yaml_get(spec, key), column, err);
}

pb_status load_table(loading *l, const model_yaml *spec, pb_error *err)
{
    static const char *const allowed[] = {"entity", "files", "id",   "deleted", "columns", "routes",
                                          "ignore", "set",   "when", "where",   NULL};
    struct preset_table *table = l->table;
    PB_TRY(model_yaml_check_keys(spec, allowed, err));
    if (table->entity == NULL) {
        const model_yaml *entity = NULL;
        PB_TRY(model_yaml_need(spec, "entity", &entity, err));
        PB_TRY(find_entity(l, entity, &table->entity, err));
    }
    PB_TRY(load_texts(l, spec, "files", &table->files, err));
    PB_TRY(read_special(l, spec, "id", PRESET_ID, err));
    PB_TRY(read_special(l, spec, "deleted", PRESET_DELETED, err));
    PB_TRY(read_columns(l, model_yaml_get(spec, "columns"), err));
    PB_TRY(read_routes(l, model_yaml_get(spec, "routes"), err));
    PB_TRY(load_ignored(l, model_yaml_get(spec, "ignore"), err));
    PB_TRY(read_where(l, spec, err));
    return read_whens(l, spec, err);
}
