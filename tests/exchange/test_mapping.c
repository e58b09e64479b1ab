/* How real exports are read: every column must become what a person would say it is. */
#include "exchange_support.h"

typedef struct expectation {
    const char *header;
    const char *field; /* "id", "" for not mapped */
} expectation;

static void assert_columns(const exchange_plan *plan, const char *name, const char *entity,
                           const expectation *expected, size_t count)
{
    const exchange_file *file = file_named(plan, name);
    assert_non_null(file->entity);
    assert_string_equal(file->entity->name.ptr, entity);
    assert_int_equal(file->column_count, count);
    for (size_t i = 0; i < count; i++) {
        const exchange_column *column = &file->columns[i];
        assert_string_equal(column->header.ptr, expected[i].header);
        if (strcmp(became(column), expected[i].field) != 0)
            print_message("%s: %s became «%s»\n", name, expected[i].header, became(column));
        assert_string_equal(became(column), expected[i].field);
    }
}

#define ASSERT_COLUMNS(plan, name, entity, ...)                                                    \
    do {                                                                                           \
        static const expectation expected_[] = {__VA_ARGS__};                                      \
        assert_columns((plan), (name), (entity), expected_, sizeof expected_ / sizeof *expected_); \
    } while (0)

/* shows: INT-5 DQ-1 */
static void test_the_demo_is_read_as_a_person_would(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = plan_of(room, data_path(room, "demo"), NULL);
    ASSERT_COLUMNS(&plan, "accounts.csv", "account", {"account", "name"}, {"sector", "industry"},
                   {"year_established", "year_established"}, {"revenue", "revenue"},
                   {"employees", "employees"}, {"office_location", "country"},
                   {"subsidiary_of", "parent"});
    ASSERT_COLUMNS(&plan, "products.csv", "product", {"product", "name"}, {"series", "series"},
                   {"sales_price", "price"});
    ASSERT_COLUMNS(&plan, "sales_teams.csv", "staff", {"sales_agent", "full_name"},
                   {"manager", "manager_name"}, {"regional_office", "office"});
    ASSERT_COLUMNS(&plan, "sales_pipeline.csv", "opportunity", {"opportunity_id", "id"},
                   {"sales_agent", "owner"}, {"product", "product"}, {"account", "account"},
                   {"deal_stage", "stage"}, {"engage_date", "opened_on"},
                   {"close_date", "closed_on"}, {"close_value", "amount"});
    const exchange_file *dictionary = file_named(&plan, "data_dictionary.csv");
    assert_null(dictionary->entity);
    assert_true(pb_str_find(why_not(room, dictionary),
                            PB_STR("files: {data_dictionary.csv: {entity: …}}")) != SIZE_MAX);
    assert_null(file_named(&plan, "README.md")->entity);
}

/* shows: INT-5 DQ-1 */
static void test_people_with_all_they_should_not_give(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = plan_of(room, data_path(room, "tests/data/exchange/fake_names.csv"), NULL);
    ASSERT_COLUMNS(&plan, "fake_names.csv", "contact", {"Number", "id"}, {"Gender", "gender"},
                   {"NameSet", ""}, {"Title", "salutation"}, {"GivenName", "given_name"},
                   {"MiddleInitial", "middle_name"}, {"Surname", "family_name"},
                   {"StreetAddress", "address"}, {"City", "city"}, {"State", "state"},
                   {"StateFull", ""}, {"ZipCode", "postcode"}, {"Country", "country"},
                   {"CountryFull", ""}, {"EmailAddress", "email"}, {"Username", ""},
                   {"Password", ""}, {"TelephoneNumber", "phone"}, {"TelephoneCountryCode", ""},
                   {"MothersMaiden", ""}, {"Birthday", "birth_date"}, {"Age", ""}, {"CCType", ""},
                   {"CCNumber", ""}, {"CVV2", ""}, {"CCExpires", ""}, {"NationalID", ""},
                   {"Occupation", "job_title"}, {"Company", "company"}, {"Domain", ""});
    const exchange_file *file = &plan.files[0];
    assert_string_equal(file->encoding.ptr, "UTF-8 with BOM");
    assert_int_equal(column_named(file, "Birthday")->format.date_order, MODEL_MDY);
    assert_null(column_named(file, "Birthday")->note.ptr); /* no doubt: 3/29/1982 */
    assert_string_equal(column_named(file, "Password")->holds.ptr, "passwords");
    assert_string_equal(column_named(file, "CCNumber")->holds.ptr, "numbers of payment cards");
    assert_string_equal(column_named(file, "NationalID")->holds.ptr, "national identity numbers");
    assert_null(column_named(file, "CCType")->holds.ptr);
    PB_AUTO_BUF note = PB_BUF_INIT(4096);
    exchange_note(column_named(file, "StateFull"), NULL, &note);
    assert_string_equal(pb_buf_cstr(&note), "“State” was taken for state");
}

