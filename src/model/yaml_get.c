/* Asking a YAML tree for what one expects, with an answer a person can act on when it is not there.
 */
#include "model/yaml.h"

#include "base/time.h"

enum { WORD_MAX = 64, LIST_MAX = 280 };

const model_yaml *model_yaml_get(const model_yaml *map, const char *key)
{
    if (map == NULL || map->kind != MODEL_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (pb_str_is(map->keys[i]->text, key))
            return map->items[i];
    return NULL;
}

const model_yaml *model_yaml_key(const model_yaml *map, const char *key)
{
    if (map == NULL || map->kind != MODEL_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (pb_str_is(map->keys[i]->text, key))
            return map->keys[i];
    return NULL;
}

bool model_yaml_is_null(const model_yaml *node)
{
    return node == NULL ||
           (node->kind == MODEL_YAML_SCALAR && !node->quoted &&
            (node->text.len == 0 || pb_str_is(node->text, "~") || pb_str_is(node->text, "null")));
}

pb_status model_yaml_expect(const model_yaml *node, model_yaml_kind kind, pb_error *err)
{
    if (node->kind == kind)
        return PB_OK;
    switch (kind) {
    case MODEL_YAML_MAP:
        return model_yaml_fail(node, err, PB_MSG("Here a map of “key: value” is expected."), NULL);
    case MODEL_YAML_LIST:
        return model_yaml_fail(node, err, PB_MSG("Here a list is expected."), NULL);
    default:
        return model_yaml_fail(node, err, PB_MSG("Here a single value is expected."), NULL);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) between two short words; restricted
 * Damerau–Levenshtein, three rows. */
static size_t edits(pb_str a, pb_str b)
{
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *now = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t cost = a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1;
            now[j] = smaller(smaller(above[j] + 1, now[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                now[j] = smaller(now[j], above2[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

const char *model_yaml_nearest(pb_str word, const char *const *names)
{
    if (pb_str_empty(word) || word.len > WORD_MAX)
        return NULL;
    const char *best = NULL;
    size_t best_edits = word.len == 1 ? 1 : word.len <= 4 ? 2 : word.len / 3 + 1;
    for (; *names != NULL; names++) {
        pb_str name = pb_str_c(*names);
        if (name.len > WORD_MAX)
            continue;
        size_t n = edits(word, name);
        if (n < best_edits) {
            best_edits = n;
            best = *names;
        }
    }
    return best;
}

void model_yaml_hint_names(pb_error *err, pb_str word, const char *const *names)
{
    const char *nearest = model_yaml_nearest(word, names);
    if (nearest != NULL) {
        pb_error_hint(err, PB_MSG("Did you mean “{name}”?"), "name", nearest, NULL);
        return;
    }
    PB_AUTO_BUF list = PB_BUF_INIT(1 << 16);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (list.len + strlen(names[i]) > LIST_MAX) {
            pb_buf_addc(&list, ", …");
            break;
        }
        pb_buf_addc(&list, i == 0 ? "" : ", ");
        pb_buf_addc(&list, names[i]);
    }
    pb_error_hint(err, PB_MSG("Known here: {names}."), "names", pb_buf_cstr(&list), NULL);
}

pb_status model_yaml_check_keys(const model_yaml *node, const char *const *allowed, pb_error *err)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_MAP, err));
    for (size_t i = 0; i < node->count; i++) {
        const model_yaml *key = node->keys[i];
        bool known = false;
        for (const char *const *name = allowed; *name != NULL && !known; name++)
            known = pb_str_is(key->text, *name);
        if (known)
            continue;
        model_yaml_fail(key, err, PB_MSG("“{key}” is not known here."), "key", PB_ARG(key->text),
                        NULL);
        model_yaml_hint_names(err, key->text, allowed);
        return PB_INVALID;
    }
    return PB_OK;
}

pb_status model_yaml_need(const model_yaml *map, const char *key, const model_yaml **ret_node,
                          pb_error *err)
{
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node)) {
        model_yaml_fail(node == NULL ? map : node, err, PB_MSG("“{key}” is missing."), "key", key,
                        NULL);
        pb_error_hint(err, PB_MSG("Add a line “{key}: …”."), "key", key, NULL);
        return PB_INVALID;
    }
    if (ret_node != NULL)
        *ret_node = node;
    return PB_OK;
}

static pb_status text_of(const model_yaml *node, pb_str *ret, pb_error *err)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    if (pb_str_trim(node->text).len == 0)
        return model_yaml_fail(node, err, PB_MSG("An empty text stands here."), NULL);
    *ret = node->text;
    return PB_OK;
}

pb_status model_yaml_text(const model_yaml *map, const char *key, pb_str *ret, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    return model_yaml_is_null(node) ? PB_OK : text_of(node, ret, err);
}

pb_status model_yaml_texts(pb_arena *arena, const model_yaml *map, const char *key, model_strs *ret,
                           pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    bool single = node->kind == MODEL_YAML_SCALAR;
    if (!single)
        PB_TRY(model_yaml_expect(node, MODEL_YAML_LIST, err));
    size_t count = single ? 1 : node->count;
    pb_str *items = pb_arena_array(arena, count == 0 ? 1 : count, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(text_of(single ? node : node->items[i], &items[i], err));
    *ret = (model_strs){items, count};
    return PB_OK;
}

pb_status model_yaml_bool(const model_yaml *map, const char *key, bool *ret, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    if (!node->quoted && pb_str_is(node->text, "true"))
        *ret = true;
    else if (!node->quoted && pb_str_is(node->text, "false"))
        *ret = false;
    else {
        model_yaml_fail(node, err, PB_MSG("“{value}” is neither true nor false."), "value",
                        PB_ARG(node->text), NULL);
        pb_error_hint(err, PB_MSG("Write “{key}: true” or “{key}: false”."), "key", key, NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

pb_status model_yaml_int(const model_yaml *map, const char *key, int64_t min, int64_t max,
                         int64_t *ret, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    int64_t value = 0;
    if (node->quoted || !pb_str_to_i64(node->text, &value))
        return model_yaml_fail(node, err, PB_MSG("“{value}” is not a whole number."), "value",
                               PB_ARG(node->text), NULL);
    if (value < min || value > max)
        return model_yaml_fail(node, err, PB_MSG("{value} is not between {min} and {max}."),
                               "value", PB_ARG(node->text), "min", PB_ARG_INT(min), "max",
                               PB_ARG_INT(max), NULL);
    *ret = value;
    return PB_OK;
}

pb_status model_yaml_days(const model_yaml *map, const char *key, int64_t *ret, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    int64_t days = 0;
    if (!pb_duration_days(node->text, &days) || days <= 0) {
        model_yaml_fail(node, err, PB_MSG("“{value}” is not a length of time."), "value",
                        PB_ARG(node->text), NULL);
        pb_error_hint(err, PB_MSG("Write a number with d, w, mo or y, such as 90d or 3y."), NULL);
        return PB_INVALID;
    }
    *ret = days;
    return PB_OK;
}

pb_status model_yaml_choice(const model_yaml *map, const char *key, const char *const *names,
                            int *ret, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    for (int i = 0; names[i] != NULL; i++)
        if (pb_str_is(node->text, names[i])) {
            *ret = i;
            return PB_OK;
        }
    model_yaml_fail(node, err, PB_MSG("“{value}” is not a known value of “{key}”."), "value",
                    PB_ARG(node->text), "key", key, NULL);
    model_yaml_hint_names(err, node->text, names);
    return PB_INVALID;
}

pb_status model_yaml_grade(const model_yaml *map, const char *key, model_grade *ret, pb_error *err)
{
    static const char *const names[] = {"desirable", "important", "essential", NULL};
    int grade = (int)*ret;
    PB_TRY(model_yaml_choice(map, key, names, &grade, err));
    *ret = (model_grade)grade;
    return PB_OK;
}
