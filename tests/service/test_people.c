/* Users as the faces ask for them: all or nothing, by who may, and told as they were. */
#include "service_support.h"

#include "identity/policy.h"
#include "service/people.h"

typedef struct bureau {
    office *o;
    db_workspace *workspace;
    identity_actor holder;
    service_call call;
} bureau;

static pb_status put_roles(db_session *session, void *context, pb_error *err)
{
    static const char *const files[] = {
        "role: porter\nlabel: Porter\ngrants:\n"
        "  - {name: look, entities: [contact], operations: [read], scope: all, rights: {other: "
        "read}}\n",
        "role: keeper\nlabel: Keeper\ngrants:\n  - {name: users, operations: [users]}\n"};
    const bureau *b = context;
    const identity_call by = {b->call.actor, b->call.now_us, PB_STR_NONE};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (size_t i = 0; i < 2; i++) {
        const model_source source = {PB_STR("role.yaml"), pb_str_c(files[i])};
        identity_role role;
        PB_TRY(identity_role_parse(&source, db_workspace_schema(b->workspace), arena, &role, err));
        PB_TRY(identity_role_put(session, &by, &role, NULL, err));
    }
    return PB_OK;
}

static void open_bureau(office *o, bureau *ret)
{
    pb_error err = {0};
    *ret = (bureau){.o = o, .call = o->call};
    ret->workspace = open_workspace(o, make_workspace(o));
    ret->holder = identity_holder(PB_STR("holder"), o->call.now_us);
    must(db_write(ret->workspace, put_roles, ret, &err), &err);
}

static service_people_call by_holder(bureau *b)
{
    b->call.now_us += 1000000;
    return (service_people_call){&b->call, &b->holder, PB_STR("so it was decided")};
}

static pb_status add(bureau *b, service_user_wish wish, pb_error *err)
{
    pb_uuid id;
    char code[IDENTITY_CODE];
    service_people_call call = by_holder(b);
    return service_user_add(&call, b->workspace, &wish, &id, code, err);
}

static pb_status change(bureau *b, service_people_change wanted, pb_error *err)
{
    service_people_call call = by_holder(b);
    return service_people_do(&call, b->workspace, &wanted, err);
}

static size_t people_at(bureau *b, int64_t at_us, service_person **ret_people)
{
    pb_error err = {0};
    size_t count;
    service_people_call call = by_holder(b);
    must(service_people_list(&call, b->workspace, at_us, b->o->arena, ret_people, &count, &err),
         &err);
    return count;
}

static pb_uuid id_of(bureau *b, const char *name)
{
    pb_error err = {0};
    pb_uuid id;
    db_session *session = NULL;
    must(db_snapshot_open(b->workspace, &session, &err), &err);
    must(identity_user_named(session, pb_str_c(name), &id, &err), &err);
    db_snapshot_close(session);
    return id;
}

/* shows: ACC-1 ACC-3 */
static void test_a_user_is_added_whole_or_not_at_all(void **state)
{
    static const pb_str roles[] = {PB_STR("porter"), PB_STR("keeper")},
                        unknown[] = {PB_STR("cook")};
    bureau b;
    pb_error err = {0};
    service_person *people;
    open_bureau(*state, &b);
    assert_int_equal(
        PB_NOT_FOUND,
        add(&b, (service_user_wish){.name = PB_STR("ann"), .roles = unknown, .role_count = 1},
            &err));
    assert_int_equal(0, people_at(&b, b.call.now_us, &people));
    must(add(&b, (service_user_wish){.name = PB_STR("ann"), .roles = roles, .role_count = 2}, &err),
         &err);
    assert_int_equal(1, people_at(&b, b.call.now_us, &people));
    assert_int_equal(2, people[0].role_count);
    assert_true(pb_str_is(people[0].roles[0], "keeper") && pb_str_is(people[0].roles[1], "porter"));
    assert_true(pb_str_is(people[0].user.shown, "ann") && pb_str_is(people[0].user.by, "tester"));
    assert_int_equal(0, people_at(&b, b.o->call.now_us, &people));
    db_workspace_close(b.workspace);
}

