/* Who makes a request. */
#ifndef HTTP_WHO_H
#define HTTP_WHO_H

#include "route.h"

/** Finds who shows a key or token in the header Authorization; without one nobody is signed in,
 * and `request->who` stays NULL. PB_DENIED (401) for one that is none. May wait. */
pb_status http_who(http_request *request, http_response *response, pb_error *err);

#endif
