/* Many clients at once, of all kinds: who reads, writes, searches, and who goes away in the midst
 * of it. Nothing but what is meant to be is answered; the end of the server in the middle of it
 * loses nothing that it answered. With `long`, for ten minutes, in which memory stays what it was.
 */
#include "client.h"
#include "memory.h"

#include <dirent.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    VISITORS = 12,
    OVER_TLS = 4, /* each fourth of them */
    SHORT_ASKED = 1200,
    LONG_SECONDS = 600,
    IDS = 512,
    ANSWER = 1 << 20,
    FLAT_KIB = 24 << 10,
    IDLE_BYTES = 30000000
};

typedef struct load {
    unsigned port, tls;
    char header[200];
    gnutls_certificate_credentials_t credentials;
    atomic_bool stopping;
    atomic_uint asked, vanished;
} load;

typedef struct visitor {
    load *l;
    pthread_t thread;
    unsigned number;
    uint64_t random;
    int fd; /* -1: not connected */
    gnutls_session_t session;
    char ids[IDS][40]; /* the last contacts made, that nothing else happens to */
    size_t made;
    char own[40], tag[40]; /* a contact that is changed all the time */
    char surprise[600];
    char *answer;
} visitor;

/* The same for each run. */
static unsigned throw_dice(visitor *v, unsigned sides)
{
    v->random = v->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(v->random >> 33) % sides;
}

/* ---- lines ---- */

static void hang_up(visitor *v, bool reset)
{
    const struct linger at_once = {.l_onoff = 1};
    if (v->fd < 0)
        return;
    if (v->session != NULL)
        gnutls_deinit(v->session);
    if (reset)
        setsockopt(v->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(v->fd);
    v->session = NULL;
    v->fd = -1;
}

static bool shake(visitor *v)
{
    int code;
    if (gnutls_init(&v->session, GNUTLS_CLIENT) != 0)
        return false;
    gnutls_set_default_priority(v->session);
    gnutls_credentials_set(v->session, GNUTLS_CRD_CERTIFICATE, v->l->credentials);
    gnutls_transport_set_int(v->session, v->fd);
    do
        code = gnutls_handshake(v->session);
    while (code < 0 && !gnutls_error_is_fatal(code));
    return code == 0;
}

static bool ring_up(visitor *v)
{
    bool tls = v->number % OVER_TLS == 0;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)(tls ? v->l->tls : v->l->port)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    if (v->fd >= 0)
        return true;
    v->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (v->fd < 0)
        return false;
    setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(v->fd, (struct sockaddr *)&to, sizeof to) == 0 && (!tls || shake(v)))
        return true;
    hang_up(v, false);
    return false;
}

