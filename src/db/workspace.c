/* Making, opening and closing workspaces. */
#include "internal.h"

#include "db/incident.h"
#include "db/rows.h"
#include "kept.h"
#include "key.h"
#include "standby.h"

#include "sys/clock.h"
#include "sys/file.h"
#include "sys/random.h"

#include <sodium.h>

static bool is_server(const char *url)
{
    return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}

/* One of these is chosen by the URL. */
static const db_engine *engine_of(const char *url)
{
    return url != NULL && is_server(url) ? &db_engine_postgres : &db_engine_sqlite;
}

static db_workspace *workspace_free(db_workspace *workspace)
{
    if (workspace == NULL)
        return NULL;
    db_share_rest(workspace);
    db_session_free(workspace->writer);
    db_aside_end(workspace->aside);
    if (workspace->own_place && workspace->target.place != NULL)
        workspace->engine->unmake(&workspace->target);
    sys_lock_release(workspace->lock_file);
    sodium_free(workspace->key);
    pthread_mutex_destroy(&workspace->lock);
    model_schema_free(workspace->own_schema);
    pb_arena_free(workspace->arena);
    free(workspace);
    return NULL;
}

/* A scratch workspace without a name lies in a new private folder. */
static pb_status find_place(db_workspace *workspace, const char *url, const db_options *options,
                            pb_error *err)
{
    char *path = NULL;
    if (url == NULL && options->beside != NULL)
        return workspace->engine->beside_place(&options->beside->target, workspace->arena,
                                               &workspace->target, err);
    if (url == NULL && !options->scratch)
        return pb_fail(err, PB_USAGE, PB_MSG("No workspace was named."), NULL);
    if (workspace->engine->locate != NULL)
        return workspace->engine->locate(url, options, workspace->arena, &workspace->target, err);
    if (options->replica != NULL)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Only a workspace on a server has replicas: {workspace} is none."),
                       "workspace", url == NULL ? "" : url, NULL);
    if (url == NULL) {
        PB_TRY(sys_temp_dir(workspace->arena, &path, err));
        workspace->own_place = true;
    } else {
        path = pb_arena_cstr(workspace->arena, pb_str_c(url));
    }
    workspace->target.place = path;
    return path == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status workspace_new(const char *url, const model_schema *schema,
                               const db_options *options, db_workspace **ret_workspace,
                               pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    db_workspace *workspace = calloc(1, sizeof *workspace);
    if (workspace == NULL)
        return pb_fail_memory(err);
    if (pthread_mutex_init(&workspace->lock, NULL) != 0) {
        free(workspace);
        return pb_fail_memory(err);
    }
    workspace->engine =
        url == NULL && options->beside != NULL ? options->beside->engine : engine_of(url);
    workspace->schema = schema;
    workspace->formats = options->formats != NULL ? options->formats : &db_formats_known;
    workspace->if_older = options->older;
    workspace->arena = pb_arena_new(64 << 20);
    workspace->key = sodium_malloc(32);
    pb_status status = PB_OK;
    if (workspace->arena == NULL || workspace->key == NULL)
        status = pb_fail_memory(err);
    if (status == PB_OK)
        status = find_place(workspace, url, options, err);
    if (status == PB_OK)
        status = db_layout_make(schema, workspace->arena, &workspace->layout, err);
    if (status != PB_OK) {
        workspace_free(workspace);
        return status;
    }
    workspace->target.key = workspace->key;
    workspace->target.layout = workspace->layout;
    workspace->target.scratch = options->scratch;
    *ret_workspace = workspace;
    return PB_OK;
}

/* ---- making ---- */

static void fill_header(db_workspace *workspace)
{
    db_header *header = &workspace->header;
    uint8_t random[8];
    sys_random(random, sizeof random);
    *header = (db_header){.format = DB_HEAD, .id = pb_uuid_v7(sys_now_us(), random)};
    snprintf(header->engine, sizeof header->engine, "%s", workspace->engine->name);
}