/* shows: ACC-3 */
static void test_the_story_of_one_who_moved_and_left(void **state)
{
    bureau b;
    pb_error err = {0};
    service_person_story story;
    service_people_change steps[] = {
        {.deed = SERVICE_TEAM_ADD, .name = PB_STR("North")},
        {.deed = SERVICE_TEAM_JOIN, .name = PB_STR("ann"), .other = PB_STR("North")},
        {.deed = SERVICE_ROLE_GIVE,
         .name = PB_STR("ann"),
         .other = PB_STR("porter"),
         .until_us = IDENTITY_OPEN},
        {.deed = SERVICE_SUPERIOR_SET, .name = PB_STR("ann"), .other = PB_STR("ben")},
        {.deed = SERVICE_TEAM_RENAME, .name = PB_STR("North"), .other = PB_STR("South")},
        {.deed = SERVICE_TEAM_END, .name = PB_STR("South")},
        {.deed = SERVICE_USER_END, .name = PB_STR("ben")},
        {.deed = SERVICE_USER_END, .name = PB_STR("ann")}};
    open_bureau(*state, &b);
    must(add(&b, (service_user_wish){.name = PB_STR("ann")}, &err), &err);
    must(add(&b, (service_user_wish){.name = PB_STR("ben")}, &err), &err);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        must(change(&b, steps[i], &err), &err);
    service_people_call call = by_holder(&b);
    must(service_person_show(&call, b.workspace, PB_STR("Ann"), b.call.now_us, b.o->arena, &story,
                             &err),
         &err);
    assert_false(story.standing);
    assert_int_equal(story.said_count, 1);
    assert_int_equal(story.tie_count, 3);
    static const char *const names[] = {"porter", "North", "ben"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(pb_str_is(story.ties[i].name, names[i]));
        assert_true(story.ties[i].tie.until_us < IDENTITY_OPEN);
        assert_true(pb_str_is(story.ties[i].tie.ended_why, "so it was decided"));
    }
    db_workspace_close(b.workspace);
}

/* What widens rights asks for a proof and is never done to oneself; what takes them does not; a key
 * reaches to users only by that scope, and hands out nothing. */
static void only_who_proved_hands_out_rights(bureau *b, const service_people_call *by)
{
    static const struct {
        service_people_deed deed;
        const char *name;
        bool proved, program;
        const char *scopes;
        pb_status status;
    } tries[] = {
        {SERVICE_ROLE_GIVE, "pat", false, false, NULL, PB_DENIED},
        {SERVICE_ROLE_GIVE, "pat", false, true, "users", PB_DENIED},
        {SERVICE_ROLE_GIVE, "kim", true, false, NULL, PB_DENIED},
        {SERVICE_ROLE_GIVE, "pat", true, false, NULL, PB_OK},
        {SERVICE_ROLE_TAKE, "pat", false, true, "read", PB_DENIED},
        {SERVICE_ROLE_TAKE, "pat", false, true, "read users", PB_OK},
    };
    pb_error err = {0};
    service_call call = *by->call;
    const service_people_call own = {&call, by->actor, PB_STR_NONE};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        const service_people_change change = {.deed = tries[i].deed,
                                              .name = pb_str_c(tries[i].name),
                                              .other = PB_STR("keeper"),
                                              .until_us = IDENTITY_OPEN};
        call.proved = tries[i].proved;
        call.program = tries[i].program;
        call.scopes = tries[i].scopes == NULL ? PB_STR_NONE : pb_str_c(tries[i].scopes);
        call.now_us += 1000;
        if (service_people_do(&own, b->workspace, &change, &err) != tries[i].status)
            fail_msg("try %zu", i);
    }
}

static pb_status count_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    (void)event;
    (void)erased;
    (void)err;
    ++*(size_t *)context;
    return PB_OK;
}

