/* A workspace's own fields and entities: in force at once, never at the cost of what is there. */
#include "desk_support.h"

#include "service/turns.h"

/* shows: REC-1 REC-5 INT-1 */
static void test_a_field_of_ones_own_holds_values_at_once(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    service_written written;
    pb_uuid before, id;
    const said ann = {"full_name", "Ann Smith"};
    const said ben[] = {{"full_name", "Ben Brown"}, {"x_shoe", "large"}};
    ledger_event event;
    must(enter(&d, "contact", NULL, &ann, 1, &before, &written, &err), &err);
    assert_false(db_model_passed(d.workspace));
    must(make(&d, "contact", "x_shoe",
              "{\"type\":\"choice\",\"label\":\"Shoe size\",\"values\":[\"small\",\"large\"]}",
              &err),
         &err);
    assert_true(db_model_passed(d.workspace));
    last_event(d.o, d.workspace, &event);
    assert_string_equal(event.kind, "model.changed");
    /* Who had it open reads on with what he began with, and writes nothing by it. */
    assert_null(field_of(&d, "contact", "x_shoe"));
    assert_true(pb_str_is(value_of(&d, "contact", before, "full_name"), "Ann Smith"));
    assert_int_equal(PB_BUSY, enter(&d, "contact", NULL, &ann, 1, NULL, &written, &err));
    again(&d);
    assert_int_equal(1, db_model_version(d.workspace));
    assert_true(pb_str_is(field_of(&d, "contact", "x_shoe")->label, "Shoe size"));
    assert_true(field_of(&d, "contact", "x_shoe")->own);
    assert_null(value_of(&d, "contact", before, "x_shoe").ptr);
    must(enter(&d, "contact", NULL, ben, 2, &id, &written, &err), &err);
    assert_true(pb_str_is(value_of(&d, "contact", id, "x_shoe"), "large"));
    must(enter(&d, "contact", &before, &(said){"x_shoe", "small"}, 1, NULL, &written, &err), &err);
    assert_true(pb_str_is(value_of(&d, "contact", before, "x_shoe"), "small"));
    assert_verifies(&d);
    db_workspace_close(d.workspace);
}

/* shows: REC-1 REC-5 INT-1 */
static void test_an_entity_of_ones_own_has_records_that_link(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    service_written written;
    pb_uuid id, account;
    char text[37];
    must(enter(&d, "account", NULL, &(said){"name", "Mills"}, 1, &account, &written, &err), &err);
    must(make(&d, "x_vehicle", NULL,
              "{\"label\":\"Vehicle\",\"title\":[\"plate\"],\"search\":[\"plate\"],\"key\":["
              "\"plate\"],\"access_as\":\"account\",\"links\":{\"keeper\":{\"to\":\"account\"}},"
              "\"fields\":{\"plate\":{\"type\":\"identifier\",\"required\":true},\"worth\":{"
              "\"type\":\"money\",\"currency\":\"EUR\"}}}",
              &err),
         &err);
    again(&d);
    pb_uuid_text(account, text);
    const said values[] = {{"plate", "AB 123"}, {"worth", "100.50"}, {"keeper", text}};
    must(enter(&d, "x_vehicle", NULL, values, 3, &id, &written, &err), &err);
    assert_true(pb_str_is(value_of(&d, "x_vehicle", id, "plate"), "AB 123"));
    assert_int_equal(PB_INVALID, enter(&d, "x_vehicle", NULL, &values[1], 1, NULL, &written, &err));
    service_record *found;
    size_t count;
    must(service_search(&d.o->call, d.workspace,
                        model_entity_find(db_workspace_schema(d.workspace), PB_STR("x_vehicle")),
                        PB_STR("123"), 10, d.o->arena, &found, &count, &err),
         &err);
    assert_int_equal(1, count);
    assert_verifies(&d);
    db_workspace_close(d.workspace);
}

