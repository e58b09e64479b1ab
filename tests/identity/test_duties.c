/* The roles that come with the program, on the model that comes with it: what each may and may not.
 */
#include "policy_world.h"

enum { DUTIES = 8, VALUES = 128 };
static const char *const duties[DUTIES] = {"administrator", "auditor", "data_steward", "manager",
                                           "marketing",     "portal",  "sales",        "service"};

typedef struct office {
    pb_arena *arena;
    model_schema *schema;
    identity_policy *policy;
} office;

static pb_str read_file(pb_arena *arena, const char *path)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_error err;
    world_must(sys_file_read(path, 1 << 20, &text, &err), &err);
    pb_str copy = pb_arena_str(arena, pb_buf_str(&text));
    assert_non_null(copy.ptr);
    return copy;
}

static void load_model(office *o)
{
    pb_error err;
    pb_str *names;
    size_t count;
    model_source sources[64];
    char *folder = pb_arena_printf(o->arena, "%s/model", getenv("PROBITY_ROOT"));
    size_t used = 0;
    world_must(sys_dir_list(folder, o->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        if (!pb_str_ends(names[i], PB_STR(".yaml")))
            continue;
        char *path = pb_arena_printf(o->arena, "%s/%.*s", folder, PB_STR_FMT(names[i]));
        assert_true(used < 64);
        sources[used++] = (model_source){names[i], read_file(o->arena, path)};
    }
    world_must(model_schema_load(sources, used, &o->schema, &err), &err);
}

static office *office_open(void)
{
    pb_error err;
    office *o = test_calloc(1, sizeof *o);
    identity_role_row rows[DUTIES];
    o->arena = pb_arena_new(0);
    load_model(o);
    for (size_t i = 0; i < DUTIES; i++) {
        char *path =
            pb_arena_printf(o->arena, "%s/roles/%s.yaml", getenv("PROBITY_ROOT"), duties[i]);
        const model_source source = {pb_str_c(path), read_file(o->arena, path)};
        rows[i] = (identity_role_row){.number = (int64_t)i};
        world_must(identity_role_parse(&source, o->schema, o->arena, &rows[i].role, &err), &err);
        assert_true(pb_str_is(rows[i].role.name, duties[i]));
    }
    world_must(identity_policy_compile(o->schema, rows, DUTIES, &o->policy, &err), &err);
    return o;
}

static void office_close(office *o)
{
    identity_policy_release(o->policy);
    model_schema_free(o->schema);
    pb_arena_free(o->arena);
    test_free(o);
}

static identity_outcome ask(const office *o, const char *duty, identity_operation operation,
                            const char *entity_name, const char *field_name, bool own)
{
    const model_entity *entity =
        entity_name == NULL ? NULL : model_entity_find(o->schema, pb_str_c(entity_name));
    const model_field *field =
        field_name == NULL ? NULL : model_field_find(entity, pb_str_c(field_name));
    assert_true(entity_name == NULL || entity != NULL);
    assert_true(field_name == NULL || field != NULL);
    pb_value values[VALUES] = {{.kind = PB_NULL}};
    const identity_record record = {.entity = entity,
                                    .id = world_id(2, 1),
                                    .values = values,
                                    .owner = world_id(1, own ? 1 : 2),
                                    .customer = world_id(2, own ? 1 : 2)};
    int64_t role = -1;
    for (int64_t i = 0; i < DUTIES; i++)
        if (strcmp(duties[i], duty) == 0)
            role = i;
    const identity_actor actor = {.staff = world_id(1, 1),
                                  .portal = world_id(2, 1),
                                  .roles = &role,
                                  .role_count = 1,
                                  .at_us = WORLD_NOW,
                                  .second_factor = true};
    return identity_decide(o->policy, &actor, operation, entity, entity == NULL ? NULL : &record,
                           field)
        .outcome;
}

#define A IDENTITY_ALLOW
#define M IDENTITY_MASK
#define D IDENTITY_DENY

/* What each may with a customer's data: administrator, auditor, data steward, manager, marketing,
 * portal customer, sales, service; of an own record, and of somebody else's. */
static const struct expected {
    const char *entity, *field;
    identity_operation operation;
    identity_outcome own[DUTIES], other[DUTIES];
} table[] = {
    /*                                     adm aud ste man mar por sal ser */
    {"contact", NULL, IDENTITY_OP_READ, {D, A, A, A, A, A, A, A}, {D, A, A, A, A, D, A, A}},
    {"contact", "email", IDENTITY_OP_READ, {D, M, A, A, A, A, A, A}, {D, M, A, A, A, D, M, A}},
    {"contact", "email", IDENTITY_OP_CHANGE, {D, D, A, A, D, A, A, A}, {D, D, A, A, D, D, D, A}},
    {"contact", "full_name", IDENTITY_OP_LIST, {D, M, A, A, A, A, A, A}, {D, M, A, A, A, D, A, A}},
    {"contact", "birth_date", IDENTITY_OP_READ, {D, M, M, A, M, D, M, A}, {D, M, M, A, M, D, M, A}},
    {"contact",
     "consent_marketing",
     IDENTITY_OP_CHANGE,
     {D, D, A, A, A, A, A, A},
     {D, D, A, A, A, D, D, A}},
    {"contact", "account", IDENTITY_OP_READ, {D, A, A, A, A, D, A, A}, {D, A, A, A, A, D, A, A}},
    {"contact", NULL, IDENTITY_OP_DELETE, {D, D, A, A, D, D, D, D}, {D, D, A, D, D, D, D, D}},
    {"contact", NULL, IDENTITY_OP_EXPORT, {D, D, D, A, D, D, D, D}, {D, D, D, D, D, D, D, D}},
    {"contact", NULL, IDENTITY_OP_MERGE, {D, D, A, A, D, D, A, D}, {D, D, A, D, D, D, D, D}},
    {"contact", NULL, IDENTITY_OP_ACCESSES, {D, A, A, A, D, A, D, D}, {D, A, A, D, D, D, D, D}},
    {"opportunity", "amount", IDENTITY_OP_READ, {D, A, A, A, D, D, A, D}, {D, A, A, A, D, D, D, D}},
    {"opportunity",
     "stage",
     IDENTITY_OP_CHANGE,
     {D, D, A, A, D, D, A, D},
     {D, D, A, A, D, D, D, D}},
    {"sales_order", "amount", IDENTITY_OP_READ, {D, A, A, A, D, A, A, A}, {D, A, A, A, D, D, D, A}},
    {"order_line",
     "unit_price",
     IDENTITY_OP_READ,
     {D, A, A, A, D, A, A, A},
     {D, A, A, A, D, D, D, A}},
    {"service_case",
     "status",
     IDENTITY_OP_READ,
     {D, A, A, A, D, A, A, A},
     {D, A, A, A, D, D, A, A}},
    {"service_case",
     "description",
     IDENTITY_OP_CREATE,
     {D, D, A, A, D, A, D, A},
     {D, D, A, A, D, D, D, A}},
    {"campaign", NULL, IDENTITY_OP_CREATE, {D, D, A, A, A, D, D, D}, {D, D, A, A, A, D, D, D}},
    {"staff", "full_name", IDENTITY_OP_READ, {A, M, A, A, A, D, A, A}, {A, M, A, A, A, D, A, A}},
    {NULL, NULL, IDENTITY_OP_USERS, {A, D, D, D, D, D, D, D}, {A, D, D, D, D, D, D, D}},
    {NULL, NULL, IDENTITY_OP_LEDGER, {A, A, A, D, D, D, D, D}, {A, A, A, D, D, D, D, D}},
    {NULL, NULL, IDENTITY_OP_AUDIT, {D, A, A, A, D, D, D, D}, {D, A, A, A, D, D, D, D}},
};

static void check(const office *o, const struct expected *e, size_t duty, bool own)
{
    identity_outcome want = own ? e->own[duty] : e->other[duty];
    identity_outcome got = ask(o, duties[duty], e->operation, e->entity, e->field, own);
    if (got != want)
        fail_msg("%s, %s %s.%s of %s: %d instead of %d", duties[duty],
                 identity_operation_word(e->operation), e->entity == NULL ? "" : e->entity,
                 e->field == NULL ? "" : e->field, own ? "the own" : "another", got, want);
}

/* shows: ACC-1 */
static void test_what_each_duty_may(void **state)
{
    (void)state;
    office *o = office_open();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t duty = 0; duty < DUTIES; duty++) {
            check(o, &table[i], duty, true);
            check(o, &table[i], duty, false);
        }
    office_close(o);
}

