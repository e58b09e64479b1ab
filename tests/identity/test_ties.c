/* Roles, teams and the tree over time. */
#include "identity_support.h"

static size_t ties_of(house *h, identity_tie_kind kind, identity_tie_filter filter,
                      identity_tie **ret_ties)
{
    pb_error err = {0};
    size_t count;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_ties(session, kind, &filter, h->arena, ret_ties, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

static bool holds_at(house *h, pb_uuid user, int64_t role, int64_t at_us)
{
    identity_actor actor = actor_at(h, user, at_us);
    for (size_t i = 0; i < actor.role_count; i++)
        if (actor.roles[i] == role)
            return true;
    return false;
}

/* shows: ACC-1 ACC-3 */
static void test_who_held_a_role_in_march(void **state)
{
    (void)state;
    house *h = house_open();
    identity_tie *ties;
    pb_uuid ann = add_person(h, "ann", 1);
    h->now_us = START + 31 * DAY; /* February */
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 3, .until_us = IDENTITY_OPEN});
    int64_t given_us = h->now_us;
    h->now_us = START + 120 * DAY; /* May */
    do_act(h, (act){.deed = DEED_TAKE, .one = ann, .role = 3});
    int64_t taken_us = h->now_us;
    assert_false(holds_at(h, ann, 3, given_us - 1));
    assert_true(holds_at(h, ann, 3, given_us));
    assert_true(holds_at(h, ann, 3, START + 70 * DAY));
    assert_true(holds_at(h, ann, 3, taken_us - 1));
    assert_false(holds_at(h, ann, 3, taken_us));
    assert_int_equal(ties_of(h, IDENTITY_TIE_ROLE,
                             (identity_tie_filter){.user = ann, .at_us = IDENTITY_EVER}, &ties),
                     1);
    assert_true(pb_str_is(ties[0].by, "tester") && pb_str_is(ties[0].why, "because"));
    assert_true(pb_str_is(ties[0].ended_by, "tester"));
    assert_true(ties[0].from_us == given_us && ties[0].until_us == taken_us);
    refuse_act(h, (act){.deed = DEED_TAKE, .one = ann, .role = 3}, PB_NOT_FOUND, "does not hold");
    assert_int_equal(ties_of(h, IDENTITY_TIE_ROLE,
                             (identity_tie_filter){.at_us = given_us, .one_role = true, .role = 4},
                             &ties),
                     0);
    assert_int_equal(
        ties_of(h, IDENTITY_TIE_ROLE,
                (identity_tie_filter){.at_us = given_us, .user = ann, .one_role = true, .role = 3},
                &ties),
        1);
    house_close(h);
}

/* shows: ACC-1 ACC-3 */
static void test_a_role_for_a_time(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1);
    int64_t from = h->now_us + 10 * DAY, until = h->now_us + 20 * DAY;
    act give = {.deed = DEED_GIVE, .one = ann, .role = 9, .from_us = from, .until_us = until};
    do_act(h, give);
    assert_false(holds_at(h, ann, 9, from - 1));
    assert_true(holds_at(h, ann, 9, from) && holds_at(h, ann, 9, until - 1));
    assert_false(holds_at(h, ann, 9, until));
    refuse_act(h, give, PB_EXISTS, "holds this role already");
    /* longer, said while it holds */
    h->now_us = from + 5 * DAY;
    give.from_us = 0;
    give.until_us = until + 10 * DAY;
    do_act(h, give);
    assert_true(holds_at(h, ann, 9, from) && holds_at(h, ann, 9, until));
    assert_false(holds_at(h, ann, 9, until + 10 * DAY));
    do_act(h, (act){.deed = DEED_TAKE, .one = ann, .role = 9});
    assert_false(holds_at(h, ann, 9, h->now_us));
    assert_false(holds_at(h, ann, 9, until));
    assert_true(holds_at(h, ann, 9, from));
    give.from_us = from;
    refuse_act(h, give, PB_INVALID, "cannot be given a role for that time");
    give.from_us = h->now_us + 2 * DAY;
    give.until_us = h->now_us + 2 * DAY;
    refuse_act(h, give, PB_INVALID, "cannot be given a role for that time");
    house_close(h);
}

/* shows: ACC-1 */
static void test_a_clock_that_goes_back_leaves_nothing_standing(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1), ben = add_person(h, "ben", 2);
    h->now_us = START + 50 * DAY;
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 2, .until_us = IDENTITY_OPEN});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann, .other = ben});
    h->now_us = START + 20 * DAY;
    refuse_act(h, (act){.deed = DEED_SUPERIOR, .one = ben, .other = ann}, PB_INVALID,
               "cannot be above");
    do_act(h, (act){.deed = DEED_TAKE, .one = ann, .role = 2});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann});
    for (int day = 20; day < 60; day += 10) {
        assert_false(holds_at(h, ann, 2, START + day * DAY + DAY));
        assert_int_equal(actor_at(h, ben, START + day * DAY + DAY).below_count, 0);
    }
    house_close(h);
}

