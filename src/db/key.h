/* Where a workspace's key comes from: a key file, a passphrase, a systemd credential. Never an
 * argument, never a file inside the workspace.
 */
#ifndef DB_KEY_H
#define DB_KEY_H

#include "db/workspace.h"

#include "header.h"

/** Makes the key of a new workspace: fills in the header's part about it and `ret_key`. A key file
 * is made; its path goes to `ret_path` (may be NULL) and, NUL-terminated, into the arena
 * (`*ret_made`, NULL when none was made). */
pb_status db_key_make(const db_key_source *source, const char *place, pb_arena *arena,
                      db_header *header, uint8_t ret_key[32], pb_buf *ret_path, char **ret_made,
                      pb_error *err);
/** Fetches the key of an existing workspace; `place` NULL: there is nothing of it but its header.
 */
pb_status db_key_fetch(const db_key_source *source, const char *place, pb_arena *arena,
                       const db_header *header, uint8_t ret_key[32], pb_error *err);

#endif
