/* Conditions of fields and rules of entities: their expressions parsed against the fields. */
#include "expr_tree.h"
#include "schema_build.h"
#include "schema_words.h"

static pb_status parse(schema_builder *b, const model_entity *entity, const model_yaml *node,
                       model_expr **ret_expr)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, b->err));
    return expr_parse_at(b->arena, entity, node->text, node->text_place, node->exact, ret_expr,
                         b->err);
}

static pb_status read_rule(schema_builder *b, model_entity *entity, const model_yaml *node)
{
    static const char *const keys[] = {"name", "grade", "check", "says", NULL};
    PB_TRY(model_yaml_check_keys(node, keys, b->err));
    for (size_t i = 0; keys[i] != NULL; i++)
        PB_TRY(model_yaml_need(node, keys[i], NULL, b->err));
    model_rule rule = {.grade = MODEL_IMPORTANT, .place = node->place};
    PB_TRY(model_yaml_text(node, "name", &rule.name, b->err));
    PB_TRY(schema_check_name(model_yaml_get(node, "name"), 0, b->err));
    for (size_t i = 0; i < entity->rule_count; i++) {
        if (!pb_str_eq(entity->rules[i].name, rule.name))
            continue;
        model_yaml_fail(model_yaml_get(node, "name"), b->err,
                        PB_MSG("The rule “{name}” is declared twice."), "name", PB_ARG(rule.name),
                        NULL);
        pb_error_hint(b->err, PB_MSG("It stands already in {file}, line {line}."), "file",
                      PB_ARG(entity->rules[i].place.file), "line",
                      PB_ARG_INT(entity->rules[i].place.line), NULL);
        return PB_INVALID;
    }
    PB_TRY(model_yaml_grade(node, "grade", &rule.grade, b->err));
    PB_TRY(schema_read_text(b, node, "says", &rule.says));
    PB_TRY(parse(b, entity, model_yaml_get(node, "check"), &rule.check));
    entity->rules[entity->rule_count++] = rule;
    return PB_OK;
}

static size_t rule_total(const schema_draft *draft)
{
    size_t total = 0;
    for (size_t d = 0; d < draft->document_count; d++) {
        const model_yaml *rules = model_yaml_get(draft->documents[d], "rules");
        total += rules == NULL ? 0 : rules->count;
    }
    return total;
}

static pb_status read_rules(schema_builder *b, schema_draft *draft)
{
    size_t total = rule_total(draft);
    if (total > SCHEMA_RULES_MAX)
        return model_yaml_fail(draft->name_node, b->err,
                               PB_MSG("“{entity}” has more than {count} rules."), "entity",
                               PB_ARG(draft->name), "count", PB_ARG_INT(SCHEMA_RULES_MAX), NULL);
    model_entity *entity = draft->entity;
    entity->rules = pb_arena_array(b->arena, total + 1, sizeof *entity->rules);
    if (entity->rules == NULL)
        return pb_fail_memory(b->err);
    for (size_t d = 0; d < draft->document_count; d++) {
        const model_yaml *rules = model_yaml_get(draft->documents[d], "rules");
        if (rules == NULL)
            continue;
        PB_TRY(model_yaml_expect(rules, MODEL_YAML_LIST, b->err));
        for (size_t i = 0; i < rules->count; i++)
            PB_TRY(read_rule(b, entity, rules->items[i]));
    }
    return PB_OK;
}

pb_status schema_read_conditions(schema_builder *b, schema_draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++)
        if (draft->declared[i].when != NULL)
            PB_TRY(parse(b, draft->entity, draft->declared[i].when,
                         &draft->entity->fields[i].required_when));
    return read_rules(b, draft);
}
