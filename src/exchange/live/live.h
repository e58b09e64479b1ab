/* Databases of other systems as sources: PostgreSQL and MariaDB, read-only.
 *
 * One connection a source, one snapshot for all of its tables: what they say about each other is
 * what they said at one moment. Products that are known (databases/) are read by their
 * declared queries; of any other database every table is offered as it is.
 * Refuses: writing, unencrypted connections to other machines, two tables at once.
 */
#ifndef EXCHANGE_LIVE_H
#define EXCHANGE_LIVE_H

#include "../table.h"
#include "model/schema.h"

struct live_table;

/** What a database itself says of a column that a place reads. */
typedef struct live_use {
    bool key;                        /* it alone is the table's key */
    bool told;                       /* `target` stands in a foreign key; else its name says so */
    const struct live_table *target; /* its values are keys of this table; NULL: of none */
} live_use;

/** One thing to be read of a source, or why it is not. All texts live in the arena given. */
typedef struct live_place {
    pb_str name;    /* "shop/contacts": database and table, for reports */
    pb_str entity;  /* entity that the product's declaration names; absent: to be found out */
    size_t known;   /* so many columns, the first, are named as the entity's fields; the others are
                       the product's own and not to be guessed about. 0: nothing is known */
    bool beside;    /* a known product, and none of its own tables */
    pb_str why_not; /* English message id with `args`: not read; absent: it is */
    const pb_arg *args;
    size_t arg_count;
    const struct live_table *table; /* of no known product: which one this is; NULL: a query */
    bool view;                      /* that is a view */
    bool uuids;                     /* its keys are like those of no other table */
    const live_use *uses;           /* by column; NULL: nothing is known */
    size_t use_count;
    struct live_source *source;
    pb_str sql, left_sql; /* left_sql counts the rows that are left out; absent: none are */
    bool ordered;         /* by a key: rows come in the same order every time */
    int64_t rows;         /* about so many, by the server's own statistics; 0: not known */
} live_place;

typedef struct live_settings {
    const char *password_file;    /* first line is the password; NULL: none */
    const model_source *products; /* declarations of products */
    size_t product_count;
    bool with_deleted; /* rows that the product marks as deleted are read, too */
    /** Whether a table's name is that of an entity: such tables beside a product are read. NULL:
     * none is. */
    bool (*is_entity)(void *context, pb_str table);
    void *context;
} live_settings;

/** A path that names a database: postgres://, postgresql://, mysql://, mariadb://. */
bool live_is_url(const char *path);
/** The path as it may be shown: a URL's password is three stars. NULL without memory. */
char *live_shown(const char *path, pb_arena *arena);
/** Connects, begins the snapshot and lists what can be read. The connection ends with live_end or
 * with the arena, whichever comes first. */
pb_status live_list(const char *url, const live_settings *settings, pb_arena *arena,
                    live_place **ret_places, size_t *ret_count, pb_error *err);
/** Begins to read; one reader a source at a time. Owner: the caller, table_close. */
pb_status live_open(const live_place *place, table_reader **ret_reader, pb_error *err);
/** How many rows the declarations leave out: deleted ones, and ones that are no records (the
 * product's own users, notifications, headings). No reader of the source may be open. */
pb_status live_left_out(const live_place *place, uint64_t *ret_deleted, uint64_t *ret_aside,
                        pb_error *err);
/** Ends the source's connection; again does no harm. */
void live_end(const live_place *place);

#endif
