/* Signed notes, keys and checkpoints, with the vectors of golang.org/x/mod/sumdb/note. */
#include "vectors.h"

#include <cjson/cJSON.h>
#include <sodium.h>

#include "merkle/note.h"

static cJSON *vectors(void)
{
    pb_buf file = vector_file("signed-note.json");
    cJSON *json = cJSON_ParseWithLength(file.ptr, file.len);
    assert_non_null(json);
    pb_buf_free(&file);
    return json;
}

static pb_str text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    assert_non_null(item);
    return pb_str_c(item->valuestring);
}

/* shows: ACC-5 */
static void test_signing_gives_the_published_note(void **state)
{
    (void)state;
    cJSON *json = vectors(), *signing = cJSON_GetObjectItem(json, "signing");
    merkle_signer signer;
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    assert_int_equal(merkle_signer_parse(text_of(signing, "skey"), &signer, NULL), PB_OK);
    assert_int_equal(merkle_note_sign(text_of(signing, "text"), &signer, &out, NULL), PB_OK);
    assert_true(pb_str_eq(pb_buf_str(&out), text_of(signing, "want")));
    merkle_signer_text(&signer, &key);
    assert_true(pb_str_eq(pb_buf_str(&key), text_of(signing, "skey")));
    merkle_signer_wipe(&signer);
    cJSON_Delete(json);
}

static void same_names(const cJSON *list, const merkle_signature *found, size_t count)
{
    assert_int_equal(cJSON_GetArraySize(list), count);
    for (size_t i = 0; i < count; i++)
        assert_true(pb_str_is(found[i].name, cJSON_GetArrayItem(list, (int)i)->valuestring));
}

/* shows: ACC-5 */
static void test_every_published_note_is_judged_right(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        pb_status status;
    } outcomes[] = {{"ok", PB_OK},
                    {"unverified", PB_NOT_FOUND},
                    {"ambiguous", PB_CONFLICT},
                    {"malformed", PB_INVALID},
                    {"invalid", PB_CORRUPT}};
    cJSON *json = vectors();
    const cJSON *item, *text;
    size_t seen = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "cases"))
    {
        merkle_verifier known[8];
        size_t count = 0;
        cJSON_ArrayForEach(text, cJSON_GetObjectItem(item, "vkeys")) assert_int_equal(
            merkle_verifier_parse(pb_str_c(text->valuestring), &known[count++], NULL), PB_OK);
        merkle_note note;
        pb_status status = merkle_note_open(text_of(item, "note"), known, count, &note, NULL);
        size_t at = 0;
        while (!pb_str_is(text_of(item, "expect"), outcomes[at].name))
            assert_true(++at < sizeof outcomes / sizeof *outcomes);
        if (status != outcomes[at].status)
            fail_msg("%s gave %d", cJSON_GetObjectItem(item, "name")->valuestring, status);
        if (status == PB_OK) {
            same_names(cJSON_GetObjectItem(item, "verified"), note.verified, note.verified_count);
            same_names(cJSON_GetObjectItem(item, "unverified"), note.unverified,
                       note.unverified_count);
        }
        seen++;
    }
    assert_int_equal(seen, 13);
    cJSON_Delete(json);
}

static void test_keys_round_trip_and_bad_ones_are_refused(void **state)
{
    (void)state;
    uint8_t seed[32] = {1, 2, 3};
    merkle_signer signer, again;
    merkle_verifier verifier;
    PB_AUTO_BUF secret = PB_BUF_INIT(512);
    PB_AUTO_BUF open = PB_BUF_INIT(512);
    assert_int_equal(merkle_signer_make(PB_STR("probity/log"), seed, &signer, NULL), PB_OK);
    merkle_signer_text(&signer, &secret);
    merkle_verifier_text(&signer.verifier, &open);
    assert_int_equal(merkle_signer_parse(pb_buf_str(&secret), &again, NULL), PB_OK);
    assert_memory_equal(&again, &signer, sizeof signer);
    assert_int_equal(merkle_verifier_parse(pb_buf_str(&open), &verifier, NULL), PB_OK);
    assert_memory_equal(verifier.key, signer.verifier.key, 32);
    for (size_t i = 0; i < open.len; i++) { /* the id guards name, id and key */
        open.ptr[i] ^= 1;
        assert_int_equal(merkle_verifier_parse(pb_buf_str(&open), &verifier, NULL), PB_INVALID);
        open.ptr[i] ^= 1;
    }
    static const char *const names[] = {"", "a b", "a+b", "a\nb", "a\xc2\xa0z", "\xff", "a\x01"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(merkle_signer_make(pb_str_c(names[i]), seed, &again, NULL), PB_INVALID);
    assert_int_equal(merkle_signer_parse(PB_STR("PRIVATE+KEY+x+00000000+AA=="), &again, NULL),
                     PB_INVALID);
    assert_int_equal(merkle_verifier_parse(PB_STR("x"), &verifier, NULL), PB_INVALID);
}

static void test_checkpoints_are_read_strictly(void **state)
{
    (void)state;
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    merkle_checkpoint head;
    PB_AUTO_BUF out = PB_BUF_INIT(512);
    static const char good[] = "example.com/log\n18446744073709551615\n" ROOT "\nmore\n";
    assert_int_equal(merkle_checkpoint_parse(pb_str_c(good), &head, NULL), PB_OK);
    assert_true(head.size == UINT64_MAX);
    merkle_hash nothing = merkle_empty();
    assert_true(merkle_hash_eq(&head.root, &nothing));
    assert_int_equal(merkle_checkpoint_write(&head, &out, NULL), PB_OK);
    assert_string_equal(pb_buf_cstr(&out), good);
    static const char *const bad[] = {
        "",
        "log\n",
        "log\n1\n",
        "log\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "log\n\n" ROOT "\n",
        "log\n01\n" ROOT "\n",
        "log\n-1\n" ROOT "\n",
        "log\n+1\n" ROOT "\n",
        "log\n18446744073709551616\n" ROOT "\n",
        "log\n1\nAAAA\n",
        "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "log\n1\n" ROOT "\n\n",
        "log\n1\n" ROOT "\nmore\n\nmore\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (merkle_checkpoint_parse(pb_str_c(bad[i]), &head, NULL) != PB_INVALID)
            fail_msg("took bad checkpoint %zu", i);
#undef ROOT
}

static void test_texts_that_are_not_plain_are_not_signed(void **state)
{
    (void)state;
    uint8_t seed[32] = {9};
    merkle_signer signer;
    PB_AUTO_BUF out = PB_BUF_INIT(512);
    assert_int_equal(merkle_signer_make(PB_STR("log"), seed, &signer, NULL), PB_OK);
    static const char *const bad[] = {"", "no newline", "tab\there\n", "\xff\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(merkle_note_sign(pb_str_c(bad[i]), &signer, &out, NULL), PB_INVALID);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signing_gives_the_published_note),
        cmocka_unit_test(test_every_published_note_is_judged_right),
        cmocka_unit_test(test_keys_round_trip_and_bad_ones_are_refused),
        cmocka_unit_test(test_checkpoints_are_read_strictly),
        cmocka_unit_test(test_texts_that_are_not_plain_are_not_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
