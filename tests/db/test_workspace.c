/* Workspaces: making, opening, keys, migrations, values, scratch. */
#include "db_support.h"

static void opens_again_body(room *r)
{
    int64_t n = 1;
    make(r);
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    reopen(r);
    assert_int_equal(1, count_now(r, ACCOUNTS));
    assert_string_equal(r->url, db_workspace_url(r->workspace));
    int64_t last = 0;
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    assert_ok(r, db_last_n(session, &r->tiny.entities[0], &last, &r->err));
    assert_int_equal(1, last);
    assert_ok(r, db_last_n(session, &r->tiny.entities[1], &last, &r->err));
    assert_int_equal(0, last);
    db_snapshot_close(session);
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_workspace_opens_again, opens_again_body)

static void key_file_body(room *r)
{
    struct stat info;
    make(r);
    assert_int_equal(0, stat(r->key, &info));
    assert_int_equal(0600, info.st_mode & 07777);
    char *folder = pb_arena_printf(r->arena, "%s/keys", r->folder);
    assert_int_equal(0, stat(folder, &info));
    assert_int_equal(0700, info.st_mode & 07777);
    r->workspace = db_workspace_close(r->workspace);
    assert_int_equal(0, chmod(r->key, 0640));
    assert_status(PB_DENIED,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    assert_non_null(strstr(said(r), "640"));
    assert_int_equal(0, chmod(r->key, 0600));
    reopen(r);
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_key_file_others_can_read_is_refused, key_file_body)

static void inside_body(room *r)
{
    if (on_postgres())
        return; /* a server has no folder to put a key into */
    r->options.key.key_file = pb_arena_printf(r->arena, "%s/key", r->url);
    assert_status(PB_DENIED, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                 &r->workspace, &r->err));
    assert_int_equal(SYS_NONE, sys_path_kind(r->url));
    char *link = pb_arena_printf(r->arena, "%s/link", r->folder);
    assert_int_equal(0, mkdir(r->url, 0700));
    assert_int_equal(0, symlink(r->url, link));
    r->options.key.key_file = pb_arena_printf(r->arena, "%s/key", link);
    assert_status(PB_DENIED, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                 &r->workspace, &r->err));
    assert_int_equal(SYS_NONE, sys_path_kind(r->options.key.key_file));
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_key_inside_the_workspace_is_refused, inside_body)

