/* Reading one control: the texts, the names, the grade. What it checks is read in check.c. */
#include "catalogue.h"

static const char *const text_names[] = {"entity", "entities", "field",  "failing", "population",
                                         "share",  "fixable",  "amount", NULL};
static const char *const problem_names[] = {"value",    "other", "suggestion", "entity",
                                            "entities", "field", NULL};

static pb_status check_names(const model_yaml *node, pb_str text, const char *const *names,
                             pb_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '{')
            continue;
        if (i + 1 < text.len && text.ptr[i + 1] == '{') {
            i++;
            continue;
        }
        pb_str rest = pb_str_sub(text, i + 1, text.len);
        pb_str name = pb_str_sub(rest, 0, pb_str_index(rest, '}'));
        bool known = false;
        for (size_t k = 0; names[k]; k++)
            known = known || pb_str_is(name, names[k]);
        if (known)
            continue;
        model_yaml_fail(node, err, PB_MSG("This text has no place {name}."), "name", PB_ARG(name),
                        NULL);
        model_yaml_hint_names(err, name, names);
        return PB_INVALID;
    }
    return PB_OK;
}

static pb_status read_text(const model_yaml *root, const char *key, bool must,
                           const char *const *names, pb_str *ret, pb_error *err)
{
    if (must)
        PB_TRY(model_yaml_need(root, key, NULL, err));
    PB_TRY(model_yaml_text(root, key, ret, err));
    if (ret->len)
        PB_TRY(check_names(model_yaml_get(root, key), *ret, names, err));
    return PB_OK;
}

static pb_status read_texts(const model_yaml *root, audit_control *control, pb_error *err)
{
    PB_TRY(read_text(root, "title", true, text_names, &control->title, err));
    PB_TRY(read_text(root, "criterion", true, text_names, &control->criterion, err));
    PB_TRY(read_text(root, "why", true, text_names, &control->why, err));
    PB_TRY(read_text(root, "cause", true, text_names, &control->cause, err));
    PB_TRY(read_text(root, "effect", true, text_names, &control->effect, err));
    PB_TRY(read_text(root, "remedy", true, text_names, &control->remedy, err));
    const model_yaml *check = model_yaml_get(root, "check");
    PB_TRY(read_text(check, "problem", false, problem_names, &control->problem, err));
    const model_yaml *applies = model_yaml_get(root, "applies");
    PB_TRY(read_text(applies, "otherwise", false, text_names, &control->otherwise, err));
    PB_TRY(read_text(root, "unit", false, text_names, &control->unit, err));
    if (!control->unit.len && control->entity)
        control->unit = control->entity->plural;
    if (!control->unit.len)
        return model_yaml_need(root, "unit", NULL, err);
    return PB_OK;
}

static pb_status read_area(audit_loader *loader, const model_yaml *root, audit_control *control,
                           pb_error *err)
{
    const model_yaml *node;
    PB_TRY(model_yaml_need(root, "area", &node, err));
    PB_TRY(model_yaml_text(root, "area", &control->area, err));
    const char *names[65] = {0};
    for (size_t i = 0; i < loader->catalogue->area_count && i < 64; i++) {
        if (pb_str_eq(loader->catalogue->areas[i].id, control->area))
            return PB_OK;
        names[i] = pb_arena_cstr(loader->arena, loader->catalogue->areas[i].id);
    }
    model_yaml_fail(node, err, PB_MSG("There is no area {area}."), "area", PB_ARG(control->area),
                    NULL);
    model_yaml_hint_names(err, control->area, names);
    return PB_INVALID;
}

static bool id_ok(pb_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return id.len > 2 && id.ptr[0] >= 'A' && id.ptr[0] <= 'Z';
}

