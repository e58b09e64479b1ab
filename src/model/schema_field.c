/* The fields of one entity: every key a field may have, read and checked as far as the field alone
 * allows. */
#include "schema_build.h"
#include "schema_words.h"

static const char *const field_keys[] = {
    "type",       "label",    "help",        "role",           "required", "many",
    "between",    "values",   "more_values", "retired_values", "retired",  "open",
    "max_length", "import",   "personal",    "match",          "survive",  "freshness",
    "quality",    "mask",     "access",      "portal",         "search",   "title",
    "history",    "currency", "country",     "labels",         NULL};
static const char *const link_keys[] = {
    "to",       "on_delete", "label",   "help",      "role",    "required", "import",
    "personal", "match",     "survive", "freshness", "quality", "mask",     "access",
    "portal",   "search",    "title",   "history",   "retired", "labels",   NULL};

pb_status schema_read_text(schema_builder *b, const model_yaml *map, const char *key, pb_str *ret)
{
    PB_TRY(model_yaml_text(map, key, ret, b->err));
    const model_yaml *node = model_yaml_get(map, key);
    if (!model_yaml_is_null(node) && node->text.len > SCHEMA_TEXT_MAX)
        return model_yaml_fail(node, b->err, PB_MSG("The text is longer than {count} bytes."),
                               "count", PB_ARG_INT(SCHEMA_TEXT_MAX), NULL);
    return PB_OK;
}