/* shows: REC-1 REC-5 */
static void test_what_is_retired_stays_and_takes_nothing_new(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    service_written written;
    pb_uuid id;
    const said values[] = {{"full_name", "Ann Smith"}, {"x_shoe", "large"}, {"x_hat", "green"}};
    must(make(&d, "contact", "x_shoe", "{\"type\":\"text\",\"required\":true}", &err), &err);
    again(&d);
    must(make(&d, "contact", "x_hat",
              "{\"type\":\"choice\",\"values\":[\"green\",\"red\"],\"help\":\"Which?\"}", &err),
         &err);
    again(&d);
    must(enter(&d, "contact", NULL, values, 3, &id, &written, &err), &err);
    assert_int_equal(PB_INVALID, enter(&d, "contact", NULL, values, 1, NULL, &written, &err));
    must(alter(&d, "contact", "x_shoe", "{\"retired\":true}", &err), &err);
    again(&d);
    must(alter(&d, "contact", "x_hat",
               "{\"retired_values\":[\"green\"],\"more_values\":[\"blue\"],\"help\":null}", &err),
         &err);
    again(&d);
    assert_true(pb_str_is(value_of(&d, "contact", id, "x_shoe"), "large"));
    assert_true(pb_str_is(value_of(&d, "contact", id, "x_hat"), "green"));
    assert_null(field_of(&d, "contact", "x_hat")->help.ptr);
    must(enter(&d, "contact", NULL, values, 1, NULL, &written, &err), &err);
    assert_int_equal(PB_INVALID, enter(&d, "contact", NULL, values, 2, NULL, &written, &err));
    assert_int_equal(1, written.entered.problem_count);
    const said green[] = {values[0], values[2]}, blue[] = {values[0], {"x_hat", "blue"}};
    assert_int_equal(PB_INVALID, enter(&d, "contact", NULL, green, 2, NULL, &written, &err));
    must(enter(&d, "contact", NULL, blue, 2, NULL, &written, &err), &err);
    /* A client that sends the whole record again is not stopped by what was there. */
    must(enter(&d, "contact", &id, values, 3, NULL, &written, &err), &err);
    must(alter(&d, "contact", "x_shoe", "{\"retired\":false}", &err), &err);
    again(&d);
    assert_int_equal(PB_INVALID, enter(&d, "contact", NULL, values, 1, NULL, &written, &err));
    assert_verifies(&d);
    db_workspace_close(d.workspace);
}

/* shows: REC-1 DQ-1 */
static void test_what_cannot_be_is_refused_and_nothing_changes(void **state)
{
    static const struct {
        const char *entity, *field, *body;
        bool make;
        pb_status status;
    } wrong[] = {
        {"contact", "shoe", "{\"type\":\"text\"}", true, PB_INVALID}, /* no x_ */
        {"vehicle", NULL, "{\"fields\":{\"a\":{\"type\":\"text\"}}}", true, PB_INVALID},
        {"x_empty", NULL, "{}", true, PB_INVALID},                      /* no fields */
        {"contact", "x_Shoe", "{\"type\":\"text\"}", true, PB_INVALID}, /* capitals */
        {"contact", "x_a", "{\"type\":\"shoes\"}", true, PB_INVALID},
        {"contact", "x_a", "{\"type\":\"text\",\"colour\":1}", true, PB_INVALID},
        {"contact", "x_a", "{\"type\":\"choice\"}", true, PB_INVALID},
        {"contact", "x_a", "{\"to\":\"nothing\"}", true, PB_INVALID},
        {"contact", "x_a", "[]", true, PB_INVALID},
        {"contact", "x_a", "{\"type\":\"text\",\"label\":\"Email\"}", true, PB_INVALID},
        {"nothing", "x_a", "{\"type\":\"text\"}", true, PB_NOT_FOUND},
        {"contact", "full_name", "{\"type\":\"text\"}", true, PB_EXISTS},
        {"contact", NULL, "{\"fields\":{}}", true, PB_EXISTS},
        {"contact", "x_none", "{\"label\":\"A\"}", false, PB_NOT_FOUND},
        {"contact", "full_name", "{\"type\":\"note\"}", false, PB_INVALID},
        {"contact", "full_name", "{\"retired\":true}", false, PB_INVALID},
        {"contact", NULL, "{\"retired\":true}", false, PB_INVALID},
        {"contact", "x_kept", "{\"type\":\"note\"}", false, PB_INVALID},
        {"contact", "x_kept", "{\"values\":[\"b\"]}", false, PB_INVALID},
        {"contact", "x_kept", "{\"retired_values\":[\"z\"]}", false, PB_INVALID},
        {"contact", "x_kept",
         "{\"personal\":{\"class\":\"health\",\"purposes\":[\"service\"],\"basis\":[\"consent\"]}}",
         false, PB_INVALID},
        {"x_thing", NULL, "{\"fields\":{\"id\":{\"type\":\"text\"}}}", true, PB_INVALID},
        {"x_thing", NULL, "{\"access_as\":\"no\",\"fields\":{\"a\":{\"type\":\"text\"}}}", true,
         PB_INVALID},
    };
    desk d = open_desk(*state);
    pb_error err = {0};
    ledger_event event;
    must(make(&d, "contact", "x_kept", "{\"type\":\"choice\",\"values\":[\"a\",\"b\"]}", &err),
         &err);
    again(&d);
    uint64_t events = last_event(d.o, d.workspace, &event);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err = (pb_error){0};
        pb_status status = (wrong[i].make ? make : alter)(&d, wrong[i].entity, wrong[i].field,
                                                          wrong[i].body, &err);
        if (status != wrong[i].status)
            fail_msg("%zu: %d: %s", i, (int)status, wrong[i].body);
        assert_false(db_model_passed(d.workspace));
    }
    int64_t version = 0;
    const service_model_wish late = {.entity = PB_STR("contact"),
                                     .field = PB_STR("x_kept"),
                                     .body = PB_STR("{\"label\":\"Kept\"}"),
                                     .expected = 7};
    assert_int_equal(PB_CONFLICT, wish_with(&d, late, &version, &err));
    assert_int_equal(events, last_event(d.o, d.workspace, &event));
    assert_verifies(&d);
    db_workspace_close(d.workspace);
}

