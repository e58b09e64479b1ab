/* Sockets that others connect to. */
#include "sys/listen.h"

#include "sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/tcp.h> /* glibc's own header lacks the bytes of tcp_info */

enum { WAITING_MAX = 1024, SOCKET_MODE = 0660 };

static pb_status not_there(const char *place, int error_number, pb_error *err)
{
    char room[128];
    pb_status status = error_number == EADDRINUSE                                ? PB_EXISTS
                       : error_number == EACCES || error_number == EPERM         ? PB_DENIED
                       : error_number == EADDRNOTAVAIL || error_number == ENOENT ? PB_NOT_FOUND
                                                                                 : PB_IO;
    pb_fail(err, status, PB_MSG("Nobody can be listened to at {place}."), "place", place, NULL);
    pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason",
                    strerror_r(error_number, room, sizeof room), NULL);
    pb_error_hint(err,
                  status == PB_EXISTS
                      ? PB_MSG("Another program listens there: end it, or choose another port.")
                      : PB_MSG("Choose an address of this machine and a port that you may use."),
                  NULL);
    return status;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        return (ntohl(four->sin_addr.s_addr) >> 24) == 127;
    }
    const struct sockaddr_in6 *six = (const void *)address;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in6 own = {0}; /* the port stands at the same place in both families */
    socklen_t size = sizeof own;
    return getsockname(fd, (struct sockaddr *)&own, &size) == 0 ? ntohs(own.sin6_port) : 0;
}

static int listen_at(const struct addrinfo *address, bool both_families, sys_socket *ret_socket)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int one = 1, only = !both_families;
    if (fd < 0)
        return errno;
    if ((address->ai_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) < 0) ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, WAITING_MAX) < 0) {
        int error_number = errno;
        close(fd);
        return error_number;
    }
    *ret_socket = (sys_socket){fd, port_of(fd), is_loopback(address->ai_addr)};
    return 0;
}

pb_status sys_listen_tcp(const char *host, uint16_t port, sys_socket *ret_socket, pb_error *err)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    char service[8], place[300];
    snprintf(service, sizeof service, "%u", port);
    snprintf(place, sizeof place, "%.280s:%u", host != NULL ? host : "*", port);
    int found = getaddrinfo(host, service, &hints, &list), error_number = EADDRNOTAVAIL;
    if (found != 0) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("Nobody can be listened to at {place}."), "place", place,
                NULL);
        pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason", gai_strerror(found),
                        NULL);
        return PB_NOT_FOUND;
    }
    /* All of this machine is both families by one socket of the newer; a name such as localhost is
     * expected at its older address first. */
    const int families[] = {host == NULL ? AF_INET6 : AF_INET, host == NULL ? AF_INET : AF_INET6};
    for (size_t i = 0; i < 2 && error_number != 0; i++)
        for (const struct addrinfo *one = list; one != NULL && error_number != 0;
             one = one->ai_next)
            if (one->ai_family == families[i])
                error_number = listen_at(one, host == NULL, ret_socket);
    freeaddrinfo(list);
    return error_number == 0 ? PB_OK : not_there(place, error_number, err);
}

/* A socket left behind by a process that is gone answers nobody. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat about;
    if (lstat(address->sun_path, &about) != 0 || !S_ISSOCK(about.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED)
        unlink(address->sun_path);
    close(fd);
}

pb_status sys_listen_unix(const char *path, sys_socket *ret_socket, pb_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return not_there(path, ENAMETOOLONG, err);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return not_there(path, errno, err);
    remove_stale(&address);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, SOCKET_MODE) < 0 || listen(fd, WAITING_MAX) < 0) {
        int error_number = errno;
        close(fd);
        return not_there(path, error_number, err);
    }
    *ret_socket = (sys_socket){fd, 0, true};
    return PB_OK;
}

void sys_socket_end(sys_socket *socket, const char *path)
{
    if (socket->fd >= 0)
        close(socket->fd);
    if (socket->fd >= 0 && path != NULL)
        unlink(path);
    socket->fd = -1;
}

static bool about_tcp(int fd, struct tcp_info *ret_info)
{
    socklen_t size = sizeof *ret_info;
    memset(ret_info, 0, sizeof *ret_info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, ret_info, &size) == 0;
}

uint32_t sys_socket_waiting(int fd)
{
    struct tcp_info info;
    return about_tcp(fd, &info) ? info.tcpi_unacked : 0; /* so the kernel has it for listeners */
}

