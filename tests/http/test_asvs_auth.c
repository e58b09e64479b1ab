/* OWASP ASVS, chapter 6: passwords, second factors, recovery, and who guesses. */
#include "asvs.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/bytes.h"

static const char change[] = "/api/v1/password", sign_in[] = "/api/v1/sign-in";

static void set_password(office *o, int status, const char *who, const char *password)
{
    char body[4096];
    snprintf(body, sizeof body, "{\"password\":\"%s\"}", password);
    office_expect(o, status, NULL, who, "PUT", change, body);
}

static int try_password(office *o, const char *from, const char *name, const char *password)
{
    char body[4096];
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    client_answer a = client_ask(&o->c, "POST", sign_in, from, body);
    int status = a.status;
    client_free(&a);
    return status;
}

/* bob has a password alone, ann a second factor beside it. */
/* shows: SEC-2 ASVS V6.2.1 */
static void length(office *o)
{
    set_password(o, 422, o->bob, "grey heron wad");
    set_password(o, 204, o->bob, "grey heron wade");
    set_password(o, 422, o->ann, "kupfer!");
    set_password(o, 204, o->ann, "kupfer!z");
}

/* Words of the list that are long enough to be refused for nothing else. */
/* shows: SEC-2 ASVS V6.2.4 */
static void common_ones(office *o)
{
    char path[4096];
    int long_ones = 0, tried = 0;
    snprintf(path, sizeof path, "%s/src/identity/signin/tables/common.txt", getenv("PROBITY_ROOT"));
    char *text = program_slurp(path), *rest = NULL;
    for (char *word = strtok_r(text, "\n", &rest); word != NULL;
         word = strtok_r(NULL, "\n", &rest)) {
        if (word[0] == '#' || strlen(word) < 8 || strpbrk(word, "\"\\ ") != NULL ||
            long_ones++ % 25 != 0)
            continue;
        set_password(o, 422, o->ann, word);
        tried++;
    }
    free(text);
    assert_true(tried >= 20);
}

/* shows: SEC-2 ASVS V6.2.5 */
static void no_composition(office *o)
{
    static const char *const good[] = {
        "qwofhzmeklarbuvntixgdpsycjwobqhazlemkrufvtnigxdpyscoqjwhbzealkmr",
        "    long    gaps   between    words    ", "灰鹭涉水而过芦苇荡边有七只野鸭子",
        "هفت مرغابی خاکستری در نیزار آرام"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        set_password(o, 204, o->bob, good[i]);
        assert_int_equal(try_password(o, "", "bob", good[i]), 200);
    }
}

/* 140 characters without a pattern. */
static void make_long(char out[141])
{
    unsigned state = 12345;
    for (int i = 0; i < 140; i++) {
        state = state * 1103515245U + 12345U;
        out[i] = (char)('a' + (state >> 16) % 26);
    }
    out[140] = '\0';
}

/* shows: SEC-2 ASVS V6.2.8 V6.2.9 */
static void nothing_is_cut(office *o)
{
    static const int at[] = {139, 130, 73, 10};
    char right[141], wrong[141];
    make_long(right);
    set_password(o, 204, o->bob, right);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        memcpy(wrong, right, sizeof wrong);
        wrong[at[i]] = (char)toupper(wrong[at[i]]);
        assert_int_equal(try_password(o, asvs_from(10), "bob", wrong), 401);
    }
    assert_int_equal(try_password(o, asvs_from(10), "bob", right), 200);
}

/* shows: SEC-2 ASVS V6.2.9 */
static void long_ones_work(office *o)
{
    static const int lengths[] = {64, 100, 128};
    char all[141], one[141];
    make_long(all);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        snprintf(one, sizeof one, "%.*s", lengths[i], all);
        set_password(o, 204, o->bob, one);
        assert_int_equal(try_password(o, "", "bob", one), 200);
    }
    set_password(o, 204, o->bob, client_password);
}

