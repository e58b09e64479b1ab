/* The schema as its readers see it: loading from end to end, finding, naming. */
#include "model/schema.h"

#include "base/map.h"
#include "schema_build.h"
#include "schema_words.h"

enum { SCHEMA_MEMORY = 256 << 20 };

static pb_status index_fields(schema_builder *b)
{
    for (size_t i = 0; i < b->schema->entity_count; i++) {
        model_entity *entity = &b->schema->entities[i];
        pb_map *map = pb_map_new(b->arena);
        for (size_t f = 0; map != NULL && f < entity->field_count; f++) {
            uint64_t *place = pb_map_put(map, entity->fields[f].name, NULL);
            if (place == NULL)
                return pb_fail_memory(b->err);
            *place = f;
        }
        if (map == NULL)
            return pb_fail_memory(b->err);
        entity->by_name = map;
    }
    return PB_OK;
}

static pb_status build(schema_builder *b, const model_source *sources, size_t count)
{
    static pb_status (*const steps[])(schema_builder *, schema_draft *) = {
        schema_read_fields,     schema_resolve,      schema_read_entity,
        schema_read_conditions, schema_read_convert, schema_retire};
    PB_TRY(schema_collect(b, sources, count));
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
        for (size_t i = 0; i < b->draft_count; i++)
            PB_TRY(steps[s](b, &b->drafts[i]));
    PB_TRY(index_fields(b));
    return schema_hash(b);
}

/* It may be read again with more, when whoever gave the texts is gone. */
static pb_status keep_sources(model_schema *schema, const model_source *sources, size_t count,
                              pb_error *err)
{
    model_source *kept = pb_arena_array(schema->arena, count + 1, sizeof *kept);
    if (kept == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        kept[i].name = pb_arena_str(schema->arena, sources[i].name);
        kept[i].text = pb_arena_str(schema->arena, sources[i].text);
        if (kept[i].name.ptr == NULL || kept[i].text.ptr == NULL)
            return pb_fail_memory(err);
    }
    schema->sources = kept;
    schema->source_count = count;
    return PB_OK;
}

pb_status model_schema_load(const model_source *sources, size_t count, model_schema **ret_schema,
                            pb_error *err)
{
    pb_arena *arena = pb_arena_new(SCHEMA_MEMORY);
    if (arena == NULL)
        return pb_fail_memory(err);
    model_schema *schema = pb_arena_alloc(arena, sizeof *schema);
    pb_status status = schema == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK) {
        schema->arena = arena;
        schema->references = 1;
        status = keep_sources(schema, sources, count, err);
    }
    if (status == PB_OK) {
        PB_AUTO_ARENA reading = pb_arena_new(SCHEMA_MEMORY);
        schema_builder builder = {.arena = arena, .reading = reading, .schema = schema, .err = err};
        status = reading == NULL ? pb_fail_memory(err) : build(&builder, schema->sources, count);
    }
    if (status != PB_OK) {
        pb_arena_free(arena);
        return status;
    }
    *ret_schema = schema;
    return PB_OK;
}

model_schema *model_schema_free(model_schema *schema)
{
    if (schema == NULL || __atomic_sub_fetch(&schema->references, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    model_schema_free(schema->base);
    pb_arena_free(schema->arena);
    return NULL;
}

model_schema *model_schema_hold(const model_schema *schema)
{
    model_schema *held = (model_schema *)(uintptr_t)schema;
    if (held != NULL)
        __atomic_add_fetch(&held->references, 1, __ATOMIC_RELAXED);
    return held;
}

const model_entity *model_entity_find(const model_schema *schema, pb_str name)
{
    for (size_t i = 0; i < schema->entity_count; i++)
        if (pb_str_eq(schema->entities[i].name, name))
            return &schema->entities[i];
    return NULL;
}

const model_field *model_field_find(const model_entity *entity, pb_str name)
{
    if (entity->by_name != NULL) {
        const uint64_t *place = pb_map_get(entity->by_name, name);
        return place == NULL ? NULL : &entity->fields[*place];
    }
    for (size_t i = 0; i < entity->field_count; i++)
        if (pb_str_eq(entity->fields[i].name, name))
            return &entity->fields[i];
    return NULL;
}

bool model_choice_over(const model_choice *choice)
{
    static const char *const over[] = {"done", "cancelled", "closed", "won", "lost", NULL};
    for (size_t i = 0; over[i] != NULL; i++)
        if (pb_str_is(choice->role, over[i]))
            return true;
    return false;
}

const model_field *model_field_role(const model_entity *entity, const char *role)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].role.ptr != NULL && pb_str_is(entity->fields[i].role, role))
            return &entity->fields[i];
    return NULL;
}

const model_choice *model_choice_find(const model_field *field, pb_str value)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (pb_str_eq(field->choices[i].value, value))
            return &field->choices[i];
    return NULL;
}

const char *model_type_name(model_type type)
{
    return type >= 0 && type < MODEL_TYPE_COUNT ? schema_types[type] : "?";
}

static const char *const grades[] = {"desirable", "important", "essential", NULL};

const char *model_grade_name(model_grade grade)
{
    return grades[grade];
}

bool model_grade_parse(pb_str s, model_grade *ret)
{
    int index = schema_word_index(grades, s);
    if (index >= 0)
        *ret = (model_grade)index;
    return index >= 0;
}

pb_kind model_type_kind(model_type type)
{
    switch (type) {
    case MODEL_BOOLEAN:
    case MODEL_INTEGER:
    case MODEL_MONEY:
    case MODEL_DATE:
    case MODEL_INSTANT:
        return PB_INT;
    case MODEL_DECIMAL:
        return PB_REAL;
    case MODEL_LINK:
        return PB_BLOB;
    default:
        return PB_TEXT;
    }
}

static void tell(model_text_each each, void *context, pb_str id, model_place place)
{
    if (id.ptr != NULL)
        each(context, id, place);
}

void model_schema_texts(const model_schema *schema, model_text_each each, void *context)
{
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        tell(each, context, entity->label, entity->place);
        tell(each, context, entity->plural, entity->place);
        for (size_t i = 0; i < entity->field_count; i++) {
            const model_field *f = &entity->fields[i];
            tell(each, context, f->label, f->place);
            tell(each, context, f->help, f->place);
            for (size_t c = 0; c < f->choice_count; c++)
                tell(each, context, f->choices[c].label, f->place);
        }
        for (size_t i = 0; i < entity->rule_count; i++)
            tell(each, context, entity->rules[i].says, entity->rules[i].place);
    }
}

pb_str model_label_in(const model_labels *labels, const char *language)
{
    pb_str name = pb_str_c(language);
    return pb_str_is(name, "zh-CN") ? labels->zh : pb_str_is(name, "fa") ? labels->fa : labels->en;
}
