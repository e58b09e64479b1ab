/* SQL for one table of a source: the declared columns as far as this database has them, and all
 * further ones, so that a customer's own fields are seen as well.
 *
 * Versions of a product differ, and so do rights: a column that is not there takes away what is
 * made of it and no more. References `alias.column` are found in the declared expressions.
 */
#include <stdarg.h>

#include "internal.h"

enum { SQL_BYTES = 1 << 20, PARTS = 32 };

typedef struct composing {
    const live_catalog *catalog;
    const live_match *match;
    const live_query *query;
    live_table *tables[PARTS]; /* by part; NULL: not there or a query of its own */
    bool there[PARTS];         /* the part can be joined */
    pb_str deleted, aside;     /* the conditions that can be asked; absent: none */
    bool *used;
} composing;

pb_status live_refuse(live_place *place, pb_arena *arena, pb_error *err, const char *says, ...)
{
    enum { MOST = 6 };
    pb_arg *args = pb_arena_array(arena, MOST, sizeof *args);
    if (args == NULL)
        return pb_fail_memory(err);
    size_t count = 0;
    args[count++] = (pb_arg){"name", place->name};
    va_list list;
    va_start(list, says);
    for (const char *name; count < MOST && (name = va_arg(list, const char *)) != NULL;)
        args[count++] = (pb_arg){name, pb_arena_str(arena, pb_str_c(va_arg(list, const char *)))};
    va_end(list);
    place->why_not = pb_str_c(says);
    place->args = args;
    place->arg_count = count;
    return PB_OK;
}

/* --- references in expressions --- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t part_of(const composing *c, pb_str alias)
{
    size_t i = 0;
    while (i < c->query->part_count && !pb_str_eq(c->query->parts[i].alias, alias))
        i++;
    return i;
}

/* The next `alias.column` from `*at`; false at the end. Texts in quotation marks are passed over.
 */
static bool next_reference(pb_str sql, size_t *at, pb_str *ret_alias, pb_str *ret_column)
{
    for (size_t i = *at; i < sql.len;) {
        if (sql.ptr[i] == '\'') {
            i += 1 + pb_str_index(pb_str_sub(sql, i + 1, sql.len), '\'') + 1;
            continue;
        }
        size_t from = i;
        while (i < sql.len && is_word(sql.ptr[i]))
            i++;
        if (i > from && i + 1 < sql.len && sql.ptr[i] == '.') {
            bool quoted = sql.ptr[i + 1] == '"' || sql.ptr[i + 1] == '`';
            size_t begin = i + 1 + quoted, end = begin;
            while (end < sql.len &&
                   (quoted ? sql.ptr[end] != sql.ptr[i + 1] : is_word(sql.ptr[end])))
                end++;
            *ret_alias = pb_str_sub(sql, from, i - from);
            *ret_column = pb_str_sub(sql, begin, end - begin);
            *at = end + quoted;
            return true;
        }
        i += i == from;
    }
    return false;
}

/* All that an expression names is there and may be read. */
static bool can_be(const composing *c, pb_str sql)
{
    pb_str alias, column;
    for (size_t at = 0; next_reference(sql, &at, &alias, &column);) {
        size_t part = part_of(c, alias);
        if (part == c->query->part_count)
            continue; /* a function's or a schema's name */
        if (!c->there[part])
            return false;
        const live_table *table = c->tables[part];
        const live_column *found = table == NULL ? NULL : live_column_find(table, column);
        if (table != NULL && (found == NULL || !found->readable))
            return false;
    }
    return true;
}

static bool is_named(pb_str sql, pb_str alias, pb_str column)
{
    pb_str one, other;
    for (size_t at = 0; next_reference(sql, &at, &one, &other);)
        if (pb_str_eq(one, alias) && pb_str_eq(other, column))
            return true;
    return false;
}

/* Some declared column is made of it. */
static bool is_taken(const composing *c, pb_str alias, pb_str column)
{
    for (size_t f = 0; f < c->query->field_count; f++)
        for (size_t w = 0; w < c->query->fields[f].way_count; w++)
            if (is_named(c->query->fields[f].ways[w], alias, column))
                return true;
    const pb_str conditions[] = {c->query->where, c->deleted, c->aside};
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (conditions[i].ptr != NULL && is_named(conditions[i], alias, column))
            return true;
    return false;
}

