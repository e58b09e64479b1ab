/* Guessing is slowed; nobody is locked out by others' guesses; what is remembered stays small. */
#include "signin_support.h"

#include "identity/browser.h"
#include "signin/internal.h"

static const char good[] = "seven grey herons wade";

static identity_signin guess(house *h, const identity_desk *desk, const char *address,
                             const char *name, const char *password, pb_str known)
{
    identity_visit visit = visit_from(h, address);
    visit.known = known;
    return sign_in(h, desk, &visit, name, password);
}

static int64_t rows_of(house *h, const char *kind)
{
    pb_error err = {0};
    db_session *session;
    db_stmt *stmt;
    bool row;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(db_prepare(session, "SELECT COUNT(*) FROM t_sign_slow WHERE kind = ?1", &stmt, &err),
         &err);
    db_bind_text(stmt, 1, pb_str_c(kind));
    must(db_step(stmt, &row, &err), &err);
    int64_t count = db_column_i64(stmt, 0);
    db_snapshot_close(session);
    return count;
}

static int64_t expected_wait(int failures)
{
    if (failures >= 100)
        return DAY;
    int64_t wait = failures < 5 ? 0 : SECOND << (failures - 5 < 20 ? failures - 5 : 20);
    return wait < 15 * MINUTE ? wait : 15 * MINUTE;
}

/* ASVS V6.3.1 V6.6.3 */
/* shows: SEC-2 SEC-4 ACC-4 */
static void test_waits_grow_and_after_a_hundred_guesses_strangers_wait_a_day(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    char address[40];
    identity_signin in;
    give_password(h, &desk, add_person(h, "ann", 0), good);
    /* From another address each time: it is the account that is guessed at. */
    for (int i = 1; i <= 100; i++) {
        snprintf(address, sizeof address, "198.51.100.%d", i);
        assert_int_equal(guess(h, &desk, address, "ann", "a wrong password", PB_STR_NONE).step,
                         IDENTITY_WRONG);
        if (i < 5)
            continue;
        /* Not even the right one is looked at before its time. */
        in = guess(h, &desk, "203.0.113.9", "ann", good, PB_STR_NONE);
        assert_int_equal(in.step, IDENTITY_SLOWED);
        assert_int_equal(in.wait_us, expected_wait(i));
        h->now_us += in.wait_us - 1;
        assert_int_equal(guess(h, &desk, address, "ANN", good, PB_STR_NONE).step, IDENTITY_SLOWED);
        h->now_us += 1;
    }
    assert_int_equal(in.wait_us, DAY);
    assert_int_equal(guess(h, &desk, "203.0.113.9", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SIGNED_IN);
    house_close(h);
}

/* shows: SEC-2 SEC-4 */
static void test_a_known_device_is_not_slowed_by_strangers(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    give_password(h, &desk, add_person(h, "ann", 0), good);
    give_password(h, &desk, add_person(h, "bob", 0), good);
    pb_str laptop = guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).device_token;
    pb_str phone = guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).device_token;
    pb_str bobs = guess(h, &desk, "192.0.2.1", "bob", good, PB_STR_NONE).device_token;
    assert_true(laptop.len > 0 && phone.len > 0 && bobs.len > 0);
    assert_true(guess(h, &desk, "192.0.2.1", "ann", good, laptop).device_token.ptr == NULL);
    for (int i = 0; i < 40; i++) { /* from the same address, behind which many sit */
        guess(h, &desk, "192.0.2.1", "ann", "a wrong password", PB_STR_NONE);
        h->now_us += SECOND;
    }
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).step, IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "203.0.113.9", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, laptop).step, IDENTITY_SIGNED_IN);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "bob", good, bobs).step, IDENTITY_SIGNED_IN);
    /* Another's device is a stranger's, and so is an altered one. */
    assert_int_equal(guess(h, &desk, "203.0.113.9", "ann", good, bobs).step, IDENTITY_SLOWED);
    char *altered = pb_arena_cstr(h->arena, laptop);
    altered[laptop.len / 2] = altered[laptop.len / 2] == 'A' ? 'B' : 'A';
    assert_int_equal(guess(h, &desk, "203.0.113.9", "ann", good, pb_str_c(altered)).step,
                     IDENTITY_SLOWED);
    /* On a known device guesses are counted as well, by themselves. */
    for (int i = 0; i < 5; i++)
        assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", "a wrong password", laptop).step,
                         IDENTITY_WRONG);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, laptop).step, IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, phone).step, IDENTITY_SIGNED_IN);
    house_close(h);
}