pb_status schema_append(schema_builder *b, model_strs *list, model_strs more)
{
    if (more.count == 0)
        return PB_OK;
    pb_str *items = pb_arena_array(b->arena, list->count + more.count, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(b->err);
    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    memcpy(items + list->count, more.items, more.count * sizeof *items);
    *list = (model_strs){items, list->count + more.count};
    return PB_OK;
}

pb_status schema_read_words(schema_builder *b, const model_yaml *map, const char *key,
                            const char *const *names, model_strs *ret)
{
    model_strs words = *ret;
    PB_TRY(model_yaml_texts(b->arena, map, key, &words, b->err));
    const model_yaml *node = model_yaml_get(map, key);
    for (size_t i = 0; node != NULL && i < words.count; i++) {
        if (schema_word_index(names, words.items[i]) >= 0)
            continue;
        const model_yaml *at = node->kind == MODEL_YAML_LIST ? node->items[i] : node;
        model_yaml_fail(at, b->err, PB_MSG("“{value}” is not a known value of “{key}”."), "value",
                        PB_ARG(words.items[i]), "key", key, NULL);
        model_yaml_hint_names(b->err, words.items[i], names);
        return PB_INVALID;
    }
    *ret = words;
    return PB_OK;
}

static pb_status read_word(schema_builder *b, const model_yaml *map, const char *key,
                           const char *const *names, pb_str *ret)
{
    int index = -1;
    PB_TRY(model_yaml_choice(map, key, names, &index, b->err));
    if (index >= 0)
        *ret = pb_str_c(names[index]);
    return PB_OK;
}

/* `required: true` or `required: {when: "…"}` */
static pb_status read_required(schema_builder *b, model_field *f, schema_declared *d,
                               const model_yaml *node)
{
    static const char *const keys[] = {"when", NULL};
    const model_yaml *required = model_yaml_get(node, "required");
    if (required == NULL || required->kind != MODEL_YAML_MAP)
        return model_yaml_bool(node, "required", &f->required, b->err);
    PB_TRY(model_yaml_check_keys(required, keys, b->err));
    PB_TRY(model_yaml_need(required, "when", &d->when, b->err));
    f->required = false;
    return model_yaml_expect(d->when, MODEL_YAML_SCALAR, b->err);
}

static pb_status only_for(schema_builder *b, const model_yaml *node, const char *key, bool fits,
                          const model_field *f)
{
    const model_yaml *at = model_yaml_key(node, key);
    if (at == NULL || fits)
        return PB_OK;
    model_yaml_fail(at, b->err, PB_MSG("“{key}” does not go with the type {type}."), "key", key,
                    "type", model_type_name(f->type), NULL);
    pb_error_hint(b->err, PB_MSG("Remove “{key}” or change the type."), "key", key, NULL);
    return PB_INVALID;
}

static bool is_plain_text(model_type type)
{
    return type <= MODEL_CARD;
}

static bool match_fits(model_match match, model_type type)
{
    switch (match) {
    case MODEL_MATCH_NAME:
        return type == MODEL_PERSON_NAME || type == MODEL_TEXT;
    case MODEL_MATCH_ORG:
        return type == MODEL_ORG_NAME || type == MODEL_TEXT;
    case MODEL_MATCH_PHONE:
        return type == MODEL_PHONE;
    case MODEL_MATCH_EMAIL:
        return type == MODEL_EMAIL;
    case MODEL_MATCH_DATE:
        return type == MODEL_DATE;
    case MODEL_MATCH_TEXT:
        return is_plain_text(type);
    default:
        return true;
    }
}

static pb_status check_fits(schema_builder *b, const model_field *f, const model_yaml *node)
{
    model_type t = f->type;
    bool ranged = t == MODEL_INTEGER || t == MODEL_DECIMAL || t == MODEL_MONEY || t == MODEL_DATE ||
                  t == MODEL_INSTANT;
    PB_TRY(only_for(b, node, "between", ranged, f));
    PB_TRY(only_for(b, node, "values", t == MODEL_CHOICE, f));
    PB_TRY(only_for(b, node, "more_values", t == MODEL_CHOICE, f));
    PB_TRY(only_for(b, node, "retired_values", t == MODEL_CHOICE, f));
    PB_TRY(only_for(b, node, "open", t == MODEL_CHOICE, f));
    PB_TRY(only_for(b, node, "max_length", is_plain_text(t), f));
    PB_TRY(only_for(b, node, "currency", t == MODEL_MONEY, f));
    PB_TRY(only_for(b, node, "country",
                    t == MODEL_PHONE || t == MODEL_POSTCODE || t == MODEL_ADDRESS ||
                        t == MODEL_VAT || t == MODEL_IBAN,
                    f));
    PB_TRY(only_for(b, node, "many", is_plain_text(t) || t == MODEL_CHOICE, f));
    PB_TRY(only_for(b, node, "match", match_fits(f->match, t), f));
    if (t == MODEL_CHOICE && f->choice_count == 0 && !f->open_choices) {
        model_yaml_fail(node, b->err, PB_MSG("The choice “{name}” has no values."), "name",
                        PB_ARG(f->name), NULL);
        pb_error_hint(b->err, PB_MSG("Add “values: […]”, or “open: true” to allow any value."),
                      NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

static pb_status read_currency(schema_builder *b, model_field *f, const model_yaml *node)
{
    PB_TRY(model_yaml_text(node, "currency", &f->currency, b->err));
    if (f->currency.ptr == NULL)
        return PB_OK;
    bool good = f->currency.len == 3;
    for (size_t i = 0; good && i < f->currency.len; i++)
        good = f->currency.ptr[i] >= 'A' && f->currency.ptr[i] <= 'Z';
    if (good)
        return PB_OK;
    model_yaml_fail(model_yaml_get(node, "currency"), b->err,
                    PB_MSG("“{value}” is not a currency."), "value", PB_ARG(f->currency), NULL);
    pb_error_hint(b->err, PB_MSG("Write the three letters of ISO 4217, such as EUR or CNY."), NULL);
    return PB_INVALID;
}

static pb_status read_words_of_field(schema_builder *b, model_field *f, const model_yaml *node)
{
    pb_error *err = b->err;
    int match = (int)f->match;
    PB_TRY(model_yaml_choice(node, "match", schema_matches, &match, err));
    f->match = (model_match)match;
    PB_TRY(read_word(b, node, "portal", schema_portals, &f->portal));
    PB_TRY(read_word(b, node, "on_delete", schema_on_deletes, &f->on_delete));
    return read_word(b, node, "role", schema_field_roles, &f->role);
}

static pb_status read_import(schema_builder *b, model_field *f, const model_yaml *node)
{
    model_strs import = {0};
    PB_TRY(model_yaml_texts(b->arena, node, "import", &import, b->err));
    return schema_append(b, &f->import, import);
}

pb_status schema_read_labels(schema_builder *b, const model_yaml *map, model_labels *ret)
{
    static const char *const keys[] = {"en", "zh-CN", "fa", NULL};
    const model_yaml *labels = model_yaml_get(map, "labels");
    if (model_yaml_is_null(labels))
        return PB_OK;
    *ret = (model_labels){.en = PB_STR_NONE}; /* what is said counts, all of it */
    PB_TRY(model_yaml_expect(labels, MODEL_YAML_MAP, b->err));
    PB_TRY(model_yaml_check_keys(labels, keys, b->err));
    PB_TRY(schema_read_text(b, labels, "en", &ret->en));
    PB_TRY(schema_read_text(b, labels, "zh-CN", &ret->zh));
    return schema_read_text(b, labels, "fa", &ret->fa);
}

/* All attributes; called again when a later document changes the field. */
static pb_status read_attributes(schema_builder *b, model_field *f, schema_declared *d,
                                 const model_yaml *node)
{
    int64_t max_length = (int64_t)f->max_length;
    PB_TRY(schema_read_text(b, node, "label", &f->label));
    PB_TRY(schema_read_labels(b, node, &f->labels));
    PB_TRY(schema_read_text(b, node, "help", &f->help));
    PB_TRY(read_required(b, f, d, node));
    PB_TRY(model_yaml_bool(node, "many", &f->many, b->err));
    PB_TRY(model_yaml_bool(node, "open", &f->open_choices, b->err));
    PB_TRY(model_yaml_bool(node, "retired", &f->retired, b->err));
    PB_TRY(model_yaml_bool(node, "search", &f->search, b->err));
    PB_TRY(model_yaml_bool(node, "title", &f->title, b->err));
    PB_TRY(model_yaml_int(node, "max_length", 1, 1000000, &max_length, b->err));
    f->max_length = (size_t)max_length;
    PB_TRY(model_yaml_days(node, "freshness", &f->fresh_days, b->err));
    PB_TRY(read_words_of_field(b, f, node));
    PB_TRY(schema_read_survive(b, f, d, node));
    PB_TRY(read_currency(b, f, node));
    PB_TRY(schema_read_choices(b, f, node));
    PB_TRY(check_fits(b, f, node));
    PB_TRY(schema_read_between(b, f, node));
    PB_TRY(schema_read_personal(b, f, node));
    PB_TRY(schema_read_access(b, f, node));
    PB_TRY(schema_read_history(b, f, node));
    PB_TRY(schema_read_quality(b, f, node));
    PB_TRY(read_import(b, f, node));
    PB_TRY(model_yaml_text(node, "country", &f->country, b->err));
    const model_yaml *country = model_yaml_get(node, "country");
    const model_yaml *import = model_yaml_get(node, "import");
    const model_yaml *role = model_yaml_get(node, "role");
    d->country = country != NULL ? country : d->country;
    d->import = import != NULL ? import : d->import;
    d->role = role != NULL ? role : d->role;
    return PB_OK;
}

static pb_status read_link_target(schema_builder *b, model_field *f, schema_declared *d,
                                  const model_yaml *node)
{
    f->type = MODEL_LINK;
    f->on_delete = PB_STR("keep");
    d->to = node;
    if (node->kind != MODEL_YAML_SCALAR)
        PB_TRY(model_yaml_need(node, "to", &d->to, b->err));
    return model_yaml_expect(d->to, MODEL_YAML_SCALAR, b->err);
}

static size_t longest_ending(model_type type)
{
    return type == MODEL_MONEY ? strlen("_currency") : type == MODEL_LINK ? strlen("_ref") : 0;
}

static pb_status declared_twice(schema_builder *b, const model_yaml *key, model_place before)
{
    model_yaml_fail(key, b->err, PB_MSG("The field “{name}” is declared twice."), "name",
                    PB_ARG(key->text), NULL);
    pb_error_hint(b->err,
                  PB_MSG("It stands already in {file}, line {line}; to change it, leave out its "
                         "type."),
                  "file", PB_ARG(before.file), "line", PB_ARG_INT(before.line), NULL);
    return PB_INVALID;
}

static pb_status change_field(schema_builder *b, schema_draft *draft, model_field *f,
                              const model_yaml *key, const model_yaml *node, bool link)
{
    const char *kind = link ? "to" : "type";
    if (node->kind != MODEL_YAML_MAP || model_yaml_get(node, kind) != NULL ||
        link != (f->type == MODEL_LINK) || pb_str_eq(key->place.file, f->place.file))
        return declared_twice(b, key, f->place);
    PB_TRY(model_yaml_check_keys(node, link ? link_keys : field_keys, b->err));
    return read_attributes(b, f, &draft->declared[f->index], node);
}

static pb_status add_field(schema_builder *b, schema_draft *draft, const model_yaml *key,
                           const model_yaml *node, bool link)
{
    model_entity *entity = draft->entity;
    if (entity->field_count == SCHEMA_FIELDS_MAX)
        return model_yaml_fail(key, b->err, PB_MSG("“{entity}” has more than {count} fields."),
                               "entity", PB_ARG(entity->name), "count",
                               PB_ARG_INT(SCHEMA_FIELDS_MAX), NULL);
    model_field *f = &entity->fields[entity->field_count];
    schema_declared *d = &draft->declared[entity->field_count];
    *f = (model_field){.name = key->text,
                       .entity = entity,
                       .index = entity->field_count,
                       .history = true,
                       .grade = MODEL_IMPORTANT,
                       .place = key->place};
    d->name = key;
    if (node->kind != MODEL_YAML_SCALAR)
        PB_TRY(model_yaml_check_keys(node, link ? link_keys : field_keys, b->err));
    PB_TRY(link ? read_link_target(b, f, d, node) : schema_read_type(b, f, node));
    PB_TRY(schema_check_name(key, longest_ending(f->type), b->err));
    if (schema_is_system_column(key->text)) {
        model_yaml_fail(key, b->err, PB_MSG("The name “{name}” is used by the program itself."),
                        "name", PB_ARG(key->text), NULL);
        pb_error_hint(b->err,
                      PB_MSG("Every record has it already; choose another name, such as "
                             "“{entity}_{name}”."),
                      "entity", PB_ARG(entity->name), "name", PB_ARG(key->text), NULL);
        return PB_INVALID;
    }
    entity->field_count++;
    PB_TRY(read_attributes(b, f, d, node));
    if (f->label.ptr == NULL && (f->label = schema_humanise(b->arena, f->name)).ptr == NULL)
        return pb_fail_memory(b->err);
    return PB_OK;
}

static pb_status read_section(schema_builder *b, schema_draft *draft, const model_yaml *document,
                              const char *section, bool link)
{
    const model_yaml *map = model_yaml_get(document, section);
    if (model_yaml_is_null(map))
        return PB_OK;
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, b->err));
    for (size_t i = 0; i < map->count; i++) {
        const model_yaml *key = map->keys[i], *node = map->items[i];
        const model_field *before = model_field_find(draft->entity, key->text);
        PB_TRY(before != NULL
                   ? change_field(b, draft, &draft->entity->fields[before->index], key, node, link)
                   : add_field(b, draft, key, node, link));
    }
    return PB_OK;
}

pb_status schema_read_fields(schema_builder *b, schema_draft *draft)
{
    static const char *const sections[] = {"links", "fields"};
    size_t room = 0;
    for (size_t d = 0; d < draft->document_count; d++)
        for (size_t s = 0; s < 2; s++) {
            const model_yaml *map = model_yaml_get(draft->documents[d], sections[s]);
            room += map == NULL ? 0 : map->count;
        }
    room = room < SCHEMA_FIELDS_MAX ? room + 1 : SCHEMA_FIELDS_MAX + 1;
    draft->entity->fields = pb_arena_array(b->arena, room, sizeof *draft->entity->fields);
    draft->declared = pb_arena_array(b->reading, room, sizeof *draft->declared);
    if (draft->entity->fields == NULL || draft->declared == NULL)
        return pb_fail_memory(b->err);
    for (size_t d = 0; d < draft->document_count; d++) {
        PB_TRY(read_section(b, draft, draft->documents[d], "links", true));
        PB_TRY(read_section(b, draft, draft->documents[d], "fields", false));
    }
    if (draft->entity->field_count > 0)
        return PB_OK;
    model_yaml_fail(draft->name_node, b->err, PB_MSG("The entity “{name}” has no fields."), "name",
                    PB_ARG(draft->name), NULL);
    pb_error_hint(b->err, PB_MSG("Add at least one line below “fields:”."), NULL);
    return PB_INVALID;
}
