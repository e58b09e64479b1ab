/* Files that are sent in go where they are kept as they come, however large they are: who may not
 * send is told before anything comes, what is not whole leaves nothing, and nothing of them lies in
 * memory. */
#include "memory.h"
#include "work.h"

#include <dirent.h>

#define IMPORTS "/api/v1/imports"
#define LENGTH "Content-Length: %zu\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

enum {
    TEXT = 1 << 12,
    MIB = 1 << 20,
    FILE_MOST = 48 * MIB, /* as the server is told */
    PIECE = 1 << 15,
    LOOKS = 600
};

static const char *const options[] = {
    "--depot", "depot", "--body-seconds", "5", "--file-size", "48", "--depot-size", "64", NULL};

/* ---- sending ---- */

static size_t head(char *to, const work *w, const char *who, const char *name, const char *more)
{
    return (size_t)snprintf(to, TEXT,
                            "POST " IMPORTS "?name=%s HTTP/1.1\r\nHost: localhost:%u\r\n%s"
                            "Content-Type: text/csv\r\n%s\r\n",
                            name, w->c.port, who, more);
}

static int begin(const work *w, const char *who, const char *name, const char *more)
{
    char text[TEXT];
    int fd = live_connect(w->c.port);
    live_send(fd, text, head(text, w, who, name, more));
    return fd;
}

static int begin_of(const work *w, const char *who, const char *name, size_t size)
{
    char more[80];
    (void)snprintf(more, sizeof more, LENGTH, size);
    return begin(w, who, name, more);
}

static live_answer *answer_of(int fd, int status)
{
    live_answer *a = live_read(fd, false);
    if (a->status != status)
        fail_msg("Not %d but:\n%s", status, a->text);
    return a;
}

static void expect(int fd, int status, const char *says)
{
    live_answer *a = answer_of(fd, status);
    if (strstr(a->text, says) == NULL)
        fail_msg("There is no “%s” in:\n%s", says, a->text);
    free(a);
    close(fd);
}

/* Rows of a file, as many as have room in `size` bytes, the last line filled up. */
static size_t write_rows(char *to, size_t size)
{
    size_t len = (size_t)snprintf(to, size, "Contact ID,Full Name,Email,Zodiac\n"), rows = 0;
    while (size - len > 400) {
        rows++;
        len += (size_t)snprintf(to + len, size - len,
                                "U-%zu,Maria Number%zu,m%zu@example.org,%0300d\n", rows, rows, rows,
                                7);
    }
    memset(to + len, '\n', size - len);
    return rows;
}

/* ---- what stays ---- */

static int list(const work *w)
{
    client_answer a =
        client_expect((client *)(uintptr_t)&w->c, 200, "GET", IMPORTS, w->carrier, NULL);
    int count = cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "imports"));
    client_free(&a);
    return count;
}

static int files_in_depot(const work *w)
{
    char path[4096];
    int count = 0;
    (void)snprintf(path, sizeof path, "%s/depot", w->folder);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *one = readdir(folder); one != NULL; one = readdir(folder))
        count += one->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* A file that did not come whole goes when the server sees that nobody sends it any more. */
static void await_files(const work *w, int count)
{
    for (int i = 0; i < LOOKS && files_in_depot(w) != count; i++)
        usleep(50000);
    assert_int_equal(files_in_depot(w), count);
}

static void drop(work *w, const char *id)
{
    char path[100];
    (void)snprintf(path, sizeof path, IMPORTS "/%s", id);
    client_answer a = client_expect(&w->c, 204, "DELETE", path, w->carrier, NULL);
    client_free(&a);
}

/* ---- before the body ---- */

/* No byte of a body is sent: what is answered was found out before.
 * shows: SEC-1 SEC-4 INT-1 */
static void test_who_may_not_send_is_told_before_anything_comes(void **state)
{
    const work *w = *state;
    int before = files_in_depot(w);
    for (int chunked = 0; chunked < 2; chunked++) {
        char more[80];
        if (chunked != 0)
            (void)snprintf(more, sizeof more, CHUNKED);
        else
            (void)snprintf(more, sizeof more, LENGTH, (size_t)5 * MIB);
        expect(begin(w, "", "a.csv", more), 401, "You are not signed in.");
        expect(begin(w, "Authorization: Bearer pbs_no\r\n", "a.csv", more), 401, "");
        expect(begin(w, w->sales, "a.csv", more), 403, "");
        expect(begin(w, w->carrier, "a%2Fb.csv", more), 400, "without a path");
        expect(begin(w, w->carrier, "a.csv&for=fun", more), 400, "import or audit");
        expect(begin(w, w->carrier, "a.csv&of=fun", more), 400, "");
    }
    expect(begin_of(w, w->carrier, "a.csv", FILE_MOST + 1), 413, "50331648 bytes");
    assert_int_equal(files_in_depot(w), before);
}

