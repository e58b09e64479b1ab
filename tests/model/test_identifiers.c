/* Identifiers with published rules: known good numbers, every kind of fault, repairs, masks, and
 * what the check digits promise. */
#include "model/identifiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const kind_names[MODEL_ID_COUNT] = {
    "iban", "bic", "cn_resident", "cn_uscc", "ir_national", "ir_legal",
    "vat",  "lei", "duns",        "isin",    "card"};

typedef struct id_case {
    model_id_kind kind;
    const char *raw;
    model_id_fault fault;
    const char *standard; /* NULL: does not matter */
    const char *country;  /* of the record */
} id_case;

static const id_case cases[] = {
    /* IBAN: examples of the registry */
    {MODEL_ID_IBAN, "DE89 3704 0044 0532 0130 00", MODEL_ID_GOOD, "DE89370400440532013000", NULL},
    {MODEL_ID_IBAN, "IBAN: gb29nwbk60161331926819", MODEL_ID_GOOD, "GB29NWBK60161331926819", NULL},
    {MODEL_ID_IBAN, "FR14 2004 1010 0505 0001 3M02 606", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "MT84MALT011000012345MTLCAST001S", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "NO9386011117947", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "BR1800360305000010009795493C1", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "SC18SSCB11010000000000001497USD", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "MU17BOMM0101101030300200000MUR", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "TR330006100519786457841326", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "PL61109010140000071219812874", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "SA0380000000608010167519", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "IR580540105180021273113007", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IBAN, "DE89370400440532013001", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_IBAN, "DE8937040044053201300", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_IBAN, "GB29NW6K60161331926819", MODEL_ID_STRUCTURE, NULL, NULL},
    {MODEL_ID_IBAN, "US64SVBKUS6S3300958879", MODEL_ID_COUNTRY, NULL, NULL},
    {MODEL_ID_IBAN, "DE89*3704", MODEL_ID_CHARACTER, NULL, NULL},
    {MODEL_ID_BIC, "deutdeff", MODEL_ID_GOOD, "DEUTDEFF", NULL},
    {MODEL_ID_BIC, "BKCHCNBJ110", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_BIC, "DEUTQQFF", MODEL_ID_COUNTRY, NULL, NULL},
    {MODEL_ID_BIC, "DEUTDEF", MODEL_ID_LENGTH, NULL, NULL},
    /* GB 11643 */
    {MODEL_ID_CN_RESIDENT, "11010519491231002x", MODEL_ID_GOOD, "11010519491231002X", NULL},
    {MODEL_ID_CN_RESIDENT, "440524188001010014", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_CN_RESIDENT, "１１０１０５１９４９１２３１００２Ｘ", MODEL_ID_GOOD,
     "11010519491231002X", NULL},
    {MODEL_ID_CN_RESIDENT, "110105491231002", MODEL_ID_GOOD, "11010519491231002X", NULL},
    {MODEL_ID_CN_RESIDENT, "110105194912310021", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_CN_RESIDENT, "110105194902300021", MODEL_ID_DATE, NULL, NULL},
    {MODEL_ID_CN_RESIDENT, "990105194912310029", MODEL_ID_COUNTRY, NULL, NULL},
    {MODEL_ID_CN_RESIDENT, "1101051949123100", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_CN_RESIDENT, "1101O519491231002X", MODEL_ID_STRUCTURE, NULL, NULL},
    /* GB 32100: codes of well-known companies */
    {MODEL_ID_CN_USCC, "91350100M000100Y43", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_CN_USCC, "9144 0300 7084 6113 6T", MODEL_ID_GOOD, "91440300708461136T", NULL},
    {MODEL_ID_CN_USCC, "914403001922038216", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_CN_USCC, "914403001922038217", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_CN_USCC, "91440300192203821", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_CN_USCC, "91350100M00010OY43", MODEL_ID_CHARACTER, NULL, NULL},
    {MODEL_ID_CN_USCC, "9199030070846113T6", MODEL_ID_COUNTRY, NULL, NULL},
    /* Iran */
    {MODEL_ID_IR_NATIONAL, "0084575948", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IR_NATIONAL, "۰۰۸۴۵۷۵۹۴۸", MODEL_ID_GOOD, "0084575948", NULL},
    {MODEL_ID_IR_NATIONAL, "008-457594-8", MODEL_ID_GOOD, "0084575948", NULL},
    {MODEL_ID_IR_NATIONAL, "1111111111", MODEL_ID_STRUCTURE, NULL, NULL},
    {MODEL_ID_IR_NATIONAL, "0084575949", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_IR_NATIONAL, "00845759", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_IR_LEGAL, "10380284790", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_IR_LEGAL, "10380284791", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_IR_LEGAL, "1038028479", MODEL_ID_LENGTH, NULL, NULL},
    /* VAT: numbers of companies as they stand in their imprints, and published examples */
    {MODEL_ID_VAT, "ATU13585627", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "BE 0428.759.497", MODEL_ID_GOOD, "BE0428759497", NULL},
    {MODEL_ID_VAT, "BE0431150351", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_VAT, "BG175074752", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "CHE-100.155.212 MWST", MODEL_ID_GOOD, "CHE100155212", NULL},
    {MODEL_ID_VAT, "CHE-100.155.213", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_VAT, "CY10259033P", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "CZ25123891", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "DE 136,695 976", MODEL_ID_CHARACTER, NULL, NULL},
    {MODEL_ID_VAT, "DE 136 695 976", MODEL_ID_GOOD, "DE136695976", NULL},
    {MODEL_ID_VAT, "136695976", MODEL_ID_GOOD, "DE136695976", "DE"},
    {MODEL_ID_VAT, "DE136695978", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_VAT, "DE13669597", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_VAT, "DK13585628", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "EE100931558", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "GR094259216", MODEL_ID_GOOD, "EL094259216", NULL},
    {MODEL_ID_VAT, "ESA28015865", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "ES54362315K", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "ESX2482300W", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "FI20774740", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "FR40303265045", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "FR41303265045", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_VAT, "GB980780684", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "GBGD001", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "HR33392005961", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "HU12892312", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "IE6433435F", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "IE6433435OA", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "IE8D79739I", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "IT00743110157", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "LT119511515", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "LT100001919017", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "LU15027442", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "LV40003521600", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "MT11679112", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "NL004495445B01", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "NL002455799B11", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "NO 995 525 828 MVA", MODEL_ID_GOOD, "NO995525828MVA", NULL},
    {MODEL_ID_VAT, "PL8567346215", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "PT501964843", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "RO18547290", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "SE123456789701", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "SI50223054", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "SK2022749619", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "TR1234567890", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_VAT, "411123456789", MODEL_ID_GOOD, NULL, "IR"},
    {MODEL_ID_VAT, "who knows", MODEL_ID_STRUCTURE, NULL, NULL},
    {MODEL_ID_LEI, "5493001KJTIIGC8Y1R12", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_LEI, "5493001KJTIIGC8Y1R13", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_LEI, "5493001KJTIIGC8Y1R1", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_DUNS, "15-048-3782", MODEL_ID_GOOD, "150483782", NULL},
    {MODEL_ID_DUNS, "15048378", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_ISIN, "US0378331005", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_ISIN, "AU0000XVGZA3", MODEL_ID_GOOD, NULL, NULL},
    {MODEL_ID_ISIN, "US0378331004", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_ISIN, "QQ0378331005", MODEL_ID_COUNTRY, NULL, NULL},
    {MODEL_ID_CARD, "4111 1111 1111 1111", MODEL_ID_GOOD, "4111111111111111", NULL},
    {MODEL_ID_CARD, "3782-822463-10005", MODEL_ID_GOOD, "378282246310005", NULL},
    {MODEL_ID_CARD, "6037997551111106", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_CARD, "4111111111111112", MODEL_ID_CHECK, NULL, NULL},
    {MODEL_ID_CARD, "37828224631000", MODEL_ID_LENGTH, NULL, NULL},
    {MODEL_ID_CARD, "0000000000000000", MODEL_ID_STRUCTURE, NULL, NULL},
    {MODEL_ID_CARD, "4111 visa", MODEL_ID_CHARACTER, NULL, NULL},
};

