/* Sessions and keys: found by their token, ended by time and by hand, never guessed. */
#include "signin_support.h"

#include <stdlib.h>

static const identity_session_wish nothing_special;

static pb_status deal_begin(db_session *session, deal *d, pb_error *err)
{
    identity_session_wish wish =
        d->more == NULL ? nothing_special : *(const identity_session_wish *)d->more;
    wish.user = d->user;
    return identity_session_begin(session, &d->visit, &wish, d->token, &d->n, err);
}

static deal begin(house *h, pb_uuid user, const identity_session_wish *wish)
{
    deal d = {.work = deal_begin,
              .h = h,
              .visit = visit_from(h, "192.0.2.7"),
              .user = user,
              .more = wish};
    do_deal(&d);
    return d;
}

static pb_status deal_end(db_session *session, deal *d, pb_error *err)
{
    return identity_session_end(session, &d->visit, d->user, d->n, err);
}

static pb_status deal_end_all(db_session *session, deal *d, pb_error *err)
{
    return identity_session_end_all(session, &d->visit, d->user, d->n, &d->count, err);
}

static pb_status deal_seen(db_session *session, deal *d, pb_error *err)
{
    return identity_session_seen(session, d->n, d->visit.now_us, err);
}

static pb_status deal_proved(db_session *session, deal *d, pb_error *err)
{
    return identity_session_proved(session, &d->visit, d->n, true, d->token, err);
}

static size_t list(house *h, pb_uuid user, identity_session **ret)
{
    pb_error err = {0};
    db_session *session;
    size_t count;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_session_list(session, user, h->now_us, h->arena, ret, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

/* ASVS V7.2.1 V7.4.1 */
/* shows: SEC-2 ACC-1 */
static void test_a_token_is_its_sessions_and_no_edited_one_is(void **state)
{
    (void)state;
    house *h = house_open();
    identity_caller caller;
    pb_uuid user = id_of(1);
    deal d = begin(h, user, NULL);
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
    assert_memory_equal(&caller.user, &user, sizeof user);
    assert_true(caller.session == d.n && caller.key == 0 && !caller.second_factor &&
                caller.scopes.ptr == NULL);
    char edited[IDENTITY_TOKEN];
    for (size_t i = 0; d.token[i] != 0; i++) {
        memcpy(edited, d.token, sizeof edited);
        edited[i] = edited[i] == 'A' ? 'B' : 'A';
        assert_int_equal(caller_of_token(h, edited, &caller), PB_DENIED);
    }
    static const char *const others[] = {"", "pbs_", "pbk_", "pbk__", "pbt_", "x", "pbk_00_00"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(caller_of_token(h, others[i], &caller), PB_DENIED);
    deal end = {
        .work = deal_end, .h = h, .visit = visit_from(h, "192.0.2.7"), .user = user, .n = d.n};
    do_deal(&end);
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_DENIED);
    assert_int_equal(asked_events(h->workspace, "session.ended"), 1);
    pb_error err = {0};
    assert_int_equal(try_deal(&end, &err), PB_NOT_FOUND);
    house_close(h);
}

/* What a server keeps of a session is looked at again by the clock, and forgotten when the session
 * is written. caller_of_token asks both ways, in a workspace that readers share. ASVS V7.3.1 V7.4.1
 */
/* shows: SEC-2 PER-1 */
static void test_a_kept_session_ends_like_one_that_is_read(void **state)
{
    (void)state;
    house *h = house_open_in(program_folder());
    identity_caller caller;
    deal one = begin(h, id_of(1), NULL), other = begin(h, id_of(2), NULL);
    assert_int_equal(caller_of_token(h, one.token, &caller), PB_OK);
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_OK);
    assert_false(caller.due);
    h->now_us += 2 * MINUTE;
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_OK);
    assert_true(caller.due);
    other.work = deal_seen;
    other.visit.now_us = h->now_us;
    do_deal(&other);
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_OK);
    assert_false(caller.due);
    one.work = deal_end;
    do_deal(&one);
    assert_int_equal(caller_of_token(h, one.token, &caller), PB_DENIED);
    h->now_us += 30 * MINUTE;
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_DENIED);
    house_close(h);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* What a token is made of: 32 bytes of the system's, whatever the number of them. ASVS V7.2.3
 * V6.7.2 */
