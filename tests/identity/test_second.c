/* Second factors: codes, passkeys, recovery codes, and what a role or a new password has to do with
 * them. */
#include "factor_support.h"

/* The role of one user wants a second factor. */
static pb_status wants(void *context, db_session *session, pb_uuid user, int64_t at_us, bool *ret,
                       pb_error *err)
{
    (void)session;
    (void)at_us;
    (void)err;
    *ret = memcmp(context, &user, sizeof user) == 0;
    return PB_OK;
}

/* ASVS V6.5.1 V6.5.5 */
/* shows: SEC-2 */
static void test_who_has_codes_shows_one_and_each_once(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_caller caller;
    char code[9];
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, enough_beside);
    app a = give_totp(h, ann);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin first = sign_in(h, &desk, &visit, "ann", enough_beside);
    assert_int_equal(first.step, IDENTITY_NEEDS_SECOND);
    assert_true(first.totp && !first.recovery && first.passkey_count == 0 && first.token[0] == 0);
    /* The ticket is no token. */
    assert_int_equal(caller_of_token(h, pb_arena_cstr(h->arena, first.ticket), &caller), PB_DENIED);
    assert_int_equal(by_code(h, &desk, &visit, first.ticket, "000000").step, IDENTITY_WRONG);
    identity_signin second =
        by_code(h, &desk, &visit, first.ticket, app_shows(&a, h->now_us, code));
    assert_int_equal(second.step, IDENTITY_SIGNED_IN);
    assert_true(second.second_factor);
    assert_int_equal(caller_of_token(h, second.token, &caller), PB_OK);
    assert_true(caller.second_factor);
    /* Neither the ticket nor the code is good again. */
    identity_signin again;
    h->now_us += 30 * SECOND;
    visit = visit_from(h, "192.0.2.1");
    assert_int_equal(identity_signin_totp(&desk, &visit, first.ticket,
                                          pb_str_c(app_shows(&a, h->now_us, code)), h->arena,
                                          &again, &err),
                     PB_DENIED);
    h->now_us -= 30 * SECOND;
    visit = visit_from(h, "192.0.2.1");
    identity_signin third = sign_in(h, &desk, &visit, "ann", enough_beside);
    assert_int_equal(by_code(h, &desk, &visit, third.ticket, app_shows(&a, h->now_us, code)).step,
                     IDENTITY_WRONG);
    /* A ticket is good for ten minutes. */
    h->now_us += 10 * MINUTE;
    visit = visit_from(h, "192.0.2.1");
    assert_int_equal(identity_signin_totp(&desk, &visit, third.ticket,
                                          pb_str_c(app_shows(&a, h->now_us, code)), h->arena,
                                          &again, &err),
                     PB_DENIED);
    must_say(&err, "This took too long, or began elsewhere: begin again.");
    assert_int_equal(asked_events(h->workspace, "signin.first"), 2);
    assert_int_equal(asked_events(h->workspace, "signin.passed"), 1);
    house_close(h);
}

/* shows: SEC-2 */
static void test_altered_tickets_open_nothing(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    char code[9];
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    app a = give_totp(h, ann);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin first = sign_in(h, &desk, &visit, "ann", good), again;
    char *text = pb_arena_cstr(h->arena, first.ticket);
    pb_str fits = pb_str_c(app_shows(&a, h->now_us, code));
    for (size_t i = 0; text[i] != 0; i++) {
        char was = text[i];
        text[i] = was == 'A' ? 'Q' : 'A';
        assert_int_equal(
            identity_signin_totp(&desk, &visit, pb_str_c(text), fits, h->arena, &again, NULL),
            PB_DENIED);
        text[i] = was;
    }
    /* One for another step opens nothing either. */
    identity_signin other;
    pb_error err = {0};
    must(identity_signin_begin(&desk, &visit, h->arena, &other, &err), &err);
    assert_int_equal(
        identity_signin_totp(&desk, &visit, other.ticket, fits, h->arena, &again, NULL), PB_DENIED);
    assert_int_equal(identity_signin_totp(&desk, &visit, PB_STR_NONE, fits, h->arena, &again, NULL),
                     PB_DENIED);
    assert_int_equal(by_code(h, &desk, &visit, first.ticket, code).step, IDENTITY_SIGNED_IN);
    house_close(h);
}

