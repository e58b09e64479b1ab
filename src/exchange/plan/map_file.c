/* The map file: what a person says about files and columns, before anything is guessed.
 *
 *   files:
 *     sales_pipeline.csv:
 *       entity: opportunity        # or: ignore
 *       encoding: GB18030          # only where it is judged wrongly
 *       columns: {close_value: amount, junk: ignore, deal: id}
 *     "*":                         # every file of which nothing else is said
 *       entity: contact
 */
#include "model/yaml.h"
#include "plan.h"
#include "sys/file.h"

#define ANY_FILE "*"
enum { MAP_BYTES = 4 << 20 };

struct map_file {
    const model_schema *schema;
    const model_yaml *files; /* map of file names, or NULL */
    pb_arena *arena;
};

static const model_yaml *named(const map_file *map, pb_str name)
{
    for (size_t i = 0; map->files != NULL && i < map->files->count; i++)
        if (pb_str_eq(map->files->keys[i]->text, name))
            return map->files->items[i];
    return NULL;
}

/* A file by its name as reports show it ("export.zip/contacts.csv"), by its own, or any. */
static const model_yaml *entry_of(const map_file *map, const exchange_file *file)
{
    const model_yaml *entry = named(map, file->name);
    if (entry == NULL)
        entry = named(map, file->own);
    return entry != NULL ? entry : named(map, PB_STR(ANY_FILE));
}

static const char **list_of(pb_arena *arena, const pb_str *items, size_t count, const char *first,
                            const char *second)
{
    const char **names = pb_arena_array(arena, count + 3, sizeof *names);
    size_t at = 0;
    if (names == NULL)
        return NULL;
    if (first != NULL)
        names[at++] = first;
    if (second != NULL)
        names[at++] = second;
    for (size_t i = 0; i < count; i++)
        names[at++] = pb_arena_cstr(arena, items[i]);
    return names;
}

static pb_status unknown_entity(const map_file *map, const model_yaml *node, pb_error *err)
{
    size_t count = map->schema->entity_count;
    pb_str *items = pb_arena_array(map->arena, count, sizeof *items);
    for (size_t i = 0; items != NULL && i < count; i++)
        items[i] = map->schema->entities[i].name;
    const char **names = items == NULL ? NULL : list_of(map->arena, items, count, "ignore", NULL);
    if (names == NULL)
        return pb_fail_memory(err);
    model_yaml_fail(node, err, PB_MSG("There is no entity “{name}”"), "name", PB_ARG(node->text),
                    NULL);
    model_yaml_hint_names(err, node->text, names);
    return PB_INVALID;
}

static pb_status unknown_field(const map_file *map, const model_entity *entity,
                               const model_yaml *node, pb_error *err)
{
    pb_str *items = pb_arena_array(map->arena, entity->field_count, sizeof *items);
    for (size_t i = 0; items != NULL && i < entity->field_count; i++)
        items[i] = entity->fields[i].name;
    const char **names =
        items == NULL ? NULL : list_of(map->arena, items, entity->field_count, "id", "ignore");
    if (names == NULL)
        return pb_fail_memory(err);
    model_yaml_fail(node, err, PB_MSG("{entity} has no field “{name}”"), "entity",
                    PB_ARG(entity->name), "name", PB_ARG(node->text), NULL);
    model_yaml_hint_names(err, node->text, names);
    return PB_INVALID;
}

static bool is_word(pb_str text)
{
    return pb_str_is(text, "id") || pb_str_is(text, "ignore");
}

/* Fields named for the columns of one file exist, none twice (but `many`). */
static pb_status check_columns(const map_file *map, const model_entity *entity,
                               const model_yaml *columns, pb_error *err)
{
    for (size_t i = 0; columns != NULL && i < columns->count; i++) {
        const model_yaml *node = columns->items[i];
        PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
        const model_field *field = model_field_find(entity, node->text);
        if (field == NULL && !is_word(node->text))
            return unknown_field(map, entity, node, err);
        bool single = field != NULL ? !field->many : pb_str_is(node->text, "id");
        for (size_t k = 0; k < i && single; k++)
            if (pb_str_eq(columns->items[k]->text, node->text)) {
                model_yaml_fail(node, err, PB_MSG("“{name}” is given to two columns"), "name",
                                PB_ARG(node->text), NULL);
                pb_error_hint(err, PB_MSG("Give it to one of them, and “ignore” to the other"),
                              NULL);
                return PB_INVALID;
            }
    }
    return PB_OK;
}

static pb_status check_encoding(const model_yaml *entry, pb_error *err)
{
    pb_str name = PB_STR_NONE;
    PB_TRY(model_yaml_text(entry, "encoding", &name, err));
    if (name.ptr == NULL || encoding_by_name(name) != TEXT_ANY)
        return PB_OK;
    model_yaml_fail(model_yaml_get(entry, "encoding"), err,
                    PB_MSG("There is no encoding “{name}” that could be read"), "name",
                    PB_ARG(name), NULL);
    pb_error_hint(err, PB_MSG("Known here: {names}."), "names", encoding_known(), NULL);
    return PB_INVALID;
}

