/* What records of an entity become: `convert`. Runs when the fields of all entities are known and
 * links have found their targets. */
#include "schema_build.h"
#include "schema_words.h"

enum { STEPS_MAX = 10, ALTERNATIVES_MAX = 8 };

static pb_status fail_entity(schema_builder *b, const model_yaml *node)
{
    return model_yaml_fail(node, b->err, PB_MSG("There is no entity “{name}”."), "name",
                           PB_ARG(node->text), NULL);
}

/* Links lead to one entity; numbers, dates and truths are what they are; texts are texts. */
static bool goes_into(const model_field *from, const model_field *to)
{
    if (from->type == MODEL_LINK || to->type == MODEL_LINK)
        return from->type == to->type && from->target == to->target;
    bool texts = model_type_kind(from->type) == PB_TEXT && model_type_kind(to->type) == PB_TEXT;
    return texts || from->type == to->type;
}

static pb_status add_source(schema_builder *b, const model_entity *entity, const model_yaml *node,
                            model_convert_value *value)
{
    const model_field *from = NULL;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, b->err));
    PB_TRY(schema_need_field(b, entity, node, node->text, &from));
    if (!goes_into(from, value->to))
        return model_yaml_fail(node, b->err, PB_MSG("Values of “{from}” do not go into “{to}”."),
                               "from", PB_ARG(from->name), "to", PB_ARG(value->to->name), NULL);
    value->from[value->from_count++] = from;
    return PB_OK;
}

/* A field of the record, the first of several that has a value, or `this`: the record itself. */
static pb_status read_source(schema_builder *b, const model_entity *entity, const model_yaml *node,
                             model_convert_value *value)
{
    bool one = node->kind != MODEL_YAML_LIST;
    value->itself = one && node->kind == MODEL_YAML_SCALAR && pb_str_is(node->text, "this");
    if (value->itself && value->to->target != entity)
        return model_yaml_fail(node, b->err, PB_MSG("“{field}” is no link to “{entity}”."), "field",
                               PB_ARG(value->to->name), "entity", PB_ARG(entity->name), NULL);
    if (value->itself)
        return PB_OK;
    if (!one && node->count > ALTERNATIVES_MAX)
        return model_yaml_fail(node, b->err, PB_MSG("There may be {count} of them at most."),
                               "count", PB_ARG_INT(ALTERNATIVES_MAX), NULL);
    value->from = pb_arena_array(b->arena, one ? 1 : node->count + 1, sizeof *value->from);
    if (value->from == NULL)
        return pb_fail_memory(b->err);
    if (one)
        return add_source(b, entity, node, value);
    for (size_t i = 0; i < node->count; i++)
        PB_TRY(add_source(b, entity, node->items[i], value));
    return PB_OK;
}

/* `fields` (from the record) and `set` (as written) of one map, for fields of `target`. */
static pb_status read_values(schema_builder *b, const model_entity *entity,
                             const model_entity *target, const model_yaml *fields,
                             const model_yaml *set, model_convert_value **ret, size_t *ret_count)
{
    size_t most = (fields != NULL ? fields->count : 0) + (set != NULL ? set->count : 0);
    model_convert_value *values = pb_arena_array(b->arena, most + 1, sizeof *values);
    size_t count = 0;
    if (values == NULL)
        return pb_fail_memory(b->err);
    if (fields != NULL)
        PB_TRY(model_yaml_expect(fields, MODEL_YAML_MAP, b->err));
    if (set != NULL)
        PB_TRY(model_yaml_expect(set, MODEL_YAML_MAP, b->err));
    for (size_t i = 0; i < most; i++) {
        bool told = fields != NULL && i < fields->count;
        const model_yaml *map = told ? fields : set;
        size_t at = told ? i : i - (fields != NULL ? fields->count : 0);
        model_convert_value *value = &values[count++];
        PB_TRY(schema_need_field(b, target, map->keys[at], map->keys[at]->text, &value->to));
        if (told) {
            PB_TRY(read_source(b, entity, map->items[at], value));
            continue;
        }
        PB_TRY(model_yaml_expect(map->items[at], MODEL_YAML_SCALAR, b->err));
        value->text = map->items[at]->text;
    }
    *ret = values;
    *ret_count = count;
    return PB_OK;
}

static pb_status read_link(schema_builder *b, const model_entity *entity, const model_yaml *map,
                           model_convert_step *step)
{
    const model_yaml *node = model_yaml_get(map, "link");
    pb_str name = PB_STR_NONE;
    PB_TRY(model_yaml_text(map, "link", &name, b->err));
    if (name.ptr == NULL)
        return PB_OK;
    PB_TRY(schema_need_field(b, entity, node, name, &step->link));
    if (step->link->target == step->entity)
        return PB_OK;
    return model_yaml_fail(node, b->err, PB_MSG("“{field}” is no link to “{entity}”."), "field",
                           PB_ARG(name), "entity", PB_ARG(step->entity->name), NULL);
}