pb_status db_workspace_store_header(db_workspace *workspace, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    db_header_write(&workspace->header, workspace->key, &text);
    if (text.failed)
        return pb_fail_memory(err);
    return workspace->engine->write_head(&workspace->target, workspace->arena, pb_buf_str(&text),
                                         err);
}

/* Where no key may lie: beside the data. */
static const char *folder_of(const db_workspace *workspace)
{
    return workspace->target.where == NULL ? workspace->target.place : NULL;
}

/* The identity and the key of another, for a copy of it. */
static void take_identity(db_workspace *workspace, const db_options *options)
{
    const db_workspace *other = options->twin != NULL ? options->twin : options->again;
    if (other != NULL) {
        workspace->header = other->header;
        memcpy(workspace->key, other->key, 32);
    } else {
        db_keyring_take(options->identity, &workspace->header, workspace->key);
    }
    workspace->header.format = DB_HEAD;
    snprintf(workspace->header.engine, sizeof workspace->header.engine, "%s",
             workspace->engine->name);
}

static pb_status make_identity(db_workspace *workspace, const db_options *options,
                               pb_buf *ret_key_path, char **ret_made, pb_error *err)
{
    if (options->twin != NULL || options->identity != NULL || options->again != NULL) {
        take_identity(workspace, options);
        return PB_OK;
    }
    fill_header(workspace);
    if (!options->scratch)
        return db_key_make(&options->key, folder_of(workspace), workspace->arena,
                           &workspace->header, workspace->key, ret_key_path, ret_made, err);
    sys_random(workspace->key, 32);
    return PB_OK;
}

static pb_status make_all(db_workspace *workspace, const db_options *options, pb_buf *ret_key_path,
                          char **ret_made, pb_error *err)
{
    if (!workspace->own_place)
        PB_TRY(workspace->engine->make(&workspace->target, workspace->arena, &workspace->own_place,
                                       err));
    PB_TRY(make_identity(workspace, options, ret_key_path, ret_made, err));
    sodium_mprotect_readonly(workspace->key);
    workspace->target.create = true;
    workspace->target.filling = options->identity != NULL;
    PB_TRY(db_session_open(workspace, DB_WRITER, &workspace->writer, err));
    PB_TRY(db_migrate(workspace, err));
    workspace->target.create = false;
    if (options->twin != NULL)
        PB_TRY(db_move_begin(workspace, options->twin, err));
    /* One that is to be filled gets its head when it is complete. */
    return options->scratch || options->identity != NULL
               ? PB_OK
               : db_workspace_store_header(workspace, err);
}

pb_status db_workspace_can_create(const char *url, const model_schema *schema,
                                  const db_options *options, pb_error *err)
{
    db_workspace *workspace = NULL;
    PB_TRY(workspace_new(url, schema, options, &workspace, err));
    pb_status status = workspace->engine->can_make(&workspace->target, workspace->arena, err);
    workspace_free(workspace);
    return status;
}

pb_status db_workspace_create(const char *url, const model_schema *schema,
                              const db_options *options, pb_buf *ret_key_path,
                              db_workspace **ret_workspace, pb_error *err)
{
    db_workspace *workspace = NULL;
    char *made = NULL;
    PB_TRY(workspace_new(url, schema, options, &workspace, err));
    pb_status status = make_all(workspace, options, ret_key_path, &made, err);
    if (status != PB_OK) {
        if (made != NULL)
            sys_file_remove(made, NULL);
        workspace_free(workspace);
        return status;
    }
    workspace->own_place = options->scratch || options->identity != NULL;
    *ret_workspace = workspace;
    return PB_OK;
}

/* ---- opening ---- */

/* A folder where a restore was begun and not ended. */
static bool is_restoring(const db_workspace *workspace)
{
    const char *path = sys_path_join(workspace->arena, workspace->target.place, DB_RESTORING_FILE);
    return path != NULL && sys_path_kind(path) == SYS_FILE;
}