/* shows: INT-5 */
static void test_a_marketplace_and_other_exports(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = plan_of(room, data_path(room, "tests/data/exchange"), NULL);
    ASSERT_COLUMNS(&plan, "olist_closed_deals_dataset.csv", "opportunity", {"mql_id", "lead"},
                   {"seller_id", "account"}, {"sdr_id", "developed_by"}, {"sr_id", "owner"},
                   {"won_date", "closed_on"}, {"business_segment", "segment"},
                   {"lead_type", "kind"}, {"lead_behaviour_profile", ""}, {"has_company", ""},
                   {"has_gtin", ""}, {"average_stock", ""}, {"business_type", "business_type"},
                   {"declared_product_catalog_size", ""},
                   {"declared_monthly_revenue", "expected_amount"});
    ASSERT_COLUMNS(&plan, "olist_marketing_qualified_leads_dataset.csv", "lead", {"mql_id", "id"});
    ASSERT_COLUMNS(&plan, "olist_sellers_dataset.csv", "account", {"seller_id", "id"},
                   {"seller_zip_code_prefix", "postcode"}, {"seller_city", "city"},
                   {"seller_state", "state"});
    ASSERT_COLUMNS(&plan, "companies_and_organizations.csv", "account", {"organization", "name"});
    ASSERT_COLUMNS(&plan, "febrl_dataset1.csv", "contact", {"rec_id", "id"},
                   {"given_name", "given_name"}, {"surname", "family_name"},
                   {"street_number", "house_number"}, {"address_1", "address"},
                   {"address_2", "address_more"}, {"suburb", "district"}, {"postcode", "postcode"},
                   {"state", "state"}, {"date_of_birth", "birth_date"}, {"soc_sec_id", ""});
    size_t last = 0; /* link targets first */
    for (size_t i = 0; i < plan.file_count && plan.files[i].entity != NULL; i++) {
        assert_true(plan.files[i].entity->index >= last);
        last = plan.files[i].entity->index;
    }
}

/* shows: INT-5 */
static void test_headers_in_chinese_and_persian(void **state)
{
    bench_room *room = *state;
    char *path =
        put_text(room, "联系人.csv",
                 "编号,姓名,手机号码,客户名称,出生日期\n1,王小明,13800138000,华为,1990-05-01\n"
                 "2,李雷,13900139000,中兴,1991-06-02\n");
    exchange_plan plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "联系人.csv", "contact", {"编号", "id"}, {"姓名", "full_name"},
                   {"手机号码", "mobile"}, {"客户名称", "account"}, {"出生日期", "birth_date"});
    path = put_text(
        room, "مخاطبین.csv",
        "شناسه;نام و نام خانوادگی;ایمیل;تاریخ تولد\n1;علی رضایی;ali@example.ir;۱۳۶۵/۰۲/۲۹\n"
        "2;مریم احمدی;maryam@example.ir;۱۳۷۰/۱۱/۰۵\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "مخاطبین.csv", "contact", {"شناسه", "id"},
                   {"نام و نام خانوادگی", "full_name"}, {"ایمیل", "email"},
                   {"تاریخ تولد", "birth_date"});
    assert_int_equal(plan.files[0].delimiter, ';');
    assert_true(plan.files[0].columns[3].format.jalali);
    assert_int_equal(plan.files[0].columns[3].format.date_order, MODEL_YMD);
}

