/* Which product wrote a file, told by part of its columns, in other languages and under any name;
 * and files of nobody, which no product claims.
 */
#include "preset_support.h"

#include "table.h"

/* A file, and the product whose it is; NULL: nobody's. The row is written twice. */
typedef struct sheet {
    const char *product, *header, *row;
} sheet;

static exchange_plan plan_sheet(bench_room *room, const sheet *s)
{
    char *text = pb_arena_printf(room->arena, "%s\n%s\n%s\n", s->header, s->row, s->row);
    return plan_with(room, put_text(room, "table.csv", text), NULL);
}

static void assert_sheets(bench_room *room, const sheet *sheets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        exchange_plan plan = plan_sheet(room, &sheets[i]);
        const char *found = plan.preset == NULL ? "nobody" : plan.preset->product.ptr;
        const char *right = sheets[i].product == NULL ? "nobody" : sheets[i].product;
        if (strcmp(found, right) != 0)
            print_message("%s\n", sheets[i].header);
        assert_string_equal(found, right);
    }
}
#define ASSERT_SHEETS(room, sheets) assert_sheets(room, sheets, sizeof(sheets) / sizeof *(sheets))

/* shows: INT-3 */
static void test_reports_and_lists_with_labels_alone(void **state)
{
    static const sheet sheets[] = {
        {"salesforce",
         "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Probability (%),Close "
         "Date,Created Date,Lead Source,Type",
         "Ann Lee,Foo,Foo 1,Closed Won,100,100,1/15/2024,1/2/2024,Web,New Business"},
        {"salesforce",
         "Account Name,Account Site,Billing State/Province,Phone,Type,Account Owner Alias",
         "Foo,HQ,NY,+1 212 555 0101,Prospect,alee"},
        {"salesforce",
         "Lead Owner,First Name,Last Name,Title,Company / Account,Email,Lead Status,State/Province",
         "Ann,Bo,Yi,CEO,Foo,a@b.org,Open - Not Contacted,NY"},
        {"salesforce",
         "Salutation,First Name,Last Name,Title,Account Name,Mailing City,Mailing State/Province,"
         "Mailing Zip/Postal Code,Phone,Email,Region__c",
         "Mr.,Bo,Yi,CEO,Foo,NY,NY,10001,+1 212 555 0101,a@b.org,North"},
        {"zoho",
         "Record Id,Account Owner.id,Account Owner,Account Name,Phone,Billing Address - City,Our "
         "Tier",
         "zcrm_1,zcrm_2,Ann,Foo,+1 212 555 0101,NY,gold"},
        {"hubspot",
         "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Primary Associated "
         "Company ID,Lead Status,Create Date,Badge",
         "1,Bo,Yi,a@b.org,+1 212 555 0101,Ann,9,Open,2023-01-02 10:00,red"},
        {"hubspot", "hs_object_id,dealname,dealstage,closedate,hubspot_owner_id,amount,pipeline",
         "1,Foo,closedwon,2024-01-02,7,100,default"},
        {"odoo",
         "External ID,Name,Is a Company,Related Company,Email,Phone,Salesperson,Country,Tags",
         "__export__.res_partner_1,Foo,TRUE,,a@b.org,+1 212 555 0101,Ann,USA,"},
        {"suitecrm", "Name,Email Address,Non Primary E-mails,Office Phone,Assigned to,Date Created",
         "Foo,a@b.org,,+1 212 555 0101,Ann,01/02/2024 08:00am"},
        {"dolibarr", "Id,Name,Customer Code,VAT ID,Zip Code,Creation date,Third-party type",
         "1,Foo,CU1,GB1,1,2024-01-02,"},
    };
    ASSERT_SHEETS((bench_room *)*state, sheets);
}

