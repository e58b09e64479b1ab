/* How people sign in where a workspace is served: what the options of `serve` say of it. */
#ifndef CLI_SERVE_DESK_H
#define CLI_SERVE_DESK_H

#include "command.h"
#include "service/signin.h"

/** Reads --site, --origin, --breached, --session-idle and --session-lasts. Texts live as long as
 * the context. PB_INVALID: a site that is no domain, an origin that is no page of it. */
pb_status serve_desk_read(cli_context *context, const char *const *listen, size_t listen_count,
                          service_desk_options *ret_options, pb_error *err);

#endif
