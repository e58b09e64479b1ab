/* Reading presets from YAML: every mistake told with its place. */
#include "load.h"

pb_status load_texts(loading *l, const model_yaml *map, const char *key, model_strs *list,
                     pb_error *err)
{
    model_strs more = {0};
    PB_TRY(model_yaml_texts(l->arena, map, key, &more, err));
    if (more.count == 0)
        return PB_OK;
    pb_str *items = pb_arena_array(l->arena, list->count + more.count, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    memcpy(items + list->count, more.items, more.count * sizeof *items);
    *list = (model_strs){items, list->count + more.count};
    return PB_OK;
}

static struct preset_table *table_named(struct preset *preset, pb_str name)
{
    for (size_t i = 0; i < preset->table_count; i++)
        if (pb_str_eq(preset->tables[i].name, name))
            return &preset->tables[i];
    return NULL;
}

/* Tables of a product already known are added to, others are new. */
static pb_status read_tables(loading *l, const model_yaml *tables, pb_error *err)
{
    struct preset *preset = l->preset;
    if (model_yaml_is_null(tables))
        return PB_OK;
    PB_TRY(model_yaml_expect(tables, MODEL_YAML_MAP, err));
    struct preset_table *list =
        pb_arena_array(l->arena, preset->table_count + tables->count + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    if (preset->table_count > 0)
        memcpy(list, preset->tables, preset->table_count * sizeof *list);
    preset->tables = list;
    for (size_t i = 0; i < tables->count; i++) {
        l->table = table_named(preset, tables->keys[i]->text);
        if (l->table == NULL) {
            l->table = &list[preset->table_count];
            l->table->index = preset->table_count++;
            l->table->preset = preset;
            l->table->name = tables->keys[i]->text;
            l->table->headers = pb_map_new(l->arena);
            if (l->table->headers == NULL)
                return pb_fail_memory(err);
        }
        PB_TRY(load_table(l, tables->items[i], err));
    }
    return PB_OK;
}

static pb_status read_maps(loading *l, const model_yaml *maps, pb_error *err)
{
    if (model_yaml_is_null(maps))
        return PB_OK;
    PB_TRY(model_yaml_expect(maps, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < maps->count; i++) {
        uint64_t *place = pb_map_put(l->preset->maps, maps->keys[i]->text, NULL);
        if (place == NULL)
            return pb_fail_memory(err);
        pb_map *map = (pb_map *)(uintptr_t)*place; /* of a document before this one: added to */
        PB_TRY(load_values(l, maps->items[i], &map, err));
        *place = (uint64_t)(uintptr_t)map;
    }
    return PB_OK;
}

static pb_status read_signs(loading *l, const model_yaml *root, pb_error *err)
{
    static const char *const orders[] = {"ymd", "dmy", "mdy", NULL};
    struct preset *preset = l->preset;
    PB_TRY(load_texts(l, root, "files", &preset->files, err));
    PB_TRY(load_texts(l, root, "signs", &preset->signs, err));
    PB_TRY(load_texts(l, root, "id_signs", &preset->id_signs, err));
    PB_TRY(load_texts(l, root, "kinds", &preset->kinds, err));
    PB_TRY(load_texts(l, root, "custom", &preset->custom, err));
    PB_TRY(load_texts(l, root, "from", &preset->shown.from, err));
    int order = -1;
    PB_TRY(model_yaml_choice(root, "dates", orders, &order, err));
    if (order >= 0) {
        preset->has_order = true;
        preset->order = (model_date_order)order;
    }
    return PB_OK;
}

static struct preset *product_named(struct exchange_presets *presets, pb_str product)
{
    for (size_t i = 0; i < presets->count; i++)
        if (pb_str_eq_nocase(presets->items[i]->shown.product, product))
            return presets->items[i];
    return NULL;
}

static pb_status new_preset(loading *l, const model_yaml *name, pb_error *err)
{
    struct exchange_presets *presets = l->presets;
    if (product_named(presets, name->text) != NULL || pb_str_is(name->text, "none")) {
        model_yaml_fail(name, err, PB_MSG("There is a preset “{name}” already"), "name",
                        PB_ARG(name->text), NULL);
        pb_error_hint(err, PB_MSG("Add to it with “extend: {name}”, or choose another name"),
                      "name", PB_ARG(name->text), NULL);
        return PB_INVALID;
    }
    if (presets->count == EXCHANGE_MOST_PRESETS)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are more than {limit} presets"), "limit",
                       PB_ARG_INT(EXCHANGE_MOST_PRESETS), NULL);
    struct preset *preset = pb_arena_alloc(l->arena, sizeof *preset);
    if (preset == NULL)
        return pb_fail_memory(err);
    preset->maps = pb_map_new(l->arena);
    preset->any.headers = pb_map_new(l->arena);
    preset->any.preset = preset;
    if (preset->maps == NULL || preset->any.headers == NULL)
        return pb_fail_memory(err);
    preset->shown.product = preset->shown.title = name->text;
    preset->index = presets->count;
    presets->items[presets->count++] = l->preset = preset;
    return PB_OK;
}

static pb_status old_preset(loading *l, const model_yaml *name, pb_error *err)
{
    l->preset = product_named(l->presets, name->text);
    if (l->preset != NULL)
        return PB_OK;
    pb_str names[EXCHANGE_MOST_PRESETS];
    for (size_t i = 0; i < l->presets->count; i++)
        names[i] = l->presets->items[i]->shown.product;
    return load_unknown(name, PB_MSG("There is no preset “{name}”"), l->arena, names,
                        l->presets->count, PB_STR(""), err);
}

static pb_status read_preset(loading *l, const model_source *source, pb_error *err)
{
    static const char *const allowed[] = {
        "preset", "extend", "title",  "steps",    "from",  "dates",  "files", "signs",
        "maps",   "custom", "ignore", "id_signs", "kinds", "tables", "live",  NULL};
    const model_yaml *root = NULL, *name = NULL;
    PB_TRY(model_yaml_load(l->arena, source, &root, err));
    PB_TRY(model_yaml_check_keys(root, allowed, err));
    const model_yaml *extend = model_yaml_get(root, "extend");
    if (model_yaml_is_null(extend)) {
        PB_TRY(model_yaml_need(root, "preset", &name, err));
        PB_TRY(model_yaml_expect(name, MODEL_YAML_SCALAR, err));
        PB_TRY(new_preset(l, name, err));
    } else {
        PB_TRY(model_yaml_expect(extend, MODEL_YAML_SCALAR, err));
        PB_TRY(old_preset(l, extend, err));
    }
    PB_TRY(model_yaml_text(root, "title", &l->preset->shown.title, err));
    PB_TRY(model_yaml_text(root, "steps", &l->preset->shown.steps, err));
    PB_TRY(read_signs(l, root, err));
    PB_TRY(read_maps(l, model_yaml_get(root, "maps"), err));
    PB_TRY(read_tables(l, model_yaml_get(root, "tables"), err));
    l->table = &l->preset->any;
    return load_ignored(l, model_yaml_get(root, "ignore"), err);
}

static pb_status show_tables(struct preset *preset, pb_arena *arena, pb_error *err)
{
    exchange_preset_table *shown = pb_arena_array(arena, preset->table_count + 1, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t t = 0; t < preset->table_count; t++) {
        const struct preset_table *table = &preset->tables[t];
        shown[t] = (exchange_preset_table){.name = table->name, .entity = table->entity};
        for (size_t h = 0; h < table->list_count; h++)
            (*(table->list[h].column->use == PRESET_IGNORE ? &shown[t].ignored
                                                           : &shown[t].mapped))++;
    }
    preset->shown.tables = shown;
    preset->shown.table_count = preset->table_count;
    return PB_OK;
}

pb_status exchange_presets_load(const model_schema *schema, const model_source *sources,
                                size_t count, pb_arena *arena, exchange_presets **ret_presets,
                                pb_error *err)
{
    struct exchange_presets *presets = pb_arena_alloc(arena, sizeof *presets);
    if (presets == NULL)
        return pb_fail_memory(err);
    presets->spelt = pb_map_new(arena);
    presets->known = pb_map_new(arena);
    if (presets->spelt == NULL || presets->known == NULL)
        return pb_fail_memory(err);
    loading l = {.schema = schema, .arena = arena, .presets = presets};
    for (size_t i = 0; i < count; i++)
        PB_TRY(read_preset(&l, &sources[i], err));
    for (size_t i = 0; i < presets->count; i++)
        PB_TRY(show_tables(presets->items[i], arena, err));
    *ret_presets = presets;
    return PB_OK;
}
