/* Reading of text, names, choices, countries, postal codes, web addresses. */
#include "value_support.h"

/* shows: REC-5 DQ-1 */
static void names_are_tidied_and_nothing_else(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"John Smith", MODEL_SAME, "John Smith"},
        {"JOHN SMITH", MODEL_SAME, "JOHN SMITH"},
        {"  John \t Smith ", MODEL_RESTYLED, "John Smith"},
        {"\u738b\u5c0f\u660e", MODEL_SAME, "\u738b\u5c0f\u660e"},
        {"\u3000\u738b\u3000\u5c0f\u660e", MODEL_RESTYLED, "\u738b \u5c0f\u660e"},
        {"\uff2a\uff4f\uff48\uff4e", MODEL_RESTYLED, "John"},
        {"Jose\u0301", MODEL_RESTYLED, "Jos\u00e9"},
        {"\ufeffAnna\u200b Lee", MODEL_RESTYLED, "Anna Lee"},
        {"\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", MODEL_SAME,
         "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"},
        {"\u200c\u0631\u0636\u0627\u200c", MODEL_RESTYLED, "\u0631\u0636\u0627"},
        {"\u0643\u0631\u064a\u0645\u06cc", MODEL_RESTYLED, "\u06a9\u0631\u06cc\u0645\u06cc"},
        {"\u0639\u0644\u064a", MODEL_SAME, "\u0639\u0644\u064a"}, /* perhaps an Arab */
        {"Null", MODEL_SAME, "Null"},
        {"Na", MODEL_SAME, "Na"},
        {"N/A", MODEL_EMPTY, ""},
        {"-", MODEL_EMPTY, ""},
        {"\u65e0", MODEL_EMPTY, ""},
        {"\u0646\u062f\u0627\u0631\u062f", MODEL_EMPTY, ""},
        {"   ", MODEL_EMPTY, ""},
        {"", MODEL_EMPTY, ""},
        {"\u200b", MODEL_EMPTY, ""},
        {"Jo\x01hn", MODEL_BAD, "Jo\ufffdhn"},
        {"Jo\xffhn", MODEL_BAD, "Jo\ufffdhn"},
        {"\xc3\x28", MODEL_BAD, NULL},
    };
    model_field field = FIELD(MODEL_PERSON_NAME);
    CHECK(&field, NULL, cases);
}

/* shows: REC-5 */
static void texts_and_notes(void **state)
{
    (void)state;
    static const value_case texts[] = {
        {"NULL", MODEL_EMPTY, ""},
        {"none", MODEL_EMPTY, ""},
        {"NA", MODEL_EMPTY, ""},
        {"#N/A", MODEL_BAD, "#N/A"}, /* a spreadsheet's error is no answer */
        {"#DIV/0!", MODEL_BAD, "#DIV/0!"},
        {"#1", MODEL_SAME, "#1"},
        {"\u6682\u65e0", MODEL_EMPTY, ""},
        {"None of these", MODEL_SAME, "None of these"},
        {"a\nb", MODEL_RESTYLED, "a b"},
        {"\uff21\uff22", MODEL_SAME, "\uff21\uff22"},
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467", MODEL_SAME,
         "\U0001f468\u200d\U0001f469\u200d\U0001f467"},
    };
    static const value_case notes[] = {
        {"one\ntwo", MODEL_SAME, "one\ntwo"},
        {"one\r\ntwo", MODEL_RESTYLED, "one\ntwo"},
        {"one  \n\n\n\n two", MODEL_RESTYLED, "one\n\ntwo"},
        {"one\n\ntwo", MODEL_SAME, "one\n\ntwo"},
    };
    static const value_case few[] = {
        {"12345", MODEL_SAME, "12345"},
        {"123456", MODEL_BAD, "123456"},
        {"\u738b\u738b\u738b\u738b\u738b", MODEL_SAME, NULL},
        {"\u738b\u738b\u738b\u738b\u738b\u738b", MODEL_BAD, NULL},
    };
    model_field text = FIELD(MODEL_TEXT), note = FIELD(MODEL_NOTE), limited = FIELD(MODEL_TEXT);
    limited.max_length = 5;
    CHECK(&text, NULL, texts);
    CHECK(&note, NULL, notes);
    CHECK(&limited, NULL, few);
}

