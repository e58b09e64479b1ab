/* What the changes of fields tell: from the workspace's own log, and from histories that other
 * systems kept, with the same outcome. */
#include "audit_support.h"

#include "record/record.h"
#include "record/undo.h"

typedef struct history_world {
    support_world world;
    db_session *session;
    pb_arena *arena;
    audit_result result;
} history_world;

static const char deals[] = "id,name,stage,amount,expected_close,owner\n"
                            "o1,Alpha,Proposal,1000,2025-02-28,Li Wei\n"
                            "o2,Beta,Prospecting,500,2025-02-28,Li Wei\n"
                            "o3,Gamma,Won,700,2025-02-28,Li Wei\n";

/* Imports files given as name and text, ended by NULL. */
static void open_world(history_world *w, support *base, const char *const *files)
{
    char folder[300], paths[4][400];
    const char *list[4];
    size_t count = 0;
    *w = (history_world){.world = {.base = base}, .arena = pb_arena_new((size_t)1 << 30)};
    SUPPORT_OK(support_open(&w->world, &base->err), &base->err);
    (void)snprintf(folder, sizeof folder, "%.250s-csv", w->world.folder);
    mkdir(folder, 0700);
    for (; files[count * 2]; count++) {
        (void)snprintf(paths[count], sizeof paths[count], "%s/%s", folder, files[count * 2]);
        FILE *file = fopen(paths[count], "wb");
        assert_non_null(file);
        fputs(files[count * 2 + 1], file);
        fclose(file);
        list[count] = paths[count];
    }
    SUPPORT_OK(support_import(&w->world, list, count, &base->err), &base->err);
    support_remove(folder);
}

static void close_world(history_world *w)
{
    support_unload(&w->world, w->session);
    pb_arena_free(w->arena);
}

typedef struct one_change {
    const model_schema *schema;
    const char *record, *field, *value, *at;
    const char *run; /* kind of the run it belongs to, NULL: none */
} one_change;

