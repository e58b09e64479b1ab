#include "key.h"

#include "sys/environment.h"
#include "sys/file.h"
#include "sys/random.h"

#include <sodium.h>

enum { KEY_SIZE = 32, KEY_TEXT = 2 * KEY_SIZE, OPERATIONS = 3, MEMORY = 64 << 20 };

/* Path of the key file: as said, else the default place. NULL with the failure in err. */
static pb_status key_path(const db_key_source *source, const db_header *header, pb_arena *arena,
                          char **ret_path, pb_error *err)
{
    char *path = NULL;
    if (source->key_file != NULL) {
        path = pb_arena_cstr(arena, pb_str_c(source->key_file));
    } else {
        char id[37];
        pb_uuid_text(header->id, id);
        char *home = sys_config_home(arena);
        if (home == NULL) {
            pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no place for the key file."), NULL);
            pb_error_hint(err, PB_MSG("Set HOME or XDG_CONFIG_HOME, or name the key file."), NULL);
            return PB_NOT_FOUND;
        }
        path = pb_arena_printf(arena, "%s/probity/keys/%s", home, id);
    }
    if (path == NULL)
        return pb_fail_memory(err);
    *ret_path = path;
    return PB_OK;
}

/* A key beside the data protects nothing. Looks at the text of the path, and whether the file is
 * found in the folder under its name (links, relative paths). `place` NULL: there is no folder. */
static pb_status refuse_inside(const char *path, const char *place, pb_arena *arena, pb_error *err)
{
    if (place == NULL) /* the data lies on a server */
        return PB_OK;
    pb_str folder = pb_str_c(place);
    while (folder.len > 1 && pb_str_ends(folder, PB_STR("/")))
        folder.len--;
    pb_str key = pb_str_c(path);
    bool inside = pb_str_starts(key, folder) && key.len > folder.len && key.ptr[folder.len] == '/';
    char *name = pb_arena_cstr(arena, sys_path_name(path));
    char *twin = name == NULL ? NULL : sys_path_join(arena, place, name);
    if (twin == NULL)
        return pb_fail_memory(err);
    if (!inside && sys_path_kind(twin) == SYS_NONE)
        return PB_OK;
    pb_fail(err, PB_DENIED, PB_MSG("The key file {path} may not lie inside the workspace."), "path",
            path, NULL);
    pb_error_hint(err,
                  PB_MSG("Who gets the folder would get the key with it: choose a place "
                         "elsewhere."),
                  NULL);
    return PB_DENIED;
}

static pb_status refuse_open_file(const char *path, pb_error *err)
{
    unsigned mode = 0;
    bool own = false;
    if (sys_path_kind(path) == SYS_FOLDER)
        return PB_OK; /* reading it says what is wrong; no advice to change its mode */
    PB_TRY(sys_path_mode(path, &mode, &own, err));
    if ((mode & 077) == 0 && own)
        return PB_OK;
    char octal[16];
    snprintf(octal, sizeof octal, "%03o", mode);
    pb_fail(err, PB_DENIED, PB_MSG("The key file {path} can be read by others."), "path", path,
            NULL);
    pb_error_detail(err, PB_MSG("Its mode is {mode}; it must belong to you and have mode 600."),
                    "mode", octal, NULL);
    pb_error_hint(err, PB_MSG("chmod 600 {path}"), "path", path, NULL);
    return PB_DENIED;
}

/* 64 hex digits and the end of the line. */
static pb_status read_key(const char *path, uint8_t ret_key[32], pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    pb_status status = sys_file_read(path, 200, &text, err);
    if (status == PB_OK && !pb_unhex(pb_str_trim(pb_buf_str(&text)), ret_key, KEY_SIZE)) {
        status =
            pb_fail(err, PB_WRONG_KEY, PB_MSG("The file {path} holds no key."), "path", path, NULL);
        pb_error_hint(err, PB_MSG("A key file holds 64 hexadecimal digits."), NULL);
    }
    if (text.ptr != NULL)
        sodium_memzero(text.ptr, text.cap);
    return status;
}

static pb_status write_key(const char *path, const uint8_t key[32], pb_arena *arena, pb_error *err)
{
    pb_str name = sys_path_name(path);
    size_t folder_len = strlen(path) - name.len;
    if (folder_len > 1) {
        char *folder = pb_arena_cstr(arena, pb_str_n(path, folder_len - 1));
        if (folder == NULL)
            return pb_fail_memory(err);
        PB_TRY(sys_dir_make_durable(folder, 0700, err));
    }
    char text[KEY_TEXT + 2];
    sodium_bin2hex(text, KEY_TEXT + 1, key, KEY_SIZE);
    text[KEY_TEXT] = '\n';
    pb_status status = sys_file_write_atomic(path, pb_str_n(text, KEY_TEXT + 1), 0600, err);
    sodium_memzero(text, sizeof text);
    return status;
}

