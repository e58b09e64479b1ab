/* Folding, header keys, check digits. */
#include "base/utf8.h"
#include "model/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *fold(const char *text, bool header, pb_buf *out)
{
    pb_buf_clear(out);
    if (header)
        model_header_key(pb_str_c(text), out);
    else
        model_fold(NULL, pb_str_c(text), out);
    return pb_buf_cstr(out);
}

/* shows: DQ-4 */
static void spellings_of_one_text_fold_alike(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {" .,- ", ""},
        {"John Smith", "john smith"},
        {"  John   SMITH. ", "john smith"},
        {"O'Brien-Jones", "obrien jones"},
        {"O\u2019Brien", "obrien"},
        {"M\u00fcller", "muller"},
        {"Mu\u0308ller", "muller"},
        {"Stra\u00dfe", "strasse"},
        {"\u0141ukasz \u00d8stergaard", "lukasz ostergaard"},
        {"\u0130stanbul", "istanbul"},
        {"Nguy\u1ec5n", "nguyen"},
        {"\uff21\uff42\uff43 \uff11\uff12", "abc 12"},
        {"\u5f35\u5c0f\u660e", "\u5f20\u5c0f\u660e"}, /* 張小明 → 张小明 */
        {"\u570b\u969b\u3000\u8cbf\u6613", "\u56fd\u9645 \u8d38\u6613"},
        {"\u0639\u0644\u064a \u0643\u0627\u0645", "\u0639\u0644\u06cc \u06a9\u0627\u0645"},
        {"\u0645\u062d\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u062f"},
        {"\u0645\u06cc\u200c\u0634\u0648\u062f", "\u0645\u06cc\u0634\u0648\u062f"},
        {"\u0622\u0632\u0627\u062f", "\u0627\u0632\u0627\u062f"},
        {"\u06f1\u06f2\u0663", "123"},
        {"\u0401\u043b\u043a\u0430", "\u0435\u043b\u043a\u0430"}, /* Ёлка → елка */
        {"\u0439\u043e\u0433\u0430", "\u0439\u043e\u0433\u0430"}, /* й stays */
        {"\u304c\u304e", "\u304c\u304e"},                         /* voiced kana stay */
        {"\u304b\u3099", "\u304c"},
        {"\uff76\uff9e", "\u30ac"},
        {"\ud55c\uad6d", "\ud55c\uad6d"},
        {"caf\u00e9\u2014bar \U0001f600!", "cafe bar"},
    };
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(fold(cases[i].text, false, &out), cases[i].folded);
}

/* shows: DQ-4 */
static void folding_twice_changes_nothing(void **state)
{
    (void)state;
    uint64_t seed = 7;
    PB_AUTO_BUF once = PB_BUF_INIT(100000);
    PB_AUTO_BUF twice = PB_BUF_INIT(100000);
    PB_AUTO_BUF text = PB_BUF_INIT(100000);
    static const uint32_t blocks[][2] = {{0x20, 0x7F},     {0xA0, 0x250},    {0x370, 0x530},
                                         {0x600, 0x700},   {0x1E00, 0x2070}, {0x3000, 0x3100},
                                         {0x3400, 0xA000}, {0xFE70, 0xFFF0}, {0x300, 0x370}};
    for (int round = 0; round < 3000; round++) {
        pb_buf_clear(&text);
        size_t count = round % 50 == 0 ? 3000 : 12;
        for (size_t i = 0; i < count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const uint32_t *block = blocks[(seed >> 33) % (sizeof blocks / sizeof *blocks)];
            pb_utf8_put(&text, block[0] + (uint32_t)((seed >> 40) % (block[1] - block[0])));
        }
        pb_buf_clear(&once);
        pb_buf_clear(&twice);
        model_fold(NULL, pb_buf_str(&text), &once);
        model_fold(NULL, pb_buf_str(&once), &twice);
        assert_true(pb_utf8_valid(pb_buf_str(&once)));
        size_t at = 0;
        while (at < once.len && at < twice.len && once.ptr[at] == twice.ptr[at])
            at++;
        if (at < once.len || at < twice.len)
            fail_msg("round %d, byte %d: ...%.*s folds to ...%.*s", round, (int)at,
                     PB_STR_FMT(pb_str_sub(pb_buf_str(&once), at > 20 ? at - 20 : 0, 40)),
                     PB_STR_FMT(pb_str_sub(pb_buf_str(&twice), at > 20 ? at - 20 : 0, 40)));
    }
}

/* shows: DQ-4 */
static void folding_takes_any_bytes(void **state)
{
    (void)state;
    uint64_t seed = 11;
    PB_AUTO_BUF out = PB_BUF_INIT(100000);
    for (int round = 0; round < 3000; round++) {
        char bytes[40];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (char)(seed >> 50);
        }
        pb_buf_clear(&out);
        model_fold(NULL, pb_str_n(bytes, sizeof bytes), &out);
        assert_true(pb_utf8_valid(pb_buf_str(&out)));
    }
}

/* shows: REC-5 */
static void headers_that_mean_the_same_have_one_key(void **state)
{
    (void)state;
    static const char *const same[][6] = {
        {"First Name", "first_name", "firstName", "FIRST-NAME", "\uff26irst\u3000\uff2eame",
         " firstname "},
        {"E-Mail", "email", "E mail", "e_mail", "E.mail", "\uff25-mail"},
        {"\u96fb\u8a71", "\u7535\u8bdd", " \u7535\u8bdd:", "\u7535 \u8bdd", "\u96fb_\u8bdd",
         "\u7535\u8bdd\u3000"},
        {"\u0646\u0627\u0645 \u0634\u0631\u0643\u062a",
         "\u0646\u0627\u0645_\u0634\u0631\u06a9\u062a",
         "\u0646\u0627\u0645\u200c\u0634\u0631\u06a9\u062a",
         "\u0646\u0627\u0645\u0634\u0631\u06a9\u062a",
         "\u0646\u0627\u0645-\u0634\u0631\u06a9\u062a",
         "\u0646\u0627\u0645  \u0634\u0631\u0643\u062a"},
        {"Pr\u00e9nom", "prenom", "PRENOM", "Pre\u0301nom", "pr\u00e9-nom", "_pr\u00e9nom_"},
        {"#", "#", " #", "# ", " # ", "#"},
    };
    PB_AUTO_BUF one = PB_BUF_INIT(1000);
    PB_AUTO_BUF other = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (size_t j = 1; j < 6; j++)
            assert_string_equal(fold(same[i][j], true, &other), fold(same[i][0], true, &one));
    assert_string_not_equal(fold("phone 1", true, &one), fold("phone 2", true, &other));
}

/* shows: DQ-1 */
static void luhn_digits(void **state)
{
    (void)state;
    assert_true(model_luhn(PB_STR("79927398713")));
    assert_true(model_luhn(PB_STR("4111111111111111")));
    assert_true(model_luhn(PB_STR("378282246310005")));
    assert_false(model_luhn(PB_STR("79927398710")));
    assert_false(model_luhn(PB_STR("4111111111111112")));
    assert_false(model_luhn(PB_STR("411111111111111a")));
    assert_false(model_luhn(PB_STR("0")));
    assert_false(model_luhn(PB_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_text_fold_alike),
        cmocka_unit_test(folding_twice_changes_nothing),
        cmocka_unit_test(folding_takes_any_bytes),
        cmocka_unit_test(headers_that_mean_the_same_have_one_key),
        cmocka_unit_test(luhn_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