static void say(visitor *v, const char *bytes, size_t size)
{
    while (v->session != NULL && size > 0) {
        ssize_t sent = gnutls_record_send(v->session, bytes, size);
        if (sent <= 0 && sent != GNUTLS_E_AGAIN && sent != GNUTLS_E_INTERRUPTED)
            return;
        bytes += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
    if (v->session == NULL)
        live_send(v->fd, bytes, size);
}

static ssize_t hear(visitor *v, char *to, size_t size)
{
    ssize_t got;
    if (v->session == NULL)
        return recv(v->fd, to, size, 0);
    do
        got = gnutls_record_recv(v->session, to, size);
    while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
    return got;
}

/* The status of a whole answer; 0: the server closed without one; -1: in the midst of one. */
static int read_answer(visitor *v)
{
    size_t length = 0;
    v->answer[0] = '\0';
    while (!live_is_whole(v->answer, length)) {
        ssize_t got = hear(v, v->answer + length, ANSWER - 1 - length);
        if (got <= 0)
            return length == 0 ? 0 : -1;
        length += (size_t)got;
        v->answer[length] = '\0';
    }
    return strncmp(v->answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(v->answer + 9, NULL, 10) : -1;
}

/* ---- asking ---- */

static size_t word(visitor *v, const char *method, const char *path, const char *more,
                   const char *body, char *text, size_t room)
{
    int size = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s", method, path,
                        v->l->header, more);
    size += body == NULL
                ? snprintf(text + size, room - (size_t)size, "\r\n")
                : snprintf(text + size, room - (size_t)size,
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                           strlen(body), body);
    return (size_t)size;
}

/* Goes away with the request half sent, the answer not read, or half of it read. */
static void vanish(visitor *v, const char *text, size_t size)
{
    char some[100];
    switch (throw_dice(v, 4)) {
    case 0:
        say(v, text, size / 2);
        break;
    case 1:
        say(v, text, size - 1);
        break;
    case 2:
        say(v, text, size);
        break;
    default:
        say(v, text, size);
        (void)!hear(v, some, sizeof some);
        break;
    }
    atomic_fetch_add(&v->l->vanished, 1);
    hang_up(v, throw_dice(v, 2) == 0);
}

static void surprise(visitor *v, const char *method, const char *path, int status)
{
    if (v->surprise[0] == '\0')
        snprintf(v->surprise, sizeof v->surprise, "%s %s: %d %.400s", method, path, status,
                 status != 0 ? v->answer : "");
}

static bool is_among(const char *wanted, int status)
{
    char text[8];
    snprintf(text, sizeof text, "%d", status);
    return strstr(wanted, text) != NULL;
}

/* The status, one of those `wanted`; 0: there is none, because the visitor or the server went. */
static int ask(visitor *v, const char *wanted, const char *method, const char *path,
               const char *more, const char *body)
{
    char text[1 << 13];
    size_t size = word(v, method, path, more, body, text, sizeof text);
    if (!ring_up(v)) {
        if (!atomic_load(&v->l->stopping))
            surprise(v, "connect", path, 0);
        return 0;
    }
    if (throw_dice(v, 6) == 0) {
        vanish(v, text, size);
        return 0;
    }
    say(v, text, size);
    int status = read_answer(v);
    bool stopping = atomic_load(&v->l->stopping);
    atomic_fetch_add(&v->l->asked, 1);
    if (status <= 0 || strstr(v->answer, "Connection: close") != NULL)
        hang_up(v, false);
    if (!is_among(wanted, status) && !(stopping && (status == 0 || status == 503)))
        surprise(v, method, path, status);
    return is_among(wanted, status) ? status : 0;
}

static bool find_text(const visitor *v, const char *before, char *to, size_t room, char end)
{
    const char *at = strstr(v->answer, before);
    const char *stop = at != NULL ? strchr(at + strlen(before), end) : NULL;
    if (stop == NULL)
        return false;
    snprintf(to, room, "%.*s", (int)(stop - at - (ptrdiff_t)strlen(before)), at + strlen(before));
    return true;
}

/* Letters that differ from one to the next: nobody is likely the same as another. */
static void name_of(visitor *v, char name[40])
{
    for (int i = 0; i < 24; i++)
        name[i] = (char)((i == 0 || i == 12 ? 'A' : 'a') + (int)throw_dice(v, 26));
    name[11] = ' ';
    name[24] = '\0';
}

static void person(visitor *v, char *text, size_t room)
{
    char name[40];
    name_of(v, name);
    snprintf(text, room, "{\"fields\":{\"full_name\":\"%s\",\"email\":\"%.8s.%u%u@example.com\"}}",
             name, name + 13, v->number, throw_dice(v, 1000000));
}

static void make(visitor *v, char id[40])
{
    char body[300], path[20];
    person(v, body, sizeof body);
    id[0] = '\0';
    if (ask(v, "201 409", "POST", "/api/v1/contacts", "", body) == 201 &&
        !find_text(v, "Location: /api/v1/contacts/", id, 40, '\r')) {
        snprintf(path, sizeof path, "no Location");
        surprise(v, "POST", path, 201);
    }
}

static void change_own(visitor *v)
{
    char path[100], more[100], body[300];
    if (v->own[0] == '\0')
        make(v, v->own);
    if (v->own[0] == '\0')
        return;
    snprintf(path, sizeof path, "/api/v1/contacts/%s", v->own);
    if (ask(v, "200", "GET", path, "", NULL) == 0 || !find_text(v, "ETag: ", v->tag, 40, '\r'))
        return;
    snprintf(more, sizeof more, "If-Match: %s\r\n", v->tag);
    snprintf(body, sizeof body, "{\"fields\":{\"city\":\"Town %u\"}}", throw_dice(v, 1000));
    /* Nobody else changes it, but the visitor may have done so and gone before it was told. */
    (void)ask(v, "200 412", "PATCH", path, more, body);
}

static void make_many(visitor *v)
{
    char body[1 << 12], one[300];
    size_t length = (size_t)snprintf(body, sizeof body, "{\"rows\":[");
    for (int i = 0; i < 10; i++) {
        person(v, one, sizeof one);
        length +=
            (size_t)snprintf(body + length, sizeof body - length, "%s%s", i > 0 ? "," : "", one);
    }
    snprintf(body + length, sizeof body - length, "]}");
    (void)ask(v, "200", "POST", "/api/v1/contacts/bulk", "", body);
}

static void read_some(visitor *v, unsigned dice)
{
    char path[200], id[40] = "";
    if (v->made > 0)
        snprintf(id, sizeof id, "%s",
                 v->ids[throw_dice(v, (unsigned)(v->made < IDS ? v->made : IDS))]);
    if (id[0] != '\0' && dice < 25) {
        snprintf(path, sizeof path, "/api/v1/contacts/%s%s", id, dice < 20 ? "" : "/history");
        (void)ask(v, "200", "GET", path, "", NULL);
    } else if (dice < 35) {
        (void)ask(v, "200", "GET", "/api/v1/contacts?sort=full_name&limit=50&total=true", "", NULL);
    } else if (dice < 42) {
        snprintf(path, sizeof path, "/api/v1/contacts/search?q=town+%u", throw_dice(v, 1000));
        (void)ask(v, "200", "GET", path, "", NULL);
    } else if (dice < 46) {
        (void)ask(v, "404", "GET", "/api/v1/contacts/01900000-0000-7000-8000-000000000000", "",
                  NULL);
    } else {
        (void)ask(v, "400", "POST", "/api/v1/contacts", "", "{\"fields\":");
    }
}

/* ---- files ---- */

/* A part of the body; in chunks the last of them, of no bytes, ends it. */
static void say_part(visitor *v, bool chunked, const char *bytes, size_t size)
{
    char line[20];
    if (chunked)
        say(v, line, (size_t)snprintf(line, sizeof line, "%zx\r\n", size));
    say(v, bytes, size);
    if (chunked)
        say(v, "\r\n", 2);
}

static void drop_file(visitor *v)
{
    char path[100], id[40];
    if (!find_text(v, "\"id\":\"", id, sizeof id, '"'))
        return;
    snprintf(path, sizeof path, "/api/v1/imports/%s", id);
    (void)ask(v, "204", "DELETE", path, "", NULL);
}

/* Sends a file, with its length or in chunks, and goes away in the midst of it now and then. */
static void send_file(visitor *v)
{
    static const char zeros[1 << 16];
    static const char path[] = "/api/v1/imports?name=load.csv";
    char text[1 << 12], coding[80], told[40];
    size_t size = throw_dice(v, 8) * 50000 + throw_dice(v, 50000) + 1, left = size;
    bool chunked = throw_dice(v, 2) == 0, goes = throw_dice(v, 4) == 0;
    (void)snprintf(coding, sizeof coding,
                   chunked ? "Transfer-Encoding: chunked" : "Content-Length: %zu", size);
    if (!ring_up(v))
        return;
    say(v, text,
        (size_t)snprintf(text, sizeof text,
                         "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: text/csv\r\n%s"
                         "\r\n\r\n",
                         path, v->l->header, coding));
    while (left > 0 && !(goes && left < size / 2)) {
        size_t most = throw_dice(v, sizeof zeros) + 1, part = left < most ? left : most;
        say_part(v, chunked, zeros, part);
        left -= part;
    }
    if (goes) {
        atomic_fetch_add(&v->l->vanished, 1);
        hang_up(v, throw_dice(v, 2) == 0);
        return;
    }
    if (chunked)
        say_part(v, true, "", 0);
    int status = read_answer(v);
    bool stopping = atomic_load(&v->l->stopping);
    atomic_fetch_add(&v->l->asked, 1);
    (void)snprintf(told, sizeof told, "\"bytes\":%zu,", size);
    if (status != 201 || strstr(v->answer, told) == NULL) {
        hang_up(v, false);
        if (!(stopping && (status <= 0 || status == 503)))
            surprise(v, "POST", path, status);
        return;
    }
    if (chunked)
        hang_up(v, false);
    drop_file(v);
}

/* Of what did not come whole nothing lies there. */
static void expect_no_half(const char *folder)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/ws/depot", folder);
    DIR *depot = opendir(path);
    assert_non_null(depot);
    for (const struct dirent *one = readdir(depot); one != NULL; one = readdir(depot))
        if (strchr(one->d_name + 1, '.') != NULL && one->d_name[0] != '.')
            fail_msg("%s is there", one->d_name);
    closedir(depot);
}

