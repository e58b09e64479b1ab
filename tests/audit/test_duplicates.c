/* Which records are called copies: what only places and days have in common are not, organisations
 * of one name are. */
#include "audit/duplicates.h"
#include "audit_support.h"

enum { ROWS = 60 };

static int start(void **state)
{
    *state = support_new();
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

/* Imports one file of that text, finds copies among `entity`, and gives the number of records that
 * repeat another. */
static size_t copies_in(support *base, const char *name, const char *text, const char *entity)
{
    char folder[64], path[160];
    const char *paths[] = {path};
    support_world world = {.base = base};
    db_session *session = NULL;
    audit_duplicates found = {0};
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    SUPPORT_OK(support_open(&world, &base->err), &base->err);
    (void)snprintf(folder, sizeof folder, "%.50s-csv", world.folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0700);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    SUPPORT_OK(support_import(&world, paths, 1, &base->err), &base->err);
    support_remove(folder);
    SUPPORT_OK(db_snapshot_open(world.workspace, &session, &base->err), &base->err);
    const model_entity *searched = model_entity_find(base->schema, pb_str_c(entity));
    const match_options options = {.threshold = searched->duplicate_find};
    SUPPORT_OK(
        audit_duplicates_search(session, searched, &options, NULL, NULL, arena, &found, &base->err),
        &base->err);
    size_t copies = 0;
    for (size_t i = 0; i < found.result.rows; i++)
        copies += found.result.cluster[i] != i;
    support_unload(&world, session);
    return copies;
}

/* Sellers known by number, town and state only: neighbours, not copies. */
/* shows: DQ-4 */
static void test_neighbours_are_not_copies(void **state)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&text, "account_id,postcode,city,state\n");
    for (int i = 0; i < ROWS; i++)
        pb_buf_printf(&text, "seller-%d,1302%d,campinas,SP\n", i, i / 20);
    assert_int_equal(copies_in(*state, "accounts.csv", pb_buf_cstr(&text), "account"), 0);
}

/* Of four people of each name some are there twice: a birthday that no month has tells which, by
 * its digits. */
/* shows: DQ-4 */
static void test_dates_that_are_none_count(void **state)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    static const char *const syllables[] = {"bar", "dol", "fen", "gim", "hur", "kas", "lom", "nev"};
    pb_buf_addc(&text, "contact_id,first_name,last_name,birth_date\n");
    for (int i = 0; i < ROWS; i++) {
        const char *a = syllables[i % 4], *b = syllables[4 + i / 4 % 4];
        for (int copy = 0; copy < (i % 5 == 0 ? 2 : 1); copy++)
            pb_buf_printf(&text, "%d-%d,%s%s,%s%so,%d-%02d-%02d\n", i, copy, a, b, b, a, 1930 + i,
                          1 + i * 7 % 12, i % 5 == 0 ? 32 + i % 50 : 1 + i % 28);
    }
    assert_int_equal(copies_in(*state, "contacts.csv", pb_buf_cstr(&text), "contact"), ROWS / 5);
}

/* Firms known by name only, each third name written twice. */
/* shows: DQ-4 */
static void test_firms_of_one_name_are_copies(void **state)
{
    static const char *const trades[] = {"Bakery", "Shipping", "Optics", "Timber", "Print"};
    static const char *const places[] = {"Aarhus", "Bremen", "Cadiz", "Dover"};
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    size_t twice = 0;
    pb_buf_addc(&text, "account_id,name\n");
    for (int i = 0; i < 20; i++) {
        pb_buf_printf(&text, "a%d,%s %s\n", i, places[i % 4], trades[i % 5]);
        if (i % 3 == 0) {
            pb_buf_printf(&text, "b%d,%s %s\n", i, places[i % 4], trades[i % 5]);
            twice++;
        }
    }
    assert_int_equal(copies_in(*state, "accounts.csv", pb_buf_cstr(&text), "account"), twice);
}

#define FIRMS "name,website,phone,street,city,postal code\n"

/* One name is no proof: another legal form, domain and number are another firm; the same domain and
 * number are the same one, whatever its form. */
