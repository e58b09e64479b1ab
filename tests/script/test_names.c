/* One name in two scripts is read alike, another is not. */
#include "script/names.h"
#include "script/skeleton.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static bool read_any(const char *name, script_reading *ret)
{
    pb_str text = pb_str_c(name);
    return (unsigned char)name[0] >= 0x80 ? script_read_han(text, ret)
                                          : script_read_latin(text, ret);
}

static script_alike compare(const char *a, const char *b)
{
    script_reading x, y;
    if (!read_any(a, &x) || !read_any(b, &y))
        return SCRIPT_DIFFERENT;
    assert_int_equal(script_same_reading(&x, &y), script_same_reading(&y, &x));
    return script_same_reading(&x, &y);
}

static void expect(const char *const pairs[][2], size_t count, script_alike wanted)
{
    for (size_t i = 0; i < count; i++)
        if (compare(pairs[i][0], pairs[i][1]) != wanted)
            fail_msg("%s and %s: %d", pairs[i][0], pairs[i][1],
                     (int)compare(pairs[i][0], pairs[i][1]));
}

#define EXPECT(pairs, wanted) expect((pairs), sizeof(pairs) / sizeof *(pairs), (wanted))

/* Either order, joined, apart, with tones. shows: DQ-4 */
static void test_pinyin(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"张晓明", "zhang xiaoming"},
                                          {"张晓明", "xiaoming zhang"},
                                          {"张晓明", "xiao ming zhang"},
                                          {"张晓明", "zhang1 xiao3ming2"},
                                          {"欧阳娜", "ouyang na"},
                                          {"欧阳娜", "na ouyang"},
                                          {"欧阳娜娜", "ou yang na na"},
                                          {"单雄信", "shan xiongxin"},
                                          {"仇英", "qiu ying"},
                                          {"解缙", "xie jin"},
                                          {"区志明", "ou zhiming"},
                                          {"查良镛", "zha liangyong"},
                                          {"翟天临", "zhai tianlin"},
                                          {"尉迟敬德", "yuchi jingde"},
                                          {"万俟兰", "moqi lan"},
                                          {"吕丽", "lv li"},
                                          {"吕丽", "lyu li"},
                                          {"王伟", "wei wang"},
                                          {"晓明 张", "zhang xiaoming"},
                                          {"伟张", "zhang wei"}};
    EXPECT(same, SCRIPT_SAME);
}

/* Wade–Giles and the family names of Hong Kong. shows: DQ-4 */
static void test_other_spellings(void **state)
{
    (void)state;
    static const char *const close[][2] = {{"张晓明", "chang hsiao ming"},
                                           {"张晓明", "cheung xiaoming"},
                                           {"陈志强", "chen chih chiang"},
                                           {"徐静", "hsu ching"},
                                           {"吴伟", "ng wei"},
                                           {"黄伟", "wong wei"},
                                           {"王伟", "wong wei"},
                                           {"李伟", "wei lee"},
                                           {"欧阳伟", "auyeung wei"},
                                           {"郭德刚", "kuo te kang"},
                                           {"司马光", "szema kuang"},
                                           {"吕丽", "lu li"},
                                           {"zhang wei", "chang wei"}};
    for (size_t i = 0; i < sizeof close / sizeof *close; i++)
        if (compare(close[i][0], close[i][1]) != SCRIPT_CLOSE)
            fail_msg("%s and %s: %d", close[i][0], close[i][1],
                     (int)compare(close[i][0], close[i][1]));
}

/* Other people, and names that are not Chinese. shows: DQ-4 */
static void test_others_differ(void **state)
{
    (void)state;
    static const char *const other[][2] = {{"张晓明", "zhang xiaohong"}, {"张晓明", "li xiaoming"},
                                           {"王伟", "wang fang"},        {"张伟", "zhang weiwei"},
                                           {"陈静", "chen jing yi"},     {"刘洋", "liu ying"}};
    static const char *const strangers[] = {
        "john smith",     "mohammad karimi", "anna weber", "li",
        "bob lee marvin", "حسین رضایی",      "",           "x y"};
    script_reading reading;
    EXPECT(other, SCRIPT_DIFFERENT);
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_false(script_read_latin(pb_str_c(strangers[i]), &reading));
    assert_false(script_read_han(PB_STR("张"), &reading));
    assert_false(script_read_han(PB_STR("张晓明有限公司"), &reading));
}

