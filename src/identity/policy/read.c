/* A role read from YAML (or the JSON it is stored as, which is YAML too). */
#include "internal.h"

typedef struct reading {
    const model_schema *schema; /* NULL: only the form is checked */
    pb_arena *arena;
    pb_error *err;
} reading;

/* ---- words ---- */

static pb_status word_of(const model_yaml *node, const char *key, const char *const *words,
                         int *ret_word, pb_error *err)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    for (int i = 0; words[i] != NULL; i++) {
        if (!pb_str_is(node->text, words[i]))
            continue;
        *ret_word = i;
        return PB_OK;
    }
    model_yaml_fail(node, err, PB_MSG("“{value}” is not a known value of “{key}”."), "value",
                    PB_ARG(node->text), "key", key, NULL);
    model_yaml_hint_names(err, node->text, words);
    return PB_INVALID;
}

/* A list of words, or one alone, as bits. */
static pb_status read_bits(const model_yaml *map, const char *key, const char *const *words,
                           uint32_t *ret_bits, pb_error *err)
{
    const model_yaml *node;
    PB_TRY(model_yaml_need(map, key, &node, err));
    bool single = node->kind == MODEL_YAML_SCALAR;
    if (!single)
        PB_TRY(model_yaml_expect(node, MODEL_YAML_LIST, err));
    uint32_t bits = 0;
    for (size_t i = 0; i < (single ? 1 : node->count); i++) {
        int word = 0;
        PB_TRY(word_of(single ? node : node->items[i], key, words, &word, err));
        bits |= UINT32_C(1) << word;
    }
    if (bits == 0)
        return model_yaml_fail(node, err, PB_MSG("“{key}” is empty."), "key", key, NULL);
    *ret_bits = bits;
    return PB_OK;
}

static bool is_name(pb_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (i > 0 && (c == '_' || (c >= '0' && c <= '9')))))
            return false;
    }
    return name.len > 0 && name.len <= 63;
}

static pb_status read_name(const model_yaml *map, const char *key, bool needed, pb_str *ret_name,
                           pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (needed)
        PB_TRY(model_yaml_need(map, key, &node, err));
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_text(map, key, ret_name, err));
    if (is_name(*ret_name))
        return PB_OK;
    model_yaml_fail(node, err, PB_MSG("“{name}” cannot be a name."), "name", PB_ARG(*ret_name),
                    NULL);
    pb_error_hint(err,
                  PB_MSG("A name begins with a small letter a–z; small letters, digits and _ "
                         "follow, at most 63 of them."),
                  NULL);
    return PB_INVALID;
}

/* ---- entities and fields ---- */

/* The names of a schema's entities, ended by NULL; NULL without memory. */
static const char **entity_names(const reading *r)
{
    size_t count = r->schema->entity_count;
    const char **names = pb_arena_array(r->arena, count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++) {
        names[i] = pb_arena_cstr(r->arena, r->schema->entities[i].name);
        if (names[i] == NULL)
            return NULL;
    }
    return names;
}

static pb_status check_entity(const reading *r, const model_yaml *node)
{
    if (r->schema == NULL || model_entity_find(r->schema, node->text) != NULL)
        return PB_OK;
    const char **names = entity_names(r);
    if (names == NULL)
        return pb_fail_memory(r->err);
    model_yaml_fail(node, r->err, PB_MSG("There is no entity “{name}”."), "name",
                    PB_ARG(node->text), NULL);
    model_yaml_hint_names(r->err, node->text, names);
    return PB_INVALID;
}

static pb_status read_entities(const reading *r, const model_yaml *map, bool *ret_every,
                               model_strs *ret_entities)
{
    const model_yaml *node = model_yaml_get(map, "entities");
    if (model_yaml_is_null(node))
        return PB_OK;
    if (node->kind == MODEL_YAML_SCALAR && pb_str_is(node->text, "all")) {
        *ret_every = true;
        return PB_OK;
    }
    PB_TRY(model_yaml_texts(r->arena, map, "entities", ret_entities, r->err));
    if (node->kind == MODEL_YAML_SCALAR)
        return check_entity(r, node);
    for (size_t i = 0; i < node->count; i++)
        PB_TRY(check_entity(r, node->items[i]));
    return node->count > 0 ? PB_OK
                           : model_yaml_fail(node, r->err, PB_MSG("“{key}” is empty."), "key",
                                             "entities", NULL);
}