/* shows: SEC-2 */
static void test_recovery_codes_are_good_once(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    give_totp(h, ann);
    deal made = {.work = deal_recovery, .h = h, .visit = visit_from(h, "192.0.2.1"), .user = ann};
    do_deal(&made);
    for (int i = 0; i < IDENTITY_RECOVERY_CODES; i++) {
        h->now_us += DAY;
        identity_visit visit = visit_from(h, "192.0.2.1");
        identity_signin first = sign_in(h, &desk, &visit, "ann", good), second;
        assert_true(first.recovery);
        char typed[IDENTITY_CODE + 4] = " "; /* as people type: small letters, blanks */
        for (size_t c = 0; made.codes[i][c] != 0; c++)
            typed[c + 1] = (char)(made.codes[i][c] == '-'   ? ' '
                                  : made.codes[i][c] >= 'A' ? made.codes[i][c] + 32
                                                            : made.codes[i][c]);
        must(identity_signin_recovery(&desk, &visit, first.ticket, pb_str_c(typed), h->arena,
                                      &second, &err),
             &err);
        assert_int_equal(second.step, IDENTITY_SIGNED_IN);
        identity_signin next = sign_in(h, &desk, &visit, "ann", good);
        must(identity_signin_recovery(&desk, &visit, next.ticket, pb_str_c(typed), h->arena,
                                      &second, &err),
             &err);
        assert_int_equal(second.step, IDENTITY_WRONG);
        assert_int_equal(next.recovery, i + 1 < IDENTITY_RECOVERY_CODES);
    }
    /* New ones end those made before. */
    deal old = made;
    do_deal(&old);
    do_deal(&made);
    h->now_us += DAY;
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin first = sign_in(h, &desk, &visit, "ann", good), second;
    must(identity_signin_recovery(&desk, &visit, first.ticket, pb_str_c(old.codes[3]), h->arena,
                                  &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_WRONG);
    must(identity_signin_recovery(&desk, &visit, first.ticket, pb_str_c(made.codes[3]), h->arena,
                                  &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_SIGNED_IN);
    house_close(h);
}

/* shows: SEC-2 */
static void test_a_passkey_signs_in_beside_a_password_and_alone(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    authenticator mine, stolen;
    pb_uuid ann = add_person(h, "ann", 0), bob = add_person(h, "bob", 0);
    give_password(h, &desk, ann, good);
    authenticator_begin(&mine, 7);
    must(try_passkey(h, ann, &mine, &err), &err);
    assert_int_equal(try_passkey(h, bob, &mine, &err), PB_EXISTS);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin first = sign_in(h, &desk, &visit, "ann", good), second;
    assert_int_equal(first.step, IDENTITY_NEEDS_SECOND);
    assert_int_equal(first.passkey_count, 1);
    assert_memory_equal(first.passkeys[0].ptr, mine.id, sizeof mine.id);
    mine.count = 1;
    identity_assertion shown = authenticator_show(&mine, h->arena, first.challenge);
    must(identity_signin_passkey(&desk, &visit, first.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_SIGNED_IN);
    assert_true(second.second_factor);
    /* The same once more, as who listened would show it. */
    pb_status status =
        identity_signin_passkey(&desk, &visit, first.ticket, &shown, h->arena, &second, &err);
    assert_true(status == PB_OK && second.step == IDENTITY_WRONG);
    /* Alone. */
    identity_signin asked;
    must(identity_signin_begin(&desk, &visit, h->arena, &asked, &err), &err);
    assert_int_equal(asked.step, IDENTITY_NEEDS_PASSKEY);
    mine.count = 2;
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    shown.user = pb_uuid_str(&ann);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_SIGNED_IN);
    assert_memory_equal(&second.user, &ann, sizeof ann);
    assert_true(second.second_factor);
    /* Not without its user being verified; not one that nobody knows; not a copy. */
    must(identity_signin_begin(&desk, &visit, h->arena, &asked, &err), &err);
    mine.count = 3;
    mine.flags = 1;
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_WRONG);
    mine.flags = 5;
    authenticator_begin(&stolen, 8);
    shown = authenticator_show(&stolen, h->arena, asked.challenge);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_WRONG);
    mine.count = 2;
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_WRONG);
    mine.count = 3;
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    shown.user = pb_uuid_str(&bob);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_WRONG);
    /* Who is signed in proves it once more by the same passkey, and nobody else's. */
    identity_caller caller;
    identity_signin signed_in = second, proved;
    must(identity_signin_begin(&desk, &visit, h->arena, &asked, &err), &err);
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    must(identity_signin_passkey(&desk, &visit, asked.ticket, &shown, h->arena, &signed_in, &err),
         &err);
    assert_int_equal(caller_of_token(h, signed_in.token, &caller), PB_OK);
    must(identity_signin_begin(&desk, &visit, h->arena, &asked, &err), &err);
    mine.count = 4;
    shown = authenticator_show(&mine, h->arena, asked.challenge);
    caller.user = bob;
    must(identity_prove_passkey(&desk, &visit, &caller, asked.ticket, &shown, h->arena, &proved,
                                &err),
         &err);
    assert_int_equal(proved.step, IDENTITY_WRONG);
    caller.user = ann;
    must(identity_prove_passkey(&desk, &visit, &caller, asked.ticket, &shown, h->arena, &proved,
                                &err),
         &err);
    assert_int_equal(proved.step, IDENTITY_SIGNED_IN);
    assert_int_equal(caller_of_token(h, signed_in.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, proved.token, &caller), PB_OK);
    assert_true(caller.second_factor);
    EVP_PKEY_free(mine.key);
    EVP_PKEY_free(stolen.key);
    house_close(h);
}