/* shows: INT-3 */
static void test_headers_in_other_languages(void **state)
{
    static const sheet sheets[] = {
        {"espocrm", "名称,网站,电子邮件,电话,类型,行业,账单地址,已指派用户,创建于,修改于",
         "Foo,foo.org,a@b.org,+1 212 555 0101,顾客,金融,1 St,Ann,2024-01-02,2024-01-02"},
        {"espocrm",
         "نام,وبسایت,ایمیل,تلفن,نوع,صنعت,آدرس "
         "صورت‌حساب,شرح,ایجاد "
         "شده "
         "در,اصلاح "
         "شده "
         "در",
         "Foo,foo.org,a@b.org,+1 212 555 0101,x,y,z,x,2024-01-02,2024-01-02"},
        {"odoo", "外部 ID,名称,是公司,相关公司,邮箱,电话,业务员,国家/地区,标签",
         "__export__.res_partner_1,Foo,True,,a@b.org,+1 212 555 0101,Ann,美国,"},
        {"odoo", "آیدی خارجی,فرصت,مشتری,مرحله,درآمد مورد انتظار,احتمال,فروشنده,ایجادشده در",
         "__export__.crm_lead_1,a,b,جدید,100,10,Ann,2024-01-02 08:00:00"},
        {"suitecrm",
         "名称,编号,网站,Email地址,办公电话,类型,行业,说明,负责人姓名,负责人编号,创建日期,已删除",
         "Foo,1,foo.org,a@b.org,+1 212 555 0101,客户,金融,x,Ann,1,01/02/2024 08:00am,0"},
        {"dolibarr", "Id,名称,客户编号,税号,地址,邮编,城市,电话,专业ID号码 1,创建日期",
         "1,Foo,CU1,GB1,1 St,1,NY,+1 212 555 0101,,2024-01-02"},
        {"hubspot",
         "ID de registro,Nombre,Apellidos,Correo,Propietario del contacto,Associated Company IDs "
         "(Primary)",
         "1,Bo,Yi,a@b.org,Ann,9"},
        {"fxiaoke", "客户名称,客户编号,负责人,归属部门,业务类型,生命状态,电话,创建时间",
         "Foo,1,王小明,销售部,预设业务类型,正常,010-88886666,2024-01-02 10:00"},
    };
    ASSERT_SHEETS((bench_room *)*state, sheets);
}

/* shows: INT-3 */
static void test_what_nobody_alone_writes_is_nobodys(void **state)
{
    static const sheet sheets[] = {
        {NULL,
         "Opportunity ID,Opportunity Name,Account ID,Primary Contact,Product Name,Opportunity "
         "Owner,Stage,Amount,Probability %,Open Date,Expected Close Date,Loss Reason",
         "O1,Foo,A1,C1,Bar,Ann Lee,Won,100,100,2024-01-02,2024-02-03,"},
        {NULL, "first_name,last_name,email,phone,company,city,country,created_at,updated_at,owner",
         "a,b,a@b.org,1,Foo,NY,USA,2024-01-02,2024-01-02,Ann"},
        {NULL, "First Name,Last Name,Email,Phone,Company,Title,City,State,Zip,Country,Lead Source",
         "a,b,a@b.org,1,Foo,CEO,NY,NY,1,USA,Web"},
        {NULL, "客户名称,联系人,电话,地址,城市,行业,负责人,创建时间,备注",
         "Foo,王小明,010-88886666,x,北京,金融,李四,2024-01-02,x"},
        {NULL, "نام,ایمیل,تلفن,شهر,کشور,توضیحات,وضعیت", "a,a@b.org,1,تهران,ایران,x,فعال"},
        {NULL, "Deal Name,Stage,Amount,Close Date,Owner,Account",
         "a,Closed Won,100,2024-01-02,Ann,Foo"},
        {NULL, "Deal - ID,Deal - Title,Deal - Owner,Deal - Stage,Person - Name,Organization - Name",
         "1,a,Ann,Won,Bo,Foo"},
        {NULL,
         "(Do Not Modify) Opportunity,Topic,Potential Customer,Est. close date,Est. "
         "revenue,Status,Owner",
         "1,a,Foo,2024-01-02,100,Open,Ann"},
        {NULL,
         "First Name,Last Name,Name Prefix,Organization Name,E-mail 1 - Value,Phone 1 - Value",
         "a,b,,Foo,a@b.org,1"},
        {NULL, "order_id,customer_id,order_status,order_purchase_timestamp", "1,2,done,2024-01-02"},
    };
    ASSERT_SHEETS((bench_room *)*state, sheets);
}

