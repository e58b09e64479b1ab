/* The two kinds of standby. */
#ifndef CLI_COMMAND_STANDBY_H
#define CLI_COMMAND_STANDBY_H

#include "command.h"

/** standby, when the workspace lies on a server. */
pb_status cli_standby_server(cli_context *context, int *ret_exit, pb_error *err);

#endif
