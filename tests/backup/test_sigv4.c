/* The examples that AWS publishes ("Signature Calculations for the Authorization Header:
 * Transferring Payload in a Single Chunk"): four requests and their signatures. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "sigv4.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define WELCOME "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
#define HOST                                                                                       \
    {                                                                                              \
        "host", PB_STR("examplebucket.s3.amazonaws.com")                                           \
    }
#define DATE                                                                                       \
    {                                                                                              \
        "x-amz-date", PB_STR("20130524T000000Z")                                                   \
    }

static void check(const sigv4_request *request, const char *names, const char *signature)
{
    const sigv4_keys keys = {.id = PB_STR("AKIAIOSFODNN7EXAMPLE"),
                             .secret = PB_STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
    PB_AUTO_BUF out = PB_BUF_INIT(4096), want = PB_BUF_INIT(4096);
    sigv4_authorization(request, &keys, &out);
    pb_buf_printf(&want,
                  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                  "aws4_request,SignedHeaders=%s,Signature=%s",
                  names, signature);
    assert_string_equal(pb_buf_cstr(&out), pb_buf_cstr(&want));
}

/* shows: PER-3 */
static void get_object(void **state)
{
    (void)state;
    const sigv4_header headers[] = {
        HOST, {"range", PB_STR("bytes=0-9")}, {"x-amz-content-sha256", PB_STR(EMPTY)}, DATE};
    const sigv4_request request = {"GET", PB_STR("/test.txt"), PB_STR(""), headers, 4,
                                   EMPTY, "20130524T000000Z",  "us-east-1"};
    check(&request, "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

/* shows: PER-3 */
static void put_object(void **state)
{
    (void)state;
    PB_AUTO_BUF path = PB_BUF_INIT(256), payload = PB_BUF_INIT(128);
    sigv4_encode(PB_STR("/test$file.text"), true, &path);
    sigv4_payload(PB_STR("Welcome to Amazon S3."), &payload);
    assert_string_equal(pb_buf_cstr(&payload), WELCOME);
    const sigv4_header headers[] = {{"date", PB_STR("Fri, 24 May 2013 00:00:00 GMT")},
                                    HOST,
                                    {"x-amz-content-sha256", PB_STR(WELCOME)},
                                    DATE,
                                    {"x-amz-storage-class", PB_STR("REDUCED_REDUNDANCY")}};
    const sigv4_request request = {"PUT", pb_buf_str(&path), PB_STR(""),         headers,
                                   5,     WELCOME,           "20130524T000000Z", "us-east-1"};
    check(&request, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

/* shows: PER-3 */
static void bucket_lifecycle_and_list(void **state)
{
    (void)state;
    const sigv4_header headers[] = {HOST, {"x-amz-content-sha256", PB_STR(EMPTY)}, DATE};
    sigv4_request request = {"GET", PB_STR("/"), PB_STR("lifecycle="), headers,
                             3,     EMPTY,       "20130524T000000Z",   "us-east-1"};
    check(&request, "host;x-amz-content-sha256;x-amz-date",
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    request.query = PB_STR("max-keys=2&prefix=J");
    check(&request, "host;x-amz-content-sha256;x-amz-date",
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(get_object), cmocka_unit_test(put_object),
                                       cmocka_unit_test(bucket_lifecycle_and_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
