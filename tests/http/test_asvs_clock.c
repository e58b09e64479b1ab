/* OWASP ASVS: what hangs on the clock. The server's clock is set by libfaketime, for the program
 * alone; where that is not, the test says that it could not run. */
#include "faked_clock.h"
#include "office.h"
#include "own_space.h"

static const char me[] = "/api/v1/me";

static office *open_with_clock(void)
{
    static const char *const options[] = {"--no-sandbox", NULL};
    char *folder = program_folder();
    clock_set(folder, "+0"); /* the environment tells where */
    setenv("LD_PRELOAD", clock_path, 1);
    office *o = office_open_in(folder, options);
    unsetenv("LD_PRELOAD");
    return o;
}

static void set_minutes(char *folder, int minutes)
{
    char offset[40];
    snprintf(offset, sizeof offset, "+%dm", minutes);
    clock_set(folder, offset);
}

static void prove(office *o, char header[200], const char *code)
{
    char body[300], token[100];
    snprintf(body, sizeof body, "{\"password\":\"%s\",\"code\":\"%s\"}", client_password, code);
    office_take(o, 200, header, "POST", "/api/v1/prove", body, NULL, "token", token, sizeof token);
    snprintf(header, 200, "Authorization: Bearer %s\r\n", token);
}

/* ASVS V7.5.1 V7.5.3: eleven minutes after the last proof nothing that matters is done, until there
 * is another. */
static void what_matters_asks_for_a_proof(office *o, char *folder)
{
    static const char password[] = "{\"password\":\"seven grey herons wade\"}";
    static const char role[] = "{\"role\":\"marketing\",\"why\":\"helps out\"}";
    static const char fields[] = "/api/v1/model/entities/contact/fields";
    static const char shoe[] = "{\"name\":\"x_shoe\",\"type\":\"text\"}";
    char code[9];
    set_minutes(folder, 11);
    office_expect(o, 200, "\"proved_lately\":false", o->bob, "GET", me, NULL);
    office_expect(o, 403, "proof", o->bob, "PUT", "/api/v1/password", password);
    office_expect(o, 403, "proof", o->bob, "POST", "/api/v1/credentials/begin",
                  "{\"kind\":\"totp\"}");
    office_expect(o, 403, "proof", o->bob, "POST", "/api/v1/recovery-codes", NULL);
    office_expect(o, 403, "proof", o->bob, "POST", "/api/v1/keys", "{\"label\":\"x\"}");
    office_expect(o, 403, "proof", o->ann, "POST", "/api/v1/users/bob/roles", role);
    office_expect(o, 403, "proof", o->ann, "POST", fields, shoe);
    prove(o, o->bob, "");
    office_expect(o, 204, NULL, o->bob, "PUT", "/api/v1/password", password);
    client_code(o->address, 11 * 60, code);
    prove(o, o->ann, code);
    office_expect(o, 200, "marketing", o->ann, "POST", "/api/v1/users/bob/roles", role);
    office_expect(o, 201, NULL, o->ann, "POST", fields, shoe);
}

/* ASVS V6.5.5: a step that waits ten minutes is over. */
static void a_ticket_is_good_for_ten_minutes(office *o, char *folder)
{
    char body[3000], ticket[2048], code[9];
    sign_in_body(body, "ann", client_password, "");
    office_take(o, 200, "", "POST", "/api/v1/sign-in", body, NULL, "ticket", ticket, sizeof ticket);
    set_minutes(folder, 22);
    client_code(o->address, 22 * 60, code);
    snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"code\":\"%s\"}", ticket, code);
    office_expect(o, 401, NULL, "", "POST", "/api/v1/sign-in/code", body);
}

/* ASVS V6.3.1 V7.3.1 V7.3.2 V7.5.1 V7.5.3 V6.4.1 V6.5.5 */
/* shows: SEC-2 ACC-1 */
static void test_sessions_proofs_and_codes_end_by_the_clock(void **state)
{
    static const char *const sales[] = {"--role", "sales", NULL};
    char idle[200], code[64], body[500];
    (void)state;
    if (!clock_library())
        own_space_skip("there is no libfaketime (Debian: faketime)");
    office *o = open_with_clock();
    char *folder = strdup(getenv("FAKETIME_TIMESTAMP_FILE"));
    assert_non_null(folder);
    *strrchr(folder, '/') = '\0';
    client_add_user(o->c.folder, "late", sales, code);
    office_sign_in(o, "bob", client_password, idle);
    what_matters_asks_for_a_proof(o, folder);
    a_ticket_is_good_for_ten_minutes(o, folder);
    /* Half an hour without use ends a session, use keeps it. */
    set_minutes(folder, 35);
    office_expect(o, 401, NULL, idle, "GET", me, NULL);
    office_expect(o, 200, NULL, o->bob, "GET", me, NULL);
    /* And twelve hours end it however much it is used. */
    for (int minutes = 60; minutes < 720; minutes += 25) {
        set_minutes(folder, minutes);
        office_expect(o, 200, NULL, o->bob, "GET", me, NULL);
    }
    set_minutes(folder, 721);
    office_expect(o, 401, NULL, o->bob, "GET", me, NULL);
    /* A code to enrol is good for three days. */
    set_minutes(folder, 4 * 24 * 60);
    snprintf(body, sizeof body, "{\"name\":\"late\",\"code\":\"%s\",\"password\":\"%s\"}", code,
             client_password);
    office_expect(o, 401, NULL, "", "POST", "/api/v1/enrol", body);
    office_close(o);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions_proofs_and_codes_end_by_the_clock),
    };
    return cmocka_run_group_tests_name("http/asvs_clock", tests, NULL, NULL);
}