static void expect_cut(const char *name, const char *family, const char *given)
{
    pb_str f, g;
    bool first;
    assert_true(script_han_cut(pb_str_c(name), &f, &g, &first));
    assert_true(pb_str_is(f, family));
    assert_true(pb_str_is(g, given));
}

/* shows: DQ-4 */
static void test_where_the_family_name_stands(void **state)
{
    (void)state;
    expect_cut("王小明", "王", "小明");
    expect_cut("小明王", "王", "小明");
    expect_cut("欧阳修", "欧阳", "修");
    expect_cut("诸葛孔明", "诸葛", "孔明");
    expect_cut("王马", "王", "马");
}

/* shows: DQ-4 */
static void test_persian(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"حسین", "hossein"},    {"حسین", "hussein"},  {"محمد", "mohammad"},
        {"محمد", "muhammad"},   {"رضا", "reza"},      {"علی", "ali"},
        {"فاطمه", "fatemeh"},   {"مریم", "maryam"},   {"کریمی", "karimi"},
        {"رضایی", "rezaei"},    {"رضایی", "rezaee"},  {"قاسمی", "ghasemi"},
        {"قاسمی", "qasemi"},    {"احمدی", "ahmadi"},  {"یوسف", "yousef"},
        {"ابراهیم", "ebrahim"}, {"صادقی", "sadeghi"}, {"ذوالفقاری", "zolfaghari"},
        {"شیرین", "shirin"},    {"لیلا", "leila"},    {"موسی", "mousa"},
        {"حسن", "hassan"},      {"ژاله", "jaleh"},    {"خدیجه", "khadijeh"}};
    static const char *const other[][2] = {
        {"حسن", "hossein"},  {"حسین", "hassan"}, {"رضا", "razi"},    {"علی", "alavi"},
        {"محمد", "mahmoud"}, {"کریم", "akram"},  {"سارا", "samira"}, {"امیر", "omar"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (script_persian_alike(pb_str_c(same[i][0]), pb_str_c(same[i][1])) != SCRIPT_SAME)
            fail_msg("%s and %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (script_persian_alike(pb_str_c(other[i][0]), pb_str_c(other[i][1])) != SCRIPT_DIFFERENT)
            fail_msg("%s and %s", other[i][0], other[i][1]);
    /* A sound that one writes and the other does not: close. */
    assert_int_equal(script_persian_alike(PB_STR("فاطمه"), PB_STR("fatima")), SCRIPT_CLOSE);
    assert_int_equal(script_persian_alike(PB_STR(""), PB_STR("ali")), SCRIPT_DIFFERENT);
}

/* shows: DQ-4 */
static void test_keys(void **state)
{
    (void)state;
    script_reading a, b;
    char room[32];
    uint16_t syllables[SCRIPT_SYLLABLES];
    assert_true(read_any("张晓明", &a) && read_any("hsiao ming chang", &b));
    assert_true(script_reading_key(&a) == script_reading_key(&b));
    assert_true(read_any("xiao hong chang", &b));
    assert_false(script_reading_key(&a) == script_reading_key(&b));
    /* A spelling of two family names leads to both. */
    uint64_t others[SCRIPT_OTHERS], wong, wang, huang;
    assert_true(read_any("wong weiming", &a) && read_any("王伟明", &b));
    wong = script_reading_key(&a);
    wang = script_reading_key(&b);
    assert_true(read_any("黄伟明", &b));
    huang = script_reading_key(&b);
    assert_true(wong == wang || wong == huang);
    assert_true(script_reading_others(&a, others) >= 1);
    assert_true(others[0] == (wong == wang ? huang : wang));
    assert_int_equal(script_reading_others(&b, others), 0);
    size_t len = script_han_latin(PB_STR("重庆"), false, room, sizeof room);
    assert_true(pb_str_is(pb_str_n(room, len), "chongqing"));
    len = script_han_latin(PB_STR("单"), true, room, sizeof room);
    assert_true(pb_str_is(pb_str_n(room, len), "shan"));
    assert_int_equal(script_han_latin(PB_STR("重庆"), false, room, 5), 0);
    assert_int_equal(script_syllables(PB_STR("xiaoming"), syllables), 2);
    assert_int_equal(script_syllables(PB_STR("smith"), syllables), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pinyin),        cmocka_unit_test(test_other_spellings),
        cmocka_unit_test(test_others_differ), cmocka_unit_test(test_where_the_family_name_stands),
        cmocka_unit_test(test_persian),       cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