static void *visit(void *context)
{
    visitor *v = context;
    while (v->surprise[0] == '\0') {
        unsigned dice = throw_dice(v, 100);
        if (dice < 50) {
            read_some(v, dice);
        } else if (dice < 75) {
            char id[40];
            make(v, id);
            if (id[0] != '\0')
                snprintf(v->ids[v->made++ % IDS], sizeof id, "%s", id);
        } else if (dice < 92) {
            change_own(v);
        } else if (dice < 95) {
            send_file(v);
        } else {
            make_many(v);
        }
        if (atomic_load(&v->l->stopping) && v->fd < 0 && !ring_up(v))
            break; /* nobody answers there any more */
    }
    hang_up(v, false);
    return NULL;
}

/* ---- the test ---- */

static long seconds_of_load; /* 0: SHORT_ASKED requests */

static bool any_surprise(const visitor *visitors)
{
    for (unsigned i = 0; i < VISITORS; i++)
        if (visitors[i].surprise[0] != '\0')
            return true;
    return false;
}

/* The most that is resident in the second quarter of the time is not much less than in the last. */
static void watch(const client *c, load *l, const visitor *visitors)
{
    unsigned long most[4] = {0};
    for (long at = 0; at < seconds_of_load && !any_surprise(visitors); at++) {
        unsigned long now = resident_kib(c->child), *quarter = &most[at * 4 / seconds_of_load];
        *quarter = now > *quarter ? now : *quarter;
        sleep(1);
    }
    while (atomic_load(&l->asked) < SHORT_ASKED && !any_surprise(visitors))
        usleep(10000);
    if (seconds_of_load > 0)
        print_message("requests %u, vanished %u, KiB %lu %lu %lu %lu\n", atomic_load(&l->asked),
                      atomic_load(&l->vanished), most[0], most[1], most[2], most[3]);
    if (is_measurable() && most[3] > most[1] + FLAT_KIB)
        fail_msg("Memory grew from %lu to %lu KiB", most[1], most[3]);
}

