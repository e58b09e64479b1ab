/* Fuzz target of YAML: a declaration as an administrator writes it.
 *
 * Holds: reading ends; a document that is refused says why and where; one that is read has all its
 * nodes within the document and within the limits; a schema that loads has entities with names.
 */
/* fuzzes: model model/types model/ids script */
/* libraries: yaml-0.1 libidn2 */
/* tables: han phone */
#include "model/yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static size_t check_node(const model_yaml *node, size_t depth)
{
    size_t nodes = 1;
    hold(node != NULL && depth <= MODEL_YAML_DEPTH + 1);
    hold(node->place.line > 0 && node->place.column > 0);
    hold(node->kind != MODEL_YAML_SCALAR || (node->count == 0 && node->text.ptr != NULL));
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == MODEL_YAML_MAP)
            hold(node->keys[i]->kind == MODEL_YAML_SCALAR);
        nodes += check_node(node->items[i], depth + 1);
    }
    return nodes;
}

static void check_schema(const model_source *source)
{
    model_schema *schema = NULL;
    pb_error err = {0};
    pb_status status = model_schema_load(source, 1, &schema, &err);
    hold((status == PB_OK) == (schema != NULL));
    for (size_t i = 0; schema != NULL && i < schema->entity_count; i++)
        hold(schema->entities[i].name.len > 0);
    model_schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const model_source source = {PB_STR("fuzz.yaml"), pb_str_n((const char *)data, size)};
    const model_yaml *const *roots = NULL;
    size_t count = 0, nodes = 0;
    pb_error err = {0};
    pb_arena *arena = pb_arena_new(256 << 20);
    hold(arena != NULL);
    pb_status status = model_yaml_load_apart(arena, arena, &source, &roots, &count, &err);
    if (status == PB_OK) {
        for (size_t i = 0; i < count; i++)
            nodes += check_node(roots[i], 0);
        hold(nodes <= MODEL_YAML_NODES + count);
    } else {
        PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
        pb_error_render(&err, &err.primary, NULL, &says);
        hold(says.len > 0);
    }
    pb_arena_free(arena);
    check_schema(&source);
    return 0;
}