static pb_status change(db_session *session, void *context, pb_error *err)
{
    const one_change *c = context;
    const model_entity *entity = model_entity_find(c->schema, PB_STR("opportunity"));
    const model_field *field = model_field_find(entity, pb_str_c(c->field));
    const record_problem *problems;
    record_writer *writer = NULL;
    record_input input = {.field = field, .raw = pb_str_c(c->value)};
    ledger_actor actor = {PB_STR("test"), PB_STR_NONE, PB_STR("test")};
    size_t count;
    uint64_t first;
    pb_uuid id;
    int64_t at, number;
    assert_true(pb_instant_parse(pb_str_c(c->at), &at));
    PB_TRY(record_lookup(session, entity, pb_str_c(c->record), &id, err));
    PB_TRY(ledger_next(session, &first, err));
    PB_TRY(record_writer_open(session, actor, at, RECORD_KEEP, &writer, err));
    pb_status status = record_change(writer, entity, id, 0, &input, 1, &problems, &count, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    if (status != PB_OK || !c->run)
        return status;
    return record_run_end(session, actor, at, c->run, PB_STR("T"), first, 1, 0, &number, err);
}

static void make_changes(history_world *w, const one_change *changes, size_t count)
{
    support *base = w->world.base;
    for (size_t i = 0; i < count; i++) {
        one_change one = changes[i];
        one.schema = base->schema;
        SUPPORT_OK(db_write(w->world.workspace, change, &one, &base->err), &base->err);
    }
}

static void audit(history_world *w, const char *day)
{
    support *base = w->world.base;
    audit_options options = {0};
    assert_true(pb_date_parse(pb_str_c(day), &options.as_of_days));
    SUPPORT_OK(db_snapshot_open(w->world.workspace, &w->session, &base->err), &base->err);
    SUPPORT_OK(audit_run(w->session, base->schema, base->catalogue, &options, w->arena, &w->result,
                         &base->err),
               &base->err);
}

static const audit_finding *finding(const history_world *w, const char *id)
{
    for (size_t i = 0; i < w->result.finding_count; i++)
        if (pb_str_is(w->result.findings[i].control->id, id))
            return &w->result.findings[i];
    fail_msg("no control %s", id);
    return NULL;
}

static void assert_failing(const history_world *w, const char *id, const char *record,
                           const char *value, const char *other)
{
    const audit_finding *found = finding(w, id);
    if (found->failing != 1)
        fail_msg("%s: %u failing, outcome %d", id, (unsigned)found->failing, (int)found->outcome);
    assert_string_equal(pb_arena_cstr(w->arena, found->failures[0].record), record);
    assert_string_equal(pb_arena_cstr(w->arena, found->failures[0].value), value);
    if (other)
        assert_string_equal(pb_arena_cstr(w->arena, found->failures[0].other), other);
}

static const char *const only_deals[] = {"opportunities.csv", deals, NULL};

/* shows: DQ-11 PRO-3 REC-5 */
static void test_the_own_log_tells(void **state)
{
    static const one_change changes[] = {
        {NULL, "o1", "expected_close", "2025-04-30", "2025-07-01T09:00:00Z", NULL},
        {NULL, "o1", "expected_close", "2025-06-30", "2025-08-01T09:00:00Z", NULL},
        {NULL, "o1", "expected_close", "2025-07-31", "2025-09-01T09:00:00Z", NULL},
        {NULL, "o1", "stage", "Prospecting", "2025-09-02T09:00:00Z", NULL},
        {NULL, "o1", "owner", "Sara", "2025-09-02T09:00:00Z", NULL},
        {NULL, "o1", "owner", "Wang Fang", "2025-09-12T09:00:00Z", NULL},
        {NULL, "o1", "owner", "Peter", "2025-09-22T09:00:00Z", NULL},
        /* set wrongly and put right: no step */
        {NULL, "o2", "stage", "Lost", "2025-09-02T09:00:00Z", NULL},
        {NULL, "o2", "stage", "Prospecting", "2025-09-02T09:10:00Z", NULL},
        {NULL, "o3", "amount", "900", "2025-09-02T09:00:00Z", NULL},
        {NULL, "o3", "stage", "Negotiation", "2025-09-03T09:00:00Z", NULL},
    };
    history_world w;
    open_world(&w, *state, only_deals);
    make_changes(&w, changes, sizeof changes / sizeof *changes);
    audit(&w, "2025-10-01");
    assert_failing(&w, "SAL-CLOSE-PUSHED", "o1", "3", "153");
    assert_failing(&w, "SAL-STAGE-BACK", "o1", "Prospecting", "Proposal");
    assert_failing(&w, "USE-OWNER-CHANGED/opportunity", "o1", "3", NULL);
    assert_failing(&w, "SAL-AMOUNT-AFTER-WON", "o3", "900.00", "700.00");
    assert_failing(&w, "SAL-REOPENED", "o3", "2025-09-03", "Won");
    close_world(&w);
}

/* What a correction restyled, or an undoing put back, was nobody's decision. */
/* shows: DQ-11 */
static void test_corrections_are_no_steps(void **state)
{
    static const one_change changes[] = {
        {NULL, "o3", "amount", "900", "2025-09-02T09:00:00Z", "fix"},
        {NULL, "o3", "stage", "Negotiation", "2025-09-03T09:00:00Z", "undo"},
        {NULL, "o2", "amount", "550", "2025-09-04T09:00:00Z", NULL},
        {NULL, "o2", "stage", "Won", "2025-10-02T09:00:00Z", NULL},
    };
    history_world w;
    open_world(&w, *state, only_deals);
    make_changes(&w, changes, sizeof changes / sizeof *changes);
    audit(&w, "2025-11-01");
    assert_int_equal(finding(&w, "SAL-AMOUNT-AFTER-WON")->outcome, AUDIT_PASS);
    assert_int_equal(finding(&w, "SAL-REOPENED")->outcome, AUDIT_PASS);
    close_world(&w);
}

/* shows: DQ-11 AUD-13 */
static void test_no_history_is_said(void **state)
{
    history_world w;
    open_world(&w, *state, only_deals);
    audit(&w, "2025-10-01");
    const audit_finding *found = finding(&w, "SAL-STAGE-BACK");
    assert_int_equal(found->outcome, AUDIT_NOT_APPLICABLE);
    assert_true(pb_str_find(found->reason, PB_STR("brings no history of changes")) != SIZE_MAX);
    close_world(&w);
}

/* As Salesforce exports it: API names, an owner told twice at one moment, by name and by id. */
/* shows: DQ-11 INT-5 */
static void test_an_exported_history_tells(void **state)
{
    static const char exported[] =
        "Id,IsDeleted,OpportunityId,CreatedById,CreatedDate,Field,DataType,OldValue,NewValue\n"
        "017A,0,o1,005A,2025-01-31T10:00:00.000Z,CloseDate,Date,2025-01-31,2025-02-28\n"
        "017B,0,o1,005A,2025-02-28T10:00:00.000Z,CloseDate,Date,2025-02-28,2025-04-30\n"
        "017C,0,o1,005A,2025-04-30T10:00:00.000Z,CloseDate,Date,2025-04-30,2025-06-30\n"
        "017D,0,o1,005A,2025-02-28T10:00:00.000Z,Owner,EntityId,Li Wei,Sara\n"
        "017E,0,o1,005A,2025-02-28T10:00:00.000Z,Owner,EntityId,005A,005B\n"
        "017F,0,o1,005A,2025-03-28T10:00:00.000Z,Owner,EntityId,Sara,Li Wei\n"
        "017G,0,o1,005A,2025-03-28T10:00:00.000Z,Owner,EntityId,005B,005A\n"
        "017H,0,o3,005A,2025-03-01T10:00:00.000Z,StageName,Text,Closed Won,Negotiation/Review\n"
        "017I,1,o3,005A,2025-03-02T10:00:00.000Z,Amount,Double,700.0,1.0\n";
    const char *const files[] = {"opportunities.csv", deals, "OpportunityFieldHistory.csv",
                                 exported, NULL};
    history_world w;
    open_world(&w, *state, files);
    audit(&w, "2025-07-31");
    assert_failing(&w, "SAL-CLOSE-PUSHED", "o1", "3", "150");
    assert_failing(&w, "SAL-REOPENED", "o3", "2025-03-01", "Won");
    assert_int_equal(finding(&w, "USE-OWNER-CHANGED/opportunity")->failing, 0);
    assert_int_equal(finding(&w, "USE-OWNER-CHANGED/opportunity")->outcome, AUDIT_PASS);
    close_world(&w);
}

/* A history nobody knows the product of: days with the day first, amounts with a comma, states
 * instead of old and new values. */
/* shows: DQ-11 INT-5 */
static void test_any_history_tells(void **state)
{
    static const char changes[] = "deal id;field;old value;new value;changed at\n"
                                  "o1;Closing date;28/02/2025;31/03/2025;2025-02-20 10:00\n"
                                  "o1;Closing date;31/03/2025;30/04/2025;2025-03-20 10:00\n"
                                  "o1;Closing date;30/04/2025;05/06/2025;2025-04-20 10:00\n"
                                  "o2;Amount;500,50;1.500,50;2025-02-20 10:00\n"
                                  "o2;stage;Proposal;Won;2025-02-21 10:00\n";
    static const char states[] = "id,Deal Id,Stage,Amount,Closing Date,Modified Time\n"
                                 "1,o3,Proposal,700,2025-01-31,2025-01-05 10:00\n"
                                 "2,o3,Won,700,2025-01-31,2025-02-05 10:00\n"
                                 "3,o3,Won,800,2025-01-31,2025-03-05 10:00\n";
    const char *const files[] = {"opportunities.csv",
                                 deals,
                                 "field history.csv",
                                 changes,
                                 "Stage History.csv",
                                 states,
                                 NULL};
    history_world w;
    open_world(&w, *state, files);
    audit(&w, "2025-07-31");
    assert_failing(&w, "SAL-CLOSE-PUSHED", "o1", "3", "97");
    assert_failing(&w, "SAL-AMOUNT-AFTER-WON", "o3", "800.00", "700.00");
    assert_failing(&w, "SAL-AMOUNT-BEFORE-WON", "o2", "1500.50", "500.50");
    close_world(&w);
}

/* Days that could be either way round are not guessed at. */
/* shows: DQ-11 */
static void test_unclear_values_are_said(void **state)
{
    static const char changes[] = "deal id,field,old value,new value,changed at\n"
                                  "o1,Close date,02/03/2025,04/05/2025,2025-02-20 10:00\n";
    const char *const files[] = {"opportunities.csv", deals, "field history.csv", changes, NULL};
    history_world w;
    open_world(&w, *state, files);
    audit(&w, "2025-07-31");
    const audit_finding *found = finding(&w, "SAL-CLOSE-PUSHED");
    assert_int_equal(found->outcome, AUDIT_NOT_APPLICABLE);
    assert_true(pb_str_find(found->reason, PB_STR("could not be read")) != SIZE_MAX);
    assert_string_equal(pb_arena_cstr(w.arena, found->reason_value), "1");
    close_world(&w);
}

static int start(void **state)
{
    support *s = support_new();
    *state = s;
    SUPPORT_OK(audit_catalogue_load(s->schema, s->controls.items, s->controls.count, &s->catalogue,
                                    &s->err),
               &s->err);
    return 0;
}

static int stop(void **state)
{
    support_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_own_log_tells),  cmocka_unit_test(test_corrections_are_no_steps),
        cmocka_unit_test(test_no_history_is_said), cmocka_unit_test(test_an_exported_history_tells),
        cmocka_unit_test(test_any_history_tells),  cmocka_unit_test(test_unclear_values_are_said),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
