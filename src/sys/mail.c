#include "sys/mail.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 2000, TRIES = 3, PARALLEL = 32, NAME_LENGTH = 254, ADDRESSES = 1 };

typedef struct asking asking;

/* One domain on its way: MX first, then A, then AAAA. */
typedef struct question {
    asking *all;
    size_t index;
    int type;
    char name[NAME_LENGTH];
} question;

struct asking {
    ares_channel channel;
    const pb_str *domains;
    sys_mail *verdicts;
    size_t open, done;
};

static void answered(void *arg, int status, int timeouts, unsigned char *bytes, int len);

static void ask(question *q, int type)
{
    q->type = type;
    ares_query(q->all->channel, q->name, ns_c_in, type, answered, q);
}

static void settle(question *q, sys_mail verdict)
{
    q->all->verdicts[q->index] = verdict;
    q->all->open--;
    q->all->done++;
    free(q);
}

/* NULL MX: one record whose host is the root (RFC 7505). */
static sys_mail judge_mx(unsigned char *bytes, int len, int *ret_status)
{
    struct ares_mx_reply *list = NULL;
    *ret_status = ares_parse_mx_reply(bytes, len, &list);
    if (*ret_status != ARES_SUCCESS || list == NULL)
        return SYS_MAIL_UNKNOWN;
    bool root = list->host == NULL || list->host[0] == '\0' || strcmp(list->host, ".") == 0;
    sys_mail verdict = root && list->next == NULL ? SYS_MAIL_REFUSED : SYS_MAIL_TAKEN;
    ares_free_data(list);
    return verdict;
}

static bool has_address(int type, unsigned char *bytes, int len)
{
    int count = ADDRESSES;
    if (type == ns_t_a) {
        struct ares_addrttl four[ADDRESSES];
        return ares_parse_a_reply(bytes, len, NULL, four, &count) == ARES_SUCCESS && count > 0;
    }
    struct ares_addr6ttl six[ADDRESSES];
    return ares_parse_aaaa_reply(bytes, len, NULL, six, &count) == ARES_SUCCESS && count > 0;
}

static void answered(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
    question *q = arg;
    (void)timeouts;
    if (status == ARES_ENOTFOUND) {
        settle(q, SYS_MAIL_NO_DOMAIN);
        return;
    }
    if (status == ARES_SUCCESS && q->type == ns_t_mx) {
        sys_mail verdict = judge_mx(bytes, len, &status);
        if (verdict != SYS_MAIL_UNKNOWN) {
            settle(q, verdict);
            return;
        }
    } else if (status == ARES_SUCCESS) {
        if (has_address(q->type, bytes, len)) {
            settle(q, SYS_MAIL_TAKEN);
            return;
        }
        status = ARES_ENODATA;
    }
    if (status != ARES_ENODATA)
        settle(q, SYS_MAIL_UNKNOWN);
    else if (q->type == ns_t_mx)
        ask(q, ns_t_a);
    else if (q->type == ns_t_a)
        ask(q, ns_t_aaaa);
    else
        settle(q, SYS_MAIL_NO_HOST);
}

static pb_status begin(asking *all, size_t index, pb_error *err)
{
    pb_str domain = all->domains[index];
    all->verdicts[index] = SYS_MAIL_UNKNOWN;
    if (domain.len == 0 || domain.len >= NAME_LENGTH) {
        all->done++;
        return PB_OK;
    }
    question *q = calloc(1, sizeof *q);
    if (q == NULL)
        return pb_fail_memory(err);
    q->all = all;
    q->index = index;
    memcpy(q->name, domain.ptr, domain.len);
    all->open++;
    ask(q, ns_t_mx);
    return PB_OK;
}

/* Waits for the next answer or the end of a try, and lets c-ares take it in. */
static void wait_once(asking *all)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd polls[ARES_GETSOCK_MAXNUM];
    struct timeval limit = {.tv_sec = 1, .tv_usec = 0}, room;
    nfds_t count = 0;
    int bits = ares_getsock(all->channel, sockets, ARES_GETSOCK_MAXNUM);
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        /* as ARES_GETSOCK_READABLE and _WRITABLE, which shift a signed one into the sign */
        bool in = ((unsigned)bits >> i & 1) != 0;
        bool out = ((unsigned)bits >> (i + ARES_GETSOCK_MAXNUM) & 1) != 0;
        if (in || out)
            polls[count++] = (struct pollfd){
                .fd = sockets[i], .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0))};
    }
    struct timeval *wait = ares_timeout(all->channel, &limit, &room);
    int ready = poll(polls, count, (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1));
    if (ready <= 0)
        ares_process_fd(all->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    for (nfds_t i = 0; ready > 0 && i < count; i++) {
        bool in = (polls[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
        bool out = (polls[i].revents & POLLOUT) != 0;
        if (in || out)
            ares_process_fd(all->channel, in ? polls[i].fd : ARES_SOCKET_BAD,
                            out ? polls[i].fd : ARES_SOCKET_BAD);
    }
}

static pb_status open_channel(const sys_mail_options *options, ares_channel *ret, pb_error *err)
{
    struct ares_options set = {
        .flags = ARES_FLAG_NOSEARCH,
        .timeout = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS,
        .tries = options->tries > 0 ? options->tries : TRIES,
    };
    int status = ares_init_options(ret, &set, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status == ARES_ENOMEM)
        return pb_fail_memory(err);
    if (status != ARES_SUCCESS) {
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("Name servers cannot be asked"), NULL);
        pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason", ares_strerror(status),
                        NULL);
        return PB_UNSUPPORTED;
    }
    if (options->servers == NULL ||
        ares_set_servers_ports_csv(*ret, options->servers) == ARES_SUCCESS)
        return PB_OK;
    ares_destroy(*ret);
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no list of name servers"), "value",
            options->servers, NULL);
    pb_error_hint(err, PB_MSG("Write addresses, such as 192.0.2.1 or 192.0.2.1:53, with commas."),
                  NULL);
    return PB_USAGE;
}

static pb_status ask_all(asking *all, size_t count, const sys_mail_options *options, pb_error *err)
{
    size_t parallel = options->parallel > 0 ? options->parallel : PARALLEL, next = 0;
    while (all->done < count) {
        while (next < count && all->open < parallel)
            PB_TRY(begin(all, next++, err));
        if (all->open > 0)
            wait_once(all);
        if (options->progress != NULL && options->progress(options->context, all->done, count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("The audit was stopped."), NULL);
    }
    return PB_OK;
}

pb_status sys_mail_domains(const pb_str *domains, size_t count, const sys_mail_options *options,
                           sys_mail *ret_verdicts, pb_error *err)
{
    asking all = {.domains = domains, .verdicts = ret_verdicts};
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return pb_fail_memory(err);
    pb_status status = open_channel(options, &all.channel, err);
    if (status == PB_OK) {
        status = ask_all(&all, count, options, err);
        /* What is still open gets its answer "destroyed", and its memory back, here. */
        ares_destroy(all.channel);
    }
    ares_library_cleanup();
    return status;
}