/* ASVS V6.3.3 */
/* shows: SEC-2 ACC-1 */
static void test_a_role_that_wants_a_second_factor_gets_one_before_a_session(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_caller caller;
    char code[9];
    app a = {0};
    pb_uuid ann = add_person(h, "ann", 0);
    desk.wants_second = wants;
    desk.context = &ann;
    give_password(h, &desk, ann, good);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin first = sign_in(h, &desk, &visit, "ann", good), second;
    identity_signin late = sign_in(h, &desk, &visit, "ann", good);
    assert_int_equal(first.step, IDENTITY_NEEDS_ENROL);
    assert_int_equal(first.token[0], 0);
    identity_user who;
    must(identity_signin_owner(&desk, &visit, first.ticket, h->arena, &who, &err), &err);
    assert_memory_equal(&who.id, &ann, sizeof ann);
    PB_AUTO_BUF address = PB_BUF_INIT(4096);
    PB_AUTO_BUF begun = PB_BUF_INIT(4096);
    must(identity_totp_begin(h->workspace, &who, PB_STR("Morgenstern"), h->now_us, &address, &begun,
                             &err),
         &err);
    app_read(&a, pb_buf_str(&address));
    assert_int_equal(identity_signin_enrolled(&desk, &visit, first.ticket, pb_buf_str(&begun),
                                              PB_STR("000000"), NULL, PB_STR("phone"), h->arena,
                                              &second, &err),
                     PB_DENIED);
    must(identity_signin_enrolled(&desk, &visit, first.ticket, pb_buf_str(&begun),
                                  pb_str_c(app_shows(&a, h->now_us, code)), NULL, PB_STR("phone"),
                                  h->arena, &second, &err),
         &err);
    assert_int_equal(second.step, IDENTITY_SIGNED_IN);
    assert_int_equal(caller_of_token(h, second.token, &caller), PB_OK);
    assert_true(caller.second_factor);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_NEEDS_SECOND);
    /* Who learned the password before cannot set up another with a ticket of that time. */
    authenticator thief;
    uint8_t challenge[IDENTITY_CHALLENGE];
    authenticator_begin(&thief, 9);
    PB_AUTO_BUF other = PB_BUF_INIT(4096);
    must(identity_passkey_begin(h->workspace, ann, h->now_us, challenge, &other, &err), &err);
    const identity_made made = authenticator_make(&thief, h->arena, challenge);
    assert_int_equal(identity_signin_enrolled(&desk, &visit, late.ticket, pb_buf_str(&other),
                                              PB_STR_NONE, &made, PB_STR("key"), h->arena, &second,
                                              &err),
                     PB_DENIED);
    must_say(&err, "A second factor was set up meanwhile: sign in with it.");
    EVP_PKEY_free(thief.key);
    house_close(h);
}

/* ---- enrolment, change ---- */

