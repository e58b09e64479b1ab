/* A control's texts apart from any finding. */
#include "report/report.h"

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
