/* Search tokens: what a value is found by, and that queries meet them. */
#include "value_support.h"

#include <string.h>

static bool has_prefix(pb_str tokens, pb_str want)
{
    pb_str token;
    while (tokens.len > 0 && pb_str_split(&tokens, ' ', &token))
        if (pb_str_starts(token, want))
            return true;
    return false;
}

/* True when every token of the query begins a token of the value. */
static bool meets(model_type type, const char *value, const char *query, bool wide)
{
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF index = PB_BUF_INIT(1 << 20);
    PB_AUTO_BUF asked = PB_BUF_INIT(1 << 20);
    model_field field = FIELD(type);
    model_reading read = model_read(reader, &field, pb_str_c(value), NULL);
    assert_int_not_equal(read.verdict, MODEL_BAD);
    model_tokens(reader, &field, read.value, &index);
    (wide ? model_query_tokens_wide : model_query_tokens)(reader, pb_str_c(query), &asked);
    bool all = asked.len > 0;
    pb_str rest = pb_buf_str(&asked), token;
    while (rest.len > 0 && pb_str_split(&rest, ' ', &token))
        all = all && (token.len == 0 || has_prefix(pb_buf_str(&index), token));
    model_reader_free(reader);
    return all;
}

#define WANG "\u738b\u5c0f\u660e"
#define ALI_REZA_JOINED "\u0639\u0644\u06cc\u0631\u0636\u0627"
#define ALI "\u0639\u0644\u06cc"
#define REZA "\u0631\u0636\u0627"
#define ZWNJ "\u200c"