/* shows: DQ-4 */
static void test_firms_of_one_name_may_be_two(void **state)
{
    static const char two_forms[] =
        FIRMS "Weber GmbH,www.weber-bau.de,+49 89 4417822,Hauptstr. 12,Muenchen,80331\n"
              "Weber AG,www.weber-it.ch,+41 44 5517800,Bahnhofstrasse 3,Zuerich,8001\n"
              "Adler Print KG,www.adler.at,+43 1 5128800,Ring 1,Wien,1010\n";
    static const char one_form[] =
        FIRMS "Fischer GmbH,www.fischer.de,+49 711 998112,Marktgasse 2,Stuttgart,70173\n"
              "Fischer GmbH,www.fischer-bau.de,+49 30 2312234,Kantstr. 4,Berlin,10623\n";
    static const char same_house[] =
        FIRMS "Weber GmbH,www.weber-bau.de,+49 89 4417822,Hauptstr. 12,Muenchen,80331\n"
              "Weber AG,www.weber-bau.de,+49 89 4417822,Hauptstr. 12,Muenchen,80331\n";
    static const char names[] = "account_id,name\na1,Weber GmbH\na2,Weber AG\na3,Weber\n"
                                "a4,Blue Horizon Shipping\na5,Blue Horizon Shipping Ltd\n";
    static const char registers[] = "name,vat number,city\nNordlicht Solar GmbH,DE136695976,Kiel\n"
                                    "Nordlicht Solar GmbH,DE811569869,Kiel\n";
    assert_int_equal(copies_in(*state, "accounts.csv", two_forms, "account"), 0);
    assert_int_equal(copies_in(*state, "accounts.csv", one_form, "account"), 0);
    assert_int_equal(copies_in(*state, "accounts.csv", same_house, "account"), 1);
    assert_int_equal(copies_in(*state, "accounts.csv", names, "account"), 1);
    assert_int_equal(copies_in(*state, "accounts.csv", registers, "account"), 0);
}

/* shows: DQ-4 */
static void test_chinese_firms_of_one_name_may_be_two(void **state)
{
    static const char two[] = "name,phone,city\n华夏科技有限公司,+86 10 65529988,北京\n"
                              "华夏科技股份有限公司,+86 21 55231188,上海\n";
    static const char one[] = "name,phone,city\n华夏科技有限公司,+86 10 65529988,北京\n"
                              "华夏科技股份有限公司,+86 10 65529988,北京\n";
    assert_int_equal(copies_in(*state, "accounts.csv", two, "account"), 0);
    assert_int_equal(copies_in(*state, "accounts.csv", one, "account"), 1);
}

/* A list that holds names only tells nobody from a namesake, however rare the name. */
/* shows: DQ-4 */
static void test_names_alone_accuse_nobody(void **state)
{
    static const char text[] = "full name,city\nZacharias Ohnesorg-Meyendorff,Wien\n"
                               "Anna Weber,Bonn\nZacharias Ohnesorg-Meyendorff,Wien\n"
                               "李伟,北京\n李伟,北京\nعلی رضایی,تهران\nعلی رضایی,تهران\n";
    assert_int_equal(copies_in(*state, "contacts.csv", text, "contact"), 0);
}

#define PEOPLE "full name,email,phone,mobile,street,city,birth date\n"

/* shows: DQ-4 */
static void test_what_is_ones_own_decides(void **state)
{
    static const char namesakes[] =
        PEOPLE "Sjoerd Kuipers,sjoerdkuipers@ferrovia.nl,+31205910717,+31611788916,"
               "Keizersgracht 21,Amsterdam,1968-08-17\n"
               "Sjoerd Kuipers,sjoerd-kuipers@cascade.nl,+31205575620,+31618426886,"
               "Keizersgracht 185,Amsterdam,1994-10-14\n";
    static const char colleagues[] =
        PEOPLE "Evert Kuipers,kuipers.evert@zephyr.nl,+31203475493,+31611667360,Dam 83,Amsterdam,"
               "1987-08-18\nTruus Kuipers,kuiperst@zephyr.nl,+31203475493,+31614258978,Dam 83,"
               "Amsterdam,1965-11-18\n";
    PB_AUTO_BUF moved = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&moved,
                PEOPLE "Sjoerd Kuipers,sjoerdkuipers@ferrovia.nl,+31205910717,+31611788916,,"
                       "Amsterdam,1968-08-17\nSjoerd Kuipers,sjoerdkuipers@ferrovia.nl,"
                       "+31305575620,+31618426886,,Utrecht,1968-08-17\n");
    for (int i = 0; i < ROWS; i++)
        pb_buf_printf(&moved, "Given%d Family%d,g%d@f%d.org,+4930231%d234,,,Bonn,19%d-02-1%d\n", i,
                      i, i, i, i + 10, i + 30, i % 9);
    assert_int_equal(copies_in(*state, "contacts.csv", namesakes, "contact"), 0);
    assert_int_equal(copies_in(*state, "contacts.csv", colleagues, "contact"), 0);
    assert_int_equal(copies_in(*state, "contacts.csv", pb_buf_cstr(&moved), "contact"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours_are_not_copies),
        cmocka_unit_test(test_dates_that_are_none_count),
        cmocka_unit_test(test_firms_of_one_name_are_copies),
        cmocka_unit_test(test_firms_of_one_name_may_be_two),
        cmocka_unit_test(test_chinese_firms_of_one_name_may_be_two),
        cmocka_unit_test(test_names_alone_accuse_nobody),
        cmocka_unit_test(test_what_is_ones_own_decides),
    };
    return cmocka_run_group_tests(tests, start, end);
}
