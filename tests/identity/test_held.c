/* Actors kept in memory: true whoever changes rights, and events of the ledger. */
#include "identity_support.h"

#include <pthread.h>
#include <sys/wait.h>

#include "base/cbor.h"
#include "sys/file.h"

static identity_held hold_at(house *h, pb_uuid user, int64_t at_us)
{
    pb_error err = {0};
    identity_held held = {.kept = NULL};
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_actor_hold(session, user, at_us, &held, &err), &err);
    db_snapshot_close(session);
    return held;
}

static size_t roles_held(house *h, pb_uuid user, int64_t at_us)
{
    identity_held held = hold_at(h, user, at_us);
    size_t count = held.actor.role_count;
    assert_true(held.actor.at_us == at_us);
    identity_actor_let_go(&held);
    identity_actor_let_go(&held);
    assert_int_equal(count, actor_at(h, user, at_us).role_count);
    return count;
}

/* shows: ACC-3 */
static void test_what_is_kept_is_true_at_every_moment(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1);
    assert_int_equal(roles_held(h, ann, h->now_us), 0);
    int64_t before_us = h->now_us;
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 1, .until_us = IDENTITY_OPEN});
    assert_int_equal(roles_held(h, ann, h->now_us), 1);
    assert_int_equal(roles_held(h, ann, before_us), 0); /* another's clock */
    assert_int_equal(roles_held(h, ann, h->now_us), 1);
    int64_t from = h->now_us + DAY, until = h->now_us + 2 * DAY;
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 2, .from_us = from, .until_us = until});
    assert_int_equal(roles_held(h, ann, from - 1), 1);
    assert_int_equal(roles_held(h, ann, from), 2);
    assert_int_equal(roles_held(h, ann, until - 1), 2);
    assert_int_equal(roles_held(h, ann, until), 1);
    assert_int_equal(roles_held(h, ann, from), 2); /* back again */
    /* the same one is handed out, and outlives its turn while it is held */
    identity_held one = hold_at(h, ann, until), other = hold_at(h, ann, until + 1);
    assert_ptr_equal(one.actor.roles, other.actor.roles);
    do_act(h, (act){.deed = DEED_END, .one = ann});
    pb_error err = {0};
    db_session *session;
    identity_held none = {.kept = NULL};
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must_fail(identity_actor_hold(session, ann, h->now_us, &none, &err), PB_DENIED, &err,
              "is no user at");
    db_snapshot_close(session);
    assert_int_equal(one.actor.roles[0], 1);
    identity_actor_let_go(&one);
    identity_actor_let_go(&other);
    house_close(h);
}

/* shows: ACC-3 */
static void test_what_was_not_committed_is_not_kept(void **state)
{
    (void)state;
    house *h = house_open();
    pb_uuid ann = add_person(h, "ann", 1);
    assert_int_equal(roles_held(h, ann, h->now_us), 0);
    act failing = {
        .deed = DEED_GIVE, .one = ann, .role = 1, .until_us = IDENTITY_OPEN, .fails = true};
    pb_error err = {0};
    assert_int_equal(try_act(h, &failing, &err), PB_CANCELLED);
    assert_int_equal(roles_held(h, ann, h->now_us), 0);
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 2, .until_us = IDENTITY_OPEN});
    assert_int_equal(roles_held(h, ann, h->now_us), 1);
    house_close(h);
}

/* ---- many at once ---- */

enum { THREADS = 6, ROUNDS = 25 };

typedef struct crew {
    house *h;
    pb_uuid user;
    pthread_mutex_t lock;
    int64_t given; /* roles that were given and committed */
    int failures;
} crew;

/* Whoever reads after a role was given sees it. */
static void *look_on(void *context)
{
    crew *c = context;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&c->lock);
        int64_t given = c->given;
        pthread_mutex_unlock(&c->lock);
        db_session *session = NULL;
        identity_held held = {.kept = NULL};
        bool good = db_snapshot_open(c->h->workspace, &session, NULL) == PB_OK &&
                    identity_actor_hold(session, c->user, START + 300 * DAY, &held, NULL) == PB_OK;
        good = good && (int64_t)held.actor.role_count >= given;
        identity_actor_let_go(&held);
        db_snapshot_close(session);
        pthread_mutex_lock(&c->lock);
        c->failures += good ? 0 : 1;
        pthread_mutex_unlock(&c->lock);
    }
    return NULL;
}

