/* The server as a service of systemd. */
#ifndef CLI_SERVE_UNIT_H
#define CLI_SERVE_UNIT_H

#include "command.h"

/** Writes a unit into `folder` that serves as this call of the program says, and says so. */
pb_status serve_unit_write(cli_context *context, const char *folder, pb_error *err);

#endif