/* Operations on records go with entities, the others go without. */
static pb_status check_operations(const reading *r, const model_yaml *map, bool on_records,
                                  uint32_t operations)
{
    for (int i = 0; i < IDENTITY_OPERATIONS; i++) {
        if (!policy_has(operations, (identity_operation)i) ||
            identity_operation_on_records((identity_operation)i) == on_records)
            continue;
        model_yaml_fail(model_yaml_get(map, "operations"), r->err,
                        on_records ? PB_MSG("“{operation}” is not done to records.")
                                   : PB_MSG("“{operation}” is done to records."),
                        "operation", identity_operation_word((identity_operation)i), NULL);
        pb_error_hint(r->err,
                      on_records ? PB_MSG("Put it into a grant of its own, without “entities”.")
                                 : PB_MSG("Name the entities: “entities: [contact]” or “entities: "
                                          "all”."),
                      NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

static bool names_entity(bool every, const model_strs *entities, pb_str name)
{
    for (size_t i = 0; !every && i < entities->count; i++)
        if (pb_str_eq(entities->items[i], name))
            return true;
    return every;
}

static bool has_field(const reading *r, bool every, const model_strs *entities, pb_str name)
{
    pb_str entity = pb_str_sub(name, 0, pb_str_index(name, '.'));
    bool dotted = entity.len < name.len;
    pb_str field = dotted ? pb_str_sub(name, entity.len + 1, name.len) : name;
    for (size_t i = 0; i < r->schema->entity_count; i++) {
        const model_entity *e = &r->schema->entities[i];
        if (names_entity(every, entities, e->name) && (!dotted || pb_str_eq(e->name, entity)) &&
            model_field_find(e, field) != NULL)
            return true;
    }
    return false;
}

static pb_status check_field(const reading *r, const model_yaml *node, bool every,
                             const model_strs *entities)
{
    if (r->schema == NULL || has_field(r, every, entities, node->text))
        return PB_OK;
    model_yaml_fail(node, r->err, PB_MSG("None of the entities here has a field “{name}”."), "name",
                    PB_ARG(node->text), NULL);
    pb_error_hint(r->err, PB_MSG("Write the field's name, or entity.field."), NULL);
    return PB_INVALID;
}

static pb_status check_class(const model_yaml *node, pb_error *err)
{
    int word;
    return word_of(node, "classes", model_personal_classes(), &word, err);
}

/* ---- rights ---- */

static pb_status read_right(const model_yaml *node, const char *key, identity_right *ret_right,
                            pb_error *err)
{
    int word = 0;
    PB_TRY(word_of(node, key, policy_rights, &word, err));
    *ret_right = (identity_right)word;
    return PB_OK;
}

static pb_status read_marks(const reading *r, const model_yaml *map, const char *key,
                            identity_mark **ret_marks, size_t *ret_count)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_MAP, r->err));
    identity_mark *marks = pb_arena_array(r->arena, node->count + 1, sizeof *marks);
    if (marks == NULL)
        return pb_fail_memory(r->err);
    for (size_t i = 0; i < node->count; i++) {
        marks[i].name = node->keys[i]->text;
        PB_TRY(read_right(node->items[i], key, &marks[i].right, r->err));
    }
    *ret_marks = marks;
    *ret_count = node->count;
    return PB_OK;
}

static pb_status read_general(const reading *r, const model_yaml *node, identity_rights *rights)
{
    static const char *const keys[] = {"other", "personal", "sensitive", "portal", NULL};
    if (model_yaml_is_null(node))
        return PB_OK;
    if (node->kind == MODEL_YAML_SCALAR)
        return read_right(node, "rights", &rights->other, r->err);
    PB_TRY(model_yaml_check_keys(node, keys, r->err));
    const model_yaml *other = model_yaml_get(node, "other");
    const model_yaml *personal = model_yaml_get(node, "personal");
    const model_yaml *sensitive = model_yaml_get(node, "sensitive");
    rights->has_personal = !model_yaml_is_null(personal);
    rights->has_sensitive = !model_yaml_is_null(sensitive);
    if (!model_yaml_is_null(other))
        PB_TRY(read_right(other, "other", &rights->other, r->err));
    if (rights->has_personal)
        PB_TRY(read_right(personal, "personal", &rights->personal, r->err));
    if (rights->has_sensitive)
        PB_TRY(read_right(sensitive, "sensitive", &rights->sensitive, r->err));
    return model_yaml_bool(node, "portal", &rights->portal, r->err);
}

static pb_status read_rights(const reading *r, const model_yaml *map, identity_grant *grant)
{
    identity_rights *rights = &grant->rights;
    const model_yaml *classes = model_yaml_get(map, "classes");
    const model_yaml *fields = model_yaml_get(map, "fields");
    rights->other = IDENTITY_READ;
    PB_TRY(read_general(r, model_yaml_get(map, "rights"), rights));
    PB_TRY(read_marks(r, map, "classes", &rights->classes, &rights->class_count));
    PB_TRY(read_marks(r, map, "fields", &rights->fields, &rights->field_count));
    for (size_t i = 0; i < rights->class_count; i++)
        PB_TRY(check_class(classes->keys[i], r->err));
    for (size_t i = 0; i < rights->field_count; i++)
        PB_TRY(check_field(r, fields->keys[i], grant->every, &grant->entities));
    return PB_OK;
}

