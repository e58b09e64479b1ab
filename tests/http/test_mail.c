/* Outgoing mail over HTTP, of the program as it is installed, to a mail server of another make:
 * set by who may, tried, codes and reminders that come, what waits tried again or dropped; and that
 * the secret is told to nobody. */
#include "house.h"
#include "smtp_sink.h"

#include <sodium.h>

#define MAIL "/api/v1/mail"
#define ADA h->header[ADMINISTRATOR]
#define SECRET "open sesame"

static smtp_sink sink;

static const char staff[] = "Staff ID,Name,Email\n"
                            "S-1,Stefan Steward,stefan@example.org\n"
                            "S-2,Aulis Auditor,aulis@example.org\n"
                            "S-3,Sally Sales,sally@example.org\n"
                            "S-4,Nils Newcomer,nils@example.org\n"
                            "S-5,Ursula Unreached,later@example.org\n"
                            "S-6,Nemo Never,never@example.org\n";

/* ---- asked ---- */

/* No answer ever has the secret in it. */
static client_answer say(house *h, int status, const char *method, const char *path,
                         const char *header, const char *body)
{
    client_answer a = told(h, status, method, path, header, body);
    assert_null(strstr(a.text, SECRET));
    return a;
}

static void expect(house *h, int status, const char *has, const char *method, const char *path,
                   const char *header, const char *body)
{
    client_answer a = say(h, status, method, path, header, body);
    if (has != NULL && strstr(a.text, has) == NULL)
        fail_msg("%s %s: no “%s” in\n%s", method, path, has, a.text);
    client_free(&a);
}

static const char *settings(const char *host, int port, const char *tls, const char *more)
{
    static char body[2000];
    (void)snprintf(body, sizeof body,
                   "{\"host\":\"%s\",\"port\":%d,\"tls\":\"%s\",\"sender\":\"crm@example.org\","
                   "\"site\":\"https://crm.example.org/\"%s}",
                   host, port, tls, more);
    return body;
}

static const char *by_login(void)
{
    return settings("localhost", sink.starttls, "starttls",
                    ",\"login\":\"crm\",\"secret\":\"" SECRET "\"");
}

/* The record of staff with that name. */
static void staff_of(house *h, const char *name, char id[37])
{
    const cJSON *one;
    client_answer a = get(h, STEWARD, "/api/v1/staff?limit=50");
    id[0] = '\0';
    cJSON_ArrayForEach(one, list(&a, "records"))
    {
        if (strcmp(text(cJSON_GetObjectItem(one, "fields"), "full_name"), name) == 0)
            (void)snprintf(id, 37, "%s", text(one, "id"));
    }
    if (id[0] == '\0')
        fail_msg("%s is not in:\n%s", name, a.text);
    client_free(&a);
}

static void link_staff(house *h, const char *user, const char *name)
{
    char id[37], path[200], body[200];
    staff_of(h, name, id);
    (void)snprintf(path, sizeof path, "/api/v1/users/%s", user);
    (void)snprintf(body, sizeof body, "{\"staff\":\"%s\"}", id);
    expect(h, 200, NULL, "PATCH", path, ADA, body);
}

/* ---- what came ---- */

