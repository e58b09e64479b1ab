/* Signing in through service: roles that want a second factor, who may look after whose ways to
 * sign in, requests with tokens, programs and their rates. */
#include "service_support.h"

#include "service/signin.h"
#include "tiny_schema.h"

#include <unistd.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static const char good[] = "seven grey herons wade";

typedef struct reception {
    tiny_schema tiny;
    db_workspace *workspace;
    service_desk *desk;
    pb_arena *arena;
    int64_t now_us;
    pb_uuid ann, bob, robot; /* an administrator, a clerk, a program */
} reception;

static identity_visit visit(const reception *r)
{
    return (identity_visit){.actor = {.via = PB_STR("test")},
                            .now_us = r->now_us,
                            .address = PB_STR("192.0.2.1"),
                            .device = PB_STR("a browser")};
}

typedef struct opening {
    reception *r;
    int64_t roles[2];
} opening;

static pb_status add_user(db_session *session, const identity_call *call, const char *name,
                          identity_kind kind, int64_t role, pb_uuid *ret_id, pb_error *err)
{
    const identity_user user = {.kind = kind,
                                .name = pb_str_c(name),
                                .shown = pb_str_c(name),
                                .language = PB_STR("en"),
                                .until_us = IDENTITY_OPEN};
    PB_TRY(identity_user_add(session, call, &user, ret_id, err));
    return role == 0 ? PB_OK
                     : identity_role_give(session, call, *ret_id, role, 0, IDENTITY_OPEN, err);
}

/* Two roles: administration is for who shows a second factor, clerks inherit nothing from it. */
static pb_status open_work(db_session *session, void *context, pb_error *err)
{
    opening *o = context;
    reception *r = o->r;
    identity_call call = {{PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, r->now_us, PB_STR_NONE};
    identity_grant users = {.name = PB_STR("users"), .operations = 1U << IDENTITY_OP_USERS};
    const identity_role guarded = {.name = PB_STR("administrator"),
                                   .label = PB_STR("Administrator"),
                                   .second_factor = true,
                                   .grants = &users,
                                   .grant_count = 1};
    const identity_role clerk = {.name = PB_STR("clerk"), .label = PB_STR("Clerk")};
    PB_TRY(identity_role_put(session, &call, &guarded, &o->roles[0], err));
    PB_TRY(identity_role_put(session, &call, &clerk, &o->roles[1], err));
    PB_TRY(add_user(session, &call, "ann", IDENTITY_PERSON, o->roles[0], &r->ann, err));
    PB_TRY(add_user(session, &call, "bob", IDENTITY_PERSON, o->roles[1], &r->bob, err));
    return add_user(session, &call, "robot", IDENTITY_PROGRAM, o->roles[1], &r->robot, err);
}

static reception *reception_open(void)
{
    pb_error err = {0};
    reception *r = calloc(1, sizeof *r);
    char key[] = "/tmp/probity-key-XXXXXX";
    const db_options options = {.scratch = !on_postgres(), .key.key_file = key};
    static const pb_str origins[] = {PB_STR("https://crm.example.org")};
    const service_desk_options desk = {.site = PB_STR("crm.example.org"),
                                       .origins = origins,
                                       .origin_count = 1,
                                       .organisation = PB_STR("Morgenstern"),
                                       .password = {.passes = 1, .memory = 8192}};
    assert_non_null(r);
    tiny_schema_make(&r->tiny);
    r->arena = pb_arena_new(0);
    r->now_us = INT64_C(1767225600000000);
    if (on_postgres()) { /* a name only: the key is made there, and not needed again */
        int file = mkstemp(key);
        assert_true(file >= 0);
        close(file);
        unlink(key);
    }
    must(db_workspace_create(on_postgres() ? engine_address() : NULL, &r->tiny.schema, &options,
                             NULL, &r->workspace, &err),
         &err);
    unlink(key);
    opening o = {.r = r};
    must(db_write(r->workspace, open_work, &o, &err), &err);
    must(service_desk_open(r->workspace, &desk, &r->desk, &err), &err);
    return r;
}

static void reception_close(reception *r)
{
    service_desk_close(r->desk);
    db_workspace_close(r->workspace);
    pb_arena_free(r->arena);
    free(r);
}

static identity_signin sign_in(reception *r, const service_proof *proof)
{
    pb_error err = {0};
    identity_signin signin;
    const identity_visit from = visit(r);
    must(service_sign_in(r->desk, &from, proof, r->arena, &signin, &err), &err);
    return signin;
}

static identity_signin by_password(reception *r, const char *name)
{
    const service_proof proof = {
        .way = SERVICE_BY_PASSWORD, .name = pb_str_c(name), .password = pb_str_c(good)};
    return sign_in(r, &proof);
}

/* The key's holder hands out a code, and the user gives herself a password with it. */
static identity_signin enrol(reception *r, pb_uuid user, const char *name)
{
    pb_error err = {0};
    char code[IDENTITY_CODE];
    const identity_visit from = visit(r);
    const service_guest holder = service_guest_holder(PB_STR("owner"), r->now_us);
    must(service_enrolment(r->desk, &from, &holder, user, code, &err), &err);
    const service_proof proof = {.way = SERVICE_BY_ENROLMENT,
                                 .name = pb_str_c(name),
                                 .code = pb_str_c(code),
                                 .password = pb_str_c(good)};
    return sign_in(r, &proof);
}

static pb_status guest_of(reception *r, const char *token, service_guest *ret, int64_t *ret_wait_us,
                          pb_error *err)
{
    const identity_visit from = visit(r);
    return service_guest_find(r->desk, &from, pb_str_c(token), r->arena, ret, ret_wait_us, err);
}

static service_guest must_be_guest(reception *r, const char *token)
{
    pb_error err = {0};
    service_guest guest;
    int64_t wait;
    must(guest_of(r, token, &guest, &wait, &err), &err);
    assert_int_equal(wait, 0);
    return guest;
}

/* The code an app shows for the secret in its address. */
static const char *app_shows(pb_str address, int64_t now_us, char code[9])
{
    char secret[IDENTITY_TOTP_SECRET];
    size_t at = pb_str_find(address, PB_STR("secret=")) + 7;
    unsigned bits = 0, held = 0;
    for (size_t out = 0; out < sizeof secret; at++) {
        char c = address.ptr[at];
        bits = bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26);
        held += 5;
        if (held >= 8) {
            held -= 8;
            secret[out++] = (char)(bits >> held);
        }
    }
    assert_true(identity_totp_code(IDENTITY_SHA1, pb_str_n(secret, sizeof secret),
                                   now_us / SECOND / 30, 6, code));
    return code;
}