static pb_status make_file(const db_key_source *source, const char *place, pb_arena *arena,
                           db_header *header, uint8_t ret_key[32], char **ret_made, pb_error *err)
{
    char *path = NULL;
    PB_TRY(key_path(source, header, arena, &path, err));
    if (sys_path_kind(path) != SYS_NONE) {
        pb_fail(err, PB_EXISTS, PB_MSG("The key file {path} exists already."), "path", path, NULL);
        pb_error_hint(err, PB_MSG("Every workspace has a key of its own: name a new file."), NULL);
        return PB_EXISTS;
    }
    PB_TRY(refuse_inside(path, place, arena, err));
    sys_random(ret_key, KEY_SIZE);
    PB_TRY(write_key(path, ret_key, arena, err));
    pb_status status = refuse_inside(path, place, arena, err);
    if (status != PB_OK) {
        sys_file_remove(path, NULL);
        return status;
    }
    *ret_made = path;
    return PB_OK;
}

static pb_status from_passphrase(pb_str passphrase, const db_header *header, uint8_t ret_key[32],
                                 pb_error *err)
{
    if (passphrase.len == 0)
        return pb_fail(err, PB_INVALID, PB_MSG("The passphrase is empty."), NULL);
    if (crypto_pwhash(ret_key, KEY_SIZE, passphrase.ptr, passphrase.len, header->salt,
                      (unsigned long long)header->operations, (size_t)header->memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status from_credential(const char *name, pb_arena *arena, uint8_t ret_key[32],
                                 pb_error *err)
{
    const char *folder = sys_getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL || strchr(name, '/') != NULL || name[0] == '.') {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no credential {name}."), "name", name, NULL);
        pb_error_hint(err,
                      PB_MSG("The service's unit names it with LoadCredential= or "
                             "LoadCredentialEncrypted=."),
                      NULL);
        return PB_NOT_FOUND;
    }
    char *path = sys_path_join(arena, folder, name);
    return path == NULL ? pb_fail_memory(err) : read_key(path, ret_key, err);
}

static bool wants_file(const db_key_source *source)
{
    return source->key_file != NULL ||
           (source->passphrase.ptr == NULL && source->credential == NULL);
}

pb_status db_key_make(const db_key_source *source, const char *place, pb_arena *arena,
                      db_header *header, uint8_t ret_key[32], pb_buf *ret_path, char **ret_made,
                      pb_error *err)
{
    *ret_made = NULL;
    if (wants_file(source)) {
        header->key = DB_KEY_FILE;
        PB_TRY(make_file(source, place, arena, header, ret_key, ret_made, err));
        if (ret_path != NULL)
            pb_buf_addc(ret_path, *ret_made);
        return PB_OK;
    }
    if (source->passphrase.ptr != NULL) {
        header->key = DB_KEY_PASSPHRASE;
        header->operations = OPERATIONS;
        header->memory = MEMORY;
        sys_random(header->salt, sizeof header->salt);
        return from_passphrase(source->passphrase, header, ret_key, err);
    }
    header->key = DB_KEY_CREDENTIAL;
    return from_credential(source->credential, arena, ret_key, err);
}

pb_status db_key_fetch(const db_key_source *source, const char *place, pb_arena *arena,
                       const db_header *header, uint8_t ret_key[32], pb_error *err)
{
    if (!wants_file(source) && source->passphrase.ptr == NULL)
        return from_credential(source->credential, arena, ret_key, err);
    if (!wants_file(source)) {
        if (header->key == DB_KEY_PASSPHRASE)
            return from_passphrase(source->passphrase, header, ret_key, err);
        pb_fail(err, PB_WRONG_KEY, PB_MSG("The workspace is not opened by a passphrase."), NULL);
        pb_error_hint(err, PB_MSG("Name its key file or credential."), NULL);
        return PB_WRONG_KEY;
    }
    if (source->key_file == NULL && header->key != DB_KEY_FILE) {
        pb_fail(err, PB_WRONG_KEY, PB_MSG("The workspace needs its passphrase or credential."),
                NULL);
        pb_error_hint(err, PB_MSG("It was made without a key file."), NULL);
        return PB_WRONG_KEY;
    }
    char *path = NULL;
    PB_TRY(key_path(source, header, arena, &path, err));
    if (sys_path_kind(path) == SYS_NONE) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no key file {path}."), "path", path, NULL);
        pb_error_hint(err,
                      PB_MSG("Without its key nobody can read the workspace: bring the file "
                             "back, or name where it is."),
                      NULL);
        return PB_NOT_FOUND;
    }
    PB_TRY(refuse_inside(path, place, arena, err));
    PB_TRY(refuse_open_file(path, err));
    return read_key(path, ret_key, err);
}
