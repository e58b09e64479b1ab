/* Who may see or change what, now and on any past day, and the roles of a workspace. */
#include "service_support.h"

#include "service/roles.h"

#define MINUTE INT64_C(60000000)

/* A house with a few people and one contact, whose owner changes. */
typedef struct scene {
    office *o;
    db_workspace *workspace;
    const model_entity *staff, *contact;
    pb_uuid ann, bob, eve; /* users: sales of two teams, marketing */
    pb_uuid ann_staff, bob_staff;
    pb_uuid record;
    int64_t made_us, owned_us, changed_us;
} scene;

static record_input input(const model_entity *entity, const char *field, const char *raw)
{
    const model_field *found = model_field_find(entity, pb_str_c(field));
    assert_non_null(found);
    return (record_input){found, pb_str_c(raw), NULL};
}

typedef struct deed {
    scene *s;
    pb_status (*act)(scene *s, db_session *session, record_writer *writer,
                     const identity_call *call, pb_error *err);
} deed;

static pb_status work(db_session *session, void *context, pb_error *err)
{
    deed *d = context;
    const service_call *call = &d->s->o->call;
    const identity_call by = {call->actor, call->now_us, PB_STR_NONE};
    record_writer *writer = NULL;
    PB_TRY(record_writer_open(session, call->actor, call->now_us, RECORD_STRICT, &writer, err));
    pb_status status = d->act(d->s, session, writer, &by, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static int64_t act(scene *s, pb_status (*what)(scene *, db_session *, record_writer *,
                                               const identity_call *, pb_error *))
{
    pb_error err;
    deed d = {s, what};
    s->o->call.now_us += MINUTE;
    must(db_write(s->workspace, work, &d, &err), &err);
    return s->o->call.now_us;
}

static pb_status make_records(scene *s, db_session *session, record_writer *writer,
                              const identity_call *call, pb_error *err)
{
    const record_origin none = {0};
    const record_input ann = input(s->staff, "full_name", "Ann Archer");
    const record_input bob = input(s->staff, "full_name", "Bob Baker");
    const record_input contact[] = {input(s->contact, "full_name", "Carl Customer"),
                                    input(s->contact, "email", "carl@example.org"),
                                    input(s->contact, "owner", "Ann Archer")};
    (void)session;
    (void)call;
    PB_TRY(record_create(writer, s->staff, &ann, 1, none, &s->ann_staff, NULL, NULL, err));
    PB_TRY(record_create(writer, s->staff, &bob, 1, none, &s->bob_staff, NULL, NULL, err));
    return record_create(writer, s->contact, contact, 3, none, &s->record, NULL, NULL, err);
}

static pb_status add_user(db_session *session, const identity_call *call, const char *name,
                          pb_uuid staff, const char *role, pb_uuid *ret_id, pb_error *err)
{
    const identity_user user = {.kind = IDENTITY_PERSON,
                                .name = pb_str_c(name),
                                .shown = pb_str_c(name),
                                .language = PB_STR("en"),
                                .staff = staff,
                                .until_us = IDENTITY_OPEN};
    int64_t number;
    PB_TRY(identity_user_add(session, call, &user, ret_id, err));
    PB_TRY(identity_role_find(session, pb_str_c(role), IDENTITY_OPEN, &number, err));
    return identity_role_give(session, call, *ret_id, number, 0, IDENTITY_OPEN, err);
}

static pb_status add_users(scene *s, db_session *session, record_writer *writer,
                           const identity_call *call, pb_error *err)
{
    const pb_uuid nobody = {{0}};
    pb_uuid audit, admin;
    (void)writer;
    PB_TRY(add_user(session, call, "ann", s->ann_staff, "sales", &s->ann, err));
    PB_TRY(add_user(session, call, "bob", s->bob_staff, "sales", &s->bob, err));
    PB_TRY(add_user(session, call, "eve", nobody, "marketing", &s->eve, err));
    PB_TRY(add_user(session, call, "otto", nobody, "auditor", &audit, err));
    return add_user(session, call, "root", nobody, "administrator", &admin, err);
}

static pb_status hand_over(scene *s, db_session *session, record_writer *writer,
                           const identity_call *call, pb_error *err)
{
    const record_input owner = input(s->contact, "owner", "Bob Baker");
    (void)session;
    (void)call;
    return record_change(writer, s->contact, s->record, 0, &owner, 1, NULL, NULL, err);
}

static pb_status eve_leaves(scene *s, db_session *session, record_writer *writer,
                            const identity_call *call, pb_error *err)
{
    (void)writer;
    return identity_user_end(session, call, s->eve, err);
}

static void scene_open(scene *s, office *o)
{
    pb_error err;
    *s = (scene){.o = o};
    s->workspace = open_workspace(o, make_workspace(o));
    s->staff = model_entity_find(service_schema(o->service), PB_STR("staff"));
    s->contact = model_entity_find(service_schema(o->service), PB_STR("contact"));
    must(service_ship_roles(o->service, &o->call, s->workspace, &err), &err);
    s->made_us = act(s, make_records);
    s->owned_us = act(s, add_users);
}

/* As text: user right grant; … */
static const char *who(scene *s, const char *field, int64_t at_us, bool change)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    service_who found;
    pb_error err;
    char id[37];
    pb_uuid_text(s->record, id);
    must(service_who_can(&s->o->call, s->workspace, model_field_find(s->contact, pb_str_c(field)),
                         pb_str_c(id), at_us, change, s->o->arena, &found, &err),
         &err);
    for (size_t i = 0; i < found.count; i++)
        pb_buf_printf(&out, "%.*s %s %.*s; ", PB_STR_FMT(found.users[i].user.name),
                      found.users[i].decision.outcome == IDENTITY_MASK ? "masked" : "may",
                      PB_STR_FMT(found.users[i].decision.grant));
    service_who_end(&found);
    return pb_arena_cstr(s->o->arena, pb_buf_str(&out));
}

/* shows: ACC-1 ACC-3 */
static void test_who_could_see_it_then(void **state)
{
    scene s;
    scene_open(&s, *state);
    int64_t before_us = s.o->call.now_us;
    const char *then = "ann may own_customers; bob masked other_customers; eve may customers; "
                       "otto masked records; ";
    const char *now = "ann masked other_customers; bob may own_customers; otto masked records; ";
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, false), then);
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, true), "ann may own_customers; ");
    act(&s, hand_over);
    act(&s, eve_leaves);
    s.o->call.now_us += MINUTE;
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, false), now);
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, true), "bob may own_customers; ");
    assert_string_equal(who(&s, "email", before_us, false), then);
    assert_string_equal(who(&s, "email", before_us, true), "ann may own_customers; ");
    assert_string_equal(who(&s, "birth_date", before_us, false),
                        "ann masked own_customers; bob masked other_customers; eve masked "
                        "customers; otto masked records; ");
    assert_string_equal(who(&s, "email", s.made_us, false), ""); /* no users yet */
    db_workspace_close(s.workspace);
}

