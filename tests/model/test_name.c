/* Names of persons: proposed capitals, and what cannot be a name. */
#include "model/name.h"
#include "value_support.h"

#include <string.h>

/* shows: DQ-8 REC-5 */
static void capitals_are_proposed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"JOHN SMITH", "John Smith"},
        {"john smith", "John Smith"},
        {"JAN VAN DER BERG", "Jan van der Berg"},
        {"VAN DER BERG", "Van der Berg"},
        {"conor o'brien", "Conor O'Brien"},
        {"RONALD MCDONALD", "Ronald McDonald"},
        {"MCGEE", "McGee"},
        {"mary-jane WATSON", "Mary-Jane Watson"},
        {"j.r. TOLKIEN", "J.R. Tolkien"},
        {"MARTIN LUTHER KING III", "Martin Luther King III"},
        {"LUDWIG VON", "Ludwig Von"},
        {"MARIA DE LA CRUZ", "Maria de la Cruz"},
        {"GABRIELE D'ANNUNZIO", "Gabriele D'Annunzio"},
        {"M\u00fcller hans", "M\u00fcller Hans"},
        {"\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e"},
        {"", ""},
    };
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_buf_clear(&out);
        model_name_case(pb_str_c(cases[i][0]), &out);
        assert_string_equal(pb_buf_cstr(&out), cases[i][1]);
        char again[200];
        snprintf(again, sizeof again, "%s", pb_buf_cstr(&out));
        pb_buf_clear(&out);
        model_name_case(pb_str_c(again), &out);
        assert_string_equal(pb_buf_cstr(&out), again);
    }
}

