/* Random policies, actors and records: what identity_decide says of each record, and what the
 * condition in SQL lets through, are the same; a role never gives more than the one it inherits
 * from. */
#include "policy_random.h"

/* ---- the two say the same ---- */

static void select_ids(db_session *session, const model_entity *entity,
                       const identity_condition *condition, bool *ret_found)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_error err;
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql, "SELECT r.n FROM t_%.*s AS r WHERE r.n > ? AND %.*s",
                  PB_STR_FMT(entity->name), PB_STR_FMT(condition->sql));
    world_must(db_prepare_text(session, pb_buf_str(&sql), &stmt, &err), &err);
    db_bind_i64(stmt, 1, 0);
    for (size_t i = 0; i < condition->count; i++)
        db_bind_value(stmt, (int)i + 2, condition->values[i]);
    memset(ret_found, 0, RECORDS * sizeof *ret_found);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            return;
        ret_found[db_column_i64(stmt, 0) - 1] = true;
    }
}

static bool lets_through(identity_decision decision, const model_field *field)
{
    return field == NULL ? decision.outcome != IDENTITY_DENY : decision.outcome == IDENTITY_ALLOW;
}

/* Whether a list may be ordered by the field agrees with what is decided of each record. */
static void check_use(const identity_policy *policy, const somebody *s,
                      identity_operation operation, const model_field *field, const bool *records,
                      const bool *shown)
{
    identity_use use;
    pb_error err;
    world_must(identity_field_use(policy, &s->actor, operation, field->entity, field, &use, &err),
               &err);
    for (unsigned i = 0; i < RECORDS; i++) {
        if (use == IDENTITY_USE_ALWAYS)
            assert_int_equal(records[i], shown[i]);
        if (use == IDENTITY_USE_NEVER)
            assert_false(shown[i]);
    }
}

/* What an index may be asked for leaves nobody out; returns whether there was such a test. */
static bool check_among(db_session *session, const model_entity *entity,
                        const identity_condition *condition, const bool *found)
{
    bool among[RECORDS];
    const identity_condition only = {.sql = condition->among.sql,
                                     .values = condition->among.values,
                                     .count = condition->among.count};
    if (condition->among.column.ptr == NULL)
        return false;
    select_ids(session, entity, &only, among);
    for (unsigned i = 0; i < RECORDS; i++)
        assert_true(among[i] || !found[i]);
    return true;
}

static void check_one(life *l, db_session *session, const identity_policy *policy,
                      const somebody *s, unsigned kind, identity_operation operation,
                      const model_field *field, bool *ret_found)
{
    const model_entity *entity = entity_of(l, kind);
    identity_condition condition;
    pb_error err;
    world_must(identity_predicate(policy, &s->actor, operation, entity, field, "r", l->w.arena,
                                  &condition, &err),
               &err);
    select_ids(session, entity, &condition, ret_found);
    bool any = false, all = true;
    for (unsigned i = 0; i < RECORDS; i++) {
        identity_decision decision = identity_decide(policy, &s->actor, operation, entity,
                                                     &l->records[kind][i].record, field);
        bool through = lets_through(decision, field);
        if (through != ret_found[i])
            fail_msg("record %u: decided %d (%s), found %d by %.*s", i, through, decision.says,
                     ret_found[i], PB_STR_FMT(condition.sql));
        any = any || through;
        all = all && through;
    }
    l->among += check_among(session, entity, &condition, ret_found);
    assert_true(!condition.nothing || !any);
    assert_true(!condition.all || all);
    /* What no record could be allowed is denied without one, too. */
    if (any)
        assert_true(lets_through(identity_decide(policy, &s->actor, operation, entity, NULL, field),
                                 field));
}

/* All fields at once, and one by one. */
static void check_rights(life *l, const identity_policy *policy, const somebody *s, unsigned kind,
                         identity_operation operation)
{
    const model_entity *entity = entity_of(l, kind);
    for (unsigned i = 0; i < RECORDS; i++) {
        uint8_t rights[FIELDS];
        const identity_record *record = &l->records[kind][i].record;
        bool any = identity_rights_to(policy, &s->actor, operation, entity, record, rights);
        identity_decision whole =
            identity_decide(policy, &s->actor, operation, entity, record, NULL);
        assert_int_equal(any, whole.outcome != IDENTITY_DENY);
        for (size_t f = 0; f < entity->field_count; f++) {
            identity_decision one =
                identity_decide(policy, &s->actor, operation, entity, record, &entity->fields[f]);
            bool writes = identity_operation_writes(operation);
            identity_outcome expected = rights[f] >= (writes ? IDENTITY_WRITE : IDENTITY_READ)
                                            ? IDENTITY_ALLOW
                                        : rights[f] >= IDENTITY_MASKED && !writes ? IDENTITY_MASK
                                                                                  : IDENTITY_DENY;
            assert_int_equal(expected, one.outcome);
        }
    }
}