static void wrong_key_body(room *r)
{
    make(r);
    r->workspace = db_workspace_close(r->workspace);
    assert_ok(r, sys_file_write(r->key,
                                PB_STR("00112233445566778899aabbccddeeff"
                                       "00112233445566778899aabbccddeeff\n"),
                                0600, &r->err));
    assert_status(PB_WRONG_KEY,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    assert_non_null(r->err.hint.id);
    assert_ok(r, sys_file_write(r->key, PB_STR("no key"), 0600, &r->err));
    assert_status(PB_WRONG_KEY,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    assert_ok(r, sys_file_remove(r->key, &r->err));
    assert_status(PB_NOT_FOUND,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_wrong_key_is_refused, wrong_key_body)

static void passphrase_body(room *r)
{
    r->options.key = (db_key_source){.passphrase = PB_STR("correct horse battery staple")};
    make(r);
    reopen(r);
    r->workspace = db_workspace_close(r->workspace);
    r->options.key.passphrase = PB_STR("correct horse battery stable");
    assert_status(PB_WRONG_KEY,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    r->options.key.passphrase = PB_STR("");
    assert_status(PB_INVALID,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_passphrase_opens, passphrase_body)

static void credential_body(room *r)
{
    char *path = pb_arena_printf(r->arena, "%s/crm", r->folder);
    assert_ok(r, sys_file_write(path,
                                PB_STR("ffeeddccbbaa99887766554433221100"
                                       "ffeeddccbbaa99887766554433221100"),
                                0600, &r->err));
    r->options.key = (db_key_source){.credential = "crm"};
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_status(PB_NOT_FOUND, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                    &r->workspace, &r->err));
    setenv("CREDENTIALS_DIRECTORY", r->folder, 1);
    make(r);
    reopen(r);
    r->workspace = db_workspace_close(r->workspace);
    r->options.key.credential = "../crm";
    assert_status(PB_NOT_FOUND,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    unsetenv("CREDENTIALS_DIRECTORY");
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_credential_opens, credential_body)

static void occupied_body(room *r)
{
    if (on_postgres()) {
        make(r);
        r->options.key.key_file = pb_arena_printf(r->arena, "%s/keys/two", r->folder);
        db_workspace *other = NULL;
        assert_status(PB_EXISTS, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                     &other, &r->err));
        assert_int_equal(SYS_NONE, sys_path_kind(r->options.key.key_file));
        return;
    }
    assert_int_equal(0, mkdir(r->url, 0700));
    char *path = pb_arena_printf(r->arena, "%s/note", r->url);
    assert_ok(r, sys_file_write(path, PB_STR("mine"), 0600, &r->err));
    assert_status(PB_EXISTS, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                 &r->workspace, &r->err));
    assert_int_equal(SYS_FILE, sys_path_kind(path));
    assert_int_equal(SYS_NONE, sys_path_kind(r->key));
    assert_status(PB_NOT_FOUND,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    assert_status(PB_IO, db_workspace_open("postgres://localhost:1/crm", &r->tiny.schema,
                                           &r->options, &r->workspace, &r->err));
}
ON_EVERY_ENGINE(what_is_there_is_left_alone, occupied_body)

static pb_status old_contact(db_session *session, void *context, pb_error *err)
{
    (void)context;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_contact (n, id, version, event, created_us, changed_us,"
                      " deleted, name) VALUES (7, ?1, 1, 0, 0, 0, 0, 'Old')",
                      &stmt, err));
    db_bind_blob(stmt, 1, PB_STR("0123456789abcdef"));
    return db_run(stmt, err);
}

static void migrate_body(room *r)
{
    make(r);
    assert_ok(r, db_write(r->workspace, old_contact, NULL, &r->err));
    tiny_schema_grow(&r->tiny);
    reopen(r);
    assert_int_equal(1, count_now(r, "SELECT COUNT(*) FROM contact WHERE phone IS NULL"));
    assert_int_equal(0, count_now(r, "SELECT COUNT(held_on) FROM visit"));
    tiny_schema_make(&r->tiny); /* an older schema drops nothing */
    reopen(r);
    assert_int_equal(1, count_now(r, "SELECT COUNT(*) FROM t_contact WHERE phone IS NULL"));
    assert_int_equal(0, count_now(r, "SELECT COUNT(*) FROM t_visit"));
}
ON_EVERY_ENGINE(new_fields_and_entities_are_added, migrate_body)

static pb_status newer_format(db_session *session, void *context, pb_error *err)
{
    (void)context;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "UPDATE setting SET value = ?1 WHERE name = 'format'", &stmt, err));
    db_bind_blob(stmt, 1, PB_STR("4"));
    return db_run(stmt, err);
}

static void newer_body(room *r)
{
    make(r);
    assert_ok(r, db_write(r->workspace, newer_format, NULL, &r->err));
    r->workspace = db_workspace_close(r->workspace);
    assert_status(PB_UNSUPPORTED,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
}
ON_EVERY_ENGINE(a_newer_format_is_refused, newer_body)

static void names_body(room *r)
{
    r->tiny.contact[0].name = PB_STR("version");
    assert_status(PB_INVALID, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                  &r->workspace, &r->err));
    r->tiny.contact[0].name = PB_STR("x\" TEXT); DROP TABLE setting; --");
    assert_status(PB_INVALID, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL,
                                                  &r->workspace, &r->err));
}
ON_EVERY_ENGINE(names_that_are_taken_are_refused, names_body)

static void scratch_body(room *r)
{
    int64_t n = 1;
    struct stat info;
    r->options = (db_options){.scratch = true};
    assert_ok(
        r, db_workspace_create(NULL, &r->tiny.schema, &r->options, NULL, &r->workspace, &r->err));
    char *place = pb_arena_cstr(r->arena, pb_str_c(db_workspace_url(r->workspace)));
    assert_int_equal(0, stat(place, &info));
    assert_int_equal(0700, info.st_mode & 07777);
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_not_equal(PB_OK, db_write(r->workspace, insert_work, &n, &r->err));
    r->workspace = db_workspace_close(r->workspace);
    assert_int_equal(SYS_NONE, sys_path_kind(place));
}
ON_EVERY_ENGINE(a_scratch_workspace_leaves_nothing, scratch_body)

