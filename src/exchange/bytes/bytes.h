/* Where bytes come from: files and memory behind byte_input; the bytes' SHA-256.
 *
 * Threads: one input, one thread.
 */
#ifndef EXCHANGE_BYTES_H
#define EXCHANGE_BYTES_H

#include "../table.h"

/** A file of the operating system; can seek unless it is a pipe. Owner: the caller, bytes_close. */
pb_status bytes_of_file(const char *path, byte_input *ret_input, pb_error *err);
/** A file that does not lie in the file system. Owner: the caller, bytes_close. */
pb_status bytes_of_held(const struct exchange_held *held, byte_input *ret_input, pb_error *err);
/** Bytes that outlive the input. */
pb_status bytes_of_memory(pb_str bytes, byte_input *ret_input, pb_error *err);
/** Bytes of a buffer, which is taken over also on failure and empty afterwards. */
pb_status bytes_of_buffer(pb_buf *bytes, byte_input *ret_input, pb_error *err);
/** Ends an input; it may be ended twice. */
void bytes_close(byte_input *input);
/** Reads until `size` bytes are there or the input ends; `*ret_count` below `size` only then. */
pb_status bytes_read(byte_input *input, void *to, size_t size, size_t *ret_count, pb_error *err);
/** SHA-256 of what is left of the input, and how much that is. */
pb_status bytes_hash(byte_input *input, uint8_t ret_hash[32], uint64_t *ret_bytes, pb_error *err);

#endif
