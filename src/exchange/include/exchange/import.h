/* Bringing another system's export in: read the files, map columns to the declared model, and send
 * every row down the one road.
 *
 * Nothing is dropped in silence: unmapped columns and files, rejected rows and their reasons are
 * all in the result. Refuses: writing records itself (record does), guessing in silence (every
 * decision is reported).
 */
#ifndef EXCHANGE_IMPORT_H
#define EXCHANGE_IMPORT_H

#include "base/catalog.h"
#include "exchange/preset.h"
#include "record/bring.h"
#include "record/likely.h"

typedef enum exchange_how {
    EXCHANGE_UNMAPPED,  /* no field fits */
    EXCHANGE_IGNORED,   /* the map file says so */
    EXCHANGE_BY_MAP,    /* the map file says so */
    EXCHANGE_BY_PRESET, /* the product is known, and what it means by this header */
    EXCHANGE_CURRENCY,  /* it holds the currency of amounts in other columns */
    EXCHANGE_PART,      /* it holds the month or the day of a date whose year another column has */
    EXCHANGE_LEFT,      /* the product is known, and there is a reason to leave it out: `note` */
    EXCHANGE_BY_NAME,   /* the header is the field's name, label or alias */
    EXCHANGE_BY_VALUES  /* the header is unknown, the values fit the field's type */
} exchange_how;

/** One column of a source file and what became of it. Texts live in the plan's arena. */
typedef struct exchange_column {
    pb_str header;
    exchange_how how;
    const model_field *field;           /* NULL unless mapped */
    const struct preset_column *preset; /* what the product means by it (private to exchange) */
    const model_field *while_open; /* where the date goes in rows of deals that are neither won nor
                                      lost; NULL: to `field` in every row (private) */
    size_t currency; /* of money: the column with its currency, from 1; 0: none (private) */
    size_t date_month, date_day; /* of a date in three columns: those of month and day, from 1; 0:
                                    none (private) */
    pb_str within;       /* the table whose ids these are, where several tables give records of one
                            entity: stands before them (private); absent: ids are different anyway */
    pb_str link_within;  /* the same of the records that a link leads to (private) */
    bool is_source_id;   /* the source's own id of the record; may be a field as well */
    model_format format; /* dates, decimal mark as judged from the values */
    uint64_t filled;     /* rows with a value; known after the import */
    pb_str sample;       /* first value seen; in the plan only, never stored */
    pb_str holds;        /* not mapped, yet the values look like: English message id such as
                            "payment card numbers"; absent: nothing noticed */
    pb_str note;         /* what a person should know about the decision: why not mapped, what was
                            assumed; English message id with `note_args`; absent: nothing */
    const pb_arg *note_args;
    size_t note_arg_count;
} exchange_column;

/** Why a row was rejected, or what a kept row has wrong. */
typedef struct exchange_reject {
    int64_t row;             /* data row from 1 */
    int64_t line;            /* line in the file from 1 */
    pb_str column;           /* absent: the row as a whole */
    pb_str value;            /* cut to 200 bytes */
    pb_str says;             /* English message id, may use {value}, {field}, {expected}, {found} */
    int64_t expected, found; /* for {expected} and {found} */
} exchange_reject;

/** Numbers of a column, summed in the file and again in the workspace: both are equal, or there is
 * no import. */
typedef struct exchange_sum {
    pb_str header;
    const model_field *field;
    uint64_t values, rejected_values; /* kept, and in rejected rows */
    pb_str sum, rejected_sum;         /* as text; money of several currencies is summed together */
} exchange_sum;

