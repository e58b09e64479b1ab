/* Reports by group: how many records there are by what they have in common, and what their numbers
 * come to, as somebody may see it.
 *
 * Who asks must be allowed the operation `report`; the records counted are those that it is allowed
 * for, and a field that is hidden or masked is neither grouped by nor reckoned with. What was told
 * of personal data is an event like any reading. Threads: any number of calls at once.
 */
#ifndef SERVICE_GROUPS_H
#define SERVICE_GROUPS_H

#include "record/groups.h"
#include "service/records.h"

typedef struct service_groups {
    record_groups groups;
    const pb_str *titles[RECORD_GROUPS_BY]; /* of links, by group: what the record is called; absent
                                               where it may not be seen; NULL: no link */
} service_groups;

/** `asked` says no `access` and `context`. All of it lives in `arena`. */
pb_status service_groups_read(const service_call *call, db_workspace *workspace,
                              record_groups_asked asked, pb_arena *arena,
                              service_groups *ret_groups, pb_error *err);

#endif
