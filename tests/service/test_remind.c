/* Reminders day by day: who is told what is due, again on the next day and when a planned audit
 * comes round again; and nobody of what it may not see, or not any more. */
#include "service_support.h"

#include "mail/outbox.h"
#include "service/home.h"
#include "service/mail.h"
#include "service/plans.h"
#include "service/roles.h"
#include "sys/clock.h"

#include <stdlib.h>

enum { CONTROLS = 4, TODAY = 20254 }; /* 2025-06-15 */

typedef enum person { STEWARD, REVIEWER, OUTSIDER, PEOPLE } person;

typedef struct scene {
    office *o;
    db_workspace *workspace;
    pb_uuid users[PEOPLE];
    audit_control controls[CONTROLS];
    audit_finding found[CONTROLS];
    finding_plan plan;
    finding_change change;
    int64_t n;
} scene;

static int64_t noon(int day)
{
    return (TODAY + day) * PB_US_PER_DAY + PB_US_PER_DAY / 2;
}

static void act(scene *s, db_work work)
{
    pb_error err = {0};
    must(db_write(s->workspace, work, s, &err), &err);
}

/* ---- the house ---- */

static pb_status add_person(db_session *session, scene *s, person which, const identity_user *said,
                            const char *role, int64_t until_us, pb_error *err)
{
    const identity_call by = {s->o->call.actor, s->o->call.now_us, PB_STR_NONE};
    identity_user user = *said;
    int64_t number;
    user.shown = user.name;
    user.language = PB_STR("en");
    PB_TRY(identity_user_add(session, &by, &user, &s->users[which], err));
    PB_TRY(identity_role_find(session, pb_str_c(role), IDENTITY_OPEN, &number, err));
    return identity_role_give(session, &by, s->users[which], number, 0, until_us, err);
}

