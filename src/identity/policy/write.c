/* A role as JSON: what identity_role_parse reads. */
#include "internal.h"

#include "base/json.h"

static void put_bits(pb_json *json, const char *key, const char *const *words, uint32_t bits)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (unsigned i = 0; words[i] != NULL; i++)
        if ((bits >> i & 1) != 0)
            pb_json_c(json, words[i]);
    pb_json_array_end(json);
}

static void put_texts(pb_json *json, const char *key, const model_strs *texts)
{
    if (texts->count == 0)
        return;
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < texts->count; i++)
        pb_json_str(json, texts->items[i]);
    pb_json_array_end(json);
}

static void put_entities(pb_json *json, bool every, const model_strs *entities)
{
    if (every)
        pb_json_member(json, "entities", PB_STR("all"));
    else
        put_texts(json, "entities", entities);
}

static void put_right(pb_json *json, const char *key, identity_right right)
{
    pb_json_member(json, key, pb_str_c(identity_right_word(right)));
}

static void put_marks(pb_json *json, const char *key, const identity_mark *marks, size_t count)
{
    if (count == 0)
        return;
    pb_json_key(json, key);
    pb_json_object(json);
    for (size_t i = 0; i < count; i++) {
        pb_json_key_str(json, marks[i].name);
        pb_json_c(json, identity_right_word(marks[i].right));
    }
    pb_json_object_end(json);
}

static void put_rights(pb_json *json, const identity_rights *rights)
{
    pb_json_key(json, "rights");
    pb_json_object(json);
    put_right(json, "other", rights->other);
    if (rights->has_personal)
        put_right(json, "personal", rights->personal);
    if (rights->has_sensitive)
        put_right(json, "sensitive", rights->sensitive);
    if (rights->portal) {
        pb_json_key(json, "portal");
        pb_json_bool(json, true);
    }
    pb_json_object_end(json);
    put_marks(json, "classes", rights->classes, rights->class_count);
    put_marks(json, "fields", rights->fields, rights->field_count);
}

static void put_grant(pb_json *json, const identity_grant *grant)
{
    pb_json_object(json);
    pb_json_member(json, "name", grant->name);
    put_entities(json, grant->every, &grant->entities);
    put_bits(json, "operations", policy_operations(), grant->operations);
    if (grant->every || grant->entities.count > 0) {
        put_bits(json, "scope", policy_scopes, grant->scopes);
        if (!pb_str_empty(grant->when))
            pb_json_member(json, "when", grant->when);
        put_rights(json, &grant->rights);
    }
    pb_json_object_end(json);
}

static void put_keep(pb_json *json, const identity_keep *keep)
{
    pb_json_object(json);
    put_entities(json, keep->every, &keep->entities);
    put_bits(json, "operations", policy_operations(), keep->operations);
    put_texts(json, "classes", &keep->classes);
    put_texts(json, "fields", &keep->fields);
    if (keep->classes.count + keep->fields.count > 0)
        put_right(json, "passes", keep->passes);
    pb_json_object_end(json);
}

static void put_text(pb_json *json, const char *key, pb_str text)
{
    if (!pb_str_empty(text))
        pb_json_member(json, key, text);
}

void identity_role_write(const identity_role *role, int indent, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, indent);
    pb_json_object(&json);
    pb_json_member(&json, "role", role->name);
    pb_json_member(&json, "label", role->label);
    put_text(&json, "says", role->says);
    put_text(&json, "parent", role->parent);
    put_text(&json, "duty", role->duty);
    pb_json_key(&json, "second_factor");
    pb_json_bool(&json, role->second_factor);
    put_texts(&json, "apart", &role->apart);
    pb_json_key(&json, "grants");
    pb_json_array(&json);
    for (size_t i = 0; i < role->grant_count; i++)
        put_grant(&json, &role->grants[i]);
    pb_json_array_end(&json);
    pb_json_key(&json, "keeps");
    pb_json_array(&json);
    for (size_t i = 0; i < role->keep_count; i++)
        put_keep(&json, &role->keeps[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
}