/* Message `number` as people read it: envelope, head, then its text. */
static void came(int number, pb_buf *out)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    char text[1 << 16];
    size_t len = 0;
    bool there = false;
    for (int i = 0; i < 3000 && !there; i++) {
        there = smtp_sink_read(&sink, number, &bytes);
        if (!there)
            usleep(10000);
    }
    if (!there)
        fail_msg("message %d did not come", number);
    const char *whole = pb_buf_cstr(&bytes), *body = strstr(whole, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(sodium_base642bin((uint8_t *)text, sizeof text, body + 4, strlen(body + 4),
                                       "\r\n", &len, NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    pb_buf_clear(out);
    pb_buf_add(out, pb_str_n(whole, (size_t)(body - whole)));
    pb_buf_addc(out, "\n\n");
    pb_buf_add(out, pb_str_n(text, len));
}

static void has(pb_buf *letter, const char *words)
{
    if (strstr(pb_buf_cstr(letter), words) == NULL)
        fail_msg("“%s” is not in:\n%s", words, pb_buf_cstr(letter));
}

/* The newest message of the outbox reaches that state. */
static client_answer await(house *h, const char *state, int tries)
{
    client_answer a = {.status = 0};
    for (int i = 0; i < 1500; i++) {
        a = say(h, 200, "GET", MAIL, ADA, NULL);
        const cJSON *one = cJSON_GetArrayItem(list(&a, "messages"), 0);
        if (one != NULL && strcmp(text(one, "state"), state) == 0 && number(one, "tries") == tries)
            return a;
        client_free(&a);
        usleep(20000);
    }
    a = say(h, 200, "GET", MAIL, ADA, NULL);
    fail_msg("not %s after %d tries:\n%s", state, tries, a.text);
    return a;
}

/* ---- who may ---- */

static void only_who_may_set_sees_it(house *h)
{
    static const int may[PEOPLE] = {403, 403, 200, 403, 403};
    for (int who = 0; who < PEOPLE; who++) {
        expect(h, may[who], NULL, "GET", MAIL, h->header[who], NULL);
        if (may[who] == 200)
            continue;
        expect(h, 403, NULL, "PUT", MAIL, h->header[who], by_login());
        expect(h, 403, NULL, "DELETE", MAIL, h->header[who], NULL);
        expect(h, 403, NULL, "POST", MAIL "/tests", h->header[who], "{\"to\":\"a@example.org\"}");
        expect(h, 403, NULL, "POST", MAIL "/messages/1/retry", h->header[who], NULL);
        expect(h, 403, NULL, "DELETE", MAIL "/messages/1", h->header[who], NULL);
    }
    expect(h, 401, NULL, "GET", MAIL, "", NULL);
    expect(h, 401, NULL, "PUT", MAIL, "", by_login());
    expect(h, 401, NULL, "DELETE", MAIL, "", NULL);
    expect(h, 401, NULL, "POST", MAIL "/tests", "", "{\"to\":\"a@example.org\"}");
    expect(h, 401, NULL, "POST", MAIL "/messages/1/retry", "", NULL);
    expect(h, 401, NULL, "DELETE", MAIL "/messages/1", "", NULL);
}

static void what_is_wrong_is_refused(house *h)
{
    static const char large[] = "{\"to\":\"%*s\"}";
    size_t size = 70 << 10;
    char *body = malloc(size + 100);
    assert_non_null(body);
    (void)snprintf(body, size + 100, large, (int)size, "x");
    expect(h, 413, NULL, "POST", MAIL "/tests", ADA, body);
    (void)snprintf(body, size + 100, "{\"host\":\"%*s\"}", (int)size, "x");
    expect(h, 413, NULL, "PUT", MAIL, ADA, body);
    free(body);
    expect(h, 400, NULL, "GET", MAIL "?colour=blue", ADA, NULL);
    expect(h, 400, NULL, "DELETE", MAIL "?colour=blue", ADA, NULL);
    expect(h, 400, NULL, "POST", MAIL "/messages/1/retry?colour=blue", ADA, NULL);
    expect(h, 400, NULL, "DELETE", MAIL "/messages/1?colour=blue", ADA, NULL);
    expect(h, 404, NULL, "POST", MAIL "/messages/1/retry", ADA, NULL);
    expect(h, 404, NULL, "DELETE", MAIL "/messages/1", ADA, NULL);
    expect(h, 400, NULL, "PUT", MAIL, ADA, settings("localhost", 25, "none", ",\"colour\":1"));
    expect(h, 400, NULL, "POST", MAIL "/tests", ADA, "{\"for\":\"a@example.org\"}");
    expect(h, 422, "starttls, tls, none", "PUT", MAIL, ADA, settings("localhost", 25, "ssl", ""));
    expect(h, 422, NULL, "PUT", MAIL, ADA, settings("localhost", 0, "none", ""));
    expect(h, 422, NULL, "PUT", MAIL, ADA, settings("mail.example.org", 25, "none", ""));
    expect(h, 422, "not set up", "POST", MAIL "/tests", ADA, "{\"to\":\"a@example.org\"}");
    expect(h, 422, "not set up", "POST", "/api/v1/users", ADA, "{\"name\":\"nils\",\"mail\":true}");
    expect(h, 404, NULL, "GET", "/api/v1/users/nils", ADA, NULL); /* nothing was done by halves */
    expect(h, 200, "\"host\":null", "GET", MAIL, ADA, NULL);
}

/* ---- set and tried ---- */

static int sent; /* letters that came */

static void it_is_set_and_tried(house *h)
{
    PB_AUTO_BUF letter = PB_BUF_INIT(1 << 20);
    expect(h, 200, "\"has_secret\":true", "PUT", MAIL, ADA, by_login());
    expect(h, 200, "\"changed_by\":\"administrator\"", "GET", MAIL, ADA, NULL);
    expect(h, 422, NULL, "POST", MAIL "/tests", ADA, "{\"to\":\"a@b\\r\\nBcc: c@d\"}");
    expect(h, 200, "kept as 1", "POST", MAIL "/tests", ADA, "{\"to\":\"ada@example.org\"}");
    came(++sent, &letter);
    has(&letter, "crm\nMAIL FROM:<crm@example.org>");
    has(&letter, "RCPT TO:<ada@example.org>");
    has(&letter, "mail goes out as it is set up");
    /* What the server answers is what is told. */
    expect(h, 200, "550 5.1.1 No such mailbox", "POST", MAIL "/tests", ADA,
           "{\"to\":\"never@example.org\"}");
    /* The secret stays with its server: for another it is to be given anew. */
    expect(h, 422, NULL, "PUT", MAIL, ADA,
           settings("localhost", sink.tls, "tls", ",\"login\":\"crm\""));
    expect(h, 200, NULL, "PUT", MAIL, ADA,
           settings("localhost", sink.starttls, "starttls",
                    ",\"login\":\"crm\",\"secret\":\"mellon\""));
    expect(h, 200, "\"title\":\"The mail server localhost refuses the login.\"", "POST",
           MAIL "/tests", ADA, "{\"to\":\"ada@example.org\"}");
    expect(h, 200, NULL, "PUT", MAIL, ADA, by_login());
}

/* ---- codes ---- */

static void a_code_comes_by_mail(house *h)
{
    PB_AUTO_BUF letter = PB_BUF_INIT(1 << 20);
    char id[37], body[400], code[64], header[200], link[200];
    expect(h, 422, "No mail address", "POST", "/api/v1/users", ADA,
           "{\"name\":\"nils\",\"mail\":true}");
    staff_of(h, "Nils Newcomer", id);
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"nils\",\"staff\":\"%s\",\"roles\":[\"sales\"],\"mail\":true}", id);
    client_answer a = say(h, 201, "POST", "/api/v1/users", ADA, body);
    (void)snprintf(code, sizeof code, "%s", client_text(&a, "code"));
    client_free(&a);
    came(++sent, &letter);
    has(&letter, "RCPT TO:<nils@example.org>");
    (void)snprintf(link, sizeof link, "https://crm.example.org/#/enrol?name=nils&code=%s", code);
    has(&letter, link);
    a = await(h, "sent", 1);
    assert_null(strstr(a.text, code)); /* the outbox tells no contents */
    client_free(&a);
    client_enrol(&h->c, "nils", code, header, NULL, 0);
    /* Another one; and none by mail where nobody asks for it. */
    expect(h, 200, NULL, "POST", "/api/v1/users/nils/code", ADA, "{\"why\":\"lost\"}");
    expect(h, 200, NULL, "POST", "/api/v1/users/nils/code", ADA, "{\"mail\":true}");
    came(++sent, &letter);
    has(&letter, "RCPT TO:<nils@example.org>");
    expect(h, 422, NULL, "POST", "/api/v1/users/administrator/code", ADA, "{\"mail\":true}");
}

static int64_t add_for(house *h, const char *user, const char *name, const char *state)
{
    char id[37], body[300];
    staff_of(h, name, id);
    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"staff\":\"%s\",\"mail\":true}", user, id);
    expect(h, 201, NULL, "POST", "/api/v1/users", ADA, body);
    client_answer a = await(h, state, 1);
    const cJSON *one = cJSON_GetArrayItem(list(&a, "messages"), 0);
    assert_string_equal(text(one, "user"), user);
    int64_t n = (int64_t)number(one, "message");
    client_free(&a);
    return n;
}

