/* A control's texts apart from any finding. */
#include "report/control.h"

void report_control_says(const pb_catalog *catalog, const audit_control *control, pb_str id,
                         bool whole, pb_buf *out)
{
    pb_str none = PB_STR("…");
    const pb_arg args[] = {
        {"entity", control->entity != NULL && !whole
                       ? pb_translate_str(catalog, control->entity->label)
                       : none},
        {"entities", control->entity != NULL && !whole
                         ? pb_translate_str(catalog, control->entity->plural)
                         : none},
        {"field", control->field != NULL && !whole
                      ? pb_translate_str(catalog, control->field->label)
                      : none},
        {"failing", none},
        {"population", none},
        {"share", none},
        {"fixable", none},
        {"amount", none},
    };
    pb_format(out, pb_translate_str(catalog, id), args, sizeof args / sizeof *args);
}

void report_control_put_head(pb_json *json, const audit_control *control)
{
    pb_json_member(json, "id", control->id);
    pb_json_member(json, "area", control->area);
    pb_json_member(json, "grade", pb_str_c(model_grade_name(control->grade)));
}

static void put_maps(pb_json *json, const audit_control *control)
{
    pb_json_key(json, "maps");
    pb_json_array(json);
    for (size_t i = 0; i < control->map_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "standard", control->maps[i].standard);
        pb_json_member(json, "clause", control->maps[i].clause);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

void report_control_put_words(pb_json *json, const pb_catalog *catalog,
                              const audit_control *control, bool whole)
{
    const struct {
        const char *name;
        pb_str text;
    } parts[] = {{"title", control->title},   {"criterion", control->criterion},
                 {"why", control->why},       {"cause", control->cause},
                 {"effect", control->effect}, {"remedy", control->remedy}};
    for (size_t i = 0; i < (whole ? sizeof parts / sizeof *parts : 1); i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        report_control_says(catalog, control, parts[i].text, false, &text);
        pb_json_member(json, parts[i].name, pb_buf_str(&text));
    }
    pb_json_key(json, "requirements");
    pb_json_array(json);
    for (size_t i = 0; i < control->requirements.count; i++)
        pb_json_str(json, control->requirements.items[i]);
    pb_json_array_end(json);
    put_maps(json, control);
}