/* shows: REC-5 DQ-1 */
static void choices_by_value_label_and_alias(void **state)
{
    (void)state;
    static pb_str aliases[] = {{"lost deal", 9}, {"\u5931\u8d25", 6}};
    static model_choice choices[] = {
        {.value = {"won", 3}, .label = {"Won", 3}},
        {.value = {"lost", 4}, .label = {"Closed lost", 11}, .aliases = {aliases, 2}},
        {.value = {"n/a", 3}, .label = {"Not applicable", 14}},
    };
    static const value_case closed[] = {
        {"won", MODEL_SAME, "won"},
        {"WON ", MODEL_RESTYLED, "won"},
        {"closed-lost", MODEL_RESTYLED, "lost"},
        {"Lost Deal", MODEL_RESTYLED, "lost"},
        {"\u5931\u6557", MODEL_RESTYLED, "lost"}, /* Traditional form of the alias */
        {"N/A", MODEL_RESTYLED, "n/a"},
        {"null", MODEL_EMPTY, ""},
        {"technolgy", MODEL_BAD, "technolgy"},
    };
    static const value_case open[] = {
        {"Won", MODEL_RESTYLED, "won"},
        {"technolgy", MODEL_SAME, "technolgy"},
        {" other  thing", MODEL_RESTYLED, "other thing"},
    };
    model_field field = FIELD(MODEL_CHOICE);
    field.choices = choices;
    field.choice_count = 3;
    CHECK(&field, NULL, closed);
    field.open_choices = true;
    CHECK(&field, NULL, open);
}

/* shows: REC-5 DQ-1 */
static void countries_in_three_languages(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"US", MODEL_SAME, "US"},
        {"us", MODEL_RESTYLED, "US"},
        {"USA", MODEL_RESTYLED, "US"},
        {"U.S.A.", MODEL_RESTYLED, "US"},
        {"United States", MODEL_RESTYLED, "US"},
        {"united  states of america", MODEL_RESTYLED, "US"},
        {"\u7f8e\u56fd", MODEL_RESTYLED, "US"},
        {"\u7f8e\u570b", MODEL_RESTYLED, "US"},
        {"UK", MODEL_RESTYLED, "GB"},
        {"China", MODEL_RESTYLED, "CN"},
        {"\u4e2d\u56fd", MODEL_RESTYLED, "CN"},
        {"\u4e2d\u570b", MODEL_RESTYLED, "CN"},
        {"\u0686\u06cc\u0646", MODEL_RESTYLED, "CN"},
        {"Iran", MODEL_RESTYLED, "IR"},
        {"\u0627\u06cc\u0631\u0627\u0646", MODEL_RESTYLED, "IR"},
        {"\u0627\u064a\u0631\u0627\u0646", MODEL_RESTYLED, "IR"},
        {"\u4f0a\u6717", MODEL_RESTYLED, "IR"},
        {"\u0622\u0644\u0645\u0627\u0646", MODEL_RESTYLED, "DE"},
        {"Deutschland", MODEL_RESTYLED, "DE"},
        {"DEU", MODEL_RESTYLED, "DE"},
        {"Espa\u00f1a", MODEL_RESTYLED, "ES"},
        {"NA", MODEL_SAME, "NA"},
        {"na", MODEL_RESTYLED, "NA"},
        {"N/A", MODEL_EMPTY, ""},
        {"T\u00fcrkiye", MODEL_RESTYLED, "TR"},
        {"Hong Kong", MODEL_RESTYLED, "HK"},
        {"Korea", MODEL_RESTYLED, "KR"},
        {"Jordan", MODEL_RESTYLED, "JO"},
        {"Philipines", MODEL_BAD, "Philipines"},
        {"XX", MODEL_BAD, "XX"},
        {"Narnia", MODEL_BAD, "Narnia"},
    };
    model_field field = FIELD(MODEL_COUNTRY);
    CHECK(&field, NULL, cases);
}