/* shows: DQ-4 REC-1 */
static void queries_meet_values(void **state)
{
    (void)state;
    static const struct {
        model_type type;
        const char *value, *query;
        bool meet;
    } cases[] = {
        {MODEL_PERSON_NAME, "John Smith", "john", true},
        {MODEL_PERSON_NAME, "John Smith", "SMI jo", true},
        {MODEL_PERSON_NAME, "John Smith", "smyth", false},
        {MODEL_PERSON_NAME, "M\u00fcller", "mull", true},
        {MODEL_PERSON_NAME, "Muller", "M\u00dcLLER", true},
        {MODEL_PERSON_NAME, "O'Brien", "obrien", true},
        {MODEL_PERSON_NAME, WANG, "\u738b", true},
        {MODEL_PERSON_NAME, WANG, "\u5c0f\u660e", true},
        {MODEL_PERSON_NAME, WANG, WANG, true},
        {MODEL_PERSON_NAME, WANG, "\u660e", true},
        {MODEL_PERSON_NAME, WANG, "\u738b\u660e", false},
        {MODEL_PERSON_NAME, WANG, "wang", true},
        {MODEL_PERSON_NAME, WANG, "Wang Xiaoming", true},
        {MODEL_PERSON_NAME, WANG, "xiaoming wang", true},
        {MODEL_PERSON_NAME, WANG, "Wang Xiao Ming", true},
        {MODEL_PERSON_NAME, WANG, "wangxiaom", true},
        {MODEL_PERSON_NAME, WANG, "wxm", true},
        {MODEL_PERSON_NAME, WANG, "zhang", false},
        {MODEL_PERSON_NAME, "\u5f35\u570b\u69ae", "\u5f20\u56fd\u8363", true}, /* Traditional */
        {MODEL_PERSON_NAME, "\u5f20\u56fd\u8363", "\u5f35\u570b", true},
        {MODEL_PERSON_NAME, "\u5f35\u570b\u69ae", "zhangguorong", true},
        {MODEL_PERSON_NAME, "\u5355\u96c4\u4fe1", "shan xiongxin", true}, /* surname 单 */
        {MODEL_PERSON_NAME, "\u4ec7\u548c", "qiu", true},
        {MODEL_PERSON_NAME, "\u5c09\u8fdf\u606d", "yuchi", true},
        {MODEL_PERSON_NAME, "\u5415\u5e03", "lubu", true},
        {MODEL_PERSON_NAME, "\u5415\u5e03", "lvbu", true},
        {MODEL_PERSON_NAME, "\u5415\u5e03", "l\u00fcbu", true},
        {MODEL_PERSON_NAME, "\u5415\u5e03", "lyu", true},
        {MODEL_ORG_NAME, "\u4e0a\u6d77\u94f6\u884c", "yinhang", true},
        {MODEL_ORG_NAME, "\u4e0a\u6d77\u94f6\u884c", "shyh", true},
        {MODEL_PERSON_NAME, "\u0645\u062d\u0645\u062f \u0643\u0631\u064a\u0645\u06cc",
         "\u06a9\u0631\u06cc\u0645\u06cc", true},
        {MODEL_PERSON_NAME, "\u06a9\u0631\u06cc\u0645\u06cc", "\u0643\u0631\u064a\u0645\u064a",
         true},
        {MODEL_PERSON_NAME, ALI ZWNJ REZA, ALI_REZA_JOINED, true},
        {MODEL_PERSON_NAME, ALI ZWNJ REZA, ALI " " REZA, true},
        {MODEL_PERSON_NAME, ALI " " REZA, ALI_REZA_JOINED, true},
        {MODEL_PERSON_NAME, ALI " " REZA, ALI ZWNJ REZA, true},
        {MODEL_PERSON_NAME, ALI_REZA_JOINED, ALI ZWNJ REZA, true},
        {MODEL_PERSON_NAME, ALI_REZA_JOINED, ALI " " REZA, true},
        {MODEL_EMAIL, "john.smith@example.com", "john.smith@example.com", true},
        {MODEL_EMAIL, "John.Smith@Example.com", "JOHN.SMITH@EX", true},
        {MODEL_EMAIL, "john.smith@example.com", "smith", true},
        {MODEL_EMAIL, "john.smith@example.com", "example.com", true},
        {MODEL_EMAIL, "john.smith@example.com", "example", true},
        {MODEL_EMAIL, "john.smith@example.com", "other.com", false},
        {MODEL_PHONE, "+98 912 123 4567", "0912 123 4567", true},
        {MODEL_PHONE, "+98 912 123 4567", "+989121234567", true},
        {MODEL_PHONE, "+98 912 123 4567",
         "\u06f0\u06f9\u06f1\u06f2\u06f1\u06f2\u06f3\u06f4\u06f5"
         "\u06f6\u06f7",
         true},
        {MODEL_PHONE, "+98 912 123 4567", "98912", true},
        {MODEL_PHONE, "+98 912 123 4567", "0912 123 4568", false},
        {MODEL_PHONE, "+1 212 555 0123", "(212) 555-0123", true},
        {MODEL_PHONE, "+1 212 555 0123", "555-0123", true}, /* as it is dialled next door */
        {MODEL_PHONE, "+1 212 555 0123", "555 0123", true},
        {MODEL_PHONE, "+1 212 555 0123", "5550123", true},
        {MODEL_PHONE, "+1 212 555 0123", "5550124", false},
        {MODEL_PHONE, "+1 212 555 0123", "550123", false},
        {MODEL_PHONE, "+86 10 6552 9988", "6552 9988", true},
        {MODEL_PHONE, "+86 10 6552 9988", "65529988", true},
        {MODEL_PHONE, "+86 10 6552 9988", "65529987", false},
        {MODEL_PHONE, "+49 89 4417822", "441 78 22", true},
        {MODEL_PHONE, "+98 21 8855 6677", "\u06f8\u06f8\u06f5\u06f5\u06f6\u06f6\u06f7\u06f7", true},
        {MODEL_DATE, "2024-03-05", "2024-03-05", true},
        {MODEL_DATE, "2024-03-05", "2024", true},
        {MODEL_IDENTIFIER, "ACC-00123", "acc-00123", true},
        {MODEL_IDENTIFIER, "ACC-00123", "ACC00123", true},
        {MODEL_IDENTIFIER, "ACC-00123", "ACC-001", true},
        {MODEL_IDENTIFIER, "1234567890123", "1234567890123", true},
        {MODEL_POSTCODE, "SW1A 1AA", "sw1a 1aa", true},
        {MODEL_POSTCODE, "SW1A 1AA", "SW1A1AA", true},
        {MODEL_URL, "https://www.example.com/a", "example.com", true},
        {MODEL_TEXT, "GTX Pro 7", "gtx pro", true},
        {MODEL_NOTE, "Called (212) 555-0123, no answer", "212-555-0123", true},
        {MODEL_NOTE, "\u5ba2\u6237\u8981\u6c42\u9000\u6b3e", "\u9000\u6b3e", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (meets(cases[i].type, cases[i].value, cases[i].query, false) != cases[i].meet)
            fail_msg("\"%s\" asked for \"%s\": not as wanted (%d)", cases[i].value, cases[i].query,
                     cases[i].meet);
}

/* shows: DQ-4 */
static void wide_queries_meet_across_alphabets(void **state)
{
    (void)state;
    static const struct {
        const char *value, *query;
    } cases[] = {
        {"\u0645\u062d\u0645\u062f", "Mohammad"},
        {"\u0645\u062d\u0645\u062f", "Muhammed"},
        {"\u062d\u0633\u06cc\u0646", "Hossein"},
        {"\u0639\u0628\u062f\u0627\u0644\u0644\u0647", "Abdollah"},
        {"\u0641\u0627\u0637\u0645\u0647", "Fatemeh"},
        {"\u067e\u0631\u0648\u06cc\u0632", "Parviz"},
        {"\u062e\u0633\u0631\u0648", "Khosrow"},
        {"\u0634\u0647\u0631\u0627\u0645 \u0642\u0627\u0633\u0645\u06cc", "shahram ghasemi"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!meets(MODEL_PERSON_NAME, cases[i].value, cases[i].query, true))
            fail_msg("\"%s\" is not found by \"%s\"", cases[i].value, cases[i].query);
    assert_false(meets(MODEL_PERSON_NAME, "\u0645\u062d\u0645\u062f", "Parviz", true));
}

static size_t count_tokens(model_type type, pb_str value)
{
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    model_field field = FIELD(type);
    model_tokens(reader, &field, PB_VALUE_TEXT(value), &out);
    size_t count = 0;
    for (size_t i = 0; i < out.len; i++)
        count += out.ptr[i] == ' ';
    assert_true(out.len == 0 || out.ptr[out.len - 1] == ' ');
    model_reader_free(reader);
    return count;
}

static void values_have_few_tokens(void **state)
{
    (void)state;
    assert_int_equal(count_tokens(MODEL_PERSON_NAME, PB_STR("John Smith")), 2);
    assert_in_range(count_tokens(MODEL_EMAIL, PB_STR("john.smith@example.com")), 1, 3);
    assert_in_range(count_tokens(MODEL_PHONE, PB_STR("+12125550123")), 1, 3);
    assert_int_equal(count_tokens(MODEL_PERSON_NAME, PB_STR("...")), 0);
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    for (int i = 0; i < 20000; i++)
        pb_buf_printf(&text, "w%d ", i);
    assert_int_equal(count_tokens(MODEL_NOTE, pb_buf_str(&text)), 200);
    pb_buf_clear(&text);
    for (int i = 0; i < 20000; i++)
        pb_buf_addc(&text, "word and ");
    assert_in_range(count_tokens(MODEL_NOTE, pb_buf_str(&text)), 1, 200);
    assert_int_equal(count_tokens(MODEL_BOOLEAN, PB_STR("")), 0);
}

/* shows: DQ-4 */
static void any_bytes_give_valid_tokens(void **state)
{
    (void)state;
    static const char alphabet[] = " 0123+-()@.ab\xd8\xb9\xe7\x8e\x8b";
    uint64_t seed = 3;
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    for (int round = 0; round < 20000; round++) {
        char bytes[48];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = round % 2 == 0 ? (char)(seed >> 50) : alphabet[(seed >> 50) % 18];
        }
        model_field field = FIELD((model_type)(round % MODEL_TYPE_COUNT));
        pb_str text = pb_str_n(bytes, (size_t)(round % 48));
        pb_buf_clear(&out);
        model_tokens(reader, &field, PB_VALUE_TEXT(text), &out);
        model_query_tokens(reader, text, &out);
        model_query_tokens_wide(reader, text, &out);
        assert_false(out.failed);
        model_reader_reset(reader);
    }
    model_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_meet_values),
        cmocka_unit_test(wide_queries_meet_across_alphabets),
        cmocka_unit_test(values_have_few_tokens),
        cmocka_unit_test(any_bytes_give_valid_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