/* What a word for name means is told by what stands beside it. */
/* shows: INT-5 */
static void test_a_name_beside_a_family_name_is_the_given_one(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "contacts.csv",
                          "نام,نام خانوادگی,موبایل,شهر\nعلی,رضایی,09123456780,تهران\n"
                          "سید محمد,موسوی,09351122334,رشت\n");
    exchange_plan plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "contacts.csv", "contact", {"نام", "given_name"},
                   {"نام خانوادگی", "family_name"}, {"موبایل", "mobile"}, {"شهر", "city"});
    path = put_text(room, "kontakte.csv",
                    "Name;Vorname;Firma;Straße;PLZ;Ort;Telefon;E-Mail;Geburtsdatum\n"
                    "Weber;Anna;Groß KG;Am Markt 1;01067;Dresden;0351 44170;a@gross.de;13.12.1971\n"
                    "Müller;Hans;Bau AG;Ring 2;80331;München;089 4417822;h@bau.de;03.04.1965\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "kontakte.csv", "contact", {"Name", "family_name"},
                   {"Vorname", "given_name"}, {"Firma", "company"}, {"Straße", "address"},
                   {"PLZ", "postcode"}, {"Ort", "city"}, {"Telefon", "phone"}, {"E-Mail", "email"},
                   {"Geburtsdatum", "birth_date"});
    path = put_text(room, "people.csv",
                    "Name,Last Name,Email\nAnna Weber,Weber,a@x.org\nLi Na,Li,l@x.org\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "people.csv", "contact", {"Name", "full_name"},
                   {"Last Name", "family_name"}, {"Email", "email"});
}

/* shows: INT-5 DQ-1 */
static void test_an_id_named_so_stays_the_id(void **state)
{
    bench_room *room = *state;
    /* an empty row, an id that lacks, one that comes twice: faults of the export, not of its names
     */
    char *path = put_text(room, "contacts.csv",
                          "Contact ID,Full Name,Phone,Company\nc1,A B,1,X\n,,,\nc2,C D,2,X\n"
                          ",E F,3,X\nc2,G H,4,X\nc5,I J,5,X\n");
    exchange_plan plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "contacts.csv", "contact", {"Contact ID", "id"},
                   {"Full Name", "full_name"}, {"Phone", "phone"}, {"Company", "company"});
    /* the file's name says nothing: whose id comes first says what it lists */
    path = put_text(room, "export1.csv", "Contact ID,Full Name\nc1,A B\nc2,C D\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "export1.csv", "contact", {"Contact ID", "id"},
                   {"Full Name", "full_name"});
    path = put_text(room, "export2.csv", "联系人编号,姓名,公司\n1,王小明,华为\n2,李四,华为\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "export2.csv", "contact", {"联系人编号", "id"}, {"姓名", "full_name"},
                   {"公司", "company"});
    /* people listed under their accounts: the id repeats, so it is a reference */
    path = put_text(room, "export3.csv",
                    "Account ID,First Name,Last Name,Email\na1,A,B,a@example.org\n"
                    "a1,C,D,c@example.org\na1,E,F,e@example.org\na1,G,H,g@example.org\n");
    plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "export3.csv", "contact", {"Account ID", "account"},
                   {"First Name", "given_name"}, {"Last Name", "family_name"}, {"Email", "email"});
}

