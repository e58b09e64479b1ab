/* Planning an import: which files, which entities, which columns, in which order. */
#include "plan.h"

#include "closing.h"

#include "../preset/recognise.h"

#include <stdarg.h>

#include "../live/live.h"

/* Working state of one planning. */
typedef struct planning {
    const model_schema *schema;
    const map_file *map; /* NULL: none */
    name_book *names;
    const exchange_options *options;
    pb_arena *arena;
    exchange_plan *plan;
    size_t capacity;
    text_code code; /* of files that the map says nothing else of */
} planning;

/* Copies name/value pairs into the arena. False without memory. */
static bool keep_args(pb_arena *arena, va_list list, const pb_arg *first, const pb_arg **ret_args,
                      size_t *ret_count)
{
    enum { MOST = 8 };
    pb_arg *args = pb_arena_array(arena, MOST, sizeof *args);
    if (args == NULL)
        return false;
    size_t count = 0;
    if (first != NULL)
        args[count++] = *first;
    for (const char *name; count < MOST && (name = va_arg(list, const char *)) != NULL;) {
        pb_str value = pb_arena_str(arena, pb_str_c(va_arg(list, const char *)));
        if (value.ptr == NULL)
            return false;
        args[count++] = (pb_arg){name, value};
    }
    *ret_args = args;
    *ret_count = count;
    return true;
}

pb_status plan_refuse(exchange_file *file, pb_arena *arena, const char *says, ...)
{
    const pb_arg name = {"name", file->name};
    va_list list;
    va_start(list, says);
    bool kept = keep_args(arena, list, &name, &file->why_args, &file->why_arg_count);
    va_end(list);
    file->why_not = pb_str_c(says);
    file->entity = NULL;
    return kept ? PB_OK : PB_MEMORY;
}

pb_status plan_refuse_for(exchange_file *file, pb_arena *arena, const pb_error *why)
{
    const pb_msg *part = why->detail.id != NULL ? &why->detail : &why->primary;
    pb_arg *args = pb_arena_array(arena, (size_t)part->count + 1, sizeof *args);
    if (args == NULL)
        return PB_MEMORY;
    args[0] = (pb_arg){"name", file->name};
    const char *at = why->text + part->args;
    for (size_t i = 1; i <= part->count; i++) {
        args[i].name = pb_arena_cstr(arena, pb_str_c(at));
        at += strlen(at) + 1;
        args[i].value = pb_arena_str(arena, pb_str_c(at));
        at += strlen(at) + 1;
        if (args[i].name == NULL || args[i].value.ptr == NULL)
            return PB_MEMORY;
    }
    file->why_args = args;
    file->why_arg_count = (size_t)part->count + 1;
    file->why_not = pb_str_c(part->id);
    file->entity = NULL;
    return PB_OK;
}

pb_status column_note(exchange_column *column, pb_arena *arena, const char *says, ...)
{
    va_list list;
    va_start(list, says);
    bool kept = keep_args(arena, list, NULL, &column->note_args, &column->note_arg_count);
    va_end(list);
    column->note = pb_str_c(says);
    return kept ? PB_OK : PB_MEMORY;
}

pb_status plan_note_file(exchange_file *file, pb_arena *arena, const char *says, ...)
{
    pb_note *notes = pb_arena_array(arena, file->note_count + 1, sizeof *notes);
    if (notes == NULL)
        return PB_MEMORY;
    if (file->note_count > 0)
        memcpy(notes, file->notes, file->note_count * sizeof *notes);
    pb_note *note = &notes[file->note_count];
    note->says = pb_str_c(says);
    va_list list;
    va_start(list, says);
    bool kept = keep_args(arena, list, NULL, &note->args, &note->count);
    va_end(list);
    file->notes = notes;
    file->note_count += kept;
    return kept ? PB_OK : PB_MEMORY;
}

char *exchange_shown(const char *path, pb_arena *arena)
{
    return live_shown(path, arena);
}

void exchange_why_not(const exchange_file *file, const pb_catalog *catalog, pb_buf *out)
{
    if (file->why_not.ptr != NULL)
        pb_format(out, pb_translate_str(catalog, file->why_not), file->why_args,
                  file->why_arg_count);
}

void exchange_note(const exchange_column *column, const pb_catalog *catalog, pb_buf *out)
{
    if (column->note.ptr != NULL)
        pb_format(out, pb_translate_str(catalog, column->note), column->note_args,
                  column->note_arg_count);
}

/* --- which files --- */

static pb_status add_place(planning *p, table_place *place, pb_error *err)
{
    exchange_plan *plan = p->plan;
    exchange_file file = {
        .place = place, .path = place->path, .name = place->name, .own = place->own};
    if ((place->why_not != NULL && plan_refuse(&file, p->arena, place->why_not, NULL) != PB_OK) ||
        !PB_PUSH(p->arena, plan->files, plan->file_count, p->capacity, file))
        return pb_fail_memory(err);
    return PB_OK;
}