/* ---- grants ---- */

/* A condition is asked of a record in hand and of all stored ones: what the engines would answer
 * differently, or cannot read, is refused here. */
static pb_status check_when(const reading *r, const model_yaml *map, const identity_grant *grant)
{
    const model_yaml *node = model_yaml_get(map, "when");
    model_expr *expr;
    model_bound bound = {0};
    if (pb_str_empty(grant->when))
        return PB_OK;
    if (grant->every || grant->entities.count != 1)
        return model_yaml_fail(node, r->err, PB_MSG("A condition goes with one entity."), NULL);
    const model_entity *entity =
        r->schema == NULL ? NULL : model_entity_find(r->schema, grant->entities.items[0]);
    if (entity == NULL)
        return PB_OK;
    PB_TRY(model_expr_parse(r->arena, entity, grant->when, node->text_place, &expr, r->err));
    return model_expr_bind(expr, "r", (model_days){0}, r->arena, &bound, r->err);
}

/* Nothing that only records have goes with operations on the workspace. */
static pb_status check_workspace_grant(const reading *r, const model_yaml *map)
{
    static const char *const keys[] = {"scope", "when", "rights", "classes", "fields", NULL};
    for (size_t i = 0; keys[i] != NULL; i++)
        if (model_yaml_get(map, keys[i]) != NULL)
            return model_yaml_fail(model_yaml_key(map, keys[i]), r->err,
                                   PB_MSG("“{key}” goes with entities only."), "key", keys[i],
                                   NULL);
    return PB_OK;
}

static pb_status read_grant(const reading *r, const model_yaml *map, identity_grant *grant)
{
    static const char *const keys[] = {"name",   "entities", "operations", "scope", "when",
                                       "rights", "classes",  "fields",     NULL};
    uint32_t scopes = 0;
    PB_TRY(model_yaml_check_keys(map, keys, r->err));
    PB_TRY(read_name(map, "name", true, &grant->name, r->err));
    PB_TRY(read_entities(r, map, &grant->every, &grant->entities));
    PB_TRY(read_bits(map, "operations", policy_operations(), &grant->operations, r->err));
    bool on_records = grant->every || grant->entities.count > 0;
    PB_TRY(check_operations(r, map, on_records, grant->operations));
    if (!on_records)
        return check_workspace_grant(r, map);
    PB_TRY(read_bits(map, "scope", policy_scopes, &scopes, r->err));
    grant->scopes = scopes;
    PB_TRY(model_yaml_text(map, "when", &grant->when, r->err));
    PB_TRY(check_when(r, map, grant));
    return read_rights(r, map, grant);
}

static pb_status read_list(const reading *r, const model_yaml *root, const char *key,
                           const model_yaml **ret_list)
{
    const model_yaml *node = model_yaml_get(root, key);
    *ret_list = NULL;
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_LIST, r->err));
    if (node->count > POLICY_GRANTS_MOST)
        return model_yaml_fail(node, r->err, PB_MSG("“{key}” has more than {limit} items."), "key",
                               key, "limit", PB_ARG_INT(POLICY_GRANTS_MOST), NULL);
    *ret_list = node;
    return PB_OK;
}

static pb_status read_grants(const reading *r, const model_yaml *root, identity_role *role)
{
    const model_yaml *list;
    PB_TRY(read_list(r, root, "grants", &list));
    if (list == NULL)
        return PB_OK;
    role->grants = pb_arena_array(r->arena, list->count + 1, sizeof *role->grants);
    if (role->grants == NULL)
        return pb_fail_memory(r->err);
    for (size_t i = 0; i < list->count; i++) {
        PB_TRY(read_grant(r, list->items[i], &role->grants[i]));
        for (size_t j = 0; j < i; j++)
            if (pb_str_eq(role->grants[i].name, role->grants[j].name))
                return model_yaml_fail(list->items[i], r->err,
                                       PB_MSG("Two grants of the role are called “{name}”."),
                                       "name", PB_ARG(role->grants[i].name), NULL);
    }
    role->grant_count = list->count;
    return PB_OK;
}

/* ---- what is kept ---- */