/* shows: DQ-1 DQ-8 REC-5 */
static void known_numbers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const id_case *c = &cases[i];
        model_id id;
        bool good = model_id_read(c->kind, pb_str_c(c->raw), pb_str_c(c->country), &id);
        if (id.fault != c->fault || good != (c->fault == MODEL_ID_GOOD) ||
            (id.problem == NULL) != good)
            fail_msg("%s %s: fault %d, wanted %d (%s)", kind_names[c->kind], c->raw, (int)id.fault,
                     (int)c->fault, id.problem != NULL ? id.problem : "good");
        if (c->standard != NULL && !pb_str_is(pb_str_n(id.text, id.len), c->standard))
            fail_msg("%s: standard form %.*s, wanted %s", c->raw, (int)id.len, id.text,
                     c->standard);
    }
}

/* shows: REC-5 */
static void the_standard_form_is_its_own(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_id id, again;
        if (!model_id_read(cases[i].kind, pb_str_c(cases[i].raw), pb_str_c(cases[i].country), &id))
            continue;
        assert_true(model_id_read(cases[i].kind, pb_str_n(id.text, id.len),
                                  pb_str_c(cases[i].country), &again));
        assert_true(pb_str_eq(pb_str_n(id.text, id.len), pb_str_n(again.text, again.len)));
        seen++;
    }
    assert_true(seen > 50);
}

