/* Passwords: which are accepted, how they are kept, how many are computed at once. */
#include "signin_support.h"

#include <pthread.h>

#include "signin/common.h"
#include "sys/file.h"

static const identity_password_rules quick = {.passes = 1, .memory = 8192};

static const pb_str names[] = {PB_STR("anna.bauer"), PB_STR("Anna Bauer"),
                               PB_STR("Morgenstern Werke"), PB_STR("crm.morgenstern.example")};

static pb_status check(pb_str password, bool beside, pb_error *err)
{
    return identity_password_check(&quick, password, beside, names, 4, err);
}

static void must_accept(const char *password, bool beside)
{
    pb_error err = {0};
    must(check(pb_str_c(password), beside, &err), &err);
}

static void must_refuse(const char *password, bool beside, const char *says)
{
    pb_error err = {0};
    assert_int_equal(check(pb_str_c(password), beside, &err), PB_INVALID);
    must_say(&err, says);
}

#define TRIED "The password is among those that are tried first."
#define PATTERN "The password is a pattern that is tried among the first."
#define NAMES "The password is made of names that everybody knows."

/* ASVS V6.2.1 */
/* shows: SEC-2 ACC-1 */
static void test_length_is_asked_for_by_the_factors_there_are(void **state)
{
    (void)state;
    must_refuse("kupfer!", true, "The password has 7 characters; it needs 8 at least.");
    must_accept("kupfer!z", true);
    must_refuse("kupfer zahn ab", false, "The password has 14 characters; it needs 15 at least.");
    must_accept("kupfer zahn abe", false);
    must_refuse("", true, "The password has 0 characters; it needs 8 at least.");
    pb_error err = {0};
    PB_AUTO_BUF hint = PB_BUF_INIT(1000);
    assert_int_equal(check(PB_STR("kupfer zahn ab"), false, &err), PB_INVALID);
    pb_error_render(&err, &err.hint, NULL, &hint);
    assert_string_equal(pb_buf_cstr(&hint),
                        "With a second factor beside it, 8 characters are enough.");
    /* Characters are counted, not bytes: seven of three bytes each are seven. */
    must_refuse("长江黄河泰山雨", true, "The password has 7 characters; it needs 8 at least.");
}

/* ASVS V6.2.5 V6.2.9 */
/* shows: SEC-2 ACC-1 */
static void test_no_kind_of_character_is_asked_for(void **state)
{
    (void)state;
    must_accept("lkwqpzmvnhtybrgdcxfseajuoiqwmzplvktnhbgrycdxsfaeujoiwqkzmpvlnthb", false);
    must_accept("seven grey herons wade", false);
    must_accept("长江黄河泰山雨水春分清明谷雨立夏", false);
    must_accept("رودخانه کوهستان باران پاییز", false);
    must_accept("84719 26350 9175 28364", false);
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    for (int i = 0; i < 250; i++)
        pb_buf_printf(&text, "%c%c%d ", 'a' + i % 23, 'b' + i % 17, i % 7);
    pb_error err = {0};
    must(check(pb_buf_str(&text), false, &err), &err); /* 1,000 characters */
    pb_buf_addc(&text, "x");
    assert_int_equal(check(pb_buf_str(&text), false, &err), PB_INVALID);
    must_say(&err, "The password has 1001 characters; 1000 at most are allowed.");
    assert_int_equal(check(PB_STR("seven\x01grey herons wade"), false, &err), PB_INVALID);
    assert_int_equal(check(PB_STR("seven\xff grey herons wade"), false, &err), PB_INVALID);
}

/* ASVS V6.2.4 */
/* shows: SEC-2 */
static void test_every_common_password_is_refused(void **state)
{
    (void)state;
    pb_error err = {0};
    size_t long_enough = 0;
    assert_true(identity_common_password_count > 3000);
    for (size_t i = 0; i < identity_common_password_count; i++) {
        pb_str word = identity_common_passwords[i];
        if (i > 0)
            assert_true(pb_str_cmp(identity_common_passwords[i - 1], word) < 0);
        assert_int_equal(check(word, true, &err), PB_INVALID);
        long_enough += word.len >= IDENTITY_PASSWORD_BESIDE;
        /* Said often enough to be long enough, it is no better. */
        PB_AUTO_BUF again = PB_BUF_INIT(1000);
        while (again.len < IDENTITY_PASSWORD_ALONE)
            pb_buf_add(&again, word);
        assert_int_equal(check(pb_buf_str(&again), false, &err), PB_INVALID);
    }
    assert_true(long_enough > 200);
    must_refuse("password", true, TRIED);
    must_refuse("PassWord", true, TRIED);
    must_refuse("ｐａｓｓｗｏｒｄ", true, TRIED); /* full width */
    must_refuse("password2024!", true, TRIED);
    must_refuse("!!!!!!!!!!!!password", false, TRIED);
}

