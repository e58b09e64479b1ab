/* The layout: which tables, indexes and published views a schema asks for. No SQL is run here.
 *
 * Threads: immutable once made.
 */
#ifndef DB_LAYOUT_H
#define DB_LAYOUT_H

#include "model/schema.h"

typedef enum db_type { DB_KEY, DB_INT, DB_REAL, DB_TEXT, DB_BLOB, DB_TYPE_COUNT } db_type;

/** Whether a server whose files are not enciphered by us gets the values sealed. */
typedef enum db_secrecy {
    DB_OPEN,
    DB_SEALED,         /* all values */
    DB_SEALED_AS_FIELD /* as the column is that the row's `entity` and `field` name */
} db_secrecy;

typedef struct db_column {
    pb_str name;
    db_type type;
    bool filled; /* NOT NULL */
    db_secrecy secrecy;
} db_column;

typedef struct db_table {
    pb_str name;
    db_column *columns;
    size_t count;
    size_t capacity;
    const char
        *primary; /* columns of a primary key of several parts; the rows are kept in its order */
} db_table;

typedef struct db_index {
    pb_str name;
    pb_str table;
    const char *columns;
    bool unique;
    const char *where; /* of which rows, as SQL; NULL: of all, of lists of those not deleted */
    bool listed;   /* serves lists of the records that are not deleted: `columns` are such of the
                      table, between commas alone, and absent values come first */
    pb_str former; /* of those: the index of format 1 that held the deleted ones, too */
} db_index;

/** A view that foreign statements may read, and the tables it reads itself. */
typedef struct db_view {
    pb_str name;
    pb_str select;
    const db_table *reads[2];
    size_t read_count;
} db_view;

typedef struct db_layout {
    db_table *tables;
    size_t table_count;
    db_index *indexes;
    size_t index_count;
    db_view *views;
    size_t view_count;
    bool sensitive; /* a field of the schema is: foreign statements may meet sealed values */
} db_layout;

/** The layout of a schema. Memory: `arena`; texts of the schema are used in place. PB_INVALID when
 * a field's name is taken by a column every record has. */
pb_status db_layout_make(const model_schema *schema, pb_arena *arena, db_layout **ret_layout,
                         pb_error *err);
/** NULL when there is none; names are compared without regard to ASCII case. */
const db_view *db_layout_view(const db_layout *layout, pb_str name);
const db_table *db_layout_table(const db_layout *layout, pb_str name);
/** NULL when there is none. */
const db_column *db_layout_column(const db_table *table, pb_str name);
/** Whether values of any column are sealed. */
bool db_layout_has_sealed(const db_table *table);
/** Whether the values of `field` (its name) of an entity's table are sealed. */
bool db_layout_seals_field(const db_layout *layout, pb_str entity, pb_str field);

#endif