static void check_somebody(life *l, db_session *session, const identity_policy *policy)
{
    somebody s;
    make_somebody(l, &s);
    for (unsigned kind = 0; kind < 3; kind++) {
        bool records[RECORDS], shown[RECORDS];
        const model_entity *entity = entity_of(l, kind);
        identity_operation operation = (identity_operation)roll(&l->d, IDENTITY_OP_AUDIT);
        check_one(l, session, policy, &s, kind, operation, NULL, records);
        for (int i = 0; i < 2; i++) {
            const model_field *field = &entity->fields[roll(&l->d, (unsigned)entity->field_count)];
            check_one(l, session, policy, &s, kind, operation, field, shown);
            check_use(policy, &s, operation, field, records, shown);
        }
        check_rights(l, policy, &s, kind, operation);
    }
}

/* shows: ACC-1 ACC-2 */
static void test_decision_and_condition_agree(void **state)
{
    (void)state;
    life *l = test_calloc(1, sizeof *l);
    l->d.state = 20261122;
    world_open(&l->w);
    make_records(l);
    for (int i = 0; i < (on_postgres() ? 40 : 400); i++) {
        db_session *session = NULL;
        pb_error err;
        identity_policy *policy = random_policy(l);
        world_must(db_snapshot_open(l->w.workspace, &session, &err), &err);
        for (int j = 0; j < 3; j++)
            check_somebody(l, session, policy);
        db_snapshot_close(session);
        identity_policy_release(policy);
    }
    assert_true(l->among > 20);
    world_close(&l->w);
    test_free(l);
}

/* ---- teams of any size ---- */

/* shows: ACC-1 */
static void test_thousands_of_colleagues(void **state)
{
    enum { MANY = 5000 };
    (void)state;
    life *l = test_calloc(1, sizeof *l);
    pb_uuid *many = test_calloc(MANY, sizeof *many);
    l->d.state = 7;
    world_open(&l->w);
    make_records(l);
    const identity_role role =
        world_role(&l->w, "role: r\nlabel: R\ngrants:\n  - {name: g, entities: [contact, line], "
                          "operations: list, scope: [team, below]}\n");
    const identity_role_row row = {.number = 1, .role = role};
    identity_policy *policy = NULL;
    identity_condition large, small;
    db_session *session = NULL;
    pb_error err;
    const int64_t roles[] = {1};
    for (unsigned i = 0; i < MANY; i++)
        many[i] = world_id(1, i * 2);
    world_must(identity_policy_compile(l->w.schema, &row, 1, &policy, &err), &err);
    world_must(db_snapshot_open(l->w.workspace, &session, &err), &err);
    for (unsigned kind = 0; kind < 3; kind += 2) {
        bool found[RECORDS];
        somebody s = {.actor = {.team = many,
                                .team_count = MANY,
                                .below = many,
                                .below_count = 1,
                                .roles = roles,
                                .role_count = 1,
                                .at_us = WORLD_NOW}};
        check_one(l, session, policy, &s, kind, IDENTITY_OP_LIST, NULL, found);
        world_must(identity_predicate(policy, &s.actor, IDENTITY_OP_LIST, entity_of(l, kind), NULL,
                                      "r", l->w.arena, &large, &err),
                   &err);
        s.actor.team_count = 1;
        check_one(l, session, policy, &s, kind, IDENTITY_OP_LIST, NULL, found);
        world_must(identity_predicate(policy, &s.actor, IDENTITY_OP_LIST, entity_of(l, kind), NULL,
                                      "r", l->w.arena, &small, &err),
                   &err);
        assert_true(pb_str_eq(large.sql, small.sql));
        assert_int_equal(large.count, small.count);
    }
    db_snapshot_close(session);
    identity_policy_release(policy);
    world_close(&l->w);
    test_free(many);
    test_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decision_and_condition_agree),
        cmocka_unit_test(test_thousands_of_colleagues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
