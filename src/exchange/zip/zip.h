/* ZIP archives: which members there are, and their bytes, by minizip over byte_input.
 *
 * Nothing is written to disk, so a member's name (`../../etc/passwd`) is a name and no path.
 * Refuses an archive that is damaged, in several volumes, or beyond the limits below; members that
 * are encrypted or packed by a method other than stored and deflated are listed, but not opened.
 * Threads: one archive, one thread. Memory: 64 KiB and zlib's window.
 */
#ifndef EXCHANGE_ZIP_H
#define EXCHANGE_ZIP_H

#include "../bytes/bytes.h"

/** Bytes unpacked may be ZIP_MOST_OUT in all, and ZIP_RATIO times the bytes packed once they are
 * more than ZIP_RATIO_FROM: of the archive as a whole and of every member. */
enum { ZIP_MOST_MEMBERS = 10000, ZIP_RATIO = 200, ZIP_RATIO_FROM = 100 << 20 };
#define ZIP_MOST_OUT (UINT64_C(64) << 30)

typedef struct zip_member {
    pb_str name;   /* UTF-8; was UTF-8, GBK or code page 437 in the archive */
    uint64_t size; /* unpacked, as the archive says */
    uint64_t spot[2];
    bool folder;
    const char *why_not; /* cannot be opened: English message id with {name}; NULL: it can */
} zip_member;

/** The members in the archive's order, in the arena. `input` can seek and stays the caller's;
 * `name` is shown in errors. PB_INVALID: damaged; PB_LIMIT: beyond a limit. */
pb_status zip_list(byte_input *input, const char *name, pb_arena *arena, zip_member **ret_members,
                   size_t *ret_count, pb_error *err);
/** The bytes of the member at a spot; going back in them means unpacking from the beginning. Takes
 * over `input` also on failure; `name` is shown in errors and copied. Bytes that do not give the
 * member's checksum or size are PB_INVALID at its end, more bytes than it says PB_LIMIT. */
pb_status zip_open(byte_input input, const char *name, const uint64_t spot[2],
                   byte_input *ret_input, pb_error *err);

#endif
