/* How a file of the depot lies on the disk, for those who write and read it.
 *
 * A message of secretstream can only be opened behind all before it. Who reads in any order keeps
 * the state at some places, and opens what lies between anew (depot_seek.c).
 */
#ifndef SERVICE_DEPOT_FILE_H
#define SERVICE_DEPOT_FILE_H

#include "service/depot.h"
#include "sys/file.h"

#include <sodium.h>
#include <stdatomic.h>

#define DEPOT_HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define DEPOT_OVER crypto_secretstream_xchacha20poly1305_ABYTES
#define DEPOT_KEY crypto_secretstream_xchacha20poly1305_KEYBYTES
#define DEPOT_LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL

/* `what` has one size, so that the length of the content follows from that of the file. */
enum {
    DEPOT_MARK = 4,
    DEPOT_PIECE = 64 << 10,
    DEPOT_WHAT = 1024,
    DEPOT_PATH_ROOM = 4400,
    DEPOT_BEFORE = DEPOT_MARK + DEPOT_HEADER + DEPOT_WHAT + DEPOT_OVER /* of the content */
};

extern const char service_depot_mark[DEPOT_MARK + 1];

struct service_depot {
    pb_arena *arena;
    const char *folder;
    uint8_t key[DEPOT_KEY];
    uint64_t most;
    _Atomic uint64_t held; /* bytes of all files, those that are being written included */
};

struct service_withdrawing {
    sys_reader *reader;
    crypto_secretstream_xchacha20poly1305_state state;
    pb_uuid id;
    bool over;
    uint8_t plain[DEPOT_PIECE], sealed[DEPOT_PIECE + DEPOT_OVER];
};

/** What stands before the content, in DEPOT_WHAT bytes (depot.c). */
void service_deposit_pack(const service_deposit *what, uint8_t bytes[DEPOT_WHAT]);
/** Texts stay where the bytes are. */
service_deposit service_deposit_unpack(uint8_t bytes[DEPOT_WHAT]);
/** Bytes of the content, by those of the file. */
uint64_t service_deposit_content(uint64_t file);
/** Bytes of the file, by those of the content. */
uint64_t service_deposit_sealed(uint64_t content);
void service_deposit_path(const service_depot *depot, pb_uuid id, char path[DEPOT_PATH_ROOM]);
pb_status service_deposit_fail_gone(pb_error *err);
pb_status service_deposit_fail_altered(pb_error *err);

/** Opens a file at its content; what it is stays in `plain` until the first read (depot_read.c). */
pb_status service_withdraw_open(service_depot *depot, pb_uuid id, service_withdrawing **ret_file,
                                pb_error *err);
/** The same of a file of `user`: PB_NOT_FOUND. */
pb_status service_withdraw_own(service_depot *depot, pb_uuid user, pb_uuid id,
                               service_withdrawing **ret_file, pb_error *err);
/** Opens the next message, of which `len` bytes lie in `sealed`, into `plain`. */
pb_status service_withdraw_unseal(service_withdrawing *file, size_t len, size_t *ret_len,
                                  bool *ret_last, pb_error *err);

#endif