/* Schemes that promise to catch every single wrong character, and every two neighbours turned. */
static const struct {
    model_id_kind kind;
    bool turned;
} promises[] = {
    {MODEL_ID_IBAN, true},  {MODEL_ID_CN_RESIDENT, true}, {MODEL_ID_CN_USCC, true},
    {MODEL_ID_LEI, true},   {MODEL_ID_IR_NATIONAL, true}, {MODEL_ID_ISIN, false},
    {MODEL_ID_CARD, false},
};

static bool caught(model_id_kind kind, const char *text, size_t len)
{
    model_id id;
    return !model_id_read(kind, pb_str_n(text, len), PB_STR_NONE, &id);
}

/* Every digit replaced by each other one, and neighbours turned: none may pass. */
static void mistype(model_id_kind kind, const model_id *id, bool turned, size_t *ret_tried)
{
    char text[MODEL_ID_MAX];
    for (size_t at = 0; at < id->len; at++) {
        memcpy(text, id->text, id->len);
        if (text[at] < '0' || text[at] > '9')
            continue;
        for (int digit = '0'; digit <= '9'; digit++) {
            char c = (char)digit;
            text[at] = c;
            if (c != id->text[at] && !caught(kind, text, id->len))
                fail_msg("%s: %.*s passes for %.*s", kind_names[kind], (int)id->len, text,
                         (int)id->len, id->text);
            (*ret_tried)++;
        }
    }
    for (size_t at = 0; turned && at + 1 < id->len; at++) {
        memcpy(text, id->text, id->len);
        text[at] = id->text[at + 1];
        text[at + 1] = id->text[at];
        if (text[at] != text[at + 1] && !caught(kind, text, id->len))
            fail_msg("%s: %.*s turned to %.*s passes", kind_names[kind], (int)id->len, id->text,
                     (int)id->len, text);
        (*ret_tried)++;
    }
}

