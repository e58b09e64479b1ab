/* What the parts of reading live databases share. */
#ifndef EXCHANGE_LIVE_INTERNAL_H
#define EXCHANGE_LIVE_INTERNAL_H

#include "base/map.h"
#include "live.h"
#include "model/yaml.h"

enum { LIVE_CELL = 1 << 20, LIVE_COLUMNS = 2000, LIVE_TABLES = 5000 };

/* --- url.c --- */

/** Where a database is. Texts live in the arena; absent ones are NULL. */
typedef struct live_url {
    bool postgres; /* else MariaDB */
    const char *user, *password, *host, *port, *database;
    const char *socket; /* folder (PostgreSQL) or file (MariaDB) of a unix socket */
    const char *sslmode, *sslrootcert, *sslcert, *sslkey;
    const char *timezone; /* of moments without one; NULL: not said */
    bool local;           /* socket or loopback: needs no encryption */
} live_url;

/** Takes a URL apart and checks it. No message holds the password. */
pb_status live_url_parse(const char *text, pb_arena *arena, live_url *ret, pb_error *err);

/* --- values.c --- */

/** What a column's values are, as far as their text must be changed. */
typedef enum live_kind {
    LIVE_TEXT,
    LIVE_INSTANT,
    LIVE_LOCAL, /* a moment without its zone */
    LIVE_FLOAT,
    LIVE_BOOLEAN,
    LIVE_BITS,
    LIVE_JSON,
    LIVE_ARRAY
} live_kind;

/** The text the rest of the program reads: ISO 8601 in UTC, plain decimals, true and false, one
 * language of a translated text, the items of an array. What cannot be read stays as it is. Absent
 * without memory. */
pb_str live_value(pb_arena *arena, live_kind kind, pb_str raw);

/* --- clock.c --- */

/** Knows when it is what time in one zone (ICU). */
typedef struct live_clock live_clock;

/** A zone's name (`Europe/Paris`, `+03:30`). Refuses what is none. Owner: the caller. */
pb_status live_clock_new(const char *zone, live_clock **ret, pb_error *err);
/** The zone a server says it is in: `name` as it writes it (`CEST`), `minutes` what it is ahead of
 * UTC now. What no name tells is an offset. */
pb_status live_clock_of_server(pb_str name, int64_t minutes, live_clock **ret, pb_error *err);
/** Takes NULL, returns NULL. */
live_clock *live_clock_free(live_clock *clock);
const char *live_clock_zone(const live_clock *clock);
/** A moment of the zone as one of UTC; hours that come twice are the later ones. What is no moment
 * stays as it is. Absent without memory. */
pb_str live_clock_read(const live_clock *clock, pb_arena *arena, pb_str raw);

/* --- engines --- */

/** What a kind of server does. One query at a time. */
typedef struct live_engine {
    const char *name;        /* "PostgreSQL" */
    char quote;              /* of names */
    const char *tables_sql;  /* schema, table, rows, readable, writable, view: 0 or 1 */
    const char *columns_sql; /* schema, table, column, type, 1: part of the key or 2: different in
                                every row, readable */
    const char *keys_sql;    /* foreign keys of one column: schema, table, column of both sides */
    const char *zone_sql;    /* the zone of the server: name, minutes it is ahead of UTC now */
    pb_status (*connect)(const live_url *url, void **ret_link, pb_error *err);
    void (*close)(void *link);
    /** `ordered`: the query orders by a key. */
    pb_status (*start)(void *link, const char *sql, bool ordered, pb_error *err);
    /** Columns of the query that was started. */
    size_t (*columns)(void *link);
    void (*column)(void *link, size_t at, pb_str *ret_name, live_kind *ret_kind);
    /** The next row into `cells` (absent: NULL), valid until the next call. */
    pb_status (*next)(void *link, pb_str *cells, bool *ret_more, pb_error *err);
    void (*end)(void *link); /* the query, at whatever row */
} live_engine;

extern const live_engine live_postgres, live_mariadb;

struct live_source {
    const live_engine *engine;
    void *link;        /* NULL: ended */
    bool busy;         /* a reader is open */
    live_clock *clock; /* of moments without a zone; NULL: they are of UTC */
};

/* --- catalog.c --- */

struct live_table;

typedef struct live_column {
    pb_str name, type;
    bool key, readable;
    bool unique; /* no two rows have the same value: an index of its own says so */
    /* Where its values lead, once live_keys_read was asked; NULL: nowhere that is known. */
    const struct live_table *target;
    const struct live_column *target_column;
    bool told; /* the database itself says so; else the name does */
} live_column;

typedef struct live_table {
    pb_str schema, name;
    bool readable, writable;
    bool view;    /* its rows are those of other tables */
    bool words;   /* rows are a number and a word, for other tables' columns: live_keys_read */
    bool between; /* rows only say which rows of other tables belong together: the same */
    int64_t rows; /* about */
    live_column *columns;
    size_t column_count, capacity;
} live_table;

