/* Where the columns of a database that nobody knows lead: by its foreign keys, and where it
 * declares none (many MySQL databases have none at all) by names that leave no doubt: a column
 * called as one other table's key, `stage_id` beside a table `stages` with one key of the same
 * type.
 */
#include "internal.h"

enum { NAME_ROOM = 256, WORD_COLUMNS = 8, WORD_ROWS = 50000 };

/* --- names --- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Small letters without underscores: `stage_id` and `StageID` are one. Cut to the room. */
static pb_str plain(pb_str name, char room[NAME_ROOM])
{
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < NAME_ROOM; i++)
        if (name.ptr[i] != '_' && name.ptr[i] != ' ' && name.ptr[i] != '-')
            room[len++] = lower(name.ptr[i]);
    return pb_str_n(room, len);
}

static bool ends_with(pb_str name, const char *tail)
{
    size_t len = strlen(tail);
    return name.len > len &&
           pb_str_eq_nocase(pb_str_sub(name, name.len - len, len), pb_str_c(tail));
}

pb_str live_stem(pb_str column)
{
    static const char *const heads[] = {"fk_", "id_"};
    static const char *const tails[] = {"_fk", "_id", "_uuid", "_no", "_nr", "_key", "_code"};
    pb_str stem = column;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (stem.len > 3 && pb_str_eq_nocase(pb_str_sub(stem, 0, 3), pb_str_c(heads[i])))
            stem = pb_str_sub(stem, 3, stem.len);
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (ends_with(stem, tails[i]))
            stem = pb_str_sub(stem, 0, stem.len - strlen(tails[i]));
    bool camel = stem.len > 2 && (stem.ptr[stem.len - 1] == 'd' || stem.ptr[stem.len - 1] == 'D') &&
                 stem.ptr[stem.len - 2] == 'I' && stem.ptr[stem.len - 3] >= 'a' &&
                 stem.ptr[stem.len - 3] <= 'z';
    return camel ? pb_str_sub(stem, 0, stem.len - 2) : stem;
}

/* `stage` and `stages`, `country` and `countries`, `box` and `boxes`. */
static bool is_plural(pb_str one, pb_str many)
{
    if (pb_str_eq(one, many))
        return true;
    if (one.len < 2)
        return false;
    bool y = one.ptr[one.len - 1] == 'y';
    pb_str stem = pb_str_sub(one, 0, one.len - y);
    pb_str tail = pb_str_sub(many, stem.len, many.len);
    return pb_str_starts(many, stem) &&
           (y ? pb_str_is(tail, "ies") : pb_str_is(tail, "s") || pb_str_is(tail, "es"));
}

/* --- types --- */

static bool is_one_of(pb_str type, const char *const *types)
{
    for (; *types != NULL; types++)
        if (pb_str_eq_nocase(type, pb_str_c(*types)))
            return true;
    return false;
}

static bool is_number(pb_str type)
{
    static const char *const types[] = {"int2",    "int4",     "int8",      "int",
                                        "bigint",  "smallint", "mediumint", "tinyint",
                                        "numeric", "decimal",  NULL};
    return is_one_of(type, types);
}

static bool is_text(pb_str type)
{
    static const char *const types[] = {"varchar", "bpchar",   "text",       "char",
                                        "citext",  "tinytext", "mediumtext", "longtext",
                                        "name",    "enum",     NULL};
    return is_one_of(type, types);
}

static bool same_type(pb_str a, pb_str b)
{
    return pb_str_eq_nocase(a, b) || (is_number(a) && is_number(b)) || (is_text(a) && is_text(b));
}

/* --- keys --- */

const live_column *live_key_of(const live_table *table)
{
    const live_column *key = NULL;
    for (size_t c = 0; c < table->column_count; c++) {
        if (!table->columns[c].key)
            continue;
        if (key != NULL)
            return NULL; /* of several columns */
        key = &table->columns[c];
    }
    return key;
}

