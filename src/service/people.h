/* What the files about people share. */
#ifndef SERVICE_PEOPLE_PRIVATE_H
#define SERVICE_PEOPLE_PRIVATE_H

#include "access.h"
#include "service/people.h"

/** Whether who asks may see and change users: PB_DENIED with the rule. `widens`: somebody comes to
 * hold more by it, which asks for a fresh proof of who it is (service_need_proof). */
pb_status service_people_allowed(const service_people_call *call, db_session *session, bool widens,
                                 service_denial *denial, pb_error *err);
/** Notes a refusal; see service_refused. */
pb_status service_people_refused(const service_people_call *call, db_workspace *workspace,
                                 const service_denial *denial, pb_status status, pb_error *err);
/** The user of that id, or of that sign-in name. PB_NOT_FOUND. */
pb_status service_user_find(db_session *session, pb_str name, pb_uuid *ret_id, pb_error *err);

#endif