/* shows: INT-5 DQ-1 */
static void test_dates_and_decimal_marks_are_judged(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "deals.csv",
                          "Deal ID;Deal Name;Amount;Close Date;Created\n"
                          "1;A;1.234,50;03/04/2024;25/12/2023\n2;B;99,5;05/06/2024;01/02/2024\n");
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = &plan.files[0];
    assert_int_equal(column_named(file, "Amount")->format.decimal_mark, ',');
    assert_int_equal(column_named(file, "Created")->format.date_order, MODEL_DMY);
    /* the other column leaves it open: the file's own habit decides */
    assert_int_equal(column_named(file, "Close Date")->format.date_order, MODEL_DMY);
    path = put_text(room, "deals.csv",
                    "Deal ID,Deal Name,Close Date\n1,A,03/04/2024\n2,B,05/06/2024\n");
    plan = plan_of(room, path, NULL);
    assert_int_equal(plan.files[0].columns[2].format.date_order, MODEL_MDY);
    PB_AUTO_BUF note = PB_BUF_INIT(4096);
    exchange_note(&plan.files[0].columns[2], NULL, &note);
    assert_string_equal(
        pb_buf_cstr(&note),
        "Dates such as 03/04/2024 can be read two ways and nothing in the file decides; they were "
        "read as month, day, year");
}

/* shows: INT-5 */
static void test_a_column_is_known_by_its_values(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "contacts.csv",
                          "Full name,Kontakt,Secret password\nA B,a@example.org,x@example.org\n"
                          "C D,c@example.org,y@example.org\nE F,e@example.org,z@example.org\n"
                          "G H,g@example.org,p@example.org\nI J,i@example.org,q@example.org\n");
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_column *column = column_named(&plan.files[0], "Kontakt");
    assert_int_equal(column->how, EXCHANGE_BY_VALUES);
    assert_string_equal(became(column), "email");
    assert_string_equal(became(column_named(&plan.files[0], "Secret password")), "");
}

static const char *entity_of(bench_room *room, const char *name, const char *text)
{
    exchange_plan plan = plan_of(room, put_text(room, name, text), NULL);
    const exchange_file *file = file_named(&plan, name);
    return file->entity == NULL ? "" : file->entity->name.ptr;
}

/* shows: INT-5 DQ-1 */
static void test_names_tell_persons_from_firms(void **state)
{
    bench_room *room = *state;
    assert_string_equal(entity_of(room, "a.csv",
                                  "name,email,phone\nAnna Weber,anna.weber@x.org,+49 30 1\n"
                                  "Jo van Dyk,jdyk@x.org,\nLi Na Chen,chen@y.org,\n"),
                        "contact");
    assert_string_equal(entity_of(room, "b.csv",
                                  "name,email,phone\nWeber GmbH,info@weber.de,+49 30 1\n"
                                  "Blue Horizon,office@bh.org,\nNovak Ltd,novak@n.org,\n"),
                        "account");
    assert_string_equal(
        entity_of(room, "c.csv", "名称,邮箱,电话\n王小明,a@x.cn,\n李秀英,b@x.cn,\n陈丽,c@x.cn,\n"),
        entity_of(room, "d.csv",
                  "名称,邮箱,电话\n大华公司,a@x.cn,\n中发集团,b@x.cn,\n一分厂,c@x.cn,\n"));
    assert_string_equal(entity_of(room, "e.csv", "Email\na@b.org\nc@d.org\n"), "contact");
    PB_AUTO_BUF wide = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&wide, "First Name,Last Name,Email");
    for (int i = 0; i < 297; i++)
        pb_buf_printf(&wide, ",Custom Field %d", i);
    pb_buf_addc(&wide, "\nAnna,Weber,a@w.org");
    for (int i = 0; i < 297; i++)
        pb_buf_addc(&wide, ",1");
    pb_buf_addc(&wide, "\n");
    assert_string_equal(entity_of(room, "f.csv", pb_buf_cstr(&wide)), "contact");
}