/* shows: REC-1 */
static void test_what_the_program_declares_is_called_otherwise(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    service_written written;
    must(alter(&d, "contact", "email", "{\"label\":\"Mail\",\"required\":true}", &err), &err);
    again(&d);
    must(alter(&d, "contact", NULL, "{\"label\":\"Person\"}", &err), &err);
    again(&d);
    assert_true(pb_str_is(field_of(&d, "contact", "email")->label, "Mail"));
    assert_false(field_of(&d, "contact", "email")->own);
    assert_true(pb_str_is(field_of(&d, "contact", "email")->entity->label, "Person"));
    assert_int_equal(PB_INVALID, enter(&d, "contact", NULL, &(said){"full_name", "A B"}, 1, NULL,
                                       &written, &err));
    must(alter(&d, "contact", "email", "{\"required\":null}", &err), &err);
    again(&d);
    assert_true(pb_str_is(field_of(&d, "contact", "email")->label, "Mail"));
    must(enter(&d, "contact", NULL, &(said){"full_name", "A B"}, 1, NULL, &written, &err), &err);
    db_workspace_close(d.workspace);
}

/* shows: REC-1 PER-1 */
static void test_another_process_notices_before_it_writes(void **state)
{
    desk d = open_desk(*state);
    desk other = {.o = d.o, .path = d.path};
    pb_error err = {0};
    service_written written;
    other.workspace = open_workspace(d.o, d.path);
    must(enter(&other, "contact", NULL, &(said){"full_name", "A B"}, 1, NULL, &written, &err),
         &err);
    must(db_model_look(other.workspace, &err), &err);
    assert_false(db_model_passed(other.workspace));
    must(make(&d, "contact", "x_a", "{\"type\":\"text\",\"required\":true}", &err), &err);
    assert_int_equal(PB_BUSY, enter(&other, "contact", NULL, &(said){"full_name", "C D"}, 1, NULL,
                                    &written, &err));
    assert_true(db_model_passed(other.workspace));
    again(&other);
    assert_int_equal(PB_INVALID, enter(&other, "contact", NULL, &(said){"full_name", "C D"}, 1,
                                       NULL, &written, &err));
    again(&d);
    must(make(&d, "contact", "x_b", "{\"type\":\"text\"}", &err), &err);
    must(db_model_look(other.workspace, &err), &err); /* who only reads asks */
    assert_true(db_model_passed(other.workspace));
    db_workspace_close(other.workspace);
    db_workspace_close(d.workspace);
}