/** One table: a file, a sheet of a workbook, a member of a ZIP, a table of a database. */
typedef struct exchange_file {
    struct table_place *place; /* where it lies (private to exchange) */
    pb_str path;               /* the file or URL, as given */
    pb_str name; /* shown in reports: last part of the path, with the member or sheet behind it */
    pb_str own;  /* what the table itself is called: "contacts.csv", "Sheet1" */
    const struct preset_table *preset; /* what kind of file of its product it is (private) */
    const model_entity *entity;        /* NULL: not imported, `why_not` says why */
    pb_str why_not;         /* English message id with `why_args`; see exchange_why_not */
    const pb_arg *why_args; /* {name} and whatever else the message names */
    size_t why_arg_count;
    int64_t
        imported_before; /* number of the run that imported the very same bytes; 0: none known */
    bool passed_over;    /* for that reason: see exchange_options.pass_over */
    pb_str form;         /* "CSV", "XLSX", "JSON Lines", … */
    pb_str encoding;     /* "UTF-8", "UTF-8 with BOM", "GB18030"; empty where the form decides */
    int sure;            /* of the encoding, in percent; 100: a mark or the form itself says so */
    char delimiter;      /* 0 where there is none */
    bool hidden;         /* a sheet that its workbook does not show; it is read all the same */
    uint64_t above;      /* rows above the header that were passed over: titles */
    uint64_t formulas;   /* cells computed by a spreadsheet: their saved values; after the import */
    uint64_t merged;     /* cells that have their value from a merged range; after the import */
    const pb_note *notes; /* what a person should know about how it was read; after the import */
    size_t note_count;
    uint64_t bytes;
    uint8_t hash[32]; /* SHA-256 of the file */
    exchange_column *columns;
    size_t column_count;
    uint64_t deleted; /* rows that the source marks as deleted: counted here alone, not in rows */
    uint64_t aside;   /* rows of a known product that are no records (notifications, its own users,
                         headings): the same */
    uint64_t rows, imported, rejected, noted; /* noted: problems kept with their rows */
    uint64_t changed, same; /* rows that changed a record which was there, or said what it says; not
                               among `imported`. See exchange_options.mode */
    uint64_t
        *field_changes; /* by field of the entity: records in which it was changed; NULL: none */
    int64_t after_n;    /* newest record of the entity before the slice at work, whichever file that
                           is of; 0: not in slices */
    int64_t began_n;    /* the same before the import (private) */
    uint64_t led;       /* rows of records that were merged away: what was new in them went to the
                           survivor; neither imported nor rejected */
    exchange_reject *rejects; /* the first ones, see exchange_options; a row may have several */
    size_t reject_count;
    bool proved;              /* records and sums were counted again in the workspace and agree */
    const exchange_sum *sums; /* of columns of numbers */
    size_t sum_count;
} exchange_file;

typedef struct exchange_plan {
    exchange_file *files; /* in order of import: link targets first */
    size_t file_count;
    int64_t run;                      /* number of the import run; 0 before */
    uint64_t unresolved;              /* references that found no record */
    const exchange_preset *preset;    /* the product that wrote the files; NULL: not known */
    bool preset_asked;                /* named by --as, not recognised */
    const exchange_preset *runner_up; /* what else the files might be; NULL: nothing */
    uint64_t suspected; /* rows that are likely the same as a record that is there, or as an earlier
                           row; those refused are among the rejected */
    const record_judged *judged; /* how rows were judged for that, by entity; those of which none
                                    was are left out */
    size_t judged_count;
    bool unfinished;       /* it ended half-way, and what `run` wrote is there */
    const bool *gives_ids; /* by entity: some file has the ids of its records (private) */
} exchange_plan;

/** What came of a row, or would. */
typedef struct exchange_told {
    const exchange_file *file;
    int64_t row, line;
    bool refused;           /* `rejects` say why */
    record_brought brought; /* of a row that is not refused; of one that is: the record where one
                               was found (else its id is nil) */
    const exchange_reject *rejects; /* as exchange_file.rejects; live until the call returns */
    size_t reject_count;
} exchange_told;

/** A file that does not lie in the file system: opened as often as it is read, each time from its
 * beginning, and read in any order. Threads: what was opened belongs to one at a time. */
