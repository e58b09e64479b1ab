/* What the parts of planning share: heads of files, names of the model, decisions. */
#ifndef EXCHANGE_PLAN_H
#define EXCHANGE_PLAN_H

#include "../table.h"
#include "base/csv.h"
#include "base/map.h"
#include "exchange/import.h"
#include "model/value.h"

enum {
    SAMPLE_ROWS = 2000,
    SAMPLE_BYTES = 4 << 20,
    SAMPLE_CELLS = 200000,
    SCRATCH_MOST = 256 << 20
};

/** The beginning of a file: its header and first rows, copied. */
typedef struct sample {
    pb_str *header; /* as written, without doubled quotes */
    size_t columns;
    pb_str *cells; /* row by row; rows with another number of cells are left out */
    size_t rows;
    bool whole; /* these are all rows of the table */
} sample;

/** Reads the head of a file: fills in form, encoding, delimiter, bytes and hash. A file that is no
 * table (empty, binary, header only, …) gets its `why_not` and `ret->columns` 0. The sample lies in
 * `scratch`, what the plan keeps in `arena`. */
pb_status sample_read(pb_arena *arena, pb_arena *scratch, exchange_file *file, sample *ret,
                      pb_error *err);
/** Cell of the sample. */
pb_str sample_cell(const sample *s, size_t row, size_t column);
/** Rows with a value in that column. */
size_t sample_filled(const sample *s, size_t column);
/** All values of the column differ, and none is missing. */
bool sample_unique(const sample *s, size_t column, pb_arena *arena);
/** Most rows have a value in the column, and hardly any has another row's: an id, with the faults
 * that ids have in real exports. */
bool sample_names_rows(const sample *s, size_t column, pb_arena *arena);

/** Most names in column `names` are clearly those of persons; `emails`: the column of e-mail
 * addresses, or the number of columns when there is none. O(rows), at most 400 are looked at. */
bool sample_holds_persons(const sample *s, size_t names, size_t emails);
/** A column of names beside one of family names, and without them in it, is that of given names;
 * and the other way round. */
void sample_settle_names(exchange_file *file, const sample *s);

/** Says why a file is not imported: name/value pairs as pb_fail, ended by NULL, copied; {name} is
 * added. PB_MEMORY or PB_OK. */
pb_status plan_refuse(exchange_file *file, pb_arena *arena, const char *says, ...)
    __attribute__((sentinel));
/** Says it with the words of an error: its detail, or else its primary line. */
pb_status plan_refuse_for(exchange_file *file, pb_arena *arena, const pb_error *why);
/** Notes something about a column, in the same form. PB_MEMORY or PB_OK. */
pb_status column_note(exchange_column *column, pb_arena *arena, const char *says, ...)
    __attribute__((sentinel));

/** Notes something about how a file was read, in the same form. PB_MEMORY or PB_OK. */
pb_status plan_note_file(exchange_file *file, pb_arena *arena, const char *says, ...)
    __attribute__((sentinel));

/** All names of the model in the form of model_header_key. */
typedef struct name_book name_book;
pb_status names_make(const model_schema *schema, pb_arena *arena, name_book **ret_names,
                     pb_error *err);
/** model_header_key in the arena; absent without memory. */
pb_str names_key(pb_arena *arena, pb_str text);
/** A header without the object that interfaces of products put all fields into: `properties.email`.
 */
pb_str names_unwrapped(pb_str header);
/** A header in key form, with the places where its words end. */
typedef struct header_form {
    pb_str key;
    size_t ends[16];
    size_t count;
    pb_str others[3]; /* of nested data: what it would be called alone, in key form */
    size_t other_count;
} header_form;
/** Adds the other names of a header such as `address.city`; false without memory. */
bool names_nested(pb_arena *arena, pb_str header, header_form *form);
/** False without memory. */
bool names_form(pb_arena *arena, pb_str header, header_form *ret);
/** How well a header fits a field, 0: not at all, 100: it is the field's name. */
int names_fit(const name_book *names, const model_field *field, const header_form *header);
enum { ID_BY_NAME = 90 }; /* of names_fit_id: the header itself says whose id it is */
/** How well a header fits "the source's own id" of an entity's records, 0–100. */
int names_fit_id(const name_book *names, const model_entity *entity, pb_str header, bool first);
/** In how many entities some field has that header as its name. */
size_t names_spread(const name_book *names, pb_str header_key);
/** How well a file's name fits an entity: 0 not, 1–9 contains (the more words the better), 10 is
 * it. */