static pb_status read_step(schema_builder *b, model_entity *entity, const model_yaml *key,
                           const model_yaml *map, model_convert_step *step)
{
    static const char *const keys[] = {"link", "needs", "optional", "fields", "set", NULL};
    pb_str needs = PB_STR_NONE;
    step->entity = model_entity_find(b->schema, key->text);
    if (step->entity == NULL || step->entity == entity)
        return fail_entity(b, key);
    PB_TRY(model_yaml_check_keys(map, keys, b->err));
    PB_TRY(read_link(b, entity, map, step));
    PB_TRY(model_yaml_text(map, "needs", &needs, b->err));
    if (needs.ptr != NULL)
        PB_TRY(schema_need_field(b, entity, model_yaml_get(map, "needs"), needs, &step->needs));
    PB_TRY(model_yaml_bool(map, "optional", &step->optional, b->err));
    return read_values(b, entity, step->entity, model_yaml_get(map, "fields"),
                       model_yaml_get(map, "set"), &step->values, &step->count);
}

static pb_status read_follow(schema_builder *b, const model_convert *convert,
                             const model_entity *entity, const model_yaml *key,
                             const model_yaml *value, model_convert_follow *follow)
{
    PB_TRY(schema_need_field(b, entity, key, key->text, &follow->field));
    PB_TRY(model_yaml_expect(value, MODEL_YAML_SCALAR, b->err));
    while (follow->step < convert->step_count &&
           !pb_str_eq(convert->steps[follow->step].entity->name, value->text))
        follow->step++;
    if (follow->step == convert->step_count)
        return fail_entity(b, value);
    if (follow->field->target == convert->steps[follow->step].entity)
        return PB_OK;
    return model_yaml_fail(key, b->err, PB_MSG("“{field}” is no link to “{entity}”."), "field",
                           PB_ARG(key->text), "entity", PB_ARG(value->text), NULL);
}

/* Records of another entity that link to the one converted: by the first of its links that does. */
static pb_status read_follows(schema_builder *b, model_entity *entity, model_convert *convert,
                              const model_yaml *key, const model_yaml *map)
{
    const model_entity *other = model_entity_find(b->schema, key->text);
    const model_field *link = NULL;
    if (other == NULL)
        return fail_entity(b, key);
    for (size_t i = 0; i < other->field_count && link == NULL; i++)
        if (other->fields[i].target == entity)
            link = &other->fields[i];
    if (link == NULL)
        return model_yaml_fail(key, b->err, PB_MSG("No field of “{other}” links to “{entity}”."),
                               "other", PB_ARG(other->name), "entity", PB_ARG(entity->name), NULL);
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, b->err));
    for (size_t i = 0; i < map->count; i++) {
        model_convert_follow *follow = &convert->follows[convert->follow_count++];
        follow->link = link;
        PB_TRY(read_follow(b, convert, other, map->keys[i], map->items[i], follow));
    }
    return PB_OK;
}

static pb_status read_all_follows(schema_builder *b, model_entity *entity, model_convert *convert,
                                  const model_yaml *follow)
{
    size_t most = 0;
    if (follow == NULL)
        return PB_OK;
    PB_TRY(model_yaml_expect(follow, MODEL_YAML_MAP, b->err));
    for (size_t i = 0; i < follow->count; i++)
        most += follow->items[i]->count;
    convert->follows = pb_arena_array(b->arena, most + 1, sizeof *convert->follows);
    if (convert->follows == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < follow->count; i++)
        PB_TRY(read_follows(b, entity, convert, follow->keys[i], follow->items[i]));
    return PB_OK;
}

static pb_status read_convert(schema_builder *b, model_entity *entity, const model_yaml *node)
{
    static const char *const keys[] = {"to", "set", "follow", NULL};
    const model_yaml *to = NULL;
    model_convert *convert = pb_arena_alloc(b->arena, sizeof *convert);
    if (convert == NULL)
        return pb_fail_memory(b->err);
    *convert = (model_convert){.step_count = 0};
    PB_TRY(model_yaml_check_keys(node, keys, b->err));
    PB_TRY(model_yaml_need(node, "to", &to, b->err));
    PB_TRY(model_yaml_expect(to, MODEL_YAML_MAP, b->err));
    if (to->count == 0 || to->count > STEPS_MAX)
        return model_yaml_fail(to, b->err, PB_MSG("There may be {count} of them at most."), "count",
                               PB_ARG_INT(STEPS_MAX), NULL);
    convert->steps = pb_arena_array(b->arena, to->count, sizeof *convert->steps);
    if (convert->steps == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < to->count; i++)
        PB_TRY(read_step(b, entity, to->keys[i], to->items[i],
                         &convert->steps[convert->step_count++]));
    PB_TRY(read_values(b, entity, entity, NULL, model_yaml_get(node, "set"), &convert->values,
                       &convert->count));
    PB_TRY(read_all_follows(b, entity, convert, model_yaml_get(node, "follow")));
    entity->convert = convert;
    return PB_OK;
}

pb_status schema_read_convert(schema_builder *b, schema_draft *draft)
{
    for (size_t d = 0; d < draft->document_count; d++) { /* the last that says it counts */
        const model_yaml *node = model_yaml_get(draft->documents[d], "convert");
        if (node != NULL)
            PB_TRY(read_convert(b, draft->entity, node));
    }
    return PB_OK;
}