static pb_status add_staff(db_session *session, scene *s, const char *name, const char *mail,
                           pb_uuid *ret_id, pb_error *err)
{
    const service_call *call = &s->o->call;
    const model_entity *staff = model_entity_find(service_schema(s->o->service), PB_STR("staff"));
    const record_input inputs[] = {
        {model_field_find(staff, PB_STR("full_name")), pb_str_c(name), NULL},
        {model_field_find(staff, PB_STR("email")), pb_str_c(mail), NULL}};
    const record_origin none = {0};
    record_writer *writer = NULL;
    PB_TRY(record_writer_open(session, call->actor, call->now_us, RECORD_STRICT, &writer, err));
    pb_status status = record_create(writer, staff, inputs, 2, none, ret_id, NULL, NULL, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

/* The reviewer may look at audits until the evening of the next day; the outsider is an external
 * auditor who is let see the completeness of contacts until the day behind. */
static pb_status furnish(db_session *session, void *context, pb_error *err)
{
    static const pb_str areas[] = {PB_STR("completeness")}, entities[] = {PB_STR("contact")};
    scene *s = context;
    const identity_call by = {s->o->call.actor, s->o->call.now_us, PB_STR_NONE};
    const mail_call mailing = {s->o->call.actor, s->o->call.now_us};
    const mail_settings settings = {.host = PB_STR("localhost"),
                                    .port = 25,
                                    .tls = MAIL_PLAIN,
                                    .sender = PB_STR("crm@example.org"),
                                    .site = PB_STR("https://crm.example.org/")};
    const identity_scope scope = {
        .entities = entities, .entity_count = 1, .areas = areas, .area_count = 1};
    pb_uuid stefan, rita;
    PB_TRY(add_staff(session, s, "Stefan Steward", "stefan@example.org", &stefan, err));
    PB_TRY(add_staff(session, s, "Rita Reviewer", "rita@example.org", &rita, err));
    PB_TRY(add_person(session, s, STEWARD,
                      &(identity_user){.kind = IDENTITY_PERSON,
                                       .name = PB_STR("steward"),
                                       .staff = stefan,
                                       .until_us = IDENTITY_OPEN},
                      "data_steward", IDENTITY_OPEN, err));
    PB_TRY(add_person(session, s, REVIEWER,
                      &(identity_user){.kind = IDENTITY_PERSON,
                                       .name = PB_STR("reviewer"),
                                       .staff = rita,
                                       .until_us = IDENTITY_OPEN},
                      "auditor", noon(1) + PB_US_PER_DAY / 4, err));
    PB_TRY(add_person(session, s, OUTSIDER,
                      &(identity_user){.kind = IDENTITY_AUDITOR,
                                       .name = PB_STR("outsider"),
                                       .until_us = noon(2) + PB_US_PER_DAY / 4},
                      "auditor", noon(2) + PB_US_PER_DAY / 4, err));
    PB_TRY(identity_scope_set(session, &by, s->users[OUTSIDER], &scope, err));
    return mail_settings_put(session, &mailing, &settings, err);
}

/* Contacts and accounts, complete and without doubles: none of it is. */
static pb_status find_faults(db_session *session, void *context, pb_error *err)
{
    static const char *const names[CONTROLS][3] = {{"CON-1", "completeness", "contact"},
                                                   {"CON-2", "duplicates", "contact"},
                                                   {"ACC-1", "completeness", "account"},
                                                   {"ACC-2", "duplicates", "account"}};
    scene *s = context;
    const finding_call by = {s->o->call.actor, s->o->call.now_us};
    for (size_t i = 0; i < CONTROLS; i++) {
        s->controls[i] = (audit_control){
            .id = pb_str_c(names[i][0]),
            .area = pb_str_c(names[i][1]),
            .entity = model_entity_find(service_schema(s->o->service), pb_str_c(names[i][2]))};
        s->found[i] = (audit_finding){
            .control = &s->controls[i], .outcome = AUDIT_FAIL, .population = 10, .failing = 3};
    }
    const audit_result result = {.findings = s->found,
                                 .finding_count = CONTROLS,
                                 .overall = {.score = 50, .letter = 'D'},
                                 .as_of_days = TODAY};
    const finding_run run = {.at_us = by.now_us,
                             .as_of_days = TODAY,
                             .by = by.actor.name,
                             .title = PB_STR("here"),
                             .own = true,
                             .letter = 'D',
                             .score = 50};
    return finding_run_keep(session, &by, &run, &result, &s->n, err);
}

static void scene_open(scene *s, office *o)
{
    pb_error err = {0};
    *s = (scene){.o = o};
    o->call.now_us = noon(0) - PB_US_PER_DAY / 4;
    s->workspace = open_workspace(o, make_workspace(o));
    must(service_ship_roles(o->service, &o->call, s->workspace, &err), &err);
    act(s, furnish);
    act(s, find_faults);
}

/* ---- what is to be done ---- */

static pb_status put_finding(db_session *session, void *context, pb_error *err)
{
    scene *s = context;
    const finding_call by = {s->o->call.actor, s->o->call.now_us};
    finding_item item;
    return finding_put(session, &by, s->n, 0, &s->change, s->o->arena, &item, err);
}

static int64_t number_of(scene *s, const char *control)
{
    pb_error err = {0};
    const finding_filter all = {.due_until = 0};
    finding_item *items = NULL;
    size_t count = 0;
    int64_t n = 0;
    db_session *session = NULL;
    must(db_snapshot_open(s->workspace, &session, &err), &err);
    must(finding_list(session, &all, s->o->arena, &items, &count, &err), &err);
    db_snapshot_close(session);
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(items[i].control, control))
            n = items[i].n;
    assert_true(n > 0);
    return n;
}

static void give(scene *s, const char *control, person owner, int64_t due)
{
    s->n = number_of(s, control);
    s->change = (finding_change){.has_state = true,
                                 .has_owner = true,
                                 .has_due = true,
                                 .state = FINDING_ACCEPTED,
                                 .owner = s->users[owner],
                                 .due = due};
    act(s, put_finding);
}

static void mend(scene *s, const char *control)
{
    s->n = number_of(s, control);
    s->change = (finding_change){.has_state = true, .state = FINDING_MENDED};
    act(s, put_finding);
}

static pb_status put_plan(db_session *session, void *context, pb_error *err)
{
    scene *s = context;
    const finding_call by = {s->o->call.actor, s->o->call.now_us};
    return finding_plan_put(session, &by, 0, &s->plan, err);
}

/* `member` absent: nobody is named. */
static int64_t plan(scene *s, const char *name, const char *member, finding_repeat repeat,
                    int64_t due)
{
    pb_str team = pb_str_c(member == NULL ? "" : member);
    s->plan = (finding_plan){.name = pb_str_c(name),
                             .goals = PB_STR(""),
                             .criteria = PB_STR(""),
                             .source = PB_STR(""),
                             .repeat = repeat,
                             .due = due,
                             .team = {&team, member != NULL}};
    act(s, put_plan);
    return s->plan.plan;
}

static pb_status plan_is_done(db_session *session, void *context, pb_error *err)
{
    scene *s = context;
    const finding_call by = {s->o->call.actor, s->o->call.now_us};
    return finding_plan_done(session, &by, s->n, 1, s->plan.due, err);
}

static void done(scene *s, int64_t number, int64_t day)
{
    s->n = number;
    s->plan.due = day;
    act(s, plan_is_done);
}

/* ---- what is told ---- */

static const pb_catalog *english(const void *context, const char *language)
{
    (void)context;
    (void)language;
    return NULL;
}

static bool wished(const void *context, pb_str likes, pb_arena *arena)
{
    (void)context;
    (void)likes;
    (void)arena;
    return true;
}

typedef struct taking {
    scene *s;
    int64_t now_us;
    mail_message message;
    bool found;
} taking;

static pb_status take(db_session *session, void *context, pb_error *err)
{
    taking *t = context;
    const mail_call by = {t->s->o->call.actor, t->now_us};
    PB_TRY(mail_take(session, t->now_us, t->s->o->arena, &t->message, &t->found, err));
    return t->found ? mail_end(session, &by, &t->message, MAIL_GONE, PB_STR_NONE, err) : PB_OK;
}

/* The letters of a moment: `address: body` of each, the first first. */
static const char *letters(scene *s, int64_t now_us)
{
    pb_error err = {0};
    const service_poster poster = {.catalog = english, .reminded = wished};
    PB_AUTO_BUF all = PB_BUF_INIT(1 << 16);
    taking t = {s, now_us, {.n = 0}, true};
    must(service_mail_remind(s->workspace, &poster, now_us, &err), &err);
    for (;;) {
        must(db_write(s->workspace, take, &t, &err), &err);
        if (!t.found)
            break;
        pb_buf_printf(&all, "%.*s: %.*s\n", PB_STR_FMT(t.message.address),
                      PB_STR_FMT(t.message.body));
    }
    return pb_arena_str(s->o->arena, pb_buf_str(&all)).ptr;
}

static void has(const char *letters, const char *words)
{
    if (strstr(letters, words) == NULL)
        fail_msg("“%s” is not in:\n%s", words, letters);
}

static void lacks(const char *letters, const char *words)
{
    if (strstr(letters, words) != NULL)
        fail_msg("“%s” is in:\n%s", words, letters);
}

/* What is not done is told once a day, as it stands on that day, until it is. */
/* shows: AUD-9 */
static void test_what_is_still_due_is_told_again_the_next_day(void **state)
{
    scene s;
    scene_open(&s, *state);
    give(&s, "CON-1", STEWARD, TODAY);
    const char *told = letters(&s, noon(0));
    has(told, "stefan@example.org: 1 finding of yours is due");
    has(told, "CON-1: due on 2025-06-15");
    assert_string_equal(letters(&s, noon(0) + PB_US_PER_SECOND), "");
    give(&s, "CON-2", STEWARD, TODAY + 2);
    assert_string_equal(letters(&s, noon(0) + PB_US_PER_DAY / 4), ""); /* one a day */
    told = letters(&s, noon(1));
    has(told, "2 findings of yours are due");
    has(told, "CON-1: overdue since 2025-06-15");
    has(told, "CON-2: due on 2025-06-17");
    assert_string_equal(letters(&s, noon(1) + PB_US_PER_DAY / 4), "");
    mend(&s, "CON-1");
    told = letters(&s, noon(2));
    has(told, "1 finding of yours is due");
    lacks(told, "CON-1");
    for (int day = 3; day < 5; day++) /* word for word the same on both */
        has(letters(&s, noon(day)), "CON-2: overdue since 2025-06-17");
    mend(&s, "CON-2");
    assert_string_equal(letters(&s, noon(5)), "");
    db_workspace_close(s.workspace);
}

/* shows: AUD-1 AUD-9 */
static void test_a_planned_audit_that_comes_round_is_told_of_again(void **state)
{
    scene s;
    scene_open(&s, *state);
    int64_t weekly = plan(&s, "Every week", "steward", FINDING_WEEKLY, TODAY);
    int64_t once = plan(&s, "Only once", NULL, FINDING_ONCE, TODAY - 1);
    const char *told = letters(&s, noon(0));
    has(told, "Every week: due on 2025-06-15");
    has(told, "Only once: overdue since 2025-06-14");
    done(&s, weekly, TODAY);
    told = letters(&s, noon(1));
    lacks(told, "Every week");
    has(told, "Only once");
    done(&s, once, TODAY + 1);
    for (int day = 2; day < 7 - SERVICE_MAIL_AHEAD_DAYS; day++)
        assert_string_equal(letters(&s, noon(day)), "");
    has(letters(&s, noon(7 - SERVICE_MAIL_AHEAD_DAYS)), "Every week: due on 2025-06-22");
    has(letters(&s, noon(8)), "Every week: overdue since 2025-06-22");
    done(&s, weekly, TODAY + 8);
    assert_string_equal(letters(&s, noon(9)), "");
    db_workspace_close(s.workspace);
}

/* Who was let look for a time is told within it; behind it not even that something is due. */
/* shows: ACC-3 AUD-9 */
static void test_whose_time_is_over_is_told_no_more(void **state)
{
    scene s;
    scene_open(&s, *state);
    give(&s, "ACC-2", REVIEWER, TODAY);
    (void)plan(&s, "Of the reviewer", "reviewer", FINDING_ONCE, TODAY);
    for (int day = 0; day < 2; day++) {
        const char *told = letters(&s, noon(day));
        has(told, "rita@example.org");
        has(told, "ACC-2");
        has(told, "Of the reviewer");
    }
    lacks(letters(&s, noon(1) + PB_US_PER_DAY / 2), "rita");
    for (int day = 2; day < 4; day++)
        assert_string_equal(letters(&s, noon(day)), "");
    db_workspace_close(s.workspace);
}

/* ---- an external auditor ---- */

static pb_status look_as(scene *s, person who, int64_t now_us, service_home *ret_home,
                         pb_error *err)
{
    identity_actor actor;
    service_call call = {.now_us = now_us, .actor = {.via = PB_STR("tests")}};
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(s->workspace, &session, err));
    pb_status status =
        identity_actor_read(session, s->users[who], now_us, s->o->arena, &actor, err);
    db_snapshot_close(session);
    PB_TRY(status);
    actor.second_factor = true;
    call.who = &actor;
    call.actor.name = actor.name;
    return service_home_read(&call, s->workspace, s->o->arena, ret_home, err);
}

