/* Accepted failures: who accepted what, until when, and why. */
#include "audit/audit.h"
#include "base/time.h"
#include "model/yaml.h"

static const char *const waiver_keys[] = {"control", "until", "by", "why", NULL};

static bool names_control(const audit_catalogue *catalogue, pb_str id, bool *ret_waivable)
{
    bool found = false;
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        if (!pb_str_eq(control->id, id) && !pb_str_eq(control->base, id))
            continue;
        found = true;
        *ret_waivable = control->waivable;
    }
    return found;
}

static pb_status waiver_read(const model_yaml *map, const audit_catalogue *catalogue,
                             audit_waiver *ret, pb_error *err)
{
    PB_TRY(model_yaml_expect(map, MODEL_YAML_MAP, err));
    PB_TRY(model_yaml_check_keys(map, waiver_keys, err));
    for (size_t i = 0; waiver_keys[i]; i++)
        PB_TRY(model_yaml_need(map, waiver_keys[i], NULL, err));
    PB_TRY(model_yaml_text(map, "control", &ret->control, err));
    PB_TRY(model_yaml_text(map, "until", &ret->until, err));
    PB_TRY(model_yaml_text(map, "by", &ret->by, err));
    PB_TRY(model_yaml_text(map, "why", &ret->why, err));
    int64_t day;
    if (!pb_date_parse(ret->until, &day)) {
        model_yaml_fail(model_yaml_get(map, "until"), err, PB_MSG("{text} is no date."), "text",
                        PB_ARG(ret->until), NULL);
        pb_error_hint(err, PB_MSG("Write the last day it is accepted as 2026-12-31."), NULL);
        return PB_INVALID;
    }
    bool waivable = true;
    if (!names_control(catalogue, ret->control, &waivable)) {
        model_yaml_fail(model_yaml_get(map, "control"), err, PB_MSG("There is no control {id}."),
                        "id", PB_ARG(ret->control), NULL);
        pb_error_hint(err, PB_MSG("`probity controls list` shows all of them."), NULL);
        return PB_INVALID;
    }
    if (!waivable) {
        model_yaml_fail(model_yaml_get(map, "control"), err,
                        PB_MSG("Control {id} may not be waived."), "id", PB_ARG(ret->control),
                        NULL);
        pb_error_hint(err, PB_MSG("Mend what it finds, or take the waiver out."), NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

pb_status audit_waivers_load(const model_source *source, const audit_catalogue *catalogue,
                             pb_arena *arena, audit_waiver **ret_waivers, size_t *ret_count,
                             pb_error *err)
{
    static const char *const keys[] = {"waivers", NULL};
    const model_yaml *root, *list;
    PB_TRY(model_yaml_load(arena, source, &root, err));
    PB_TRY(model_yaml_check_keys(root, keys, err));
    list = model_yaml_get(root, "waivers");
    if (model_yaml_is_null(list)) {
        *ret_waivers = NULL;
        *ret_count = 0;
        return PB_OK;
    }
    PB_TRY(model_yaml_expect(list, MODEL_YAML_LIST, err));
    audit_waiver *waivers = pb_arena_array(arena, list->count + 1, sizeof *waivers);
    if (!waivers)
        return pb_fail_memory(err);
    for (size_t i = 0; i < list->count; i++)
        PB_TRY(waiver_read(list->items[i], catalogue, &waivers[i], err));
    *ret_waivers = waivers;
    *ret_count = list->count;
    return PB_OK;
}