/* ASVS V6.3.3 V6.4.1 */
/* shows: SEC-2 ACC-1 */
static void test_administrators_sign_in_with_two_factors_from_the_first_day(void **state)
{
    (void)state;
    pb_error err = {0};
    char code[9];
    reception *r = reception_open();
    identity_visit from = visit(r);
    /* Fresh, nobody signs in with anything. */
    assert_int_equal(by_password(r, "ann").step, IDENTITY_WRONG);
    identity_signin first = enrol(r, r->ann, "ann");
    assert_int_equal(first.step, IDENTITY_NEEDS_ENROL);
    service_factor factor;
    must(service_factor_begin(r->desk, &from, NULL, first.ticket, false, r->arena, &factor, &err),
         &err);
    assert_true(pb_str_is(factor.user.name, "ann"));
    const service_proof proof = {.way = SERVICE_BY_NEW_FACTOR,
                                 .ticket = first.ticket,
                                 .begun = factor.begun,
                                 .code = pb_str_c(app_shows(factor.address, r->now_us, code)),
                                 .label = PB_STR("telephone")};
    identity_signin in = sign_in(r, &proof);
    assert_int_equal(in.step, IDENTITY_SIGNED_IN);
    service_guest guest = must_be_guest(r, in.token);
    assert_true(guest.held.actor.second_factor && pb_str_is(guest.held.actor.name, "ann"));
    service_guest_let_go(&guest);
    service_guest_let_go(&guest);
    /* The clerk's role asks for none. */
    in = enrol(r, r->bob, "bob");
    assert_int_equal(in.step, IDENTITY_SIGNED_IN);
    guest = must_be_guest(r, in.token);
    assert_false(guest.held.actor.second_factor);
    service_guest_let_go(&guest);
    reception_close(r);
}

/* Signs the administrator in with both factors. */
static service_guest administrator(reception *r, char token[IDENTITY_TOKEN])
{
    pb_error err = {0};
    char code[9];
    const identity_visit from = visit(r);
    identity_signin first = enrol(r, r->ann, "ann");
    service_factor factor;
    must(service_factor_begin(r->desk, &from, NULL, first.ticket, false, r->arena, &factor, &err),
         &err);
    const service_proof proof = {.way = SERVICE_BY_NEW_FACTOR,
                                 .ticket = first.ticket,
                                 .begun = factor.begun,
                                 .code = pb_str_c(app_shows(factor.address, r->now_us, code))};
    identity_signin in = sign_in(r, &proof);
    memcpy(token, in.token, IDENTITY_TOKEN);
    return must_be_guest(r, token);
}

