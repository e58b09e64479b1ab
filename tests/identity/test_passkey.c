/* Passkeys against the vectors of the specification, and every alteration of them refused. */
#include "passkey_support.h"

typedef struct each {
    cJSON *all;
    pb_arena *arena;
} each;

static int set_up(void **state)
{
    static each e;
    e.all = vectors_read();
    e.arena = pb_arena_new(0);
    *state = &e;
    return 0;
}

static int tear_down(void **state)
{
    each *e = *state;
    cJSON_Delete(e->all);
    e->arena = pb_arena_free(e->arena);
    return 0;
}

/* Forms of attestation that are verified; with others the key is good all the same. */
static bool form_is_ours(const vector *v)
{
    return strcmp(v->form, "none") == 0 || strcmp(v->form, "packed") == 0;
}

/* The key of a registration, whatever vouches for it: behind the id in the authenticator data. */
static pb_str key_of(const vector *v)
{
    size_t at = pb_str_find(v->made_object, v->id);
    assert_true(at != SIZE_MAX);
    return pb_str_sub(v->made_object, at + v->id.len, v->made_object.len);
}

static pb_status made(vector *v, pb_arena *arena, identity_passkey *ret, pb_error *err)
{
    v->site.origins = &v->origin;
    return identity_passkey_made(&v->site, v->made_challenge, false, v->made_client, v->made_object,
                                 arena, ret, err);
}

static pb_status shown(vector *v, pb_str key, uint32_t *ret_count, pb_error *err)
{
    v->site.origins = &v->origin;
    return identity_passkey_shown(&v->site, v->challenge, false, &v->assertion, key, 0, ret_count,
                                  NULL, err);
}

/* shows: SEC-2 */
static void test_all_passkeys_of_the_specification_are_verified(void **state)
{
    each *e = *state;
    const cJSON *item;
    int count = 0, by_form[3] = {0};
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(e->all, "vectors"))
    {
        vector v = vector_read(e->arena, item);
        identity_passkey passkey;
        pb_error err = {0};
        uint32_t counter = 7;
        if (!form_is_ours(&v)) {
            assert_int_equal(made(&v, e->arena, &passkey, &err), PB_DENIED);
            continue;
        }
        must(made(&v, e->arena, &passkey, &err), &err);
        assert_true(pb_str_eq(passkey.id, v.id));
        assert_true(pb_str_starts(key_of(&v), passkey.key));
        by_form[passkey.attestation]++;
        must(shown(&v, passkey.key, &counter, &err), &err);
        assert_int_equal(counter, 0);
        count++;
    }
    assert_int_equal(count, 11);
    assert_int_equal(by_form[IDENTITY_ATTESTED_NOT], 4);
    assert_int_equal(by_form[IDENTITY_ATTESTED_SELF], 1);
    assert_int_equal(by_form[IDENTITY_ATTESTED_CERTIFICATE], 6);
}

/* Each byte of `of` is altered in turn: one bit of it, all of it. */
static void each_byte(vector *v, pb_str *of, pb_str key, int *tried)
{
    char *copy = malloc(of->len);
    pb_str whole = *of;
    uint32_t counter;
    assert_non_null(copy);
    memcpy(copy, whole.ptr, whole.len);
    *of = pb_str_n(copy, whole.len);
    for (size_t i = 0; i < whole.len; i++) {
        copy[i] = (char)(copy[i] ^ (1 << (i % 8)));
        if (shown(v, key, &counter, NULL) != PB_DENIED)
            fail_msg("%s: byte %zu altered, and accepted", v->title, i);
        copy[i] = whole.ptr[i];
        (*tried)++;
    }
    for (size_t len = 0; len < whole.len; len += 1 + whole.len / 8) { /* and cut off */
        *of = pb_str_n(copy, len);
        assert_int_equal(shown(v, key, &counter, NULL), PB_DENIED);
    }
    *of = whole;
    free(copy);
}

/* shows: SEC-2 SEC-4 */
static void test_every_altered_byte_of_an_assertion_is_refused(void **state)
{
    each *e = *state;
    const cJSON *item;
    int tried = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(e->all, "vectors"))
    {
        vector v = vector_read(e->arena, item);
        identity_passkey passkey;
        pb_error err = {0};
        if (!form_is_ours(&v))
            continue;
        must(made(&v, e->arena, &passkey, &err), &err);
        each_byte(&v, &v.assertion.client_data, passkey.key, &tried);
        each_byte(&v, &v.assertion.authenticator_data, passkey.key, &tried);
        each_byte(&v, &v.assertion.signature, passkey.key, &tried);
        each_byte(&v, &v.challenge, passkey.key, &tried);
        uint32_t counter;
        must(shown(&v, passkey.key, &counter, &err), &err);
    }
    assert_true(tried > 3000);
}

