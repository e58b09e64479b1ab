/* What the cases that prove a control have in common. */
#include "model/case.h"

#include "base/time.h"

pb_status model_case_day(const model_yaml *item, const char *key, int64_t *ret_us, pb_error *err)
{
    const model_yaml *node = model_yaml_get(item, key);
    int64_t days;
    if (node == NULL)
        return PB_OK;
    if (!pb_date_parse(node->text, &days))
        return model_yaml_fail(node, err, PB_MSG("“{value}” is no date."), "value",
                               PB_ARG(node->text), NULL);
    *ret_us = days * PB_US_PER_DAY;
    return PB_OK;
}
