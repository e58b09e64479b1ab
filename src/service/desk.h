/* What the files of sign-in share. */
#ifndef SERVICE_DESK_H
#define SERVICE_DESK_H

#include "service/signin.h"

struct service_desk {
    pb_arena *arena; /* texts of the options */
    identity_desk identity;
};

/** The visit in the guest's name. */
identity_visit service_visit_of(const identity_visit *visit, const service_guest *guest);

#endif
