/* Signing in, step by step: nobody without all that is asked for, and everything said in the
 * ledger. */
#include "factor_support.h"

#include "signin/internal.h"

/* ---- password alone ---- */

/* shows: SEC-2 ACC-1 ACC-4 */
static void test_a_right_password_signs_in_and_a_wrong_one_does_not(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    identity_caller caller;
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin in = sign_in(h, &desk, &visit, "ann", good);
    assert_int_equal(in.step, IDENTITY_SIGNED_IN);
    assert_true(pb_str_is(in.name, "ann") && !in.second_factor && in.device_token.len > 0);
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_OK);
    assert_memory_equal(&caller.user, &ann, sizeof ann);
    assert_int_equal(sign_in(h, &desk, &visit, "ANN", good).step, IDENTITY_SIGNED_IN);
    identity_signin wrong = sign_in(h, &desk, &visit, "ann", "seven gray herons wade");
    assert_int_equal(wrong.step, IDENTITY_WRONG);
    assert_true(wrong.token[0] == 0 && wrong.ticket.ptr == NULL && wrong.name.ptr == NULL);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", "").step, IDENTITY_WRONG);
    assert_int_equal(asked_events(h->workspace, "signin.passed"), 2);
    assert_int_equal(asked_events(h->workspace, "signin.failed"), 2);
    assert_int_equal(asked_events(h->workspace, "credential.added"), 1);
    house_close(h);
}

/* What a failure says in the ledger. */
typedef struct said {
    pb_buf all;
    size_t events;
} said;

static pb_status gather(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    said *s = context;
    (void)erased;
    (void)err;
    pb_buf_add(&s->all, event->payload);
    pb_buf_add(&s->all, event->actor.name);
    s->events++;
    return PB_OK;
}

static void read_events(house *h, const char *kind, said *s)
{
    pb_error err = {0};
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(ledger_each_of(session, kind, gather, s, &err), &err);
    db_snapshot_close(session);
}

static bool holds(const said *s, const char *text)
{
    return pb_str_find(pb_buf_str(&s->all), pb_str_c(text)) != SIZE_MAX;
}

/* ASVS V6.3.8 V6.3.2 */
/* shows: SEC-2 ACC-4 */
static void test_nobody_learns_which_names_there_are(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    said s = {.all = PB_BUF_INIT(1 << 20)};
    give_password(h, &desk, add_person(h, "ann", 0), good);
    add_person(h, "bob", 0); /* has no password yet: nothing signs him in */
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin known = sign_in(h, &desk, &visit, "ann", "not her password");
    identity_signin unknown = sign_in(h, &desk, &visit, "Tr0ub4dor-and-3-more", "not her password");
    identity_signin without = sign_in(h, &desk, &visit, "bob", "");
    assert_memory_equal(&known, &unknown, sizeof known);
    assert_memory_equal(&known, &without, sizeof known);
    assert_int_equal(sign_in(h, &desk, &visit, "", "").step, IDENTITY_WRONG);
    assert_int_equal(sign_in(h, &desk, &visit, "\xff\xfe", "x").step, IDENTITY_WRONG);
    /* In the ledger: where from and by what, never what was typed for a name nobody bears. */
    read_events(h, "signin.failed", &s);
    assert_int_equal(s.events, 5);
    assert_true(holds(&s, "192.0.2.1") && holds(&s, "a browser") && holds(&s, "visitor"));
    assert_false(holds(&s, "Tr0ub4dor") || holds(&s, "not her password"));
    pb_buf_free(&s.all);
    house_close(h);
}

/* ASVS V7.4.2 */
/* shows: ACC-1 SEC-2 */
static void test_who_is_ended_signs_in_no_more(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    identity_caller caller;
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin in = sign_in(h, &desk, &visit, "ann", good);
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_OK);
    do_act(h, (act){.deed = DEED_END, .one = ann});
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_DENIED);
    visit = visit_from(h, "192.0.2.1");
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_WRONG);
    /* One again, she has nothing of what she had. */
    do_act(h, (act){.deed = DEED_RETURN, .one = ann, .until_us = IDENTITY_OPEN});
    visit = visit_from(h, "192.0.2.1");
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_WRONG);
    assert_int_equal(caller_of_token(h, in.token, &caller), PB_DENIED);
    house_close(h);
}