/* shows: SEC-2 */
static void test_tokens_and_challenges_never_repeat(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    house *h = house_open();
    pb_error err = {0};
    identity_desk desk = desk_of(h);
    identity_visit visit = visit_from(h, "192.0.2.7");
    uint8_t(*challenges)[32] = calloc(MANY, sizeof *challenges);
    char(*tokens)[32] = calloc(MANY, sizeof *tokens);
    assert_true(challenges != NULL && tokens != NULL);
    for (int i = 0; i < MANY; i++) {
        identity_signin signin;
        must(identity_signin_begin(&desk, &visit, h->arena, &signin, &err), &err);
        memcpy(challenges[i], signin.challenge, sizeof challenges[i]);
        deal d = begin(h, id_of(1), NULL);
        assert_int_equal(strlen(d.token), 47); /* 4 and 43 of 6 bits: 256 */
        memcpy(tokens[i], d.token + 4, sizeof tokens[i]);
    }
    qsort(challenges, MANY, 32, by_bytes);
    qsort(tokens, MANY, 32, by_bytes);
    for (int i = 1; i < MANY; i++)
        assert_true(memcmp(challenges[i - 1], challenges[i], 32) != 0 &&
                    memcmp(tokens[i - 1], tokens[i], 32) != 0);
    free(challenges);
    free(tokens);
    house_close(h);
}

/* ASVS V7.3.1 V7.3.2 */
/* shows: SEC-2 */
static void test_sessions_end_by_themselves(void **state)
{
    (void)state;
    house *h = house_open();
    identity_caller caller;
    const identity_session_wish wish = {.idle_us = 10 * MINUTE, .lasts_us = HOUR};
    deal d = begin(h, id_of(1), &wish);
    int64_t start = h->now_us;
    h->now_us = start + 10 * MINUTE - 1;
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
    assert_true(caller.due);
    h->now_us = start + 10 * MINUTE;
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_DENIED);
    /* In use all the time, it ends after an hour all the same. */
    for (int64_t minute = 9; minute <= 63; minute += 9) {
        h->now_us = start + minute * MINUTE;
        bool open = minute < 60;
        assert_int_equal(caller_of_token(h, d.token, &caller), open ? PB_OK : PB_DENIED);
        deal seen = {.work = deal_seen, .h = h, .visit = visit_from(h, "192.0.2.7"), .n = d.n};
        do_deal(&seen);
        if (open) {
            assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
            assert_false(caller.due);
        }
    }
    house_close(h);
}

/* ASVS V7.2.4 V7.5.1 */
/* shows: SEC-2 */
static void test_proving_again_gives_another_token(void **state)
{
    (void)state;
    house *h = house_open();
    identity_caller caller;
    deal d = begin(h, id_of(1), NULL), before = d;
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
    assert_true(identity_proved_lately(&caller, h->now_us));
    h->now_us += 11 * MINUTE;
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
    assert_false(identity_proved_lately(&caller, h->now_us));
    d.work = deal_proved;
    d.visit = visit_from(h, "192.0.2.7");
    do_deal(&d);
    assert_int_equal(caller_of_token(h, before.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, d.token, &caller), PB_OK);
    assert_true(identity_proved_lately(&caller, h->now_us) && caller.second_factor &&
                caller.session == before.n);
    assert_int_equal(asked_events(h->workspace, "session.proved"), 1);
    house_close(h);
}

/* ASVS V7.4.3 V7.4.5 */
/* shows: SEC-2 ACC-4 */
static void test_own_sessions_are_seen_and_ended(void **state)
{
    (void)state;
    house *h = house_open();
    identity_session *all;
    identity_caller caller;
    deal first = begin(h, id_of(1), NULL);
    h->now_us += MINUTE;
    deal second = begin(h, id_of(1), NULL), third = begin(h, id_of(1), NULL),
         other = begin(h, id_of(2), NULL);
    assert_int_equal(list(h, id_of(1), &all), 3);
    assert_true(all[0].n == third.n && all[2].n == first.n);
    assert_true(pb_str_is(all[0].address, "192.0.2.7") && pb_str_is(all[0].device, "a browser"));
    /* Another's is as if it were not there. */
    pb_error err = {0};
    deal end = {.work = deal_end,
                .h = h,
                .visit = visit_from(h, "192.0.2.7"),
                .user = id_of(1),
                .n = other.n};
    assert_int_equal(try_deal(&end, &err), PB_NOT_FOUND);
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_OK);
    /* All but the one it is asked from. */
    deal all_others = {
        .work = deal_end_all, .h = h, .visit = end.visit, .user = id_of(1), .n = second.n};
    do_deal(&all_others);
    assert_int_equal(all_others.count, 2);
    assert_int_equal(list(h, id_of(1), &all), 1);
    assert_int_equal(caller_of_token(h, first.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, second.token, &caller), PB_OK);
    assert_int_equal(caller_of_token(h, third.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, other.token, &caller), PB_OK);
    house_close(h);
}