typedef struct exchange_held {
    uint64_t size; /* bytes of it */
    pb_status (*open)(void *context, void **ret_file, pb_error *err);
    /** At most `size` bytes; 0 at the end. */
    pb_status (*read)(void *file, void *to, size_t size, size_t *ret_count, pb_error *err);
    /** The next bytes are those from there on. */
    pb_status (*seek)(void *file, uint64_t position, pb_error *err);
    void (*close)(void *file);
    void *context;
} exchange_held;

typedef struct exchange_options {
    const char *const *paths; /* files, folders, URLs of databases */
    size_t path_count;
    const exchange_held *held; /* the file that the only path names, which is no path then;
                                  outlives the plan. NULL: the paths are those of files */
    const char *map_path;      /* NULL: none, or `map` */
    pb_str map; /* text of a map file that lies nowhere: “the mapping” in errors; absent: none */
    const exchange_presets *presets; /* NULL: none are known */
    const char *as; /* product that wrote the files; NULL: recognise it; "none": leave it open */
    const char *encoding; /* that files without one of their own in the map file are in; NULL: each
                             is judged */
    bool with_deleted;    /* take rows that the source marks as deleted */
    const char *password_file;     /* of databases: its first line; NULL: none */
    const model_source *databases; /* declarations of products whose databases are known */
    size_t database_count;
    record_policy policy;
    ledger_actor actor;
    int64_t now_us;
    size_t most_rejects;          /* kept of a file; 0: 1000 */
    bool dry_run;                 /* everything but the commit */
    bool last;                    /* into a workspace that is thrown away: see record_writer_last */
    record_duplicates duplicates; /* what is done with likely duplicates */
    double duplicate_threshold;   /* see record_gate */
    bool each_row; /* look at every row as it comes, so that it can be refused; else only where
                      the files are small (about 5,000 rows) */
    /* Judges what the writer noted (record_writer_later) when all rows are there, before the
     * commit, with `context`; the list lives as long as the plan. NULL: large imports are not
     * judged. */
    pb_status (*judge)(void *context, const record_gate *gate, db_session *session,
                       record_writer *writer, pb_arena *arena, record_judged **ret_judged,
                       size_t *ret_count, pb_error *err);
    record_mode mode;         /* what rows may do */
    const char *const *match; /* else than create: what says which record a row is about: "id",
                                 "likely" (the duplicate gate), names of fields; none: "id" */
    size_t match_count;
    bool sliced; /* some hundreds of rows a transaction, so that others write in between: a run that
                    ends half-way leaves what it wrote (plan->run says which), to be taken back.
                    Sums are not proved. Not of a rehearsal */
    bool clear;  /* a cell without a value takes away what the record has */
    record_may_bring may;   /* asked before a record is changed, with `context`; NULL: all may be */
    record_may_see may_see; /* which records are there for who imports, with `context`; NULL: all */
    /* Told at the beginning and the end of the transaction, with `context`; NULL: not told. */
    pb_status (*begun)(void *context, db_session *session, pb_error *err);
    void (*ended)(void *context);
    /* Told every row, with `each_context`; all over again when the transaction is (`told` NULL).
     * NULL: not told. */
    pb_status (*each)(void *context, const exchange_told *told, pb_error *err);
    void *each_context;
    /* Of an import in slices: what was told since `each` last was told of a slice counts (`kept`),
     * or will be told again. NULL: not told. */
    pb_status (*slice)(void *context, bool kept, pb_error *err);
    /* Asked at the end of the transaction, dry or not, with `context`: a failure takes everything
     * back. `plan->run` is the number of the first file; later ones are larger. NULL: not asked. */
    pb_status (*check)(void *context, db_session *session, const exchange_plan *plan,
                       pb_error *err);
    bool pass_over; /* leave files alone that an earlier run imported, unless it was taken back: an
                       import that was cut off can be said again without doubling a row */
    bool (*progress)(void *context, const char *file, uint64_t bytes_done, uint64_t bytes_total);
    void *context; /* progress returning true stops: PB_CANCELLED, nothing is kept */
} exchange_options;

