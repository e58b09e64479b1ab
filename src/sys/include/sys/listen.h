/* Sockets that others connect to.
 *
 * Threads: any; a socket is ended once.
 */
#ifndef SYS_LISTEN_H
#define SYS_LISTEN_H

#include "base/error.h"

enum { SYS_ADDRESS_MAX = 64 };

/** A socket that listens. */
typedef struct sys_socket {
    int fd;
    uint16_t port; /* the one taken where any was asked for; 0: a Unix socket */
    bool loopback; /* only this machine reaches it */
} sys_socket;

/** Listens on TCP at the first address of `host` (a name or an address; absent: all of this
 * machine); `port` 0 takes any that is free. PB_EXISTS when another holds the port. Owner: the
 * caller, sys_socket_end. */
pb_status sys_listen_tcp(const char *host, uint16_t port, sys_socket *ret_socket, pb_error *err);
/** Listens at a path, for this user and group (mode 660). A socket that nobody answers at is
 * replaced; anything else there is PB_EXISTS. */
pb_status sys_listen_unix(const char *path, sys_socket *ret_socket, pb_error *err);
/** Stops; with `path` the Unix socket's name goes, too. Nothing for fd -1. */
void sys_socket_end(sys_socket *socket, const char *path);
/** Connections that wait to be taken, where the system tells; else 0. */
uint32_t sys_socket_waiting(int fd);

/** Sends texts one behind the other without waiting, at most 16, as sendmsg does: how many bytes,
 * or -1 (errno with it). */
ptrdiff_t sys_net_send(int fd, const pb_str *parts, size_t count);
/** Receives what is there without waiting, as recv does (errno with it). */
ptrdiff_t sys_net_receive(int fd, void *to, size_t size);
/** Sends as much as goes without waiting; what does not is lost. */
void sys_net_say(int fd, pb_str bytes);
/** Until one of the sockets (at most 1024) takes bytes, or ended; at most so long. */
void sys_net_wait_room(const int *fds, size_t count, int64_t us);
/** The same connection by another number, which outlives the first; -1: there are no more. Owner:
 * the caller, sys_net_close. */
int sys_net_again(int fd);
/** The other side is no longer listened to; with `both` it is no longer answered either. */
void sys_net_shut(int fd, bool both);
/** Whether the other side has closed, or said that nothing more comes. */
bool sys_net_gone(int fd);
/** Whether something came that was not received yet. */
bool sys_net_unread(int fd);
/** Stops listening: who connected and was not taken yet is told that nobody is here. The socket is
 * still to be ended. */
void sys_socket_refuse(const sys_socket *socket);
/** Bytes that came over a TCP connection so far; 0 where the system does not tell. */
uint64_t sys_net_received(int fd);
/** Reads an address as text; `family` 4 (4 bytes) or 6 (16 bytes). */
bool sys_address_parse(const char *text, int family, unsigned char ret_bytes[16]);
/** A number for the network that a `struct sockaddr` lies in, to count by: an IPv4 address, the
 * first 64 bits of an IPv6 address (one household or machine has them all); 0: a Unix socket. */
uint64_t sys_net_group(const void *address);
/** The address in a `struct sockaddr`, as text without the port; empty for a Unix socket. */
void sys_net_address(const void *address, char ret_text[SYS_ADDRESS_MAX]);

#endif
