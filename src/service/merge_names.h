/* From what people call records to their ids. */
#ifndef SERVICE_MERGE_NAMES_H
#define SERVICE_MERGE_NAMES_H

#include "service/merge.h"

/** The record called `name`: by id (merged ones too, as they are), source id or key. `*entity`
 * NULL: of any entity, which is then set. PB_NOT_FOUND, or PB_CONFLICT when several are called so.
 */
pb_status service_named(db_session *session, const model_schema *schema, pb_str name,
                        const model_entity **entity, pb_uuid *ret_id, pb_error *err);

#endif
