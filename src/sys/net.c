/* Connections over TCP. */
#include "sys/net.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { IDLE_SECONDS = 60 };

/* Waits for a connection begun without waiting; 0 or an error number. */
static int await(int fd, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error_number = 0;
    socklen_t size = sizeof error_number;
    int ready;
    do
        ready = poll(&wait, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return ready == 0 ? ETIMEDOUT : errno;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size) < 0)
        return errno;
    return error_number;
}

static int set_up(int fd)
{
    struct timeval idle = {.tv_sec = IDLE_SECONDS};
    int one = 1;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof idle) < 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0)
        return errno;
    return 0;
}

static int try_one(const struct addrinfo *address, int timeout_ms, int *ret_fd)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    int error_number = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error_number == EINPROGRESS)
        error_number = await(fd, timeout_ms);
    if (error_number == 0)
        error_number = set_up(fd);
    if (error_number == 0)
        *ret_fd = fd;
    else
        close(fd);
    return error_number;
}

static pb_status unreachable(const char *host, const char *port, const char *reason, pb_error *err)
{
    pb_fail(err, PB_BUSY, PB_MSG("{host}, port {port}, could not be reached."), "host", host,
            "port", port, NULL);
    pb_error_detail(err, PB_MSG("The network says: {reason}"), "reason", reason, NULL);
    pb_error_hint(err, PB_MSG("Check the network and the name of the server, then try again."),
                  NULL);
    return PB_BUSY;
}

pb_status sys_net_connect(const char *host, const char *port, int timeout_ms, int *ret_fd,
                          pb_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
    char room[128];
    int found = getaddrinfo(host, port, &hints, &list);
    int error_number = EHOSTUNREACH;
    if (found != 0)
        return unreachable(host, port, gai_strerror(found), err);
    for (const struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        error_number = try_one(one, timeout_ms, ret_fd);
        if (error_number == 0)
            break;
    }
    freeaddrinfo(list);
    return error_number == 0
               ? PB_OK
               : unreachable(host, port, strerror_r(error_number, room, sizeof room), err);
}

void sys_net_close(int fd)
{
    close(fd);
}

void sys_socket_wait(int fd, int64_t us)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int64_t ms = us < 0 ? -1 : us / 1000 + 1;
    poll(&wait, 1, ms > INT_MAX ? INT_MAX : (int)ms);
}
