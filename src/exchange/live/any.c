/* SQL for a table of a database that nobody knows: its columns as they are, but for two things that
 * the database itself knows better. A number that stands for a word of another table (stage 3) is
 * read as that word, and a reference to what is unique in another table (a customer's number) as
 * the key of the row it leads to.
 */
#include "internal.h"

enum { SQL_BYTES = 1 << 20, JOINS = 32 };

typedef struct composing {
    const live_catalog *catalog;
    const live_table *table;
    pb_buf *sql, *from, *keys;
    live_use *uses;
    size_t count; /* columns selected */
    size_t joins;
} composing;

static bool has_column(const live_table *table, pb_str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (pb_str_eq_nocase(table->columns[i].name, name))
            return true;
    return false;
}

/* Of a target: the column that is read in place of the reference; NULL: the reference itself. */
static const live_column *in_place(const live_column *column)
{
    const live_table *target = column->target;
    if (target == NULL || !target->readable || !column->target_column->readable)
        return NULL;
    if (target->words)
        return live_word_of(target, live_stem(column->name));
    const live_column *key = live_key_of(target);
    bool other = key != NULL && key != column->target_column && key->readable;
    return other && column->target_column->unique ? key : NULL;
}

static void add_text(const composing *c, const char *alias, const live_column *column)
{
    bool postgres = c->catalog->engine == &live_postgres;
    pb_buf_addc(c->sql, postgres ? "(" : "CAST(");
    pb_buf_addc(c->sql, alias);
    pb_buf_byte(c->sql, '.');
    live_quote(c->catalog->engine, column->name, c->sql);
    pb_buf_addc(c->sql, postgres ? ")::text" : " AS CHAR)");
}

/* The joined column, else the reference as it stands: one that leads nowhere stays to be seen. */
static void add_joined(composing *c, const live_column *column, const live_column *shown)
{
    char alias[16];
    snprintf(alias, sizeof alias, "j%zu", ++c->joins);
    pb_buf_addc(c->sql, "coalesce(");
    add_text(c, alias, shown);
    pb_buf_addc(c->sql, ", ");
    add_text(c, "t", column);
    pb_buf_addc(c->sql, ") AS ");
    pb_str stem = column->target->words ? live_stem(column->name) : column->name;
    live_quote(c->catalog->engine, has_column(c->table, stem) ? column->name : stem, c->sql);
    pb_buf_addc(c->from, " LEFT JOIN ");
    live_quote_table(c->catalog->engine, column->target, c->from);
    pb_buf_printf(c->from, " %s ON %s.", alias, alias);
    live_quote(c->catalog->engine, column->target_column->name, c->from);
    pb_buf_addc(c->from, " = t.");
    live_quote(c->catalog->engine, column->name, c->from);
}

/* False: the column is no data of its own. */
static bool add_column(composing *c, const live_column *column)
{
    size_t before = c->sql->len;
    const live_column *shown = c->joins < JOINS ? in_place(column) : NULL;
    pb_buf_addc(c->sql, c->count > 0 ? ", " : "");
    if (shown != NULL) {
        add_joined(c, column, shown);
    } else if (live_select_column(c->catalog->engine, PB_STR("t"), column, c->sql)) {
        pb_buf_addc(c->sql, " AS ");
        live_quote(c->catalog->engine, column->name, c->sql);
    } else {
        c->sql->len = before;
        return false;
    }
    bool reads_key = column->target != NULL && !column->target->words &&
                     (shown != NULL || column->target_column == live_key_of(column->target));
    c->uses[c->count++] = (live_use){.key = column == live_key_of(c->table),
                                     .told = column->told,
                                     .target = reads_key ? column->target : NULL};
    if (column->key) {
        pb_buf_addc(c->keys, c->keys->len > 0 ? ", t." : " ORDER BY t.");
        live_quote(c->catalog->engine, column->name, c->keys);
    }
    return true;
}

static pb_status finish(const composing *c, live_place *ret, pb_error *err)
{
    pb_arena *arena = c->catalog->arena;
    const live_column *key = live_key_of(c->table);
    pb_buf_add(c->sql, pb_buf_str(c->from));
    pb_buf_add(c->sql, pb_buf_str(c->keys));
    ret->ordered = c->keys->len > 0;
    bool failed = c->sql->failed || c->from->failed || c->keys->failed;
    ret->sql = failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(c->sql));
    ret->uses = c->uses;
    ret->use_count = c->count;
    ret->uuids = key != NULL && pb_str_is(key->type, "uuid");
    return ret->sql.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status live_compose_table(const live_catalog *catalog, const live_table *table, live_place *ret,
                             pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_BYTES);
    PB_AUTO_BUF from = PB_BUF_INIT(SQL_BYTES);
    PB_AUTO_BUF keys = PB_BUF_INIT(SQL_BYTES);
    composing c = {.catalog = catalog, .table = table, .sql = &sql, .from = &from, .keys = &keys};
    *ret = (live_place){.rows = table->rows, .table = table, .view = table->view};
    PB_TRY(live_name_place(catalog, table->name, ret, err));
    if (!table->readable)
        return live_refuse(ret, catalog->arena, err,
                           PB_MSG("{name} was not read: the login has no right to read the table "
                                  "{table}"),
                           "table", PB_ARG(table->name), NULL);
    if (table->words)
        return live_refuse(ret, catalog->arena, err,
                           PB_MSG("{name} is a list of words for columns of other tables: they "
                                  "were read there"),
                           NULL);
    if (table->between)
        return live_refuse(ret, catalog->arena, err,
                           PB_MSG("{name} only says which rows of other tables belong together"),
                           NULL);
    c.uses = pb_arena_array(catalog->arena, table->column_count, sizeof *c.uses);
    if (c.uses == NULL)
        return pb_fail_memory(err);
    pb_buf_addc(&sql, "SELECT ");
    pb_buf_addc(&from, " FROM ");
    live_quote_table(catalog->engine, table, &from);
    pb_buf_addc(&from, " t");
    for (size_t i = 0; i < table->column_count && c.count < LIVE_COLUMNS; i++)
        if (table->columns[i].readable)
            add_column(&c, &table->columns[i]);
    if (c.count == 0)
        return live_refuse(ret, catalog->arena, err, PB_MSG("{name} has no columns to read"), NULL);
    return finish(&c, ret, err);
}
