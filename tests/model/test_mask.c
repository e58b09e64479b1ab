/* Masked values: enough to recognise a record, nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/mask.h"

static const struct mask_case {
    model_type type;
    const char *value, *strict, *listed;
} cases[] = {
    {MODEL_EMAIL, "anna.smith@example.com", "a***@example.com", "a***@example.com"},
    {MODEL_EMAIL, "no address", "n*** a***", "n*** a***"},
    {MODEL_PHONE, "+493012345678", "+49301*****78", "+49301*****78"},
    {MODEL_PERSON_NAME, "Anna Smith", "A*** S***", "A*** S***"},
    {MODEL_PERSON_NAME, "王小明", "王***", "王***"},
    {MODEL_DATE, "1984-05-17", "1984-**-**", "1984-**-**"},
    {MODEL_IDENTIFIER, "AB-123456", "***456", "***456"},
    {MODEL_INTEGER, "42", "***", "***"},
    {MODEL_BOOLEAN, "true", "***", "true"},
    {MODEL_COUNTRY, "DE", "***", "DE"},
    {MODEL_CHOICE, "Female", "***", "Female"},
    {MODEL_TEXT, "call 0301234567", "**** ********67", "**** ********67"},
};

/* shows: ACC-1 */
static void test_values_of_every_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const model_field field = {.name = PB_STR("f"), .type = cases[i].type};
        PB_AUTO_BUF strict = PB_BUF_INIT(1024), listed = PB_BUF_INIT(1024);
        model_mask(&field, pb_str_c(cases[i].value), &strict);
        model_mask_listed(&field, pb_str_c(cases[i].value), &listed);
        assert_string_equal(pb_buf_cstr(&strict), cases[i].strict);
        assert_string_equal(pb_buf_cstr(&listed), cases[i].listed);
    }
}

/* shows: ACC-1 */
static void test_what_strayed_is_found(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1024);
    model_mask_strays(PB_STR("ask anna@example.com on 2026-01-05, 3 boxes"), &out);
    assert_string_equal(pb_buf_cstr(&out), "ask a***@example.com on 2026-01-05, 3 boxes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_every_kind),
        cmocka_unit_test(test_what_strayed_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