/* A table of a database; why it is not read has words of its own. */
static pb_status add_live(planning *p, const char *shown, const live_place *base, pb_error *err)
{
    table_place *place = pb_arena_alloc(p->arena, sizeof *place);
    if (place == NULL)
        return pb_fail_memory(err);
    size_t own = base->name.len;
    while (own > 0 && base->name.ptr[own - 1] != '/')
        own--;
    *place = (table_place){.path = pb_str_c(shown),
                           .name = base->name,
                           .own = pb_str_sub(base->name, own, base->name.len),
                           .live = true,
                           .base = base};
    PB_TRY(add_place(p, place, err));
    exchange_file *file = &p->plan->files[p->plan->file_count - 1];
    file->why_not = base->why_not;
    file->why_args = base->args;
    file->why_arg_count = base->arg_count;
    return PB_OK;
}

/* A table beside a known product's own is read when its whole name is that of an entity. */
static bool is_entity(void *context, pb_str table)
{
    const planning *p = context;
    PB_AUTO_ARENA scratch = pb_arena_new(SCRATCH_MOST);
    for (size_t e = 0; scratch != NULL && e < p->schema->entity_count; e++)
        if (names_fit_file(p->names, &p->schema->entities[e], table, scratch) == 10)
            return true;
    return false;
}

