/* Many who read at once: each answer waits until the ledger has its event, which shares a commit
 * with those of others; one whose event cannot be written is refused alone. */
#include "client.h"

enum { AT_ONCE = 24, ROUNDS = 4, BAD = 7 };

static const char contacts[] = "Contact ID,Full Name,Email,City\n"
                               "C-1,Quillon Featherstone,q@example.org,Oslo\n"
                               "C-2,Peter Porter,peter@example.net,Bergen\n";

typedef struct house {
    client c;
    char header[200], id[2][40];
} house;

static void open_house(house *h)
{
    static const char *const role[] = {"--role", "service", NULL};
    char code[64];
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(folder, 0, "", "init", "ws");
    PROGRAM_EXPECT(folder, 0, "", "import", "contacts.csv", "-w", "ws");
    client_add_user(folder, "ann", role, code);
    h->c = client_start(folder);
    client_enrol(&h->c, "ann", code, h->header, NULL, 0);
    client_answer a =
        client_expect(&h->c, 200, "GET", "/api/v1/contacts?fields=city&sort=city", h->header, NULL);
    const cJSON *records = cJSON_GetObjectItem(a.json, "records");
    for (int i = 0; i < 2; i++)
        snprintf(h->id[i], sizeof h->id[i], "%s",
                 cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(records, i), "id")));
    client_free(&a);
}

static long events_of(const char *folder)
{
    const char *argv[PROGRAM_ARGUMENTS] = {"ledger", "verify", "-w", "ws", "--json"};
    program_result r = program_run(folder, argv);
    cJSON *json = cJSON_Parse(r.out);
    assert_int_equal(r.exit, 0);
    long events = (long)cJSON_GetNumberValue(cJSON_GetObjectItem(json, "events"));
    assert_true(events > 0);
    cJSON_Delete(json);
    program_free(&r);
    return events;
}

/* All are asked before any answer is taken. One of them says a purpose that is no text. */
static void read_together(house *h, bool one_bad)
{
    int fds[AT_ONCE];
    char bytes[1024];
    for (int i = 0; i < AT_ONCE; i++) {
        fds[i] = live_connect(h->c.port);
        int size = snprintf(bytes, sizeof bytes,
                            "GET /api/v1/contacts/%s HTTP/1.1\r\nHost: localhost:%u\r\n%s%s\r\n",
                            h->id[i % 2], h->c.port, h->header,
                            one_bad && i == BAD ? "Probity-Purpose: \xff\xfe\r\n" : "");
        live_send(fds[i], bytes, (size_t)size);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        live_answer *a = live_read(fds[i], false);
        bool bad = one_bad && i == BAD;
        if (bad ? a->status < 400 : a->status != 200)
            fail_msg("answer %d of %d:\n%s", i, AT_ONCE, a->text);
        /* Each its own record, and nothing of one for the other; nothing of any with a refusal. */
        assert_int_equal(strstr(a->text, "Bergen") != NULL, !bad && i % 2 == 0);
        assert_int_equal(strstr(a->text, "Oslo") != NULL, !bad && i % 2 == 1);
        free(a);
        close(fds[i]);
    }
}

/* `logged` of each round come into the ledger. */
static void check_rounds(bool one_bad, int logged)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    open_house(h);
    long before = events_of(h->c.folder);
    for (int round = 1; round <= ROUNDS; round++) {
        read_together(h, one_bad);
        assert_int_equal(events_of(h->c.folder), before + round * logged);
    }
    client_stop(&h->c);
    program_remove_folder(h->c.folder);
    free(h);
}

/* shows: REC-4 AUD-1 ACC-4 SEC-1 INT-1 */
static void test_every_read_is_in_the_ledger_when_it_is_answered(void **state)
{
    (void)state;
    check_rounds(false, AT_ONCE);
}

/* shows: REC-4 AUD-1 ACC-4 */
static void test_one_that_cannot_be_logged_is_refused_alone(void **state)
{
    (void)state;
    check_rounds(true, AT_ONCE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_read_is_in_the_ledger_when_it_is_answered),
        cmocka_unit_test(test_one_that_cannot_be_logged_is_refused_alone),
    };
    return cmocka_run_group_tests_name("http/reads", tests, NULL, NULL);
}
