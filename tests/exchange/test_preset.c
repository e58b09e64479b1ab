/* Exports of other products: recognised, every column explained, words and references understood.
 */
#include "preset_support.h"

/* Columns of the customer's own, which no product explains. */
static bool is_custom(const exchange_column *column)
{
    static const char *const own[] = {"Sales_Region__c", "Colour of badge", "cLoyalty",
                                      "x_studio_region"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (pb_str_is(column->header, own[i]))
            return true;
    return false;
}

/* shows: INT-3 INT-5 */
static void test_each_product_is_recognised_and_no_column_stays_unexplained(void **state)
{
    bench_room *room = *state;
    for (size_t p = 0; p < PRODUCTS; p++) {
        exchange_plan plan = plan_with(room, fixture(room, products[p]), NULL);
        assert_non_null(plan.preset);
        assert_string_equal(plan.preset->product.ptr, products[p]);
        assert_false(plan.preset_asked);
        assert_true(plan.file_count >= 4);
        for (size_t f = 0; f < plan.file_count; f++)
            for (size_t c = 0; c < plan.files[f].column_count; c++) {
                const exchange_column *column = &plan.files[f].columns[c];
                bool told = column->how == EXCHANGE_BY_PRESET || column->how == EXCHANGE_LEFT;
                if (!told && !is_custom(column))
                    print_message("%s: %s\n", plan.files[f].name.ptr, column->header.ptr);
                assert_true(told || is_custom(column));
                assert_true(column->how != EXCHANGE_LEFT || column->note.len > 0);
            }
    }
}

static exchange_plan imported(bench_room *room, const char *product, bool with_deleted,
                              db_workspace **ret_workspace)
{
    const char *path = fixture(room, product);
    exchange_options options = options_for(&path, 1);
    options.presets = presets_of(room);
    options.with_deleted = with_deleted;
    return imported_from(room, &options, ret_workspace);
}

/* shows: INT-3 INT-5 DQ-11 */
static void test_references_lead_to_records_and_deals_know_how_they_ended(void **state)
{
    bench_room *room = *state;
    static const struct {
        const char *product;
        uint64_t deleted;
        int64_t won, lost;
    } expected[] = {{"salesforce", 2, 4, 2}, {"hubspot", 0, 3, 3}, {"zoho", 0, 3, 3},
                    {"suitecrm", 4, 3, 3},   {"espocrm", 4, 3, 2}, {"odoo", 0, 3, 1},
                    {"dolibarr", 0, 3, 3},   {"fxiaoke", 1, 3, 3}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        db_workspace *workspace = NULL;
        exchange_plan plan = imported(room, expected[i].product, false, &workspace);
        uint64_t deleted = 0, rejected = 0;
        for (size_t f = 0; f < plan.file_count; f++) {
            deleted += plan.files[f].deleted;
            rejected += plan.files[f].rejected;
        }
        assert_int_equal(plan.unresolved, 0);
        assert_int_equal(rejected, 0);
        assert_int_equal(deleted, expected[i].deleted);
        assert_int_equal(
            asked_number(workspace, "select count(*) from opportunity where stage = 'Won'"),
            expected[i].won);
        assert_int_equal(
            asked_number(workspace, "select count(*) from opportunity where stage = 'Lost'"),
            expected[i].lost);
        assert_int_equal(asked_number(workspace,
                                      "select count(*) from opportunity where stage = 'Won' "
                                      "and expected_close is not null and closed_on is null"),
                         expected[i].product[0] == 'f' ? 3 : 0);
        db_workspace_close(workspace);
    }
}

/* shows: INT-3 INT-5 */
static void test_words_dates_amounts_and_references_are_what_the_product_means(void **state)
{
    bench_room *room = *state;
    static const struct {
        const char *product, *sql;
        int64_t count;
    } expected[] = {
        /* 13/01/2024 is the 13th of January, and 01:15 pm the afternoon */
        {"suitecrm", "select created_on / 1000000 from account where name = 'Alder & Finch Ltd'",
         INT64_C(1705151700)},
        {"suitecrm", "select count(*) from activity where account_id is not null", 4},
        {"suitecrm", "select count(*) from activity where status = 'Cancelled'", 2},
        {"salesforce", "select count(*) from activity where kind = 'Meeting'", 10},
        {"salesforce", "select count(*) from activity where lead_id is not null", 6},
        {"salesforce", "select count(*) from opportunity where amount_currency = 'EUR'", 5},
        {"salesforce", "select count(*) from lead where status = 'Converted'", 2},
        {"hubspot", "select count(*) from opportunity where probability = 20", 3},
        {"hubspot", "select count(*) from activity where duration_minutes = 1.5", 10},
        {"hubspot", "select count(*) from contact where account_id is not null", 14},
        {"zoho", "select count(*) from activity where opportunity_id is not null", 10},
        {"espocrm", "select count(*) from activity where duration_minutes = 5", 9},
        {"odoo", "select count(*) from account", 9},
        {"odoo", "select count(*) from contact where account_id is not null", 13},
        {"odoo", "select count(*) from lead", 3},
        {"dolibarr", "select count(*) from account where kind = 'Customer'", 4},
        {"fxiaoke", "select count(*) from activity where kind = 'Visit'", 3},
        {"fxiaoke", "select count(*) from account where life_cycle = 'Loyal customer'", 3},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        db_workspace *workspace = NULL;
        imported(room, expected[i].product, false, &workspace);
        int64_t count = asked_number(workspace, expected[i].sql);
        if (count != expected[i].count)
            print_message("%s: %s\n", expected[i].product, expected[i].sql);
        assert_int_equal(count, expected[i].count);
        db_workspace_close(workspace);
    }
}

/* shows: INT-5 */
static void test_rows_marked_as_deleted_are_taken_when_wished(void **state)
{
    bench_room *room = *state;
    db_workspace *workspace = NULL;
    exchange_plan plan = imported(room, "salesforce", true, &workspace);
    assert_int_equal(file_named(&plan, "Account.csv")->deleted, 0);
    assert_int_equal(file_named(&plan, "Account.csv")->imported, 12);
    db_workspace_close(workspace);
}

/* shows: INT-3 */
static void test_files_of_nobody_are_read_by_their_names(void **state)
{
    bench_room *room = *state;
    static const char *const foreign[] = {"demo", "tests/data/exchange/fake_names.csv"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_null(plan_with(room, data_path(room, foreign[i]), NULL).preset);
    put_text(room, "people.csv",
             "id,name,email,phone,city,street,zip,website\n1,Ann,a@b.org,1,York,2 Row,Y1,x.org\n");
    assert_null(plan_with(room, room->folder, NULL).preset);
}

/* shows: INT-3 */
static void test_few_columns_are_enough_when_one_is_the_products_own(void **state)
{
    bench_room *room = *state;
    put_text(room, "contacts.csv",
             "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Contact owner\n"
             "1,Ann,Lee,a@b.org,Customer,2024-01-02,Bo\n");
    exchange_plan plan = plan_with(room, room->folder, NULL);
    assert_non_null(plan.preset);
    assert_string_equal(plan.preset->product.ptr, "hubspot");
}

/* shows: INT-3 */
static void test_a_product_is_forced_switched_off_and_unknown(void **state)
{
    bench_room *room = *state;
    pb_error err;
    char *path = put_text(room, "x.csv", "Name,Stage,Closing Date\nOne,Closed Won,2024-01-02\n");
    exchange_plan plan = plan_with(room, path, "Zoho");
    assert_string_equal(plan.preset->product.ptr, "zoho");
    assert_true(plan.preset_asked);
    assert_null(plan_with(room, fixture(room, "zoho"), "none").preset);
    const exchange_preset *found = NULL;
    assert_int_equal(exchange_preset_find(presets_of(room), "salesfroce", &found, &err),
                     PB_NOT_FOUND);
    assert_null(found);
}

static void refuse(bench_room *room, const char *text, const char *place)
{
    pb_error err;
    exchange_presets *presets = NULL;
    model_source source = {PB_STR("own.yaml"), pb_str_c(text)};
    assert_int_equal(exchange_presets_load(room->schema, &source, 1, room->arena, &presets, &err),
                     PB_INVALID);
    PB_AUTO_BUF detail = PB_BUF_INIT(65536);
    pb_error_render(&err, &err.detail, NULL, &detail);
    assert_string_equal(pb_buf_cstr(&detail), place);
    assert_null(presets);
}

/* shows: INT-3 INT-5 */
static void test_mistakes_in_a_preset_are_told_with_their_place(void **state)
{
    bench_room *room = *state;
    refuse(room, "preset: x\ntables: {A: {entity: acount}}\n", "own.yaml:2:22");
    refuse(room, "preset: x\ntables: {A: {entity: account, columns: {nmae: [Name]}}}\n",
           "own.yaml:2:41");
    refuse(room, "preset: x\ntables: {A: {entity: account, columns: {name: [N], code: [n]}}}\n",
           "own.yaml:2:59");
    refuse(room, "preset: x\ntables: {A: {entity: activity, set: {direction: Sideways}}}\n",
           "own.yaml:2:49");
    refuse(room, "preset: x\ncolour: red\n", "own.yaml:2:1");
    refuse(room, "extend: nothing\n", "own.yaml:1:9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_each_product_is_recognised_and_no_column_stays_unexplained, room_make, room_end),
        cmocka_unit_test_setup_teardown(
            test_references_lead_to_records_and_deals_know_how_they_ended, room_make, room_end),
        cmocka_unit_test_setup_teardown(
            test_words_dates_amounts_and_references_are_what_the_product_means, room_make,
            room_end),
        cmocka_unit_test_setup_teardown(test_rows_marked_as_deleted_are_taken_when_wished,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_files_of_nobody_are_read_by_their_names, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_few_columns_are_enough_when_one_is_the_products_own,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_a_product_is_forced_switched_off_and_unknown,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_mistakes_in_a_preset_are_told_with_their_place,
                                        room_make, room_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