/* shows: INT-3 */
static void test_the_products_own_file_name_decides_where_labels_do_not(void **state)
{
    bench_room *room = *state;
    static const char text[] =
        "Name,Website,Email,Phone,Type,Industry,Billing Address,Assigned User,Created At\n"
        "Foo,foo.org,a@b.org,+1 212 555 0101,Customer,Energy,1 St,Ann,2024-01-02\n";
    assert_null(plan_with(room, put_text(room, "firms.csv", text), NULL).preset);
    exchange_plan plan = plan_with(room, put_text(room, "Export_Account_2024.csv", text), NULL);
    assert_non_null(plan.preset);
    assert_string_equal(plan.preset->product.ptr, "espocrm");
    assert_string_equal(became(column_named(&plan.files[0], "Billing Address")), "address");
}

/* --- the fixtures, changed --- */

/* The cells of a CSV file, as written. */
typedef struct grid {
    char *cells[64][40];
    size_t rows, columns;
} grid;

static void read_grid(bench_room *room, const char *path, grid *ret)
{
    pb_error err;
    table_place *places = NULL;
    table_reader *reader = NULL;
    size_t count = 0;
    must(table_list(path, room->arena, &places, &count, &err), &err);
    must(table_open(&places[0], &reader, &err), &err);
    *ret = (grid){.rows = 0};
    table_row row;
    for (bool more = false; ret->rows < 64; ret->rows++) {
        must(table_next(reader, &row, &more, &err), &err);
        if (!more)
            break;
        assert_true(row.count <= 40);
        ret->columns = ret->rows == 0 ? row.count : ret->columns;
        for (size_t c = 0; c < ret->columns; c++)
            ret->cells[ret->rows][c] = pb_arena_cstr(room->arena, row.cells[c]);
    }
    table_close(reader);
}

/* Writes the columns that `keeps` names, in its order. */
static char *write_grid(bench_room *room, const char *name, const grid *g, const size_t *keeps,
                        size_t count)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    for (size_t r = 0; r < g->rows; r++)
        for (size_t i = 0; i < count; i++) {
            pb_buf_addc(&out, "\"");
            for (const char *c = g->cells[r][keeps[i]]; *c != 0; c++)
                pb_buf_printf(&out, *c == '"' ? "\"\"" : "%c", *c);
            pb_buf_addc(&out, i + 1 < count ? "\"," : "\"\n");
        }
    return put_file(room, name, pb_buf_str(&out));
}

static bool same_meaning(const exchange_column *a, const exchange_column *b)
{
    return a->field == b->field && a->is_source_id == b->is_source_id && a->how == b->how;
}

/* Lists of users are like anybody's: they are known among the other files of a product. */
static bool is_of_people(const char *name)
{
    return strstr(name, "ser") != NULL || strstr(name, "人员") != NULL;
}

/* Each file alone, its columns the other way round, under a name that says nothing. */
static void reverse_one(bench_room *room, const char *product, const char *folder, const char *name)
{
    grid *g = pb_arena_alloc(room->arena, sizeof *g);
    char *path = sys_path_join(room->arena, folder, name);
    read_grid(room, path, g);
    size_t keeps[40];
    for (size_t c = 0; c < g->columns; c++)
        keeps[c] = g->columns - 1 - c;
    exchange_plan before = plan_with(room, path, NULL);
    exchange_plan after = plan_with(room, write_grid(room, "data.csv", g, keeps, g->columns), NULL);
    if (is_of_people(name)) {
        assert_true(after.preset == NULL || pb_str_is(after.preset->product, product));
        return;
    }
    assert_non_null(after.preset);
    assert_string_equal(after.preset->product.ptr, product);
    for (size_t f = 0; f < after.file_count; f++) {
        const exchange_file *a = &before.files[f], *b = &after.files[f];
        assert_ptr_equal(a->entity, b->entity);
        for (size_t c = 0; c < g->columns; c++)
            if (!same_meaning(&a->columns[c], &b->columns[g->columns - 1 - c])) {
                print_message("%s: %s\n", name, a->columns[c].header.ptr);
                fail();
            }
    }
}

