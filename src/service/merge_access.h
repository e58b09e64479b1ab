/* Who may merge what, and what of a merge they see. Without a policy nothing is decided or taken
 * out. */
#ifndef SERVICE_MERGE_ACCESS_H
#define SERVICE_MERGE_ACCESS_H

#include "access.h"
#include "service/merge.h"

/** Every record named, the survivor and those that values are taken from must be such as may be
 * merged, and fields chosen by hand such as may be written. PB_NOT_FOUND for what may not be seen,
 * PB_DENIED. */
pb_status merge_may(const service_access *access, const service_merge_ask *ask, pb_arena *arena,
                    pb_error *err);
/** Fills `merged->seen` and takes out of everything else what does not show. */
pb_status merge_see(const service_access *access, service_merged *merged, pb_arena *arena,
                    pb_error *err);
/** The record named, and the one it leads to. */
pb_status merge_may_part(const service_access *access, const model_entity *entity, const char *name,
                         pb_arena *arena, pb_error *err);
/** Likewise of a merge taken apart. */
pb_status merge_see_parted(const service_access *access, service_unmerged *unmerged,
                           pb_arena *arena, pb_error *err);

#endif
