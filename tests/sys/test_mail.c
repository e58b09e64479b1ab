/* Asking for mail domains, against a name server of the test's own on the loopback. */
#include "sys/mail.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28, PACKET = 512 };

typedef struct server {
    int socket;
    char address[40]; /* 127.0.0.1:port */
    atomic_bool stop;
    atomic_int questions;
    pthread_t thread;
} server;

/* What the server knows: a name's first label, a type, the data of its one record. */
static const struct {
    const char *label;
    int type;
    const char *data;
    size_t len;
} records[] = {
    {"mail", TYPE_MX, "\x00\x0a\x02mx\xc0\x0c", 7},
    {"null", TYPE_MX, "\x00\x00\x00", 3},
    {"four", TYPE_A, "\xc0\x00\x02\x01", 4},
    {"six", TYPE_AAAA, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16},
};

/* The answer in place of the question; 0: silence. */
static size_t answer(uint8_t *packet, size_t len)
{
    size_t name = 12, end = name;
    char label[64] = "";
    while (end < len && packet[end] != 0)
        end += packet[end] + 1u;
    int type = packet[end + 1] << 8 | packet[end + 2];
    memcpy(label, packet + name + 1, packet[name]);
    if (strcmp(label, "silent") == 0)
        return 0;
    packet[2] |= 0x80; /* a response */
    packet[3] = strcmp(label, "gone") == 0 ? 3 : strcmp(label, "broken") == 0 ? 2 : 0;
    memset(packet + 6, 0, 6);
    len = end + 5;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        bool many = strncmp(label, "many", 4) == 0 && records[i].type == TYPE_MX && i == 0;
        if (type != records[i].type || !(many || strcmp(label, records[i].label) == 0))
            continue;
        const uint8_t head[] = {0xc0, 0x0c, 0, (uint8_t)type,          0, 1, 0, 0,
                                0,    60,   0, (uint8_t)records[i].len};
        packet[7] = 1;
        memcpy(packet + len, head, sizeof head);
        memcpy(packet + len + sizeof head, records[i].data, records[i].len);
        len += sizeof head + records[i].len;
    }
    return len;
}

static void *serve(void *arg)
{
    server *s = arg;
    while (!atomic_load(&s->stop)) {
        struct pollfd wait = {.fd = s->socket, .events = POLLIN};
        uint8_t packet[PACKET] = {0};
        struct sockaddr_in from;
        socklen_t from_len = sizeof from;
        if (poll(&wait, 1, 20) <= 0)
            continue;
        ssize_t len =
            recvfrom(s->socket, packet, PACKET / 2, 0, (struct sockaddr *)&from, &from_len);
        if (len < 17)
            continue;
        atomic_fetch_add(&s->questions, 1);
        size_t out = answer(packet, (size_t)len);
        if (out > 0)
            sendto(s->socket, packet, out, 0, (struct sockaddr *)&from, from_len);
    }
    return NULL;
}

static void start(server *s)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;
    memset(s, 0, sizeof *s);
    s->socket = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(s->socket >= 0);
    assert_int_equal(bind(s->socket, (struct sockaddr *)&here, len), 0);
    assert_int_equal(getsockname(s->socket, (struct sockaddr *)&here, &len), 0);
    snprintf(s->address, sizeof s->address, "127.0.0.1:%d", ntohs(here.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(server *s)
{
    atomic_store(&s->stop, true);
    pthread_join(s->thread, NULL);
    close(s->socket);
}

/* shows: DQ-1 DQ-8 */
static void each_answer_gets_its_verdict(void **state)
{
    (void)state;
    static const struct {
        const char *domain;
        sys_mail verdict;
    } cases[] = {
        {"mail.test", SYS_MAIL_TAKEN},
        {"four.test", SYS_MAIL_TAKEN},
        {"six.test", SYS_MAIL_TAKEN},
        {"null.test", SYS_MAIL_REFUSED},
        {"gone.test", SYS_MAIL_NO_DOMAIN},
        {"empty.test", SYS_MAIL_NO_HOST},
        {"broken.test", SYS_MAIL_UNKNOWN},
        {"silent.test", SYS_MAIL_UNKNOWN},
        {"", SYS_MAIL_UNKNOWN},
    };
    enum { CASES = sizeof cases / sizeof *cases };
    pb_str domains[CASES];
    sys_mail verdicts[CASES];
    pb_error err = {0};
    server s;
    start(&s);
    for (size_t i = 0; i < CASES; i++)
        domains[i] = pb_str_c(cases[i].domain);
    sys_mail_options options = {.servers = s.address, .timeout_ms = 100, .tries = 2, .parallel = 3};
    assert_int_equal(sys_mail_domains(domains, CASES, &options, verdicts, &err), PB_OK);
    stop(&s);
    for (size_t i = 0; i < CASES; i++)
        if (verdicts[i] != cases[i].verdict)
            fail_msg("%s: %d, wanted %d", cases[i].domain, (int)verdicts[i], (int)cases[i].verdict);
}

/* shows: DQ-1 */
static void many_domains_are_asked_side_by_side(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    static char names[MANY][24];
    static pb_str domains[MANY];
    static sys_mail verdicts[MANY];
    pb_error err = {0};
    server s;
    start(&s);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "%s%zu.test", i % 4 == 0 ? "x" : "many", i);
        domains[i] = pb_str_c(names[i]);
    }
    sys_mail_options options = {.servers = s.address, .timeout_ms = 500};
    assert_int_equal(sys_mail_domains(domains, MANY, &options, verdicts, &err), PB_OK);
    int questions = atomic_load(&s.questions);
    stop(&s);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(verdicts[i], i % 4 == 0 ? SYS_MAIL_NO_HOST : SYS_MAIL_TAKEN);
    assert_in_range(questions, MANY + MANY / 2, 2 * MANY + MANY / 4);
}

static bool stop_at_once(void *context, size_t done, size_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return true;
}

/* shows: AUD-10 */
static void what_cannot_be_asked_is_told(void **state)
{
    (void)state;
    pb_str domain = PB_STR("silent.test");
    sys_mail verdict = SYS_MAIL_TAKEN;
    pb_error err = {0};
    server s;
    sys_mail_options bad = {.servers = "no address"};
    assert_int_equal(sys_mail_domains(&domain, 1, &bad, &verdict, &err), PB_USAGE);
    start(&s);
    sys_mail_options stopped = {.servers = s.address, .timeout_ms = 50, .progress = stop_at_once};
    assert_int_equal(sys_mail_domains(&domain, 1, &stopped, &verdict, &err), PB_CANCELLED);
    stop(&s);
    /* Nobody listens there any more. */
    sys_mail_options nobody = {.servers = s.address, .timeout_ms = 50, .tries = 1};
    assert_int_equal(sys_mail_domains(&domain, 1, &nobody, &verdict, &err), PB_OK);
    assert_int_equal(verdict, SYS_MAIL_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_gets_its_verdict),
        cmocka_unit_test(many_domains_are_asked_side_by_side),
        cmocka_unit_test(what_cannot_be_asked_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