/* --- tables --- */

static live_table *table_named(const composing *c, pb_str name)
{
    PB_AUTO_BUF full = PB_BUF_INIT(4096);
    pb_buf_add(&full, c->match->prefix);
    pb_buf_add(&full, name);
    return full.failed ? NULL : live_table_find(c->catalog, c->match->schema, pb_buf_str(&full));
}

/* Text with {table} replaced by its full name; other braces (of JSON paths) stay. False: a table is
 * not there or may not be read. */
static bool add_select(const composing *c, pb_str text, pb_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '{' || i + 1 == text.len || !is_word(text.ptr[i + 1])) {
            pb_buf_byte(out, text.ptr[i]);
            continue;
        }
        pb_str behind = pb_str_sub(text, i + 1, text.len);
        pb_str name = pb_str_sub(behind, 0, pb_str_index(behind, '}'));
        const live_table *table = table_named(c, name);
        if (table == NULL || !table->readable)
            return false;
        live_quote_table(c->catalog->engine, table, out);
        c->used[table - c->catalog->tables] = true;
        i += name.len + 1;
    }
    return true;
}

/* The columns that a part cannot do without, written table.column. */
static bool has_needs(const composing *c, const live_part *part)
{
    for (size_t i = 0; i < part->needs.count; i++) {
        pb_str need = part->needs.items[i];
        size_t dot = pb_str_index(need, '.');
        const live_table *table = table_named(c, pb_str_sub(need, 0, dot));
        const live_column *column =
            table == NULL ? NULL : live_column_find(table, pb_str_sub(need, dot + 1, need.len));
        if (column == NULL || !column->readable)
            return false;
    }
    return true;
}

static void add_parts(composing *c, pb_buf *out)
{
    for (size_t i = 0; i < c->query->part_count && i < PARTS; i++) {
        const live_part *part = &c->query->parts[i];
        PB_AUTO_BUF text = PB_BUF_INIT(SQL_BYTES);
        if (part->table.ptr != NULL) {
            c->tables[i] = table_named(c, part->table);
            c->there[i] = c->tables[i] != NULL && c->tables[i]->readable;
            if (c->there[i]) {
                live_quote_table(c->catalog->engine, c->tables[i], &text);
                c->used[c->tables[i] - c->catalog->tables] = true;
            }
        } else {
            pb_buf_byte(&text, '(');
            c->there[i] = has_needs(c, part) && add_select(c, part->select, &text);
            pb_buf_byte(&text, ')');
        }
        if (i > 0 && part->on.ptr != NULL)
            c->there[i] = c->there[i] && can_be(c, part->on);
        if (!c->there[i])
            continue;
        pb_buf_addc(out, i == 0 ? " FROM " : " LEFT JOIN ");
        pb_buf_add(out, pb_buf_str(&text));
        pb_buf_byte(out, ' ');
        pb_buf_add(out, part->alias);
        if (i > 0) {
            pb_buf_addc(out, " ON ");
            pb_buf_add(out, part->on);
        }
    }
}

/* --- columns --- */

/* `phone#2` is a second column of the field phone. */
static void add_header(const composing *c, pb_str header, size_t *count, pb_buf *out)
{
    pb_buf_addc(out, " AS ");
    live_quote(c->catalog->engine, pb_str_sub(header, 0, pb_str_index(header, '#')), out);
    (*count)++;
}

static void add_declared(const composing *c, size_t *count, pb_buf *out)
{
    for (size_t f = 0; f < c->query->field_count; f++) {
        const live_field *field = &c->query->fields[f];
        size_t way = 0;
        while (way < field->way_count && !can_be(c, field->ways[way]))
            way++;
        if (way == field->way_count)
            continue;
        pb_buf_addc(out, *count > 0 ? ", " : "");
        pb_buf_add(out, field->ways[way]);
        add_header(c, field->header, count, out);
    }
}

