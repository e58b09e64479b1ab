/* One-time codes against the vectors of RFC 6238, appendix B. */
#include "signin_support.h"

static const char seed[] = "1234567890123456789012345678901234567890123456789012345678901234";

/* shows: SEC-2 */
static void test_codes_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        int64_t second;
        const char *codes[3]; /* SHA-1, SHA-256, SHA-512 */
    } rows[] = {
        {59, {"94287082", "46119246", "90693936"}},
        {1111111109, {"07081804", "68084774", "25091201"}},
        {1111111111, {"14050471", "67062674", "99943326"}},
        {1234567890, {"89005924", "91819424", "93441116"}},
        {2000000000, {"69279037", "90698825", "38618901"}},
        {20000000000, {"65353130", "77737706", "47863826"}},
    };
    static const size_t sizes[] = {20, 32, 64};
    char code[9];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int hash = 0; hash < 3; hash++) {
            pb_str secret = pb_str_n(seed, sizes[hash]);
            int64_t step = rows[i].second / IDENTITY_TOTP_STEP_S;
            assert_true(identity_totp_code((identity_totp_hash)hash, secret, step, 8, code));
            assert_string_equal(code, rows[i].codes[hash]);
            assert_true(identity_totp_code((identity_totp_hash)hash, secret, step, 6, code));
            assert_string_equal(code, rows[i].codes[hash] + 2);
        }
    }
    assert_false(identity_totp_code(IDENTITY_SHA1, PB_STR(""), 1, 6, code));
    assert_false(identity_totp_code(IDENTITY_SHA1, PB_STR("x"), 1, 5, code));
    assert_false(identity_totp_code(IDENTITY_SHA1, PB_STR("x"), 1, 9, code));
}

/* ASVS V6.5.1 V6.5.5 */
/* shows: SEC-2 */
static void test_a_code_is_good_for_one_step_more_or_less_and_once(void **state)
{
    (void)state;
    const uint8_t *secret = (const uint8_t *)seed;
    char code[9];
    int64_t step = 1111111111 / 30, found = 0;
    assert_true(identity_totp_code(IDENTITY_SHA1, pb_str_n(seed, 20), step, 6, code));
    for (int64_t s = step - 3; s <= step + 3; s++) {
        for (int64_t second = 0; second < 30; second += 29) {
            int64_t now = (s * 30 + second) * SECOND;
            bool good = identity_totp_matches(secret, pb_str_c(code), now, 0, &found);
            assert_int_equal(good, s >= step - 1 && s <= step + 1);
            if (good)
                assert_int_equal(found, step);
            assert_false(identity_totp_matches(secret, pb_str_c(code), now, step, &found));
        }
    }
    int64_t now = step * 30 * SECOND;
    assert_true(identity_totp_matches(secret, PB_STR("050 471"), now, 0, &found));
    static const char *const wrong[] = {"",       "05047",  "0504711", "05047a",
                                        "150471", "050472", "050471x", "-50471"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(identity_totp_matches(secret, pb_str_c(wrong[i]), now, 0, &found));
}

/* shows: SEC-2 */
static void test_the_address_is_what_apps_read(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    identity_totp_address((const uint8_t *)seed, PB_STR("Morgenstern & Söhne"),
                          PB_STR("anna.bauer@example.org"), &out);
    assert_string_equal(
        pb_buf_cstr(&out),
        "otpauth://totp/Morgenstern%20%26%20S%C3%B6hne:anna.bauer%40example.org?secret="
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Morgenstern%20%26%20S%C3%B6hne&algorithm=SHA1"
        "&digits=6&period=30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_are_those_of_the_rfc),
        cmocka_unit_test(test_a_code_is_good_for_one_step_more_or_less_and_once),
        cmocka_unit_test(test_the_address_is_what_apps_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
