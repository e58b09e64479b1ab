/* Users over time: who is one when, under which name; what ends with them. */
#include "identity_support.h"

static identity_user person(const char *name)
{
    return (identity_user){.name = pb_str_c(name),
                           .shown = PB_STR("Somebody"),
                           .language = PB_STR("en"),
                           .until_us = IDENTITY_OPEN};
}

static identity_user read_at(house *h, pb_uuid user, int64_t at_us)
{
    pb_error err = {0};
    identity_user found;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_user_read(session, user, at_us, h->arena, &found, &err), &err);
    db_snapshot_close(session);
    return found;
}

static pb_status named(house *h, const char *name, pb_uuid *ret_id, pb_error *err)
{
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, err), err);
    pb_status status = identity_user_named(session, pb_str_c(name), ret_id, err);
    db_snapshot_close(session);
    return status;
}

static size_t count_at(house *h, int64_t at_us)
{
    pb_error err = {0};
    identity_user *users;
    size_t count;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_user_list(session, at_us, h->arena, &users, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

/* shows: ACC-1 */
static void test_a_name_is_one_users_whatever_its_letters(void **state)
{
    static const char *const same[] = {"josé.straße", "JOSÉ.STRASSE", "jose\u0301.strasse",
                                       "ｊｏｓé.straße"};
    static const char *const bad[] = {"",         " ",    "a b",      "a\u200Bb",
                                      "a\u00ADb", "a\tb", "a\u202Eb", "\xC3",
                                      " ann",     "ann ", "a\u3164b", "a\u00A0b"};
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    pb_uuid first = add_person(h, "José.Straße", 0), found;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        must(named(h, same[i], &found, &err), &err);
        assert_memory_equal(first.b, found.b, sizeof found.b);
        refuse_act(h, (act){.deed = DEED_ADD, .user = person(same[i])}, PB_EXISTS,
                   "is, or was, another user's");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_act(h, (act){.deed = DEED_ADD, .user = person(bad[i])}, PB_INVALID,
                   "cannot be a name");
    must_fail(named(h, "jose.strasse", &found, &err), PB_NOT_FOUND, &err, "There is no user");
    PB_AUTO_BUF long_name = PB_BUF_INIT(1000);
    for (int i = 0; i < IDENTITY_NAME_MAX; i++)
        pb_buf_addc(&long_name, "ﷺ"); /* one that becomes eighteen */
    do_act(h, (act){.deed = DEED_ADD, .user = person(pb_buf_cstr(&long_name))});
    pb_buf_addc(&long_name, "x");
    refuse_act(h, (act){.deed = DEED_ADD, .user = person(pb_buf_cstr(&long_name))}, PB_INVALID,
               "too long");
    house_close(h);
}

/* shows: ACC-1 ACC-3 */
static void test_what_was_said_of_the_past_stays(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1);
    int64_t begun_us = h->now_us;
    identity_user other = person("ann.lee");
    other.id = ann;
    other.shown = PB_STR("Ann Lee");
    other.language = PB_STR("fa");
    h->now_us += 30 * DAY;
    do_act(h, (act){.deed = DEED_CHANGE, .user = other});
    int64_t changed_us = h->now_us;
    assert_true(pb_str_is(read_at(h, ann, begun_us).name, "ann"));
    assert_true(pb_str_is(read_at(h, ann, changed_us - 1).name, "ann"));
    assert_true(pb_str_is(read_at(h, ann, changed_us - 1).language, "en"));
    identity_user now = read_at(h, ann, changed_us);
    assert_true(pb_str_is(now.name, "ann.lee") && pb_str_is(now.language, "fa"));
    assert_true(pb_str_is(now.by, "tester") && pb_str_is(now.why, "because"));
    assert_int_equal(actor_at(h, ann, changed_us).team_count, 0);
    MUST_BE(actor_at(h, ann, changed_us - 1).team, actor_at(h, ann, changed_us - 1).team_count, 1);
    assert_false(acts_at(h, ann, begun_us - 1));
    /* the former name is still hers */
    refuse_act(h, (act){.deed = DEED_ADD, .user = person("ANN")}, PB_EXISTS, "another user's");
    house_close(h);
}

/* shows: ACC-3 */
static void test_a_leaver_holds_nothing_at_once(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid boss = add_person(h, "boss", 1), chief = add_person(h, "chief", 2);
    pb_uuid ann = add_person(h, "ann", 3), ben = add_person(h, "ben", 4);
    pb_uuid team = add_team(h, "North");
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = chief, .other = boss});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann, .other = chief});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ben, .other = chief});
    do_act(h, (act){.deed = DEED_GIVE, .one = chief, .role = 4, .until_us = IDENTITY_OPEN});
    do_act(h, (act){.deed = DEED_GIVE,
                    .one = chief,
                    .role = 5,
                    .from_us = h->now_us + 90 * DAY,
                    .until_us = IDENTITY_OPEN});
    do_act(h, (act){.deed = DEED_JOIN, .one = chief, .other = team});
    int64_t before_us = h->now_us;
    do_act(h, (act){.deed = DEED_END, .one = chief});
    assert_false(acts_at(h, chief, h->now_us));
    assert_true(acts_at(h, chief, before_us));
    assert_int_equal(actor_at(h, chief, before_us).role_count, 1);
    MUST_BE(actor_at(h, chief, before_us).below, actor_at(h, chief, before_us).below_count, 3, 4);
    /* whom it led, and what it leaves, are still seen from above */
    identity_actor above = actor_at(h, boss, h->now_us);
    MUST_BE(above.below, above.below_count, 2, 3, 4);
    /* back, but with nothing of what it held, nor was to hold */
    do_act(h, (act){.deed = DEED_RETURN, .one = chief, .until_us = IDENTITY_OPEN});
    identity_actor back = actor_at(h, chief, h->now_us);
    assert_int_equal(back.role_count + back.below_count, 0);
    MUST_BE(back.team, back.team_count, 2);
    assert_int_equal(actor_at(h, chief, h->now_us + 100 * DAY).role_count, 0);
    assert_false(acts_at(h, chief, h->now_us - 1));
    refuse_act(h, (act){.deed = DEED_RETURN, .one = chief, .until_us = IDENTITY_OPEN}, PB_EXISTS,
               "is a user");
    house_close(h);
}

