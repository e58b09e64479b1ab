/* Sealed pieces: how every object of a backup looks from outside.
 *
 *   PBS1 | header of secretstream (24) | messages of at most 1 MiB, the last one marked as such
 *   plain content of the messages: method (0 as it is, 1 zstd) | length (8, big-endian) | body
 *
 * The name under which an object is kept is authenticated with it, so that none can stand in for
 * another. Content that is found again by its content (packs and tables of pages) is named by a
 * keyed BLAKE2b of the plain bytes, or of what tells them from others: who sees the place learns
 * nothing from names. Sources: libsodium, crypto_secretstream_xchacha20poly1305; RFC 7693; RFC
 * 8878. Threads: a box belongs to one thread at a time.
 */
#ifndef BACKUP_PIECE_H
#define BACKUP_PIECE_H

#include "base/buf.h"
#include "base/error.h"

enum { PIECE_NAME_SIZE = 32, PIECE_NAME_TEXT = 2 * PIECE_NAME_SIZE + 1, PIECE_MAX = 64 << 20 };

typedef struct piece_name {
    uint8_t b[PIECE_NAME_SIZE];
} piece_name;

/** Keys of a workspace for its backups, and what sealing needs. */
typedef struct piece_box piece_box;

/** Gives the subkeys; `context` is a workspace or a keyring. */
typedef void (*piece_subkey)(const void *context, const char purpose[8], uint8_t ret_key[32]);

/** Owner: the caller, piece_box_free. */
pb_status piece_box_new(piece_subkey subkey, const void *context, piece_box **ret_box,
                        pb_error *err);
/** One with the same keys, for another thread. Owner: the caller, piece_box_free. */
pb_status piece_box_twin(const piece_box *box, piece_box **ret_twin, pb_error *err);
/** Takes NULL, returns NULL; keys are overwritten. */
piece_box *piece_box_free(piece_box *box);
/** The seed that notes are signed with. */
const uint8_t *piece_box_seed(const piece_box *box);

piece_name piece_name_of(const piece_box *box, pb_str plain);
/** A keyed hash of 16 bytes, for what is only compared. */
void piece_print(const piece_box *box, pb_str plain, uint8_t ret_print[16]);
void piece_name_text(const piece_name *name, char ret[PIECE_NAME_TEXT]);

/** What makes `after` of `before`, both `len` bytes: its size in `out`, or 0 when it takes more
 * than `max` bytes. A zstd frame whose dictionary is `before`. */
size_t piece_patch(piece_box *box, const uint8_t *before, const uint8_t *after, size_t len,
                   uint8_t *out, size_t max);
/** False when the patch does not give `len` bytes. */
bool piece_unpatch(piece_box *box, pb_str patch, const uint8_t *before, size_t len,
                   uint8_t *ret_after);

/** Seals `plain` under `label` (its object name below the workspace's folder), appending to `out`.
 * `level`: of zstd; 0 does not try to compress. */
pb_status piece_seal(piece_box *box, const char *label, int level, pb_str plain, pb_buf *out,
                     pb_error *err);
/** Opens a sealed piece, appending its content. PB_CORRUPT, naming the label, when any byte of it
 * is not as it was, when it is cut off, or when it was sealed under another name or key. */
pb_status piece_open(piece_box *box, const char *label, pb_str sealed, pb_buf *out, pb_error *err);

#endif