static pb_status fail_no_header(const db_workspace *workspace, pb_error *err)
{
    if (is_restoring(workspace)) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("The restore into {workspace} was not finished."),
                "workspace", workspace->target.place, NULL);
        pb_error_hint(err, PB_MSG("Remove the folder and restore again."), NULL);
        return PB_NOT_FOUND;
    }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("{workspace} is no workspace."), "workspace",
            workspace->target.place, NULL);
    pb_error_detail(err, PB_MSG("It holds no file {file}."), "file", DB_HEADER_FILE, NULL);
    pb_error_hint(err, PB_MSG("Make one with: probity init {workspace}"), "workspace",
                  workspace->target.place, NULL);
    return PB_NOT_FOUND;
}

static pb_status read_header(db_workspace *workspace, pb_buf *text, pb_error *err)
{
    pb_status status =
        workspace->engine->read_head(&workspace->target, workspace->arena, text, err);
    if (status == PB_NOT_FOUND && folder_of(workspace) != NULL)
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
            "workspace", workspace->target.place, NULL);
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

/* The head, and the key; `*ret_authentic`: it proves the head. */
static pb_status identify(db_workspace *workspace, const db_options *options, bool *ret_authentic,
                          pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    if (options->again != NULL) { /* it is open already: all that was looked at */
        workspace->header = options->again->header;
        memcpy(workspace->key, options->again->key, 32);
        sodium_mprotect_readonly(workspace->key);
        *ret_authentic = true;
        return PB_OK;
    }
    PB_TRY(read_header(workspace, &text, err));
    PB_TRY(db_key_fetch(&options->key, folder_of(workspace), workspace->arena, &workspace->header,
                        workspace->key, err));
    sodium_mprotect_readonly(workspace->key);
    return db_header_check(&workspace->header, workspace->key, pb_buf_str(&text), ret_authentic,
                           err);
}

static pb_status open_all(db_workspace *workspace, const db_options *options, pb_error *err)
{
    bool authentic = false;
    if (folder_of(workspace) != NULL)
        PB_TRY(db_standby_enter(workspace, options, err));
    PB_TRY(identify(workspace, options, &authentic, err));
    pb_status status = authentic ? PB_OK : judge_header(workspace, err);
    if (status == PB_OK && options->again == NULL && workspace->engine->inspect != NULL)
        status = workspace->engine->inspect(&workspace->target, err);
    if (status == PB_OK && workspace->standby == NULL)
        status = db_session_open(workspace, DB_WRITER, &workspace->writer, err);
    if (status == PB_WRONG_KEY)
        return explain_wrong_key(workspace, err);
    PB_TRY(status);
    PB_TRY(db_kept_adopt(workspace, err));
    return db_migrate(workspace, err);
}

/* Whoever took over died when all of it was stored but the end of the mark: it is taken away here,
 * and what was opened as a standby is to be opened anew. */
static pb_status finish_takeover(db_workspace *workspace, bool *ret_again, pb_error *err)
{
    *ret_again = false;
    if (workspace->standby != NULL)
        PB_TRY(db_standby_taken_over(workspace, ret_again, err));
    return *ret_again ? db_standby_end(workspace, err) : PB_OK;
}

static pb_status open_once(const char *url, const model_schema *schema, const db_options *options,
                           db_workspace **ret_workspace, bool *ret_again, pb_error *err)
{
    db_workspace *workspace = NULL;
    PB_TRY(workspace_new(url, schema, options, &workspace, err));
    pb_status status = open_all(workspace, options, err);
    if (status == PB_OK)
        status = finish_takeover(workspace, ret_again, err);
    if (status != PB_OK || *ret_again)
        workspace_free(workspace);
    else
        *ret_workspace = workspace;
    return status;
}