/* shows: INT-5 */
static void test_answers_of_an_interface(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "page1.json",
                          "{\"results\":[{\"id\":\"51\",\"properties\":{\"firstname\":\"Anna\","
                          "\"lastname\":\"Weber\",\"email\":\"anna@weber.de\"}},"
                          "{\"id\":\"52\",\"properties\":{\"firstname\":\"Jo\",\"lastname\":"
                          "\"Novak\",\"email\":\"jo@novak.cz\"}}],\"paging\":{\"next\":1}}");
    exchange_plan plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "page1.json", "contact", {"id", "id"},
                   {"properties.firstname", "given_name"}, {"properties.lastname", "family_name"},
                   {"properties.email", "email"});
}

/* shows: INT-5 DQ-1 */
static void test_titles_above_a_table_are_passed_over(void **state)
{
    bench_room *room = *state;
    static const char *const texts[] = {
        "All contacts\nMade 2024-05-01 by admin\n\nFirst Name,Last Name,Email\n"
        "Anna,Weber,a@w.org\nPeter,Novak,p@n.org\n",
        "All contacts;;\r\n\"Made; by admin\";;\r\nFirst Name;Last Name;Email\r\n"
        "Anna;Weber;a@w.org\r\nPeter;Novak;p@n.org\r\n"};
    for (size_t i = 0; i < 2; i++) {
        exchange_plan plan = plan_of(room, put_text(room, "contacts.csv", texts[i]), NULL);
        ASSERT_COLUMNS(&plan, "contacts.csv", "contact", {"First Name", "given_name"},
                       {"Last Name", "family_name"}, {"Email", "email"});
        assert_int_equal(plan.files[0].above, 2);
        assert_string_equal(plan.files[0].columns[0].sample.ptr, "Anna");
    }
    /* Values with commas below one name are no table of their own. */
    exchange_plan plan =
        plan_of(room, put_text(room, "accounts.csv", "Name\nAcme, Inc\nBolt, Ltd\n"), NULL);
    assert_int_equal(plan.files[0].above, 0);
}

/* shows: INT-5 DQ-1 */
static void test_a_picture_is_no_table(void **state)
{
    bench_room *room = *state;
    static const char picture[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\"\"\1\2\3";
    char *path = put_file(room, "contacts.csv", pb_str_n(picture, sizeof picture - 1));
    exchange_plan plan = plan_of(room, path, NULL);
    assert_null(plan.files[0].entity);
    assert_true(pb_str_find(why_not(room, &plan.files[0]), PB_STR("binary file")) != SIZE_MAX);
}

/* shows: INT-5 */
static void test_headers_that_repeat_or_are_empty(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "contacts.csv",
                          ",Full name,Birthday,birthday,,email,E-mail\n"
                          "1,A,1990-01-01,,x,a@b.org,c@d.org\n"
                          "2,B,1990-01-01,,x,,d@d.org\n");
    exchange_plan plan = plan_of(room, path, NULL);
    ASSERT_COLUMNS(&plan, "contacts.csv", "contact", {"#1", "id"}, {"Full name", "full_name"},
                   {"Birthday", "birth_date"}, {"birthday", ""}, {"#5", ""}, {"email", "email"},
                   {"E-mail", "email"}); /* a field for many values takes both */
    assert_non_null(plan.files[0].columns[3].note.ptr);
    assert_string_equal(plan.files[0].columns[4].note.ptr, "The column has no name");
}

/* shows: INT-5 */
static void test_the_map_file_overrides(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "export.csv", "deal,worth,junk,phase\nX1,5,a,Won\nX2,6,b,Lost\n");
    char *map = put_text(room, "map.yaml",
                         "files:\n  export.csv:\n    entity: opportunity\n"
                         "    columns: {deal: id, worth: amount, junk: ignore}\n");
    exchange_plan plan = plan_of(room, path, map);
    ASSERT_COLUMNS(&plan, "export.csv", "opportunity", {"deal", "id"}, {"worth", "amount"},
                   {"junk", ""}, {"phase", ""});
    assert_int_equal(plan.files[0].columns[1].how, EXCHANGE_BY_MAP);
    assert_int_equal(plan.files[0].columns[2].how, EXCHANGE_IGNORED);
    map = put_text(room, "map.yaml", "files: {export.csv: {entity: ignore}}\n");
    plan = plan_of(room, path, map);
    assert_null(plan.files[0].entity);
}