/* shows: DQ-1 DQ-9 */
static void typing_errors_are_caught(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t p = 0; p < sizeof promises / sizeof *promises; p++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            model_id id;
            if (cases[i].kind != promises[p].kind ||
                !model_id_read(cases[i].kind, pb_str_c(cases[i].raw), PB_STR_NONE, &id) ||
                id.old_form)
                continue;
            mistype(cases[i].kind, &id, promises[p].turned, &tried);
        }
    }
    assert_true(tried > 3000);
}

/* shows: DQ-8 */
static void only_certain_repairs_are_proposed(void **state)
{
    (void)state;
    static const struct {
        model_id_kind kind;
        const char *raw, *mended;
    } repairs[] = {
        {MODEL_ID_IR_NATIONAL, "84575948", "0084575948"},
        {MODEL_ID_IR_NATIONAL, "84575949", ""},
        {MODEL_ID_IBAN, "580540105180021273113007", "IR580540105180021273113007"},
        {MODEL_ID_IBAN, "DE8937O40044053201300O", "DE89370400440532013000"},
        {MODEL_ID_IBAN, "DE89370400440532013001", ""},
        {MODEL_ID_CN_USCC, "9135O100M000100Y43", "91350100M000100Y43"},
        {MODEL_ID_CN_RESIDENT, "1101O519491231002X", "11010519491231002X"},
        {MODEL_ID_CN_RESIDENT, "110105194912310021", ""},
    };
    for (size_t i = 0; i < sizeof repairs / sizeof *repairs; i++) {
        model_id id;
        assert_false(model_id_read(repairs[i].kind, pb_str_c(repairs[i].raw), PB_STR_NONE, &id));
        if (!pb_str_is(pb_str_n(id.mended, id.mended_len), repairs[i].mended))
            fail_msg("%s is mended to %.*s", repairs[i].raw, (int)id.mended_len, id.mended);
    }
}

/* shows: AUD-10 DQ-4 */
static void masks_give_nothing_away(void **state)
{
    (void)state;
    static const struct {
        model_id_kind kind;
        const char *raw, *mask;
    } masks[] = {
        {MODEL_ID_CARD, "4111 1111 1111 1234", "••••1234"},
        {MODEL_ID_CARD, "1234", "••••"},
        {MODEL_ID_IBAN, "DE89370400440532013000", "DE89••••3000"},
        {MODEL_ID_CN_RESIDENT, "11010519491231002X", "11••••2X"},
        {MODEL_ID_IR_NATIONAL, "0084575948", "••••48"},
        {MODEL_ID_LEI, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"},
    };
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        pb_buf_clear(&out);
        model_id_mask(masks[i].kind, pb_str_c(masks[i].raw), &out);
        assert_string_equal(pb_buf_cstr(&out), masks[i].mask);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_id id;
        model_id_read(cases[i].kind, pb_str_c(cases[i].raw), PB_STR_NONE, &id);
        if (model_id_private(cases[i].kind) && id.problem != NULL)
            assert_null(strstr(id.problem, "{value}"));
    }
}

/* shows: DQ-9 */
static void cards_know_their_brand(void **state)
{
    (void)state;
    model_id id;
    assert_true(model_id_read(MODEL_ID_CARD, PB_STR("5555555555554444"), PB_STR_NONE, &id));
    assert_string_equal(id.brand, "Mastercard");
    assert_true(model_id_read(MODEL_ID_CARD, PB_STR("6221061052331221"), PB_STR_NONE, &id) ||
                id.fault == MODEL_ID_CHECK);
    assert_string_equal(id.brand, "UnionPay");
    model_id_read(MODEL_ID_CARD, PB_STR("1000000000000008"), PB_STR_NONE, &id);
    assert_null(id.brand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_numbers_are_judged),
        cmocka_unit_test(the_standard_form_is_its_own),
        cmocka_unit_test(typing_errors_are_caught),
        cmocka_unit_test(only_certain_repairs_are_proposed),
        cmocka_unit_test(masks_give_nothing_away),
        cmocka_unit_test(cards_know_their_brand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