/* ASVS V6.4.1 V6.4.3 */
/* shows: SEC-2 ACC-1 */
static void test_a_code_of_enrolment_sets_a_password_once_and_skips_no_factor(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_caller caller;
    identity_signin in;
    pb_uuid ann = add_person(h, "ann", 0);
    deal made = {.work = deal_enrolment, .h = h, .visit = visit_from(h, "192.0.2.1"), .user = ann};
    do_deal(&made);
    identity_visit visit = visit_from(h, "192.0.2.1");
    pb_str code = pb_str_c(made.codes[0]);
    must(identity_signin_enrol(&desk, &visit, PB_STR("ann"), PB_STR("AAAAA-AAAAA-AAAAA-AAAAA"),
                               pb_str_c(good), h->arena, &in, &err),
         &err);
    assert_int_equal(in.step, IDENTITY_WRONG);
    assert_int_equal(identity_signin_enrol(&desk, &visit, PB_STR("ann"), code, PB_STR("too short"),
                                           h->arena, &in, &err),
                     PB_INVALID);
    assert_int_equal(identity_signin_enrol(&desk, &visit, PB_STR("ann"), code,
                                           PB_STR("morgenstern 2026"), h->arena, &in, &err),
                     PB_INVALID);
    must_say(&err, "The password is made of names that everybody knows.");
    must(identity_signin_enrol(&desk, &visit, PB_STR("ann"), code, pb_str_c(good), h->arena, &in,
                               &err),
         &err);
    assert_int_equal(in.step, IDENTITY_SIGNED_IN);
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_OK);
    must(identity_signin_enrol(&desk, &visit, PB_STR("ann"), code, pb_str_c(good), h->arena, &in,
                               &err),
         &err);
    assert_int_equal(in.step, IDENTITY_WRONG);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_SIGNED_IN);
    /* With a second factor, a code of enrolment sets the password and asks for the factor. */
    give_totp(h, ann);
    visit = visit_from(h, "192.0.2.1");
    made.visit = visit;
    do_deal(&made);
    must(identity_signin_enrol(&desk, &visit, PB_STR("ann"), pb_str_c(made.codes[0]),
                               pb_str_c(enough_beside), h->arena, &in, &err),
         &err);
    assert_int_equal(in.step, IDENTITY_NEEDS_SECOND);
    assert_true(in.totp && in.token[0] == 0);
    /* An hour later it is nothing any more. */
    made.visit = visit_from(h, "192.0.2.1");
    do_deal(&made);
    h->now_us += HOUR;
    visit = visit_from(h, "192.0.2.1");
    must(identity_signin_enrol(&desk, &visit, PB_STR("ann"), pb_str_c(made.codes[0]),
                               pb_str_c(good), h->arena, &in, &err),
         &err);
    assert_int_equal(in.step, IDENTITY_WRONG);
    house_close(h);
}

/* ASVS V7.5.1 V7.4.3 V7.2.4 */
/* shows: SEC-2 */
static void test_a_password_is_changed_by_who_proved_it_and_ends_other_sessions(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_caller caller, other_caller;
    char code[9];
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin here = sign_in(h, &desk, &visit, "ann", good);
    identity_signin elsewhere = sign_in(h, &desk, &visit, "ann", good), proved;
    h->now_us += 11 * MINUTE;
    app a = give_totp(h, ann);
    visit = visit_from(h, "192.0.2.1");
    assert_int_equal(caller_of_token(h, here.token, &caller), PB_OK);
    assert_int_equal(
        identity_password_change(&desk, &visit, &caller, PB_STR("four brown otters"), true, &err),
        PB_DENIED);
    must(identity_prove(&desk, &visit, &caller, PB_STR("wrong"), PB_STR("000000"), h->arena,
                        &proved, &err),
         &err);
    assert_int_equal(proved.step, IDENTITY_WRONG);
    must(
        identity_prove(&desk, &visit, &caller, pb_str_c(good), PB_STR(""), h->arena, &proved, &err),
        &err);
    assert_int_equal(proved.step, IDENTITY_WRONG);
    must(identity_prove(&desk, &visit, &caller, pb_str_c(good),
                        pb_str_c(app_shows(&a, h->now_us, code)), h->arena, &proved, &err),
         &err);
    assert_int_equal(proved.step, IDENTITY_SIGNED_IN);
    assert_int_equal(caller_of_token(h, here.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, proved.token, &caller), PB_OK);
    assert_true(caller.second_factor);
    assert_int_equal(
        identity_password_change(&desk, &visit, &caller, PB_STR("ann ann"), true, &err),
        PB_INVALID);
    assert_int_equal(caller_of_token(h, elsewhere.token, &other_caller), PB_OK);
    must(identity_password_change(&desk, &visit, &caller, PB_STR("four brown otters"), true, &err),
         &err);
    assert_int_equal(caller_of_token(h, proved.token, &caller), PB_OK);
    assert_int_equal(caller_of_token(h, elsewhere.token, &other_caller), PB_DENIED);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_WRONG);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", "four brown otters").step,
                     IDENTITY_NEEDS_SECOND);
    house_close(h);
}