/* shows: INT-5 */
static void test_a_map_may_speak_of_any_file(void **state)
{
    bench_room *room = *state;
    const char *path = put_text(room, "export.csv", "deal,worth\nX1,5\n");
    const char *map = put_text(room, "map.yaml",
                               "files: {'*': {entity: opportunity, columns: {worth: amount}}}\n");
    exchange_plan plan = plan_of(room, path, map);
    assert_int_equal(plan.files[0].columns[1].how, EXCHANGE_BY_MAP);
    assert_string_equal(became(&plan.files[0].columns[1]), "amount");
    map = put_text(room, "map.yaml",
                   "files:\n  export.csv: {entity: ignore}\n"
                   "  '*': {entity: opportunity}\n");
    plan = plan_of(room, path, map);
    assert_null(plan.files[0].entity);
}

static void assert_map_error(bench_room *room, const char *text, const char *place,
                             const char *hint)
{
    const char *path = put_text(room, "export.csv", "deal,worth\nX1,5\n");
    exchange_options options = options_for(&path, 1);
    options.map_path = put_text(room, "map.yaml", text);
    exchange_plan plan = {0};
    pb_error err;
    assert_int_equal(exchange_plan_make(room->schema, &options, room->arena, &plan, &err),
                     PB_INVALID);
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_buf_byte(&out, ' ');
    pb_error_render(&err, &err.detail, NULL, &out);
    pb_buf_byte(&out, ' ');
    pb_error_render(&err, &err.hint, NULL, &out);
    if (pb_str_find(pb_buf_str(&out), pb_str_c(place)) == SIZE_MAX ||
        pb_str_find(pb_buf_str(&out), pb_str_c(hint)) == SIZE_MAX)
        print_message("%s\n", pb_buf_cstr(&out));
    assert_true(pb_str_find(pb_buf_str(&out), pb_str_c(place)) != SIZE_MAX);
    assert_true(pb_str_find(pb_buf_str(&out), pb_str_c(hint)) != SIZE_MAX);
    assert_null(plan.files);
}

/* shows: INT-5 */
static void test_mistakes_in_the_map_have_place_and_mend(void **state)
{
    bench_room *room = *state;
    assert_map_error(room, "files:\n  export.csv:\n    entity: oportunity\n", "map.yaml:3:13",
                     "opportunity");
    assert_map_error(room,
                     "files:\n  export.csv:\n    entity: opportunity\n    columns:\n"
                     "      worth: amnt\n",
                     "map.yaml:5:14", "amount");
    assert_map_error(room,
                     "files:\n  export.csv:\n    entity: opportunity\n    columns:\n"
                     "      wort: amount\n",
                     "map.yaml:5:7", "worth");
    assert_map_error(room,
                     "files:\n  export.csv:\n    entity: opportunity\n    columns:\n"
                     "      worth: amount\n      deal: amount\n",
                     "map.yaml:6:13", "ignore");
    assert_map_error(room, "files:\n  exprt.csv: {entity: opportunity}\n", "map.yaml:2:3", "name");
    assert_map_error(room, "fils:\n  export.csv: {entity: opportunity}\n", "map.yaml:1:1", "files");
}

