/* Keys of a workspace of which only the head is at hand. */
#include "db/keyring.h"

#include "internal.h"
#include "key.h"
#include "page.h"

#include "sys/random.h"

#include <sodium.h>

struct db_keyring {
    uint8_t *key; /* guarded memory, 32 bytes */
    db_header header;
};

static pb_status wrong_key(const db_header *header, pb_error *err)
{
    char id[37];
    pb_uuid_text(header->id, id);
    pb_fail(err, PB_WRONG_KEY, PB_MSG("The key is not the one of the workspace {id}."), "id", id,
            NULL);
    pb_error_hint(err,
                  header->key == DB_KEY_PASSPHRASE
                      ? PB_MSG("See that the passphrase is typed as it was chosen. If it is, the "
                               "head of the workspace was altered.")
                      : PB_MSG("Name the key file that was made for it. If it is the right one, "
                               "the head of the workspace was altered."),
                  NULL);
    return PB_WRONG_KEY;
}

static pb_status fetch(pb_str head, const db_key_source *source, db_keyring *made, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_header_parse(head, &made->header, err));
    PB_TRY(db_key_fetch(source, NULL, arena, &made->header, made->key, err));
    bool authentic = false;
    PB_TRY(db_header_check(&made->header, made->key, head, &authentic, err));
    return authentic ? PB_OK : wrong_key(&made->header, err);
}

pb_status db_keyring_open(pb_str head, const db_key_source *key, db_keyring **ret_keyring,
                          pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    db_keyring *made = calloc(1, sizeof *made);
    if (made == NULL)
        return pb_fail_memory(err);
    made->key = sodium_malloc(32);
    pb_status status = made->key == NULL ? pb_fail_memory(err) : fetch(head, key, made, err);
    if (status != PB_OK) {
        db_keyring_close(made);
        return status;
    }
    sodium_mprotect_readonly(made->key);
    *ret_keyring = made;
    return PB_OK;
}

db_keyring *db_keyring_close(db_keyring *keyring)
{
    if (keyring != NULL)
        sodium_free(keyring->key);
    free(keyring);
    return NULL;
}

void db_keyring_subkey(const db_keyring *keyring, const char purpose[8], uint8_t ret_key[32])
{
    crypto_kdf_derive_from_key(ret_key, 32, 1, purpose, keyring->key);
}

void db_keyring_take(const db_keyring *keyring, db_header *ret_header, uint8_t *ret_key)
{
    *ret_header = keyring->header;
    memcpy(ret_key, keyring->key, 32);
}

void db_keyring_close_page(const db_keyring *keyring, uint64_t page, uint8_t bytes[DB_PAGE_SIZE])
{
    db_page_close(keyring->key, page, bytes);
}

pb_status db_head_id(pb_str head, pb_uuid *ret_id, pb_error *err)
{
    db_header header;
    PB_TRY(db_header_parse(head, &header, err));
    *ret_id = header.id;
    return PB_OK;
}

pb_status db_head_read(const db_workspace *workspace, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    return arena == NULL ? pb_fail_memory(err)
                         : workspace->engine->read_head(&workspace->target, arena, out, err);
}
