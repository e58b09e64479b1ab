/* What values a record would have, were its inputs written: the road to a record up to where
 * writing begins. For who compares or counts what stands in files and keeps nothing.
 *
 * Values that are not valid are kept as RECORD_KEEP keeps them. Refuses: resolving references (a
 * link's value is the reference's text), remarks about values. Threads: one object, one thread;
 * several may read at once.
 */
#ifndef RECORD_VALUES_H
#define RECORD_VALUES_H

#include "record/record.h"

typedef struct record_values record_values;

/** `schema` must outlive it. Owner: the caller, record_values_free. */
pb_status record_values_new(const model_schema *schema, int64_t now_us, record_values **ret_values,
                            pb_error *err);
/** The values that record_create would store, in the order of entity->fields; texts live until the
 * next call. A date that is none is the text that was written instead. `source_id` may be absent;
 * it comes back as it would be stored. */
pb_status record_values_read(record_values *values, const model_entity *entity,
                             const record_input *inputs, size_t count, pb_str *source_id,
                             const pb_value **ret_values, pb_error *err);
/** Takes NULL, returns NULL. */
record_values *record_values_free(record_values *values);

#endif