static void what_waits_is_tried_again_or_dropped(house *h)
{
    char retry[100], drop[100];
    int64_t never = add_for(h, "nemo", "Nemo Never", "failed");
    (void)snprintf(retry, sizeof retry, MAIL "/messages/%lld/retry", (long long)never);
    (void)snprintf(drop, sizeof drop, MAIL "/messages/%lld", (long long)never);
    expect(h, 409, "does not wait any more", "POST", retry, ADA, NULL);
    expect(h, 409, NULL, "DELETE", drop, ADA, NULL);
    int64_t later = add_for(h, "ursula", "Ursula Unreached", "waiting");
    (void)snprintf(retry, sizeof retry, MAIL "/messages/%lld/retry", (long long)later);
    (void)snprintf(drop, sizeof drop, MAIL "/messages/%lld", (long long)later);
    client_answer a = await(h, "waiting", 1);
    if (strstr(a.text, "451 4.2.1 Mailbox busy") == NULL) {
        client_free(&a);
        usleep(300000); /* it was being tried */
        a = await(h, "waiting", 1);
    }
    assert_non_null(strstr(a.text, "451 4.2.1 Mailbox busy"));
    client_free(&a);
    expect(h, 200, NULL, "POST", retry, ADA, NULL);
    a = await(h, "waiting", 2);
    client_free(&a);
    expect(h, 204, NULL, "DELETE", drop, ADA, NULL);
    a = await(h, "dropped", 2);
    assert_true(number(cJSON_GetObjectItem(a.json, "outbox"), "dropped") == 1);
    client_free(&a);
}

