/* What stands with the entity as a whole: labels, title, search, key, retention, freshness,
 * duplicates. Runs when the fields of all entities are known. */
#include "schema_build.h"
#include "schema_words.h"

static const char *const entity_keys[] = {
    "entity",   "label",      "plural", "title",       "search",    "key",
    "personal", "source_id",  "import", "retention",   "freshness", "links",
    "fields",   "duplicates", "rules",  "source_rank", "lists",     "columns",
    "retired",  "access_as",  "labels", "convert",     NULL};
static const char *const extend_keys[] = {
    "extend",    "title",   "search", "source_id",  "import",  "retention",
    "freshness", "links",   "fields", "duplicates", "rules",   "source_rank",
    "lists",     "columns", "label",  "labels",     "convert", NULL};

pb_status schema_need_field(schema_builder *b, const model_entity *entity, const model_yaml *node,
                            pb_str name, const model_field **ret_field)
{
    const model_field *field = model_field_find(entity, name);
    if (field != NULL) {
        *ret_field = field;
        return PB_OK;
    }
    model_yaml_fail(node, b->err, PB_MSG("“{word}” is not a field of “{entity}”."), "word",
                    PB_ARG(name), "entity", PB_ARG(entity->name), NULL);
    const char **names = pb_arena_array(b->reading, entity->field_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(b->err);
    for (size_t i = 0; i < entity->field_count; i++)
        if ((names[i] = pb_arena_cstr(b->arena, entity->fields[i].name)) == NULL)
            return pb_fail_memory(b->err);
    model_yaml_hint_names(b->err, name, names);
    return PB_INVALID;
}

/* Calls `each` for every text of the list (or the one text) below `key`. */
typedef pb_status (*text_step)(schema_builder *b, model_entity *entity, const model_yaml *node,
                               pb_str text);
static pb_status each_text(schema_builder *b, model_entity *entity, const model_yaml *map,
                           const char *key, text_step step)
{
    model_strs texts = {0};
    PB_TRY(model_yaml_texts(b->arena, map, key, &texts, b->err));
    const model_yaml *node = model_yaml_get(map, key);
    for (size_t i = 0; i < texts.count; i++)
        PB_TRY(
            step(b, entity, node->kind == MODEL_YAML_LIST ? node->items[i] : node, texts.items[i]));
    return PB_OK;
}

static pb_status add_title(schema_builder *b, model_entity *entity, const model_yaml *node,
                           pb_str text)
{
    const model_field *field = NULL;
    PB_TRY(schema_need_field(b, entity, node, text, &field));
    entity->fields[field->index].title = true;
    return PB_OK;
}

/* "email", or "account.name": the name of the linked account, found through the link */
static pb_status add_search(schema_builder *b, model_entity *entity, const model_yaml *node,
                            pb_str text)
{
    pb_str head = PB_STR_NONE;
    const model_field *field = NULL, *beyond = NULL;
    pb_str_split(&text, '.', &head);
    PB_TRY(schema_need_field(b, entity, node, head, &field));
    if (text.ptr != NULL && field->type != MODEL_LINK)
        return model_yaml_fail(node, b->err, PB_MSG("“{name}” is not a link."), "name",
                               PB_ARG(field->name), NULL);
    if (text.ptr != NULL)
        PB_TRY(schema_need_field(b, field->target, node, text, &beyond));
    entity->fields[field->index].search = true;
    return PB_OK;
}

static pb_status add_key(schema_builder *b, model_entity *entity, const model_yaml *node,
                         pb_str text)
{
    const model_field *field = NULL;
    PB_TRY(schema_need_field(b, entity, node, text, &field));
    if (model_type_kind(field->type) != PB_TEXT)
        return model_yaml_fail(node, b->err, PB_MSG("“{name}” holds no text and cannot be a key."),
                               "name", PB_ARG(text), NULL);
    return schema_append(b, &entity->key, (model_strs){(pb_str *)&field->name, 1});
}

static pb_status add_block(schema_builder *b, model_entity *entity, const model_yaml *node,
                           pb_str text)
{
    pb_str rest = text, part = PB_STR_NONE;
    while (pb_str_split(&rest, '+', &part)) {
        const model_field *field = NULL;
        PB_TRY(schema_need_field(b, entity, node, pb_str_trim(part), &field));
    }
    return schema_append(b, &entity->duplicate_blocks, (model_strs){&text, 1});
}

/* "owner", or "owner+changed_at": what lists are chosen by, then what they are sorted by. */
static pb_status add_list(schema_builder *b, model_entity *entity, const model_yaml *node,
                          pb_str text)
{
    pb_str rest = text, part = PB_STR_NONE;
    while (pb_str_split(&rest, '+', &part)) {
        const model_field *field = NULL;
        part = pb_str_trim(part);
        if (pb_str_is(part, "created_at") || pb_str_is(part, "changed_at"))
            continue;
        PB_TRY(schema_need_field(b, entity, node, part, &field));
        if (field->personal.sensitive || field->type == MODEL_NOTE)
            return model_yaml_fail(node, b->err, PB_MSG("Lists cannot be kept by “{name}”."),
                                   "name", PB_ARG(part), NULL);
    }
    for (size_t i = 0; i < entity->lists.count; i++)
        if (pb_str_eq(entity->lists.items[i], text))
            return PB_OK;
    return schema_append(b, &entity->lists, (model_strs){&text, 1});
}

static pb_status add_column(schema_builder *b, model_entity *entity, const model_yaml *node,
                            pb_str text)
{
    const model_field *field = NULL;
    PB_TRY(schema_need_field(b, entity, node, text, &field));
    if (field->personal.sensitive || field->type == MODEL_NOTE)
        return model_yaml_fail(node, b->err, PB_MSG("“{name}” cannot be a column of lists."),
                               "name", PB_ARG(text), NULL);
    for (size_t i = 0; i < entity->columns.count; i++)
        if (pb_str_eq(entity->columns.items[i], field->name))
            return PB_OK;
    return schema_append(b, &entity->columns, (model_strs){(pb_str *)&field->name, 1});
}

static bool is_date(model_type type)
{
    return type == MODEL_DATE || type == MODEL_INSTANT;
}

/* `after`: a role of one of the entity's dates (with or without _on), or created, changed. */
static pb_status read_retention_after(schema_builder *b, model_entity *entity,
                                      const model_yaml *retention)
{
    pb_str after = PB_STR_NONE;
    PB_TRY(model_yaml_text(retention, "after", &after, b->err));
    const char *names[SCHEMA_FIELDS_MAX + 3] = {"created", "changed"};
    size_t count = 2;
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (!is_date(field->type) || field->role.ptr == NULL)
            continue;
        bool shortened = field->role.len == after.len + 3 && pb_str_starts(field->role, after) &&
                         pb_str_ends(field->role, PB_STR("_on"));
        if (shortened)
            after = field->role;
        names[count++] = field->role.ptr; /* roles are constants that end with NUL */
    }
    if (schema_word_index(names, after) >= 0) {
        entity->retention_after = after;
        return PB_OK;
    }
    model_yaml_fail(model_yaml_get(retention, "after"), b->err,
                    PB_MSG("“{value}” is not the role of a date of “{entity}”."), "value",
                    PB_ARG(after), "entity", PB_ARG(entity->name), NULL);
    model_yaml_hint_names(b->err, after, names);
    return PB_INVALID;
}