static pb_status check_entry(const map_file *map, const model_yaml *entry, pb_error *err)
{
    static const char *const allowed[] = {"entity", "columns", "encoding", NULL};
    PB_TRY(model_yaml_check_keys(entry, allowed, err));
    pb_str name = PB_STR_NONE;
    PB_TRY(model_yaml_text(entry, "entity", &name, err));
    PB_TRY(check_encoding(entry, err));
    const model_yaml *columns = model_yaml_get(entry, "columns");
    if (!model_yaml_is_null(columns))
        PB_TRY(model_yaml_expect(columns, MODEL_YAML_MAP, err));
    if (name.ptr == NULL || pb_str_is(name, "ignore"))
        return PB_OK;
    const model_entity *entity = model_entity_find(map->schema, name);
    if (entity == NULL)
        return unknown_entity(map, model_yaml_get(entry, "entity"), err);
    return model_yaml_is_null(columns) ? PB_OK : check_columns(map, entity, columns, err);
}

/* Its tree, and where its mistakes are: in a file, or in what was said. */
static pb_status load(const exchange_options *options, pb_arena *arena, const model_yaml **ret_root,
                      pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MAP_BYTES);
    model_source source = {PB_STR(PB_MSG("the mapping")), options->map};
    if (options->map_path != NULL) {
        PB_TRY(sys_file_read(options->map_path, MAP_BYTES, &text, err));
        source = (model_source){pb_str_c(options->map_path), pb_buf_str(&text)};
    }
    return model_yaml_load(arena, &source, ret_root, err);
}

pb_status map_read(const exchange_options *options, const model_schema *schema, pb_arena *arena,
                   map_file **ret_map, pb_error *err)
{
    static const char *const allowed[] = {"files", NULL};
    const model_yaml *root = NULL;
    map_file *map = pb_arena_alloc(arena, sizeof *map);
    if (map == NULL)
        return pb_fail_memory(err);
    PB_TRY(load(options, arena, &root, err));
    PB_TRY(model_yaml_check_keys(root, allowed, err));
    *map = (map_file){schema, model_yaml_get(root, "files"), arena};
    if (model_yaml_is_null(map->files))
        map->files = NULL;
    if (map->files != NULL)
        PB_TRY(model_yaml_expect(map->files, MODEL_YAML_MAP, err));
    for (size_t i = 0; map->files != NULL && i < map->files->count; i++)
        PB_TRY(check_entry(map, map->files->items[i], err));
    *ret_map = map;
    return PB_OK;
}

const model_entity *map_entity(const map_file *map, const exchange_file *file)
{
    const model_yaml *entity = model_yaml_get(entry_of(map, file), "entity");
    return entity == NULL ? NULL : model_entity_find(map->schema, entity->text);
}

text_code map_encoding(const map_file *map, const exchange_file *file)
{
    const model_yaml *name = model_yaml_get(entry_of(map, file), "encoding");
    return name == NULL ? TEXT_ANY : encoding_by_name(name->text);
}

bool map_ignores(const map_file *map, const exchange_file *file)
{
    const model_yaml *entity = model_yaml_get(entry_of(map, file), "entity");
    return entity != NULL && pb_str_is(entity->text, "ignore");
}

/* The column with that header, NULL when there is none. */
static exchange_column *column_named(exchange_file *file, pb_str header)
{
    for (size_t c = 0; c < file->column_count; c++)
        if (pb_str_eq(file->columns[c].header, header))
            return &file->columns[c];
    return NULL;
}

static pb_status no_such_column(const exchange_file *file, const model_yaml *key, pb_arena *arena,
                                pb_error *err)
{
    pb_str *items = pb_arena_array(arena, file->column_count, sizeof *items);
    for (size_t i = 0; items != NULL && i < file->column_count; i++)
        items[i] = file->columns[i].header;
    const char **names =
        items == NULL ? NULL : list_of(arena, items, file->column_count, NULL, NULL);
    if (names == NULL)
        return pb_fail_memory(err);
    model_yaml_fail(key, err, PB_MSG("{file} has no column “{name}”"), "file", PB_ARG(file->name),
                    "name", PB_ARG(key->text), NULL);
    model_yaml_hint_names(err, key->text, names);
    return PB_INVALID;
}

pb_status map_apply(const map_file *map, exchange_file *file, pb_arena *arena, pb_error *err)
{
    const model_yaml *columns = model_yaml_get(entry_of(map, file), "columns");
    if (model_yaml_is_null(columns))
        return PB_OK;
    PB_TRY(check_columns(map, file->entity, columns, err));
    for (size_t i = 0; i < columns->count; i++) {
        exchange_column *column = column_named(file, columns->keys[i]->text);
        if (column == NULL)
            return no_such_column(file, columns->keys[i], arena, err);
        pb_str what = columns->items[i]->text;
        column->field = model_field_find(file->entity, what);
        column->is_source_id = column->field == NULL && pb_str_is(what, "id");
        column->how =
            column->field != NULL || column->is_source_id ? EXCHANGE_BY_MAP : EXCHANGE_IGNORED;
    }
    return PB_OK;
}

pb_status map_check_used(const map_file *map, const exchange_plan *plan, pb_error *err)
{
    for (size_t i = 0; map->files != NULL && i < map->files->count; i++) {
        bool met = pb_str_is(map->files->keys[i]->text, ANY_FILE);
        for (size_t f = 0; f < plan->file_count && !met; f++)
            met = pb_str_eq(plan->files[f].name, map->files->keys[i]->text) ||
                  pb_str_eq(plan->files[f].own, map->files->keys[i]->text);
        if (met)
            continue;
        model_yaml_fail(map->files->keys[i], err, PB_MSG("There is no file “{name}” to import"),
                        "name", PB_ARG(map->files->keys[i]->text), NULL);
        pb_error_hint(
            err, PB_MSG("Write the file's name as it stands in its folder, with its ending"), NULL);
        return PB_INVALID;
    }
    return PB_OK;
}
