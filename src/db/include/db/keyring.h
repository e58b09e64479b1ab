/* The keys of a workspace that is not open: all there is of it is its head, the file
 * workspace.yaml, as a backup keeps it.
 *
 * Threads: a keyring is immutable; any thread may ask it.
 */
#ifndef DB_KEYRING_H
#define DB_KEYRING_H

#include "base/bytes.h"
#include "db/copy.h"
#include "db/workspace.h"

typedef struct db_keyring db_keyring;

/** Fetches the workspace's key, as the head says it is kept, and proves the head with it.
 * PB_WRONG_KEY when the two do not belong together: which of them is the wrong one nobody can tell.
 * Owner: the caller, db_keyring_close. */
pb_status db_keyring_open(pb_str head, const db_key_source *key, db_keyring **ret_keyring,
                          pb_error *err);
/** Takes NULL, returns NULL; the key is overwritten. */
db_keyring *db_keyring_close(db_keyring *keyring);
/** As db_workspace_subkey. */
void db_keyring_subkey(const db_keyring *keyring, const char purpose[8], uint8_t ret_key[32]);
/** The stored bytes of page `page` (from 0), in place: from content and nonce as db_copy_open_page
 * left them (the tag may be anything). */
void db_keyring_close_page(const db_keyring *keyring, uint64_t page, uint8_t bytes[DB_PAGE_SIZE]);
/** Id of the workspace a head is of; read without a key, so believe it only of a head that a
 * keyring proved. */
pb_status db_head_id(pb_str head, pb_uuid *ret_id, pb_error *err);
/** The bytes of an open workspace's head. */
pb_status db_head_read(const db_workspace *workspace, pb_buf *out, pb_error *err);

#endif
