/* What the files about people share. */
#ifndef SERVICE_PEOPLE_PRIVATE_H
#define SERVICE_PEOPLE_PRIVATE_H

#include "service/people.h"

/** Whether who asks may see and change users: PB_DENIED with the rule. */
pb_status service_people_allowed(const service_people_call *call, db_session *session,
                                 pb_error *err);

#endif
