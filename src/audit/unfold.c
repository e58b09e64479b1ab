/* From one control file to its instances: `applies` against the schema. */
#include "catalogue.h"

static const char *const control_keys[] = {
    "id",        "area",   "grade",    "title",    "requirement", "applies", "unit",
    "criterion", "why",    "check",    "pass",     "cause",       "effect",  "remedy",
    "evidence",  "effort", "waivable", "fixtures", NULL};
static const char *const applies_keys[] = {"entity", "field",     "role", "each",
                                           "source", "where",     "when", "needs",
                                           "any_of", "otherwise", NULL};
static const char *const where_keys[] = {"type",   "entity",   "not_entity", "fresh", "roles",
                                         "role",   "not_role", "required",   "match", "personal",
                                         "review", "search",   NULL};

/* What narrows `each`. Absent keys narrow nothing. */
typedef struct narrowing {
    model_strs types, entities, not_entities, roles, field_roles, not_roles;
    int required, match, personal, review, fresh; /* -1: not said */
} narrowing;

static bool among(const model_strs *list, pb_str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (pb_str_eq(list->items[i], text))
            return true;
    return false;
}

static pb_status read_flag(const model_yaml *where, const char *key, int *ret, pb_error *err)
{
    bool flag = false;
    *ret = -1;
    if (!model_yaml_get(where, key))
        return PB_OK;
    PB_TRY(model_yaml_bool(where, key, &flag, err));
    *ret = flag;
    return PB_OK;
}

static pb_status check_types(const model_yaml *where, const model_strs *types, pb_error *err)
{
    const char *names[MODEL_TYPE_COUNT + 1] = {0};
    for (int t = 0; t < MODEL_TYPE_COUNT; t++)
        names[t] = model_type_name((model_type)t);
    for (size_t i = 0; i < types->count; i++) {
        bool known = false;
        for (int t = 0; t < MODEL_TYPE_COUNT; t++)
            known = known || pb_str_is(types->items[i], names[t]);
        if (known)
            continue;
        model_yaml_fail(model_yaml_get(where, "type"), err, PB_MSG("There is no type {type}."),
                        "type", PB_ARG(types->items[i]), NULL);
        model_yaml_hint_names(err, types->items[i], names);
        return PB_INVALID;
    }
    return PB_OK;
}

static pb_status unknown_entity(const audit_loader *loader, const model_yaml *node, pb_str name,
                                pb_error *err)
{
    model_yaml_fail(node, err, PB_MSG("The model has no entity {entity}."), "entity", PB_ARG(name),
                    NULL);
    const char *names[65] = {0};
    for (size_t i = 0; i < loader->schema->entity_count && i < 64; i++)
        names[i] = pb_arena_cstr(loader->arena, loader->schema->entities[i].name);
    model_yaml_hint_names(err, name, names);
    return PB_INVALID;
}

static pb_status read_where(audit_loader *loader, const model_yaml *where, narrowing *ret,
                            pb_error *err)
{
    if (where)
        PB_TRY(model_yaml_check_keys(where, where_keys, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "type", &ret->types, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "entity", &ret->entities, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "not_entity", &ret->not_entities, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "roles", &ret->roles, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "role", &ret->field_roles, err));
    PB_TRY(model_yaml_texts(loader->arena, where, "not_role", &ret->not_roles, err));
    PB_TRY(read_flag(where, "required", &ret->required, err));
    PB_TRY(read_flag(where, "match", &ret->match, err));
    PB_TRY(read_flag(where, "personal", &ret->personal, err));
    PB_TRY(read_flag(where, "review", &ret->review, err));
    PB_TRY(read_flag(where, "fresh", &ret->fresh, err));
    for (size_t i = 0; i < ret->entities.count; i++)
        if (!model_entity_find(loader->schema, ret->entities.items[i]))
            return unknown_entity(loader, model_yaml_get(where, "entity"), ret->entities.items[i],
                                  err);
    for (size_t i = 0; i < ret->not_entities.count; i++)
        if (!model_entity_find(loader->schema, ret->not_entities.items[i]))
            return unknown_entity(loader, model_yaml_get(where, "not_entity"),
                                  ret->not_entities.items[i], err);
    return check_types(where, &ret->types, err);
}

