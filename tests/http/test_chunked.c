/* Bodies that come in chunks (RFC 9112, section 7.1), byte by byte: what is taken, what is refused,
 * and that nothing behind them is ever read. */
#include "work.h"

enum { TEXT = 1 << 12, PIECE = 1 << 15 };

#define PERSON "{\"fields\":{\"full_name\":\"Mary Quillon\",\"email\":\"mary@example.org\"}}"
#define SECOND "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static size_t head(char *to, const work *w, const char *path, const char *type, const char *coding)
{
    return (size_t)snprintf(
        to, TEXT, "POST %s HTTP/1.1\r\nHost: localhost:%u\r\n%sContent-Type: %s\r\n%s\r\n", path,
        w->c.port, w->carrier, type, coding);
}

/* Makes a contact of it: one answer, and the connection ends with it. */
static void expect(const work *w, int status, const char *coding, const char *body)
{
    char text[TEXT];
    size_t size = head(text, w, "/api/v1/contacts", "application/json", coding);
    size += (size_t)snprintf(text + size, TEXT - size, "%s", body);
    live_answer *a = live_raw(w->c.port, text, size);
    const char *first = strstr(a->text, "HTTP/1.1 ");
    if (a->status != status || !a->ended || first == NULL ||
        strstr(first + 1, "HTTP/1.1 200") != NULL)
        fail_msg("Not %d alone but:\n%s\nto:\n%s", status, a->text, text);
    free(a);
}

static int count_of(const work *w, const char *path, const char *number)
{
    client_answer a = client_expect((client *)&w->c, 200, "GET", path, w->carrier, NULL);
    const cJSON *list = cJSON_GetObjectItem(a.json, "imports");
    int count = number != NULL ? (int)work_number(&a, number) : cJSON_GetArraySize(list);
    client_free(&a);
    return count;
}

static int contacts(const work *w)
{
    return count_of(w, "/api/v1/contacts?total=true", "total");
}

/* ---- what is taken ---- */

/* The second request, sent with the first, is never answered.
 * shows: INT-1 SEC-4 ASVS V4.2.1 */
static void test_a_body_in_chunks_is_taken_and_ends_the_connection(void **state)
{
    const work *w = *state;
    int before = contacts(w);
    expect(w, 201, CHUNKED, "42\r\n" PERSON "\r\n0\r\n\r\n" SECOND);
    expect(w, 201, "transfer-encoding:  CHUNKED\r\n",
           "9\r\n{\"fields\"\r\n0039\r\n:{\"full_name\":\"Mary "
           "Quillon\",\"email\":\"mary@example.net\"}}\r\n0\r\n\r\n" SECOND);
    assert_int_equal(contacts(w), before + 2);
    expect(w, 400, CHUNKED, "0\r\n\r\n" SECOND); /* no JSON */
    assert_int_equal(contacts(w), before + 2);
}

/* shows: INT-1 DQ-1 */
static void test_a_file_comes_in_chunks_larger_than_other_bodies_may_be(void **state)
{
    enum { PIECES = 40 };
    const work *w = *state;
    static char piece[PIECE + 20];
    char text[TEXT];
    int before = count_of(w, "/api/v1/imports", NULL), fd = live_connect(w->c.port);
    live_send(fd, text, head(text, w, "/api/v1/imports?name=big.csv", "text/csv", CHUNKED));
    int size = snprintf(piece, sizeof piece, "%x\r\n", PIECE);
    memset(piece + size, 'a', PIECE);
    memcpy(piece + size + PIECE, "\r\n", 2);
    for (int i = 0; i < PIECES; i++)
        live_send(fd, piece, (size_t)size + PIECE + 2);
    live_send(fd, "0\r\n\r\n", 5);
    live_answer *a = live_read(fd, true);
    assert_int_equal(a->status, 201);
    assert_non_null(strstr(a->text, "\"bytes\":1310720"));
    free(a);
    close(fd);
    assert_int_equal(count_of(w, "/api/v1/imports", NULL), before + 1);
}

/* ---- what is not ---- */

/* shows: SEC-4 ASVS V4.2.1 */
static void test_other_codings_are_refused(void **state)
{
    static const struct {
        int status;
        const char *coding;
    } all[] = {{501, "Transfer-Encoding: gzip, chunked\r\n"},
               {501, "Transfer-Encoding: chunked, identity\r\n"},
               {501, "Transfer-Encoding: chunked, chunked\r\n"},
               {501, "Transfer-Encoding: chunked;q=1\r\n"},
               {501, "Transfer-Encoding: xchunked\r\n"},
               {501, "Transfer-Encoding: identity\r\n"},
               {501, "Transfer-Encoding:\r\n"},
               {400, CHUNKED CHUNKED},
               {400, CHUNKED "Transfer-Encoding: gzip\r\n"},
               {400, CHUNKED "Content-Length: 66\r\n"},
               {400, "Content-Length: 66\r\n" CHUNKED}};
    const work *w = *state;
    int before = contacts(w);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        expect(w, all[i].status, all[i].coding, "42\r\n" PERSON "\r\n0\r\n\r\n" SECOND);
    static const char older[] = "POST /api/v1/sign-in HTTP/1.0\r\nHost: a\r\n" CHUNKED
                                "Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n" SECOND;
    live_answer *a = live_raw(w->c.port, older, sizeof older - 1);
    assert_int_equal(a->status, 400);
    assert_non_null(strstr(a->text, "HTTP/1.0 has no Transfer-Encoding"));
    free(a);
    assert_int_equal(contacts(w), before);
}