/* An administrator sees no field with personal data of any customer, an auditor none unmasked, and
 * changes nothing; whoever inherits from the manager is never above. */
static void check_field(const office *o, const model_field *field)
{
    bool customer = !pb_str_is(field->entity->name, "staff");
    for (int i = 0; i < IDENTITY_OP_AUDIT; i++) {
        identity_operation operation = (identity_operation)i;
        identity_right administrator = identity_right_most(o->policy, 0, operation, field);
        identity_right auditor = identity_right_most(o->policy, 1, operation, field);
        identity_right manager = identity_right_most(o->policy, 3, operation, field);
        if (field->personal.declared)
            assert_true(auditor <= IDENTITY_MASKED);
        if (field->personal.declared && customer)
            assert_int_equal(administrator, IDENTITY_HIDDEN);
        assert_true(!identity_operation_writes(operation) || auditor == IDENTITY_HIDDEN);
        assert_true(identity_right_most(o->policy, 4, operation, field) <= manager);
        assert_true(identity_right_most(o->policy, 6, operation, field) <= manager);
        assert_true(identity_right_most(o->policy, 7, operation, field) <= manager);
    }
}

/* shows: ACC-1 ACC-2 */
static void test_what_holds_for_every_field(void **state)
{
    (void)state;
    office *o = office_open();
    for (size_t i = 0; i < o->schema->entity_count; i++)
        for (size_t f = 0; f < o->schema->entities[i].field_count; f++)
            check_field(o, &o->schema->entities[i].fields[f]);
    office_close(o);
}

