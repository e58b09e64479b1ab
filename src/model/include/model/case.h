/* What the cases that prove a control have in common. */
#ifndef MODEL_CASE_H
#define MODEL_CASE_H

#include "model/yaml.h"

/** A day (`2025-03-31`), as the moment at which it begins in UTC; `*ret_us` stays what it is where
 * the key is not there. */
pb_status model_case_day(const model_yaml *item, const char *key, int64_t *ret_us, pb_error *err);

#endif