int names_fit_file(const name_book *names, const model_entity *entity, pb_str file_name,
                   pb_arena *arena);

/** Decides what each column of a file is, given its entity, by names and by values; fills
 * file->columns (already allocated, headers set; columns with how EXCHANGE_BY_MAP or
 * EXCHANGE_IGNORED stay). */
pb_status columns_decide(const name_book *names, exchange_file *file, const sample *s,
                         pb_arena *arena, pb_arena *scratch, pb_error *err);
/** The same where the source itself says what its columns are: the first `known` are called as the
 * fields of the entity, or `id`; about the others nothing is guessed. */
pb_status columns_settle(exchange_file *file, size_t known, const sample *s, pb_arena *arena,
                         pb_arena *scratch, pb_error *err);
/** Follows what a database that nobody knows says of its columns: keys, foreign keys, views. Once
 * all tables have their entities and columns. */
pb_status references_settle(exchange_plan *plan, const name_book *names, pb_arena *arena,
                            pb_error *err);
/** Finds the column that holds the currency of the amounts; once the columns are decided. */
pb_status currency_decide(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch);
/** Finds a date whose year, month and day stand in three columns; once names have decided. */
pb_status date_parts_decide(const name_book *names, exchange_file *file, const sample *s,
                            pb_arena *arena, pb_arena *scratch, pb_error *err);
/** Three capital letters. */
bool currency_is_code(pb_str text);
/** Decides the entity of a file by its name and headers; NULL when none fits. */
const model_entity *columns_entity(const model_schema *schema, const name_book *names,
                                   const exchange_file *file, const sample *s, pb_arena *arena);
/** Fills the format of a date or number column from its values; notes assumptions. Where the sample
 * leaves one open, the file is read on until a row decides. */
pb_status formats_judge(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch,
                        pb_error *err);
/** Finds whose abbreviations of time zones the moments of a file have; notes what was assumed and
 * what stays open. */
pb_status zones_judge(exchange_file *file, const sample *s, pb_arena *arena, pb_error *err);
/** What a column's values look like. */
typedef enum looks {
    LOOKS_OTHER,
    LOOKS_EMAIL,
    LOOKS_PHONE,
    LOOKS_URL,
    LOOKS_DATE,
    LOOKS_MONEY
} looks;
looks looks_read(pb_str value);
/** For columns that are not mapped: message id of what their values seem to be, or NULL. */
const char *looks_held(const sample *s, size_t column, pb_str header_key);

/** The header says that this is nothing to guess about: passwords, cards, identity numbers. */
bool looks_delicate(pb_str header_key);

/** A map file, read and checked. */
typedef struct map_file map_file;
pb_status map_read(const exchange_options *options, const model_schema *schema, pb_arena *arena,
                   map_file **ret_map, pb_error *err);
/** Entity the map gives to a file, or NULL. */
const model_entity *map_entity(const map_file *map, const exchange_file *file);
/** Encoding the map says a file is in, or TEXT_ANY. */
text_code map_encoding(const map_file *map, const exchange_file *file);
/** The map says that this file is not to be read. */
bool map_ignores(const map_file *map, const exchange_file *file);
/** Applies what the map says about the columns of a file whose entity is known. A column that the
 * map names and the file has not is an error. */
pb_status map_apply(const map_file *map, exchange_file *file, pb_arena *arena, pb_error *err);
/** Every file the map names must have been met. */
pb_status map_check_used(const map_file *map, const exchange_plan *plan, pb_error *err);

#endif