/* shows: ACC-1 */
static void test_a_second_factor_is_asked_for(void **state)
{
    (void)state;
    office *o = office_open();
    const int64_t role = 1;
    const model_entity *contact = model_entity_find(o->schema, PB_STR("contact"));
    identity_actor auditor = {.roles = &role, .role_count = 1, .at_us = WORLD_NOW};
    identity_decision decision =
        identity_decide(o->policy, &auditor, IDENTITY_OP_READ, contact, NULL, NULL);
    assert_int_equal(decision.outcome, IDENTITY_DENY);
    assert_string_equal(decision.says, "The role {role} needs a second factor.");
    assert_true(pb_str_is(decision.role, "Auditor"));
    auditor.second_factor = true;
    decision = identity_decide(o->policy, &auditor, IDENTITY_OP_READ, contact, NULL, NULL);
    assert_int_equal(decision.outcome, IDENTITY_ALLOW);
    assert_true(pb_str_is(decision.grant, "records"));
    office_close(o);
}

/* shows: ACC-1 */
static void test_a_refusal_names_the_rule(void **state)
{
    (void)state;
    office *o = office_open();
    const int64_t role = 6;
    const model_entity *contact = model_entity_find(o->schema, PB_STR("contact"));
    const model_field *email = model_field_find(contact, PB_STR("email"));
    const identity_actor sales = {.roles = &role, .role_count = 1, .at_us = WORLD_NOW};
    pb_error err;
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    identity_decision decision =
        identity_decide(o->policy, &sales, IDENTITY_OP_EXPORT, contact, NULL, email);
    assert_int_equal(identity_refuse(&decision, IDENTITY_OP_EXPORT, contact, email, &err),
                     PB_DENIED);
    pb_error_render(&err, &err.primary, NULL, &text);
    pb_buf_byte(&text, '|');
    pb_error_render(&err, &err.detail, NULL, &text);
    assert_string_equal(pb_buf_cstr(&text),
                        "You may not do this to E-mail of the record of Contact: export.|"
                        "No role that is held grants it.");
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_each_duty_may),
        cmocka_unit_test(test_what_holds_for_every_field),
        cmocka_unit_test(test_a_second_factor_is_asked_for),
        cmocka_unit_test(test_a_refusal_names_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