/* What is known of ann's browsers, asked from the one that shows `known`. */
static size_t browsers_of(house *h, pb_uuid user, pb_str known, identity_browser **ret)
{
    pb_error err = {0};
    db_session *session;
    size_t count;
    identity_visit visit = visit_from(h, "192.0.2.1");
    visit.known = known;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_browser_list(session, &visit, user, h->arena, ret, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

typedef struct taking {
    house *h;
    pb_uuid user;
    int64_t n; /* 0: all */
    size_t count;
} taking;

static pb_status take_back(db_session *session, void *context, pb_error *err)
{
    taking *t = context;
    const identity_visit visit = visit_from(t->h, "192.0.2.1");
    return t->n > 0 ? identity_browser_end(session, &visit, t->user, t->n, err)
                    : identity_browser_end_all(session, &visit, t->user, &t->count, err);
}

/* shows: SEC-2 SEC-4 ACC-4 */
static void test_a_browser_that_was_taken_back_is_a_strangers(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    identity_browser *all;
    pb_error err = {0};
    pb_uuid ann = add_person(h, "ann", 0), bob = add_person(h, "bob", 0);
    give_password(h, &desk, ann, good);
    give_password(h, &desk, bob, good);
    pb_str laptop = guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).device_token;
    h->now_us += MINUTE;
    pb_str phone = guess(h, &desk, "192.0.2.2", "ann", good, PB_STR_NONE).device_token;
    h->now_us += MINUTE;
    assert_int_equal(guess(h, &desk, "192.0.2.3", "ann", good, laptop).step, IDENTITY_SIGNED_IN);
    assert_int_equal(browsers_of(h, ann, phone, &all), 2);
    assert_true(!all[0].current && all[1].current);
    assert_true(pb_str_is(all[0].address, "192.0.2.3") && pb_str_is(all[0].device, "a browser"));
    assert_true(all[0].from_us < all[1].from_us && all[0].seen_us > all[1].seen_us);
    taking t = {.h = h, .user = bob, .n = all[0].n};
    assert_int_equal(db_write(h->workspace, take_back, &t, &err), PB_NOT_FOUND);
    t.user = ann;
    must(db_write(h->workspace, take_back, &t, &err), &err);
    assert_int_equal(db_write(h->workspace, take_back, &t, &err), PB_NOT_FOUND);
    for (int i = 0; i < 8; i++)
        guess(h, &desk, "203.0.113.7", "ann", "a wrong password", PB_STR_NONE);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, laptop).step, IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, phone).step, IDENTITY_SIGNED_IN);
    /* It becomes known again by signing in, by another ticket. */
    h->now_us += 15 * MINUTE;
    pb_str anew = guess(h, &desk, "192.0.2.1", "ann", good, laptop).device_token;
    assert_true(anew.len > 0);
    assert_int_equal(browsers_of(h, ann, anew, &all), 2);
    t.n = 0;
    must(db_write(h->workspace, take_back, &t, &err), &err);
    assert_int_equal(t.count, 2);
    assert_int_equal(browsers_of(h, ann, anew, &all), 0);
    /* Who keeps no ticket fills no table. */
    for (int i = 0; i < IDENTITY_BROWSERS_MOST + 5; i++)
        guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE);
    assert_int_equal(browsers_of(h, ann, PB_STR_NONE, &all), IDENTITY_BROWSERS_MOST);
    house_close(h);
}

/* shows: SEC-2 SEC-4 */
static void test_an_address_is_slowed_and_a_network_of_ipv6_is_one(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    char name[40], address[60];
    give_password(h, &desk, add_person(h, "ann", 0), good);
    for (int i = 0; i < 24; i++) {
        snprintf(name, sizeof name, "somebody%d", i);
        snprintf(address, sizeof address, "2001:db8:7:9:%x::%x", i, i + 1);
        if (i < 20)
            assert_int_equal(guess(h, &desk, address, name, "a wrong password", PB_STR_NONE).step,
                             IDENTITY_WRONG);
        else
            assert_int_equal(guess(h, &desk, address, name, "a wrong password", PB_STR_NONE).step,
                             IDENTITY_SLOWED);
    }
    assert_int_equal(guess(h, &desk, "2001:db8:7:9::77", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "2001:db8:7:a::77", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SIGNED_IN);
    h->now_us += SECOND;
    assert_int_equal(guess(h, &desk, "2001:db8:7:9::77", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SIGNED_IN);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "nobody%d", i);
        guess(h, &desk, "192.0.2.1", name, "a wrong password", PB_STR_NONE);
    }
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).step, IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "::ffff:192.0.2.1", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SLOWED);
    assert_int_equal(guess(h, &desk, "192.0.2.2", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SIGNED_IN);
    /* An hour without guesses, and the address is as any other. */
    h->now_us += HOUR;
    for (int i = 0; i < 4; i++)
        assert_int_equal(guess(h, &desk, "192.0.2.1", "else", "a wrong password", PB_STR_NONE).step,
                         IDENTITY_WRONG);
    assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SIGNED_IN);
    house_close(h);
}

