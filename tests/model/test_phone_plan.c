/* The tables of telephone numbers say what libphonenumber says, over all regions, for valid
 * numbers, nearly valid ones and noise. */
#include "model/phone.h"
#include "phone_oracle.h"
#include "types/phone_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { REGIONS_MAX = 300, KINDS = 11, TEXT = 48, ROUNDS = 1100 };

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* The library's numbers of kinds, by ours. */
static int library_kind(phone_kind kind)
{
    static const int numbers[] = {-1, 4, 3, 5, 6, 7, 8, 9, 10, 0, 1, 2, -1};
    return numbers[kind];
}

static void compare(const char *region, const char *written, size_t *ret_valid)
{
    phone_oracle want;
    phone_parsed got;
    bool plus = written[0] == '+';
    bool wanted = phone_oracle_read(written, region, &want) != 0;
    bool good = phone_parse(phone_region_of(pb_str_c(region)), plus, pb_str_c(written + plus),
                            &got) == PHONE_VALID;
    if (good != wanted)
        fail_msg("%s in %s: %s, the library says %s", written, region, good ? "valid" : "not valid",
                 wanted ? want.e164 : "not valid");
    if (!good)
        return;
    char e164[TEXT];
    snprintf(e164, sizeof e164, "+%u%.*s", got.code, (int)got.len, got.national);
    if (strcmp(e164, want.e164) != 0 || strcmp(got.region->id, want.region) != 0 ||
        library_kind(got.kind) != want.kind)
        fail_msg("%s in %s: %s of %s, kind %d; the library says %s of %s, kind %d", written, region,
                 e164, got.region->id, library_kind(got.kind), want.e164, want.region, want.kind);
    PB_AUTO_BUF shown = PB_BUF_INIT(200);
    model_phone_show(pb_str_c(e164), &shown);
    if (strcmp(pb_buf_cstr(&shown), want.shown) != 0)
        fail_msg("%s is shown as %s, by the library as %s", e164, pb_buf_cstr(&shown), want.shown);
    (*ret_valid)++;
}

/* An example as people of the region write it, or abroad, with digits changed, added, lost. */
static void vary(uint64_t *seed, const char *example, const phone_region *region, char *ret)
{
    size_t code = region->code > 99 ? 3 : region->code > 9 ? 2 : 1, len = 0;
    const char *national = example + 1 + code;
    switch (next_random(seed) % 5) {
    case 0:
        len = (size_t)snprintf(ret, TEXT, "0%s", national);
        break;
    case 1:
        len = (size_t)snprintf(ret, TEXT, "%s", national);
        break;
    case 2:
        len = (size_t)snprintf(ret, TEXT, "%s", example + 1);
        break;
    case 3:
        len = (size_t)snprintf(ret, TEXT, "00%s", example + 1);
        break;
    default:
        len = (size_t)snprintf(ret, TEXT, "%s", example);
        break;
    }
    for (uint64_t edits = next_random(seed) % 4; edits > 0; edits--) {
        size_t at = 1 + next_random(seed) % (len - 1);
        char digit = (char)('0' + next_random(seed) % 10);
        if (next_random(seed) % 8 == 0 && len > 4) {
            memmove(ret + at, ret + at + 1, len - at);
            len--;
        } else if (next_random(seed) % 8 == 0 && len < 20) {
            memmove(ret + at + 1, ret + at, len - at + 1);
            ret[at] = digit;
            len++;
        } else {
            ret[at] = digit;
        }
    }
    if (ret[0] == '+' && ret[1] == '0')
        ret[1] = '4'; /* no calling code begins with 0: the library guesses there */
}

/* shows: DQ-1 DQ-8 REC-5 */
static void every_region_as_the_library_says(void **state)
{
    (void)state;
    static char regions[REGIONS_MAX][4];
    unsigned count = phone_oracle_regions(regions, REGIONS_MAX);
    size_t valid = 0, tried = 0;
    uint64_t seed = 2024;
    assert_in_range(count, 230, REGIONS_MAX - 1);
    for (unsigned r = 0; r < count; r++) {
        const phone_region *region = phone_region_of(pb_str_c(regions[r]));
        assert_non_null(region);
        for (int round = 0; round < ROUNDS; round++) {
            char example[TEXT], written[TEXT];
            if (phone_oracle_example(regions[r], round % KINDS, example, TEXT) == 0)
                snprintf(example, sizeof example, "+%u%u", region->code,
                         (unsigned)next_random(&seed) % 1000000000u + 1000);
            vary(&seed, example, region, written);
            compare(regions[r], written, &valid);
            tried++;
        }
    }
    assert_true(tried > 200000 && valid > tried / 4 && valid < tried);
}

/* shows: REC-5 DQ-8 */
static void a_standard_form_tells_country_and_kind(void **state)
{
    (void)state;
    static const struct {
        const char *standard, *country, *shown;
        model_phone_kind kind;
    } cases[] = {
        {"+989121234567", "IR", "+98 912 123 4567", MODEL_PHONE_MOBILE},
        {"+982188776655;ext=12", "IR", "+98 21 8877 6655 ext. 12", MODEL_PHONE_FIXED},
        {"+8613812345678", "CN", "+86 138 1234 5678", MODEL_PHONE_MOBILE},
        {"+861065529988", "CN", "+86 10 6552 9988", MODEL_PHONE_FIXED},
        {"+16045550123", "CA", "+1 604-555-0123", MODEL_PHONE_FIXED_OR_MOBILE},
        {"+80012345678", "001", "+800 1234 5678", MODEL_PHONE_TOLL_FREE},
    };
    PB_AUTO_BUF shown = PB_BUF_INIT(200);
    model_phone phone;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_buf_clear(&shown);
        model_phone_show(pb_str_c(cases[i].standard), &shown);
        assert_string_equal(pb_buf_cstr(&shown), cases[i].shown);
        assert_true(model_phone_describe(pb_str_c(cases[i].standard), &phone));
        assert_string_equal(phone.country, cases[i].country);
        assert_int_equal(phone.kind, cases[i].kind);
    }
    static const char *const none[] = {"+999123456789", "09121234567", "+", "", "+98912", ";ext=1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        pb_buf_clear(&shown);
        assert_false(model_phone_describe(pb_str_c(none[i]), &phone));
        model_phone_show(pb_str_c(none[i]), &shown);
        assert_string_equal(pb_buf_cstr(&shown), none[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_standard_form_tells_country_and_kind),
        cmocka_unit_test(every_region_as_the_library_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