static pb_status read_retention(schema_builder *b, model_entity *entity, const model_yaml *document)
{
    static const char *const keys[] = {"after", "keep", "then", "basis", NULL};
    const model_yaml *retention = model_yaml_get(document, "retention");
    if (retention == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(retention, keys, b->err));
    for (size_t i = 0; keys[i] != NULL; i++)
        PB_TRY(model_yaml_need(retention, keys[i], NULL, b->err));
    PB_TRY(read_retention_after(b, entity, retention));
    PB_TRY(model_yaml_days(retention, "keep", &entity->retention_days, b->err));
    int then = 0;
    PB_TRY(model_yaml_choice(retention, "then", schema_retention_ends, &then, b->err));
    entity->retention_then = pb_str_c(schema_retention_ends[then]);
    return schema_read_text(b, retention, "basis", &entity->retention_basis);
}

static pb_status read_freshness(schema_builder *b, model_entity *entity, const model_yaml *document)
{
    static const char *const keys[] = {"review", "remind", "before", NULL};
    const model_yaml *freshness = model_yaml_get(document, "freshness");
    if (freshness == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(freshness, keys, b->err));
    PB_TRY(model_yaml_need(freshness, "review", NULL, b->err));
    PB_TRY(model_yaml_days(freshness, "review", &entity->review_days, b->err));
    PB_TRY(model_yaml_days(freshness, "before", &entity->remind_before_days, b->err));
    if (entity->remind_before_days >= entity->review_days)
        return model_yaml_fail(model_yaml_get(freshness, "before"), b->err,
                               PB_MSG("“before” must be shorter than “review”."), NULL);
    const model_yaml *remind = model_yaml_get(freshness, "remind");
    if (remind == NULL)
        return PB_OK;
    PB_TRY(model_yaml_expect(remind, MODEL_YAML_SCALAR, b->err));
    static const char *const whom[] = {"owner", "manager", NULL};
    int index = 0;
    PB_TRY(model_yaml_choice(freshness, "remind", whom, &index, b->err));
    if (model_field_role(entity, whom[index]) != NULL)
        return PB_OK;
    return model_yaml_fail(remind, b->err, PB_MSG("No field of “{entity}” has the role {role}."),
                           "entity", PB_ARG(entity->name), "role", whom[index], NULL);
}