/* shows: SEC-4 INT-1 */
static void test_who_waits_to_be_asked_for_a_body_is_asked_when_it_may_come(void **state)
{
    static const char body[] = "Contact ID,Full Name\nX-1,Ada Quill\n";
    work *w = *state;
    char more[120];
    (void)snprintf(more, sizeof more, "Expect: 100-continue\r\n" LENGTH, sizeof body - 1);
    live_answer *a = answer_of(begin(w, w->sales, "a.csv", more), 403);
    assert_null(strstr(a->text, "100 Continue"));
    free(a);
    int fd = begin(w, w->carrier, "a.csv", more);
    a = answer_of(fd, 100);
    free(a);
    live_send(fd, body, sizeof body - 1);
    a = answer_of(fd, 201);
    char id[37];
    (void)snprintf(id, sizeof id, "%s", strstr(a->text, "\"id\":\"") + 6);
    assert_non_null(strstr(a->text, "\"bytes\":35"));
    free(a);
    close(fd);
    drop(w, id);
}

/* ---- the body ---- */

static void send_chunked(int fd, const char *bytes, size_t size)
{
    char line[40];
    for (size_t at = 0, len; at < size; at += len) {
        len = size - at < PIECE ? size - at : PIECE;
        live_send(fd, line, (size_t)snprintf(line, sizeof line, "%zx\r\n", len));
        live_send(fd, bytes + at, len);
        live_send(fd, "\r\n", 2);
    }
    live_send(fd, "0\r\n\r\n", 5);
}

static long rows_checked(work *w, const char *id)
{
    char path[100];
    (void)snprintf(path, sizeof path, IMPORTS "/%s/check", id);
    long n = work_ask(w, w->carrier, path, "{\"duplicates\":\"ignore\"}");
    work_over(w, w->carrier, n, "done");
    client_answer a = work_get(w, w->carrier, 200, n, "/result");
    const cJSON *file = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "files"), 0);
    long rows = (long)cJSON_GetObjectItem(file, "imported")->valuedouble;
    client_free(&a);
    return rows;
}

/* shows: INT-1 PER-2 DQ-1 */
static void test_a_large_file_comes_whole_and_is_nowhere_in_memory(void **state)
{
    enum { SIZE = 40 * MIB, MORE_KIB = 20 << 10, SMALL = 3 * MIB + 777 };
    work *w = *state;
    char *bytes = malloc(SIZE), id[37];
    assert_non_null(bytes);
    for (int chunked = 0; chunked < 2; chunked++) {
        size_t size = chunked != 0 ? SMALL : SIZE, rows = write_rows(bytes, size);
        int before = files_in_depot(w);
        unsigned long kib = resident_kib(w->c.child);
        int fd = chunked != 0 ? begin(w, w->carrier, "large.csv", CHUNKED)
                              : begin_of(w, w->carrier, "large.csv", size);
        if (chunked != 0)
            send_chunked(fd, bytes, size);
        else
            live_send(fd, bytes, size / 2);
        if (chunked == 0) {
            /* While it comes, and when half of it is there. */
            if (is_measurable())
                assert_true(resident_kib(w->c.child) < kib + MORE_KIB);
            live_send(fd, bytes + size / 2, size - size / 2);
        }
        live_answer *a = answer_of(fd, 201);
        assert_int_equal(strtoul(strstr(a->text, "\"bytes\":") + 8, NULL, 10), size);
        (void)snprintf(id, sizeof id, "%s", strstr(a->text, "\"id\":\"") + 6);
        free(a);
        close(fd);
        assert_int_equal(files_in_depot(w), before + 1);
        if (chunked != 0)
            assert_int_equal(rows_checked(w, id), rows);
        drop(w, id);
    }
    free(bytes);
}

/* shows: SEC-4 DQ-1 */
static void test_who_vanishes_leaves_nothing(void **state)
{
    static char part[3 * MIB];
    const work *w = *state;
    int before = files_in_depot(w), listed = list(w);
    for (int i = 0; i < 4; i++) {
        const struct linger at_once = {.l_onoff = 1};
        int fd = i % 2 != 0 ? begin(w, w->carrier, "half.csv", CHUNKED "X-A: b\r\n")
                            : begin_of(w, w->carrier, "half.csv", sizeof part * 2);
        if (i % 2 != 0)
            live_send(fd, "600000\r\n", 8);
        live_send(fd, part, sizeof part);
        await_files(w, before + 1);
        if (i > 1)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
        await_files(w, before);
    }
    assert_int_equal(list(w), listed);
}

/* The time that a body has grows with what came of it, not with what was announced.
 * shows: SEC-4 */
static void test_who_announces_much_and_sends_nothing_is_given_up(void **state)
{
    const work *w = *state;
    int before = files_in_depot(w), fd = begin_of(w, w->carrier, "idle.csv", FILE_MOST);
    live_send(fd, "a", 1);
    await_files(w, before + 1);
    live_answer *a = live_read(fd, true);
    assert_int_equal(a->status, 408);
    free(a);
    close(fd);
    await_files(w, before);
}