/* shows: ACC-1 */
static void test_teams_see_each_other_while_they_are_teams(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1), ben = add_person(h, "ben", 2);
    pb_uuid cho = add_person(h, "cho", 3), dee = add_person(h, "dee", 0);
    pb_uuid north = add_team(h, "North  East"), south = add_team(h, "South");
    refuse_act(h, (act){.deed = DEED_TEAM_ADD, .text = PB_STR("ＳＯＵＴＨ")}, PB_EXISTS,
               "There is a team");
    do_act(h, (act){.deed = DEED_JOIN, .one = ann, .other = north});
    do_act(h, (act){.deed = DEED_JOIN, .one = ben, .other = north});
    do_act(h, (act){.deed = DEED_JOIN, .one = ann, .other = south});
    do_act(h, (act){.deed = DEED_JOIN, .one = cho, .other = south});
    do_act(h, (act){.deed = DEED_JOIN, .one = dee, .other = south});
    refuse_act(h, (act){.deed = DEED_JOIN, .one = dee, .other = south}, PB_EXISTS,
               "is in the team");
    int64_t both_us = h->now_us;
    identity_actor actor = actor_at(h, ann, h->now_us);
    MUST_BE(actor.team, actor.team_count, 1, 2, 3);
    actor = actor_at(h, dee, h->now_us);
    MUST_BE(actor.team, actor.team_count, 1, 3);
    do_act(h, (act){.deed = DEED_LEAVE, .one = ann, .other = south});
    refuse_act(h, (act){.deed = DEED_LEAVE, .one = ann, .other = south}, PB_NOT_FOUND,
               "is not in the team");
    actor = actor_at(h, cho, h->now_us);
    MUST_BE(actor.team, actor.team_count, 3);
    do_act(h, (act){.deed = DEED_TEAM_RENAME, .other = north, .text = PB_STR("Nord")});
    do_act(h, (act){.deed = DEED_TEAM_ADD, .text = PB_STR("north  east")});
    refuse_act(h, (act){.deed = DEED_TEAM_RENAME, .other = north, .text = PB_STR("south")},
               PB_EXISTS, "There is a team");
    do_act(h, (act){.deed = DEED_TEAM_END, .other = north});
    refuse_act(h, (act){.deed = DEED_JOIN, .one = cho, .other = north}, PB_NOT_FOUND,
               "There is no team");
    actor = actor_at(h, ben, h->now_us);
    MUST_BE(actor.team, actor.team_count, 2);
    actor = actor_at(h, ann, both_us);
    MUST_BE(actor.team, actor.team_count, 1, 2, 3);
    house_close(h);
}

/* ---- the tree, beside one kept in the simplest way ---- */

enum { PEOPLE = 24, MOVES = 250 };

static bool is_above(const int *above, int who, int below)
{
    for (int at = below; at >= 0; at = above[at])
        if (at == who)
            return true;
    return false;
}

static void must_be_tree(house *h, const pb_uuid *ids, const int *above, int64_t at_us)
{
    for (int i = 0; i < PEOPLE; i++) {
        int want[PEOPLE + 1] = {0}, count = 0;
        for (int k = 0; k < PEOPLE; k++)
            if (k != i && is_above(above, i, k))
                want[count++] = k + 1;
        identity_actor actor = actor_at(h, ids[i], at_us);
        must_be(actor.below, actor.below_count, want);
    }
}

/* shows: ACC-1 */
static void test_no_chain_of_moves_makes_a_circle(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ids[PEOPLE];
    int above[PEOPLE], kept[PEOPLE], refused = 0;
    int64_t kept_us = 0;
    uint32_t random = 20261122;
    for (int i = 0; i < PEOPLE; i++) {
        char name[20];
        snprintf(name, sizeof name, "user%d", i);
        ids[i] = add_person(h, name, i + 1);
        above[i] = -1;
    }
    for (int move = 0; move < MOVES; move++) {
        random = random * 1664525u + 1013904223u;
        int who = (int)(random >> 8) % PEOPLE, whom = (int)(random >> 16) % (PEOPLE + 1) - 1;
        pb_error err = {0};
        act a = {.deed = DEED_SUPERIOR, .one = ids[who]};
        if (whom >= 0)
            a.other = ids[whom];
        pb_status status = try_act(h, &a, &err);
        if (whom >= 0 && is_above(above, who, whom)) {
            must_fail(status, PB_INVALID, &err, "cannot be above");
            refused++;
        } else {
            must(status, &err);
            above[who] = whom;
        }
        if (move == MOVES / 2) {
            memcpy(kept, above, sizeof kept);
            kept_us = h->now_us;
        }
    }
    assert_true(refused > 20);
    must_be_tree(h, ids, above, h->now_us);
    must_be_tree(h, ids, kept, kept_us);
    house_close(h);
}

/* shows: ACC-1 */
static void test_a_tree_may_be_deep(void **state)
{
    enum { DEEP = 300 };
    (void)state;
    house *h = house_open();
    pb_uuid first = add_person(h, "top", 1), last = first;
    for (int i = 2; i <= DEEP; i++) {
        char name[20];
        snprintf(name, sizeof name, "user%d", i);
        pb_uuid next = add_person(h, name, i);
        do_act(h, (act){.deed = DEED_SUPERIOR, .one = next, .other = last});
        last = next;
    }
    assert_int_equal(actor_at(h, first, h->now_us).below_count, DEEP - 1);
    refuse_act(h, (act){.deed = DEED_SUPERIOR, .one = first, .other = last}, PB_INVALID,
               "at once or through others");
    refuse_act(h, (act){.deed = DEED_SUPERIOR, .one = first, .other = first}, PB_INVALID,
               "above itself");
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_held_a_role_in_march),
        cmocka_unit_test(test_a_role_for_a_time),
        cmocka_unit_test(test_a_clock_that_goes_back_leaves_nothing_standing),
        cmocka_unit_test(test_teams_see_each_other_while_they_are_teams),
        cmocka_unit_test(test_no_chain_of_moves_makes_a_circle),
        cmocka_unit_test(test_a_tree_may_be_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