/* ASVS V7.4.5 V7.5.1 V8.3.1 */
/* shows: ACC-1 SEC-2 */
static void test_others_ways_to_sign_in_are_for_who_looks_after_users(void **state)
{
    (void)state;
    pb_error err = {0};
    char code[IDENTITY_CODE], token[IDENTITY_TOKEN];
    reception *r = reception_open();
    service_guest ann = administrator(r, token);
    identity_signin in = enrol(r, r->bob, "bob");
    service_guest bob = must_be_guest(r, in.token);
    identity_visit from = visit(r);
    identity_session *sessions;
    identity_credential *credentials;
    size_t count;
    /* The clerk sees and ends what is his, and nothing of others. */
    must(service_sessions(r->desk, &from, &bob, r->bob, r->arena, &sessions, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(
        service_sessions(r->desk, &from, &bob, r->ann, r->arena, &sessions, &count, &err),
        PB_DENIED);
    assert_int_equal(
        service_credentials(r->desk, &from, &bob, r->ann, r->arena, &credentials, &count, &err),
        PB_DENIED);
    assert_int_equal(service_session_end(r->desk, &from, &bob, r->ann, 0, NULL, &err), PB_DENIED);
    assert_int_equal(service_enrolment(r->desk, &from, &bob, r->ann, code, &err), PB_DENIED);
    assert_int_equal(service_enrolment(r->desk, &from, &bob, r->bob, code, &err), PB_DENIED);
    assert_int_equal(service_factors_end(r->desk, &from, &bob, r->bob, &err), PB_DENIED);
    /* The administrator does; handing out a code asks for a proof that is not old. */
    must(service_credentials(r->desk, &from, &ann, r->bob, r->arena, &credentials, &count, &err),
         &err);
    assert_int_equal(count, 1);
    must(service_enrolment(r->desk, &from, &ann, r->bob, code, &err), &err);
    r->now_us += 11 * MINUTE;
    from = visit(r);
    assert_int_equal(service_enrolment(r->desk, &from, &ann, r->bob, code, &err), PB_DENIED);
    must(service_session_end(r->desk, &from, &ann, r->bob, 0, &count, &err), &err);
    assert_int_equal(count, 1);
    service_guest gone;
    int64_t wait;
    assert_int_equal(guest_of(r, in.token, &gone, &wait, &err), PB_DENIED);
    service_guest_let_go(&bob);
    service_guest_let_go(&ann);
    reception_close(r);
}

/* ASVS V7.5.1 V7.4.1 */
/* shows: SEC-2 */
static void test_own_ways_are_changed_after_a_proof_and_a_session_ends(void **state)
{
    (void)state;
    pb_error err = {0};
    char codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE];
    reception *r = reception_open();
    identity_signin in = enrol(r, r->bob, "bob"), proved;
    service_guest bob = must_be_guest(r, in.token), gone;
    int64_t wait;
    r->now_us += 11 * MINUTE;
    identity_visit from = visit(r);
    service_factor factor;
    assert_int_equal(service_recovery_codes(r->desk, &from, &bob, codes, &err), PB_DENIED);
    assert_int_equal(
        service_factor_begin(r->desk, &from, &bob, PB_STR_NONE, true, r->arena, &factor, &err),
        PB_DENIED);
    const service_proof proof = {.way = SERVICE_BY_PASSWORD, .password = pb_str_c(good)};
    must(service_prove(r->desk, &from, &bob, &proof, r->arena, &proved, &err), &err);
    assert_int_equal(proved.step, IDENTITY_SIGNED_IN);
    service_guest_let_go(&bob);
    assert_int_equal(guest_of(r, in.token, &gone, &wait, &err), PB_DENIED);
    bob = must_be_guest(r, proved.token);
    must(service_recovery_codes(r->desk, &from, &bob, codes, &err), &err);
    must(service_factor_begin(r->desk, &from, &bob, PB_STR_NONE, true, r->arena, &factor, &err),
         &err);
    assert_true(factor.begun.len > 0 && factor.known_count == 0 && factor.address.ptr == NULL);
    must(service_factor_begin(r->desk, &from, &bob, PB_STR_NONE, false, r->arena, &factor, &err),
         &err);
    char code[9];
    service_proof added = {.begun = factor.begun, .code = PB_STR("x"), .label = PB_STR("phone")};
    assert_int_equal(service_factor_add(r->desk, &from, &bob, &added, &err), PB_DENIED);
    added.code = pb_str_c(app_shows(factor.address, r->now_us, code));
    must(service_factor_add(r->desk, &from, &bob, &added, &err), &err);
    identity_credential *all;
    size_t count;
    must(service_credentials(r->desk, &from, &bob, r->bob, r->arena, &all, &count, &err), &err);
    assert_int_equal(count, 2 + IDENTITY_RECOVERY_CODES);
    assert_true(all[count - 1].kind == IDENTITY_TOTP && pb_str_is(all[count - 1].label, "phone"));
    must(service_credential_end(r->desk, &from, &bob, r->bob, all[count - 1].n, false, &err), &err);
    assert_int_equal(
        service_credential_end(r->desk, &from, &bob, r->bob, all[count - 1].n, false, &err),
        PB_NOT_FOUND);
    must(service_password_change(r->desk, &from, &bob, PB_STR("four brown otters"), true, &err),
         &err);
    must(service_sign_out(r->desk, &from, &bob, &err), &err);
    assert_int_equal(guest_of(r, proved.token, &gone, &wait, &err), PB_DENIED);
    assert_int_equal(by_password(r, "bob").step, IDENTITY_WRONG);
    service_guest_let_go(&bob);
    reception_close(r);
}

/* ASVS V8.3.3 */
/* shows: INT-1 ACC-1 */
static void test_keys_are_made_for_programs_and_kept_to_their_rate(void **state)
{
    (void)state;
    pb_error err = {0};
    char key[IDENTITY_KEY_TEXT], token[IDENTITY_TOKEN];
    reception *r = reception_open();
    service_guest ann = administrator(r, token), robot, again;
    const identity_visit from = visit(r);
    int64_t n, wait;
    identity_key_wish wish = {
        .user = r->bob, .label = PB_STR("shop"), .rate = 60, .expires_us = IDENTITY_OPEN};
    assert_int_equal(service_key_make(r->desk, &from, &ann, &wish, key, &n, &err), PB_DENIED);
    wish.user = r->robot;
    wish.read_only = true;
    must(service_key_make(r->desk, &from, &ann, &wish, key, &n, &err), &err);
    for (int i = 0; i < 6; i++) {
        robot = must_be_guest(r, key);
        assert_true(robot.held.actor.read_only && pb_str_is(robot.held.actor.name, "robot"));
        service_guest_let_go(&robot);
    }
    assert_int_equal(guest_of(r, key, &again, &wait, &err), PB_LIMIT);
    assert_int_equal(wait, SECOND);
    r->now_us += SECOND;
    robot = must_be_guest(r, key);
    /* With its id and secret it gets a token that is good for less. */
    pb_str rest = pb_str_sub(pb_str_c(key), 4, sizeof key), id;
    pb_str_split(&rest, '_', &id);
    const identity_client client = {.id = id, .secret = rest, .scopes = PB_STR("contact.read")};
    identity_signin in;
    identity_caller caller;
    must(service_sign_in_client(r->desk, &from, &client, r->arena, &in, &caller, &err), &err);
    assert_int_equal(in.step, IDENTITY_SIGNED_IN);
    assert_true(caller.until_us > r->now_us && pb_str_is(caller.scopes, "contact.read"));
    /* A program changes nobody's ways to sign in, its own neither. */
    assert_int_equal(service_key_make(r->desk, &from, &robot, &wish, key, &n, &err), PB_DENIED);
    assert_int_equal(service_sign_out(r->desk, &from, &robot, &err), PB_INVALID);
    service_guest_let_go(&robot);
    service_guest_let_go(&ann);
    reception_close(r);
}

/* shows: SEC-2 */
static void test_a_way_without_its_parts_is_refused_by_name(void **state)
{
    (void)state;
    reception *r = reception_open();
    const identity_visit from = visit(r);
    static const service_proof lacking[] = {{.way = SERVICE_BY_PASSWORD},
                                            {.way = SERVICE_BY_PASSWORD, .name = PB_STR("ann")},
                                            {.way = SERVICE_BY_PASSKEY},
                                            {.way = SERVICE_BY_PASSKEY, .ticket = PB_STR("x")},
                                            {.way = SERVICE_BY_CODE, .ticket = PB_STR("x")},
                                            {.way = SERVICE_BY_RECOVERY, .code = PB_STR("x")},
                                            {.way = SERVICE_BY_ENROLMENT, .name = PB_STR("ann")},
                                            {.way = SERVICE_BY_NEW_FACTOR, .code = PB_STR("1")},
                                            {.way = SERVICE_WAYS, .ticket = PB_STR("x")}};
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        pb_error err = {0};
        identity_signin signin;
        assert_int_equal(service_sign_in(r->desk, &from, &lacking[i], r->arena, &signin, &err),
                         PB_USAGE);
    }
    const service_proof asked = {.way = SERVICE_ASK_PASSKEY};
    assert_int_equal(sign_in(r, &asked).step, IDENTITY_NEEDS_PASSKEY);
    reception_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_administrators_sign_in_with_two_factors_from_the_first_day),
        cmocka_unit_test(test_others_ways_to_sign_in_are_for_who_looks_after_users),
        cmocka_unit_test(test_own_ways_are_changed_after_a_proof_and_a_session_ends),
        cmocka_unit_test(test_keys_are_made_for_programs_and_kept_to_their_rate),
        cmocka_unit_test(test_a_way_without_its_parts_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