/* ---- what is told besides ---- */

static void nothing_else_tells_it(house *h)
{
    char *log = program_read(h->c.folder, "log");
    assert_null(strstr(log, SECRET));
    assert_null(strstr(log, "nils@"));
    free(log);
    expect(h, 200, "mail.configured", "GET", "/api/v1/ledger/events?kind=mail.configured",
           h->header[AUDITOR], NULL);
    client_answer a =
        say(h, 200, "GET", "/api/v1/ledger/events?limit=500", h->header[AUDITOR], NULL);
    assert_null(strstr(a.text, "nils@example.org"));
    client_free(&a);
    expect(h, 200, "\"check\":\"mail\"", "GET", "/api/v1/health", ADA, NULL);
    expect(h, 204, NULL, "DELETE", MAIL, ADA, NULL);
    expect(h, 200, "\"has_secret\":false", "GET", MAIL, ADA, NULL);
}

/* shows: ACC-1 ACC-5 SEC-1 INT-1 */
static void test_mail_is_set_and_codes_come(void **state)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    program_write(h->c.folder, "staff.csv", staff);
    PROGRAM_EXPECT(h->c.folder, 0, "imported", "import", "staff.csv", "-w", "ws");
    only_who_may_set_sees_it(h);
    what_is_wrong_is_refused(h);
    it_is_set_and_tried(h);
    a_code_comes_by_mail(h);
    what_waits_is_tried_again_or_dropped(h);
    nothing_else_tells_it(h);
    close_house(h);
}

/* ---- reminders ---- */

static void give_finding(house *h, int n, const char *owner)
{
    char path[100], body[200], header[400];
    (void)snprintf(path, sizeof path, "/api/v1/findings/%d", n);
    (void)snprintf(header, sizeof header, "%sIf-Match: *\r\n", h->header[STEWARD]);
    (void)snprintf(body, sizeof body,
                   "{\"state\":\"accepted\",\"owner\":\"%s\",\"due\":\"2020-02-0%d\"}", owner, n);
    expect(h, 200, NULL, "PATCH", path, header, body);
}