static pb_status check_names(const reading *r, const model_yaml *map, const identity_keep *keep)
{
    const model_yaml *classes = model_yaml_get(map, "classes");
    const model_yaml *fields = model_yaml_get(map, "fields");
    for (size_t i = 0; i < keep->classes.count; i++)
        PB_TRY(
            check_class(classes->kind == MODEL_YAML_SCALAR ? classes : classes->items[i], r->err));
    for (size_t i = 0; i < keep->fields.count; i++)
        PB_TRY(check_field(r, fields->kind == MODEL_YAML_SCALAR ? fields : fields->items[i],
                           keep->every, &keep->entities));
    return PB_OK;
}

static pb_status read_keep(const reading *r, const model_yaml *map, identity_keep *keep)
{
    static const char *const keys[] = {"entities", "operations", "classes",
                                       "fields",   "passes",     NULL};
    const model_yaml *passes = model_yaml_get(map, "passes");
    PB_TRY(model_yaml_check_keys(map, keys, r->err));
    PB_TRY(read_entities(r, map, &keep->every, &keep->entities));
    PB_TRY(read_bits(map, "operations", policy_operations(), &keep->operations, r->err));
    bool on_records = keep->every || keep->entities.count > 0;
    PB_TRY(check_operations(r, map, on_records, keep->operations));
    PB_TRY(model_yaml_texts(r->arena, map, "classes", &keep->classes, r->err));
    PB_TRY(model_yaml_texts(r->arena, map, "fields", &keep->fields, r->err));
    bool whole = keep->classes.count + keep->fields.count == 0;
    if (!whole && !on_records)
        return model_yaml_fail(map, r->err, PB_MSG("“{key}” goes with entities only."), "key",
                               keep->classes.count > 0 ? "classes" : "fields", NULL);
    if (!model_yaml_is_null(passes) && whole)
        return model_yaml_fail(passes, r->err, PB_MSG("“{key}” goes with classes or fields only."),
                               "key", "passes", NULL);
    if (!model_yaml_is_null(passes))
        PB_TRY(read_right(passes, "passes", &keep->passes, r->err));
    return check_names(r, map, keep);
}

static pb_status read_keeps(const reading *r, const model_yaml *root, identity_role *role)
{
    const model_yaml *list;
    PB_TRY(read_list(r, root, "keeps", &list));
    if (list == NULL)
        return PB_OK;
    role->keeps = pb_arena_array(r->arena, list->count + 1, sizeof *role->keeps);
    if (role->keeps == NULL)
        return pb_fail_memory(r->err);
    for (size_t i = 0; i < list->count; i++)
        PB_TRY(read_keep(r, list->items[i], &role->keeps[i]));
    role->keep_count = list->count;
    return PB_OK;
}

/* ---- the role ---- */

static pb_status read_role(const reading *r, const model_yaml *root, identity_role *role)
{
    static const char *const keys[] = {"role",          "label", "says",   "parent", "duty",
                                       "second_factor", "apart", "grants", "keeps",  NULL};
    int duty = -1;
    PB_TRY(model_yaml_check_keys(root, keys, r->err));
    PB_TRY(read_name(root, "role", true, &role->name, r->err));
    PB_TRY(model_yaml_need(root, "label", NULL, r->err));
    PB_TRY(model_yaml_text(root, "label", &role->label, r->err));
    PB_TRY(model_yaml_text(root, "says", &role->says, r->err));
    PB_TRY(read_name(root, "parent", false, &role->parent, r->err));
    PB_TRY(model_yaml_choice(root, "duty", model_duties(), &duty, r->err));
    if (duty >= 0)
        role->duty = pb_str_c(model_duties()[duty]);
    PB_TRY(model_yaml_bool(root, "second_factor", &role->second_factor, r->err));
    if (!pb_str_empty(role->parent) && pb_str_eq(role->parent, role->name))
        return model_yaml_fail(model_yaml_get(root, "parent"), r->err,
                               PB_MSG("A role cannot inherit from itself."), NULL);
    PB_TRY(model_yaml_texts(r->arena, root, "apart", &role->apart, r->err));
    PB_TRY(read_grants(r, root, role));
    return read_keeps(r, root, role);
}

pb_status identity_role_parse(const model_source *source, const model_schema *schema,
                              pb_arena *arena, identity_role *ret_role, pb_error *err)
{
    const reading r = {schema, arena, err};
    const model_yaml *root;
    identity_role role = {0};
    if (source->text.len > POLICY_ROLE_BYTES)
        return pb_fail(err, PB_LIMIT, PB_MSG("{file} is longer than a role may be."), "file",
                       PB_ARG(source->name), NULL);
    PB_TRY(model_yaml_load(arena, source, &root, err));
    PB_TRY(read_role(&r, root, &role));
    *ret_role = role;
    return PB_OK;
}
