/* Reading a target: marks, failing shares and filled fields to be reached. */
#include "model/yaml.h"
#include "report/earlier.h"

/* What the items of one list are of. */
typedef struct target_list {
    const char *key;
    bool percent; /* “1 %” is 0.01; a mark is a plain number */
    bool (*known)(const audit_catalogue *catalogue, const model_schema *schema, pb_str what);
    const char *unknown, *hint;
} target_list;

static bool known_area(const audit_catalogue *catalogue, const model_schema *schema, pb_str what)
{
    (void)schema;
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, what))
            return true;
    return pb_str_is(what, "overall");
}

static bool known_control(const audit_catalogue *catalogue, const model_schema *schema, pb_str what)
{
    (void)schema;
    return audit_control_find(catalogue, what) != NULL;
}

static bool known_field(const audit_catalogue *catalogue, const model_schema *schema, pb_str what)
{
    pb_str rest = what, entity;
    (void)catalogue;
    if (!pb_str_split(&rest, '.', &entity) || rest.ptr == NULL)
        return false;
    const model_entity *found = model_entity_find(schema, entity);
    return found != NULL && model_field_find(found, rest) != NULL;
}

static const target_list lists[] = {
    {"marks", false, known_area, PB_MSG("There is no area “{name}”."),
     PB_MSG("Write `overall` or the id of an area, as controls/areas.yaml lists them.")},
    {"failing", true, known_control, PB_MSG("There is no control “{name}”."),
     PB_MSG("`probity controls list` shows all of them; one of a field is called "
            "ID/entity.field.")},
    {"filled", true, known_field, PB_MSG("There is no field “{name}”."),
     PB_MSG("Write entity.field, as contact.email.")},
};

static pb_status read_limit(const model_yaml *node, bool percent, double *ret, pb_error *err)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, err));
    pb_str text = pb_str_trim(node->text);
    double value;
    bool sign = pb_str_ends(text, PB_STR("%"));
    if (sign)
        text = pb_str_trim(pb_str_sub(text, 0, text.len - 1));
    if (sign == percent && pb_str_to_double(text, &value) && value >= 0 && value <= 100) {
        *ret = percent ? value / 100 : value;
        return PB_OK;
    }
    model_yaml_fail(node, err, PB_MSG("“{value}” is no target."), "value", PB_ARG(node->text),
                    NULL);
    pb_error_hint(err,
                  percent ? PB_MSG("Write a share from 0 % to 100 %, with the sign.")
                          : PB_MSG("Write a mark from 0 to 100, without a sign."),
                  NULL);
    return PB_INVALID;
}

static pb_status read_list(const model_yaml *map, const target_list *list,
                           const audit_catalogue *catalogue, const model_schema *schema,
                           pb_arena *arena, report_target_item **ret, size_t *ret_count,
                           pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, list->key);
    if (model_yaml_is_null(node))
        return PB_OK;
    PB_TRY(model_yaml_expect(node, MODEL_YAML_MAP, err));
    report_target_item *items = pb_arena_array(arena, node->count + 1, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < node->count; i++) {
        items[i].what = node->keys[i]->text;
        if (!list->known(catalogue, schema, items[i].what)) {
            model_yaml_fail(node->keys[i], err, list->unknown, "name", PB_ARG(items[i].what), NULL);
            pb_error_hint(err, list->hint, NULL);
            return PB_INVALID;
        }
        PB_TRY(read_limit(node->items[i], list->percent, &items[i].limit, err));
    }
    *ret = items;
    *ret_count = node->count;
    return PB_OK;
}

pb_status report_target_load(const model_source *source, const audit_catalogue *catalogue,
                             const model_schema *schema, pb_arena *arena, report_target *ret,
                             pb_error *err)
{
    static const char *const root_keys[] = {"target", NULL};
    static const char *const keys[] = {"name", "marks", "failing", "filled", NULL};
    const model_yaml *root, *map;
    report_target out = {0};
    PB_TRY(model_yaml_load(arena, source, &root, err));
    PB_TRY(model_yaml_check_keys(root, root_keys, err));
    PB_TRY(model_yaml_need(root, "target", &map, err));
    PB_TRY(model_yaml_check_keys(map, keys, err));
    out.name = source->name;
    PB_TRY(model_yaml_text(map, "name", &out.name, err));
    PB_TRY(read_list(map, &lists[0], catalogue, schema, arena, &out.marks, &out.mark_count, err));
    PB_TRY(
        read_list(map, &lists[1], catalogue, schema, arena, &out.failing, &out.failing_count, err));
    PB_TRY(
        read_list(map, &lists[2], catalogue, schema, arena, &out.filled, &out.filled_count, err));
    *ret = out;
    return PB_OK;
}