static bool has_role(const model_entity *entity, pb_str role)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (pb_str_eq(entity->fields[i].role, role))
            return true;
    return false;
}

/* For `each: entity`: none of its fields has a role that is ruled out. */
static bool lacks_roles(const narrowing *where, const model_entity *entity)
{
    for (size_t i = 0; i < where->not_roles.count; i++)
        if (has_role(entity, where->not_roles.items[i]))
            return false;
    return true;
}

static bool entity_fits(const narrowing *where, const model_entity *entity)
{
    if (where->entities.count && !among(&where->entities, entity->name))
        return false;
    if (among(&where->not_entities, entity->name))
        return false;
    if (where->personal >= 0 && entity->personal != (where->personal == 1))
        return false;
    if (where->review >= 0 && (entity->review_days > 0) != (where->review == 1))
        return false;
    bool matches = false;
    for (size_t i = 0; i < entity->field_count; i++)
        matches = matches || entity->fields[i].match != MODEL_MATCH_NONE;
    if (where->match >= 0 && matches != (where->match == 1))
        return false;
    for (size_t i = 0; i < where->roles.count; i++)
        if (!has_role(entity, where->roles.items[i]))
            return false;
    return true;
}

static bool field_fits(const narrowing *where, const model_field *field)
{
    if (where->types.count && !among(&where->types, pb_str_c(model_type_name(field->type))))
        return false;
    if (where->field_roles.count && !among(&where->field_roles, field->role))
        return false;
    if (field->role.len && among(&where->not_roles, field->role))
        return false;
    if (where->fresh >= 0 && (field->fresh_days > 0) != (where->fresh == 1))
        return false;
    return where->required < 0 || field->required == (where->required == 1);
}

static pb_status add_instance(audit_loader *loader, const loader_control *file,
                              const model_entity *entity, const model_field *field, bool unfolded,
                              pb_error *err)
{
    audit_control control = {.base = file->id, .id = file->id, .entity = entity, .field = field};
    control.place = file->root->place;
    if (unfolded) {
        const char *id =
            field ? pb_arena_printf(loader->arena, "%.*s/%.*s.%.*s", PB_STR_FMT(file->id),
                                    PB_STR_FMT(entity->name), PB_STR_FMT(field->name))
                  : pb_arena_printf(loader->arena, "%.*s/%.*s", PB_STR_FMT(file->id),
                                    PB_STR_FMT(entity->name));
        if (!id)
            return pb_fail_memory(err);
        control.id = pb_str_c(id);
    }
    macro_scope scope = {loader->schema, entity, field};
    PB_TRY(control_read(loader, file, &scope, &control, err));
    return catalogue_add(loader, &control, err);
}

static pb_status unfold_each(audit_loader *loader, const loader_control *file,
                             const model_yaml *applies, pb_error *err)
{
    static const char *const kinds[] = {"entity", "field", NULL};
    int kind = 0;
    narrowing where = {0};
    PB_TRY(model_yaml_choice(applies, "each", kinds, &kind, err));
    PB_TRY(read_where(loader, model_yaml_get(applies, "where"), &where, err));
    const model_schema *schema = loader->schema;
    for (size_t i = 0; i < schema->entity_count; i++) {
        const model_entity *entity = &schema->entities[i];
        if (!entity_fits(&where, entity))
            continue;
        if (kind == 0) {
            if (!lacks_roles(&where, entity))
                continue;
            PB_TRY(add_instance(loader, file, entity, NULL, true, err));
            continue;
        }
        for (size_t k = 0; k < entity->field_count; k++)
            if (field_fits(&where, &entity->fields[k]))
                PB_TRY(add_instance(loader, file, entity, &entity->fields[k], true, err));
    }
    return PB_OK;
}

