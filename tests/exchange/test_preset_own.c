/* What a customer adds: own fields, own words, an own product; and the map file, which knows best.
 */
#include "preset_support.h"

/* The declared model with a document more, as --model adds them. */
static model_schema *model_with(bench_room *room, const char *more)
{
    pb_error err;
    char *folder = pb_arena_printf(room->arena, "%s/model", root_path());
    pb_str *names = NULL;
    size_t count = 0, used = 0;
    must(sys_dir_list(folder, room->arena, &names, &count, &err), &err);
    model_source *sources = pb_arena_array(room->arena, count + 1, sizeof *sources);
    for (size_t i = 0; i < count; i++) {
        if (!pb_str_ends(names[i], PB_STR(".yaml")))
            continue;
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        char *path = sys_path_join(room->arena, folder, names[i].ptr);
        must(sys_file_read(path, 1 << 20, &text, &err), &err);
        sources[used++] =
            (model_source){pb_str_c(path), pb_arena_str(room->arena, pb_buf_str(&text))};
    }
    sources[used++] = (model_source){PB_STR("own.yaml"), pb_str_c(more)};
    model_schema *schema = NULL;
    must(model_schema_load(sources, used, &schema, &err), &err);
    return schema;
}

static exchange_plan plan_extended(bench_room *room, const char *path, const char *more,
                                   const char *map)
{
    pb_error err;
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.presets = presets_with(room, more);
    options.map_path = map;
    must(exchange_plan_make(room->schema, &options, room->arena, &plan, &err), &err);
    return plan;
}

static const char own_model[] = "extend: account\nfields:\n"
                                "  loyalty: {type: text, label: Loyalty}\n"
                                "  tier_code: {type: text, label: Tier code}\n";

static void use_own_model(bench_room *room)
{
    model_schema_free(room->schema);
    room->schema = model_with(room, own_model);
}

/* shows: INT-3 INT-5 */
static void test_own_fields_of_the_model_get_own_columns_of_the_product(void **state)
{
    bench_room *room = *state;
    use_own_model(room);
    put_text(room, "Account.csv",
             "Id,IsDeleted,Name,OwnerId,SystemModstamp,Loyalty__c\n"
             "0015e000000000AAAX,false,Foo,0055e000000000AAAX,2024-01-02T08:00:00.000Z,gold\n");
    exchange_plan plan = plan_extended(room, room->folder, NULL, NULL);
    assert_string_equal(plan.preset->product.ptr, "salesforce");
    const exchange_column *column = column_named(&plan.files[0], "Loyalty__c");
    assert_string_equal(became(column), "loyalty");
    assert_int_equal(column->how, EXCHANGE_BY_NAME);
    /* The mark of a custom field may be a letter before a capital. */
    plan = plan_extended(room, fixture(room, "espocrm"), NULL, NULL);
    const exchange_file *file = file_named(&plan, "Export_Account_2024-11-04.csv");
    assert_string_equal(became(column_named(file, "cLoyalty")), "loyalty");
    assert_string_equal(became(column_named(file, "createdAt")), "created_on");
}