/* Whatever is made of them, one answer comes at most, and nothing of what stands behind is done.
 * shows: SEC-4 ASVS V4.2.1 */
static void test_chunks_that_are_none_are_refused(void **state)
{
    static const char *const bodies[] = {
        "0x42\r\n" PERSON "\r\n0\r\n\r\n",   "-42\r\n" PERSON "\r\n0\r\n\r\n",
        "+42\r\n" PERSON "\r\n0\r\n\r\n",    " 42\r\n" PERSON "\r\n0\r\n\r\n",
        "\r\n42\r\n" PERSON "\r\n0\r\n\r\n", "g\r\n" PERSON "\r\n0\r\n\r\n",
        "41\r\n" PERSON "\r\n0\r\n\r\n",     "10000000000000042\r\n" PERSON "\r\n0\r\n\r\n",
        "42\r\n" PERSON "0\r\n\r\n",         "42\r\n" PERSON "\r\n0\r\nX-Trailer: y\r\n\r\n"};
    const work *w = *state;
    int before = contacts(w);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char body[TEXT];
        snprintf(body, sizeof body, "%s%s", bodies[i], SECOND);
        expect(w, strstr(bodies[i], "1000000") != NULL ? 413 : 400, CHUNKED, body);
    }
    assert_int_equal(contacts(w), before);
}

/* What grows a little too large is refused when it ends; what goes on growing, while it comes.
 * shows: SEC-4 */
static void test_a_body_that_grows_too_large_is_refused(void **state)
{
    enum { LITTLE = 40, ENDLESS = 4000 };
    const work *w = *state;
    static char piece[PIECE + 20];
    char text[TEXT];
    int before = contacts(w), size = snprintf(piece, sizeof piece, "%x\r\n", PIECE);
    memset(piece + size, ' ', PIECE);
    memcpy(piece + size + PIECE, "\r\n", 2);
    for (int most = LITTLE; most <= ENDLESS; most += ENDLESS - LITTLE) {
        int fd = live_connect(w->c.port), sent = 0;
        live_send(fd, text, head(text, w, "/api/v1/contacts", "application/json", CHUNKED));
        struct pollfd heard = {.fd = fd, .events = POLLIN};
        for (; sent < most && poll(&heard, 1, 0) == 0; sent++)
            live_send(fd, piece, (size_t)size + PIECE + 2);
        if (most == LITTLE)
            live_send(fd, "0\r\n\r\n", 5);
        live_answer *a = live_read(fd, true);
        assert_int_equal(a->status, 413);
        assert_true(a->ended);
        assert_true(most == LITTLE || sent < ENDLESS);
        free(a);
        close(fd);
    }
    assert_int_equal(contacts(w), before);
}

/* shows: SEC-4 DQ-1 */
static void test_a_body_that_is_cut_leaves_nothing(void **state)
{
    static const char *const cuts[] = {"42",
                                       "42\r\n",
                                       "42\r\n{\"fields\"",
                                       "42\r\n" PERSON,
                                       "42\r\n" PERSON "\r\n",
                                       "42\r\n" PERSON "\r\n0\r\n"};
    const work *w = *state;
    int before = contacts(w), files = count_of(w, "/api/v1/imports", NULL);
    for (size_t i = 0; i < 2 * sizeof cuts / sizeof *cuts; i++) {
        const char *cut = cuts[i / 2];
        char text[TEXT];
        size_t size = i % 2 == 0
                          ? head(text, w, "/api/v1/contacts", "application/json", CHUNKED)
                          : head(text, w, "/api/v1/imports?name=cut.csv", "text/csv", CHUNKED);
        int fd = live_connect(w->c.port);
        live_send(fd, text, size);
        live_send(fd, cut, strlen(cut));
        shutdown(fd, SHUT_WR);
        live_answer *a = live_read(fd, true); /* the server has seen the end, and closed */
        assert_true(a->status == 0 || a->status == 400 || a->status == 408);
        free(a);
        close(fd);
    }
    assert_int_equal(contacts(w), before);
    assert_int_equal(count_of(w, "/api/v1/imports", NULL), files);
}

static int start(void **state)
{
    static work w;
    work_start(&w);
    *state = &w;
    return 0;
}

static int end(void **state)
{
    work_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_body_in_chunks_is_taken_and_ends_the_connection),
        cmocka_unit_test(test_a_file_comes_in_chunks_larger_than_other_bodies_may_be),
        cmocka_unit_test(test_other_codings_are_refused),
        cmocka_unit_test(test_chunks_that_are_none_are_refused),
        cmocka_unit_test(test_a_body_that_grows_too_large_is_refused),
        cmocka_unit_test(test_a_body_that_is_cut_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, start, end);
}
