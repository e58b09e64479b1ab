/* Which entities the documents declare, and in which order they can be made: link targets first. */
#include "schema_build.h"
#include "schema_words.h"

static schema_draft *find_draft(const schema_builder *b, pb_str name)
{
    for (size_t i = 0; i < b->draft_count; i++)
        if (pb_str_eq(b->drafts[i].name, name))
            return &b->drafts[i];
    return NULL;
}

static pb_status add_document(schema_builder *b, schema_draft *draft, const model_yaml *root)
{
    return PB_PUSH(b->reading, draft->documents, draft->document_count, draft->document_capacity,
                   root)
               ? PB_OK
               : pb_fail_memory(b->err);
}

static pb_status name_of(schema_builder *b, const model_yaml *root, const char *key,
                         const model_yaml **ret_node)
{
    const model_yaml *node = NULL;
    PB_TRY(model_yaml_need(root, key, &node, b->err));
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, b->err));
    *ret_node = node;
    return PB_OK;
}

static pb_status add_entity(schema_builder *b, const model_yaml *root)
{
    const model_yaml *name = NULL;
    PB_TRY(name_of(b, root, "entity", &name));
    PB_TRY(schema_check_name(name, strlen("t_"), b->err));
    if (schema_is_system_view(name->text))
        return model_yaml_fail(name, b->err,
                               PB_MSG("The name “{name}” is used by the program itself."), "name",
                               PB_ARG(name->text), NULL);
    const schema_draft *before = find_draft(b, name->text);
    if (before != NULL) {
        model_yaml_fail(name, b->err, PB_MSG("The entity “{name}” is declared twice."), "name",
                        PB_ARG(name->text), NULL);
        pb_error_hint(b->err,
                      PB_MSG("It stands already in {file}, line {line}; to add to it write "
                             "“extend: {name}”."),
                      "file", PB_ARG(before->name_node->place.file), "line",
                      PB_ARG_INT(before->name_node->place.line), "name", PB_ARG(name->text), NULL);
        return PB_INVALID;
    }
    if (b->draft_count == SCHEMA_ENTITIES_MAX)
        return model_yaml_fail(name, b->err, PB_MSG("There are more than {count} entities."),
                               "count", PB_ARG_INT(SCHEMA_ENTITIES_MAX), NULL);
    schema_draft draft = {.name = name->text, .name_node = name};
    PB_TRY(add_document(b, &draft, root));
    return PB_PUSH(b->reading, b->drafts, b->draft_count, b->draft_capacity, draft)
               ? PB_OK
               : pb_fail_memory(b->err);
}

static pb_status unknown_entity(schema_builder *b, const model_yaml *node)
{
    model_yaml_fail(node, b->err, PB_MSG("There is no entity “{name}”."), "name",
                    PB_ARG(node->text), NULL);
    const char **names = pb_arena_array(b->reading, b->draft_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < b->draft_count; i++)
        if ((names[i] = pb_arena_cstr(b->arena, b->drafts[i].name)) == NULL)
            return pb_fail_memory(b->err);
    model_yaml_hint_names(b->err, node->text, names);
    return PB_INVALID;
}

static pb_status add_extension(schema_builder *b, const model_yaml *root)
{
    const model_yaml *name = NULL;
    PB_TRY(name_of(b, root, "extend", &name));
    schema_draft *draft = find_draft(b, name->text);
    return draft == NULL ? unknown_entity(b, name) : add_document(b, draft, root);
}

static pb_status check_document(schema_builder *b, const model_yaml *root)
{
    PB_TRY(model_yaml_expect(root, MODEL_YAML_MAP, b->err));
    bool entity = model_yaml_get(root, "entity") != NULL;
    bool extend = model_yaml_get(root, "extend") != NULL;
    if (entity != extend)
        return PB_OK;
    model_yaml_fail(root, b->err,
                    entity ? PB_MSG("“entity” and “extend” cannot stand together.")
                           : PB_MSG("This document does not say which entity it is about."),
                    NULL);
    pb_error_hint(b->err,
                  PB_MSG("Write “entity: NAME” for a new entity, or “extend: NAME” to add to one."),
                  NULL);
    return PB_INVALID;
}

