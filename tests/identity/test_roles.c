/* Roles as they are kept: versions with their time, what is refused, who inherits what however they
 * are changed, and the policy that a workspace keeps in memory. */
#include "asked.h"
#include "policy_random.h"

#include <pthread.h>

/* ---- one change, in a transaction of its own ---- */

typedef struct deed {
    world *w;
    const identity_role *role; /* NULL: `name` is ended */
    const char *name;
    int64_t number;
    bool fails;            /* behind the change */
    identity_policy *seen; /* by the transaction itself */
} deed;

static pb_status work(db_session *session, void *context, pb_error *err)
{
    deed *d = context;
    const identity_call call = {
        {PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, d->w->now_us, PB_STR("because")};
    if (d->role == NULL)
        return identity_role_end(session, &call, pb_str_c(d->name), err);
    PB_TRY(identity_role_put(session, &call, d->role, &d->number, err));
    if (!d->fails)
        return PB_OK;
    identity_policy_release(d->seen);
    PB_TRY(identity_policy_now(session, &d->seen, err));
    return pb_fail(err, PB_CANCELLED, PB_MSG("The table {table} of the workspace was altered."),
                   "table", "none", NULL);
}

static pb_status try_put(world *w, const identity_role *role, int64_t *ret_number, pb_error *err)
{
    deed d = {.w = w, .role = role};
    w->now_us += 1000000;
    pb_status status = db_write(w->workspace, work, &d, err);
    if (status == PB_OK && ret_number != NULL)
        *ret_number = d.number;
    return status;
}

static int64_t put(world *w, const char *yaml)
{
    pb_error err;
    int64_t number = 0;
    const identity_role role = world_role(w, yaml);
    world_must(try_put(w, &role, &number, &err), &err);
    return number;
}

static pb_status try_end(world *w, const char *name, pb_error *err)
{
    deed d = {.w = w, .name = name};
    w->now_us += 1000000;
    return db_write(w->workspace, work, &d, err);
}

static void must_fail(pb_status status, pb_status want, const pb_error *err, const char *part)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->hint, NULL, &text);
    if (status != want || strstr(pb_buf_cstr(&text), part) == NULL)
        fail_msg("status %d instead of %d: %s (not: %s)", status, want, pb_buf_cstr(&text), part);
}

static db_session *look(world *w)
{
    db_session *session = NULL;
    pb_error err;
    world_must(db_snapshot_open(w->workspace, &session, &err), &err);
    return session;
}

