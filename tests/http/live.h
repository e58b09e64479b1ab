/* A server that runs, and clients that speak to it byte by byte. */
#ifndef TESTS_HTTP_LIVE_H
#define TESTS_HTTP_LIVE_H

#include "program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { LIVE_ANSWER = 8 << 20, LIVE_PATIENCE_MS = 60000 };

typedef struct live_answer {
    int status; /* 0: none came */
    bool ended; /* the server closed the connection */
    size_t length;
    char text[LIVE_ANSWER]; /* all that came, NUL-terminated */
} live_answer;

static inline int live_connect(unsigned port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* What the other side does not want any more is no failure of the test. */
static inline void live_send(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

/* Whether `text` holds a whole answer with the body that it announces. */
static inline bool live_is_whole(const char *text, size_t length)
{
    const char *end = strstr(text, "\r\n\r\n"), *size = strstr(text, "Content-Length: ");
    if (end == NULL)
        return false;
    if (size == NULL || size > end)
        return strstr(text, "Transfer-Encoding: chunked") == NULL;
    return length >= (size_t)(end + 4 - text) + strtoul(size + 16, NULL, 10);
}

/** Reads until a whole answer is there (`to_end`: until the server closes). Freed by the caller. */
static inline live_answer *live_read(int fd, bool to_end)
{
    live_answer *answer = calloc(1, sizeof *answer);
    assert_non_null(answer);
    while (to_end || !live_is_whole(answer->text, answer->length)) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, LIVE_PATIENCE_MS) <= 0)
            fail_msg("Nothing more came in a minute. Until then:\n%s", answer->text);
        ssize_t got = recv(fd, answer->text + answer->length, LIVE_ANSWER - 1 - answer->length, 0);
        if (got <= 0) {
            answer->ended = true;
            break;
        }
        answer->length += (size_t)got;
    }
    if (strncmp(answer->text, "HTTP/1.1 ", 9) == 0)
        answer->status = (int)strtol(answer->text + 9, NULL, 10);
    return answer;
}

/** Sends bytes on a connection of their own and reads until the server closes it. */
static inline live_answer *live_raw(unsigned port, const char *bytes, size_t size)
{
    int fd = live_connect(port);
    live_send(fd, bytes, size);
    live_answer *answer = live_read(fd, true);
    close(fd);
    return answer;
}

/** Waits until the file holds a line that begins with `begin`; `*ret_port` is the number behind the
 * last colon of it. */
static inline void live_await(const char *folder, const char *name, const char *begin, pid_t child,
                              unsigned *ret_port)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (;;) {
        char *text = access(path, R_OK) == 0 ? program_slurp(path) : calloc(1, 1);
        const char *line = strstr(text, begin);
        if (line != NULL && strchr(line, '\n') != NULL) {
            const char *at = strchr(line, '\n');
            while (*at != ':')
                at--;
            *ret_port = (unsigned)strtoul(at + 1, NULL, 10);
            free(text);
            return;
        }
        free(text);
        if (waitpid(child, NULL, WNOHANG) != 0)
            fail_msg("The server ended before it served");
        usleep(5000);
    }
}

#endif