/* shows: INT-3 */
static void test_a_contact_of_a_lead_is_the_lead(void **state)
{
    bench_room *room = *state;
    char *named = put_text(room, "leads.csv",
                           "Lead ID,Contact,Company,Owner,Status,Notes\n"
                           "LD-001,Rajesh Kumar,Foo Ltd,Priya,New,Callback\n"
                           "LD-002,Sneha Reddy,Bar Ltd,Amit,New,\n");
    exchange_plan plan = plan_of(room, named, NULL);
    assert_string_equal(column_named(&plan.files[0], "Contact")->field->name.ptr, "full_name");
    char *phones = put_text(room, "leads2.csv",
                            "Lead Name,EMAIL ADDRESS,Contact,Sales Rep\n"
                            "John Doe,john@excel.example,+1 202 555 0101,Alice\n"
                            "Jane Smith,jane@excel.example,+1 202 555 0102,Bob\n");
    plan = plan_of(room, phones, NULL);
    assert_string_equal(column_named(&plan.files[0], "Contact")->field->name.ptr, "phone");
    char *ids = put_text(room, "leads3.csv",
                         "Lead ID,Full Name,Email,Contact\n"
                         "L1,John Doe,john@excel.example,C-17\n"
                         "L2,Jane Smith,jane@excel.example,C-18\n");
    plan = plan_of(room, ids, NULL);
    assert_string_equal(column_named(&plan.files[0], "Contact")->field->name.ptr, "contact");
}

/* shows: INT-3 */
static void test_a_title_is_what_stands_in_it(void **state)
{
    bench_room *room = *state;
    exchange_plan plan =
        plan_of(room,
                put_text(room, "contacts.csv",
                         "First Name,Last Name,Title,Email\nTom,Jones,Senior Director,t@a.example\n"
                         "Ian,Dury,CEO,i@a.example\n"),
                NULL);
    assert_string_equal(column_named(&plan.files[0], "Title")->field->name.ptr, "job_title");
    plan = plan_of(room,
                   put_text(room, "contacts2.csv",
                            "First Name,Last Name,Title,Email\nTom,Jones,Dr.,t@a.example\n"
                            "Ian,Dury,Mr,i@a.example\n"),
                   NULL);
    assert_string_equal(column_named(&plan.files[0], "Title")->field->name.ptr, "salutation");
}

/* shows: INT-5 */
static void test_nested_data_is_known_by_its_parts(void **state)
{
    static const struct {
        const char *header, *field;
    } columns[] = {
        {"_id", "id"},         {"name.first", "given_name"}, {"name.last", "family_name"},
        {"email", "email"},    {"address.city", "city"},     {"address.country", "country"},
        {"phones.1.type", ""}, {"phones.1.number", "phone"}, {"created_at", "created_on"},
    };
    bench_room *room = *state;
    exchange_plan plan = plan_of(
        room,
        put_text(room, "contacts.json",
                 "[{\"_id\":{\"$oid\":\"5f1\"},\"name\":{\"first\":\"Ann\",\"last\":\"Lee\"},"
                 "\"email\":\"ann@example.com\",\"address\":{\"city\":\"Rome\",\"country\":\"IT\"},"
                 "\"phones\":[{\"type\":\"work\",\"number\":\"+39 06 1234567\"}],"
                 "\"created_at\":{\"$date\":\"2024-01-02T03:04:05Z\"}}]"),
        NULL);
    assert_string_equal(plan.files[0].entity->name.ptr, "contact");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const char *field = became(column_named(&plan.files[0], columns[i].header));
        if (strcmp(field, columns[i].field) != 0)
            fail_msg("%s became “%s”", columns[i].header, field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_demo_is_read_as_a_person_would, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_people_with_all_they_should_not_give, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_a_marketplace_and_other_exports, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_headers_in_chinese_and_persian, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_a_name_beside_a_family_name_is_the_given_one,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_an_id_named_so_stays_the_id, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_dates_and_decimal_marks_are_judged, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_a_column_is_known_by_its_values, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_names_tell_persons_from_firms, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_titles_above_a_table_are_passed_over, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_a_picture_is_no_table, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_answers_of_an_interface, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_headers_that_repeat_or_are_empty, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_nested_data_is_known_by_its_parts, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_the_map_file_overrides, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_a_map_may_speak_of_any_file, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_mistakes_in_the_map_have_place_and_mend, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_a_contact_of_a_lead_is_the_lead, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_a_title_is_what_stands_in_it, room_make, room_end),
    };
    return cmocka_run_group_tests_name("exchange/mapping", tests, NULL, NULL);
}