typedef struct live_catalog {
    const live_engine *engine;
    pb_arena *arena;
    pb_str database;
    live_table *tables;
    size_t count, capacity;
    pb_map *index;     /* "schema\ntable" -> position + 1 */
    bool with_deleted; /* rows that were deleted are read, too */
} live_catalog;

/** Runs a query of the program's own; `take` sees every row: at most 8 cells. */
pb_status live_each_row(struct live_source *source, const char *sql,
                        pb_status (*take)(void *context, const pb_str *cells, pb_error *err),
                        void *context, pb_error *err);

/** All tables and views of the database but the system's own, with their columns. */
pb_status live_catalog_read(struct live_source *source, pb_str database, pb_arena *arena,
                            live_catalog *ret, pb_error *err);
/** NULL: there is none, or the login does not see it. */
live_table *live_table_find(const live_catalog *catalog, pb_str schema, pb_str name);
const live_column *live_column_find(const live_table *table, pb_str name);
/** Appends a name in the engine's quotation marks. */
void live_quote(const live_engine *engine, pb_str name, pb_buf *out);
/** Appends `"schema"."table"`. */
void live_quote_table(const live_engine *engine, const live_table *table, pb_buf *out);
/** Appends how a column of `alias` is selected: what is no text is shown by its length. False: it
 * is no data of its own (a search index). */
bool live_select_column(const live_engine *engine, pb_str alias, const live_column *column,
                        pb_buf *out);

/* --- keys.c --- */

/** Fills in where columns lead: by the database's foreign keys; where it declares none for a
 * column, by its name, when that names one table's key. Also which tables are lists of words. For
 * databases of no known product. */
pb_status live_keys_read(struct live_source *source, live_catalog *catalog,
                         const live_settings *settings, pb_error *err);
/** The only column of a table's primary key, or NULL. */
const live_column *live_key_of(const live_table *table);
/** The column of a list of words that says the word for a column called `stem`. */
const live_column *live_word_of(const live_table *table, pb_str stem);
/** A column's name without what says that it is a reference: `stage_id`, `fk_stage`, `StageId`. */
pb_str live_stem(pb_str column);

/* --- product.c --- */

/** A table that takes part in a query under a short name. */
typedef struct live_part {
    pb_str alias, table; /* table: absent for a query of its own */
    pb_str select;       /* text of that query, its tables in braces */
    pb_str on;           /* how it is joined; absent: it is the first */
    bool all;            /* its further columns are read, too */
    model_strs needs;    /* table.column: without them it is not there */
} live_part;

typedef struct live_field {
    pb_str header;
    const pb_str *ways; /* SQL expressions; the first whose columns all exist is taken */
    size_t way_count;
} live_field;

typedef struct live_query {
    pb_str entity, name, where, key;
    /* Rows that are counted only, in several ways: the first whose columns all exist. None: none.
     */
    model_strs deleted, aside;
    live_part *parts;
    size_t part_count;
    live_field *fields;
    size_t field_count;
} live_query;

typedef struct live_product {
    pb_str name, label;
    bool postgres, prefixed;
    bool local_clock;               /* its moments are of the server's zone */
    model_strs tables;              /* it is known by these */
    model_strs no_records;          /* names of tables that are no records */
    pb_str own_prefix, own_deleted; /* of customers' own tables; absent: not known */
    live_query *queries;
    size_t query_count;
} live_product;

pb_status live_product_read(const model_source *source, pb_arena *arena, live_product *ret,
                            pb_error *err);

/** A product found in a database. */
typedef struct live_match {
    const live_product *product;
    pb_str schema, prefix;
} live_match;

/** Whether the product is there; all schemas that hold it. */
pb_status live_product_match(const live_product *product, const live_catalog *catalog,
                             live_match **ret, size_t *ret_count, size_t *capacity, pb_error *err);

/* --- compose.c --- */

/** SQL of one query of a product as this database needs it. `ret->why_not` when its table is not
 * there or may not be read; `used` (position of a table) is set for every table read. */
pb_status live_compose(const live_catalog *catalog, const live_match *match,
                       const live_query *query, bool *used, live_place *ret, pb_error *err);
/** Of a customer's own table, known by its name behind the prefix of all. */
pb_status live_compose_own(const live_catalog *catalog, const live_match *match,
                           const live_table *table, bool *used, live_place *ret, pb_error *err);
/** As reports show a table or query: database/name. */
pb_status live_name_place(const live_catalog *catalog, pb_str name, live_place *ret, pb_error *err);

/* --- any.c --- */

/** SQL of a table as it is, with the words that its numbers stand for. */
pb_status live_compose_table(const live_catalog *catalog, const live_table *table, live_place *ret,
                             pb_error *err);
/** Fills why_not and its arguments: name/value pairs as pb_fail, {name} is added. */
pb_status live_refuse(live_place *place, pb_arena *arena, pb_error *err, const char *says, ...)
    __attribute__((sentinel));

#endif