static void *give(void *context)
{
    crew *c = context;
    for (int i = 0; i < ROUNDS; i++) {
        act a = {.deed = DEED_GIVE, .one = c->user, .until_us = IDENTITY_OPEN};
        pb_error err = {0};
        pthread_mutex_lock(&c->lock);
        a.role = c->given + 1;
        pb_status status = try_act(c->h, &a, &err);
        c->given += status == PB_OK ? 1 : 0;
        c->failures += status == PB_OK ? 0 : 1;
        pthread_mutex_unlock(&c->lock);
    }
    return NULL;
}

/* shows: ACC-3 */
static void test_threads_see_what_was_given(void **state)
{
    (void)state;
    house *h = house_open();
    crew c = {.h = h, .user = add_person(h, "ann", 1), .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, i == 0 ? give : look_on, &c));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(c.failures, 0);
    assert_int_equal(roles_held(h, c.user, START + 300 * DAY), ROUNDS);
    house_close(h);
}

static void *add_same(void *context)
{
    crew *c = context;
    act a = {.deed = DEED_ADD,
             .user = {.name = PB_STR("Zoë"),
                      .shown = PB_STR("Zoë"),
                      .language = PB_STR("en"),
                      .until_us = IDENTITY_OPEN},
             .call = {{PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, START + DAY, PB_STR_NONE}};
    pb_error err = {0};
    pb_status status = db_write(c->h->workspace, act_work, &a, &err);
    pthread_mutex_lock(&c->lock);
    c->given += status == PB_OK ? 1 : 0;
    c->failures += status == PB_OK || status == PB_EXISTS ? 0 : 1;
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* shows: ACC-1 */
static void test_of_many_who_ask_for_a_name_one_gets_it(void **state)
{
    (void)state;
    house *h = house_open();
    crew c = {.h = h, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, add_same, &c));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(c.failures, 0);
    assert_int_equal(c.given, 1);
    house_close(h);
}

/* ---- another process ---- */

typedef struct lasting {
    house h;
    char folder[200], key[220];
    const char *url;
} lasting;

static void open_again(lasting *l, bool create)
{
    pb_error err = {0};
    db_options options = {.key.key_file = l->key};
    if (create)
        must(db_workspace_create(l->url, &l->h.tiny.schema, &options, NULL, &l->h.workspace, &err),
             &err);
    else
        must(db_workspace_open(l->url, &l->h.tiny.schema, &options, &l->h.workspace, &err), &err);
}

/* Forked before anything is open; told through a pipe when to go on. */
static pid_t begin_other(lasting *l, pb_uuid user, int ret_pipe[2])
{
    assert_int_equal(0, pipe(ret_pipe));
    fflush(NULL);
    pid_t child = fork();
    if (child != 0)
        return child;
    char word;
    close(ret_pipe[1]);
    if (read(ret_pipe[0], &word, 1) != 1)
        _exit(1);
    open_again(l, false);
    do_act(&l->h, (act){.deed = DEED_TAKE, .one = user, .role = 1});
    db_workspace_close(l->h.workspace);
    _exit(0);
}

/* shows: ACC-3 */
static void test_another_process_takes_rights_away(void **state)
{
    (void)state;
    lasting l = {.folder = "/tmp/probity-held-XXXXXX"};
    pb_error err = {0};
    int pipes[2], ended = 1;
    assert_non_null(mkdtemp(l.folder));
    snprintf(l.key, sizeof l.key, "%s/key", l.folder);
    l.h.arena = pb_arena_new(0);
    l.h.now_us = START;
    house_schema(&l.h);
    l.url = on_postgres() ? engine_address() : pb_arena_printf(l.h.arena, "%s/w", l.folder);
    open_again(&l, true);
    pb_uuid ann = add_person(&l.h, "ann", 1);
    do_act(&l.h, (act){.deed = DEED_GIVE, .one = ann, .role = 1, .until_us = IDENTITY_OPEN});
    db_workspace_close(l.h.workspace);
    pid_t child = begin_other(&l, ann, pipes);
    open_again(&l, false);
    assert_int_equal(roles_held(&l.h, ann, l.h.now_us + DAY), 1);
    assert_int_equal(1, write(pipes[1], "x", 1));
    assert_int_equal(child, waitpid(child, &ended, 0));
    assert_int_equal(ended, 0);
    assert_int_equal(roles_held(&l.h, ann, l.h.now_us + DAY), 0);
    assert_int_equal(roles_held(&l.h, ann, l.h.now_us), 1);
    close(pipes[0]);
    close(pipes[1]);
    db_workspace_close(l.h.workspace);
    pb_arena_free(l.h.arena);
    must(sys_dir_remove_tree(l.folder, &err), &err);
}

/* ---- the ledger ---- */

typedef struct counting {
    int events;
    bool good;
} counting;

static pb_status count_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    counting *c = context;
    pb_cbor in = {.in = event->payload};
    pb_str before = PB_STR_NONE;
    (void)err;
    size_t pairs = pb_cbor_get_map(&in);
    c->good = c->good && !erased && pb_str_is(event->actor.name, "tester");
    for (size_t i = 0; i < pairs; i++) { /* keys in the order of their encoded bytes */
        pb_str key = pb_cbor_get_text(&in);
        c->good = c->good && (i == 0 || key.len > before.len || pb_str_cmp(before, key) < 0);
        before = key;
        pb_cbor_skip(&in);
    }
    c->good = c->good && pb_cbor_done(&in);
    c->events++;
    return PB_OK;
}

