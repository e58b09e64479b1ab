/* Who makes a request: a program by the header Authorization, a browser by a cookie.
 *
 * The cookie is `__Host-probity` over TLS and `probity` without, where this machine's browser asks;
 * no script can read it and no other site's page can send it. What changes something is done by a
 * cookie only for a page of this server.
 */
#ifndef HTTP_WHO_H
#define HTTP_WHO_H

#include "route.h"
#include "service/signin.h"

/** Finds who shows a key or token; without one nobody is signed in, and `request->who` stays NULL.
 * PB_DENIED (401) for one that is none, PB_LIMIT (429) for a key that asks too often. May wait. */
pb_status http_who(http_request *request, http_response *response, pb_error *err);
/** PB_DENIED (401) when nobody is signed in. */
pb_status http_need_somebody(const http_request *request, http_response *response, pb_error *err);
/** Where a request comes from; `known` is what this browser keeps of an earlier sign-in. */
identity_visit http_visit(const http_request *request);
/** When the next try is good. */
void http_retry_after(http_response *response, int64_t wait_us);

/** Whether a page of this server asks: PB_DENIED otherwise. */
pb_status http_need_own_page(const http_request *request, pb_error *err);
/** Keeps a token in the browser until it is closed, `device` (absent: none) for a year; an absent
 * `token` ends it. PB_USAGE where it would go over the network in the open. */
pb_status http_cookie_put(const http_request *request, http_response *response, pb_str token,
                          pb_str device, pb_error *err);

#endif