/* It sees of what is its own what lies in its scope and its time, at home; being no record of the
 * house it has no address, so that no letter leaves the house for it, whatever is due. */
/* shows: AUD-9 AUD-11 */
static void test_an_external_auditor_is_told_what_it_may_see(void **state)
{
    scene s;
    pb_error err = {0};
    service_home home;
    scene_open(&s, *state);
    give(&s, "CON-1", OUTSIDER, TODAY);
    give(&s, "CON-2", OUTSIDER, TODAY); /* another area */
    give(&s, "ACC-1", OUTSIDER, TODAY); /* another kind of record */
    (void)plan(&s, "Of the outsider", "outsider", FINDING_ONCE, TODAY);
    (void)plan(&s, "Of nobody", NULL, FINDING_ONCE, TODAY);
    (void)plan(&s, "Of the steward", "steward", FINDING_ONCE, TODAY);
    must(look_as(&s, OUTSIDER, noon(0), &home, &err), &err);
    assert_int_equal(home.finding_count, 1);
    assert_true(pb_str_is(home.findings[0].control, "CON-1"));
    assert_int_equal(home.plan_count, 1);
    assert_true(pb_str_is(home.plans[0].name, "Of the outsider"));
    must(look_as(&s, STEWARD, noon(0), &home, &err), &err);
    assert_int_equal(home.finding_count, 0);
    assert_int_equal(home.plan_count, 2);
    const char *told = letters(&s, noon(0));
    lacks(told, "CON-");
    lacks(told, "ACC-");
    lacks(told, "Of the outsider");
    has(told, "stefan@example.org: 2 planned audits are due");
    assert_int_equal(look_as(&s, OUTSIDER, noon(3), &home, &err), PB_DENIED); /* its time is over */
    db_workspace_close(s.workspace);
}