uint64_t sys_net_received(int fd)
{
    struct tcp_info info;
    return about_tcp(fd, &info) ? info.tcpi_bytes_received : 0;
}

ptrdiff_t sys_net_receive(int fd, void *to, size_t size)
{
    return recv(fd, to, size, MSG_DONTWAIT);
}

ptrdiff_t sys_net_send(int fd, const pb_str *parts, size_t count)
{
    struct iovec vector[16];
    if (count > sizeof vector / sizeof *vector)
        count = sizeof vector / sizeof *vector;
    for (size_t i = 0; i < count; i++)
        vector[i] = (struct iovec){(void *)(uintptr_t)parts[i].ptr, parts[i].len};
    const struct msghdr message = {.msg_iov = vector, .msg_iovlen = count};
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void sys_net_say(int fd, pb_str bytes)
{
    ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent;
}

void sys_net_wait_room(const int *fds, size_t count, int64_t us)
{
    enum { MOST = 1024 };
    struct pollfd waits[MOST];
    if (count > MOST)
        count = MOST;
    for (size_t i = 0; i < count; i++)
        waits[i] = (struct pollfd){.fd = fds[i], .events = POLLOUT};
    poll(waits, count, (int)(us / 1000));
}

int sys_net_again(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void sys_net_shut(int fd, bool both)
{
    shutdown(fd, both ? SHUT_RDWR : SHUT_RD);
}

bool sys_net_unread(int fd)
{
    int bytes = 0;
    return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

void sys_socket_refuse(const sys_socket *socket)
{
    shutdown(socket->fd, SHUT_RDWR);
}

bool sys_net_gone(int fd)
{
    struct pollfd look = {.fd = fd, .events = POLLRDHUP};
    return poll(&look, 1, 0) > 0;
}

void sys_net_address(const void *address, char ret_text[SYS_ADDRESS_MAX])
{
    const struct sockaddr *any = address;
    ret_text[0] = '\0';
    if (any == NULL)
        return;
    if (any->sa_family == AF_INET) {
        const struct sockaddr_in *four = address;
        inet_ntop(AF_INET, &four->sin_addr, ret_text, SYS_ADDRESS_MAX);
    } else if (any->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = address;
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
            inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], ret_text, SYS_ADDRESS_MAX);
        else
            inet_ntop(AF_INET6, &six->sin6_addr, ret_text, SYS_ADDRESS_MAX);
    }
}

uint64_t sys_net_group(const void *address)
{
    const struct sockaddr *any = address;
    uint64_t group = 0;
    if (any != NULL && any->sa_family == AF_INET) {
        const struct sockaddr_in *four = address;
        group = (uint64_t)ntohl(four->sin_addr.s_addr) | (uint64_t)1 << 32;
    } else if (any != NULL && any->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = address;
        uint32_t four;
        memcpy(&four, &six->sin6_addr.s6_addr[12], sizeof four);
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
            return (uint64_t)ntohl(four) | (uint64_t)1 << 32;
        memcpy(&group, &six->sin6_addr, sizeof group);
        group = group != 0 ? group : UINT64_MAX; /* ::1 has no network of its own */
    }
    return group;
}

bool sys_address_parse(const char *text, int family, unsigned char ret_bytes[16])
{
    return inet_pton(family == 4 ? AF_INET : AF_INET6, text, ret_bytes) == 1;
}