/* A file of the list, as it is offered for download: of one password, which leaked or did not. */
static void write_list(const char *folder, const char *password, bool leaked)
{
    unsigned char sum[20];
    char hex[41], name[64], line[64];
    assert_int_equal(1, EVP_Digest(password, strlen(password), sum, NULL, EVP_sha1(), NULL));
    for (int i = 0; i < 20; i++)
        snprintf(hex + 2 * i, 3, "%02X", sum[i]);
    snprintf(name, sizeof name, "breached/%.5s", hex);
    snprintf(line, sizeof line, "%s:7\r\n",
             leaked ? hex + 5 : "00000000000000000000000000000000000");
    program_write(folder, name, line);
}

/* Nobody is asked for it: the list is a folder. Where it is not whole, nothing passes. */
/* shows: SEC-2 ASVS V6.2.12 */
static void breached(office *o)
{
    static const char *const options[] = {"--breached", "breached", NULL};
    char *folder = program_folder(), path[4096];
    (void)o;
    snprintf(path, sizeof path, "%s/breached", folder);
    assert_int_equal(0, mkdir(path, 0700));
    write_list(folder, client_password, false);
    write_list(folder, "umbrella cactus fjord", true);
    office *own = office_open_in(folder, options);
    set_password(own, 422, own->bob, "umbrella cactus fjord");
    cJSON *held = own->c.openapi;
    own->c.openapi = NULL; /* which promises nothing of a server that fails */
    client_answer a = client_ask(&own->c, "PUT", change, own->bob,
                                 "{\"password\":\"seven other words that nobody leaked\"}");
    assert_int_equal(a.status, 500);
    assert_null(strstr(a.text, "breached/")); /* how the server is set up is nobody's matter */
    client_free(&a);
    own->c.openapi = held;
    office_close(own);
}

/* Failures of one address slow every account that is tried from it, and no other address. */
/* shows: SEC-2 ASVS V6.3.1 */
static void one_address_is_slowed(office *o)
{
    char name[20];
    bool slowed = false;
    for (int i = 0; i < 60 && !slowed; i++) {
        snprintf(name, sizeof name, "made-up-%d", i);
        int status = try_password(o, asvs_from(20), name, "wrong wrong wrong wrong");
        assert_true(status == 401 || status == 429);
        slowed = status == 429;
        assert_true(!slowed || i >= 20);
    }
    assert_true(slowed);
    char body[500];
    sign_in_body(body, "bob", client_password, "");
    for (bool waits = false; !waits;) { /* each failure lets it wait longer than the one before */
        client_answer a = client_ask(&o->c, "POST", sign_in, asvs_from(20), body);
        waits = a.status == 429 && strstr(a.text, "\r\nRetry-After: ") != NULL;
        client_free(&a);
        if (!waits)
            (void)try_password(o, asvs_from(20), "made-up", "wrong wrong wrong wrong");
    }
    assert_int_equal(try_password(o, asvs_from(21), "bob", client_password), 200);
}

/* shows: SEC-2 ASVS V6.3.2 */
static void nobody_is_there_at_first(office *o)
{
    static const char *const names[] = {"admin", "administrator", "root", "probity", "demo",
                                        "test",  "guest",         "user", "system",  "auditor"};
    static const char *const none[] = {NULL};
    char *folder = program_folder();
    (void)o;
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    PROGRAM_EXPECT(folder, 0, "", "users", "list", "-w", "ws");
    client fresh = client_start_with(folder, none);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char body[500];
        sign_in_body(body, names[i], names[i], "");
        client_answer a = client_expect(&fresh, 401, "POST", sign_in, "", body);
        client_free(&a);
    }
    client_stop(&fresh);
    program_remove_folder(folder);
}