/* How sure: a number from 0.5 to 1, or never. */
static pb_status read_sureness(schema_builder *b, const model_yaml *map, const char *key,
                               bool may_never, double *ret)
{
    pb_str text = PB_STR_NONE;
    const model_yaml *node = model_yaml_get(map, key);
    double value;
    if (node == NULL)
        return PB_OK;
    PB_TRY(model_yaml_text(map, key, &text, b->err));
    if (may_never && pb_str_is(text, "never")) {
        *ret = MODEL_DUPLICATE_NEVER;
        return PB_OK;
    }
    if (!pb_str_to_double(text, &value) || !(value >= 0.5 && value <= 1))
        return model_yaml_fail(node, b->err,
                               may_never
                                   ? PB_MSG("“{key}” must be a number from 0.5 to 1 or never, not "
                                            "“{value}”.")
                                   : PB_MSG("“{key}” must be a number from 0.5 to 1, not "
                                            "“{value}”."),
                               "key", key, "value", PB_ARG(text), NULL);
    *ret = value;
    return PB_OK;
}

static pb_status read_duplicates(schema_builder *b, model_entity *entity,
                                 const model_yaml *document)
{
    static const char *const keys[] = {"block", "find", "warn", "refuse", NULL};
    const model_yaml *duplicates = model_yaml_get(document, "duplicates");
    if (duplicates == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(duplicates, keys, b->err));
    PB_TRY(read_sureness(b, duplicates, "find", false, &entity->duplicate_find));
    PB_TRY(read_sureness(b, duplicates, "warn", true, &entity->duplicate_warn));
    PB_TRY(read_sureness(b, duplicates, "refuse", true, &entity->duplicate_refuse));
    if (entity->duplicate_refuse < entity->duplicate_warn)
        return model_yaml_fail(duplicates, b->err,
                               PB_MSG("“refuse” must not be lower than “warn”."), NULL);
    return model_yaml_get(duplicates, "block") != NULL
               ? each_text(b, entity, duplicates, "block", add_block)
               : PB_OK;
}

