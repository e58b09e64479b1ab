/* What a backup is: a signed note that says of which workspace, when, what was in it, and which
 * pieces hold it. It is put last, so that a backup without one was none.
 *
 * As an object (backups/<moment>.manifest): two lines in the open, `probity backup 1` and the
 * workspace's head in base64 (without it nobody could find the key), a blank line, then the note,
 * sealed under the object's name and those lines.
 *
 *   probity backup 1               count contact 1000 3          rows, deleted among them
 *   workspace 0190…                sum deal.amount EUR 12 99900  values, sum in minor units
 *   at 2026-11-22T02:30:00Z        sample contact 17 <hex>       print of one row
 *   schema <hex>                   table <hex> 0 16384 170000000 first page, pages, stored bytes
 *   pages 8192 20000               log <position>                log pieces continue behind it
 *     or rows 70000 412            ... of a server: how many rows, in how many blocks (rowlist.h)
 *   ledger <base64 of a note>      end
 */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include "piece.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "db/copy.h"

enum { MANIFEST_FORMAT = 1, MANIFEST_MAX = 1 << 20 };

typedef struct manifest_count {
    pb_str entity;
    int64_t rows, deleted;
} manifest_count;

typedef struct manifest_sum {
    pb_str entity, field;
    pb_str currency; /* empty: none */
    int64_t values;
    pb_str sum; /* decimal, minor units */
} manifest_sum;

typedef struct manifest_sample {
    pb_str entity;
    int64_t n;
    uint8_t print[16];
} manifest_sample;

/** What a state of a workspace looks like from outside, to be compared after a restore. */
typedef struct manifest_facts {
    uint8_t schema[32];
    pb_str ledger; /* signed checkpoint; empty: no event yet */
    uint64_t ledger_size;
    uint8_t ledger_root[32];
    manifest_count *counts;
    manifest_sum *sums;
    manifest_sample *samples;
    size_t count_count, sum_count, sample_count;
} manifest_facts;

/** A table of pages: which pieces hold the pages from `first` on. */
typedef struct manifest_table {
    piece_name name;
    uint64_t first, pages;
    uint64_t stored; /* bytes of the table and of its pieces at the place */
} manifest_table;

typedef struct manifest {
    pb_uuid workspace;
    int64_t at_us;
    pb_str head;               /* bytes of workspace.yaml */
    uint64_t page_size, pages; /* page_size 0: rows, in so many blocks */
    uint64_t rows;
    manifest_facts facts;
    manifest_table *tables;
    size_t table_count;
    db_position position; /* log pieces continue behind it */
} manifest;

/** Whether the backup is one of rows, not of pages. */
static inline bool manifest_is_rows(const manifest *m)
{
    return m->page_size == 0;
}

/** The head and the sealed note of an object, without a key. */
pb_status manifest_split(pb_str object, pb_arena *arena, pb_str *ret_head, pb_error *err);
/** Writes the object that is kept under `label`. */
pb_status manifest_write(piece_box *box, const char *label, const manifest *m, pb_buf *out,
                         pb_error *err);
/** Opens, checks the signature, and reads; texts live in `arena`. PB_CORRUPT when anything is not
 * as it was written, PB_UNSUPPORTED for a newer format. */
pb_status manifest_read(piece_box *box, const char *label, pb_str object, pb_arena *arena,
                        manifest *ret_manifest, pb_error *err);
/** The first difference between two states as an English message id with the values in `ret_was`
 * and `ret_is` (in `arena`); NULL when they are the same. */
const char *manifest_differs(const manifest_facts *was, const manifest_facts *is, pb_arena *arena,
                             const char **ret_what, const char **ret_was, const char **ret_is);

#endif