static pb_status unfold_one(audit_loader *loader, const loader_control *file,
                            const model_yaml *applies, pb_error *err)
{
    const model_yaml *name;
    PB_TRY(model_yaml_need(applies, "entity", &name, err));
    const model_entity *entity = model_entity_find(loader->schema, name->text);
    if (!entity)
        return unknown_entity(loader, name, name->text, err);
    const model_yaml *field_node = model_yaml_get(applies, "field");
    const model_yaml *role_node = model_yaml_get(applies, "role");
    const model_field *field = NULL;
    if (field_node && !(field = model_field_find(entity, field_node->text))) {
        model_yaml_fail(field_node, err, PB_MSG("Entity {entity} has no field {field}."), "entity",
                        PB_ARG(entity->name), "field", PB_ARG(field_node->text), NULL);
        const char *names[257] = {0};
        for (size_t i = 0; i < entity->field_count && i < 256; i++)
            names[i] = pb_arena_cstr(loader->arena, entity->fields[i].name);
        model_yaml_hint_names(err, field_node->text, names);
        return PB_INVALID;
    }
    if (role_node && !field &&
        !(field = model_field_role(entity, pb_arena_cstr(loader->arena, role_node->text)))) {
        model_yaml_fail(role_node, err, PB_MSG("Entity {entity} has no field with role {role}."),
                        "entity", PB_ARG(entity->name), "role", PB_ARG(role_node->text), NULL);
        pb_error_hint(err, PB_MSG("Give one of its fields `role: {role}`, or name the field."),
                      "role", PB_ARG(role_node->text), NULL);
        return PB_INVALID;
    }
    return add_instance(loader, file, entity, field, false, err);
}

pb_status control_unfold(audit_loader *loader, const loader_control *file, pb_error *err)
{
    const model_yaml *applies;
    PB_TRY(model_yaml_check_keys(file->root, control_keys, err));
    PB_TRY(model_yaml_need(file->root, "applies", &applies, err));
    PB_TRY(model_yaml_check_keys(applies, applies_keys, err));
    bool each = model_yaml_get(applies, "each") != NULL;
    bool source = model_yaml_get(applies, "source") != NULL;
    if (each + source + (model_yaml_get(applies, "entity") != NULL) > 1) {
        model_yaml_fail(applies, err, PB_MSG("`applies` says more than one thing."), NULL);
        pb_error_hint(err, PB_MSG("Use either `entity`, `each` or `source: true`."), NULL);
        return PB_INVALID;
    }
    size_t before = loader->catalogue->count;
    if (each)
        PB_TRY(unfold_each(loader, file, applies, err));
    else if (source)
        PB_TRY(add_instance(loader, file, NULL, NULL, false, err));
    else
        PB_TRY(unfold_one(loader, file, applies, err));
    /* An instance named by the fixtures must be among them: fixtures_read looks at the name. */
    if (each && loader->catalogue->count > before) {
        const model_yaml *fixtures = model_yaml_get(file->root, "fixtures");
        const model_yaml *on = model_yaml_get(fixtures, "on");
        if (!on)
            return model_yaml_need(fixtures, "on", NULL, err);
        const char *id =
            pb_arena_printf(loader->arena, "%.*s/%.*s", PB_STR_FMT(file->id), PB_STR_FMT(on->text));
        if (!id)
            return pb_fail_memory(err);
        if (!audit_control_find(loader->catalogue, pb_str_c(id))) {
            model_yaml_fail(on, err, PB_MSG("This control has no instance {name} to be proved on."),
                            "name", PB_ARG(on->text), NULL);
            pb_error_hint(err, PB_MSG("Name an entity, or entity.field, that `applies` selects."),
                          NULL);
            return PB_INVALID;
        }
    }
    return PB_OK;
}
