/* What a database holds: its tables, their columns, and what the login may do with them. */
#include "internal.h"

pb_status live_each_row(struct live_source *source, const char *sql,
                        pb_status (*take)(void *context, const pb_str *cells, pb_error *err),
                        void *context, pb_error *err)
{
    enum { MOST = 8 };
    pb_str cells[MOST];
    bool more = true;
    PB_TRY(source->engine->start(source->link, sql, false, err));
    pb_status status = PB_OK;
    while (status == PB_OK && more) {
        status = source->engine->next(source->link, cells, &more, err);
        if (status == PB_OK && more)
            status = take(context, cells, err);
    }
    source->engine->end(source->link);
    return status;
}

/* Absent texts of information_schema are empty here. */
static pb_str copied(live_catalog *catalog, pb_str text)
{
    return pb_arena_str(catalog->arena, text.ptr == NULL ? PB_STR("") : text);
}

static pb_str index_key(pb_buf *out, pb_str schema, pb_str name)
{
    pb_buf_clear(out);
    pb_buf_add(out, schema);
    pb_buf_byte(out, '\n');
    pb_buf_add(out, name);
    return pb_buf_str(out);
}

static pb_status take_table(void *context, const pb_str *cells, pb_error *err)
{
    live_catalog *catalog = context;
    live_table table = {.schema = copied(catalog, cells[0]),
                        .name = copied(catalog, cells[1]),
                        .readable = pb_str_is(cells[3], "1"),
                        .writable = pb_str_is(cells[4], "1"),
                        .view = pb_str_is(cells[5], "1")};
    pb_str_to_i64(cells[2], &table.rows);
    if (catalog->count == LIVE_TABLES)
        return pb_fail(err, PB_LIMIT, PB_MSG("The database has more than {limit} tables"), "limit",
                       PB_ARG_INT(LIVE_TABLES), NULL);
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    index_key(&key, table.schema, table.name);
    uint64_t *place = key.failed ? NULL : pb_map_put(catalog->index, pb_buf_str(&key), NULL);
    if (place == NULL || table.name.ptr == NULL || table.schema.ptr == NULL ||
        !PB_PUSH(catalog->arena, catalog->tables, catalog->count, catalog->capacity, table))
        return pb_fail_memory(err);
    *place = catalog->count;
    return PB_OK;
}

live_table *live_table_find(const live_catalog *catalog, pb_str schema, pb_str name)
{
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    index_key(&key, schema, name);
    const uint64_t *place = key.failed ? NULL : pb_map_get(catalog->index, pb_buf_str(&key));
    return place == NULL ? NULL : &catalog->tables[*place - 1];
}

static pb_status take_column(void *context, const pb_str *cells, pb_error *err)
{
    live_catalog *catalog = context;
    live_table *table = live_table_find(catalog, cells[0], cells[1]);
    if (table == NULL)
        return PB_OK; /* made after the tables were listed */
    live_column column = {.name = copied(catalog, cells[2]),
                          .type = copied(catalog, cells[3]),
                          .key = pb_str_is(cells[4], "1"),
                          .unique = pb_str_is(cells[4], "2"),
                          .readable = pb_str_is(cells[5], "1")};
    if (column.name.ptr == NULL || column.type.ptr == NULL ||
        !PB_PUSH(catalog->arena, table->columns, table->column_count, table->capacity, column))
        return pb_fail_memory(err);
    return PB_OK;
}

const live_column *live_column_find(const live_table *table, pb_str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (pb_str_eq(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

pb_status live_catalog_read(struct live_source *source, pb_str database, pb_arena *arena,
                            live_catalog *ret, pb_error *err)
{
    *ret = (live_catalog){
        .engine = source->engine, .arena = arena, .database = database, .index = pb_map_new(arena)};
    if (ret->index == NULL)
        return pb_fail_memory(err);
    PB_TRY(live_each_row(source, source->engine->tables_sql, take_table, ret, err));
    PB_TRY(live_each_row(source, source->engine->columns_sql, take_column, ret, err));
    for (size_t t = 0; t < ret->count; t++) {
        bool any = false;
        for (size_t c = 0; c < ret->tables[t].column_count && !any; c++)
            any = ret->tables[t].columns[c].readable;
        ret->tables[t].readable = ret->tables[t].readable && any;
    }
    return PB_OK;
}

/* --- names and columns in SQL --- */

void live_quote(const live_engine *engine, pb_str name, pb_buf *out)
{
    pb_buf_byte(out, engine->quote);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == engine->quote)
            pb_buf_byte(out, engine->quote);
        pb_buf_byte(out, name.ptr[i]);
    }
    pb_buf_byte(out, engine->quote);
}

void live_quote_table(const live_engine *engine, const live_table *table, pb_buf *out)
{
    live_quote(engine, table->schema, out);
    pb_buf_byte(out, '.');
    live_quote(engine, table->name, out);
}

static bool is_type(const live_column *column, const char *const *types)
{
    for (; *types != NULL; types++)
        if (pb_str_eq_nocase(column->type, pb_str_c(*types)))
            return true;
    return false;
}

/* Passwords and keys are nobody's to read, whatever the login may: only whether they are there. */
static bool is_secret(pb_str name)
{
    static const char *const parts[] = {"password", "passwd", "pass_",  "secret",      "api_key",
                                        "apikey",   "_token", "token_", "private_key", "user_hash"};
    PB_AUTO_BUF lower = PB_BUF_INIT(1024);
    for (size_t i = 0; i < name.len; i++)
        pb_buf_byte(&lower, name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] | 0x20)
                                                                     : name.ptr[i]);
    pb_str text = pb_buf_str(&lower);
    bool secret = pb_str_is(text, "pass") || pb_str_is(text, "token");
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !secret; i++)
        secret = pb_str_find(text, pb_str_c(parts[i])) != SIZE_MAX;
    return secret;
}

bool live_select_column(const live_engine *engine, pb_str alias, const live_column *column,
                        pb_buf *out)
{
    static const char *const searches[] = {"tsvector", NULL};
    static const char *const bytes[] = {"bytea",    "blob",   "tinyblob",  "mediumblob",
                                        "longblob", "binary", "varbinary", NULL};
    static const char *const shapes[] = {
        "geometry",        "point",        "linestring",         "polygon", "multipoint",
        "multilinestring", "multipolygon", "geometrycollection", NULL};
    static const char *const money[] = {"money", NULL};
    bool postgres = engine == &live_postgres;
    const char *before = "", *behind = "";
    if (is_type(column, searches))
        return false;
    if (is_secret(column->name)) {
        before = "CASE WHEN ";
        behind = " IS NOT NULL THEN '***' END";
    } else if (is_type(column, bytes)) {
        before = postgres ? "'(' || octet_length(" : "CONCAT('(', LENGTH(";
        behind = postgres ? ") || ' bytes)'" : "), ' bytes)')";
    } else if (is_type(column, shapes)) {
        before = postgres ? "(" : "ST_AsText(";
        behind = postgres ? ")::text" : ")";
    } else if (is_type(column, money)) {
        before = "(";
        behind = ")::numeric";
    }
    pb_buf_addc(out, before);
    pb_buf_add(out, alias);
    pb_buf_byte(out, '.');
    live_quote(engine, column->name, out);
    pb_buf_addc(out, behind);
    return true;
}