/* shows: REC-5 DQ-1 */
static void postal_codes_by_country(void **state)
{
    (void)state;
    static const struct {
        const char *country;
        value_case one;
    } cases[] = {
        {"US", {"02134", MODEL_SAME, "02134"}},
        {"US", {"021345678", MODEL_RESTYLED, "02134-5678"}},
        {"US", {"2134", MODEL_BAD, "2134"}},
        {"GB", {"sw1a1aa", MODEL_RESTYLED, "SW1A 1AA"}},
        {"GB", {"M1 1AE", MODEL_SAME, "M1 1AE"}},
        {"GB", {"12345", MODEL_BAD, "12345"}},
        {"CA", {"K1A-0B1", MODEL_RESTYLED, "K1A 0B1"}},
        {"CN", {"\uff11\uff10\uff10\uff10\uff18\uff10", MODEL_RESTYLED, "100080"}},
        {"IR",
         {"\u06f1\u06f1\u06f3\u06f6\u06f9\u06f7\u06f8\u06f1\u06f1\u06f4", MODEL_RESTYLED,
          "11369-78114"}},
        {"NL", {"1012ab", MODEL_RESTYLED, "1012 AB"}},
        {"BR", {"13023", MODEL_BAD, "13023"}},
        {"AD", {"ad500", MODEL_RESTYLED, "AD500"}},
        {"AD", {"BD500", MODEL_BAD, "BD500"}},
        {"FK", {"fiqq1zz", MODEL_RESTYLED, "FIQQ 1ZZ"}},
        {"GI", {"GX11 1AA", MODEL_SAME, "GX11 1AA"}},
        {"GI", {"GX11 1AB", MODEL_BAD, "GX11 1AB"}},
        {"TC", {"TKCA 1ZZ", MODEL_SAME, "TKCA 1ZZ"}},
        {"MT", {"vlt1117", MODEL_RESTYLED, "VLT 1117"}},
        {"KZ", {"050000", MODEL_SAME, "050000"}},
        {"MD", {"MD2001", MODEL_RESTYLED, "MD-2001"}},
        {"JE", {"JE23AB", MODEL_RESTYLED, "JE2 3AB"}},
        {"XK", {"1000", MODEL_BAD, "1000"}},
        {"AE", {"00000", MODEL_SAME, "00000"}}, /* has none: nothing is known against it */
        {"", {"ab 12", MODEL_RESTYLED, "AB 12"}},
        {"", {"!!", MODEL_BAD, "!!"}},
        {"", {"abc", MODEL_BAD, "abc"}},
    };
    model_field field = FIELD(MODEL_POSTCODE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_format format = {.country = pb_str_c(cases[i].country)};
        check_cases(&field, &format, &cases[i].one, 1);
    }
}

/* shows: REC-5 DQ-1 */
static void web_addresses(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"https://example.com", MODEL_SAME, "https://example.com"},
        {"HTTP://Example.COM/A?b=C#d", MODEL_RESTYLED, "http://example.com/A?b=C#d"},
        {"www.example.com/", MODEL_RESTYLED, "https://www.example.com"},
        {"example.com:8080/x", MODEL_RESTYLED, "https://example.com:8080/x"},
        {"https://example.com:443/", MODEL_RESTYLED, "https://example.com"},
        {"https://\u4f8b\u5b50.\u4e2d\u56fd/\u8def", MODEL_RESTYLED,
         "https://xn--fsqu00a.xn--fiqs8s/\u8def"},
        {"ftp://example.com", MODEL_BAD, "ftp://example.com"},
        {"javascript:alert(1)", MODEL_BAD, NULL},
        {"https://user:secret@example.com", MODEL_BAD, NULL},
        {"example", MODEL_BAD, "example"},
        {"https://exa mple.com", MODEL_BAD, NULL},
        {"https://example.com/a b", MODEL_BAD, NULL},
        {"https://example.com:99999", MODEL_BAD, NULL},
        {"-", MODEL_EMPTY, ""},
    };
    model_field field = FIELD(MODEL_URL);
    CHECK(&field, NULL, cases);
}

/* shows: REC-5 */
static void yes_and_no(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"true", MODEL_SAME, "true"},
        {"false", MODEL_SAME, "false"},
        {"TRUE", MODEL_RESTYLED, "true"},
        {"Yes", MODEL_RESTYLED, "true"},
        {"n", MODEL_RESTYLED, "false"},
        {"1", MODEL_RESTYLED, "true"},
        {"0", MODEL_RESTYLED, "false"},
        {"\u662f", MODEL_RESTYLED, "true"},
        {"\u5426", MODEL_RESTYLED, "false"},
        {"\u5c0d", MODEL_RESTYLED, "true"},
        {"\u0628\u0644\u0647", MODEL_RESTYLED, "true"},
        {"\u0622\u0631\u064a", MODEL_RESTYLED, "true"},
        {"\u062e\u064a\u0631", MODEL_RESTYLED, "false"},
        {"\u0646\u062f\u0627\u0631\u062f", MODEL_RESTYLED, "false"},
        {"N/A", MODEL_EMPTY, ""},
        {"maybe", MODEL_BAD, ""},
        {"2", MODEL_BAD, ""},
    };
    model_field field = FIELD(MODEL_BOOLEAN);
    CHECK(&field, NULL, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_tidied_and_nothing_else),
        cmocka_unit_test(texts_and_notes),
        cmocka_unit_test(choices_by_value_label_and_alias),
        cmocka_unit_test(countries_in_three_languages),
        cmocka_unit_test(postal_codes_by_country),
        cmocka_unit_test(web_addresses),
        cmocka_unit_test(yes_and_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
