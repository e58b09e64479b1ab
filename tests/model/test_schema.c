/* The shipped model loads and says what the program relies on; administrators' files add to it; the
 * hash follows the meaning and not the order. */
#include "schema_test.h"

#include "model/value.h"

static const model_entity *entity(const model_schema *schema, const char *name)
{
    const model_entity *found = model_entity_find(schema, pb_str_c(name));
    if (found == NULL)
        fail_msg("no entity %s", name);
    return found;
}

static const model_field *field(const model_entity *e, const char *name)
{
    const model_field *found = model_field_find(e, pb_str_c(name));
    if (found == NULL)
        fail_msg("no field %s", name);
    return found;
}

static bool has(model_strs list, const char *text)
{
    for (size_t i = 0; i < list.count; i++)
        if (pb_str_is(list.items[i], text))
            return true;
    return false;
}

/* shows: REC-1 REC-2 PRI-3 */
static void the_shipped_model_holds_what_the_program_relies_on(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    size_t count = 0;
    model_source *sources = model_sources(arena, &count);
    model_schema *schema = load(sources, count);
    static const struct {
        const char *entity, *roles;
    } relied[] = {
        {"account", "name owner parent industry region grade life_cycle tags email phone country"},
        {"contact", "full_name given_name middle_name family_name email phone mobile account owner "
                    "last_activity_on grade life_cycle tags birth_date consent"},
        {"lead", "full_name given_name family_name status source owner email converted_on"},
        {"opportunity", "stage amount owner account product opened_on closed_on expected_close "
                        "source reason created_on modified_on last_activity_on"},
        {"product", "name code price cost kind"},
        {"sales_order", "code account status amount opened_on owner"},
        {"order_line", "order product quantity price amount"},
        {"service_case", "code subject status priority account contact opened_on closed_on owner"},
        {"activity", "subject kind status owner account contact opportunity opened_on due_on"},
        {"campaign", "name status cost owner opened_on closed_on"},
        {"campaign_member", "campaign contact lead status"},
        {"staff", "full_name email manager team office is_active last_activity_on"},
    };
    for (size_t i = 0; i < sizeof relied / sizeof *relied; i++) {
        const model_entity *e = entity(schema, relied[i].entity);
        pb_str rest = pb_str_c(relied[i].roles), role = PB_STR_NONE;
        while (pb_str_split(&rest, ' ', &role))
            if (model_field_role(e, pb_arena_cstr(arena, role)) == NULL)
                fail_msg("no field of %s has the role %.*s", relied[i].entity, PB_STR_FMT(role));
    }
    const model_field *stage = field(entity(schema, "opportunity"), "stage");
    assert_true(pb_str_is(model_choice_find(stage, PB_STR("Won"))->role, "won"));
    assert_true(pb_str_is(model_choice_find(stage, PB_STR("Lost"))->role, "lost"));
    assert_true(pb_str_is(model_choice_find(stage, PB_STR("Engaging"))->role, "open"));
    assert_non_null(field(entity(schema, "opportunity"), "closed_on")->required_when);
    for (size_t i = 0; i < schema->entity_count; i++)
        if (schema->entities[i].columns.count < 3)
            fail_msg("lists of %s have no columns", schema->entities[i].name.ptr);
    model_schema_free(schema);
}

static bool is_header(const model_field *f, pb_str key)
{
    for (size_t i = 0; i < f->import.count + 2; i++) {
        PB_AUTO_BUF name = PB_BUF_INIT(1024);
        model_header_key(i == 0 ? f->name : i == 1 ? f->label : f->import.items[i - 2], &name);
        if (pb_str_eq(pb_buf_str(&name), key))
            return true;
    }
    return false;
}

/* The field of `e` a column header means; NULL: none. */
static const model_field *by_header(const model_entity *e, const char *header)
{
    PB_AUTO_BUF key = PB_BUF_INIT(1024);
    model_header_key(pb_str_c(header), &key);
    for (size_t i = 0; i < e->field_count; i++)
        if (is_header(&e->fields[i], pb_buf_str(&key)))
            return &e->fields[i];
    return NULL;
}