/* shows: SEC-2 */
static void test_patterns_are_refused(void **state)
{
    (void)state;
    must_refuse("aaaaaaaaaaaaaaaa", false, PATTERN);
    must_refuse("abcabcabcabcabca", false, PATTERN);
    must_refuse("234567890123456789", false, PATTERN);
    must_refuse("987654321098765432", false, PATTERN);
    must_refuse("qwertyuiopasdfghjkl", false, PATTERN);
    must_refuse("1qaz2wsx3edc4rfv5tgb", false, PATTERN);
    must_refuse("mnopqrstuvwxyzabcdef", false, PATTERN);
    must_accept("qwertyuiopasdfghjkl and a heron", false);
}

/* shows: SEC-2 */
static void test_known_names_are_no_password(void **state)
{
    (void)state;
    must_refuse("anna.bauer.2024", false, NAMES);
    must_refuse("AnnaBauerAnnaBauer!", false, NAMES);
    must_refuse("MorgensternWerke1", false, NAMES);
    must_refuse("morgenstern", true, NAMES);
    must_accept("morgenstern graues heu", false); /* eleven characters of its own */
}

/* ASVS V6.2.12 */
/* shows: SEC-2 */
static void test_breached_passwords_are_found_without_a_network(void **state)
{
    (void)state;
    pb_error err = {0};
    char folder[] = "/tmp/probity-breached-XXXXXX";
    assert_non_null(mkdtemp(folder));
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_password_rules rules = quick;
    rules.breached = folder;
    static const pb_str first = PB_STR("seven grey herons wade");  /* SHA-1 dc9fd3dc80… */
    static const pb_str second = PB_STR("four brown otters dive"); /* SHA-1 18a0803fbb… */
    /* What could not be checked has not passed. */
    assert_int_equal(identity_password_check(&rules, first, false, NULL, 0, &err), PB_IO);
    must_say(&err,
             pb_arena_printf(
                 arena,
                 "The list of breached passwords %s/DC9FD.txt could not be read, so the password "
                 "could not be checked.",
                 folder));
    must(sys_file_write(pb_arena_printf(arena, "%s/DC9FD.txt", folder),
                        PB_STR("000000000000000000000000000000000AA:"
                               "3\r\n3DC80ACB9B17B39541A89C74F3464294757:12\r\n"),
                        0600, &err),
         &err);
    must(sys_file_write(pb_arena_printf(arena, "%s/18A08", folder),
                        PB_STR("03FBB219C07F9BD0C8290EAFB3E21B6FC21:1\n"), 0600, &err),
         &err);
    assert_int_equal(identity_password_check(&rules, first, false, NULL, 0, &err), PB_INVALID);
    must_say(&err, "The password is known from a breach elsewhere.");
    must(identity_password_check(&rules, second, false, NULL, 0, &err), &err);
    must(sys_dir_remove_tree(folder, &err), &err);
}

/* ---- how they are kept ---- */

static bool matches(db_workspace *workspace, const identity_password_rules *rules, const char *hash,
                    const char *password, bool *ret_old)
{
    pb_error err = {0};
    bool good;
    must(identity_password_matches(workspace, rules, pb_str_c(hash), pb_str_c(password), &good,
                                   ret_old, &err),
         &err);
    return good;
}

/* ASVS V6.2.8 */
/* shows: SEC-2 */
static void test_the_whole_password_counts(void **state)
{
    (void)state;
    pb_error err = {0};
    char hash[IDENTITY_PASSWORD_HASH], again[IDENTITY_PASSWORD_HASH], longer[302] = "";
    bool old;
    house *h = house_open();
    db_workspace *workspace = h->workspace;
    for (size_t i = 0; i < 300; i++)
        longer[i] = (char)('a' + (i * 7) % 23);
    must(identity_password_hash(workspace, &quick, pb_str_c(longer), hash, &err), &err);
    must(identity_password_hash(workspace, &quick, pb_str_c(longer), again, &err), &err);
    assert_true(strncmp(hash, "$argon2id$", 10) == 0);
    assert_string_not_equal(hash, again); /* each has a salt of its own */
    assert_true(matches(workspace, &quick, hash, longer, &old));
    assert_false(old);
    static const size_t places[] = {0, 71, 72, 127, 128, 254, 255, 299};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        longer[places[i]]++;
        assert_false(matches(workspace, &quick, hash, longer, &old));
        longer[places[i]]--;
    }
    longer[300] = 'a';
    assert_false(matches(workspace, &quick, hash, longer, &old));
    must(identity_password_hash(workspace, &quick, PB_STR("Seven Grey Herons"), hash, &err), &err);
    assert_false(matches(workspace, &quick, hash, "seven grey herons", &old));
    assert_false(matches(workspace, &quick, hash, "Seven Grey Herons ", &old));
    house_close(h);
}