/* shows: ACC-3 ACC-4 */
static void test_every_change_is_one_event(void **state)
{
    static const struct {
        const char *kind;
        int count;
    } want[] = {{"user.added", 3},  {"user.changed", 1}, {"user.ended", 1}, {"user.returned", 1},
                {"role.given", 1},  {"role.taken", 1},   {"team.added", 1}, {"team.changed", 1},
                {"team.joined", 1}, {"team.left", 1},    {"team.ended", 1}, {"superior.set", 2},
                {"scope.set", 1}};
    const pb_str entities[] = {PB_STR("account")};
    (void)state;
    house *h = house_open();
    pb_error err = {0};
    pb_uuid ann = add_person(h, "ann", 0), ben = add_person(h, "ben", 0);
    pb_uuid team = add_team(h, "North");
    identity_user other = {.id = ann,
                           .name = PB_STR("ann"),
                           .shown = PB_STR("Ann"),
                           .language = PB_STR("en"),
                           .until_us = IDENTITY_OPEN};
    act auditor = {.deed = DEED_ADD, .user = other};
    do_act(h, (act){.deed = DEED_CHANGE, .user = other});
    do_act(h, (act){.deed = DEED_CHANGE, .user = other}); /* nothing new */
    do_act(h, (act){.deed = DEED_GIVE, .one = ann, .role = 1, .until_us = IDENTITY_OPEN});
    do_act(h, (act){.deed = DEED_TAKE, .one = ann, .role = 1});
    do_act(h, (act){.deed = DEED_TEAM_RENAME, .other = team, .text = PB_STR("Nord")});
    do_act(h, (act){.deed = DEED_JOIN, .one = ann, .other = team});
    do_act(h, (act){.deed = DEED_LEAVE, .one = ann, .other = team});
    do_act(h, (act){.deed = DEED_TEAM_END, .other = team});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann, .other = ben});
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann, .other = ben}); /* nothing new */
    do_act(h, (act){.deed = DEED_SUPERIOR, .one = ann});
    do_act(h, (act){.deed = DEED_END, .one = ann});
    do_act(h, (act){.deed = DEED_RETURN, .one = ann, .until_us = IDENTITY_OPEN});
    auditor.user.name = PB_STR("auditor");
    auditor.user.kind = IDENTITY_AUDITOR;
    auditor.user.until_us = h->now_us + DAY;
    must(try_act(h, &auditor, &err), &err);
    do_act(h, (act){.deed = DEED_SCOPE, .one = auditor.one, .scope = {true, entities, 1, NULL, 0}});
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        counting c = {.good = true};
        must(ledger_each_of(session, want[i].kind, count_event, &c, &err), &err);
        if (c.events != want[i].count || !c.good)
            fail_msg("%s: %d events, %d", want[i].kind, c.events, c.good);
    }
    ledger_report report;
    must(ledger_verify(session, NULL, NULL, &report, &err), &err);
    db_snapshot_close(session);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept_is_true_at_every_moment),
        cmocka_unit_test(test_what_was_not_committed_is_not_kept),
        cmocka_unit_test(test_threads_see_what_was_given),
        cmocka_unit_test(test_of_many_who_ask_for_a_name_one_gets_it),
        cmocka_unit_test(test_another_process_takes_rights_away),
        cmocka_unit_test(test_every_change_is_one_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
