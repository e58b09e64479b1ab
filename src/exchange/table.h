/* A source of rows, whatever form it came in: a CSV file, a sheet of a workbook, a JSON Lines file,
 * vCards, a query to another system's database. Planning and importing see nothing else.
 *
 * The first row a table gives is its header (row 0); cells are UTF-8 text. Dates and numbers that
 * the form itself knows (a spreadsheet's date cell, a column of a database) come as ISO 8601 and
 * plain decimals. A malformed row is PB_INVALID with its fault, and reading goes on behind it.
 * Threads: one reader, one thread. Memory: bounded by the limits each form states.
 */
#ifndef EXCHANGE_TABLE_H
#define EXCHANGE_TABLE_H

#include "bytes/encoding.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* --- bytes --- */

/** Where bytes come from: a file, a member of a ZIP, memory. */
typedef struct byte_input {
    /** At most `size` bytes to `to`; 0 at the end. */
    pb_status (*read)(void *context, void *to, size_t size, size_t *ret_count, pb_error *err);
    /** Goes to a position from the beginning; NULL: can only be read forwards. */
    pb_status (*seek)(void *context, uint64_t position, pb_error *err);
    void (*close)(void *context); /* may be NULL */
    void *context;
    uint64_t total; /* bytes in all; 0: not known */
    text_code code; /* what its text is said to be in; TEXT_ANY: it is to be judged */
} byte_input;

/* --- tables --- */

typedef struct table_reader table_reader;

/** One row. Cells live until the next table_next. */
typedef struct table_row {
    const pb_str *cells;
    size_t count;
    int64_t row;  /* data row from 1 (the header is 0); malformed rows count too */
    int64_t line; /* line, row of the sheet or number of the card where it begins, from 1 */
} table_row;

/** No cell has a value: the row says nothing. */
bool table_is_blank(const table_row *row);

/** What was wrong with a row, for a list of rejected rows. */
typedef struct table_fault {
    const char *says; /* English message id, may use {value}, {expected}, {found} */
    const char *hint; /* how to mend it */
    bool encoding;    /* the bytes are not text in the file's encoding */
    int64_t row;      /* data row from 1, 0: the header */
    int64_t line;     /* as in table_row */
    int64_t expected; /* {expected}: the limit */
    int64_t found;    /* {found}: a line, or the position in the line, as `says` says */
    char value[32];   /* {value}: the byte, or what stands there */
} table_fault;

/** What is known of a table once it is open. */
typedef struct table_facts {
    const char *form;     /* "CSV", "XLSX", "JSON Lines", "vCard", "PostgreSQL", "MariaDB" */
    const char *encoding; /* "UTF-8", "GB18030", …; "" where the form decides */
    int sure;             /* of the encoding, in percent; 100: said by a mark or the form itself */
    char delimiter;       /* CSV only, else 0 */
    uint64_t formulas;    /* cells whose value a spreadsheet computed; known at the end */
    bool hidden;          /* a sheet that its workbook does not show */
    uint64_t above;       /* rows above the header that were passed over: titles */
    uint64_t merged;      /* cells that have their value from a merged range; known at the end */
    uint64_t below; /* rows below the records that were left out: totals, last words; at the end */
    const char *more_by; /* the key by which the source says that there are records that the file
                            does not hold; NULL: nothing says so; at the end */
    uint64_t in_all;     /* then: how many there are in all; 0: not said */
    int64_t below_line;  /* then: line of the first */
} table_facts;

/** What a form of table does. All but `next` never fail. */
typedef struct table_ops {
    pb_status (*next)(void *state, table_row *ret_row, bool *ret_more, pb_error *err);
    const table_fault *(*last_fault)(const void *state); /* after PB_INVALID */
    void (*facts)(const void *state, table_facts *ret_facts);
    /** Of progress: bytes, or rows, as `total` counts. */
    uint64_t (*done)(const void *state);
    uint64_t (*total)(const void *state);
    /** SHA-256 of all bytes of the file or member, known once `next` said there is no more. NULL
     * where a form does not read them all: table_fingerprint then reads them again. */
    void (*hash)(const void *state, uint8_t ret_hash[32]);
    void (*close)(void *state);
} table_ops;

struct table_reader {
    const table_ops *ops;
    void *state;
    struct below *below; /* leaves out what stands below the rows; NULL: nothing is left out */
};

/** A reader of a form; takes over `state`, also on failure (then it is closed). */
pb_status table_reader_new(const table_ops *ops, void *state, table_reader **ret_reader,
                           pb_error *err);

/** Where a table lies: a file, a sheet in it, a member of a ZIP, a table of a database. */
typedef struct table_place {
    pb_str path;      /* file or URL as given, NUL-terminated */
    pb_str member;    /* inside a ZIP; absent: the file itself */
    pb_str sheet;     /* of a workbook, or the query of a database; absent: none */
    pb_str name;      /* as reports show it: "export.zip/contacts.csv", "book.xlsx/Sheet1" */
    pb_str own;       /* what the table itself is called: "contacts.csv", "Sheet1" */
    uint64_t spot[2]; /* of the member in its ZIP: byte, number */
    text_code code;   /* what its text is said to be in; TEXT_ANY: it is to be judged */
    bool live;        /* may change at any moment: a database */
    const struct live_place *base;    /* the table of a database; NULL: not of one */
    const struct exchange_held *held; /* its bytes, not in the file system; NULL: they are there */
    const char *why_not; /* not to be read: English message id with {name}; NULL: a table */
} table_place;

enum { TABLE_FOLDER_DEPTH = 8, TABLE_MOST_FILES = 10000, TABLE_MEMBER_MOST = 256 << 20 };

/** The tables of a path, in their order: a file's, a workbook's sheets, a ZIP's members, and all of
 * a folder and the folders in it (TABLE_FOLDER_DEPTH deep, TABLE_MOST_FILES in all; in folders and
 * ZIPs files are chosen by the ending of their names, the others are listed with why not). A file
 * that is no table is one place, whose table_open says why. Refuses a path that is not there, a
 * folder without tables. The places lie in `arena`. */
pb_status table_list(const char *path, pb_arena *arena, table_place **ret_places, size_t *ret_count,
                     pb_error *err);
/** The same of one file called `name` that does not lie in the file system, and outlives the
 * places. */
pb_status table_list_held(const char *name, const struct exchange_held *held, pb_arena *arena,
                          table_place **ret_places, size_t *ret_count, pb_error *err);
/** SHA-256 that names the table's contents: of the bytes of its file or member, and the sheet. All
 * zero for a live table. `*ret_bytes`: how many there are. */
pb_status table_fingerprint(const table_place *place, uint8_t ret_hash[32], uint64_t *ret_bytes,
                            pb_error *err);
/** The same, of a reader of that place that came to its end. */
pb_status table_read_fingerprint(const table_reader *reader, const table_place *place,
                                 uint8_t ret_hash[32], pb_error *err);
/** Opens a table; of a file's, totals and a report's last words below the rows are left out (see
 * below/below.h). `place` must outlive the reader. Owner: the caller, table_close. */
pb_status table_open(const table_place *place, table_reader **ret_reader, pb_error *err);
pb_status table_next(table_reader *reader, table_row *ret_row, bool *ret_more, pb_error *err);
const table_fault *table_last_fault(const table_reader *reader);
table_facts table_facts_of(const table_reader *reader);
uint64_t table_done(const table_reader *reader);
uint64_t table_total(const table_reader *reader);
/** Takes NULL, returns NULL. */
table_reader *table_close(table_reader *reader);

#endif