/* shows: INT-3 INT-5 */
static void test_an_extension_adds_columns_words_and_signs(void **state)
{
    bench_room *room = *state;
    use_own_model(room);
    static const char extension[] =
        "extend: salesforce\n"
        "signs: [Our Mark]\n"
        "maps: {stages: {Won: [Deal done], Lost: [Gone]}}\n"
        "tables:\n"
        "  Account: {columns: {tier_code: [Tier__c]}}\n"
        "  Visit__c: {entity: activity, files: [Visit__c], id: [Id], columns: {subject: [Topic__c],"
        " started_on: [On__c], account: {ids: [Firm__c]}}, set: {kind: Visit}}\n";
    put_text(room, "Account.csv",
             "Id,IsDeleted,Name,OwnerId,SystemModstamp,Tier__c\n"
             "0015e000000000AAAX,false,Foo,0055e000000000AAAX,2024-01-02T08:00:00.000Z,gold\n");
    put_text(room, "Opportunity.csv",
             "Id,IsDeleted,AccountId,Name,StageName,CloseDate,OwnerId,SystemModstamp\n"
             "0065e000000000AAAX,false,0015e000000000AAAX,A,Deal done,2024-01-02,,\n"
             "0065e000000001AAAX,false,0015e000000000AAAX,B,Gone,2024-01-02,,\n"
             "0065e000000002AAAX,false,0015e000000000AAAX,C,Prospecting,2024-01-02,,\n");
    put_text(room, "Visit__c.csv",
             "Id,Topic__c,On__c,Firm__c\na0X5e000000000AAAX,Tour,2024-01-02,0015e000000000AAAX\n");
    const char *path = room->folder;
    exchange_options options = options_for(&path, 1);
    options.presets = presets_with(room, extension);
    db_workspace *workspace = NULL;
    exchange_plan plan = imported_from(room, &options, &workspace);
    assert_string_equal(plan.preset->product.ptr, "salesforce");
    assert_string_equal(became(column_named(file_named(&plan, "Account.csv"), "Tier__c")),
                        "tier_code");
    static const struct {
        const char *sql;
        int64_t count;
    } expected[] = {
        {"select count(*) from account where tier_code = 'gold'", 1},
        {"select count(*) from opportunity where stage = 'Won' and closed_on is not null", 1},
        {"select count(*) from opportunity where stage = 'Lost' and closed_on is not null", 1},
        {"select count(*) from opportunity where expected_close is not null", 1},
        {"select count(*) from activity where kind = 'Visit' and account_id is not null", 1},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(asked_number(workspace, expected[i].sql), expected[i].count);
    db_workspace_close(workspace);
    /* What the product itself is recognised by is still known beside the sign that was added. */
    put_text(room, "Account.csv",
             "Account Name,Account Site,Account Owner Alias\nFoo,HQ,alee\nBar,HQ,alee\n");
    plan = plan_extended(room, sys_path_join(room->arena, room->folder, "Account.csv"), extension,
                         NULL);
    assert_string_equal(plan.preset->product.ptr, "salesforce");
    put_text(room, "Account.csv", "Account Name,Our Mark,Tier__c\nFoo,x,gold\nBar,y,tin\n");
    char *marked = sys_path_join(room->arena, room->folder, "Account.csv");
    assert_string_equal(plan_extended(room, marked, extension, NULL).preset->product.ptr,
                        "salesforce");
    assert_null(plan_extended(room, marked, NULL, NULL).preset);
}

/* shows: INT-3 */
static void test_an_own_product_stands_beside_the_known_ones(void **state)
{
    bench_room *room = *state;
    static const char house[] = "preset: house\ntitle: House CRM\nsigns: [HouseKey]\n"
                                "tables:\n  Firms: {entity: account, id: [HouseKey], columns: "
                                "{name: [Firm], city: [Seat]}}\n";
    char *path = put_text(room, "x.csv", "HouseKey,Firm,Seat\n1,Foo,York\n2,Bar,Bath\n");
    exchange_plan plan = plan_extended(room, path, house, NULL);
    assert_string_equal(plan.preset->title.ptr, "House CRM");
    assert_string_equal(became(column_named(&plan.files[0], "Seat")), "city");
    plan = plan_extended(room, fixture(room, "zoho"), house, NULL);
    assert_string_equal(plan.preset->product.ptr, "zoho");
}

/* shows: INT-3 INT-5 */
static void test_the_map_file_wins_over_the_preset(void **state)
{
    bench_room *room = *state;
    char *map = put_text(room, "map.yaml",
                         "files:\n  Account.csv:\n    entity: account\n    columns: {Jigsaw: code, "
                         "AccountNumber: ignore, Sales_Region__c: region}\n"
                         "  Lead.csv: {entity: contact}\n  Event.csv: {entity: ignore}\n");
    exchange_plan plan = plan_extended(room, fixture(room, "salesforce"), NULL, map);
    assert_string_equal(plan.preset->product.ptr, "salesforce");
    const exchange_file *file = file_named(&plan, "Account.csv");
    assert_string_equal(became(column_named(file, "Jigsaw")), "code");
    assert_int_equal(column_named(file, "Jigsaw")->how, EXCHANGE_BY_MAP);
    assert_string_equal(became(column_named(file, "AccountNumber")), "");
    assert_int_equal(column_named(file, "AccountNumber")->how, EXCHANGE_IGNORED);
    assert_string_equal(became(column_named(file, "Sales_Region__c")), "region");
    assert_int_equal(column_named(file, "Phone")->how, EXCHANGE_BY_PRESET);
    /* Another entity than the preset's: then nothing of the preset holds for the file. */
    file = file_named(&plan, "Lead.csv");
    assert_string_equal(file->entity->name.ptr, "contact");
    for (size_t c = 0; c < file->column_count; c++)
        assert_int_not_equal(file->columns[c].how, EXCHANGE_BY_PRESET);
    assert_null(file_named(&plan, "Event.csv")->entity);
}

/* shows: INT-3 */
static void test_without_presets_names_and_values_decide(void **state)
{
    bench_room *room = *state;
    for (size_t p = 0; p < PRODUCTS; p++) {
        exchange_plan plan = plan_with(room, fixture(room, products[p]), "none");
        assert_null(plan.preset);
        assert_null(plan.runner_up);
        for (size_t f = 0; f < plan.file_count; f++)
            for (size_t c = 0; c < plan.files[f].column_count; c++) {
                exchange_how how = plan.files[f].columns[c].how;
                assert_true(how != EXCHANGE_BY_PRESET && how != EXCHANGE_LEFT);
            }
    }
    exchange_plan plan = plan_with(room, fixture(room, "salesforce"), "none");
    assert_string_equal(became(column_named(file_named(&plan, "Contact.csv"), "Email")), "email");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_fields_of_the_model_get_own_columns_of_the_product,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_an_extension_adds_columns_words_and_signs, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_an_own_product_stands_beside_the_known_ones, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_the_map_file_wins_over_the_preset, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_without_presets_names_and_values_decide, room_make,
                                        room_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
