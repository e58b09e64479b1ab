/* Signs of made-up and broken texts: found where they are, and names of real people left alone. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "measures/patterns.h"
#include "measures/scan.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* shows: DQ-9 */
static void test_runs_over_keys(void **state)
{
    static const char *const runs[] = {
        "asdf",   "qwerty", "zxcvbnm", "azerty", "qwertz", "12345678", "987654", "aaaa",   "asdasd",
        "qweqwe", "sdfkjh", "شسیب",    "ضصثقف",  "йцукен", "фывап",    "poiuy",  "0000000"};
    static const char *const names[] = {"wert", "trew",       "azer",    "powers", "fred", "trewin",
                                        "weir", "sarah",      "lass",    "jkl",    "rewe", "poll",
                                        "2580", "13579",      "مریم",    "сергей", "dfg",  "asda",
                                        "were", "typewriter", "property"};
    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++)
        if (!runs_keyboard(pb_str_c(runs[i])))
            fail_msg("%s is a run", runs[i]);
    for (size_t i = 0; i < COUNT(names); i++)
        if (runs_keyboard(pb_str_c(names[i])))
            fail_msg("%s is none", names[i]);
}

static scan_text of(const char *text, model_type type, const model_field *field)
{
    scan_text one = {.text = pb_str_c(text), .type = type, .field = field};
    for (size_t i = 0; i < one.text.len; i++) {
        unsigned char c = (unsigned char)text[i];
        one.has |= c >= 0x80 ? HAS_HIGH : c == '?' ? HAS_QUESTION : 0;
    }
    return one;
}

/* shows: DQ-1 DQ-9 */
static void test_wrong_character_sets(void **state)
{
    static const char *const broken[] = {
        "MÃ¼ller",     "RenÃ©",     "Dâ€™Angelo", "GarcÃa", "Ø¹Ù„ÛŒ",
        "锟斤拷",      "M?ller",    "????",       "ط±ط¶ط§", "Chlo\xEF\xBF\xBD",
        "ÐœÐ¾ÑÐºÐ²Ð°", "å¼ ä¼Ÿ æŽ", "ZoÃ«",       "Å»uraw", "DÄ…browska",
        "±±¾©",        "ÉÏº£",      "˜ÑÌ",        "³ÂÎ°"};
    static const char *const good[] = {
        "Müller",      "JOÃO",   "ÂNGELA",          "Peña",      "Straße", "طاهره", "李娜",
        "Ñandú «Uno»", "É…",     "Ångström",        "Дмитрий",   "What?",  "Zoë",   "SÃO TOMÉ",
        "ظریف طلا",    "Ægir Ö", "Ülo “Üks” Õunap", "«Å» und Ä", "½ °",    "Ä… so", "№ ½ «É»"};
    model_field field = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        scan_text text = of(broken[i], MODEL_PERSON_NAME, &field);
        if (!sign_garbled(&text))
            fail_msg("%s is garbled", broken[i]);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        scan_text text = of(good[i], MODEL_PERSON_NAME, &field);
        if (sign_garbled(&text))
            fail_msg("%s is good", good[i]);
    }
}

/* shows: DQ-9 DQ-8 */
static void test_made_up_numbers(void **state)
{
    static const char *const made_up[] = {"+12125550100",   "+12125550199", "+989000000000",
                                          "+8613812345678", "+4912345678",  "+11111111111",
                                          "0000000",        "99999",        "+989121234567",
                                          "+14155555555",   "+49307654321"};
    static const char *const real[] = {"+12125551212", "+862188888888", "+8613888886666",
                                       "+4930123498",  "+4930441000",   "+982188886666",
                                       "110",          "+18005550200",  "+442071234560"};
    (void)state;
    for (size_t i = 0; i < COUNT(made_up); i++) {
        scan_text text = of(made_up[i], MODEL_PHONE, NULL);
        if (!sign_fake_phone(&text))
            fail_msg("%s is made up", made_up[i]);
    }
    for (size_t i = 0; i < COUNT(real); i++) {
        scan_text text = of(real[i], MODEL_PHONE, NULL);
        if (sign_fake_phone(&text))
            fail_msg("%s may be real", real[i]);
    }
}

typedef struct sample {
    pattern_kind kind;
    const char *text, *masked; /* NULL: must not be found */
} sample;

/* shows: PRI-3 */
static void test_private_numbers_in_notes(void **state)
{
    static const sample samples[] = {
        {PATTERN_IBAN, "refund to DE89 3704 0044 0532 0130 00 please", "DE"},
        {PATTERN_IBAN, "DE89 3704 0044 0532 0130 01", NULL}, /* check digits */
        {PATTERN_IBAN, "order DE12 3456", NULL},
        {PATTERN_BIRTH, "born 3.5.1980 in Bonn", "born ••••"},
        {PATTERN_BIRTH, "生日1980年5月3日", "生日 ••••"},
        {PATTERN_BIRTH, "reborn 3.5.1980", NULL},
        {PATTERN_BIRTH, "birthday party for 12 people", NULL},
        {PATTERN_CONTACT, "write to anna@firm.de", "…@firm.de"},
        {PATTERN_CONTACT, "call +49 171 4455667", "…67"},
        {PATTERN_CONTACT, "手机13910247751", "…51"},
        {PATTERN_CONTACT, "3 pieces @ 12.50 EUR", NULL},
        {PATTERN_CONTACT, "order 20240512001", NULL},
        {PATTERN_NATIONAL_ID, "national code 0013542419", "••••19"},
        {PATTERN_NATIONAL_ID, "order 0013542419", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        PB_AUTO_BUF masked = PB_BUF_INIT(4096);
        bool found = pattern_find(samples[i].kind, pb_str_c(samples[i].text), &masked);
        if (found != (samples[i].masked != NULL))
            fail_msg("%s", samples[i].text);
        if (found && !pb_str_starts(pb_buf_str(&masked), pb_str_c(samples[i].masked)))
            fail_msg("%s shown as %s", samples[i].text, pb_buf_cstr(&masked));
    }
}

/* shows: PRI-3 DQ-9 */
static void test_fold_for_words(void **state)
{
    static const char *const pairs[][2] = {{"Dr. Anna-Lena  WEBER!", "dr anna lena weber"},
                                           {"O'Brien", "o'brien"},
                                           {"علي كريمي", "علی کریمی"},
                                           {"می\u200cرود", "می رود"},
                                           {"患有：糖尿病。", "患有 糖尿病"},
                                           {"...", ""}};
    PB_AUTO_BUF folded = PB_BUF_INIT(4096);
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        lexicon_fold(pb_str_c(pairs[i][0]), &folded);
        assert_string_equal(pb_buf_cstr(&folded), pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_over_keys),  cmocka_unit_test(test_wrong_character_sets),
        cmocka_unit_test(test_made_up_numbers), cmocka_unit_test(test_private_numbers_in_notes),
        cmocka_unit_test(test_fold_for_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