static void serve_again(house *h)
{
    char *folder = h->c.folder;
    client_stop(&h->c);
    h->c = client_start(folder);
    client_hold(&h->c, h->header[0]);
}

static int reminders(house *h)
{
    int count = 0;
    const cJSON *one;
    client_answer a = say(h, 200, "GET", MAIL, ADA, NULL);
    cJSON_ArrayForEach(one, list(&a, "messages"))
    {
        count += strcmp(text(one, "kind"), "reminder") == 0;
    }
    client_free(&a);
    return count;
}

/* Of four who have something to do, one gets a letter: one is not asked for any, one may not look
 * at audits any more than before, and one has no address. */
/* shows: AUD-8 AUD-10 ACC-1 */
static void test_who_owns_what_is_due_is_reminded_once_a_day(void **state)
{
    PB_AUTO_BUF letter = PB_BUF_INIT(1 << 20);
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    program_write(h->c.folder, "staff.csv", staff);
    PROGRAM_EXPECT(h->c.folder, 0, "imported", "import", "staff.csv", "-w", "ws");
    link_staff(h, "steward", "Stefan Steward");
    link_staff(h, "auditor", "Aulis Auditor");
    link_staff(h, "sales", "Sally Sales");
    give_finding(h, 1, "steward");
    give_finding(h, 2, "auditor");
    give_finding(h, 3, "sales");
    give_finding(h, 4, "administrator");
    expect(h, 201, NULL, "POST", "/api/v1/audit-plans", h->header[AUDITOR],
           "{\"name\":\"Spring audit\",\"team\":[\"steward\",\"auditor\"],"
           "\"due\":\"2020-03-01\"}");
    /* Nobody is named for it: whoever sees it at home is told. */
    expect(h, 201, NULL, "POST", "/api/v1/audit-plans", h->header[AUDITOR],
           "{\"name\":\"Anybody's audit\",\"due\":\"2020-03-02\"}");
    expect(h, 201, NULL, "POST", "/api/v1/audit-plans", h->header[AUDITOR],
           "{\"name\":\"Another's audit\",\"team\":[\"auditor\"],\"due\":\"2020-03-03\"}");
    expect(h, 422, "A program gets no code by mail", "POST", "/api/v1/users", ADA,
           "{\"name\":\"robot\",\"kind\":\"program\",\"mail\":true}");
    expect(h, 200, "\"reminders\":\"off\"", "PATCH", "/api/v1/me/preferences", h->header[AUDITOR],
           "{\"reminders\":\"off\"}");
    expect(h, 200, NULL, "PUT", MAIL, ADA, by_login());
    assert_int_equal(reminders(h), 0);
    serve_again(h);
    came(++sent, &letter);
    has(&letter, "RCPT TO:<stefan@example.org>");
    has(&letter, "Subject: Probity: 3 things of yours are due");
    has(&letter, "overdue since 2020-02-01");
    has(&letter, "Spring audit: overdue since 2020-03-01");
    has(&letter, "Anybody's audit: overdue since 2020-03-02");
    assert_null(strstr(pb_buf_cstr(&letter), "Another's audit"));
    has(&letter, "https://crm.example.org/#/findings");
    client_answer a = await(h, "sent", 1);
    client_free(&a);
    assert_int_equal(reminders(h), 1);
    give_finding(h, 5, "steward"); /* also when there is more to tell: not today */
    serve_again(h);
    expect(h, 200, "kept as", "POST", MAIL "/tests", ADA, "{\"to\":\"ada@example.org\"}");
    came(++sent, &letter);
    has(&letter, "RCPT TO:<ada@example.org>");
    assert_int_equal(reminders(h), 1);
    close_house(h);
}

static int set_up(void **state)
{
    (void)state;
    smtp_sink_start(&sink);
    return setenv("PROBITY_MAIL_AUTHORITIES", sink.authority, 1);
}

static int tear_down(void **state)
{
    (void)state;
    smtp_sink_stop(&sink);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_is_set_and_codes_come),
        cmocka_unit_test(test_who_owns_what_is_due_is_reminded_once_a_day),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