/* A turn lasts as long as somebody holds it, with the model it began with. */
/* shows: REC-1 PER-1 */
static void test_turns_overlap(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    service_turns *turns = NULL;
    service_written written;
    const said values[] = {{"full_name", "Ann Smith"}, {"x_a", "b"}, {"x_b", "c"}};
    const service_turns_options how = {.url = d.path, .desk = {.site = PB_STR("localhost")}};
    must(service_turns_open(d.o->service, d.workspace, &how, &turns, &err), &err);
    const service_turn *first = service_turn_take(turns, true, &err);
    assert_ptr_equal(first->workspace, d.workspace);
    must(make(&d, "contact", "x_a", "{\"type\":\"text\"}", &err), &err);
    const service_turn *second = service_turn_take(turns, true, &err);
    assert_ptr_not_equal(first, second);
    assert_int_equal(0, db_model_version(first->workspace));
    assert_int_equal(1, db_model_version(second->workspace));
    assert_null(field_of(&d, "contact", "x_a"));
    d.workspace = second->workspace;
    must(enter(&d, "contact", NULL, values, 2, NULL, &written, &err), &err);
    must(make(&d, "contact", "x_b", "{\"type\":\"text\"}", &err), &err);
    must(service_turns_renew(turns, &err), &err);
    const service_turn *third = service_turn_take(turns, false, &err);
    assert_int_equal(2, db_model_version(third->workspace));
    service_turn_release(turns, second);
    service_turn_release(turns, first);
    d.workspace = third->workspace;
    must(enter(&d, "contact", NULL, values, 3, NULL, &written, &err), &err);
    assert_verifies(&d);
    service_turn_release(turns, third);
    service_turns_close(turns);
}

/* ---- any sequence of changes ---- */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

enum { OWN_MOST = 40, STEPS = 40 };

typedef struct held {
    char field[24];
    bool choice, retired;
} held;

static void step(desk *d, uint32_t *seed, held *all, size_t *count)
{
    static const char *const bodies[] = {
        "{\"type\":\"text\"}", "{\"type\":\"choice\",\"values\":[\"v\",\"w\"]}",
        "{\"type\":\"note\",\"help\":\"h\"}", "{\"type\":\"identifier\",\"import\":[\"IMP%u\"]}"};
    static const char *const changes[] = {"{\"label\":\"L%u\"}", "{\"help\":\"H%u\"}",
                                          "{\"retired\":true}", "{\"retired\":false}",
                                          "{\"import\":[\"H%u\"]}"};
    char body[200];
    pb_error err = {0};
    uint32_t number = next(seed);
    bool adds = *count == 0 || (*count < OWN_MOST && number % 3 == 0);
    held *one = &all[adds ? *count : number % *count];
    const char *text = adds ? bodies[number / 3 % 4] : changes[number / 3 % 5];
    if (adds) {
        *one = (held){.choice = number / 3 % 4 == 1};
        snprintf(one->field, sizeof one->field, "x_f%zu", (*count)++);
    }
    const char *place = strstr(text, "%u");
    if (place == NULL)
        snprintf(body, sizeof body, "%s", text);
    else
        snprintf(body, sizeof body, "%.*s%u%s", (int)(place - text), text, number, place + 2);
    must((adds ? make : alter)(d, "contact", one->field, body, &err), &err);
    if (!adds && strstr(body, "retired") != NULL)
        one->retired = strstr(body, "true") != NULL;
    again(d);
}

/* Whatever was entered on the way is still there at the end, and the ledger proves it. */
/* shows: REC-1 REC-5 AUD-3 */
static void test_no_sequence_of_changes_loses_anything(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    uint32_t seed = 20261122;
    held all[OWN_MOST];
    size_t count = 0, entered = 0;
    service_written written;
    struct {
        pb_uuid id;
        const char *field;
    } records[STEPS];
    for (int i = 0; i < STEPS; i++) {
        step(&d, &seed, all, &count);
        const held *one = &all[next(&seed) % count];
        const said values[] = {{"full_name", "Any Body"}, {one->field, "v"}};
        pb_status status =
            enter(&d, "contact", NULL, values, 2, &records[entered].id, &written, &err);
        assert_int_equal(one->retired ? PB_INVALID : PB_OK, status);
        if (status == PB_OK)
            records[entered++].field = one->field;
    }
    assert_true(entered > 10 && count > 5);
    for (size_t i = 0; i < entered; i++)
        assert_true(pb_str_is(value_of(&d, "contact", records[i].id, records[i].field), "v"));
    assert_int_equal(STEPS, db_model_version(d.workspace));
    assert_verifies(&d);
    db_workspace_close(d.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_field_of_ones_own_holds_values_at_once, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_entity_of_ones_own_has_records_that_link,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_is_retired_stays_and_takes_nothing_new,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_is_refused_and_nothing_changes,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_the_program_declares_is_called_otherwise,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_another_process_notices_before_it_writes, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_turns_overlap, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_no_sequence_of_changes_loses_anything, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