/* Two of three columns, the own ones of the product among the missing or not: never another's. */
static size_t thin_one(bench_room *room, const char *product, const char *folder, const char *name)
{
    grid *g = pb_arena_alloc(room->arena, sizeof *g);
    read_grid(room, sys_path_join(room->arena, folder, name), g);
    size_t found = 0;
    for (size_t leave = 0; leave < 3; leave++) {
        size_t keeps[40], count = 0;
        for (size_t c = 0; c < g->columns; c++)
            if (c % 3 != leave)
                keeps[count++] = c;
        exchange_plan plan = plan_with(room, write_grid(room, "data.csv", g, keeps, count), NULL);
        assert_true(plan.preset == NULL || pb_str_is(plan.preset->product, product));
        found += plan.preset != NULL;
    }
    return found;
}

static void each_fixture(bench_room *room, bool thin)
{
    for (size_t p = 0; p < PRODUCTS; p++) {
        pb_error err;
        pb_str *names = NULL;
        size_t count = 0, found = 0, asked = 0;
        char *folder = fixture(room, products[p]);
        must(sys_dir_list(folder, room->arena, &names, &count, &err), &err);
        for (size_t i = 0; i < count; i++) {
            if (!thin) {
                reverse_one(room, products[p], folder, names[i].ptr);
            } else if (!is_of_people(names[i].ptr)) {
                found += thin_one(room, products[p], folder, names[i].ptr);
                asked += 3;
            }
        }
        if (10 * found < 8 * asked)
            print_message("%s: %zu of %zu\n", products[p], found, asked);
        assert_true(10 * found >= 8 * asked);
    }
}

/* shows: INT-3 */
static void test_order_of_columns_and_names_of_files_do_not_matter(void **state)
{
    each_fixture(*state, false);
}

/* shows: INT-3 */
static void test_missing_columns_never_make_it_another_product(void **state)
{
    each_fixture(*state, true);
}

/* --- what interfaces return --- */

typedef struct returned {
    const char *product, *name, *text;
    const char *entity;
    const char *columns; /* fields in their order, separated by blanks; - is none */
} returned;

static const char *fields_of(bench_room *room, const exchange_file *file)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        pb_buf_addc(&out, c > 0 ? " " : "");
        if (column->is_source_id)
            pb_buf_addc(&out, "id");
        else if (column->field != NULL)
            pb_buf_add(&out, column->field->name);
        else
            pb_buf_addc(&out, "-");
    }
    return pb_arena_cstr(room->arena, pb_buf_str(&out));
}