/* Wherever a role wants a second factor there is no session without it. */
/* shows: SEC-2 ASVS V6.3.3 */
static void no_session_without_both(office *o)
{
    static const char *const administrator[] = {"--role", "administrator", NULL};
    char body[4096], code[64], header[2200], ticket[2048];
    sign_in_body(body, "ann", "kupfer!z", "");
    office_take(o, 200, "", "POST", sign_in, body, NULL, "ticket", ticket, sizeof ticket);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", ticket);
    office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
    snprintf(header, sizeof header, "Cookie: probity=%s\r\n", ticket);
    office_expect(o, 401, NULL, header, "GET", "/api/v1/contacts", NULL);
    client_add_user(o->c.folder, "eve", administrator, code);
    snprintf(body, sizeof body, "{\"name\":\"eve\",\"code\":\"%s\",\"password\":\"%s\"}", code,
             client_password);
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/enrol", "", body);
    assert_string_equal(client_text(&a, "step"), "needs_enrol");
    assert_null(cJSON_GetObjectItem(a.json, "token"));
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", client_text(&a, "ticket"));
    client_free(&a);
    office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
    office_expect(o, 401, NULL, header, "POST", "/api/v1/keys", "{\"label\":\"x\"}");
    office_expect(o, 400, "unsupported_grant_type", "", "POST", "/oauth/token",
                  "grant_type=password&username=ann&password=kupfer!z");
}

/* What is answered but for the request's id and the moment. */
static void shape_of(client_answer *a, char out[4096])
{
    char *at = out;
    for (const char *line = a->text; *line != '\0';) {
        size_t size = strcspn(line, "\n") + (strchr(line, '\n') != NULL);
        if (strncmp(line, "Date:", 5) != 0 && strncmp(line, "X-Request-Id:", 13) != 0 &&
            strncmp(line, "{", 1) != 0)
            at += snprintf(at, (size_t)(out + 4096 - at), "%.*s", (int)size, line);
        line += size;
    }
    cJSON_DeleteItemFromObject(a->json, "request");
    char *body = cJSON_PrintUnformatted(a->json);
    snprintf(at, (size_t)(out + 4096 - at), "%s", body);
    free(body);
}

/* How long each takes is measured where nothing else runs: tests/identity/bench_signin.c. */
/* shows: SEC-2 ASVS V6.3.8 */
static void known_and_unknown_are_alike(office *o)
{
    char known[4096], unknown[4096], body[500];
    for (int i = 0; i < 3; i++) {
        sign_in_body(body, "bob", "wrong wrong wrong wrong", "");
        client_answer a = client_ask(&o->c, "POST", sign_in, asvs_from(30), body);
        shape_of(&a, known);
        client_free(&a);
        sign_in_body(body, "bub", "wrong wrong wrong wrong", "");
        a = client_ask(&o->c, "POST", sign_in, asvs_from(31), body);
        shape_of(&a, unknown);
        client_free(&a);
        assert_string_equal(known, unknown);
    }
}

/* shows: SEC-2 ASVS V6.4.1 */
static void codes_to_enrol(office *o)
{
    static const char *const sales[] = {"--role", "sales", NULL};
    char code[64], header[200], body[500];
    size_t letters = 0;
    client_add_user(o->c.folder, "zoe", sales, code);
    for (const char *c = code; *c != '\0'; c++)
        letters += isalnum((unsigned char)*c) != 0;
    assert_true(letters >= 16); /* of 32 letters: 80 bits at least */
    client_enrol(&o->c, "zoe", code, header, NULL, 0);
    snprintf(body, sizeof body, "{\"name\":\"zoe\",\"code\":\"%s\",\"password\":\"%s\"}", code,
             client_password);
    office_expect(o, 401, NULL, asvs_from(40), "POST", "/api/v1/enrol", body);
}

/* shows: SEC-2 ASVS V6.4.3 */
static void a_new_password_keeps_the_second_factor(office *o)
{
    char code[64], body[500];
    program_result r = PROGRAM(o->c.folder, "users", "enrol", "ann", "-w", "ws", "--json");
    cJSON *json = cJSON_Parse(r.out);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, "code"));
    if (text == NULL)
        fail_msg("users enrol: %d %s%s", r.exit, r.out, r.err);
    snprintf(code, sizeof code, "%s", text);
    cJSON_Delete(json);
    program_free(&r);
    snprintf(body, sizeof body, "{\"name\":\"ann\",\"code\":\"%s\",\"password\":\"%s\"}", code,
             client_password);
    office_expect(o, 200, "\"step\":\"needs_second\"", "", "POST", "/api/v1/enrol", body);
}

