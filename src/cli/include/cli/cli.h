/* The command line: one of the faces of service.
 *
 * Parser, help, manual page and completion follow from declare/commands.yaml.
 * Refuses: any logic of its own about records, controls or files beyond showing them.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "service/service.h"

/** Runs one command. Prints to standard output and error; returns the exit code: 0 done, 1 the
 * audit found something that fails, 2 could not run. `assets` are the files built into the program.
 */
int cli_main(const service_asset *assets, size_t asset_count, const char *version, int argc,
             char **argv);

#endif