static pb_status all_values(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt = NULL;
    const pb_value *values = context;
    for (int i = 0; i < 8; i++) {
        char name[8];
        snprintf(name, sizeof name, "v%d", i);
        PB_TRY(db_prepare(session, "INSERT INTO setting (name, value) VALUES (:name, :value)",
                          &stmt, err));
        db_bind_named(stmt, "name", PB_VALUE_TEXT(pb_str_c(name)));
        db_bind_named(stmt, "value", values[i]);
        db_bind_named(stmt, "nothing", values[i]);
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

static void values_body(room *r)
{
    pb_value values[8] = {PB_VALUE_NULL,
                          PB_VALUE_INT(INT64_MIN),
                          PB_VALUE_INT(INT64_MAX),
                          PB_VALUE_REAL(0.1),
                          PB_VALUE_TEXT(PB_STR("")),
                          PB_VALUE_TEXT(PB_STR("王小 سلام \x00 end")),
                          PB_VALUE_BLOB(PB_STR("")),
                          PB_VALUE_BLOB(PB_STR("\x00\xff"))};
    if (on_postgres()) /* a column has one type there */
        for (int i = 1; i < 6; i++)
            values[i] = PB_VALUE_BLOB(PB_STR("王小 \x00 end"));
    make(r);
    assert_ok(r, db_write(r->workspace, all_values, values, &r->err));
    reopen(r);
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    assert_ok(r, db_prepare(session, "SELECT value FROM setting WHERE name LIKE 'v%' ORDER BY name",
                            &stmt, &r->err));
    assert_int_equal(1, db_column_count(stmt));
    assert_string_equal("value", db_column_name(stmt, 0));
    for (int i = 0; i < 8; i++) {
        assert_ok(r, db_step(stmt, &row, &r->err));
        assert_true(row);
        assert_true(pb_value_eq(values[i], db_column_value(stmt, 0)));
        assert_int_equal(i == 0, db_column_is_null(stmt, 0));
    }
    assert_ok(r, db_step(stmt, &row, &r->err));
    assert_false(row);
    db_snapshot_close(session);
}
ON_EVERY_ENGINE(values_come_back_as_they_went, values_body)

/* More than the cache holds is made, deleted and made again, pages taken anew among what was let go
 * of, all before one commit.
 */
static pb_status made_anew(db_session *session, void *context, pb_error *err)
{
    enum { TEXT = 7000, MADE = 8000, TURNS = 3 };
    static char text[TEXT];
    db_stmt *stmt = NULL;
    memset(text, 'x', sizeof text);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int64_t n = 1; n <= MADE; n++)
            PB_TRY(insert_account(session, n, pb_str_n(text, TEXT - (size_t)(n % 9) * 700), err));
        PB_TRY(db_prepare(session, "DELETE FROM t_account WHERE n % 40 <> ?1", &stmt, err));
        db_bind_i64(stmt, 1, turn == TURNS - 1 ? 0 : 99); /* at last some stay */
        PB_TRY(db_run(stmt, err));
    }
    *(int64_t *)context = MADE / 40;
    return PB_OK;
}

static void made_anew_body(room *r)
{
    int64_t left = 0;
    if (on_postgres())
        return; /* a server's pages are its own; a role that owns nothing cannot delete there */
    make(r);
    assert_ok(r, db_write(r->workspace, made_anew, &left, &r->err));
    assert_int_equal(left, count_now(r, ACCOUNTS));
    if (!r->options.scratch)
        assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: PER-2 */
ON_EVERY_ENGINE(pages_set_free_and_taken_again_in_one_transaction, made_anew_body)

static void scratch_anew_body(room *r)
{
    r->options.scratch = true;
    made_anew_body(r);
}
/* shows: PER-2 AUD-3 */
ON_EVERY_ENGINE(the_same_where_nothing_is_kept, scratch_anew_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workspace_opens_again),
        cmocka_unit_test(a_key_file_others_can_read_is_refused),
        cmocka_unit_test(a_key_inside_the_workspace_is_refused),
        cmocka_unit_test(a_wrong_key_is_refused),
        cmocka_unit_test(a_passphrase_opens),
        cmocka_unit_test(a_credential_opens),
        cmocka_unit_test(what_is_there_is_left_alone),
        cmocka_unit_test(new_fields_and_entities_are_added),
        cmocka_unit_test(a_newer_format_is_refused),
        cmocka_unit_test(names_that_are_taken_are_refused),
        cmocka_unit_test(a_scratch_workspace_leaves_nothing),
        cmocka_unit_test(values_come_back_as_they_went),
        cmocka_unit_test(pages_set_free_and_taken_again_in_one_transaction),
        cmocka_unit_test(the_same_where_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
