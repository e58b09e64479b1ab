/* From bytes to a tree of nodes, over libyaml's events. */
#include "model/yaml.h"

#include "base/map.h"
#include "base/utf8.h"

#include <yaml.h>

/* Below this many keys a walk finds duplicates faster than a map would. */
enum { FEW_KEYS = 16 };

typedef struct reader {
    pb_arena *arena; /* of nodes */
    pb_arena *texts;
    yaml_parser_t parser;
    pb_str file;
    size_t nodes;
    pb_error *err;
} reader;

typedef struct node_list {
    const model_yaml **items;
    size_t count, capacity;
} node_list;

pb_status(model_place_fail)(pb_error *err, model_place place)
{
    pb_error_detail(err, PB_MSG("{file}:{line}:{column}"), "file", PB_ARG(place.file), "line",
                    PB_ARG_INT(place.line), "column", PB_ARG_INT(place.column), NULL);
    return PB_INVALID;
}

static model_place place_at(const reader *r, yaml_mark_t mark)
{
    return (model_place){r->file, (int)mark.line + 1, (int)mark.column + 1};
}

#define refuse(r, mark, ...)                                                                       \
    (pb_fail((r)->err, PB_INVALID, __VA_ARGS__), model_place_fail((r)->err, place_at((r), (mark))))

static pb_status parser_failed(reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return pb_fail_memory(r->err);
    refuse(r, p->problem_mark, PB_MSG("This is not readable as YAML: {problem}."), "problem",
           p->problem == NULL ? "?" : p->problem, NULL);
    if (p->context != NULL)
        pb_error_hint(r->err, PB_MSG("It went wrong {context} that began in line {line}."),
                      "context", p->context, "line", PB_ARG_INT(p->context_mark.line + 1), NULL);
    return PB_INVALID;
}

static pb_status next_event(reader *r, yaml_event_t *ret_event)
{
    if (!yaml_parser_parse(&r->parser, ret_event))
        return parser_failed(r);
    return PB_OK;
}

static pb_status new_node(reader *r, model_yaml_kind kind, const yaml_event_t *event,
                          model_yaml **ret_node)
{
    if (++r->nodes > MODEL_YAML_NODES)
        return refuse(r, event->start_mark, PB_MSG("The document has more than {count} parts."),
                      "count", PB_ARG_INT(MODEL_YAML_NODES), NULL);
    model_yaml *node = pb_arena_alloc(r->arena, sizeof *node);
    if (node == NULL)
        return pb_fail_memory(r->err);
    node->kind = kind;
    node->place = place_at(r, event->start_mark);
    node->text_place = node->place;
    *ret_node = node;
    return PB_OK;
}

static pb_status check_plain(reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
                             const yaml_char_t *tag)
{
    if (anchor != NULL)
        return refuse(r, event->start_mark, PB_MSG("The anchor “&{name}” is not understood here."),
                      "name", (const char *)anchor, NULL);
    if (tag != NULL)
        return refuse(r, event->start_mark, PB_MSG("The tag “{name}” is not understood here."),
                      "name", (const char *)tag, NULL);
    return PB_OK;
}

static pb_status read_scalar(reader *r, const yaml_event_t *event, model_yaml **ret_node)
{
    PB_TRY(check_plain(r, event, event->data.scalar.anchor, event->data.scalar.tag));
    model_yaml *node = NULL;
    PB_TRY(new_node(r, MODEL_YAML_SCALAR, event, &node));
    pb_str text = pb_str_n((const char *)event->data.scalar.value, event->data.scalar.length);
    if (memchr(text.ptr, 0, text.len) != NULL)
        return refuse(r, event->start_mark, PB_MSG("A text contains the character NUL."), NULL);
    node->text = pb_arena_str(r->texts, text);
    if (node->text.ptr == NULL)
        return pb_fail_memory(r->err);
    yaml_scalar_style_t style = event->data.scalar.style;
    size_t quotes = style == YAML_PLAIN_SCALAR_STYLE ? 0 : 2;
    node->quoted = quotes != 0;
    node->exact = style != YAML_LITERAL_SCALAR_STYLE && style != YAML_FOLDED_SCALAR_STYLE &&
                  event->start_mark.line == event->end_mark.line &&
                  event->end_mark.column - event->start_mark.column == pb_utf8_count(text) + quotes;
    if (node->exact && quotes != 0)
        node->text_place.column++;
    *ret_node = node;
    return PB_OK;
}

