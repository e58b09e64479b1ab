#include "model_body.h"

#include "base/json.h"

enum { BODY_MAX = 64 << 10, KEYS_MOST = 64 };

/* What a key may be said of. */
enum {
    NEW_ENTITY = 1 << MODEL_BODY_NEW_ENTITY,
    ENTITY = 1 << MODEL_BODY_OWN_ENTITY | NEW_ENTITY,
    ANY_ENTITY = 1 << MODEL_BODY_ENTITY | ENTITY,
    NEW_FIELD = 1 << MODEL_BODY_NEW_FIELD,
    FIELD = 1 << MODEL_BODY_OWN_FIELD | NEW_FIELD,
    ANY_FIELD = 1 << MODEL_BODY_FIELD | FIELD,
};

static const struct {
    const char *name;
    int of;
} keys[] = {
    {"to", NEW_FIELD}, /* first: a link is told by it */
    {"type", NEW_FIELD},
    {"label", ANY_ENTITY | ANY_FIELD},
    {"labels", ANY_ENTITY | ANY_FIELD},
    {"plural", ENTITY},
    {"title", ENTITY | FIELD},
    {"search", ENTITY | FIELD},
    {"key", ENTITY},
    {"import", ANY_ENTITY | ANY_FIELD},
    {"personal", ENTITY | FIELD},
    {"retention", ENTITY},
    {"freshness", ANY_ENTITY | ANY_FIELD},
    {"duplicates", ENTITY},
    {"rules", ENTITY},
    {"lists", ENTITY},
    {"columns", ENTITY},
    {"access_as", ENTITY},
    {"retired", ENTITY | FIELD},
    {"links", NEW_ENTITY},
    {"fields", NEW_ENTITY},
    {"on_delete", FIELD},
    {"help", ANY_FIELD},
    {"role", NEW_FIELD},
    {"required", ANY_FIELD},
    {"many", FIELD},
    {"between", FIELD},
    {"values", FIELD},
    {"more_values", ANY_FIELD},
    {"retired_values", ANY_FIELD},
    {"open", FIELD},
    {"max_length", FIELD},
    {"match", FIELD},
    {"survive", FIELD},
    {"quality", ANY_FIELD},
    {"mask", FIELD},
    {"access", FIELD},
    {"portal", FIELD},
    {"history", FIELD},
    {"currency", NEW_FIELD},
    {"country", FIELD},
};

static pb_status check_keys(const model_body *body, const model_yaml *map, int of, pb_error *err)
{
    const char *names[KEYS_MOST] = {NULL};
    size_t count = 0;
    (void)body;
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].of & of)
            names[count++] = keys[i].name;
    return model_yaml_check_keys(map, names, err);
}

/* As JSON again: what was in quotes is a text, all else stays what it was. */
static void put_node(pb_json *json, const model_yaml *node)
{
    if (node->kind == MODEL_YAML_SCALAR && node->quoted) {
        pb_json_str(json, node->text);
    } else if (node->kind == MODEL_YAML_SCALAR) {
        pb_json_whole(json, node->text);
    } else if (node->kind == MODEL_YAML_LIST) {
        pb_json_array(json);
        for (size_t i = 0; i < node->count; i++)
            put_node(json, node->items[i]);
        pb_json_array_end(json);
    } else {
        pb_json_object(json);
        for (size_t i = 0; i < node->count; i++) {
            pb_json_key_str(json, node->keys[i]->text);
            put_node(json, node->items[i]);
        }
        pb_json_object_end(json);
    }
}

static void put_key(pb_json *json, const char *name, const model_yaml *said, const model_yaml *old)
{
    const model_yaml *node = model_yaml_get(said, name);
    if (node == NULL)
        node = model_yaml_get(old, name);
    if (model_yaml_is_null(node))
        return;
    pb_json_key(json, name);
    put_node(json, node);
}

static pb_status finish(const model_body *body, pb_buf *text, pb_str *ret, pb_error *err)
{
    if (text->failed)
        return pb_fail_buffer(text, PB_MSG("Too much is said of it."), err);
    *ret = pb_arena_str(body->arena, pb_buf_str(text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* In the order of `keys`, so that what says the same is the same. */
static pb_status join(const model_body *body, const model_yaml *said, const model_yaml *old,
                      pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(BODY_MAX);
    pb_json json;
    pb_json_init(&json, &text, 0);
    pb_json_object(&json);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].name, "links") != 0 && strcmp(keys[i].name, "fields") != 0)
            put_key(&json, keys[i].name, said, old);
    pb_json_object_end(&json);
    return finish(body, &text, ret, err);
}

pb_status model_body_merge(model_body *body, pb_str before, pb_str *ret_body, pb_error *err)
{
    const model_source said = {PB_STR("body"), body->text};
    const model_source kept = {PB_STR("workspace"), before};
    const model_yaml *old = NULL;
    PB_TRY(model_yaml_load(body->arena, &said, &body->root, err));
    PB_TRY(check_keys(body, body->root, 1 << body->kind, err));
    if (before.ptr != NULL)
        PB_TRY(model_yaml_load(body->arena, &kept, &old, err));
    return join(body, body->root, old, ret_body, err);
}

pb_status model_body_members(model_body *body, model_body_each each, void *context, pb_error *err)
{
    static const char *const sections[] = {"links", "fields"};
    for (size_t s = 0; s < 2; s++) {
        const model_yaml *map = model_yaml_get(body->root, sections[s]);
        if (model_yaml_is_null(map))
            continue;
        PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
        for (size_t i = 0; i < map->count; i++) {
            pb_str text;
            PB_TRY(check_keys(body, map->items[i], NEW_FIELD, err));
            PB_TRY(join(body, map->items[i], NULL, &text, err));
            PB_TRY(each(context, map->keys[i]->text, text, err));
        }
    }
    return PB_OK;
}