/** A path as it may be shown: the password in the URL of a database is three stars. NULL without
 * memory. */
char *exchange_shown(const char *path, pb_arena *arena);
/** Appends why a file is not imported, in the catalogue's language. */
void exchange_why_not(const exchange_file *file, const pb_catalog *catalog, pb_buf *out);
/** map, preset, currency, part, left, name, values, ignored, unmapped. */
const char *exchange_how_word(exchange_how how);
/** Appends the note of a column; nothing when it has none. */
void exchange_note(const exchange_column *column, const pb_catalog *catalog, pb_buf *out);

/** Looks at the files (first rows, headers) and decides what each column is. Opens nothing for
 * writing. The plan lives in `arena`. A path that is not there or cannot be read, a folder without
 * tables and a mistake in the map file are errors; a file that cannot be imported stays in the
 * plan with its reason. */
pb_status exchange_plan_make(const model_schema *schema, const exchange_options *options,
                             pb_arena *arena, exchange_plan *ret_plan, pb_error *err);
/** Carries the plan out in one transaction: all or nothing; fills in the counts. A plan without any
 * file to import is PB_INVALID with the first reason; a file that changed since the plan was made
 * is PB_CONFLICT. Under RECORD_STRICT, counts and sums of file and workspace are compared before
 * the commit: where they differ nothing is kept (PB_CORRUPT). */
pb_status exchange_import(db_workspace *workspace, const exchange_options *options, pb_arena *arena,
                          exchange_plan *plan, pb_error *err);
/** Told each file that was written. */
typedef void (*exchange_rejected_file)(void *context, const char *path, uint64_t rows);
/** Writes the rows that `plan` lists as rejected into `dir`, a file for each of theirs with its
 * name and header, UTF-8 with commas: to be mended and imported again. Left out are empty rows and
 * those that could not be taken apart. */
pb_status exchange_write_rejected(const exchange_plan *plan, const char *dir, pb_arena *arena,
                                  exchange_rejected_file done, void *context, pb_error *err);
/** Where copies of rows go, one file after the other. */
typedef struct exchange_outlet {
    pb_status (*begin)(void *context, const char *name, pb_error *err);
    pb_status (*add)(void *context, pb_str bytes, pb_error *err);
    /** Ends what was begun in any case; without `keep` it is as if it had not been. */
    pb_status (*end)(void *context, bool keep, pb_error *err);
    void *context;
} exchange_outlet;
/** The same as exchange_write_rejected, piece by piece to where they are kept. */
pb_status exchange_give_rejected(const exchange_plan *plan, const exchange_outlet *outlet,
                                 pb_arena *arena, pb_error *err);
/** One value of a source to be replaced. */
typedef struct exchange_edit {
    size_t file; /* in the plan */
    int64_t row;
    const model_field *field;
    pb_str before; /* as the cell reads, without blanks around it */
    pb_str after;
    bool done; /* set by exchange_write_fixed; false: no cell of that row reads so */
} exchange_edit;
/** Writes copies of the files that have edits into `dir`, the edits put in; never over a source. A
 * cell is replaced only when it holds the value and nothing else. */
pb_status exchange_write_fixed(const exchange_plan *plan, exchange_edit *edits, size_t count,
                               const char *dir, pb_arena *arena, exchange_rejected_file done,
                               void *context, pb_error *err);
/** Writes all records of an entity as CSV (RFC 4180, UTF-8), cells that a spreadsheet would run as
 * formulas neutralised. */
pb_status exchange_export_csv(db_session *session, const model_entity *entity, const char *path,
                              uint64_t *ret_rows, pb_error *err);

#endif
