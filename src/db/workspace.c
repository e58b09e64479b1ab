/* Making, opening and closing workspaces. */
#include "internal.h"

#include "key.h"

#include "sys/clock.h"
#include "sys/file.h"
#include "sys/random.h"

#include <sodium.h>

/* One of these is chosen by the URL. */
static const db_engine *engine_of(const char *url, pb_error *err)
{
    if (strncmp(url, "postgres://", 11) != 0 && strncmp(url, "postgresql://", 13) != 0)
        return &db_engine_sqlite;
    pb_fail(err, PB_UNSUPPORTED, PB_MSG("The workspace {workspace} needs PostgreSQL."), "workspace",
            url, NULL);
    pb_error_detail(err, PB_MSG("This version keeps workspaces in folders only."), NULL);
    pb_error_hint(err, PB_MSG("Name a folder instead."), NULL);
    return NULL;
}

static db_workspace *workspace_free(db_workspace *workspace)
{
    if (workspace == NULL)
        return NULL;
    while (workspace->idle != NULL) {
        db_session *session = workspace->idle;
        workspace->idle = session->next;
        db_session_free(session);
    }
    db_session_free(workspace->writer);
    if (workspace->own_folder && workspace->place != NULL)
        sys_dir_remove_tree(workspace->place, NULL);
    sodium_free(workspace->key);
    pthread_mutex_destroy(&workspace->lock);
    pb_arena_free(workspace->arena);
    free(workspace);
    return NULL;
}

static pb_status workspace_new(const char *url, const model_schema *schema, bool scratch,
                               db_workspace **ret_workspace, pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    const db_engine *engine = engine_of(url == NULL ? "" : url, err);
    if (engine == NULL)
        return PB_UNSUPPORTED;
    db_workspace *workspace = calloc(1, sizeof *workspace);
    if (workspace == NULL)
        return pb_fail_memory(err);
    if (pthread_mutex_init(&workspace->lock, NULL) != 0) {
        free(workspace);
        return pb_fail_memory(err);
    }
    workspace->engine = engine;
    workspace->schema = schema;
    workspace->arena = pb_arena_new(64 << 20);
    workspace->key = sodium_malloc(32);
    pb_status status = PB_OK;
    if (workspace->arena == NULL || workspace->key == NULL)
        status = pb_fail_memory(err);
    if (status == PB_OK && url == NULL && !scratch)
        status = pb_fail(err, PB_USAGE, PB_MSG("No workspace was named."), NULL);
    if (status == PB_OK && url != NULL) {
        workspace->place = pb_arena_cstr(workspace->arena, pb_str_c(url));
        status = workspace->place == NULL ? pb_fail_memory(err) : PB_OK;
    }
    if (status == PB_OK)
        status = db_layout_make(schema, workspace->arena, &workspace->layout, err);
    if (status != PB_OK) {
        workspace_free(workspace);
        return status;
    }
    workspace->target = (db_target){.place = workspace->place,
                                    .key = workspace->key,
                                    .layout = workspace->layout,
                                    .scratch = scratch};
    *ret_workspace = workspace;
    return PB_OK;
}

/* ---- making ---- */

/* What exists where a workspace shall be made must be an empty folder. */
static pb_status check_empty(db_workspace *workspace, sys_kind kind, pb_error *err)
{
    size_t count = 1;
    pb_str *names = NULL;
    if (kind == SYS_FOLDER)
        PB_TRY(sys_dir_list(workspace->place, workspace->arena, &names, &count, err));
    if (count == 0)
        return PB_OK;
    pb_fail(err, PB_EXISTS, PB_MSG("{workspace} exists already and is not an empty folder."),
            "workspace", workspace->place, NULL);
    pb_error_hint(err, PB_MSG("Name a new folder for the workspace."), NULL);
    return PB_EXISTS;
}

static pb_status make_folder(db_workspace *workspace, pb_error *err)
{
    if (workspace->place == NULL) {
        PB_TRY(sys_temp_dir(workspace->arena, &workspace->place, err));
        workspace->own_folder = true;
        workspace->target.place = workspace->place;
        return PB_OK;
    }
    sys_kind kind = sys_path_kind(workspace->place);
    if (kind == SYS_NONE) {
        PB_TRY(sys_dir_make(workspace->place, 0700, true, err));
        workspace->own_folder = true; /* until all is well */
        return PB_OK;
    }
    return check_empty(workspace, kind, err);
}