/* shows: SEC-2 */
static void test_one_password_in_two_spellings_of_unicode_is_one(void **state)
{
    (void)state;
    pb_error err = {0};
    char hash[IDENTITY_PASSWORD_HASH];
    bool old;
    house *h = house_open();
    db_workspace *workspace = h->workspace;
    must(
        identity_password_hash(workspace, &quick, PB_STR("sieben graue K\u00e4uzchen"), hash, &err),
        &err);
    assert_true(matches(workspace, &quick, hash, "sieben graue Ka\xcc\x88uzchen", &old));
    assert_true(matches(workspace, &quick, hash, "sieben graue \xef\xbc\xab\u00e4uzchen",
                        &old)); /* full width K */
    assert_false(matches(workspace, &quick, hash, "sieben graue Kauzchen", &old));
    house_close(h);
}

/* shows: SEC-2 */
static void test_raised_parameters_are_noticed(void **state)
{
    (void)state;
    pb_error err = {0};
    char hash[IDENTITY_PASSWORD_HASH];
    bool old, good;
    const identity_password_rules more = {.passes = 2, .memory = 16384};
    house *h = house_open();
    db_workspace *workspace = h->workspace;
    must(identity_password_hash(workspace, &quick, PB_STR("seven grey herons"), hash, &err), &err);
    assert_true(matches(workspace, &more, hash, "seven grey herons", &old));
    assert_true(old);
    assert_false(matches(workspace, &more, hash, "seven gray herons", &old));
    assert_false(old);
    /* Nothing kept, or what is no hash: nothing fits. */
    must(identity_password_matches(workspace, &quick, PB_STR_NONE, PB_STR("x"), &good, &old, &err),
         &err);
    assert_false(good || old);
    assert_false(matches(workspace, &quick, "plain text", "plain text", &old));
    house_close(h);
}

typedef struct crowd {
    db_workspace *workspace;
    const identity_password_rules *rules;
    char hash[IDENTITY_PASSWORD_HASH];
    _Atomic int good, busy;
} crowd;

static void *one_of_crowd(void *context)
{
    crowd *c = context;
    bool good = false, old;
    pb_status status = identity_password_matches(c->workspace, c->rules, pb_str_c(c->hash),
                                                 PB_STR("seven grey herons"), &good, &old, NULL);
    if (status == PB_OK && good)
        c->good++;
    else if (status == PB_BUSY)
        c->busy++;
    return NULL;
}

/* shows: SEC-2 SEC-4 */
static void test_a_crowd_waits_its_turn_or_is_sent_away(void **state)
{
    (void)state;
    enum { CROWD = 24 };
    pb_error err = {0};
    pthread_t threads[CROWD];
    const identity_password_rules patient = {
        .passes = 1, .memory = 8192, .at_once = 1, .waiting = CROWD};
    const identity_password_rules strict = {
        .passes = 1, .memory = 4 << 20, .at_once = 1, .waiting = 1};
    house *h = house_open();
    db_workspace *workspace = h->workspace;
    crowd c = {.workspace = workspace, .rules = &patient};
    must(identity_password_hash(workspace, &quick, PB_STR("seven grey herons"), c.hash, &err),
         &err);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, one_of_crowd, &c));
    for (int i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(c.good, CROWD);
    assert_int_equal(c.busy, 0);
    /* Whoever comes has an answer, one or the other. */
    crowd d = {.workspace = workspace, .rules = &strict};
    memcpy(d.hash, c.hash, sizeof d.hash);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, one_of_crowd, &d));
    for (int i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(d.good + d.busy, CROWD);
    assert_true(d.good > 0);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_is_asked_for_by_the_factors_there_are),
        cmocka_unit_test(test_no_kind_of_character_is_asked_for),
        cmocka_unit_test(test_every_common_password_is_refused),
        cmocka_unit_test(test_patterns_are_refused),
        cmocka_unit_test(test_known_names_are_no_password),
        cmocka_unit_test(test_breached_passwords_are_found_without_a_network),
        cmocka_unit_test(test_the_whole_password_counts),
        cmocka_unit_test(test_one_password_in_two_spellings_of_unicode_is_one),
        cmocka_unit_test(test_raised_parameters_are_noticed),
        cmocka_unit_test(test_a_crowd_waits_its_turn_or_is_sent_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