/* shows: INT-3 REC-5 */
static void headers_of_known_systems_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *entity, *header, *field; /* NULL: must stay unmapped */
    } cases[] = {
        /* a sales team's own export */
        {"account", "account", "name"},
        {"account", "sector", "industry"},
        {"account", "year_established", "year_established"},
        {"account", "revenue", "revenue"},
        {"account", "employees", "employees"},
        {"account", "office_location", "country"},
        {"account", "subsidiary_of", "parent"},
        {"product", "product", "name"},
        {"product", "series", "series"},
        {"product", "sales_price", "price"},
        {"staff", "sales_agent", "full_name"},
        {"staff", "manager", "manager_name"},
        {"staff", "regional_office", "office"},
        {"opportunity", "sales_agent", "owner"},
        {"opportunity", "product", "product"},
        {"opportunity", "account", "account"},
        {"opportunity", "deal_stage", "stage"},
        {"opportunity", "engage_date", "opened_on"},
        {"opportunity", "close_date", "closed_on"},
        {"opportunity", "close_value", "amount"},
        /* an over-eager form */
        {"contact", "GivenName", "given_name"},
        {"contact", "MiddleInitial", "middle_name"},
        {"contact", "Surname", "family_name"},
        {"contact", "Title", "salutation"},
        {"contact", "StreetAddress", "address"},
        {"contact", "ZipCode", "postcode"},
        {"contact", "Country", "country"},
        {"contact", "EmailAddress", "email"},
        {"contact", "TelephoneNumber", "phone"},
        {"contact", "Birthday", "birth_date"},
        {"contact", "Occupation", "job_title"},
        {"contact", "Company", "company"},
        {"contact", "Password", NULL},
        {"contact", "CCNumber", NULL},
        {"contact", "CVV2", NULL},
        {"contact", "MothersMaiden", NULL},
        {"contact", "NationalID", NULL},
        /* files for record linkage */
        {"contact", "given_name", "given_name"},
        {"contact", "street_number", "house_number"},
        {"contact", "address_1", "address"},
        {"contact", "suburb", "district"},
        {"contact", "date_of_birth", "birth_date"},
        {"contact", "dob", "birth_date"},
        /* a marketplace */
        {"account", "seller_zip_code_prefix", "postcode"},
        {"account", "seller_city", "city"},
        {"opportunity", "mql_id", "lead"},
        {"opportunity", "won_date", "closed_on"},
        {"opportunity", "business_segment", "segment"},
        {"product", "product_category_name", "category"},
        /* Salesforce, HubSpot, Zoho CRM, 纷享销客, SuiteCRM, Odoo, Dolibarr; Persian */
        {"account", "BillingPostalCode", "postcode"},
        {"contact", "MailingStreet", "address"},
        {"contact", "Associated Company", "account"},
        {"opportunity", "Lead Source", "opportunity_source"},
        {"opportunity", "StageName", "stage"},
        {"opportunity", "dealstage", "stage"},
        {"opportunity", "预计成交日期", "expected_close"},
        {"account", "客户名称", "name"},
        {"contact", "date_entered", "created_on"},
        {"contact", "نام خانوادگی", "family_name"},
        {"contact", "تلفن همراه", "mobile"},
        {"account", "کد پستی", "postcode"},
    };
    PB_AUTO_ARENA arena = pb_arena_new(0);
    size_t count = 0;
    model_source *sources = model_sources(arena, &count);
    model_schema *schema = load(sources, count);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const model_field *f = by_header(entity(schema, cases[i].entity), cases[i].header);
        bool good =
            cases[i].field == NULL ? f == NULL : f != NULL && pb_str_is(f->name, cases[i].field);
        if (!good)
            fail_msg("%s: header %s", cases[i].entity, cases[i].header);
    }
    model_schema_free(schema);
}

/* shows: PRI-3 SEC-4 */
static void what_a_crm_should_not_hold_is_not_declared(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    size_t count = 0;
    model_source *sources = model_sources(arena, &count);
    model_schema *schema = load(sources, count);
    static const char *const never[] = {"password", "cvv", "ccnumber", "card number", "maiden"};
    for (size_t e = 0; e < schema->entity_count; e++)
        for (size_t f = 0; f < schema->entities[e].field_count; f++)
            for (size_t w = 0; w < sizeof never / sizeof *never; w++) {
                const model_field *it = &schema->entities[e].fields[f];
                assert_true(pb_str_find(it->name, pb_str_c(never[w])) == SIZE_MAX);
                for (size_t a = 0; a < it->import.count; a++)
                    assert_true(pb_str_find(it->import.items[a], pb_str_c(never[w])) == SIZE_MAX);
            }
    model_schema_free(schema);
}

/* shows: REC-1 */
static void link_targets_come_first(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    size_t count = 0;
    model_source *sources = model_sources(arena, &count);
    model_schema *schema = load(sources, count);
    for (size_t e = 0; e < schema->entity_count; e++) {
        assert_int_equal(schema->entities[e].index, e);
        for (size_t f = 0; f < schema->entities[e].field_count; f++) {
            const model_field *it = &schema->entities[e].fields[f];
            assert_ptr_equal(it->entity, &schema->entities[e]);
            assert_int_equal(it->index, f);
            if (it->type == MODEL_LINK)
                assert_true(it->target->index <= e);
        }
    }
    model_schema_free(schema);
}