static pb_status add_database(planning *p, const char *url, pb_error *err)
{
    const live_settings settings = {.password_file = p->options->password_file,
                                    .products = p->options->databases,
                                    .product_count = p->options->database_count,
                                    .with_deleted = p->options->with_deleted,
                                    .is_entity = is_entity,
                                    .context = p};
    live_place *places = NULL;
    size_t count = 0;
    const char *shown = live_shown(url, p->arena);
    if (shown == NULL)
        return pb_fail_memory(err);
    PB_TRY(live_list(url, &settings, p->arena, &places, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(add_live(p, shown, &places[i], err));
    return PB_OK;
}

static pb_status add_path(planning *p, const char *path, pb_error *err)
{
    const exchange_held *held = p->options->held;
    if (held == NULL && live_is_url(path))
        return add_database(p, path, err);
    table_place *places = NULL;
    size_t count = 0;
    if (held != NULL)
        PB_TRY(table_list_held(path, held, p->arena, &places, &count, err));
    else
        PB_TRY(table_list(path, p->arena, &places, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_TRY(add_place(p, &places[i], err));
        const exchange_file *file = &p->plan->files[p->plan->file_count - 1];
        text_code said = p->map == NULL ? TEXT_ANY : map_encoding(p->map, file);
        places[i].code = said != TEXT_ANY ? said : p->code;
    }
    return PB_OK;
}

/* The encoding that all files are said to be in. */
static pb_status check_encoding(planning *p, pb_error *err)
{
    const char *name = p->options->encoding;
    if (name == NULL)
        return PB_OK;
    p->code = encoding_by_name(pb_str_c(name));
    if (p->code != TEXT_ANY)
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("There is no encoding “{name}” that could be read"), "name", name,
            NULL);
    pb_error_hint(err, PB_MSG("Known here: {names}."), "names", encoding_known(), NULL);
    return PB_USAGE;
}

/* --- one file --- */

/* Columns with their headers; an empty one gets its number, a repeated one is said. */
static pb_status make_columns(exchange_file *file, const sample *s, pb_arena *arena, pb_error *err)
{
    file->columns = pb_arena_array(arena, s->columns, sizeof *file->columns);
    if (file->columns == NULL)
        return pb_fail_memory(err);
    file->column_count = s->columns;
    for (size_t c = 0; c < s->columns; c++) {
        exchange_column *column = &file->columns[c];
        column->header = pb_str_trim(s->header[c]).len > 0
                             ? pb_arena_str(arena, s->header[c])
                             : pb_str_c(pb_arena_printf(arena, "#%zu", c + 1));
        if (column->header.ptr == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* Says which columns have a name that another has too, or none. */
static pb_status note_headers(exchange_file *file, const sample *s, pb_arena *arena, pb_error *err)
{
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (column->how != EXCHANGE_UNMAPPED || column->note.ptr != NULL)
            continue;
        pb_status status = PB_OK;
        bool twice = false;
        for (size_t k = 0; k < c && !twice; k++)
            twice = pb_str_eq(file->columns[k].header, column->header);
        if (twice)
            status = column_note(column, arena, PB_MSG("Another column has the same name"), NULL);
        else if (pb_str_trim(s->header[c]).len == 0)
            status = column_note(column, arena, PB_MSG("The column has no name"), NULL);
        if (status != PB_OK)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static bool any_mapped(const exchange_file *file)
{
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].field != NULL || file->columns[c].is_source_id)
            return true;
    return false;
}

static pb_status decide_file(planning *p, exchange_file *file, sample *s, pb_arena *scratch,
                             pb_error *err)
{
    PB_TRY(make_columns(file, s, p->arena, err));
    if (p->map != NULL)
        file->entity = map_entity(p->map, file);
    const live_place *base = file->place->base;
    if (file->entity == NULL && base != NULL && base->known > 0)
        file->entity = model_entity_find(p->schema, base->entity);
    if (base != NULL)
        file->preset = NULL; /* presets are about files; a database has declarations of its own */
    if (file->entity == NULL)
        file->entity = preset_entity(file);
    else if (file->entity != preset_entity(file))
        file->preset = NULL; /* the map file knows better what is in it */
    if (file->entity == NULL)
        file->entity = columns_entity(p->schema, p->names, file, s, scratch);
    if (file->entity == NULL) {
        if (plan_refuse(file, p->arena,
                        PB_MSG("Neither its name nor its columns fit an entity. Name the entity in "
                               "a map file: "
                               "files: {{{name}: {{entity: …}}"),
                        NULL) != PB_OK)
            return pb_fail_memory(err);
        return note_headers(file, s, p->arena, err);
    }
    if (p->map != NULL)
        PB_TRY(map_apply(p->map, file, p->arena, err));
    if (base != NULL && base->known > 0) {
        PB_TRY(columns_settle(file, base->known, s, p->arena, scratch, err));
    } else {
        PB_TRY(preset_apply(p->plan, file, s, p->arena, scratch, err));
        PB_TRY(columns_decide(p->names, file, s, p->arena, scratch, err));
    }
    PB_TRY(formats_judge(file, s, p->arena, scratch, err));
    PB_TRY(closing_decide(file, s, p->arena, scratch, err));
    PB_TRY(note_headers(file, s, p->arena, err));
    if (!any_mapped(file) &&
        plan_refuse(file, p->arena, PB_MSG("None of its columns fits a field of the entity"),
                    NULL) != PB_OK)
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status plan_file(planning *p, exchange_file *file, pb_error *err)
{
    if (p->map != NULL && map_ignores(p->map, file)) {
        pb_status kept =
            plan_refuse(file, p->arena, PB_MSG("The map file says to leave it out"), NULL);
        return kept == PB_OK ? PB_OK : pb_fail_memory(err);
    }
    sample s;
    PB_AUTO_ARENA scratch = pb_arena_new(SCRATCH_MOST);
    if (scratch == NULL)
        return pb_fail_memory(err);
    PB_TRY(sample_read(p->arena, scratch, file, &s, err));
    return s.columns == 0 ? PB_OK : decide_file(p, file, &s, scratch, err);
}

/* The same bytes twice would make every record twice: only the first is read. */
static pb_status refuse_copies(planning *p, pb_error *err)
{
    for (size_t i = 1; i < p->plan->file_count; i++) {
        exchange_file *file = &p->plan->files[i];
        for (size_t k = 0; k < i && file->entity != NULL; k++) {
            const exchange_file *other = &p->plan->files[k];
            if (other->entity == file->entity && !file->place->live &&
                memcmp(other->hash, file->hash, sizeof file->hash) == 0 &&
                plan_refuse(file, p->arena,
                            PB_MSG("{name} holds the same bytes as {other}, which is read already"),
                            "other",
                            PB_ARG(other->place->member.ptr != NULL ? other->name : other->path),
                            NULL) != PB_OK)
                return pb_fail_memory(err);
        }
    }
    return PB_OK;
}

/* --- order --- */

static size_t rank_of(const exchange_file *file)
{
    return file->entity == NULL ? SIZE_MAX : file->entity->index;
}

/* By the schema's order of dependency, files that are not imported last; stable. */
static void order_files(exchange_plan *plan)
{
    for (size_t i = 1; i < plan->file_count; i++) {
        exchange_file file = plan->files[i];
        size_t at = i;
        for (; at > 0 && rank_of(&plan->files[at - 1]) > rank_of(&file); at--)
            plan->files[at] = plan->files[at - 1];
        plan->files[at] = file;
    }
}

pb_status exchange_plan_make(const model_schema *schema, const exchange_options *options,
                             pb_arena *arena, exchange_plan *ret_plan, pb_error *err)
{
    exchange_plan plan = {0};
    planning p = {.schema = schema, .options = options, .arena = arena, .plan = &plan};
    map_file *map = NULL;
    if (options->map_path != NULL || options->map.ptr != NULL)
        PB_TRY(map_read(options, schema, arena, &map, err));
    p.map = map;
    PB_TRY(check_encoding(&p, err));
    PB_TRY(names_make(schema, arena, &p.names, err));
    for (size_t i = 0; i < options->path_count; i++)
        PB_TRY(add_path(&p, options->paths[i], err));
    PB_TRY(preset_recognise(options, schema, p.names, &plan, &p.capacity, arena, err));
    for (size_t i = 0; i < plan.file_count; i++)
        if (plan.files[i].why_not.ptr == NULL)
            PB_TRY(plan_file(&p, &plan.files[i], err));
    PB_TRY(references_settle(&plan, p.names, arena, err));
    PB_TRY(refuse_copies(&p, err));
    if (map != NULL)
        PB_TRY(map_check_used(map, &plan, err));
    order_files(&plan);
    *ret_plan = plan;
    return PB_OK;
}
