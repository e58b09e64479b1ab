/* Kinds of values, pair by pair: what one person or firm is called in many ways is found, what only
 * resembles it is not. Each pair stands among strangers, so that the engine has what to compare it
 * with. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STRANGERS = 300, PAIRS = 16, ROWS = STRANGERS + 2 * PAIRS };

typedef struct pair {
    const char *a, *b;
} pair;

/* How well the engine says that the two values of each pair agree: 1 not … 4 equal; 0: not
 * compared. The two share a date and a number that nobody else has, so that the pair is found. */
static void levels_of(match_kind kind, const pair *pairs, size_t count, bool back,
                      unsigned ret[PAIRS])
{
    static pb_str values[ROWS], dates[ROWS], numbers[ROWS];
    PB_AUTO_ARENA arena = pb_arena_new(0);
    match_result result;
    pb_error err = {0};
    assert_true(count <= PAIRS);
    for (size_t i = 0; i < STRANGERS; i++) {
        values[i] = pb_str_c(pb_arena_printf(arena, "q%c%cx k%cv%cz", (int)('a' + i % 26),
                                             (int)('a' + i / 26), (int)('a' + i * 7 % 26),
                                             (int)('a' + i % 23)));
        dates[i] = pb_str_c(
            pb_arena_printf(arena, "19%02zu-%02zu-%02zu", 10 + i % 80, 1 + i % 12, 1 + i % 27));
        numbers[i] = pb_str_c(pb_arena_printf(arena, "+49301%07zu", i * 7919 % 9999999));
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = STRANGERS + 2 * i;
        values[at] = pb_str_c(back ? pairs[i].b : pairs[i].a);
        values[at + 1] = pb_str_c(back ? pairs[i].a : pairs[i].b);
        dates[at] = pb_str_c(
            pb_arena_printf(arena, "%zu-%02zu-%02zu", 2001 + i, 1 + i * 5 % 12, 1 + i * 11 % 28));
        numbers[at] = pb_str_c(pb_arena_printf(arena, "+4930155%zu5555", 100 + i * 37));
        dates[at + 1] = dates[at];
        numbers[at + 1] = numbers[at];
        ret[i] = 0;
    }
    const match_column columns[] = {{PB_STR("value"), kind, values},
                                    {PB_STR("born"), MATCH_DATE, dates},
                                    {PB_STR("phone"), MATCH_PHONE, numbers},
                                    {PB_STR("mobile"), MATCH_PHONE, numbers}};
    const match_options options = {.threshold = 1e-9};
    assert_int_equal(
        match_run(columns, 4, STRANGERS + 2 * count, &options, NULL, NULL, arena, &result, &err),
        PB_OK);
    for (size_t i = 0; i < result.pair_count; i++) {
        size_t left = result.pairs[i].left;
        if (left >= STRANGERS && (left - STRANGERS) % 2 == 0 && result.pairs[i].right == left + 1)
            ret[(left - STRANGERS) / 2] = result.pairs[i].levels & 7;
    }
}

static void expect(match_kind kind, const pair *pairs, size_t count, unsigned least, unsigned most)
{
    unsigned there[PAIRS], back[PAIRS];
    levels_of(kind, pairs, count, false, there);
    levels_of(kind, pairs, count, true, back);
    for (size_t i = 0; i < count; i++)
        if (there[i] < least || there[i] > most || back[i] != there[i])
            fail_msg("%s and %s: %u and %u, not %u to %u", pairs[i].a, pairs[i].b, there[i],
                     back[i], least, most);
}

#define EXPECT(kind, pairs, least, most)                                                           \
    expect((kind), (pairs), sizeof(pairs) / sizeof *(pairs), (least), (most))

/* Order, initials, nicknames, titles, joined words, married names. shows: DQ-4 */
static void test_names_in_latin(void **state)
{
    (void)state;
    static const pair same[] = {
        {"anna weber", "weber anna"},         {"anna weber", "dr anna weber"},
        {"herr max braun", "braun max"},      {"robert miller", "bob miller"},
        {"elizabeth jones", "liz jones"},     {"j smith", "john smith"},
        {"mary ann lopez", "maryann lopez"},  {"anna meier schulz", "anna meier"},
        {"katherine hill", "catherine hill"}, {"john smith", "jonh smith"},
        {"jose garcia lopez", "jose garcia"}};
    static const pair partly[] = {{"anna weber", "anna bauer"}, {"anna weber", "peter weber"}};
    static const pair other[] = {{"anna weber", "peter bauer"}, {"john smith", "mary jones"}};
    static const pair equal[] = {{"anna weber", "weber anna"}};
    EXPECT(MATCH_NAME, same, 2, 4);
    EXPECT(MATCH_NAME, partly, 1, 2);
    EXPECT(MATCH_NAME, other, 1, 1);
    EXPECT(MATCH_NAME, equal, 4, 4);
}

/* Characters, pinyin and other spellings, compound family names, how one is addressed. shows: DQ-4
 */
static void test_names_in_chinese(void **state)
{
    (void)state;
    static const pair same[] = {{"张晓明", "zhang xiaoming"},
                                {"张晓明", "xiao ming zhang"},
                                {"张晓明", "zhang1 xiao3ming2"},
                                {"欧阳娜", "na ouyang"},
                                {"张晓明", "chang hsiao ming"},
                                {"陈志强", "chan zhiqiang"},
                                {"王伟", "王伟先生"},
                                {"晓明 张", "张晓明"},
                                {"zhang xiaoming", "xiao ming zhang"},
                                {"黄伟", "wong wei"}};
    static const pair other[] = {
        {"张晓明", "li guohua"}, {"王伟", "刘芳"}, {"张晓明", "anna weber"}};
    EXPECT(MATCH_NAME, same, 3, 4);
    EXPECT(MATCH_NAME, other, 1, 1);
}