static pb_status read_id(audit_loader *loader, const model_yaml *root, audit_control *control,
                         pb_error *err)
{
    if (!id_ok(control->base)) {
        model_yaml_fail(model_yaml_get(root, "id"), err, PB_MSG("{id} is no name for a control."),
                        "id", PB_ARG(control->base), NULL);
        pb_error_hint(err, PB_MSG("Use capital letters, digits and hyphens: DQ-VALID-EMAIL."),
                      NULL);
        return PB_INVALID;
    }
    PB_TRY(model_yaml_need(root, "requirement", NULL, err));
    PB_TRY(model_yaml_texts(loader->arena, root, "requirement", &control->requirements, err));
    for (size_t i = 0; i < control->requirements.count; i++) {
        if (id_ok(control->requirements.items[i]))
            continue;
        model_yaml_fail(model_yaml_get(root, "requirement"), err,
                        PB_MSG("{id} is no name of a requirement."), "id",
                        PB_ARG(control->requirements.items[i]), NULL);
        pb_error_hint(err, PB_MSG("Requirements are called as in DQ-8."), NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

static pb_status unknown_name(const model_yaml *node, const audit_control *control, pb_str name,
                              pb_error *err)
{
    model_yaml_fail(node, err, PB_MSG("Entity {entity} has no field {field}."), "entity",
                    PB_ARG(control->entity ? control->entity->name : PB_STR("source")), "field",
                    PB_ARG(name), NULL);
    pb_error_hint(err,
                  PB_MSG("Name a declared field, `key`, `field` or `role:NAME`; for a name that "
                         "only some entities have, narrow `where: roles:`."),
                  NULL);
    return PB_INVALID;
}

/* Names of fields the source must have. `optional`: those that the entity lacks are passed over. */
static pb_status read_fields(audit_loader *loader, const model_yaml *map, const char *key,
                             bool optional, const macro_scope *scope, const audit_control *control,
                             const model_field ***ret, size_t *ret_count, pb_error *err)
{
    model_strs names = {0};
    PB_TRY(model_yaml_texts(loader->arena, map, key, &names, err));
    if (!names.count)
        return PB_OK;
    *ret = pb_arena_array(loader->arena, names.count, sizeof **ret);
    if (!*ret)
        return pb_fail_memory(err);
    for (size_t i = 0; i < names.count; i++) {
        const model_field *field = macro_field(scope, NULL, names.items[i]);
        if (field)
            (*ret)[(*ret_count)++] = field;
        else if (!optional)
            return unknown_name(model_yaml_get(map, key), control, names.items[i], err);
    }
    return PB_OK;
}

/* Evidence: names of fields, or `record` and `source`. A generic control passes over what an entity
 * lacks. */
static pb_status read_evidence(audit_loader *loader, const model_yaml *root,
                               const macro_scope *scope, audit_control *control, pb_error *err)
{
    model_strs names = {0};
    PB_TRY(model_yaml_need(root, "evidence", NULL, err));
    PB_TRY(model_yaml_texts(loader->arena, root, "evidence", &names, err));
    control->evidence.items = pb_arena_array(loader->arena, names.count + 1, sizeof(pb_str));
    if (!control->evidence.items)
        return pb_fail_memory(err);
    bool generic = !pb_str_eq(control->id, control->base);
    for (size_t i = 0; i < names.count; i++) {
        pb_str name = names.items[i];
        const model_field *field = macro_field(scope, NULL, name);
        bool plain = pb_str_is(name, "record") || pb_str_is(name, "source");
        bool maybe = generic && (pb_str_is(name, "key") || pb_str_starts(name, PB_STR("role:")));
        if (!field && !plain && !maybe)
            return unknown_name(model_yaml_get(root, "evidence"), control, name, err);
        if (!field && !plain)
            continue;
        name = field ? field->name : name;
        bool there = false;
        for (size_t k = 0; k < control->evidence.count; k++)
            there = there || pb_str_eq(control->evidence.items[k], name);
        if (!there)
            control->evidence.items[control->evidence.count++] = name;
    }
    return PB_OK;
}

static pb_status read_applies(audit_loader *loader, const model_yaml *applies,
                              const macro_scope *scope, audit_control *control, pb_error *err)
{
    const model_yaml *when = model_yaml_get(applies, "when");
    if (when) {
        PB_TRY(model_yaml_text(applies, "when", &control->applies_sql, err));
        PB_TRY(macro_expand(loader->arena, scope, when, control->applies_sql, &control->applies_sql,
                            err));
        if (!control->otherwise.len)
            return model_yaml_need(applies, "otherwise", NULL, err);
    }
    PB_TRY(read_fields(loader, applies, "needs", false, scope, control, &control->needs,
                       &control->need_count, err));
    return read_fields(loader, applies, "any_of", true, scope, control, &control->any_of,
                       &control->any_count, err);
}

pb_status control_read(audit_loader *loader, const loader_control *file, const macro_scope *scope,
                       audit_control *control, pb_error *err)
{
    const model_yaml *root = file->root;
    PB_TRY(read_id(loader, root, control, err));
    PB_TRY(read_area(loader, root, control, err));
    PB_TRY(model_yaml_need(root, "grade", NULL, err));
    PB_TRY(model_yaml_grade(control_key_source(loader, root, control->base, "grade"), "grade",
                            &control->grade, err));
    PB_TRY(read_texts(root, control, err));
    PB_TRY(read_applies(loader, model_yaml_get(root, "applies"), scope, control, err));
    PB_TRY(control_read_check(loader, root, scope, control, err));
    PB_TRY(read_evidence(loader, root, scope, control, err));
    control->waivable = true;
    PB_TRY(model_yaml_bool(root, "waivable", &control->waivable, err));
    const model_yaml *fixtures;
    PB_TRY(model_yaml_need(root, "fixtures", &fixtures, err));
    bool wanted = true;
    if (!pb_str_eq(control->id, control->base)) {
        const model_yaml *on = model_yaml_get(fixtures, "on");
        wanted = on && pb_str_eq(on->text,
                                 pb_str_sub(control->id, control->base.len + 1, control->id.len));
    }
    return fixtures_read(loader, root, wanted, control, err);
}