static pb_status read_labels(schema_builder *b, schema_draft *draft)
{
    model_entity *entity = draft->entity;
    for (size_t d = 0; d < draft->document_count; d++) { /* the last that says it counts */
        PB_TRY(schema_read_text(b, draft->documents[d], "label", &entity->label));
        PB_TRY(schema_read_text(b, draft->documents[d], "plural", &entity->plural));
        PB_TRY(schema_read_labels(b, draft->documents[d], &entity->labels));
    }
    if (entity->label.ptr == NULL)
        entity->label = schema_humanise(b->arena, entity->name);
    if (entity->plural.ptr == NULL)
        entity->plural = pb_str_c(pb_arena_printf(b->arena, "%.*ss", PB_STR_FMT(entity->label)));
    return entity->label.ptr == NULL || entity->plural.ptr == NULL ? pb_fail_memory(b->err) : PB_OK;
}

/* Rights are those of another entity, which has none of another's itself. */
static pb_status read_access_as(schema_builder *b, model_entity *entity, const model_yaml *document)
{
    const model_yaml *node = model_yaml_get(document, "access_as");
    pb_str name = PB_STR_NONE;
    PB_TRY(model_yaml_text(document, "access_as", &name, b->err));
    for (size_t i = 0; name.ptr != NULL && i < b->schema->entity_count; i++)
        if (pb_str_eq(b->schema->entities[i].name, name))
            entity->access_as = &b->schema->entities[i];
    if (name.ptr == NULL || (entity->access_as != NULL && entity->access_as != entity))
        return PB_OK;
    return model_yaml_fail(node, b->err, PB_MSG("There is no entity “{name}”."), "name",
                           PB_ARG(name), NULL);
}

static pb_status read_document(schema_builder *b, model_entity *entity, const model_yaml *document)
{
    model_strs import = {0}, ids = {0};
    PB_TRY(model_yaml_texts(b->arena, document, "import", &import, b->err));
    PB_TRY(model_yaml_texts(b->arena, document, "source_id", &ids, b->err));
    PB_TRY(model_yaml_bool(document, "retired", &entity->retired, b->err));
    PB_TRY(read_access_as(b, entity, document));
    PB_TRY(schema_append(b, &entity->source_id, ids));
    PB_TRY(schema_append(b, &entity->import, import));
    PB_TRY(each_text(b, entity, document, "title", add_title));
    PB_TRY(each_text(b, entity, document, "search", add_search));
    PB_TRY(each_text(b, entity, document, "key", add_key));
    PB_TRY(each_text(b, entity, document, "lists", add_list));
    PB_TRY(each_text(b, entity, document, "columns", add_column));
    PB_TRY(read_retention(b, entity, document));
    PB_TRY(read_freshness(b, entity, document));
    return read_duplicates(b, entity, document);
}

pb_status schema_read_entity(schema_builder *b, schema_draft *draft)
{
    model_entity *entity = draft->entity;
    for (size_t d = 0; d < draft->document_count; d++)
        PB_TRY(
            model_yaml_check_keys(draft->documents[d], d == 0 ? entity_keys : extend_keys, b->err));
    PB_TRY(read_labels(b, draft));
    PB_TRY(model_yaml_bool(draft->documents[0], "personal", &entity->personal, b->err));
    for (size_t d = 0; d < draft->document_count; d++)
        PB_TRY(read_document(b, entity, draft->documents[d]));
    if (!entity->personal || entity->retention_days > 0)
        return PB_OK;
    model_yaml_fail(
        model_yaml_key(draft->documents[0], "personal"), b->err,
        PB_MSG("“{entity}” describes natural persons but says not how long it is kept."), "entity",
        PB_ARG(entity->name), NULL);
    pb_error_hint(
        b->err, PB_MSG("Add “retention: {{after: created, keep: 3y, then: anonymise, basis: …}”."),
        NULL);
    return PB_INVALID;
}