static void fill_header(db_workspace *workspace)
{
    db_header *header = &workspace->header;
    uint8_t random[8];
    sys_random(random, sizeof random);
    *header = (db_header){.format = DB_FORMAT, .id = pb_uuid_v7(sys_now_us(), random)};
    snprintf(header->engine, sizeof header->engine, "%s", workspace->engine->name);
}

pb_status db_workspace_store_header(db_workspace *workspace, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    db_header_write(&workspace->header, workspace->key, &text);
    char *path = sys_path_join(workspace->arena, workspace->place, DB_HEADER_FILE);
    if (text.failed || path == NULL)
        return pb_fail_memory(err);
    return sys_file_write_atomic(path, pb_buf_str(&text), 0600, err);
}

/* The identity and the key of another, for a copy of it. */
static void take_identity(db_workspace *workspace, const db_workspace *twin)
{
    workspace->header = twin->header;
    workspace->header.format = DB_FORMAT;
    snprintf(workspace->header.engine, sizeof workspace->header.engine, "%s",
             workspace->engine->name);
    memcpy(workspace->key, twin->key, 32);
}

static pb_status make_identity(db_workspace *workspace, const db_options *options,
                               pb_buf *ret_key_path, char **ret_made, pb_error *err)
{
    if (options->twin != NULL) {
        take_identity(workspace, options->twin);
        return PB_OK;
    }
    fill_header(workspace);
    if (!options->scratch)
        return db_key_make(&options->key, workspace->place, workspace->arena, &workspace->header,
                           workspace->key, ret_key_path, ret_made, err);
    sys_random(workspace->key, 32);
    return PB_OK;
}

static pb_status make_all(db_workspace *workspace, const db_options *options, pb_buf *ret_key_path,
                          char **ret_made, pb_error *err)
{
    PB_TRY(make_folder(workspace, err));
    PB_TRY(make_identity(workspace, options, ret_key_path, ret_made, err));
    sodium_mprotect_readonly(workspace->key);
    workspace->target.create = true;
    PB_TRY(db_session_open(workspace, DB_WRITER, &workspace->writer, err));
    PB_TRY(db_migrate(workspace, err));
    workspace->target.create = false;
    if (options->twin != NULL)
        PB_TRY(db_move_begin(workspace, options->twin, err));
    return options->scratch ? PB_OK : db_workspace_store_header(workspace, err);
}

pb_status db_workspace_can_create(const char *url, const model_schema *schema, pb_error *err)
{
    db_workspace *workspace = NULL;
    PB_TRY(workspace_new(url, schema, false, &workspace, err));
    sys_kind kind = sys_path_kind(workspace->place);
    pb_status status = kind == SYS_NONE ? PB_OK : check_empty(workspace, kind, err);
    workspace_free(workspace);
    return status;
}

pb_status db_workspace_create(const char *url, const model_schema *schema,
                              const db_options *options, pb_buf *ret_key_path,
                              db_workspace **ret_workspace, pb_error *err)
{
    db_workspace *workspace = NULL;
    char *made = NULL;
    PB_TRY(workspace_new(url, schema, options->scratch, &workspace, err));
    pb_status status = make_all(workspace, options, ret_key_path, &made, err);
    if (status != PB_OK) {
        if (made != NULL)
            sys_file_remove(made, NULL);
        workspace_free(workspace);
        return status;
    }
    workspace->own_folder = options->scratch;
    *ret_workspace = workspace;
    return PB_OK;
}

/* ---- opening ---- */

/* A folder where a restore was begun and not ended. */
static bool is_restoring(const db_workspace *workspace)
{
    const char *path = sys_path_join(workspace->arena, workspace->place, DB_RESTORING_FILE);
    return path != NULL && sys_path_kind(path) == SYS_FILE;
}

static pb_status fail_no_header(const db_workspace *workspace, pb_error *err)
{
    if (is_restoring(workspace)) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("The restore into {workspace} was not finished."),
                "workspace", workspace->place, NULL);
        pb_error_hint(err, PB_MSG("Remove the folder and restore again."), NULL);
        return PB_NOT_FOUND;
    }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("{workspace} is no workspace."), "workspace",
            workspace->place, NULL);
    pb_error_detail(err, PB_MSG("It holds no file {file}."), "file", DB_HEADER_FILE, NULL);
    pb_error_hint(err, PB_MSG("Make one with: probity init {workspace}"), "workspace",
                  workspace->place, NULL);
    return PB_NOT_FOUND;
}

