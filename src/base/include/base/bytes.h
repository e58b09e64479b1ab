/* Ids and encodings of bytes: UUIDv7 (RFC 9562), hex and base64 (RFC 4648). Threads: pure
 * functions. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/buf.h"

/** A UUID, 16 bytes in network order: compares with memcmp in order of time. */
typedef struct pb_uuid {
    uint8_t b[16];
} pb_uuid;

/** UUIDv7 of a moment (microseconds since 1970; the part below a millisecond goes into rand_a) and
 * 8 random bytes. */
pb_uuid pb_uuid_v7(int64_t us, const uint8_t random[8]);
/** 36 characters and a NUL. */
void pb_uuid_text(pb_uuid id, char ret[37]);
/** The usual 36-character form, either case. */
bool pb_uuid_parse(pb_str s, pb_uuid *ret);
pb_str pb_uuid_str(const pb_uuid *id);

/** Appends two lower-case hex digits a byte. */
void pb_hex(pb_buf *out, const void *bytes, size_t len);
/** Exactly `2*len` hex digits. */
bool pb_unhex(pb_str s, void *ret, size_t len);
void pb_base64(pb_buf *out, const void *bytes, size_t len);
/** Standard alphabet with padding; appends to `out`. False on malformed input. */
bool pb_unbase64(pb_str s, pb_buf *out);

#endif