static void ann_begins(office *o, char ticket[2048])
{
    char body[500];
    sign_in_body(body, "ann", client_password, "");
    office_take(o, 200, "", "POST", sign_in, body, NULL, "ticket", ticket, 2048);
}

static int show_code(office *o, const char *ticket, const char *code)
{
    char body[3000];
    snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"code\":\"%s\"}", ticket, code);
    client_answer a = client_ask(&o->c, "POST", "/api/v1/sign-in/code", asvs_from(50), body);
    int status = a.status;
    client_free(&a);
    return status;
}

/* shows: SEC-2 ASVS V6.5.5 */
static void codes_of_other_times(office *o)
{
    static const int seconds[] = {-300, -90, 90, 300};
    char ticket[2048], code[9];
    ann_begins(o, ticket);
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        client_code(o->address, seconds[i], code);
        assert_int_equal(show_code(o, ticket, code), 401);
    }
}

/* shows: SEC-2 ASVS V6.5.1 */
static void a_code_is_good_once(office *o)
{
    char ticket[2048], code[9];
    ann_begins(o, ticket);
    client_code(o->address, 30, code);
    assert_int_equal(show_code(o, ticket, code), 200);
    ann_begins(o, ticket);
    assert_int_equal(show_code(o, ticket, code), 401);
}

/* shows: SEC-2 ASVS V6.6.3 */
static void guessing_codes_is_slow(office *o)
{
    char ticket[2048];
    int guesses = 0, status = 401;
    ann_begins(o, ticket);
    for (; status == 401 && guesses < 40; guesses++)
        status = show_code(o, ticket, "0000000"); /* never right: it has seven digits */
    assert_int_equal(status, 429);
    assert_true(guesses <= 10);
}

/* shows: SEC-2 ASVS V6.7.2 */
static void challenges(office *o)
{
    enum { MANY = 300, TEXT = 64 };
    static char seen[MANY][TEXT];
    for (int i = 0; i < MANY; i++) {
        office_take(o, 200, "", "POST", "/api/v1/sign-in/passkey/begin", NULL, "passkey",
                    "challenge", seen[i], TEXT);
        assert_int_equal(strlen(seen[i]), 43); /* 256 bits */
        for (int k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
    }
}

static const asvs_row rows[] = {
    {"V6.7.2", challenges, "tests/identity/test_second.c", NULL},
    {"V6.2.1", length, "tests/identity/test_password.c", NULL},
    {"V6.2.4", common_ones, "tests/identity/test_password.c", NULL},
    {"V6.2.5", no_composition, "tests/identity/test_password.c", NULL},
    {"V6.2.8", nothing_is_cut, "tests/identity/test_password.c", NULL},
    {"V6.2.9", long_ones_work, "tests/identity/test_password.c", NULL},
    {"V6.2.12", breached, "tests/identity/test_password.c", NULL},
    {"V6.3.1", one_address_is_slowed, "tests/identity/test_throttle.c", NULL},
    {"V6.3.2", nobody_is_there_at_first, "tests/identity/test_signin.c", NULL},
    {"V6.3.3", no_session_without_both, "tests/identity/test_second.c", NULL},
    {"V6.3.8", known_and_unknown_are_alike, "tests/identity/test_signin.c", NULL},
    {"V6.4.1", codes_to_enrol, "tests/identity/test_second.c", NULL},
    {"V6.4.3", a_new_password_keeps_the_second_factor, "tests/identity/test_second.c", NULL},
    {"V6.5.5", codes_of_other_times, "tests/identity/test_totp.c", NULL},
    {"V6.5.1", a_code_is_good_once, "tests/identity/test_second.c", NULL},
    {"V6.6.3", guessing_codes_is_slow, "tests/identity/test_throttle.c", NULL},
};

int main(void)
{
    static const char *const options[] = {"--proxy", "--site", "crm.example.org", NULL};
    return asvs_run("auth", rows, sizeof rows / sizeof *rows, options);
}