/* Who lost the second factor is given the way to a new one; the password stays. */
static pb_status deal_factors_end(db_session *session, deal *d, pb_error *err)
{
    return identity_factors_end(session, &d->visit, d->user, err);
}

static pb_status deal_list(db_session *session, deal *d, pb_error *err)
{
    identity_credential *all;
    return identity_credential_list(session, d->user, d->visit.now_us, d->h->arena, &all, &d->count,
                                    err);
}

/* shows: SEC-2 ACC-4 */
static void test_lost_factors_are_ended_and_the_password_stays(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    identity_caller caller;
    char code[9];
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    app a = give_totp(h, ann);
    deal made = {.work = deal_recovery, .h = h, .visit = visit_from(h, "192.0.2.1"), .user = ann};
    do_deal(&made);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin in = sign_in(h, &desk, &visit, "ann", good);
    in = by_code(h, &desk, &visit, in.ticket, app_shows(&a, h->now_us, code));
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_OK);
    deal listed = {.work = deal_list, .h = h, .visit = visit, .user = ann};
    do_deal(&listed);
    assert_int_equal(listed.count, 2 + IDENTITY_RECOVERY_CODES);
    deal end = {.work = deal_factors_end, .h = h, .visit = visit, .user = ann};
    do_deal(&end);
    do_deal(&listed);
    assert_int_equal(listed.count, 1);
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_DENIED);
    assert_int_equal(asked_events(h->workspace, "credential.ended"),
                     2); /* the codes of a set are one thing */
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_SIGNED_IN);
    desk.wants_second = wants;
    desk.context = &ann;
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_NEEDS_ENROL);
    house_close(h);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, IDENTITY_CHALLENGE);
}

/* ASVS V6.7.2 */
/* shows: SEC-2 */
static void test_no_challenge_is_asked_twice(void **state)
{
    enum { MANY = 100000 };
    static uint8_t all[MANY][IDENTITY_CHALLENGE];
    (void)state;
    house *h = house_open();
    const identity_desk desk = desk_of(h);
    const identity_visit visit = visit_from(h, "192.0.2.1");
    pb_arena *arena = pb_arena_new(0);
    for (size_t i = 0; i < MANY; i++) {
        pb_error err = {0};
        identity_signin asked;
        if (i % 1000 == 999) {
            pb_arena_free(arena);
            arena = pb_arena_new(0);
        }
        must(identity_signin_begin(&desk, &visit, arena, &asked, &err), &err);
        memcpy(all[i], asked.challenge, IDENTITY_CHALLENGE);
    }
    pb_arena_free(arena);
    qsort(all, MANY, IDENTITY_CHALLENGE, by_bytes);
    for (size_t i = 1; i < MANY; i++)
        assert_int_not_equal(0, memcmp(all[i - 1], all[i], IDENTITY_CHALLENGE));
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_codes_shows_one_and_each_once),
        cmocka_unit_test(test_altered_tickets_open_nothing),
        cmocka_unit_test(test_recovery_codes_are_good_once),
        cmocka_unit_test(test_a_passkey_signs_in_beside_a_password_and_alone),
        cmocka_unit_test(test_a_role_that_wants_a_second_factor_gets_one_before_a_session),
        cmocka_unit_test(test_a_code_of_enrolment_sets_a_password_once_and_skips_no_factor),
        cmocka_unit_test(test_a_password_is_changed_by_who_proved_it_and_ends_other_sessions),
        cmocka_unit_test(test_no_challenge_is_asked_twice),
        cmocka_unit_test(test_lost_factors_are_ended_and_the_password_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
