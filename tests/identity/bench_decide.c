/* What a decision costs: about one field of a record in hand, and about all of them; with a team of
 * 64, with 10,000 people below, and with conditions. Best of five rounds.
 *   ninja -C build tests/bench_identity_decide && build/tests/bench_identity_decide */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/policy.h"
#include "sys/clock.h"

enum { ROUNDS = 5, TIMES = 200000, BELOW = 10000, FIELDS = 40, GRANTS = 6, LINE = 400 };

typedef struct bench {
    pb_arena *arena;
    model_schema *schema;
    const model_entity *entity;
    identity_policy *policy;
    identity_record record;
    pb_value values[FIELDS + 2];
} bench;

static void must(pb_status status, const char *what)
{
    if (status != PB_OK)
        printf("%s: status %d\n", what, (int)status), exit(1);
}

static void make_schema(bench *b)
{
    PB_AUTO_BUF yaml = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&yaml, "entity: contact\nlinks:\n  owner: {to: staff, role: owner}\nfields:\n");
    for (int i = 0; i < FIELDS; i++)
        pb_buf_printf(&yaml, "  field%d: %s\n", i, i % 2 == 0 ? "text" : "integer");
    const model_source sources[] = {
        {PB_STR("staff.yaml"), PB_STR("entity: staff\nfields: {name: text}\n")},
        {PB_STR("contact.yaml"), pb_buf_str(&yaml)}};
    must(model_schema_load(sources, 2, &b->schema, NULL), "schema");
    b->entity = model_entity_find(b->schema, PB_STR("contact"));
    for (size_t i = 0; i < b->entity->field_count; i++)
        b->values[i] = b->entity->fields[i].type == MODEL_INTEGER ? PB_VALUE_INT((int64_t)i)
                                                                  : PB_VALUE_TEXT(PB_STR("text"));
}

/* A role below another, of several grants each; with conditions or without. */
static void make_policy(bench *b, bool conditions)
{
    identity_role_row rows[2];
    for (int r = 0; r < 2; r++) {
        PB_AUTO_BUF yaml = PB_BUF_INIT(1 << 16);
        pb_buf_printf(&yaml, "role: r%d\nlabel: R\n%sgrants:\n", r, r == 1 ? "parent: r0\n" : "");
        for (int i = 0; i < GRANTS; i++)
            pb_buf_printf(&yaml,
                          "  - {name: g%d, entities: contact, operations: [read, list], scope: "
                          "[own, team, below], rights: %s%s}\n",
                          i, i == GRANTS - 1 ? "read" : "masked",
                          conditions ? ", when: \"field1 > 0 and field0 <> 'x'\"" : "");
        const model_source source = {PB_STR("role.yaml"), pb_buf_str(&yaml)};
        rows[r] = (identity_role_row){.number = r};
        must(identity_role_parse(&source, b->schema, b->arena, &rows[r].role, NULL), "role");
    }
    b->policy = identity_policy_release(b->policy);
    must(identity_policy_compile(b->schema, rows, 2, &b->policy, NULL), "policy");
}

static void measure(bench *b, const identity_actor *actor, const char *what)
{
    int64_t one = INT64_MAX, all = INT64_MAX;
    uint8_t rights[FIELDS + 2];
    size_t count = b->entity->field_count, allowed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = sys_monotonic_us();
        for (size_t i = 0; i < TIMES; i++)
            allowed += identity_decide(b->policy, actor, IDENTITY_OP_READ, b->entity, &b->record,
                                       &b->entity->fields[i % count])
                           .outcome == IDENTITY_ALLOW;
        int64_t middle = sys_monotonic_us();
        for (size_t i = 0; i < TIMES / 10; i++)
            allowed += identity_rights_to(b->policy, actor, IDENTITY_OP_READ, b->entity, &b->record,
                                          rights);
        int64_t end = sys_monotonic_us();
        one = middle - begin < one ? middle - begin : one;
        all = end - middle < all ? end - middle : all;
    }
    printf("%-40s a field %.3f us, %zu fields %.3f us (%zu allowed)\n", what, (double)one / TIMES,
           count, (double)all * 10 / TIMES, allowed);
}

int main(void)
{
    static bench whole, *b = &whole;
    static pb_uuid people[BELOW];
    const int64_t role = 1;
    b->arena = pb_arena_new(0);
    make_schema(b);
    for (int i = 0; i < BELOW; i++) {
        people[i].b[0] = 1;
        people[i].b[14] = (uint8_t)(i >> 8);
        people[i].b[15] = (uint8_t)i;
    }
    b->record = (identity_record){
        .entity = b->entity, .id = people[0], .values = b->values, .owner = people[50]};
    identity_actor actor = {
        .staff = people[1], .team = people, .team_count = 64, .roles = &role, .role_count = 1};
    make_policy(b, false);
    measure(b, &actor, "team of 64, 6 grants under 6");
    actor.team_count = 2;
    actor.below = people;
    actor.below_count = BELOW;
    measure(b, &actor, "10,000 below, 6 grants under 6");
    make_policy(b, true);
    measure(b, &actor, "the same, each grant with a condition");
    identity_policy_release(b->policy);
    model_schema_free(b->schema);
    pb_arena_free(b->arena);
    return 0;
}
