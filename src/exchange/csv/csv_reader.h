/* The reader's state, shared by the row scanner and the sliding buffer. */
#ifndef EXCHANGE_CSV_READER_H
#define EXCHANGE_CSV_READER_H

#include "csv_internal.h"

/* no position */
#define CSV_NONE SIZE_MAX

struct csv_reader {
    text_source *source;
    char *name;
    char *data;
    size_t cap;        /* CSV_PAD more are allocated */
    size_t begin, end; /* bytes not yet handed out */
    bool over;         /* the source has no more */
    size_t checked;    /* text is well-formed up to here */
    size_t bad;        /* first byte that is not text, or CSV_NONE */
    size_t block;      /* the 64 bytes looked at, */
    uint64_t mask;     /* and which of them are still to be handled */
    char delimiter;
    uint64_t above;    /* titles over the names of columns, passed over */
    int64_t row, line; /* of the row at `begin`; row -1 before the header */
    int64_t inner;     /* line ends inside the quoted cells of the row being scanned */
    pb_str *cells;
    size_t *doubled; /* cells that hold doubled quotes */
    size_t doubled_count;
    size_t opened;        /* the last quotation mark of the row that opened a cell, or CSV_NONE */
    uint64_t text_faults; /* rows rejected for what is no text */
    uint64_t rescanned;   /* bytes scanned again after quotation marks that never ended */
    table_fault fault;
};

typedef enum outcome {
    OUT_ROW,    /* a row, whole */
    OUT_MORE,   /* more bytes are needed */
    OUT_WIDE,   /* more than CSV_MAX_COLUMNS over several lines: a quotation mark too many */
    OUT_OPEN,   /* a quotation mark never ends */
    OUT_BEHIND, /* text behind a closing quotation mark; the position is that of the text */
} outcome;

/** Looks at the block that begins at `to`. */
void csv_row_seek(csv_reader *reader, size_t to);
/** Scans one row from `begin`. `*ret_at`: behind its line end, or where the fault is. `*ret_count`
 * may be above CSV_MAX_COLUMNS: only so many cells are kept. */
outcome csv_row_scan(csv_reader *reader, size_t *ret_count, size_t *ret_at);
/** Undoes doubled quotes in the cells of a row that is whole. */
void csv_row_undouble(csv_reader *reader);

#endif