static pb_status read_node(reader *r, const yaml_event_t *event, int depth, model_yaml **ret_node);

static pb_status push(reader *r, node_list *list, const model_yaml *node)
{
    return PB_PUSH(r->arena, list->items, list->count, list->capacity, node)
               ? PB_OK
               : pb_fail_memory(r->err);
}

static pb_status read_list(reader *r, const yaml_event_t *start, int depth, model_yaml **ret_node)
{
    PB_TRY(
        check_plain(r, start, start->data.sequence_start.anchor, start->data.sequence_start.tag));
    model_yaml *node = NULL;
    PB_TRY(new_node(r, MODEL_YAML_LIST, start, &node));
    node_list items = {0};
    for (;;) {
        yaml_event_t event;
        PB_TRY(next_event(r, &event));
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        model_yaml *item = NULL;
        pb_status status = end ? PB_OK : read_node(r, &event, depth + 1, &item);
        yaml_event_delete(&event);
        PB_TRY(status);
        if (end)
            break;
        PB_TRY(push(r, &items, item));
    }
    node->items = items.items;
    node->count = items.count;
    *ret_node = node;
    return PB_OK;
}

/* Where `key` stood before, or NULL; remembers it. */
static pb_status seen_before(reader *r, const node_list *keys, pb_map **map, const model_yaml *key,
                             const model_yaml **ret_before)
{
    *ret_before = NULL;
    if (keys->count < FEW_KEYS) {
        for (size_t i = 0; i < keys->count && *ret_before == NULL; i++)
            if (pb_str_eq(keys->items[i]->text, key->text))
                *ret_before = keys->items[i];
        return PB_OK;
    }
    if (*map == NULL && (*map = pb_map_new(r->arena)) == NULL)
        return pb_fail_memory(r->err);
    for (size_t i = pb_map_count(*map); i < keys->count; i++) {
        uint64_t *place = pb_map_put(*map, keys->items[i]->text, NULL);
        if (place == NULL)
            return pb_fail_memory(r->err);
        *place = i;
    }
    const uint64_t *found = pb_map_get(*map, key->text);
    if (found != NULL)
        *ret_before = keys->items[*found];
    return PB_OK;
}

static pb_status read_key(reader *r, const yaml_event_t *event, const node_list *keys, pb_map **map,
                          model_yaml **ret_key)
{
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(r, event->start_mark, PB_MSG("A key must be a plain text."), NULL);
    model_yaml *key = NULL;
    PB_TRY(read_scalar(r, event, &key));
    const model_yaml *before = NULL;
    PB_TRY(seen_before(r, keys, map, key, &before));
    if (before != NULL) {
        model_yaml_fail(key, r->err, PB_MSG("“{key}” is written twice."), "key", PB_ARG(key->text),
                        NULL);
        pb_error_hint(r->err, PB_MSG("It stands already in line {line}; remove one of the two."),
                      "line", PB_ARG_INT(before->place.line), NULL);
        return PB_INVALID;
    }
    *ret_key = key;
    return PB_OK;
}

static pb_status read_value(reader *r, int depth, node_list *values)
{
    yaml_event_t event;
    PB_TRY(next_event(r, &event));
    model_yaml *value = NULL;
    pb_status status = read_node(r, &event, depth + 1, &value);
    yaml_event_delete(&event);
    PB_TRY(status);
    return push(r, values, value);
}

static pb_status read_map(reader *r, const yaml_event_t *start, int depth, model_yaml **ret_node)
{
    PB_TRY(check_plain(r, start, start->data.mapping_start.anchor, start->data.mapping_start.tag));
    model_yaml *node = NULL;
    PB_TRY(new_node(r, MODEL_YAML_MAP, start, &node));
    node_list keys = {0}, values = {0};
    pb_map *map = NULL;
    for (;;) {
        yaml_event_t event;
        PB_TRY(next_event(r, &event));
        bool end = event.type == YAML_MAPPING_END_EVENT;
        model_yaml *key = NULL;
        pb_status status = end ? PB_OK : read_key(r, &event, &keys, &map, &key);
        yaml_event_delete(&event);
        PB_TRY(status);
        if (end)
            break;
        PB_TRY(push(r, &keys, key));
        PB_TRY(read_value(r, depth, &values));
    }
    node->keys = keys.items;
    node->items = values.items;
    node->count = values.count;
    *ret_node = node;
    return PB_OK;
}