/* shows: ACC-3 */
static void test_one_who_ended_takes_part_in_nothing(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1), ben = add_person(h, "ben", 2);
    pb_uuid team = add_team(h, "North");
    do_act(h, (act){.deed = DEED_END, .one = ann});
    refuse_act(h, (act){.deed = DEED_END, .one = ann}, PB_NOT_FOUND, "is no user any more");
    refuse_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 1, .until_us = IDENTITY_OPEN},
               PB_NOT_FOUND, "is no user any more");
    refuse_act(h, (act){.deed = DEED_JOIN, .one = ann, .other = team}, PB_NOT_FOUND,
               "is no user any more");
    refuse_act(h, (act){.deed = DEED_SUPERIOR, .one = ben, .other = ann}, PB_NOT_FOUND,
               "is no user any more");
    identity_user same = person("ann");
    same.id = ann;
    refuse_act(h, (act){.deed = DEED_CHANGE, .user = same}, PB_NOT_FOUND, "is no user any more");
    refuse_act(h, (act){.deed = DEED_END, .one = id_of(99)}, PB_NOT_FOUND, "There is no user");
    house_close(h);
}

/* shows: ACC-1 ACC-3 */
static void test_users_begin_and_end_when_it_was_said(void **state)
{
    (void)state;
    house *h = house_open();
    identity_user later = person("later");
    later.from_us = h->now_us + 10 * DAY;
    later.until_us = h->now_us + 20 * DAY;
    act a = {.deed = DEED_ADD, .user = later};
    pb_error err = {0};
    must(try_act(h, &a, &err), &err);
    assert_false(acts_at(h, a.one, later.from_us - 1));
    assert_true(acts_at(h, a.one, later.from_us));
    assert_true(acts_at(h, a.one, later.until_us - 1));
    assert_false(acts_at(h, a.one, later.until_us));
    assert_int_equal(count_at(h, later.from_us), 1);
    assert_int_equal(count_at(h, later.until_us), 0);
    /* never begun */
    do_act(h, (act){.deed = DEED_END, .one = a.one});
    assert_false(acts_at(h, a.one, later.from_us));
    refuse_act(h, (act){.deed = DEED_END, .one = a.one}, PB_NOT_FOUND, "no user any more");
    later.from_us = 1;
    later.name = PB_STR("past");
    refuse_act(h, (act){.deed = DEED_ADD, .user = later}, PB_INVALID, "beginning is past");
    later.from_us = 0;
    later.until_us = h->now_us;
    refuse_act(h, (act){.deed = DEED_ADD, .user = later}, PB_INVALID, "end does not come after");
    house_close(h);
}