static const char thing[] = "entity: thing\nlabel: Thing\nfields:\n  a: text\n"
                            "  b: {type: choice, values: [x, y], import: [p, q]}\n";
static const char other[] = "entity: other\nlinks: {thing: thing}\nfields: {c: money}\n";
static const char more[] =
    "extend: thing\ncolumns: [d, a, d]\nfields:\n  d: {type: date, between: [2000-01-01, today]}\n"
    "  a: {required: true, import: [alpha]}\n"
    "rules:\n  - {name: r, grade: essential, check: d is null or a is not null, says: D needs a}\n";

static model_source source(const char *name, const char *text)
{
    return (model_source){pb_str_c(name), pb_str_c(text)};
}

/* shows: REC-6 REC-4 */
static void an_administrator_adds_and_changes(void **state)
{
    (void)state;
    model_source sources[] = {source("1", thing), source("2", other), source("3", more)};
    model_schema *schema = load(sources, 3);
    const model_entity *e = entity(schema, "thing");
    assert_int_equal(e->field_count, 3);
    assert_true(field(e, "a")->required);
    assert_true(has(field(e, "a")->import, "alpha"));
    assert_true(field(e, "d")->has_max && field(e, "d")->max_is_today);
    assert_int_equal(field(e, "d")->min, 10957);
    assert_int_equal(e->rule_count, 1);
    assert_true(pb_str_is(e->rules[0].says, "D needs a"));
    assert_int_equal(e->columns.count, 2);
    assert_true(pb_str_is(e->columns.items[0], "d") && pb_str_is(e->columns.items[1], "a"));
    assert_true(pb_str_is(field(e, "d")->label, "D"));
    assert_ptr_equal(field(entity(schema, "other"), "thing")->target, e);
    model_schema_free(schema);
}

/* shows: REC-6 AUD-8 */
static void the_hash_follows_the_meaning(void **state)
{
    (void)state;
    const model_source forward[] = {source("1", thing), source("2", other), source("3", more)};
    const model_source backward[] = {source("x", more), source("y", other), source("z", thing)};
    model_schema *a = load(forward, 3), *b = load(backward, 3);
    assert_memory_equal(a->hash, b->hash, sizeof a->hash);
    for (size_t i = 0; i < 2; i++)
        assert_true(pb_str_eq(a->entities[i].name, b->entities[i].name));
    static const char *const changed[] = {
        "entity: thing\nlabel: Thing\nfields:\n  a: text\n"
        "  b: {type: choice, values: [y, x], import: [p, q]}\n",
        "entity: thing\nlabel: Things\nfields:\n  a: text\n"
        "  b: {type: choice, values: [x, y], import: [p, q]}\n",
        "entity: thing\nlabel: Thing\nfields:\n  a: email\n"
        "  b: {type: choice, values: [x, y], import: [p, q]}\n",
        "entity: thing\nlabel: Thing\nfields:\n  a: text\n"
        "  b: {type: choice, values: [x, y], import: [p]}\n",
        "entity: thing\nlabel: Thing\nfields:\n  a: {type: text, freshness: 9d}\n"
        "  b: {type: choice, values: [x, y], import: [p, q]}\n",
    };
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        const model_source sources[] = {source("1", changed[i]), forward[1], forward[2]};
        model_schema *c = load(sources, 3);
        assert_memory_not_equal(a->hash, c->hash, sizeof a->hash);
        model_schema_free(c);
    }
    model_source reversed = source(
        "3", "extend: thing\ncolumns: [a, d]\nfields:\n"
             "  d: {type: date, between: [2000-01-01, today]}\n"
             "  a: {required: true, import: [alpha]}\nrules:\n  - {name: r, grade: essential, "
             "check: d is null or a is not null, says: D needs a}\n");
    const model_source others[] = {forward[0], forward[1], reversed};
    model_schema *turned = load(others, 3);
    assert_memory_not_equal(a->hash, turned->hash, sizeof a->hash);
    model_schema_free(turned);
    static const char same[] = "# another look, the same meaning\nfields: {b: {import: [q, p], "
                               "values: [x, {value: y}], type: choice}, a: {type: text}}\n"
                               "entity: thing\n";
    const model_source sources[] = {source("1", same), forward[1], forward[2]};
    model_schema *d = load(sources, 3);
    assert_memory_equal(a->hash, d->hash, sizeof a->hash);
    model_schema_free(a);
    model_schema_free(b);
    model_schema_free(d);
}