/* Whoever sends what grows is told in the midst of it, and so is who fills the depot.
 * shows: SEC-4 */
static void test_what_is_too_much_is_refused_and_leaves_nothing(void **state)
{
    static char piece[PIECE + 20];
    work *w = *state;
    char id[37];
    int before = files_in_depot(w), size = snprintf(piece, sizeof piece, "%x\r\n", PIECE);
    memset(piece + size, 'a', PIECE);
    memcpy(piece + size + PIECE, "\r\n", 2);
    for (int full = 0; full < 2; full++) {
        if (full != 0) { /* so that no more than 24 MiB have room beside it */
            char *bytes = calloc(1, 40 * MIB);
            int fd = begin_of(w, w->carrier, "fills.csv", 40 * MIB);
            live_send(fd, bytes, 40 * MIB);
            live_answer *a = answer_of(fd, 201);
            (void)snprintf(id, sizeof id, "%s", strstr(a->text, "\"id\":\"") + 6);
            free(a);
            free(bytes);
            close(fd);
            expect(begin_of(w, w->carrier, "more.csv", 30 * MIB), 413, "no more room");
        }
        int fd = begin(w, w->carrier, "grows.csv", CHUNKED), sent = 0;
        struct pollfd heard = {.fd = fd, .events = POLLIN};
        for (; sent < 2000 && poll(&heard, 1, 0) == 0; sent++)
            live_send(fd, piece, (size_t)size + PIECE + 2);
        assert_in_range(sent, full != 0 ? 600 : 1400, full != 0 ? 1400 : 1999);
        live_answer *a = live_read(fd, true);
        assert_int_equal(a->status, 413);
        assert_non_null(strstr(a->text, full != 0 ? "no more room" : "50331648 bytes"));
        free(a);
        close(fd);
        await_files(w, before + full);
    }
    drop(w, id);
    assert_int_equal(files_in_depot(w), before);
}

/* Who signs out while a file comes did not send it.
 * shows: SEC-1 SEC-4 */
static void test_who_may_not_any_more_when_it_is_there_sent_nothing(void **state)
{
    static char part[MIB];
    work *w = *state;
    char code[64], who[200];
    const char *const role[] = {"--role", "carrier", NULL};
    int before = files_in_depot(w);
    client_add_user(w->folder, "passing", role, code);
    client_enrol(&w->c, "passing", code, who, NULL, 0);
    int fd = begin_of(w, who, "late.csv", 2 * sizeof part);
    live_send(fd, part, sizeof part);
    await_files(w, before + 1);
    client_answer a = client_expect(&w->c, 204, "POST", "/api/v1/sign-out", who, NULL);
    client_free(&a);
    live_send(fd, part, sizeof part);
    expect(fd, 401, "");
    await_files(w, before);
}

/* ---- what can only be read in any order ---- */

/* shows: INT-1 INT-5 */
static void test_a_workbook_is_read_where_it_lies(void **state)
{
    work *w = *state;
    char id[37], text[TEXT];
    long n =
        work_ask(w, w->carrier, "/api/v1/exports",
                 "{\"entity\":\"contact\",\"format\":\"xlsx\",\"fields\":\"full_name,email\"}");
    work_over(w, w->carrier, n, "done");
    size_t size = (size_t)snprintf(text, sizeof text,
                                   "GET /api/v1/jobs/%ld/files/contact.xlsx HTTP/1.1\r\nHost: a\r\n"
                                   "Connection: close\r\n%s\r\n",
                                   n, w->carrier);
    live_answer *book = live_raw(w->c.port, text, size);
    const char *from = strstr(book->text, "\r\n\r\nPK");
    assert_non_null(from);
    from += 4;
    size = book->length - (size_t)(from - book->text);
    int fd = begin_of(w, w->carrier, "book.xlsx", size);
    live_send(fd, from, size);
    live_answer *a = answer_of(fd, 201);
    (void)snprintf(id, sizeof id, "%s", strstr(a->text, "\"id\":\"") + 6);
    free(a);
    free(book);
    close(fd);
    assert_int_equal(rows_checked(w, id), 3);
    drop(w, id);
}

static int start(void **state)
{
    static work w;
    work_start_with(&w, options);
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
        cmocka_unit_test(test_who_may_not_send_is_told_before_anything_comes),
        cmocka_unit_test(test_who_waits_to_be_asked_for_a_body_is_asked_when_it_may_come),
        cmocka_unit_test(test_a_large_file_comes_whole_and_is_nowhere_in_memory),
        cmocka_unit_test(test_who_vanishes_leaves_nothing),
        cmocka_unit_test(test_who_announces_much_and_sends_nothing_is_given_up),
        cmocka_unit_test(test_what_is_too_much_is_refused_and_leaves_nothing),
        cmocka_unit_test(test_who_may_not_any_more_when_it_is_there_sent_nothing),
        cmocka_unit_test(test_a_workbook_is_read_where_it_lies),
    };
    return cmocka_run_group_tests_name("http/uploads", tests, start, end);
}