/* shows: AUD-11 */
static void test_an_external_auditor_sees_a_part_for_a_time(void **state)
{
    const pb_str entities[] = {PB_STR("contact"), PB_STR("account"), PB_STR("contact")};
    const pb_str areas[] = {PB_STR("duplicates")}, unknown[] = {PB_STR("payslip")};
    const pb_str odd[] = {PB_STR("Dup licates")};
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    act a = {.deed = DEED_ADD, .user = person("auditor")};
    a.user.kind = IDENTITY_AUDITOR;
    refuse_act(h, a, PB_INVALID, "must have an end");
    a.user.until_us = h->now_us + 30 * DAY;
    must(try_act(h, &a, &err), &err);
    identity_actor actor = actor_at(h, a.one, h->now_us);
    assert_true(actor.read_only && actor.scope.limited);
    assert_int_equal(actor.scope.entity_count + actor.scope.area_count, 0);
    act scope = {.deed = DEED_SCOPE, .one = a.one, .scope = {true, entities, 3, areas, 1}};
    do_act(h, scope);
    actor = actor_at(h, a.one, h->now_us);
    assert_int_equal(actor.scope.entity_count, 2);
    assert_true(pb_str_is(actor.scope.entities[0], "account"));
    assert_true(pb_str_is(actor.scope.entities[1], "contact"));
    assert_true(pb_str_is(actor.scope.areas[0], "duplicates"));
    assert_int_equal(actor_at(h, a.one, h->now_us - 1).scope.entity_count, 0);
    scope.scope = (identity_scope){true, unknown, 1, NULL, 0};
    refuse_act(h, scope, PB_INVALID, "There is no entity");
    scope.scope = (identity_scope){true, NULL, 0, odd, 1};
    refuse_act(h, scope, PB_INVALID, "area of the audit");
    refuse_act(h, (act){.deed = DEED_JOIN, .one = a.one, .other = add_team(h, "North")}, PB_INVALID,
               "is not of the house");
    assert_false(acts_at(h, a.one, a.user.until_us));
    /* longer, then no longer: what was is not changed by it */
    identity_user longer = a.user;
    longer.id = a.one;
    longer.until_us += 10 * DAY;
    do_act(h, (act){.deed = DEED_CHANGE, .user = longer});
    assert_true(acts_at(h, a.one, a.user.until_us));
    longer.until_us = IDENTITY_OPEN;
    refuse_act(h, (act){.deed = DEED_CHANGE, .user = longer}, PB_INVALID, "must have an end");
    pb_uuid ann = add_person(h, "ann", 0);
    scope.one = ann;
    refuse_act(h, scope, PB_INVALID, "is no external auditor");
    assert_false(actor_at(h, ann, h->now_us).scope.limited);
    house_close(h);
}

/* shows: ACC-1 */
static void test_records_that_users_are(void **state)
{
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    do_act(h, (act){.deed = DEED_RECORD, .text = PB_STR("contact"), .one = id_of(7)});
    act a = {.deed = DEED_ADD, .user = person("customer")};
    a.user.kind = IDENTITY_PORTAL;
    refuse_act(h, a, PB_INVALID, "is one contact");
    a.user.portal = id_of(8);
    refuse_act(h, a, PB_NOT_FOUND, "There is no record");
    a.user.portal = id_of(7);
    must(try_act(h, &a, &err), &err);
    identity_actor actor = actor_at(h, a.one, h->now_us);
    assert_memory_equal(actor.portal.b, a.user.portal.b, 16);
    assert_int_equal(actor.team_count, 0);
    a.user.name = PB_STR("other");
    a.user.kind = IDENTITY_PERSON;
    refuse_act(h, a, PB_INVALID, "Only a portal customer is a contact");
    a.user.portal = (pb_uuid){{0}};
    a.user.staff = id_of(7); /* a contact */
    refuse_act(h, a, PB_NOT_FOUND, "There is no record");
    a.user.kind = IDENTITY_AUDITOR;
    a.user.until_us = h->now_us + DAY;
    refuse_act(h, a, PB_INVALID, "of the house");
    a.user = person("shown");
    a.user.shown = PB_STR("two\nlines");
    refuse_act(h, a, PB_INVALID, "cannot be shown");
    a.user.shown =
        PB_STR("نام‌خانوادگی"); /* joined by what cannot be seen, as Persian is */
    a.user.language = PB_STR("xx");
    refuse_act(h, a, PB_INVALID, "There is no language");
    a.user.language = PB_STR("zh-CN");
    must(try_act(h, &a, &err), &err);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_is_one_users_whatever_its_letters),
        cmocka_unit_test(test_what_was_said_of_the_past_stays),
        cmocka_unit_test(test_a_leaver_holds_nothing_at_once),
        cmocka_unit_test(test_one_who_ended_takes_part_in_nothing),
        cmocka_unit_test(test_users_begin_and_end_when_it_was_said),
        cmocka_unit_test(test_an_external_auditor_sees_a_part_for_a_time),
        cmocka_unit_test(test_records_that_users_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
