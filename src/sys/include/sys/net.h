/* Connections over TCP, for libraries that speak over one.
 *
 * Threads: any.
 */
#ifndef SYS_NET_H
#define SYS_NET_H

#include "base/error.h"

/** Connects to the first address of `host` that answers, `timeout_ms` for each; reads and writes on
 * it then give up after a minute without a byte. PB_BUSY when none does. Owner of the descriptor:
 * the caller, sys_net_close. */
pb_status sys_net_connect(const char *host, const char *port, int timeout_ms, int *ret_fd,
                          pb_error *err);
void sys_net_close(int fd);
/** Waits until a socket of a library's can be read (or a signal came), `us` microseconds at most;
 * negative: as long as it takes. */
void sys_socket_wait(int fd, int64_t us);

#endif
