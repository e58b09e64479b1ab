/* What a workspace keeps beside the files: written as one more file, which is read with the others.
 *
 *   {"entity": "x_vehicle", "label": "Vehicle", "links": {…}, "fields": {"plate": {…}}}
 *   {"extend": "contact", "fields": {"x_shoe_size": {…}}}
 */
#include "schema_build.h"

enum { KEPT_MAX = 8 << 20 };

/* The members of a JSON object, without its braces. */
static pb_str members(pb_str body)
{
    pb_str text = pb_str_trim(body);
    return text.len < 2 ? PB_STR("") : pb_str_trim(pb_str_sub(text, 1, text.len - 2));
}

static bool has_key(pb_str body, pb_str key)
{
    pb_str text = members(body);
    return pb_str_starts(text, key);
}

/* A field is a link when the first thing said of it is where to. */
static bool is_link(const model_kept *item, const model_entity *before)
{
    const model_field *field = before == NULL ? NULL : model_field_find(before, item->field);
    return field != NULL ? field->type == MODEL_LINK : has_key(item->body, PB_STR("\"to\""));
}

static void put_fields(const model_schema *base, const model_kept *items, size_t count,
                       pb_str entity, bool links, pb_buf *out)
{
    const model_entity *before = model_entity_find(base, entity);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (pb_str_empty(items[i].field) || !pb_str_eq(items[i].entity, entity) ||
            is_link(&items[i], before) != links)
            continue;
        pb_buf_addc(out, !first ? ",\n" : links ? ", \"links\": {\n" : ", \"fields\": {\n");
        pb_buf_printf(out, "\"%.*s\": %.*s", PB_STR_FMT(items[i].field), PB_STR_FMT(items[i].body));
        first = false;
    }
    if (!first)
        pb_buf_addc(out, "}");
}

static void put_entity(const model_schema *base, const model_kept *items, size_t count,
                       pb_str entity, pb_buf *out)
{
    bool declared = model_entity_find(base, entity) != NULL;
    pb_buf_printf(out, "---\n{\"%s\": \"%.*s\"", declared ? "extend" : "entity",
                  PB_STR_FMT(entity));
    for (size_t i = 0; i < count; i++)
        if (pb_str_empty(items[i].field) && pb_str_eq(items[i].entity, entity) &&
            members(items[i].body).len > 0)
            pb_buf_printf(out, ", %.*s", PB_STR_FMT(members(items[i].body)));
    put_fields(base, items, count, entity, true, out);
    put_fields(base, items, count, entity, false, out);
    pb_buf_addc(out, "}\n");
}

static bool seen(const model_kept *items, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (pb_str_eq(items[i].entity, items[at].entity))
            return true;
    return false;
}

bool model_schema_plain(const model_schema *schema)
{
    return schema->base == NULL;
}

static pb_status fail_clash(const char *name, pb_error *err)
{
    pb_fail(err, PB_INVALID,
            PB_MSG("The name “{name}” is kept by the workspace and declared in a file, too."),
            "name", name, NULL);
    pb_error_hint(err, PB_MSG("Give it another name in the file."), NULL);
    return PB_INVALID;
}

/* What begins with x_ is the workspace's own; a file that uses such a name is mended there. */
static pb_status check_clashes(const model_schema *base, const model_kept *items, size_t count,
                               pb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const model_entity *entity = model_entity_find(base, items[i].entity);
        if (entity == NULL)
            continue;
        if (pb_str_starts(entity->name, MODEL_OWN))
            return fail_clash(PB_ARG(entity->name), err);
        if (!pb_str_empty(items[i].field) && pb_str_starts(items[i].field, MODEL_OWN) &&
            model_field_find(entity, items[i].field) != NULL)
            return fail_clash(PB_ARG(items[i].field), err);
    }
    return PB_OK;
}

pb_status model_schema_with(const model_schema *base, const model_kept *items, size_t count,
                            model_schema **ret_schema, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(KEPT_MAX);
    const model_schema *files = base->base != NULL ? base->base : base;
    PB_TRY(check_clashes(files, items, count, err));
    for (size_t i = 0; i < count; i++)
        if (!seen(items, i))
            put_entity(files, items, count, items[i].entity, &text);
    if (text.failed)
        return pb_fail_buffer(&text, PB_MSG("The workspace keeps too many declarations."), err);
    model_source *all = calloc(files->source_count + 1, sizeof *all);
    model_schema *made = NULL;
    if (all == NULL)
        return pb_fail_memory(err);
    memcpy(all, files->sources, files->source_count * sizeof *all);
    all[files->source_count] = (model_source){PB_STR(SCHEMA_KEPT_FILE), pb_buf_str(&text)};
    pb_status status = model_schema_load(all, files->source_count + (count > 0), &made, err);
    free(all);
    PB_TRY(status);
    made->base = model_schema_hold(files);
    *ret_schema = made;
    return PB_OK;
}

static bool is_own(model_place place)
{
    return pb_str_is(place.file, SCHEMA_KEPT_FILE);
}

/* Nothing is asked of what is retired: it is not required, not found again, not judged. */
static void retire_field(model_field *f)
{
    f->required = false;
    f->required_when = NULL;
    f->import = (model_strs){0};
    f->match = MODEL_MATCH_NONE;
    f->fresh_days = 0;
    f->stale_after = 0;
    f->search = false;
}

pb_status schema_retire(schema_builder *b, schema_draft *draft)
{
    (void)b;
    model_entity *entity = draft->entity;
    entity->own = is_own(entity->place);
    for (size_t i = 0; i < entity->field_count; i++) {
        model_field *f = &entity->fields[i];
        f->own = is_own(f->place);
        if (f->retired || entity->retired)
            retire_field(f);
    }
    if (entity->retired)
        entity->import = (model_strs){0};
    return PB_OK;
}