/* shows: SEC-2 */
static void test_a_password_is_kept_anew_when_parameters_rise(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    desk.password.memory = 16384;
    identity_visit visit = visit_from(h, "192.0.2.1");
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_SIGNED_IN);
    pb_error err = {0};
    db_session *session;
    identity_held_credentials held;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(
        identity_credential_read(session, ann, IDENTITY_PASSWORD, h->now_us, h->arena, &held, &err),
        &err);
    db_snapshot_close(session);
    assert_int_equal(held.count, 1);
    assert_true(pb_str_find(held.items[0].secret, PB_STR("m=16,")) != SIZE_MAX);
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_SIGNED_IN);
    house_close(h);
}

static void dump_table(house *h, const char *sql, pb_buf *out)
{
    pb_error err = {0};
    db_session *session;
    db_stmt *stmt;
    bool row;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(db_prepare(session, sql, &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    while (row) {
        for (int i = 0; i < db_column_count(stmt); i++) {
            pb_value value = db_column_value(stmt, i);
            if (value.kind == PB_TEXT || value.kind == PB_BLOB)
                pb_buf_add(out, value.as.s);
        }
        must(db_step(stmt, &row, &err), &err);
    }
    db_snapshot_close(session);
}

/* shows: SEC-2 SEC-1 */
static void test_no_secret_lies_in_rows_or_ledger(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    PB_AUTO_BUF all = PB_BUF_INIT(4 << 20);
    pb_uuid ann = add_person(h, "ann", 0);
    give_password(h, &desk, ann, good);
    app a = give_totp(h, ann);
    deal made = {.work = deal_recovery, .h = h, .visit = visit_from(h, "192.0.2.1"), .user = ann};
    do_deal(&made);
    identity_visit visit = visit_from(h, "192.0.2.1");
    identity_signin in = sign_in(h, &desk, &visit, "ann", good);
    char code[9];
    in = by_code(h, &desk, &visit, in.ticket, app_shows(&a, h->now_us, code));
    dump_table(h, "SELECT * FROM t_sign_credential", &all);
    dump_table(h, "SELECT * FROM t_sign_session", &all);
    dump_table(h, "SELECT * FROM t_sign_slow", &all);
    dump_table(h, "SELECT body FROM ledger_event", &all);
    dump_table(h, "SELECT body FROM ledger_payload", &all);
    pb_str dumped = pb_buf_str(&all);
    assert_true(dumped.len > 2000);
    assert_int_equal(pb_str_find(dumped, pb_str_c(good)), SIZE_MAX);
    assert_int_equal(pb_str_find(dumped, PB_STR("$argon2id$")), SIZE_MAX);
    assert_int_equal(pb_str_find(dumped, pb_str_n(a.secret, IDENTITY_TOTP_SECRET)), SIZE_MAX);
    assert_int_equal(pb_str_find(dumped, pb_str_c(in.token)), SIZE_MAX);
    assert_int_equal(pb_str_find(dumped, pb_str_c(in.token + 4)), SIZE_MAX);
    for (int i = 0; i < IDENTITY_RECOVERY_CODES; i++)
        assert_int_equal(pb_str_find(dumped, pb_str_c(made.codes[i])), SIZE_MAX);
    house_close(h);
}

static pb_status deal_swap(db_session *session, deal *d, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_sign_credential SET secret = (SELECT secret FROM t_sign_credential WHERE n = 1)"
        " WHERE n = 2";
    db_stmt *stmt;
    (void)d;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    return db_run(stmt, err);
}

/* Who may write the tables but has not the key cannot give one user's password to another. */
/* shows: SEC-2 ACC-5 */
static void test_a_secret_moved_to_another_user_opens_nothing(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_signin in;
    give_password(h, &desk, add_person(h, "ann", 0), good);
    give_password(h, &desk, add_person(h, "bob", 0), "four brown otters dive");
    deal d = {.work = deal_swap, .h = h};
    do_deal(&d);
    identity_visit visit = visit_from(h, "192.0.2.1");
    assert_int_equal(
        identity_signin_password(&desk, &visit, PB_STR("bob"), pb_str_c(good), h->arena, &in, &err),
        PB_CORRUPT);
    must_say(&err, "The table t_sign_credential of the workspace was altered.");
    assert_int_equal(sign_in(h, &desk, &visit, "ann", good).step, IDENTITY_SIGNED_IN);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_right_password_signs_in_and_a_wrong_one_does_not),
        cmocka_unit_test(test_nobody_learns_which_names_there_are),
        cmocka_unit_test(test_who_is_ended_signs_in_no_more),
        cmocka_unit_test(test_a_password_is_kept_anew_when_parameters_rise),
        cmocka_unit_test(test_no_secret_lies_in_rows_or_ledger),
        cmocka_unit_test(test_a_secret_moved_to_another_user_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