/* --- order --- */

static int by_name(const void *a, const void *b)
{
    return pb_str_cmp(((const schema_draft *)a)->name, ((const schema_draft *)b)->name);
}

static pb_str target_of(const model_yaml *link)
{
    const model_yaml *to = link->kind == MODEL_YAML_SCALAR ? link : model_yaml_get(link, "to");
    return to != NULL && to->kind == MODEL_YAML_SCALAR ? to->text : PB_STR_NONE;
}

static bool links_to(const schema_draft *from, pb_str target)
{
    for (size_t d = 0; d < from->document_count; d++) {
        const model_yaml *links = model_yaml_get(from->documents[d], "links");
        for (size_t i = 0; links != NULL && i < links->count; i++)
            if (pb_str_eq(target_of(links->items[i]), target))
                return true;
    }
    return false;
}

/* Depth first, by name: what a draft links to comes before it; a cycle is cut where it is met. */
static void visit(schema_builder *b, schema_draft *draft, schema_draft *sorted, size_t *count)
{
    if (draft->visit != 0)
        return;
    draft->visit = 1;
    for (size_t i = 0; i < b->draft_count; i++)
        if (&b->drafts[i] != draft && links_to(draft, b->drafts[i].name))
            visit(b, &b->drafts[i], sorted, count);
    sorted[(*count)++] = *draft;
}

static pb_status order_drafts(schema_builder *b)
{
    qsort(b->drafts, b->draft_count, sizeof *b->drafts, by_name);
    schema_draft *sorted = pb_arena_array(b->reading, b->draft_count, sizeof *sorted);
    if (sorted == NULL)
        return pb_fail_memory(b->err);
    size_t count = 0;
    for (size_t i = 0; i < b->draft_count; i++)
        visit(b, &b->drafts[i], sorted, &count);
    b->drafts = sorted;
    b->draft_capacity = b->draft_count;
    return PB_OK;
}

static pb_status make_entities(schema_builder *b)
{
    model_schema *schema = b->schema;
    schema->entities = pb_arena_array(b->arena, b->draft_count, sizeof *schema->entities);
    if (schema->entities == NULL)
        return pb_fail_memory(b->err);
    schema->entity_count = b->draft_count;
    for (size_t i = 0; i < b->draft_count; i++) {
        model_entity *entity = &schema->entities[i];
        entity->name = b->drafts[i].name;
        entity->index = i;
        entity->place = b->drafts[i].name_node->place;
        entity->duplicate_find = MODEL_DUPLICATE_FIND;
        entity->duplicate_warn = MODEL_DUPLICATE_WARN;
        entity->duplicate_refuse = MODEL_DUPLICATE_NEVER;
        b->drafts[i].entity = entity;
    }
    return PB_OK;
}

pb_status schema_collect(schema_builder *b, const model_source *sources, size_t count)
{
    const model_yaml *const **roots = pb_arena_array(b->reading, count + 1, sizeof *roots);
    size_t *root_counts = pb_arena_array(b->reading, count + 1, sizeof *root_counts);
    if (roots == NULL || root_counts == NULL)
        return pb_fail_memory(b->err);
    for (size_t s = 0; s < count; s++) {
        PB_TRY(model_yaml_load_apart(b->reading, b->arena, &sources[s], &roots[s], &root_counts[s],
                                     b->err));
        for (size_t i = 0; i < root_counts[s]; i++) {
            PB_TRY(check_document(b, roots[s][i]));
            if (model_yaml_get(roots[s][i], "entity") != NULL)
                PB_TRY(add_entity(b, roots[s][i]));
        }
    }
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < root_counts[s]; i++)
            if (model_yaml_get(roots[s][i], "extend") != NULL)
                PB_TRY(add_extension(b, roots[s][i]));
    if (b->draft_count == 0)
        return pb_fail(b->err, PB_INVALID, PB_MSG("The model declares no entity."), NULL);
    PB_TRY(order_drafts(b));
    return make_entities(b);
}