/* shows: INT-3 INT-5 */
static void test_what_interfaces_return(void **state)
{
    static const returned all[] = {
        {"hubspot", "page.json",
         "{\"results\":[{\"id\":\"51\",\"properties\":{\"email\":\"ann@acme.example\","
         "\"firstname\":"
         "\"Ann\",\"lastname\":\"Berg\",\"hs_object_id\":\"51\",\"lifecyclestage\":\"lead\",\"hs_"
         "some"
         "thing_new\":\"1\"},\"createdAt\":\"2023-01-02T10:00:00Z\",\"archived\":false,"
         "\"associations\":{\"companies\":{\"results\":[{\"id\":\"900\"}]}}}],\"paging\":{}}",
         "contact", "- email given_name family_name id life_cycle - - - account"},
        {"salesforce", "query.json",
         "{\"status\":0,\"result\":{\"done\":true,\"records\":[{\"attributes\":{\"type\":"
         "\"Opportunity\",\"url\":\"/x\"},\"Id\":\"0065g00000A1b2cAAB\",\"Name\":\"Generators\","
         "\"StageName\":\"Qualification\",\"Amount\":15000}]}}",
         "opportunity", "- - id name stage amount"},
        {"salesforce", "tree.json",
         "{\"records\":[{\"attributes\":{\"type\":\"Account\",\"referenceId\":\"AccountRef1\"},"
         "\"Name\":\"Wheels\",\"BillingCity\":\"Belmont\",\"BillingState\":\"MA\"}]}",
         "account", "- - name city state"},
        {"fxiaoke", "page.json",
         "{\"errorCode\":0,\"data\":{\"total\":1,\"dataList\":[{\"_id\":"
         "\"650c09e8dc044f0001973eac\","
         "\"name\":\"上海蓝海科技有限公司\",\"account_no\":\"C1\",\"deal_status\":\"已成交\","
         "\"life_status\":\"normal\",\"tel\":\"021-55501234\",\"owner\":[\"FSUID_1\"],"
         "\"object_describe_api_name\":\"AccountObj\"}]}}",
         "account", "id name code life_cycle - phone owner -"},
        {"zoho", "page.json",
         "{\"data\":[{\"Owner\":{\"name\":\"Pat\",\"id\":\"5540\",\"email\":\"pat@z.example\"},"
         "\"$currency_symbol\":\"$\",\"Closing_Date\":\"2030-11-15\",\"Deal_Name\":\"Plaza\","
         "\"Stage\":"
         "\"Qualification\",\"Account_Name\":{\"name\":\"Ridge\",\"id\":\"5541\"},\"id\":\"5542\","
         "\"$approved\":true,\"Amount\":12000}],\"info\":{\"more_records\":false}}",
         "opportunity", "owner - - - - name stage account - id - amount"},
        /* a kind of record of the customer's own is none of the product's */
        {NULL, "Product__cs.json",
         "{\"records\":[{\"attributes\":{\"type\":\"Product__c\",\"referenceId\":\"Ref1\"},"
         "\"Name\":\"Dynamo X1\",\"MSRP__c\":7200}]}",
         "product", "- - name -"},
    };
    bench_room *room = *state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        exchange_plan plan = plan_with(room, put_text(room, all[i].name, all[i].text), NULL);
        assert_string_equal(plan.preset == NULL ? "" : plan.preset->product.ptr,
                            all[i].product == NULL ? "" : all[i].product);
        assert_non_null(plan.files[0].entity);
        assert_string_equal(plan.files[0].entity->name.ptr, all[i].entity);
        assert_string_equal(fields_of(room, &plan.files[0]), all[i].columns);
    }
}

/* An export of all properties: most columns are made by the stages, and yet it is known. */
/* shows: INT-3 */
static void test_exports_of_all_properties(void **state)
{
    static const sheet sheets[] = {
        {"hubspot",
         "Record ID,First Name,Last Name,Email,Contact owner,\"Date entered \"\"Customer "
         "(Lifecycle "
         "Stage Pipeline)\"\"\",\"Date exited \"\"Customer (Lifecycle Stage Pipeline)\"\"\","
         "\"Cumulative time in \"\"Lead (Lifecycle Stage Pipeline)\"\"\",\"Latest time in \"\"Lead "
         "(Lifecycle Stage Pipeline)\"\"\",\"Date entered \"\"Lead (Lifecycle Stage "
         "Pipeline)\"\"\",\"Date exited \"\"Lead (Lifecycle Stage Pipeline)\"\"\"",
         "1,Bo,Yi,a@b.org,Ann,2024-01-01,,5,6,2024-01-01,"},
    };
    ASSERT_SHEETS((bench_room *)*state, sheets);
    exchange_plan plan = plan_sheet((bench_room *)*state, &sheets[0]);
    assert_null(plan.files[0].columns[5].field);
    assert_int_equal(plan.files[0].columns[5].how, EXCHANGE_LEFT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reports_and_lists_with_labels_alone, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_headers_in_other_languages, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_what_nobody_alone_writes_is_nobodys, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_the_products_own_file_name_decides_where_labels_do_not,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_order_of_columns_and_names_of_files_do_not_matter,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_missing_columns_never_make_it_another_product,
                                        room_make, room_end),
        cmocka_unit_test_setup_teardown(test_what_interfaces_return, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_exports_of_all_properties, room_make, room_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