/* shows: DQ-7 DQ-10 */
static void parts_of_a_name(void **state)
{
    static const char *const cases[][3] = {
        /* full name, given, family; NULL: nobody can be sure */
        {"Anna Weber", "Anna", "Weber"},
        {" Dr. Anna Weber ", "Anna", "Weber"},
        {"Jan van der Berg", "Jan", "van der Berg"},
        {"John F. Kennedy", "John", "Kennedy"},
        {"John F Kennedy Jr.", "John", "Kennedy"},
        {"Duval, Rosa Maria", "Rosa Maria", "Duval"},
        {"Smith, Jr.", NULL, NULL},
        {"Se\u00e1n O\u2019Brien", "Se\u00e1n", "O\u2019Brien"},
        {"\u738b\u5c0f\u660e", "\u5c0f\u660e", "\u738b"},
        {"\u6b27\u9633\u4fee", "\u4fee", "\u6b27\u9633"},
        {"\u53f8\u9a6c\u76f8\u5982", "\u76f8\u5982", "\u53f8\u9a6c"},
        {"\u963f\u91cc\u5df4\u5df4", NULL, NULL},
        {"\u0639\u0644\u06cc \u0631\u0636\u0627\u06cc\u06cc", "\u0639\u0644\u06cc",
         "\u0631\u0636\u0627\u06cc\u06cc"},
        {"Wang Xiaoming", "Xiaoming", "Wang"},
        {"Zhang Weimin", "Weimin", "Zhang"},
        {"Weimin Zhang", "Weimin", "Zhang"},
        {"Zhang Wei-min", "Wei-min", "Zhang"},
        {"Zhang Xiao Tong Xu", NULL, NULL},
        {"ouyang xiu", "xiu", "ouyang"},
        {"Wang Wei", NULL, NULL}, /* both may be either */
        {"Kevin Wang", "Kevin", "Wang"},
        {"Wang Kevin", NULL, NULL},
        {"Han Solo", NULL, NULL},
        {"Juan Carlos Lopez Garcia", "Juan Carlos", "Lopez Garcia"},
        {"Maria del Carmen Garc\u00eda L\u00f3pez", "Maria del Carmen", "Garc\u00eda L\u00f3pez"},
        {"Mar\u00eda de los \u00c1ngeles Ruiz", "Mar\u00eda de los \u00c1ngeles", "Ruiz"},
        {"Ana Garc\u00eda L\u00f3pez", "Ana", "Garc\u00eda L\u00f3pez"},
        {"Jean Pierre Duval", "Jean Pierre", "Duval"},
        {"Oscar de la Renta", "Oscar", "de la Renta"},
        {"van der Berg", NULL, NULL},
        {"de Boer", NULL, NULL},
        {"Mary Louise Parker Jones", NULL, NULL},
        {"Anna Sophie Weber", NULL, NULL},
        {"Juan Garc\u00eda de la Vega", NULL, NULL},
        {"\u0633\u06cc\u062f \u0645\u062d\u0645\u062f "
         "\u0645\u0648\u0633\u0648\u06cc",
         "\u0633\u06cc\u062f \u0645\u062d\u0645\u062f", "\u0645\u0648\u0633\u0648\u06cc"},
        {"سید محمد", NULL, NULL},
        {"محمد رضا کریمی", "محمد رضا", "کریمی"},
        {"علی رضا", NULL, NULL},
        {"مهدی رضایی زاده", "مهدی", "رضایی زاده"},
        {"محمد علی زاده", NULL, NULL},
        {"محمد بن سلمان", "محمد", "بن سلمان"},
        {"مریم السادات حسینی", NULL, NULL},
        {"عبد الله احمدی", "عبد الله", "احمدی"},
        {"فاطمه محمدی", "فاطمه", "محمدی"},
        {"J. Smith", NULL, NULL},
        {"Cher", NULL, NULL},
        {"Anna \u738b", NULL, NULL},
        {"R2 D2", NULL, NULL},
        {"", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_str given = PB_STR_NONE, family = PB_STR_NONE;
        bool sure = model_name_split(pb_str_c(cases[i][0]), &given, &family);
        if (sure != (cases[i][1] != NULL) ||
            (sure && !(pb_str_is(given, cases[i][1]) && pb_str_is(family, cases[i][2]))))
            fail_msg("%s: %.*s / %.*s", cases[i][0], PB_STR_FMT(given), PB_STR_FMT(family));
    }
}

/* shows: DQ-1 DQ-9 REC-5 */
static void a_name_has_letters(void **state)
{
    (void)state;
    static const value_case persons[] = {
        {"John Smith", MODEL_SAME, "John Smith"},
        {"\u738b\u5c0f\u660e", MODEL_SAME, NULL},
        {"\u0639\u0644\u064a \u06a9\u0631\u064a\u0645\u064a", MODEL_RESTYLED,
         "\u0639\u0644\u06cc \u06a9\u0631\u06cc\u0645\u06cc"},
        {"\uff2a\uff4f\uff48\uff4e\u3000Smith", MODEL_RESTYLED, "John Smith"},
        {"\u0645\u062d\u0645\u062f\u200c\u0639\u0644\u06cc", MODEL_SAME, NULL},
        {"X", MODEL_SAME, NULL},
        {"13812345678", MODEL_BAD, NULL},
        {"\u06f1\u06f2\u06f3", MODEL_BAD, NULL},
        {"...", MODEL_BAD, NULL},
        {"***", MODEL_BAD, NULL},
        {"\u3002\u3002", MODEL_BAD, NULL},
    };
    static const value_case companies[] = {
        {"\u963f\u91cc\u5df4\u5df4\uff08\u4e2d\u56fd\uff09\u6709\u9650\u516c\u53f8", MODEL_RESTYLED,
         "\u963f\u91cc\u5df4\u5df4(\u4e2d\u56fd)\u6709\u9650\u516c\u53f8"},
        {"Isdom GmbH & Co. KG", MODEL_SAME, NULL},
        {"1688", MODEL_SAME, NULL},
        {"3M", MODEL_SAME, NULL},
        {"#####", MODEL_BAD, NULL},
        {"\u060c\u060c", MODEL_BAD, NULL},
    };
    model_field person = FIELD(MODEL_PERSON_NAME), company = FIELD(MODEL_ORG_NAME);
    CHECK(&person, NULL, persons);
    CHECK(&company, NULL, companies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capitals_are_proposed),
        cmocka_unit_test(a_name_has_letters),
        cmocka_unit_test(parts_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
