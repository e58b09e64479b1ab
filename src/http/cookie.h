/* What a browser keeps for this server: RFC 6265. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "route.h"

/** The token of a session, and what makes this browser known; absent: none. */
pb_str http_cookie_token(const http_request *request);
pb_str http_cookie_device(const http_request *request);

#endif