/* ---- keys ---- */

static pb_status deal_key(db_session *session, deal *d, pb_error *err)
{
    identity_key_wish wish = *(const identity_key_wish *)d->more;
    wish.user = d->user;
    return identity_key_make(session, &d->visit, &wish, d->token, &d->n, err);
}

static deal make_key(house *h, pb_uuid user, const identity_key_wish *wish)
{
    deal d = {
        .work = deal_key, .h = h, .visit = visit_from(h, "192.0.2.7"), .user = user, .more = wish};
    do_deal(&d);
    return d;
}

/* Asks for an access token with the id and the secret out of a key. */
static pb_status ask_token(house *h, const deal *key, const char *scopes, identity_signin *ret,
                           pb_error *err)
{
    pb_str rest = pb_str_sub(pb_str_c(key->token), 4, 200), id;
    identity_caller caller;
    const identity_desk desk = desk_of(h);
    const identity_visit visit = visit_from(h, "192.0.2.7");
    pb_str_split(&rest, '_', &id);
    const identity_client client = {.id = id, .secret = rest, .scopes = pb_str_c(scopes)};
    return identity_signin_client(&desk, &visit, &client, h->arena, ret, &caller, err);
}

static pb_status deal_end_credential(db_session *session, deal *d, pb_error *err)
{
    return identity_credential_end(session, &d->visit, d->user, d->n, err);
}

/* shows: INT-1 ACC-1 */
static void test_a_key_is_good_until_it_ends_with_all_its_tokens(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_caller caller;
    const identity_key_wish wish = {.label = PB_STR("shop"),
                                    .scopes = PB_STR("contact.read contact.write"),
                                    .rate = 600,
                                    .read_only = true,
                                    .expires_us = h->now_us + 30 * DAY};
    pb_uuid shop = add_person(h, "shop", 0);
    identity_signin token;
    deal key = make_key(h, shop, &wish);
    assert_int_equal(caller_of_token(h, key.token, &caller), PB_OK);
    assert_true(caller.key == key.n && caller.session == 0 && caller.rate == 600 &&
                caller.read_only);
    assert_true(identity_scope_has(caller.scopes, PB_STR("contact.write")));
    assert_false(identity_scope_has(caller.scopes, PB_STR("contact")));
    assert_false(identity_scope_has(caller.scopes, PB_STR("")));
    char edited[IDENTITY_KEY_TEXT];
    for (size_t i = 0; key.token[i] != 0; i++) {
        memcpy(edited, key.token, sizeof edited);
        edited[i] = edited[i] == 'b' ? 'c' : 'b';
        assert_int_equal(caller_of_token(h, edited, &caller), PB_DENIED);
    }
    must(ask_token(h, &key, "contact.read", &token, &err), &err);
    assert_int_equal(token.step, IDENTITY_SIGNED_IN);
    assert_int_equal(caller_of_token(h, token.token, &caller), PB_OK);
    assert_true(caller.key == key.n && caller.session > 0 && caller.read_only &&
                caller.rate == 600);
    assert_true(pb_str_is(caller.scopes, "contact.read"));
    assert_int_equal(asked_events(h->workspace, "key.used"), 1);
    h->now_us += 15 * MINUTE;
    assert_int_equal(caller_of_token(h, token.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, key.token, &caller), PB_OK);
    must(ask_token(h, &key, "", &token, &err), &err);
    assert_int_equal(caller_of_token(h, token.token, &caller), PB_OK);
    assert_true(pb_str_eq(caller.scopes, wish.scopes));
    assert_int_equal(ask_token(h, &key, "contact.read account.read", &token, &err), PB_INVALID);
    must_say(&err, "The key has not the scope account.read.");
    deal end = {.work = deal_end_credential,
                .h = h,
                .visit = visit_from(h, "192.0.2.7"),
                .user = shop,
                .n = key.n};
    do_deal(&end);
    assert_int_equal(caller_of_token(h, token.token, &caller), PB_DENIED);
    assert_int_equal(caller_of_token(h, key.token, &caller), PB_DENIED);
    must(ask_token(h, &key, "", &token, &err), &err);
    assert_int_equal(token.step, IDENTITY_WRONG);
    assert_int_equal(asked_events(h->workspace, "signin.failed"), 1);
    house_close(h);
}