static void count_text(void *context, pb_str id, model_place place)
{
    size_t *count = context;
    assert_true(id.len > 0 && place.line > 0 && place.column > 0 && place.file.len > 0);
    (*count)++;
}

/* shows: UX-1 */
static void every_text_for_people_is_listed(void **state)
{
    (void)state;
    model_source sources[] = {source("1", thing), source("2", other), source("3", more)};
    model_schema *schema = load(sources, 3);
    size_t count = 0;
    model_schema_texts(schema, count_text, &count);
    /* two entities with label and plural, five fields, two choices, one rule */
    assert_int_equal(count, 4 + 5 + 2 + 1);
    model_schema_free(schema);
}

/* shows: SEC-4 */
static void too_many_fields_are_refused(void **state)
{
    (void)state;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&text, "entity: thing\nfields:\n");
    for (int i = 0; i < 401; i++)
        pb_buf_printf(&text, "  f%d: text\n", i);
    model_source one = {PB_STR("big.yaml"), pb_buf_str(&text)};
    model_schema *schema = NULL;
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    assert_int_equal(model_schema_load(&one, 1, &schema, &err), PB_INVALID);
    assert_non_null(strstr(error_words(&err, arena), "big.yaml:403:3: "));
    assert_int_equal(model_schema_load(NULL, 0, &schema, &err), PB_INVALID);
    assert_null(schema);
}

static model_survive survives(const model_schema *schema, const char *e, const char *f)
{
    return field(entity(schema, e), f)->survive;
}

/* shows: DQ-4 */
static void what_wins_a_merge_follows_from_the_type_where_nothing_is_said(void **state)
{
    (void)state;
    static const char text[] =
        "entity: thing\nsource_rank: [erp, entered]\nfields:\n"
        "  who: person_name\n  mail: email\n  mails: {type: email, many: true}\n"
        "  remark: note\n  agreed: {type: boolean, role: consent}\n"
        "  flag: boolean\n  made: {type: date, role: created_on}\n"
        "  seen: {type: instant, role: last_activity_on}\n  size: integer\n"
        "  street: {type: address, survive: longest}\n"
        "  town: {type: text, survive: {with: street}}\n"
        "  code: {type: identifier, survive: source_rank}\n  checked: date\n"
        "  tel: {type: phone, survive: {rule: verified_first, verified: checked}}\n";
    model_source one = {PB_STR("thing.yaml"), pb_str_c(text)};
    model_schema *schema = load(&one, 1);
    const model_entity *declared = entity(schema, "thing");
    assert_int_equal(survives(schema, "thing", "who"), MODEL_SURVIVE_MOST_COMPLETE);
    assert_int_equal(survives(schema, "thing", "mail"), MODEL_SURVIVE_VERIFIED_FIRST);
    assert_int_equal(survives(schema, "thing", "mails"), MODEL_SURVIVE_UNION);
    assert_int_equal(survives(schema, "thing", "remark"), MODEL_SURVIVE_UNION);
    assert_int_equal(survives(schema, "thing", "agreed"), MODEL_SURVIVE_STRICTEST);
    assert_int_equal(survives(schema, "thing", "flag"), MODEL_SURVIVE_NEWEST);
    assert_int_equal(survives(schema, "thing", "made"), MODEL_SURVIVE_EARLIEST);
    assert_int_equal(survives(schema, "thing", "seen"), MODEL_SURVIVE_LATEST);
    assert_int_equal(survives(schema, "thing", "size"), MODEL_SURVIVE_NEWEST);
    assert_int_equal(survives(schema, "thing", "street"), MODEL_SURVIVE_LONGEST);
    assert_int_equal(survives(schema, "thing", "code"), MODEL_SURVIVE_SOURCE_RANK);
    assert_ptr_equal(field(declared, "town")->survive_with, field(declared, "street"));
    assert_ptr_equal(field(declared, "tel")->survive_verified, field(declared, "checked"));
    assert_int_equal(declared->source_rank.count, 2);
    model_schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_model_holds_what_the_program_relies_on),
        cmocka_unit_test(headers_of_known_systems_are_understood),
        cmocka_unit_test(what_a_crm_should_not_hold_is_not_declared),
        cmocka_unit_test(link_targets_come_first),
        cmocka_unit_test(an_administrator_adds_and_changes),
        cmocka_unit_test(the_hash_follows_the_meaning),
        cmocka_unit_test(what_wins_a_merge_follows_from_the_type_where_nothing_is_said),
        cmocka_unit_test(every_text_for_people_is_listed),
        cmocka_unit_test(too_many_fields_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