/* Whichever of the two comes first: words are compared once only, by whichever thread meets them
 * first, in whatever order. */
static void test_characters_are_compared_alike_both_ways(void **state)
{
    static const pair pairs[] = {
        {"静敏司马", "司马静敏"},           {"晨静上官", "上官晨静"}, {"王小明", "小明王"},
        {"欧阳娜娜", "娜娜欧阳"},           {"李四光", "李四光明"},   {"张晓明", "xiaoming zhang"},
        {"حسین محمدی", "mohammadi hossein"}};
    enum { COUNT = sizeof pairs / sizeof *pairs };
    unsigned there[PAIRS], back[PAIRS];
    (void)state;
    levels_of(MATCH_NAME, pairs, COUNT, false, there);
    levels_of(MATCH_NAME, pairs, COUNT, true, back);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(there[i], back[i]);
}

/* Letters, joined and apart, Latin spellings. shows: DQ-4 */
static void test_names_in_persian(void **state)
{
    (void)state;
    static const pair same[] = {
        {"حسین رضایی", "hossein rezaei"},    {"حسین رضایی", "hussein rezaee"},
        {"رضایی حسین", "hossein rezaei"},    {"محمد کریمی", "muhammad karimi"},
        {"محمدرضا کریمی", "محمد رضا کریمی"}, {"محمدرضا کریمی", "mohammad reza karimi"},
        {"علی علیزاده", "علی علی زاده"},     {"دکتر مریم نوری", "مریم نوری"},
        {"سید علی موسوی", "علی موسوی"}};
    static const pair other[] = {
        {"حسین رضایی", "مریم نوری"}, {"حسین رضایی", "maryam nouri"}, {"حسن", "hossein"}};
    EXPECT(MATCH_NAME, same, 3, 4);
    EXPECT(MATCH_NAME, other, 1, 1);
}

/* shows: DQ-4 */
static void test_organisations(void **state)
{
    (void)state;
    static const pair same[] = {{"acme trading ltd", "acme trading limited"},
                                {"weber maschinen gmbh", "weber maschinen"},
                                {"华信科技有限公司", "华信科技"},
                                {"华信科技有限公司", "huaxin technology co ltd"},
                                {"شرکت پارس نوین", "پارس نوین سهامی خاص"},
                                {"شرکت پارس نوین", "pars novin co"}};
    static const pair other[] = {{"acme trading ltd", "umbra shipping ltd"},
                                 {"华信科技有限公司", "德通贸易有限公司"},
                                 {"华信科技有限公司", "umbra shipping ltd"}};
    EXPECT(MATCH_ORG, same, 3, 4);
    EXPECT(MATCH_ORG, other, 0, 1);
}

/* shows: DQ-4 */
static void test_mailboxes(void **state)
{
    (void)state;
    static const pair same[] = {{"anna.weber@firm.example", "anna.weber+news@firm.example"},
                                {"a.weber@gmail.com", "aweber@googlemail.com"},
                                {"Anna.Weber@Firm.example", "anna.weber@firm.example"}};
    static const pair other[] = {{"anna.weber@firm.example", "peter.bauer@firm.example"},
                                 {"info@firm.example", "info@other.example"}};
    EXPECT(MATCH_EMAIL, same, 4, 4);
    EXPECT(MATCH_EMAIL, other, 1, 1);
}

/* shows: DQ-4 */
static void test_addresses(void **state)
{
    (void)state;
    static const pair same[] = {
        {"12 main st", "12 main street"},        {"12 queens rd", "12 queens road"},
        {"南京路100号", "100 nanjing lu"},       {"南京路100号", "no 100 nanjing road"},
        {"خیابان آزادی پلاک 12", "12 azadi st"}, {"خ آزادی 12", "خیابان آزادی پلاک 12"}};
    static const pair other[] = {{"12 main street", "77 oakwood drive"},
                                 {"南京路100号", "100 beijing road"},
                                 {"خیابان آزادی پلاک 12", "77 azadi st"}};
    EXPECT(MATCH_TEXT, same, 3, 4);
    EXPECT(MATCH_TEXT, other, 1, 2);
    static const pair towns[] = {
        {"上海市", "shanghai"}, {"重庆", "chongqing"}, {"تهران", "tehran"}};
    EXPECT(MATCH_PLACE, towns, 3, 4);
}

/* shows: DQ-4 */
static void test_phones_and_dates(void **state)
{
    (void)state;
    static const pair phones[] = {{"+989121234567", "09121234567"},
                                  {"+8613912345678", "13912345678"}};
    static const pair dates[] = {
        {"1980-05-07", "1980-07-05"}, {"1980-05-07", "1980-05-17"}, {"1980-13-07", "1980-12-07"}};
    static const pair other[] = {{"1980-05-07", "1962-11-23"}};
    EXPECT(MATCH_PHONE, phones, 4, 4);
    EXPECT(MATCH_DATE, dates, 3, 3);
    EXPECT(MATCH_DATE, other, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_in_latin),
        cmocka_unit_test(test_names_in_chinese),
        cmocka_unit_test(test_names_in_persian),
        cmocka_unit_test(test_organisations),
        cmocka_unit_test(test_mailboxes),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_characters_are_compared_alike_both_ways),
        cmocka_unit_test(test_phones_and_dates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