static size_t count_at(world *w, int64_t at_us, identity_role_row **ret_rows)
{
    db_session *session = look(w);
    size_t count = 0;
    pb_error err;
    world_must(identity_role_list(session, at_us, w->arena, ret_rows, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

static identity_policy *policy_at(world *w, int64_t at_us)
{
    db_session *session = look(w);
    identity_policy *policy = NULL;
    pb_error err;
    world_must(at_us == IDENTITY_OPEN ? identity_policy_now(session, &policy, &err)
                                      : identity_policy_at(session, at_us, &policy, &err),
               &err);
    db_snapshot_close(session);
    return policy;
}

static identity_outcome may(world *w, int64_t at_us, int64_t role, identity_operation operation)
{
    identity_policy *policy = policy_at(w, at_us);
    const identity_actor actor = {.roles = &role, .role_count = 1, .at_us = WORLD_NOW};
    identity_decision decision = identity_decide(policy, &actor, operation, w->deal, NULL, NULL);
    identity_policy_release(policy);
    return decision.outcome;
}

#define READS                                                                                      \
    "role: clerk\nlabel: Clerk\ngrants:\n  - {name: g, entities: deal, operations: read, scope: "  \
    "all}\n"
#define CHANGES                                                                                    \
    "role: clerk\nlabel: Clerk\ngrants:\n  - {name: g, entities: deal, operations: [read, "        \
    "change],"                                                                                     \
    " scope: all, rights: write}\n"

/* shows: ACC-1 ACC-3 */
static void test_every_past_moment_has_its_roles(void **state)
{
    (void)state;
    world w;
    identity_role_row *rows;
    pb_error err;
    world_open(&w);
    int64_t before = w.now_us;
    int64_t number = put(&w, READS), read_us = w.now_us;
    assert_int_equal(put(&w, CHANGES), number);
    int64_t change_us = w.now_us;
    assert_int_equal(put(&w, CHANGES), number); /* nothing new: no version, no event */
    world_must(try_end(&w, "clerk", &err), &err);
    int64_t end_us = w.now_us;
    int64_t again = put(&w, READS);
    assert_int_not_equal(again, number);
    assert_int_equal(count_at(&w, before, &rows), 0);
    assert_int_equal(may(&w, read_us, number, IDENTITY_OP_READ), IDENTITY_ALLOW);
    assert_int_equal(may(&w, change_us - 1, number, IDENTITY_OP_CHANGE), IDENTITY_DENY);
    assert_int_equal(may(&w, change_us, number, IDENTITY_OP_CHANGE), IDENTITY_ALLOW);
    assert_int_equal(may(&w, end_us - 1, number, IDENTITY_OP_CHANGE), IDENTITY_ALLOW);
    assert_int_equal(may(&w, end_us, number, IDENTITY_OP_READ), IDENTITY_DENY);
    /* who held the old one does not hold the new one of that name */
    assert_int_equal(may(&w, IDENTITY_OPEN, number, IDENTITY_OP_READ), IDENTITY_DENY);
    assert_int_equal(may(&w, IDENTITY_OPEN, again, IDENTITY_OP_READ), IDENTITY_ALLOW);
    assert_int_equal(count_at(&w, change_us, &rows), 1);
    assert_true(rows[0].from_us == change_us && rows[0].until_us == end_us);
    assert_int_equal(asked_events(w.workspace, "role.defined"), 3);
    assert_int_equal(asked_events(w.workspace, "role.ended"), 1);
    world_close(&w);
}

/* shows: ACC-2 */
static void test_who_inherits_from_whom_is_checked(void **state)
{
    (void)state;
    world w;
    pb_error err;
    world_open(&w);
    identity_role a = world_role(&w, "role: a\nlabel: A\n");
    identity_role b = world_role(&w, "role: b\nlabel: B\nparent: a\n");
    identity_role c = world_role(&w, "role: c\nlabel: C\nparent: b\n");
    must_fail(try_put(&w, &b, NULL, &err), PB_NOT_FOUND, &err, "There is no role “a”");
    world_must(try_put(&w, &a, NULL, &err), &err);
    world_must(try_put(&w, &b, NULL, &err), &err);
    world_must(try_put(&w, &c, NULL, &err), &err);
    a.parent = PB_STR("c");
    must_fail(try_put(&w, &a, NULL, &err), PB_INVALID, &err, "would inherit from itself");
    a.parent = PB_STR("a");
    must_fail(try_put(&w, &a, NULL, &err), PB_INVALID, &err, "would inherit from itself");
    must_fail(try_end(&w, "b", &err), PB_CONFLICT, &err, "The role “c” inherits from “b”");
    must_fail(try_end(&w, "bb", &err), PB_NOT_FOUND, &err, "Did you mean “b”?");
    world_must(try_end(&w, "c", &err), &err);
    world_must(try_end(&w, "b", &err), &err);
    world_close(&w);
}

typedef struct shipping {
    world *w;
    const identity_role *roles;
    size_t count;
} shipping;

static pb_status ship(db_session *session, void *context, pb_error *err)
{
    shipping *s = context;
    const identity_call call = {
        {PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, s->w->now_us, PB_STR_NONE};
    return identity_role_ship(session, &call, s->roles, s->count, err);
}

/* shows: ACC-1 */
static void test_what_ships_does_not_overwrite(void **state)
{
    (void)state;
    world w;
    identity_role_row *rows;
    pb_error err;
    world_open(&w);
    /* the one that inherits comes first: it waits for its parent */
    const identity_role roles[] = {world_role(&w, "role: low\nlabel: Low\nparent: high\n"),
                                   world_role(&w, "role: high\nlabel: High\n"),
                                   world_role(&w, READS)};
    shipping s = {&w, roles, 3};
    put(&w, CHANGES);
    world_must(db_write(w.workspace, ship, &s, &err), &err);
    assert_int_equal(count_at(&w, IDENTITY_OPEN, &rows), 3);
    assert_true(pb_str_is(rows[0].role.name, "clerk"));
    assert_true((rows[0].role.grants[0].operations >> IDENTITY_OP_CHANGE & 1) != 0);
    world_must(try_end(&w, "low", &err), &err);
    world_must(db_write(w.workspace, ship, &s, &err), &err);
    assert_int_equal(count_at(&w, IDENTITY_OPEN, &rows), 2);
    assert_int_equal(asked_events(w.workspace, "role.defined"), 3);
    world_close(&w);
}

/* ---- whatever is changed ---- */

static uint8_t right_of(const identity_policy *policy, const identity_actor *actor, int64_t role,
                        identity_operation operation, const identity_record *record,
                        const model_field *field)
{
    identity_actor one = *actor;
    one.roles = &role;
    one.role_count = 1;
    uint8_t rights[FIELDS];
    bool any = identity_rights_to(policy, &one, operation, record->entity, record, rights);
    if (field != NULL)
        return rights[field->index];
    return any ? IDENTITY_WRITE : IDENTITY_HIDDEN;
}

static bool names(const model_strs *list, pb_str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (pb_str_eq(list->items[i], name))
            return true;
    return false;
}

/* What a role passes on, read from what it says. */
static uint8_t passed_on(const identity_role *role, identity_operation operation,
                         const model_entity *entity, const model_field *field)
{
    uint8_t most = IDENTITY_WRITE;
    for (size_t i = 0; i < role->keep_count; i++) {
        const identity_keep *keep = &role->keeps[i];
        char dotted[128];
        if ((keep->operations >> operation & 1) == 0 ||
            (!keep->every && !names(&keep->entities, entity->name)))
            continue;
        if (keep->classes.count + keep->fields.count == 0)
            return IDENTITY_HIDDEN;
        if (field == NULL)
            continue;
        snprintf(dotted, sizeof dotted, "%.*s.%.*s", PB_STR_FMT(entity->name),
                 PB_STR_FMT(field->name));
        bool kept = names(&keep->fields, field->name) || names(&keep->fields, pb_str_c(dotted)) ||
                    (field->personal.declared && names(&keep->classes, field->personal.klass));
        if (kept && (uint8_t)keep->passes < most)
            most = (uint8_t)keep->passes;
    }
    return most;
}

static const identity_role_row *row_of(const identity_policy *policy, pb_str name)
{
    size_t count;
    const identity_role_row *rows = identity_policy_roles(policy, &count);
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(rows[i].role.name, name))
            return &rows[i];
    return NULL;
}

static void check_child(life *l, const identity_policy *policy, const identity_role_row *child,
                        const identity_role_row *parent)
{
    somebody s;
    make_somebody(l, &s);
    s.actor.holder = false;
    for (int i = 0; i < 12; i++) {
        const identity_record *record = &l->records[roll(&l->d, 3)][roll(&l->d, RECORDS)].record;
        const model_entity *entity = record->entity;
        const model_field *field =
            roll(&l->d, 4) == 0 ? NULL
                                : &entity->fields[roll(&l->d, (unsigned)entity->field_count)];
        identity_operation operation = (identity_operation)roll(&l->d, IDENTITY_OP_AUDIT);
        uint8_t mine = right_of(policy, &s.actor, child->number, operation, record, field);
        assert_true(mine <= right_of(policy, &s.actor, parent->number, operation, record, field));
        assert_true(mine <= passed_on(&parent->role, operation, entity, field));
        assert_true(field == NULL ||
                    mine <= (uint8_t)identity_right_most(policy, child->number, operation, field));
    }
}

static size_t check_children(life *l)
{
    identity_policy *policy = policy_at(&l->w, IDENTITY_OPEN);
    size_t count, children = 0;
    const identity_role_row *rows = identity_policy_roles(policy, &count);
    for (size_t i = 0; i < count; i++) {
        if (pb_str_empty(rows[i].role.parent))
            continue;
        const identity_role_row *parent = row_of(policy, rows[i].role.parent);
        assert_non_null(parent);
        check_child(l, policy, &rows[i], parent);
        children++;
    }
    identity_policy_release(policy);
    return children;
}

/* A grant more or less, another parent, more or less kept back, an end, a cycle tried. */
static void change_something(life *l, identity_role *roles, size_t *refused)
{
    pb_error err;
    size_t number = roll(&l->d, ROLES);
    identity_role fresh = random_role(l, number), *role = &roles[number];
    if (role->name.ptr == NULL || roll(&l->d, 4) == 0)
        *role = fresh;
    else if (roll(&l->d, 3) == 0)
        role->parent = fresh.parent;
    else if (roll(&l->d, 2) == 0) {
        role->grants = fresh.grants;
        role->grant_count = fresh.grant_count;
    } else {
        role->keeps = fresh.keeps;
        role->keep_count = fresh.keep_count;
    }
    pb_status status = roll(&l->d, 8) == 0
                           ? try_end(&l->w, pb_arena_cstr(l->w.arena, role->name), &err)
                           : try_put(&l->w, role, NULL, &err);
    if (status == PB_OK)
        return;
    assert_true(status == PB_INVALID || status == PB_NOT_FOUND || status == PB_CONFLICT);
    ++*refused;
    role->parent = PB_STR_NONE;
}

/* shows: ACC-2 */
static void test_no_change_lifts_a_child_above_its_parent(void **state)
{
    (void)state;
    life *l = test_calloc(1, sizeof *l);
    identity_role roles[ROLES] = {{.name = PB_STR_NONE}};
    size_t refused = 0, children = 0;
    l->d.state = 4711;
    world_open(&l->w);
    make_records(l);
    for (int i = 0; i < (on_postgres() ? 80 : 400); i++) {
        change_something(l, roles, &refused);
        children += check_children(l);
    }
    assert_true(refused > 5 && children > 50);
    world_close(&l->w);
    test_free(l);
}

/* ---- what is kept in memory ---- */

/* shows: ACC-1 ACC-3 */
static void test_the_policy_kept_is_the_one_in_force(void **state)
{
    (void)state;
    world w;
    pb_error err;
    world_open_as(&w, false);
    int64_t number = put(&w, READS);
    identity_policy *one = policy_at(&w, IDENTITY_OPEN), *same = policy_at(&w, IDENTITY_OPEN);
    assert_ptr_equal(one, same);
    identity_policy_release(same);
    /* what is undone was seen by its transaction alone */
    const identity_role changed = world_role(&w, CHANGES);
    deed d = {.w = &w, .role = &changed, .fails = true};
    const identity_actor actor = {.roles = &number, .role_count = 1};
    assert_int_equal(db_write(w.workspace, work, &d, &err), PB_CANCELLED);
    assert_int_equal(
        identity_decide(d.seen, &actor, IDENTITY_OP_CHANGE, w.deal, NULL, NULL).outcome,
        IDENTITY_ALLOW);
    identity_policy_release(d.seen);
    assert_int_equal(may(&w, IDENTITY_OPEN, number, IDENTITY_OP_CHANGE), IDENTITY_DENY);
    /* a snapshot from before goes on with what was then */
    db_session *before = look(&w);
    put(&w, CHANGES);
    assert_int_equal(may(&w, IDENTITY_OPEN, number, IDENTITY_OP_CHANGE), IDENTITY_ALLOW);
    world_must(identity_policy_now(before, &same, &err), &err);
    assert_int_equal(identity_decide(same, &actor, IDENTITY_OP_CHANGE, w.deal, NULL, NULL).outcome,
                     IDENTITY_DENY);
    identity_policy_release(same);
    db_snapshot_close(before);
    assert_int_equal(may(&w, IDENTITY_OPEN, number, IDENTITY_OP_CHANGE), IDENTITY_ALLOW);
    assert_int_equal(identity_decide(one, &actor, IDENTITY_OP_CHANGE, w.deal, NULL, NULL).outcome,
                     IDENTITY_DENY);
    identity_policy_release(one);
    world_close(&w);
}

static pb_status see_now(db_session *session, void *context, pb_error *err)
{
    return identity_policy_now(session, context, err);
}

/* A transaction that had to make it leaves nothing behind; who then prepares it for others makes it
 * once. */
/* shows: ACC-1 PER-1 */
static void test_the_policy_is_prepared_for_transactions(void **state)
{
    (void)state;
    world w;
    pb_error err;
    world_open_as(&w, false);
    int64_t number = put(&w, READS);
    const identity_actor actor = {.roles = &number, .role_count = 1};
    identity_policy *seen[4] = {NULL};
    for (int i = 0; i < 4; i++) {
        if (i == 2) {
            db_session *session = look(&w);
            world_must(identity_policy_prepare(session, &err), &err);
            db_snapshot_close(session);
        }
        world_must(db_write(w.workspace, see_now, &seen[i], &err), &err);
    }
    assert_ptr_not_equal(seen[0], seen[1]);
    assert_ptr_not_equal(seen[1], seen[2]);
    assert_ptr_equal(seen[2], seen[3]);
    for (int i = 0; i < 4; i++)
        identity_policy_release(seen[i]);
    /* a change makes it anew, prepared or not */
    put(&w, CHANGES);
    identity_policy *changed = NULL;
    world_must(db_write(w.workspace, see_now, &changed, &err), &err);
    assert_int_equal(
        identity_decide(changed, &actor, IDENTITY_OP_CHANGE, w.deal, NULL, NULL).outcome,
        IDENTITY_ALLOW);
    identity_policy_release(changed);
    world_close(&w);
}

enum { THREADS = 4, LOOKS = 30 };

typedef struct crew {
    world *w;
    int64_t number;
    _Atomic int wrong;
} crew;

/* Either of the two states, whole: reading is never lost, changing comes with writing. */
static void *keep_looking(void *context)
{
    crew *c = context;
    const identity_actor actor = {.roles = &c->number, .role_count = 1};
    for (int i = 0; i < LOOKS; i++) {
        db_session *session = NULL;
        identity_policy *policy = NULL;
        if (db_snapshot_open(c->w->workspace, &session, NULL) != PB_OK ||
            identity_policy_now(session, &policy, NULL) != PB_OK) {
            c->wrong++;
        } else {
            bool reads =
                identity_decide(policy, &actor, IDENTITY_OP_READ, c->w->deal, NULL, NULL).outcome ==
                IDENTITY_ALLOW;
            bool changes = identity_decide(policy, &actor, IDENTITY_OP_CHANGE, c->w->deal, NULL,
                                           &c->w->deal->fields[0])
                               .outcome == IDENTITY_ALLOW;
            bool writes = identity_decide(policy, &actor, IDENTITY_OP_CHANGE, c->w->deal, NULL,
                                          &c->w->deal->fields[1])
                              .outcome == IDENTITY_ALLOW;
            c->wrong += !reads || changes != writes;
        }
        identity_policy_release(policy);
        db_snapshot_close(session);
    }
    return NULL;
}

/* shows: ACC-1 */
static void test_threads_share_one_policy(void **state)
{
    (void)state;
    world w;
    pthread_t threads[THREADS];
    world_open_as(&w, false);
    crew c = {.w = &w, .number = put(&w, READS)};
    for (int i = 0; i < 4; i++) {
        put(&w, i % 2 == 0 ? CHANGES : READS);
        for (int t = 0; t < THREADS; t++)
            assert_int_equal(pthread_create(&threads[t], NULL, keep_looking, &c), 0);
        put(&w, i % 2 == 0 ? READS : CHANGES);
        for (int t = 0; t < THREADS; t++)
            pthread_join(threads[t], NULL);
    }
    assert_int_equal(c.wrong, 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_past_moment_has_its_roles),
        cmocka_unit_test(test_who_inherits_from_whom_is_checked),
        cmocka_unit_test(test_what_ships_does_not_overwrite),
        cmocka_unit_test(test_no_change_lifts_a_child_above_its_parent),
        cmocka_unit_test(test_the_policy_kept_is_the_one_in_force),
        cmocka_unit_test(test_the_policy_is_prepared_for_transactions),
        cmocka_unit_test(test_threads_share_one_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