static pb_status read_node(reader *r, const yaml_event_t *event, int depth, model_yaml **ret_node)
{
    if (depth > MODEL_YAML_DEPTH)
        return refuse(r, event->start_mark, PB_MSG("Nested deeper than {count} levels."), "count",
                      PB_ARG_INT(MODEL_YAML_DEPTH), NULL);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event, ret_node);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r, event, depth, ret_node);
    case YAML_MAPPING_START_EVENT:
        return read_map(r, event, depth, ret_node);
    case YAML_ALIAS_EVENT:
        return refuse(r, event->start_mark, PB_MSG("The alias “*{name}” is not understood here."),
                      "name", (const char *)event->data.alias.anchor, NULL);
    default:
        return refuse(r, event->start_mark, PB_MSG("Something unexpected stands here."), NULL);
    }
}

static pb_status read_documents(reader *r, node_list *roots)
{
    for (;;) {
        yaml_event_t event;
        PB_TRY(next_event(r, &event));
        yaml_event_type_t type = event.type;
        model_yaml *root = NULL;
        pb_status status = PB_OK;
        if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
            type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT)
            status = read_node(r, &event, 1, &root);
        yaml_event_delete(&event);
        PB_TRY(status);
        if (root != NULL)
            PB_TRY(push(r, roots, root));
        if (type == YAML_STREAM_END_EVENT)
            return PB_OK;
    }
}

static pb_status check_bytes(pb_str file, pb_str text, pb_error *err)
{
    model_place place = {file, 1, 1};
    if (text.len > MODEL_YAML_BYTES) {
        pb_fail(err, PB_INVALID, PB_MSG("The file is larger than {count} MiB."), "count",
                PB_ARG_INT(MODEL_YAML_BYTES >> 20), NULL);
        return model_place_fail(err, place);
    }
    size_t bad = pb_utf8_first_bad(text);
    if (bad == text.len)
        return PB_OK;
    size_t line_start = 0;
    for (size_t i = 0; i < bad; i++)
        if (text.ptr[i] == '\n') {
            place.line++;
            line_start = i + 1;
        }
    place.column = (int)pb_utf8_count(pb_str_n(text.ptr + line_start, bad - line_start)) + 1;
    pb_fail(err, PB_INVALID, PB_MSG("The text is not UTF-8."), NULL);
    model_place_fail(err, place);
    pb_error_hint(err, PB_MSG("Save the file with the encoding UTF-8."), NULL);
    return PB_INVALID;
}

pb_status model_yaml_load_apart(pb_arena *nodes, pb_arena *texts, const model_source *source,
                                const model_yaml *const **ret_roots, size_t *ret_count,
                                pb_error *err)
{
    PB_TRY(check_bytes(source->name, source->text, err));
    reader r = {
        .arena = nodes, .texts = texts, .err = err, .file = pb_arena_str(texts, source->name)};
    if (r.file.ptr == NULL && source->name.ptr != NULL)
        return pb_fail_memory(err);
    if (!yaml_parser_initialize(&r.parser))
        return pb_fail_memory(err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    const char *bytes = source->text.ptr == NULL ? "" : source->text.ptr;
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, source->text.len);
    node_list roots = {0};
    pb_status status = read_documents(&r, &roots);
    yaml_parser_delete(&r.parser);
    PB_TRY(status);
    *ret_roots = roots.items;
    *ret_count = roots.count;
    return PB_OK;
}

pb_status model_yaml_load(pb_arena *arena, const model_source *source, const model_yaml **ret_root,
                          pb_error *err)
{
    const model_yaml *const *roots = NULL;
    size_t count = 0;
    PB_TRY(model_yaml_load_apart(arena, arena, source, &roots, &count, err));
    if (count > 1)
        return model_yaml_fail(roots[1], err, PB_MSG("Only one document may stand in this file."),
                               NULL);
    if (count == 1 && !model_yaml_is_null(roots[0])) {
        *ret_root = roots[0];
        return PB_OK;
    }
    model_yaml *empty = pb_arena_alloc(arena, sizeof *empty);
    if (empty == NULL)
        return pb_fail_memory(err);
    empty->kind = MODEL_YAML_MAP;
    empty->place = (model_place){pb_arena_str(arena, source->name), 1, 1};
    empty->text_place = empty->place;
    *ret_root = empty;
    return PB_OK;
}
