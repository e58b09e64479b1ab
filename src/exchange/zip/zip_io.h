/* minizip's input functions over byte_input, with a piece read ahead. */
#ifndef EXCHANGE_ZIP_IO_H
#define EXCHANGE_ZIP_IO_H

#include <unzip.h>

#include "../bytes/bytes.h"

enum { ZIP_PIECE = 16 << 10 };

/** What minizip reads through; must stay where it is while the archive is open. */
typedef struct zip_io {
    byte_input *input;
    uint64_t at;       /* where minizip is */
    uint64_t piece_at; /* of the piece's first byte */
    size_t piece_len;
    pb_status failed; /* reading did, PB_OK: it did not */
    pb_error why;     /* then: why */
    char piece[ZIP_PIECE];
} zip_io;

/** NULL: no ZIP, or `io->failed`. Ended by unzClose, which leaves `input` alone. */
unzFile zip_io_open(zip_io *io, byte_input *input);

#endif
