/* What the tests of the CSV reader share. */
#ifndef EXCHANGE_CSV_SUPPORT_H
#define EXCHANGE_CSV_SUPPORT_H

#include "csv/csv_internal.h"

/* A reader over bytes that outlive it; `room`: of its first buffer. */
static inline pb_status csv_open_bytes(pb_str bytes, size_t room, csv_reader **ret_reader,
                                       pb_error *err)
{
    byte_input input = {0};
    PB_TRY(bytes_of_memory(bytes, &input, err));
    return csv_open(input, "text", room, ret_reader, err);
}

#endif