static void expect_kept(client *c, const load *l, const visitor *v)
{
    char path[100];
    for (size_t i = 0; i < v->made && i < IDS; i++) {
        snprintf(path, sizeof path, "/api/v1/contacts/%s", v->ids[i]);
        client_answer a = client_expect(c, 200, "GET", path, l->header, NULL);
        client_free(&a);
    }
}

static void prepare(char *folder, client *c, load *l)
{
    static const char *const more[] = {
        "--listen", "localhost:0", "--work-seconds", "3600", "--drain", "3600",
        /* What is kept of what was read grows with the workspace, up to this. */
        "--read-memory", "16", NULL};
    static const char *const visitor_role[] = {"--role", "visitor", NULL};
    static const char role[] =
        "role: visitor\nlabel: Visitor\ngrants:\n"
        "  - name: all\n    entities: all\n    scope: all\n    rights: write\n"
        "    operations: [create, read, list, change, history, import]\n";
    char code[64];
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    program_write(folder, "visitor.yaml", role);
    PROGRAM_EXPECT(folder, 0, "visitor", "roles", "-w", "ws", "--set", "visitor.yaml");
    client_add_user(folder, "visitor", visitor_role, code);
    *c = client_start_with(folder, more);
    live_await(folder, "served", "Serving at https://localhost", c->child, &l->tls);
    l->port = c->port;
    client_enrol(c, "visitor", code, l->header, NULL, 0);
    assert_int_equal(gnutls_certificate_allocate_credentials(&l->credentials), 0);
}