pb_status db_workspace_open(const char *url, const model_schema *schema, const db_options *options,
                            db_workspace **ret_workspace, pb_error *err)
{
    bool again = false;
    PB_TRY(open_once(url, schema, options, ret_workspace, &again, err));
    return again ? open_once(url, schema, options, ret_workspace, &again, err) : PB_OK;
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

pb_status db_workspace_held(const db_workspace *of, db_aside *aside, db_pages *pages,
                            db_workspace **ret_workspace, pb_error *err)
{
    const db_options options = {.formats = of->formats};
    db_workspace *workspace = NULL;
    pb_status status = workspace_new(of->target.place, of->schema, &options, &workspace, err);
    if (status != PB_OK) {
        db_aside_end(aside);
        return status;
    }
    workspace->aside = aside;
    workspace->target.held = pages;
    workspace->model_version = of->model_version;
    workspace->older = of->older;
    workspace->header = of->header;
    memcpy(workspace->key, of->key, 32);
    sodium_mprotect_readonly(workspace->key);
    status = db_session_open(workspace, DB_WRITER, &workspace->writer, err);
    if (status == PB_OK)
        *ret_workspace = workspace;
    else
        workspace_free(workspace);
    return status;
}

void db_workspace_abandon(db_workspace *workspace)
{
    workspace->own_place = true;
}

pb_uuid db_workspace_id(const db_workspace *workspace)
{
    return workspace->header.id;
}

const model_schema *db_workspace_schema(const db_workspace *workspace)
{
    return workspace->schema;
}

const char *db_workspace_url(const db_workspace *workspace)
{
    return workspace->target.place;
}

void db_workspace_subkey(const db_workspace *workspace, const char purpose[8], uint8_t ret_key[32])
{
    crypto_kdf_derive_from_key(ret_key, 32, 1, purpose, workspace->key);
}

pb_status db_check_pages(db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_incidents_check(workspace, err));
    PB_TRY(db_session_open(workspace, DB_READER, &session, err));
    pb_status status = workspace->engine->check(session->conn, &workspace->target, err);
    db_session_free(session);
    return status;
}

pb_status db_checks_indexes(db_workspace *workspace, bool *ret_checks, pb_error *err)
{
    db_session *session = NULL;
    *ret_checks = true;
    if (workspace->engine->checks_indexes == NULL)
        return PB_OK;
    PB_TRY(db_session_open(workspace, DB_READER, &session, err));
    pb_status status = workspace->engine->checks_indexes(session->conn, ret_checks, err);
    db_session_free(session);
    return status;
}

const char *db_workspace_shown(const char *url, pb_arena *arena)
{
    static const db_options none;
    const db_engine *engine = engine_of(url);
    db_target target = {.place = url};
    if (engine->locate != NULL && engine->locate(url, &none, arena, &target, NULL) != PB_OK)
        return PB_MSG("a database server");
    return target.place;
}

bool db_place_is_server(const char *url)
{
    return is_server(url);
}

pb_status db_refill_open(const db_refill_place *place, const model_schema *schema,
                         const db_keyring *identity, db_workspace **ret_workspace, pb_error *err)
{
    db_workspace *found = NULL;
    db_options options = {
        .password_file = place->password_file, .identity = identity, .beside = place->beside};
    PB_TRY(workspace_new(place->url, schema, &options, &found, err));
    pb_status status = PB_OK;
    if (found->engine->clear != NULL)
        status = found->engine->clear(&found->target, err);
    workspace_free(found);
    PB_TRY(status);
    return db_workspace_create(place->url, schema, &options, NULL, ret_workspace, err);
}

pb_status db_refill_allowed(db_workspace *beside, pb_error *err)
{
    db_workspace *found = NULL;
    const db_options options = {.beside = beside};
    PB_TRY(workspace_new(NULL, beside->schema, &options, &found, err));
    pb_status status = found->engine->clear(&found->target, err);
    if (status == PB_OK)
        status = found->engine->can_make(&found->target, found->arena, err);
    workspace_free(found);
    return status;
}

pb_status db_refill_finish(db_workspace *workspace, pb_error *err)
{
    PB_TRY(db_workspace_store_header(workspace, err));
    workspace->target.filling = false;
    workspace->own_place = false;
    return PB_OK;
}

bool db_workspace_exists(const char *url)
{
    static const db_options none;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    const db_engine *engine = engine_of(url);
    db_target target = {.place = url};
    if (arena == NULL ||
        (engine->locate != NULL && engine->locate(url, &none, arena, &target, NULL) != PB_OK))
        return false;
    return engine->read_head(&target, arena, &text, NULL) == PB_OK;
}