/* shows: INT-1 */
static void test_keys_expire_and_ask_for_scopes_that_are_some(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    identity_caller caller;
    pb_uuid shop = add_person(h, "shop", 0);
    identity_signin token;
    identity_key_wish wish = {.label = PB_STR("shop"), .expires_us = h->now_us + DAY};
    deal key = make_key(h, shop, &wish);
    must(ask_token(h, &key, "anything.goes", &token, &err), &err);
    assert_int_equal(token.step, IDENTITY_SIGNED_IN);
    h->now_us = wish.expires_us - 1;
    assert_int_equal(caller_of_token(h, key.token, &caller), PB_OK);
    assert_true(caller.scopes.ptr == NULL && caller.rate == 0 && !caller.read_only);
    h->now_us += 1;
    assert_int_equal(caller_of_token(h, key.token, &caller), PB_DENIED);
    wish.scopes = PB_STR("contact.\"read\"");
    wish.expires_us = IDENTITY_OPEN;
    deal bad = {.work = deal_key,
                .h = h,
                .visit = visit_from(h, "192.0.2.7"),
                .user = id_of(9),
                .more = &wish};
    assert_int_equal(try_deal(&bad, &err), PB_INVALID);
    wish.scopes = PB_STR_NONE;
    wish.expires_us = h->now_us;
    assert_int_equal(try_deal(&bad, &err), PB_INVALID);
    house_close(h);
}

/* shows: INT-1 */
static void test_a_bucket_lets_through_what_its_rate_says(void **state)
{
    (void)state;
    house *h = house_open();
    int64_t wait, start = h->now_us, passed = 0;
    /* 600 a minute: sixty at once, then ten a second. */
    for (int i = 0; i < 100; i++)
        passed += identity_rate_take(h->workspace, 1, 600, start, &wait);
    assert_int_equal(passed, 60);
    assert_false(identity_rate_take(h->workspace, 1, 600, start, &wait));
    assert_int_equal(wait, SECOND / 10);
    assert_true(identity_rate_take(h->workspace, 1, 600, start + SECOND / 10, &wait));
    assert_true(identity_rate_take(h->workspace, 2, 600, start, &wait)); /* another's is its own */
    passed = 0;
    for (int64_t us = MINUTE; us < 11 * MINUTE; us += SECOND / 50)
        passed += identity_rate_take(h->workspace, 1, 600, start + us, &wait);
    assert_in_range(passed, 6000, 6061);
    for (int i = 0; i < 1000; i++)
        assert_true(identity_rate_take(h->workspace, 3, 0, start, &wait));
    assert_true(identity_rate_take(h->workspace, 4, 1, start, &wait));
    assert_false(identity_rate_take(h->workspace, 4, 1, start + 59 * SECOND, &wait));
    assert_int_equal(wait, SECOND);
    /* However many keys there are, no more memory is used, and each has a bucket. */
    for (int64_t key = 10; key < 20000; key++)
        assert_true(identity_rate_take(h->workspace, key, 60, start, &wait));
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_is_its_sessions_and_no_edited_one_is),
        cmocka_unit_test(test_a_kept_session_ends_like_one_that_is_read),
        cmocka_unit_test(test_tokens_and_challenges_never_repeat),
        cmocka_unit_test(test_sessions_end_by_themselves),
        cmocka_unit_test(test_proving_again_gives_another_token),
        cmocka_unit_test(test_own_sessions_are_seen_and_ended),
        cmocka_unit_test(test_a_key_is_good_until_it_ends_with_all_its_tokens),
        cmocka_unit_test(test_keys_expire_and_ask_for_scopes_that_are_some),
        cmocka_unit_test(test_a_bucket_lets_through_what_its_rate_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