/* shows: SEC-2 SEC-4 */
static void test_altered_registrations_make_no_passkey_of_another(void **state)
{
    each *e = *state;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(e->all, "vectors"))
    {
        vector v = vector_read(e->arena, item);
        identity_passkey passkey;
        if (strcmp(v.form, "packed") != 0)
            continue;
        char *copy = malloc(v.made_object.len);
        assert_non_null(copy);
        pb_str whole = v.made_object;
        size_t from = pb_str_find(whole, PB_STR("authData")), to = whole.len;
        memcpy(copy, whole.ptr, whole.len);
        v.made_object = pb_str_n(copy, whole.len);
        for (size_t i = from; i < to; i += 3) { /* what is signed: the rest names it */
            copy[i] = (char)(copy[i] ^ 4);
            if (made(&v, e->arena, &passkey, NULL) != PB_DENIED)
                fail_msg("%s: byte %zu altered, and accepted", v.title, i);
            copy[i] = whole.ptr[i];
        }
        for (size_t len = 0; len < whole.len; len += 5) {
            v.made_object = pb_str_n(copy, len);
            assert_int_equal(made(&v, e->arena, &passkey, NULL), PB_DENIED);
        }
        free(copy);
    }
}

static vector first_vector(each *e)
{
    return vector_read(e->arena,
                       cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(e->all, "vectors"), 0));
}

/* shows: SEC-2 */
static void test_site_origin_frames_and_questions_are_checked(void **state)
{
    each *e = *state;
    pb_error err = {0};
    uint32_t counter;
    vector v = first_vector(e);
    pb_str origin = v.origin, name = v.site.name;
    identity_passkey passkey;
    must(made(&v, e->arena, &passkey, &err), &err);
    pb_str key = passkey.key;
    v.origin = PB_STR("https://example.org.evil.example");
    assert_int_equal(shown(&v, key, &counter, &err), PB_DENIED);
    must_say(&err, "The passkey was used on another site.");
    v.origin = origin;
    v.site.name = PB_STR("example.com");
    assert_int_equal(shown(&v, key, &counter, &err), PB_DENIED);
    must_say(&err, "The passkey was made for another site.");
    v.site.name = name;
    pb_str shown_client = v.assertion.client_data;
    v.assertion.client_data = v.made_client;
    assert_int_equal(shown(&v, key, &counter, &err), PB_DENIED);
    must_say(&err, "The passkey answered another question than was asked.");
    v.assertion.client_data = shown_client;
    pb_str challenge = v.challenge;
    v.challenge = v.made_challenge;
    assert_int_equal(shown(&v, key, &counter, &err), PB_DENIED);
    must_say(&err, "The passkey answered another challenge than was given.");
    v.challenge = challenge;
    must(shown(&v, key, &counter, &err), &err);
    /* Vectors 2 and 3 come from a page within another's. */
    for (int i = 2; i < 4; i++) {
        vector framed = vector_read(
            e->arena, cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(e->all, "vectors"), i));
        must(made(&framed, e->arena, &passkey, &err), &err);
        framed.site.framed = false;
        assert_int_equal(made(&framed, e->arena, &passkey, &err), PB_DENIED);
        must_say(&err, "The passkey was used on a page within a page of another site.");
    }
}

/* shows: SEC-2 */
static void test_a_counter_that_does_not_rise_is_a_copy(void **state)
{
    each *e = *state;
    pb_error err = {0};
    uint32_t counter;
    vector v = first_vector(e);
    identity_passkey passkey;
    must(made(&v, e->arena, &passkey, &err), &err);
    v.site.origins = &v.origin;
    /* It counts 0: good where nothing was counted before, and else a copy that went back. */
    must(identity_passkey_shown(&v.site, v.challenge, false, &v.assertion, passkey.key, 0, &counter,
                                NULL, &err),
         &err);
    assert_int_equal(identity_passkey_shown(&v.site, v.challenge, false, &v.assertion, passkey.key,
                                            1, &counter, NULL, &err),
                     PB_DENIED);
    must_say(&err, "The passkey was copied: its counter did not rise.");
}

/* shows: SEC-2 */
static void test_one_passkeys_signature_is_not_anothers(void **state)
{
    each *e = *state;
    const cJSON *item;
    pb_str keys[16];
    size_t count = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(e->all, "vectors"))
    {
        vector v = vector_read(e->arena, item);
        identity_passkey passkey;
        if (form_is_ours(&v) && made(&v, e->arena, &passkey, NULL) == PB_OK)
            keys[count++] = passkey.key;
    }
    size_t own = 0, at = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(e->all, "vectors"))
    {
        vector v = vector_read(e->arena, item);
        uint32_t counter;
        if (!form_is_ours(&v))
            continue;
        for (size_t i = 0; i < count; i++) {
            pb_status status = shown(&v, keys[i], &counter, NULL);
            assert_int_equal(status, i == at ? PB_OK : PB_DENIED);
            own += status == PB_OK;
        }
        at++;
    }
    assert_int_equal(own, count);
    assert_int_equal(count, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_passkeys_of_the_specification_are_verified, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_every_altered_byte_of_an_assertion_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_altered_registrations_make_no_passkey_of_another,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_site_origin_frames_and_questions_are_checked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_counter_that_does_not_rise_is_a_copy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_one_passkeys_signature_is_not_anothers, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