/* shows: ACC-3 */
static void test_before_it_was_there_nobody_could(void **state)
{
    scene s;
    service_who found;
    pb_error err;
    char id[37];
    scene_open(&s, *state);
    pb_uuid_text(s.record, id);
    assert_int_equal(service_who_can(&s.o->call, s.workspace,
                                     model_field_find(s.contact, PB_STR("email")), pb_str_c(id),
                                     s.made_us - 1, false, s.o->arena, &found, &err),
                     PB_NOT_FOUND);
    assert_string_equal(err.primary.id, "The record {id} of {entity} was not there yet.");
    db_workspace_close(s.workspace);
}

/* What a role lost or gained does not change who could see it before. */
static pb_status cut_sales(scene *s, db_session *session, record_writer *writer,
                           const identity_call *call, pb_error *err)
{
    const model_source source = {
        PB_STR("manager.yaml"),
        PB_STR("role: manager\nlabel: Manager\ngrants:\n  - {name: all, entities: contact, "
               "operations: [read, list], scope: all, rights: {other: read, personal: masked}}\n")};
    identity_role role;
    (void)writer;
    PB_TRY(identity_role_parse(&source, service_schema(s->o->service), s->o->arena, &role, err));
    return identity_role_put(session, call, &role, NULL, err);
}

/* shows: ACC-2 ACC-3 */
static void test_a_parent_that_loses_a_right_takes_it_from_all(void **state)
{
    scene s;
    scene_open(&s, *state);
    int64_t before_us = s.o->call.now_us;
    act(&s, cut_sales);
    s.o->call.now_us += MINUTE;
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, false),
                        "ann masked own_customers; bob masked other_customers; eve masked "
                        "customers; otto masked records; ");
    assert_string_equal(who(&s, "email", IDENTITY_OPEN, true), "");
    assert_string_equal(who(&s, "email", before_us, true), "ann may own_customers; ");
    db_workspace_close(s.workspace);
}

/* shows: ACC-1 */
static void test_roles_of_a_workspace(void **state)
{
    office *o = *state;
    pb_error err;
    identity_policy *policy = NULL;
    identity_role role;
    bool shipped = false;
    size_t count;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    must(service_roles(o->service, workspace, IDENTITY_OPEN, &policy, &shipped, &err), &err);
    identity_policy_roles(policy, &count);
    assert_true(shipped && count == 8);
    policy = identity_policy_release(policy);
    const model_source own = {PB_STR("own.yaml"),
                              PB_STR("role: field_sales\nlabel: Field sales\nparent: sales\n")};
    must(service_role_put(o->service, &o->call, PB_STR("agreed"), workspace, &own, o->arena, &role,
                          &err),
         &err);
    must(service_roles(o->service, workspace, IDENTITY_OPEN, &policy, &shipped, &err), &err);
    identity_policy_roles(policy, &count);
    assert_true(!shipped && count == 9);
    policy = identity_policy_release(policy);
    assert_int_equal(
        service_role_end(o->service, &o->call, PB_STR_NONE, workspace, PB_STR("sales"), &err),
        PB_CONFLICT);
    must(
        service_role_end(o->service, &o->call, PB_STR_NONE, workspace, PB_STR("field_sales"), &err),
        &err);
    must(service_ship_roles(o->service, &o->call, workspace, &err), &err);
    must(service_roles(o->service, workspace, IDENTITY_OPEN, &policy, &shipped, &err), &err);
    identity_policy_roles(policy, &count);
    assert_int_equal(count, 8);
    identity_policy_release(policy);
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_could_see_it_then, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_before_it_was_there_nobody_could, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_parent_that_loses_a_right_takes_it_from_all,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_roles_of_a_workspace, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
