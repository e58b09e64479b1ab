/* What the ledger keeps in tables, read through a session: heads, tiles, the key.
 *
 *   ledger_event(seq, body)            ledger_payload(seq, body: 16 bytes of salt, payload, or
 *                                                     empty: erased)
 *   ledger_tile(level, idx, hashes)    ledger_head(size, at_us, root, signature)
 *   setting('ledger.key', vkey)
 */
#ifndef LEDGER_STORE_H
#define LEDGER_STORE_H

#include "ledger/ledger.h"
#include "merkle/note.h"
#include "merkle/tile.h"

enum { LEDGER_SALT = 16 };

/** A head as stored; without any event, `size` 0. */
typedef struct stored_head {
    uint64_t size;
    int64_t at_us;
    merkle_hash root;
    uint8_t signature[64];
} stored_head;

/** The newest head of at most `size` (UINT64_MAX: of all); `ret_head->size` 0 when there is none.
 */
pb_status store_head(db_session *session, uint64_t size, stored_head *ret_head, pb_error *err);
/** Reads the columns size, at_us, root, signature of the row `stmt` stands on; PB_CORRUPT, naming
 * the head, when they have not the lengths they must have. */
pb_status store_head_row(db_stmt *stmt, stored_head *ret_head, pb_error *err);
/** The key as stored: PB_NOT_FOUND before the first head. */
pb_status store_key(db_session *session, merkle_verifier *ret_key, pb_error *err);
/** The key as the workspace's own key gives it; heads are signed with it. Wipe it after use. */
pb_status store_signer(db_session *session, merkle_signer *ret_signer, pb_error *err);
/** The text a head's signature is over. */
pb_status store_head_text(const char *origin, const stored_head *head, pb_buf *out, pb_error *err);

/** Reads nodes from stored tiles; keeps the last tile of each level. */
typedef struct tile_reader {
    db_session *session;
    unsigned width[MERKLE_TILE_LEVELS]; /* of the tile kept; 0: none */
    uint64_t index[MERKLE_TILE_LEVELS];
    merkle_hash hashes[MERKLE_TILE_LEVELS][MERKLE_TILE_WIDTH];
} tile_reader;

void store_reader_init(tile_reader *reader, db_session *session);
/** The tile's hashes and their number, 0 when there is no such tile; valid until the next call. */
pb_status store_reader_tile(tile_reader *reader, unsigned level, uint64_t index,
                            const merkle_hash **ret_hashes, unsigned *ret_width, pb_error *err);
/** A merkle_reader over a tile_reader. */
pb_status store_reader_node(void *reader, unsigned level, uint64_t index, merkle_hash *ret_hash,
                            pb_error *err);
/** The error that names a tile. */
pb_status store_tile_altered(unsigned level, uint64_t index, pb_error *err);

#endif