static size_t refusals(bureau *b)
{
    pb_error err = {0};
    size_t count = 0;
    db_session *session = NULL;
    must(db_snapshot_open(b->workspace, &session, &err), &err);
    must(ledger_each_of(session, "access.refused", count_event, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

/* shows: ACC-1 ACC-2 ACC-4 SEC-2 */
static void test_only_who_may_changes_users(void **state)
{
    static const pb_str keeper[] = {PB_STR("keeper")}, porter[] = {PB_STR("porter")};
    static const char *const names[] = {"kim", "pat"};
    bureau b;
    pb_error err = {0};
    open_bureau(*state, &b);
    must(
        add(&b, (service_user_wish){.name = PB_STR("kim"), .roles = keeper, .role_count = 1}, &err),
        &err);
    must(
        add(&b, (service_user_wish){.name = PB_STR("pat"), .roles = porter, .role_count = 1}, &err),
        &err);
    for (size_t i = 0; i < 2; i++) {
        identity_actor actor;
        db_session *session = NULL;
        pb_status want = i == 0 ? PB_OK : PB_DENIED;
        service_person *people;
        size_t count;
        pb_uuid id = id_of(&b, names[i]), made;
        char code[IDENTITY_CODE];
        must(db_snapshot_open(b.workspace, &session, &err), &err);
        must(identity_actor_read(session, id, b.call.now_us, b.o->arena, &actor, &err), &err);
        db_snapshot_close(session);
        b.call.proved = true;
        const service_people_call call = {&b.call, &actor, PB_STR_NONE};
        const service_user_wish wish = {.name = PB_STR("new")};
        assert_int_equal(want, service_people_list(&call, b.workspace, b.call.now_us, b.o->arena,
                                                   &people, &count, &err));
        assert_int_equal(want, service_user_add(&call, b.workspace, &wish, &made, code, &err));
        const service_people_change end = {.deed = SERVICE_USER_END, .name = PB_STR("new")};
        assert_int_equal(want, service_people_do(&call, b.workspace, &end, &err));
        if (want == PB_OK)
            only_who_proved_hands_out_rights(&b, &call);
        actor.read_only = true;
        if (want == PB_OK)
            assert_int_equal(PB_DENIED,
                             service_user_add(&call, b.workspace, &wish, &made, code, &err));
    }
    assert_int_equal(8, refusals(&b)); /* kim's four and the one who only reads, pat's three */
    db_workspace_close(b.workspace);
}

static size_t credentials_of(bureau *b, pb_uuid user)
{
    pb_error err = {0};
    identity_credential *credentials;
    size_t count;
    db_session *session = NULL;
    must(db_snapshot_open(b->workspace, &session, &err), &err);
    must(identity_credential_list(session, user, b->call.now_us, b->o->arena, &credentials, &count,
                                  &err),
         &err);
    db_snapshot_close(session);
    return count;
}

/* shows: ACC-3 SEC-2 */
static void test_codes_to_begin_with_end_with_the_user(void **state)
{
    bureau b;
    pb_error err = {0};
    char first[IDENTITY_CODE] = "", second[IDENTITY_CODE] = "", none[IDENTITY_CODE] = "x";
    pb_uuid ann, robot;
    open_bureau(*state, &b);
    service_people_call call = by_holder(&b);
    const service_user_wish person = {.name = PB_STR("ann")};
    const service_user_wish program = {.name = PB_STR("robot"), .kind = IDENTITY_PROGRAM};
    must(service_user_add(&call, b.workspace, &person, &ann, first, &err), &err);
    must(service_user_add(&call, b.workspace, &program, &robot, none, &err), &err);
    assert_true(strlen(first) >= 16);
    assert_string_equal("", none);
    assert_int_equal(1, credentials_of(&b, ann));
    assert_int_equal(0, credentials_of(&b, robot));
    assert_int_equal(PB_INVALID,
                     service_user_enrol(&call, b.workspace, PB_STR("robot"), none, &err));
    must(service_user_enrol(&call, b.workspace, PB_STR("ANN"), second, &err), &err);
    assert_string_not_equal(first, second);
    assert_int_equal(1, credentials_of(&b, ann)); /* the first is good no more */
    must(change(&b, (service_people_change){.deed = SERVICE_USER_END, .name = PB_STR("ann")}, &err),
         &err);
    assert_int_equal(0, credentials_of(&b, ann));
    assert_int_equal(PB_NOT_FOUND,
                     service_user_enrol(&call, b.workspace, PB_STR("ann"), second, &err));
    must(change(&b,
                (service_people_change){
                    .deed = SERVICE_USER_RETURN, .name = PB_STR("ann"), .until_us = IDENTITY_OPEN},
                &err),
         &err);
    assert_int_equal(0, credentials_of(&b, ann));
    db_workspace_close(b.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_user_is_added_whole_or_not_at_all, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_the_story_of_one_who_moved_and_left, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_only_who_may_changes_users, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_codes_to_begin_with_end_with_the_user, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