/* shows: INT-1 PER-1 PER-2 REC-4 */
static void test_what_was_answered_is_kept_whoever_goes_meanwhile(void **state)
{
    (void)state;
    static visitor visitors[VISITORS];
    static load l;
    client c;
    char *folder = program_folder();
    prepare(folder, &c, &l);
    for (unsigned i = 0; i < VISITORS; i++) {
        visitors[i] = (visitor){.l = &l, .number = i, .random = i * 77 + 1, .fd = -1};
        visitors[i].answer = malloc(ANSWER);
        assert_non_null(visitors[i].answer);
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    watch(&c, &l, visitors);
    /* It ends in the middle of it. */
    atomic_store(&l.stopping, true);
    client_stop(&c);
    for (unsigned i = 0; i < VISITORS; i++)
        pthread_join(visitors[i].thread, NULL);
    for (unsigned i = 0; i < VISITORS; i++)
        if (visitors[i].surprise[0] != '\0')
            fail_msg("%s\n%s", visitors[i].surprise, program_read(folder, "log"));
    char *log = program_read(folder, "log");
    const char *error = strstr(log, "\"level\":\"error\"");
    if (error != NULL)
        fail_msg("In the log: %.*s", (int)strcspn(error, "\n"), error);
    free(log);
    expect_no_half(folder);
    PROGRAM_EXPECT(folder, 0, "", "ledger", "verify", "-w", "ws");
    c = client_start(folder);
    for (unsigned i = 0; i < VISITORS; i++) {
        expect_kept(&c, &l, &visitors[i]);
        free(visitors[i].answer);
    }
    client_stop(&c);
    gnutls_certificate_free_credentials(l.credentials);
    program_remove_folder(folder);
}

/* As it is when it has just come up, with nothing in it and TLS ready to be spoken.
 * shows: PER-1 */
static void test_a_server_with_nothing_to_do_takes_little(void **state)
{
    (void)state;
    static load l;
    client c;
    char *folder = program_folder();
    prepare(folder, &c, &l);
    client_stop(&c);
    static const char *const more[] = {"--listen", "localhost:0", NULL};
    c = client_start_with(folder, more);
    live_await(folder, "served", "Serving at https://localhost", c.child, &l.tls);
    sleep(2);
    if (is_measurable() && resident_kib(c.child) * 1024 > IDLE_BYTES)
        fail_msg("It takes %lu KiB", resident_kib(c.child));
    client_stop(&c);
    gnutls_certificate_free_credentials(l.credentials);
    program_remove_folder(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_with_nothing_to_do_takes_little),
        cmocka_unit_test(test_what_was_answered_is_kept_whoever_goes_meanwhile),
    };
    if (argc > 1)
        seconds_of_load = strcmp(argv[1], "long") == 0 ? LONG_SECONDS : strtol(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
