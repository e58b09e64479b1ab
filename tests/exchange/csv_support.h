/* What the tests of the CSV reader share. */
#ifndef EXCHANGE_CSV_SUPPORT_H
#define EXCHANGE_CSV_SUPPORT_H

#include "csv/csv_internal.h"

/* A reader over bytes that outlive it, in UTF-8 unless a mark says else; `room`: of its first
 * buffer. */
static inline pb_status csv_open_bytes(pb_str bytes, size_t room, csv_reader **ret_reader,
                                       pb_error *err)
{
    byte_input input = {0};
    encoding marked = encoding_judge((const unsigned char *)bytes.ptr, bytes.len, true, true);
    text_code code = marked.mark > 0 ? TEXT_ANY : TEXT_UTF8;
    PB_TRY(bytes_of_memory(bytes, &input, err));
    return csv_open(input, "text", code, room, ret_reader, err);
}

#endif
