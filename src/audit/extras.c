/* What stands beside the controls: areas, word lists, maps to standards, rules of the model. */
#include "catalogue.h"
#include "model/expr.h"

pb_status extras_areas(audit_loader *loader, const model_yaml *root, pb_error *err)
{
    static const char *const keys[] = {"areas", "version", NULL};
    const model_yaml *list;
    PB_TRY(model_yaml_check_keys(root, keys, err));
    PB_TRY(model_yaml_text(root, "version", &loader->catalogue->version, err));
    PB_TRY(model_yaml_need(root, "areas", &list, err));
    PB_TRY(model_yaml_expect(list, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < list->count; i++) {
        audit_area area = {.id = list->keys[i]->text, .title = list->items[i]->text};
        PB_TRY(model_yaml_expect(list->items[i], MODEL_YAML_SCALAR, err));
        bool known = false;
        for (size_t k = 0; k < loader->catalogue->area_count; k++)
            if (pb_str_eq(loader->catalogue->areas[k].id, area.id)) {
                loader->catalogue->areas[k] = area;
                known = true;
            }
        if (!known && !PB_PUSH(loader->arena, loader->catalogue->areas,
                               loader->catalogue->area_count, loader->area_capacity, area))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

pb_status extras_words(audit_loader *loader, const model_yaml *root, pb_error *err)
{
    static const char *const keys[] = {"words", "fields", "types", "items", NULL};
    audit_words words = {0};
    PB_TRY(model_yaml_check_keys(root, keys, err));
    PB_TRY(model_yaml_text(root, "words", &words.name, err));
    PB_TRY(model_yaml_texts(loader->arena, root, "fields", &words.fields, err));
    PB_TRY(model_yaml_texts(loader->arena, root, "types", &words.types, err));
    PB_TRY(model_yaml_need(root, "items", NULL, err));
    PB_TRY(model_yaml_texts(loader->arena, root, "items", &words.items, err));
    if (!PB_PUSH(loader->arena, loader->catalogue->words, loader->catalogue->word_count,
                 loader->word_capacity, words))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status extras_set(audit_loader *loader, const model_yaml *root, pb_error *err)
{
    static const char *const keys[] = {"set", NULL};
    static const char *const may_set[] = {"pass", "grade", "effort", NULL};
    const model_yaml *list;
    PB_TRY(model_yaml_check_keys(root, keys, err));
    PB_TRY(model_yaml_need(root, "set", &list, err));
    PB_TRY(model_yaml_expect(list, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < list->count; i++) {
        PB_TRY(model_yaml_expect(list->items[i], MODEL_YAML_MAP, err));
        PB_TRY(model_yaml_check_keys(list->items[i], may_set, err));
    }
    if (!PB_PUSH(loader->arena, loader->sets, loader->set_count, loader->set_capacity, list))
        return pb_fail_memory(err);
    return PB_OK;
}

const model_yaml *control_key_source(const audit_loader *loader, const model_yaml *root,
                                     pb_str base, const char *key)
{
    for (size_t i = loader->set_count; i-- > 0;)
        for (size_t k = 0; k < loader->sets[i]->count; k++)
            if (pb_str_eq(loader->sets[i]->keys[k]->text, base) &&
                model_yaml_get(loader->sets[i]->items[k], key))
                return loader->sets[i]->items[k];
    return root;
}

static bool has_file(const audit_loader *loader, pb_str id)
{
    for (size_t i = 0; i < loader->file_count; i++)
        if (pb_str_eq(loader->files[i].id, id))
            return true;
    return false;
}

pb_status extras_check_sets(const audit_loader *loader, pb_error *err)
{
    for (size_t i = 0; i < loader->set_count; i++)
        for (size_t k = 0; k < loader->sets[i]->count; k++) {
            const model_yaml *key = loader->sets[i]->keys[k];
            if (has_file(loader, key->text))
                continue;
            model_yaml_fail(key, err, PB_MSG("There is no control {id} to set anything of."), "id",
                            PB_ARG(key->text), NULL);
            pb_error_hint(err,
                          PB_MSG("Name a control as it is called in its file, without entity and "
                                 "field."),
                          NULL);
            return PB_INVALID;
        }
    return PB_OK;
}

static pb_status add_map(audit_loader *loader, audit_control *control, audit_map map, pb_error *err)
{
    audit_map *maps = pb_arena_array(loader->arena, control->map_count + 1, sizeof *maps);
    if (!maps)
        return pb_fail_memory(err);
    if (control->map_count)
        memcpy(maps, control->maps, control->map_count * sizeof *maps);
    maps[control->map_count++] = map;
    control->maps = maps;
    return PB_OK;
}

static pb_status map_clause(audit_loader *loader, audit_map map, const model_yaml *node,
                            pb_error *err)
{
    bool known = false;
    for (size_t i = 0; i < loader->file_count; i++)
        known = known || pb_str_eq(loader->files[i].id, node->text);
    for (size_t i = 0; i < loader->catalogue->count; i++) {
        audit_control *control = &loader->catalogue->controls[i];
        if (!pb_str_eq(control->base, node->text))
            continue;
        known = true;
        PB_TRY(add_map(loader, control, map, err));
    }
    if (known)
        return PB_OK;
    model_yaml_fail(node, err, PB_MSG("There is no control {id} to answer this clause."), "id",
                    PB_ARG(node->text), NULL);
    const char *names[257] = {0};
    for (size_t i = 0; i < loader->file_count && i < 256; i++)
        names[i] = pb_arena_cstr(loader->arena, loader->files[i].id);
    model_yaml_hint_names(err, node->text, names);
    return PB_INVALID;
}

pb_status extras_maps(audit_loader *loader, pb_error *err)
{
    static const char *const keys[] = {"standard", "short", "title", "clauses", NULL};
    for (size_t m = 0; m < loader->map_count; m++) {
        const model_yaml *root = loader->maps[m], *clauses;
        audit_map map = {0};
        PB_TRY(model_yaml_check_keys(root, keys, err));
        PB_TRY(model_yaml_text(root, "standard", &map.standard, err));
        map.name = map.standard;
        PB_TRY(model_yaml_text(root, "short", &map.name, err));
        PB_TRY(model_yaml_need(root, "title", NULL, err));
        PB_TRY(model_yaml_need(root, "clauses", &clauses, err));
        PB_TRY(model_yaml_expect(clauses, MODEL_YAML_MAP, err));
        for (size_t i = 0; i < clauses->count; i++) {
            PB_TRY(model_yaml_expect(clauses->items[i], MODEL_YAML_LIST, err));
            map.clause = clauses->keys[i]->text;
            for (size_t k = 0; k < clauses->items[i]->count; k++) {
                PB_TRY(model_yaml_expect(clauses->items[i]->items[k], MODEL_YAML_SCALAR, err));
                PB_TRY(map_clause(loader, map, clauses->items[i]->items[k], err));
            }
        }
    }
    return PB_OK;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The fields a rule speaks of: it can be asked when the source has at least one of them. */
static pb_status rule_fields(audit_loader *loader, const model_entity *entity, pb_str text,
                             audit_control *control, pb_error *err)
{
    control->any_of = pb_arena_array(loader->arena, entity->field_count + 1, sizeof(void *));
    if (!control->any_of)
        return pb_fail_memory(err);
    bool quoted = false;
    for (size_t i = 0; i < text.len;) {
        quoted = text.ptr[i] == '\'' ? !quoted : quoted;
        size_t end = i;
        while (end < text.len && is_word(text.ptr[end]))
            end++;
        const model_field *field =
            quoted || end == i ? NULL : model_field_find(entity, pb_str_sub(text, i, end - i));
        bool there = !field;
        for (size_t k = 0; k < control->any_count; k++)
            there = there || control->any_of[k] == field;
        if (!there)
            control->any_of[control->any_count++] = field;
        i = end == i ? i + 1 : end;
    }
    return PB_OK;
}

static pb_status rule_texts(audit_control *control, const model_rule *rule, audit_loader *loader)
{
    control->title = control->criterion = rule->says;
    control->problem = pb_str_c(PB_MSG("This record breaks the rule."));
    control->why =
        pb_str_c(PB_MSG("Your own model declares this rule for {entities}; work that relies "
                        "on it goes wrong where it is broken."));
    control->cause =
        pb_str_c(PB_MSG("Entered or imported by a system that does not check the rule."));
    control->effect = pb_str_c(PB_MSG("{failing} of {population} {entities} break the rule."));
    control->remedy =
        pb_str_c(PB_MSG("Begin with the listed {entities}: correct the fields the rule "
                        "names, then turn on the check at entry."));
    control->requirements.items = pb_arena_array(loader->arena, 2, sizeof(pb_str));
    if (!control->requirements.items)
        return PB_MEMORY;
    control->requirements.items[0] = PB_STR("DQ-1");
    control->requirements.items[1] = PB_STR("DQ-11");
    control->requirements.count = 2;
    return PB_OK;
}

static pb_status rule_evidence(audit_loader *loader, audit_control *control, pb_error *err)
{
    size_t room = control->any_count + 1;
    control->evidence.items = pb_arena_array(loader->arena, room, sizeof(pb_str));
    if (!control->evidence.items)
        return pb_fail_memory(err);
    if (control->entity->key.count)
        control->evidence.items[control->evidence.count++] = control->entity->key.items[0];
    for (size_t i = 0; i < control->any_count; i++)
        if (!control->evidence.count ||
            !pb_str_eq(control->any_of[i]->name, control->evidence.items[0]))
            control->evidence.items[control->evidence.count++] = control->any_of[i]->name;
    return PB_OK;
}

static pb_status rule_unfold(audit_loader *loader, const model_entity *entity,
                             const model_rule *rule, pb_error *err)
{
    const char *id = pb_arena_printf(loader->arena, "RULE-%.*s-%.*s", PB_STR_FMT(entity->name),
                                     PB_STR_FMT(rule->name));
    if (!id)
        return pb_fail_memory(err);
    audit_control control = {.id = pb_str_c(id), .base = pb_str_c(id), .grade = rule->grade};
    control.area = loader->catalogue->area_count ? loader->catalogue->areas[0].id : PB_STR("");
    for (size_t i = 0; i < loader->catalogue->area_count; i++)
        if (pb_str_is(loader->catalogue->areas[i].id, "consistency"))
            control.area = loader->catalogue->areas[i].id;
    control.entity = entity;
    control.unit = entity->plural;
    control.from_rule = control.waivable = true;
    control.pass_share = true;
    control.pass_limit = rule->grade == MODEL_ESSENTIAL ? 0 : 0.01;
    control.effort_unit = PB_STR("minutes_per_record");
    control.effort_minutes = 2;
    control.place = rule->place;
    if (rule_texts(&control, rule, loader) != PB_OK)
        return pb_fail_memory(err);
    PB_TRY(rule_fields(loader, entity, model_expr_text(rule->check), &control, err));
    PB_TRY(rule_evidence(loader, &control, err));
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_printf(&sql, "select e.n as n from %.*s e where not (", PB_STR_FMT(entity->name));
    model_expr_sql(rule->check, "e", NULL, &sql);
    pb_buf_byte(&sql, ')');
    control.fails_sql = pb_arena_str(loader->arena, pb_buf_str(&sql));
    if (sql.failed || !control.fails_sql.ptr)
        return pb_fail_memory(err);
    return catalogue_add(loader, &control, err);
}

pb_status extras_rules(audit_loader *loader, pb_error *err)
{
    for (size_t i = 0; i < loader->schema->entity_count; i++) {
        const model_entity *entity = &loader->schema->entities[i];
        for (size_t k = 0; k < entity->rule_count; k++)
            PB_TRY(rule_unfold(loader, entity, &entity->rules[k], err));
    }
    return PB_OK;
}