static bool is_declared(const live_query *query, pb_str header)
{
    for (size_t f = 0; f < query->field_count; f++)
        if (pb_str_eq(query->fields[f].header, header))
            return true;
    return false;
}

/* A customer's own columns and those nobody asked for. */
static void add_others(const composing *c, size_t *count, pb_buf *out)
{
    for (size_t p = 0; p < c->query->part_count; p++) {
        const live_part *part = &c->query->parts[p];
        if (!part->all || c->tables[p] == NULL || !c->there[p])
            continue;
        for (size_t i = 0; i < c->tables[p]->column_count; i++) {
            const live_column *column = &c->tables[p]->columns[i];
            if (!column->readable || is_taken(c, part->alias, column->name) ||
                *count == LIVE_COLUMNS)
                continue;
            size_t before = out->len;
            pb_buf_addc(out, *count > 0 ? ", " : "");
            if (!live_select_column(c->catalog->engine, part->alias, column, out)) {
                out->len = before;
                continue;
            }
            PB_AUTO_BUF header = PB_BUF_INIT(4096);
            if (is_declared(c->query, column->name)) { /* another's name: say whose it is */
                pb_buf_add(&header, part->table);
                pb_buf_byte(&header, '.');
            }
            pb_buf_add(&header, column->name);
            add_header(c, pb_buf_str(&header), count, out);
        }
    }
}

pb_status live_name_place(const live_catalog *catalog, pb_str name, live_place *ret, pb_error *err)
{
    char *shown = pb_arena_printf(catalog->arena, "%.*s/%.*s", PB_STR_FMT(catalog->database),
                                  PB_STR_FMT(name));
    if (shown == NULL)
        return pb_fail_memory(err);
    ret->name = pb_str_c(shown);
    return PB_OK;
}

static pb_status no_table(const composing *c, live_place *ret, pb_error *err)
{
    const live_part *first = &c->query->parts[0];
    const char *table = PB_ARG(c->tables[0] != NULL ? c->tables[0]->name : first->table);
    if (c->tables[0] != NULL)
        return live_refuse(ret, c->catalog->arena, err,
                           PB_MSG("{name} was not read: the login has no right to read the table "
                                  "{table}"),
                           "table", table, NULL);
    return live_refuse(ret, c->catalog->arena, err,
                       PB_MSG("{name} was not read: there is no table {table}, or the login may "
                              "not see it"),
                       "table", table, NULL);
}

/* --- which rows --- */

/* The first way of a condition that can be asked. False: there are ways, and none can. */
static bool choose(const composing *c, const model_strs *ways, pb_str *ret)
{
    size_t way = 0;
    while (way < ways->count && !can_be(c, ways->items[way]))
        way++;
    *ret = way < ways->count ? ways->items[way] : PB_STR_NONE;
    return ways->count == 0 || way < ways->count;
}

/* All conditions are about columns that are there. */
static bool can_choose(composing *c)
{
    const live_query *q = c->query;
    bool deleted = choose(c, &q->deleted, &c->deleted), aside = choose(c, &q->aside, &c->aside);
    return deleted && aside && (q->where.ptr == NULL || can_be(c, q->where)) && can_be(c, q->key);
}

/* `not`: the condition may be about nothing known, which is not true. */
static void add_condition(pb_str condition, bool not, bool *first, pb_buf *out)
{
    if (condition.ptr == NULL)
        return;
    pb_buf_addc(out, *first ? " WHERE " : " AND ");
    pb_buf_printf(out, not ? "NOT coalesce((%.*s), false)" : "(%.*s)", PB_STR_FMT(condition));
    *first = false;
}

static void add_choice(const composing *c, pb_buf *out)
{
    bool first = true;
    add_condition(c->query->where, false, &first, out);
    if (!c->catalog->with_deleted)
        add_condition(c->deleted, true, &first, out);
    add_condition(c->aside, true, &first, out);
}

/* Counts what add_choice leaves out of the rows that are the query's: a row that was deleted is not
 * counted again as one that is no record. */