static live_column *column_called(live_table *table, pb_str name)
{
    for (size_t i = 0; table != NULL && i < table->column_count; i++)
        if (pb_str_eq(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

/* What a foreign key leads to is unique: else the database would not have taken it (MariaDB may, so
 * there it has to say so). */
static pb_status take_key(void *context, const pb_str *cells, pb_error *err)
{
    (void)err;
    live_catalog *catalog = context;
    live_table *target = live_table_find(catalog, cells[3], cells[4]);
    live_column *column = column_called(live_table_find(catalog, cells[0], cells[1]), cells[2]);
    live_column *there = column_called(target, cells[5]);
    if (column == NULL || there == NULL || column->target != NULL)
        return PB_OK;
    there->unique = there->unique || catalog->engine == &live_postgres;
    if (!there->unique && there != live_key_of(target))
        return PB_OK;
    column->target = target;
    column->target_column = there;
    column->told = true;
    return PB_OK;
}

/* --- by names --- */

/* How well a table's name says that it holds what `stem` means: 2 whole, 1 behind a prefix. */
static int names_table(pb_str stem, pb_str name)
{
    char room[2][NAME_ROOM];
    pb_str one = plain(stem, room[0]);
    if (one.len > 2 && is_plural(one, plain(name, room[1])))
        return 2;
    for (size_t i = 1; i + 1 < name.len; i++)
        if (name.ptr[i - 1] == '_' && one.len > 2 &&
            is_plural(one, plain(pb_str_sub(name, i, name.len), room[1])))
            return 1;
    return 0;
}

/* Says too little to be the name of one table's key. */
static bool is_bare(pb_str name)
{
    static const char *const bare[] = {"id",   "uuid", "guid",   "no", "nr",
                                       "code", "key",  "number", NULL};
    return is_one_of(name, bare);
}

/* The one table that a column's name names. */
static const live_table *table_meant(const live_catalog *catalog, const live_table *own,
                                     const live_column *column)
{
    const live_table *found = NULL;
    int best = 0;
    pb_str stem = live_stem(column->name);
    bool reference = stem.len < column->name.len;
    for (size_t t = 0; t < catalog->count; t++) {
        const live_table *table = &catalog->tables[t];
        const live_column *key = live_key_of(table);
        if (key == NULL || table == own || table->view || !same_type(key->type, column->type) ||
            !pb_str_eq(table->schema, own->schema))
            continue;
        int fit = reference ? names_table(stem, table->name) : 0;
        fit += !is_bare(column->name) && pb_str_eq_nocase(key->name, column->name) ? 2 : 0;
        if (fit == best && fit > 0)
            found = NULL; /* two tables: neither */
        if (fit > best) {
            best = fit;
            found = table;
        }
    }
    return found;
}

static void guess_keys(live_catalog *catalog)
{
    for (size_t t = 0; t < catalog->count; t++) {
        live_table *table = &catalog->tables[t];
        for (size_t c = 0; c < table->column_count; c++) {
            live_column *column = &table->columns[c];
            if (column->target != NULL || column == live_key_of(table))
                continue;
            column->target = table_meant(catalog, table, column);
            if (column->target != NULL)
                column->target_column = live_key_of(column->target);
        }
    }
}

/* --- lists of words --- */

const live_column *live_word_of(const live_table *table, pb_str stem)
{
    static const char *const words[] = {"name", "label", "title", "value", "text", "description"};
    static const char *const codes[] = {"code", "iso_code", "iso"};
    const live_column *only = NULL;
    size_t texts = 0;
    for (size_t c = 0; c < table->column_count; c++)
        if (table->columns[c].readable && is_text(table->columns[c].type)) {
            only = &table->columns[c];
            texts++;
        }
    if (pb_str_eq_nocase(stem, PB_STR("currency"))) /* which people write as codes */
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            for (size_t c = 0; c < table->column_count; c++)
                if (table->columns[c].readable && ends_with(table->columns[c].name, codes[i]))
                    return &table->columns[c];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t c = 0; c < table->column_count; c++) {
            const live_column *column = &table->columns[c];
            bool called = pb_str_eq_nocase(column->name, pb_str_c(words[i])) ||
                          ends_with(column->name, words[i]);
            if (called && column->readable && is_text(column->type))
                return column;
        }
    return texts == 1 ? only : NULL;
}

/* Somebody, or something that can be written to, is more than a word. */
static bool says_more(pb_str name)
{
    static const char *const parts[] = {"mail",   "phone",      "mobile",    "address",
                                        "birth",  "first_name", "last_name", "given",
                                        "family", "price",      "amount",    NULL};
    char room[NAME_ROOM];
    for (size_t i = 0; i < name.len && i < NAME_ROOM; i++)
        room[i] = lower(name.ptr[i]);
    pb_str low = pb_str_n(room, name.len < NAME_ROOM ? name.len : NAME_ROOM);
    for (size_t i = 0; parts[i] != NULL; i++)
        if (pb_str_find(low, pb_str_c(parts[i])) != SIZE_MAX)
            return true;
    return false;
}

/* A number (or what serves as one) and a word; keys that are words speak for themselves. */
static bool holds_words(const live_table *table, const live_settings *settings)
{
    const live_column *key = live_key_of(table);
    if (key == NULL || !key->readable || !table->readable || table->view ||
        table->column_count > WORD_COLUMNS || table->rows > WORD_ROWS ||
        (!is_number(key->type) && !pb_str_is(key->type, "uuid")) ||
        live_word_of(table, table->name) == NULL)
        return false;
    for (size_t c = 0; c < table->column_count; c++)
        if (says_more(table->columns[c].name))
            return false;
    return settings->is_entity == NULL || !settings->is_entity(settings->context, table->name);
}

/* --- tables between tables --- */

static bool is_stamp(pb_str name)
{
    static const char *const parts[] = {"creat", "updat", "modif", "added", NULL};
    char room[NAME_ROOM];
    pb_str low = plain(name, room);
    for (size_t i = 0; parts[i] != NULL; i++)
        if (pb_str_find(low, pb_str_c(parts[i])) != SIZE_MAX)
            return true;
    return false;
}

/* Nothing but which row of one table goes with which of another. */
static bool is_between(const live_table *table, const live_settings *settings)
{
    size_t references = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        const live_column *column = &table->columns[c];
        references += column->target != NULL;
        if (column->target == NULL && column != live_key_of(table) && !is_stamp(column->name))
            return false;
    }
    return references >= 2 &&
           (settings->is_entity == NULL || !settings->is_entity(settings->context, table->name));
}

static void find_kinds(live_catalog *catalog, const live_settings *settings)
{
    for (size_t t = 0; t < catalog->count; t++)
        catalog->tables[t].between = is_between(&catalog->tables[t], settings);
    for (size_t t = 0; t < catalog->count; t++)
        for (size_t c = 0; c < catalog->tables[t].column_count; c++) {
            const live_table *target = catalog->tables[t].columns[c].target;
            if (target != NULL && target != &catalog->tables[t] && !target->words &&
                holds_words(target, settings))
                catalog->tables[target - catalog->tables].words = true;
        }
}

pb_status live_keys_read(struct live_source *source, live_catalog *catalog,
                         const live_settings *settings, pb_error *err)
{
    PB_TRY(live_each_row(source, source->engine->keys_sql, take_key, catalog, err));
    guess_keys(catalog);
    find_kinds(catalog, settings);
    return PB_OK;
}