/* shows: AUD-9 AUD-11 */
static void test_for_whom_a_plan_is(void **state)
{
    pb_str team[] = {PB_STR("ann"), PB_STR("bob")};
    const finding_plan named = {.team = {team, 2}}, open = {.team = {NULL, 0}};
    const identity_actor inside = {.name = PB_STR("bob")},
                         limited = {.name = PB_STR("bob"), .scope.limited = true},
                         holder = {.holder = true, .scope.limited = true};
    service_call call = {.actor.name = PB_STR("bob"), .who = &inside};
    (void)state;
    assert_true(service_plan_is_for(&call, &named) && service_plan_is_for(&call, &open));
    call.who = &limited;
    assert_true(service_plan_is_for(&call, &named));
    assert_false(service_plan_is_for(&call, &open));
    call.actor.name = PB_STR("eve");
    assert_false(service_plan_is_for(&call, &named));
    call.who = &holder;
    assert_true(service_plan_is_for(&call, &open));
    call.who = NULL;
    assert_true(service_plan_is_for(&call, &open));
    assert_false(service_plan_is_for(&call, &named));
}

int main(void)
{
    setenv("TZ", "UTC", 1); /* the days of this test are of UTC */
    sys_time_zone_read(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_still_due_is_told_again_the_next_day,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_a_planned_audit_that_comes_round_is_told_of_again,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_whose_time_is_over_is_told_no_more, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_external_auditor_is_told_what_it_may_see,
                                        office_open, office_close),
        cmocka_unit_test(test_for_whom_a_plan_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