static pb_status count_left(const composing *c, pb_str from, live_place *ret, pb_error *err)
{
    pb_str deleted = c->catalog->with_deleted ? PB_STR_NONE : c->deleted;
    pb_str aside = c->aside;
    if (deleted.ptr == NULL && aside.ptr == NULL)
        return PB_OK;
    pb_str gone = deleted.ptr != NULL ? deleted : PB_STR("1 = 0");
    pb_str other = aside.ptr != NULL ? aside : PB_STR("1 = 0");
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_BYTES);
    bool first = true;
    pb_buf_printf(&sql,
                  "SELECT count(CASE WHEN (%.*s) THEN 1 END),"
                  " count(CASE WHEN NOT coalesce((%.*s), false) AND (%.*s) THEN 1 END)",
                  PB_STR_FMT(gone), PB_STR_FMT(gone), PB_STR_FMT(other));
    pb_buf_add(&sql, from);
    add_condition(c->query->where, false, &first, &sql);
    ret->left_sql = sql.failed ? PB_STR_NONE : pb_arena_str(c->catalog->arena, pb_buf_str(&sql));
    return ret->left_sql.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status live_compose(const live_catalog *catalog, const live_match *match,
                       const live_query *query, bool *used, live_place *ret, pb_error *err)
{
    composing c = {.catalog = catalog, .match = match, .query = query, .used = used};
    *ret = (live_place){.entity = query->entity, .ordered = true};
    PB_TRY(live_name_place(catalog, query->name, ret, err));
    if (query->part_count > PARTS)
        return pb_fail(err, PB_LIMIT, PB_MSG("The query {name} joins more than {limit} tables"),
                       "name", PB_ARG(query->name), "limit", PB_ARG_INT(PARTS), NULL);
    PB_AUTO_BUF from = PB_BUF_INIT(SQL_BYTES);
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_BYTES);
    add_parts(&c, &from);
    if (!c.there[0])
        return no_table(&c, ret, err);
    size_t count = 0;
    bool can = can_choose(&c);
    pb_buf_addc(&sql, "SELECT ");
    add_declared(&c, &count, &sql);
    ret->known = count;
    add_others(&c, &count, &sql);
    if (count == 0 || !can)
        return live_refuse(ret, catalog->arena, err,
                           PB_MSG("{name} was not read: the login may not read the columns that "
                                  "tell its rows apart"),
                           NULL);
    pb_buf_add(&sql, pb_buf_str(&from));
    add_choice(&c, &sql);
    pb_buf_printf(&sql, " ORDER BY %.*s", PB_STR_FMT(query->key));
    ret->sql =
        sql.failed || from.failed ? PB_STR_NONE : pb_arena_str(catalog->arena, pb_buf_str(&sql));
    ret->rows = c.tables[0] != NULL ? c.tables[0]->rows : 0;
    return ret->sql.ptr == NULL ? pb_fail_memory(err) : count_left(&c, pb_buf_str(&from), ret, err);
}

pb_status live_compose_own(const live_catalog *catalog, const live_match *match,
                           const live_table *table, bool *used, live_place *ret, pb_error *err)
{
    live_part part = {
        .alias = PB_STR("t"),
        .table = pb_str_sub(table->name, match->prefix.len, table->name.len),
        .all = true,
    };
    live_query query = {.name = table->name, .parts = &part, .part_count = 1};
    composing c = {.catalog = catalog, .match = match, .query = &query};
    const live_column *key = live_column_find(table, PB_STR("id"));
    used[table - catalog->tables] = true;
    if (!table->readable || key == NULL || !key->readable) {
        PB_TRY(live_compose_table(catalog, table, ret, err));
        ret->beside = true;
        return PB_OK;
    }
    c.tables[0] = live_table_find(catalog, table->schema, table->name);
    c.there[0] = true;
    query.key = PB_STR("t.id");
    pb_str deleted = match->product->own_deleted;
    if (deleted.ptr != NULL && can_be(&c, deleted))
        query.deleted = (model_strs){&deleted, 1};
    PB_TRY(live_compose(catalog, match, &query, used, ret, err));
    ret->beside = true;
    return PB_OK;
}