static pb_status read_header(db_workspace *workspace, pb_buf *text, pb_error *err)
{
    char *path = sys_path_join(workspace->arena, workspace->place, DB_HEADER_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    pb_status status = sys_file_read(path, DB_HEADER_MAX, text, err);
    if (status == PB_NOT_FOUND)
        status = fail_no_header(workspace, err);
    PB_TRY(status);
    return db_header_parse(pb_buf_str(text), &workspace->header, err);
}

/* The header does not fit the key: was it changed, or is it the wrong key? The data knows. */
static pb_status judge_header(db_workspace *workspace, pb_error *err)
{
    pb_status status = db_session_open(workspace, DB_WRITER, &workspace->writer, err);
    if (status == PB_OK || status == PB_CORRUPT) {
        pb_fail(err, PB_CORRUPT, PB_MSG("The file {file} of the workspace was altered."), "file",
                DB_HEADER_FILE, NULL);
        pb_error_hint(err,
                      PB_MSG("Bring the file back from a backup; it is the same for the whole "
                             "life of a workspace."),
                      NULL);
        return PB_CORRUPT;
    }
    return status;
}

static pb_status explain_wrong_key(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_WRONG_KEY, PB_MSG("The key does not open the workspace {workspace}."),
            "workspace", workspace->place, NULL);
    if (workspace->header.key == DB_KEY_PASSPHRASE) {
        pb_error_hint(err,
                      PB_MSG("See that the passphrase is typed as it was chosen, with the same "
                             "keyboard layout. If it is, the file workspace.yaml was altered."),
                      NULL);
    } else {
        char id[37];
        pb_uuid_text(workspace->header.id, id);
        pb_error_hint(err,
                      PB_MSG("Each workspace has a key of its own: this one needs the key made for "
                             "{id}. If it is, the data file was altered."),
                      "id", id, NULL);
    }
    return PB_WRONG_KEY;
}

static pb_status open_all(db_workspace *workspace, const db_options *options, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    PB_TRY(read_header(workspace, &text, err));
    PB_TRY(db_key_fetch(&options->key, workspace->place, workspace->arena, &workspace->header,
                        workspace->key, err));
    sodium_mprotect_readonly(workspace->key);
    pb_status status = PB_OK;
    if (!db_header_authentic(&workspace->header, workspace->key, pb_buf_str(&text)))
        status = judge_header(workspace, err);
    if (status == PB_OK)
        status = workspace->engine->inspect(&workspace->target, err);
    if (status == PB_OK)
        status = db_session_open(workspace, DB_WRITER, &workspace->writer, err);
    if (status == PB_WRONG_KEY)
        return explain_wrong_key(workspace, err);
    PB_TRY(status);
    return db_migrate(workspace, err);
}

pb_status db_workspace_open(const char *url, const model_schema *schema, const db_options *options,
                            db_workspace **ret_workspace, pb_error *err)
{
    db_workspace *workspace = NULL;
    PB_TRY(workspace_new(url, schema, false, &workspace, err));
    pb_status status = open_all(workspace, options, err);
    if (status != PB_OK)
        workspace_free(workspace);
    else
        *ret_workspace = workspace;
    return status;
}

db_workspace *db_workspace_close(db_workspace *workspace)
{
    if (workspace == NULL)
        return NULL;
    for (size_t i = 0; i < workspace->slot_count; i++)
        if (workspace->slots[i].done != NULL && workspace->slots[i].value != NULL)
            workspace->slots[i].done(workspace->slots[i].value);
    return workspace_free(workspace);
}

void db_workspace_abandon(db_workspace *workspace)
{
    workspace->own_folder = true;
}

const model_schema *db_workspace_schema(const db_workspace *workspace)
{
    return workspace->schema;
}

const char *db_workspace_url(const db_workspace *workspace)
{
    return workspace->place;
}

void db_workspace_subkey(const db_workspace *workspace, const char purpose[8], uint8_t ret_key[32])
{
    crypto_kdf_derive_from_key(ret_key, 32, 1, purpose, workspace->key);
}

pb_status db_check_pages(db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_session_open(workspace, DB_READER, &session, err));
    pb_status status = workspace->engine->check(session->conn, &workspace->target, err);
    db_session_free(session);
    return status;
}

bool db_workspace_exists(const char *url)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    const char *path = arena == NULL ? NULL : sys_path_join(arena, url, DB_HEADER_FILE);
    return path != NULL && sys_path_kind(path) == SYS_FILE;
}