/* Names nobody bears are slowed as those that somebody does: the difference would tell. */
/* shows: SEC-2 */
static void test_unknown_names_are_slowed_alike(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    char address[40];
    give_password(h, &desk, add_person(h, "ann", 0), good);
    for (int i = 1; i <= 12; i++) {
        snprintf(address, sizeof address, "198.51.100.%d", i);
        identity_signin known = guess(h, &desk, address, "ann", "a wrong password", PB_STR_NONE);
        identity_signin unknown = guess(h, &desk, address, "eve", "a wrong password", PB_STR_NONE);
        assert_memory_equal(&known, &unknown, sizeof known);
        if (known.step == IDENTITY_SLOWED)
            h->now_us += known.wait_us;
    }
    house_close(h);
}

/* shows: ACC-4 SEC-4 */
static void test_refusals_are_told_once_a_wait(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    give_password(h, &desk, add_person(h, "ann", 0), good);
    for (int i = 0; i < 5; i++)
        guess(h, &desk, "192.0.2.1", "ann", "a wrong password", PB_STR_NONE);
    for (int i = 0; i < 10; i++)
        assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).step,
                         IDENTITY_SLOWED);
    assert_int_equal(asked_events(h->workspace, "signin.refused"), 1);
    h->now_us += SECOND;
    guess(h, &desk, "192.0.2.1", "ann", "a wrong password", PB_STR_NONE);
    for (int i = 0; i < 10; i++)
        assert_int_equal(guess(h, &desk, "192.0.2.1", "ann", good, PB_STR_NONE).step,
                         IDENTITY_SLOWED);
    assert_int_equal(asked_events(h->workspace, "signin.refused"), 2);
    assert_int_equal(asked_events(h->workspace, "signin.failed"), 6);
    house_close(h);
}

static pb_status deal_flood(db_session *session, deal *d, pb_error *err)
{
    char name[40];
    identity_visit visit = d->visit;
    for (int i = 0; i < 13000; i++) {
        identity_slow slow;
        int64_t failures;
        snprintf(name, sizeof name, "2001:db8:%x:%x::1", i / 1000, i % 1000);
        visit.address = pb_str_c(name);
        visit.now_us = d->visit.now_us + i * 1000;
        PB_TRY(identity_slow_make(session, &visit, NULL, pb_str_c(name), "password", &slow, err));
        PB_TRY(identity_slow_failed(session, &slow, visit.now_us, &failures, err));
    }
    return PB_OK;
}

/* shows: SEC-4 */
static void test_made_up_names_and_addresses_do_not_pile_up(void **state)
{
    (void)state;
    house *h = house_open();
    identity_desk desk = desk_of(h);
    give_password(h, &desk, add_person(h, "ann", 0), good);
    for (int i = 0; i < 6; i++)
        guess(h, &desk, "192.0.2.1", "ann", "a wrong password", PB_STR_NONE);
    deal d = {.work = deal_flood, .h = h, .visit = visit_from(h, "192.0.2.1")};
    do_deal(&d);
    assert_in_range(rows_of(h, "unknown"), 8000, 12000);
    assert_in_range(rows_of(h, "address"), 8000, 12000);
    /* What is known of an account that exists does not go to make room. */
    assert_int_equal(rows_of(h, "account"), 1);
    assert_int_equal(guess(h, &desk, "203.0.113.1", "ann", good, PB_STR_NONE).step,
                     IDENTITY_SLOWED);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_grow_and_after_a_hundred_guesses_strangers_wait_a_day),
        cmocka_unit_test(test_a_known_device_is_not_slowed_by_strangers),
        cmocka_unit_test(test_a_browser_that_was_taken_back_is_a_strangers),
        cmocka_unit_test(test_an_address_is_slowed_and_a_network_of_ipv6_is_one),
        cmocka_unit_test(test_unknown_names_are_slowed_alike),
        cmocka_unit_test(test_refusals_are_told_once_a_wait),
        cmocka_unit_test(test_made_up_names_and_addresses_do_not_pile_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
