/* Finding records by parts of what they hold: tokens into the index, queries out of it. */
#include "db/search.h"

#include <string.h>

#include "internal.h"
#include "merged.h"
#include "read.h"

enum {
    RANKED_MAX = 500, /* records looked at to find the best ones */
    QUERY_MAX = 1 << 16,
    NEAR_WORDS = 12, /* spellings tried for a word that finds nothing */
    NEAR_PLACES = 4  /* words of a query that may be mistyped */
};

/* How well a record fits a query. */
enum fit { IS_IT, BEGINS, FOUND, GONE };

static pb_status make_tokens(record_writer *writer, const plan *p, const pb_value *cells,
                             pb_error *err)
{
    pb_buf_clear(&writer->tokens);
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const model_field *field = &p->entity->fields[i];
        /* A link is found by its reference text. */
        const pb_value *cell = &cells[p->lay->first[i] + (field->type == MODEL_LINK)];
        if (field->search && cell->kind != PB_NULL)
            model_tokens(writer->reader, field, *cell, &writer->tokens);
    }
    return writer->tokens.failed
               ? pb_fail_buffer(&writer->tokens,
                                PB_MSG("The record is too large for the search index."), err)
               : PB_OK;
}

pb_status search_add(record_writer *writer, plan *p, int64_t n, const pb_value *cells,
                     pb_error *err)
{
    if (writer->last)
        return PB_OK;
    PB_TRY(make_tokens(writer, p, cells, err));
    if (writer->tokens.len == 0)
        return PB_OK;
    return db_search_add(writer->session, p->entity->name, n, pb_buf_str(&writer->tokens), err);
}

pb_status search_remove(record_writer *writer, plan *p, int64_t n, pb_error *err)
{
    return db_search_remove(writer->session, p->entity->name, n, err);
}

typedef struct finder {
    db_session *session;
    model_reader *reader;
    pb_arena *arena; /* of one entity's hits */
    pb_str folded, prefixes;
    int64_t left;
    record_each each;
    void *context;
    struct seen {
        const model_entity *entity;
        int64_t n;
    } * seen; /* given already */
    size_t seen_count, seen_capacity;
    pb_arena *seen_arena;
} finder;

/* Only what a record is called is read of all that were found. */
static pb_status prepare_titles(finder *f, const model_entity *entity, db_stmt **ret_stmt,
                                int *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    int count = 0;
    pb_buf_addc(&sql, "SELECT deleted");
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (!field->title || model_type_kind(field->type) != PB_TEXT || field->type == MODEL_LINK)
            continue;
        pb_buf_printf(&sql, ", \"%.*s\"", PB_STR_FMT(field->name));
        count++;
    }
    pb_buf_printf(&sql, " FROM t_%.*s WHERE n = ?1", PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    *ret_count = count;
    return db_prepare_text(f->session, pb_buf_str(&sql), ret_stmt, err);
}

/* How well the row a statement stands on fits: its title is the query, begins with it, or it is
 * found by something else. */
static uint8_t fit(finder *f, db_stmt *stmt, int titles, pb_buf *scratch)
{
    uint8_t best = FOUND;
    for (int i = 1; i <= titles; i++) {
        if (db_column_is_null(stmt, i))
            continue;
        pb_buf_clear(scratch);
        model_reader_reset(f->reader);
        model_fold(f->reader, db_column_text(stmt, i), scratch);
        pb_str title = pb_buf_str(scratch);
        if (pb_str_eq(title, f->folded))
            return IS_IT;
        if (pb_str_starts(title, f->folded))
            best = BEGINS;
    }
    return best;
}

/* Words of a record that was merged into another find its survivor. */
static pb_status rank(finder *f, const model_entity *entity, int64_t *rows, size_t count,
                      uint8_t *fits, pb_error *err)
{
    PB_AUTO_BUF scratch = PB_BUF_INIT(1 << 20);
    db_stmt *stmt;
    int titles = 0;
    PB_TRY(prepare_titles(f, entity, &stmt, &titles, err));
    for (size_t i = 0; i < count; i++) {
        bool row;
        db_bind_i64(stmt, 1, rows[i]);
        PB_TRY(db_step(stmt, &row, err));
        bool hidden = row && db_column_i64(stmt, 0) != 0;
        fits[i] = row ? fit(f, stmt, titles, &scratch) : GONE;
        db_reset(stmt);
        pb_uuid id;
        if (hidden)
            PB_TRY(merged_row(f->session, entity, rows[i], &rows[i], &id, err));
        if (rows[i] == 0)
            fits[i] = GONE;
    }
    return PB_OK;
}

static bool is_seen(const finder *f, const model_entity *entity, int64_t n)
{
    for (size_t i = 0; i < f->seen_count; i++)
        if (f->seen[i].n == n && f->seen[i].entity == entity)
            return true;
    return false;
}

/* Each record once, however many ways lead to it. */
static pb_status give(finder *f, const record_data *record, pb_error *err)
{
    const struct seen one = {record->entity, record->n};
    if (!PB_PUSH(f->seen_arena, f->seen, f->seen_count, f->seen_capacity, one))
        return pb_fail_memory(err);
    f->left--;
    return f->each(f->context, record, err);
}

static pb_status find_in(finder *f, const model_entity *entity, pb_error *err)
{
    size_t count;
    pb_arena_reset(f->arena);
    int64_t *rows = pb_arena_array(f->arena, RANKED_MAX, sizeof *rows);
    uint8_t *fits = pb_arena_array(f->arena, RANKED_MAX, sizeof *fits);
    if (rows == NULL || fits == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_search_query(f->session, entity->name, f->prefixes, RANKED_MAX, rows, &count, err));
    PB_TRY(rank(f, entity, rows, count, fits, err));
    for (int best = IS_IT; best <= FOUND; best++)
        for (size_t i = 0; i < count && f->left > 0; i++) {
            record_data record;
            bool here;
            if (fits[i] != best || is_seen(f, entity, rows[i]))
                continue;
            PB_TRY(read_by(f->session, entity, "WHERE n = ? AND deleted = 0", PB_VALUE_INT(rows[i]),
                           f->arena, &record, &here, err));
            if (here)
                PB_TRY(give(f, &record, err));
        }
    return PB_OK;
}

static pb_status find_everywhere(finder *f, const model_schema *schema, const model_entity *entity,
                                 const pb_buf *prefixes, pb_error *err)
{
    if (prefixes->failed)
        return pb_fail_buffer(prefixes, PB_MSG("The search text is too long."), err);
    f->prefixes = pb_buf_str(prefixes);
    if (f->prefixes.len == 0)
        return PB_OK;
    if (entity != NULL)
        return find_in(f, entity, err);
    for (size_t i = 0; i < schema->entity_count && f->left > 0; i++)
        PB_TRY(find_in(f, &schema->entities[i], err));
    return PB_OK;
}

/* The query with word number `at` replaced by `other`. */
static void replace_word(pb_str prefixes, size_t at, pb_str other, pb_buf *out)
{
    pb_str rest = prefixes, word;
    for (size_t i = 0; pb_str_split(&rest, ' ', &word); i++) {
        pb_buf_add(out, i == at ? other : word);
        pb_buf_byte(out, ' ');
    }
}

/* What is written almost like one of the words. */
static pb_status find_near_word(finder *f, const model_entity *entity, pb_str prefixes, size_t at,
                                pb_str word, pb_error *err)
{
    PB_AUTO_BUF words = PB_BUF_INIT(QUERY_MAX);
    PB_AUTO_BUF changed = PB_BUF_INIT(QUERY_MAX);
    PB_TRY(db_search_near(f->session, entity->name, word, &words, err));
    pb_str rest = pb_buf_str(&words), other;
    for (size_t i = 0; i < NEAR_WORDS && f->left > 0 && pb_str_split(&rest, ' ', &other); i++) {
        if (other.len == 0)
            continue;
        pb_buf_clear(&changed);
        replace_word(prefixes, at, other, &changed);
        f->prefixes = pb_buf_str(&changed);
        PB_TRY(find_in(f, entity, err));
    }
    return PB_OK;
}

static pb_status find_near(finder *f, const model_schema *schema, const model_entity *entity,
                           pb_str prefixes, pb_error *err)
{
    for (size_t e = 0; e < schema->entity_count && f->left > 0; e++) {
        const model_entity *one = entity != NULL ? entity : &schema->entities[e];
        pb_str rest = prefixes, word;
        for (size_t i = 0; i < NEAR_PLACES && f->left > 0 && pb_str_split(&rest, ' ', &word); i++)
            PB_TRY(find_near_word(f, one, prefixes, i, word, err));
        if (entity != NULL)
            break;
    }
    return PB_OK;
}

static pb_status find(finder *f, const model_schema *schema, const model_entity *entity,
                      pb_str query, pb_error *err)
{
    PB_AUTO_BUF folded = PB_BUF_INIT(QUERY_MAX);
    PB_AUTO_BUF prefixes = PB_BUF_INIT(QUERY_MAX);
    int64_t asked = f->left;
    model_fold(f->reader, query, &folded);
    model_query_tokens(f->reader, query, &prefixes);
    f->folded = folded.failed ? PB_STR_NONE : pb_buf_str(&folded);
    PB_TRY(find_everywhere(f, schema, entity, &prefixes, err));
    if (f->left < asked)
        return PB_OK;
    PB_TRY(find_near(f, schema, entity, pb_buf_str(&prefixes), err));
    /* Nothing is written like that: what sounds like it, across scripts. */
    pb_buf_clear(&prefixes);
    model_query_tokens_wide(f->reader, query, &prefixes);
    return find_everywhere(f, schema, entity, &prefixes, err);
}

pb_status record_find(db_session *session, const model_entity *entity, pb_str query, int64_t limit,
                      record_each each, void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_ARENA seen = pb_arena_new(0);
    finder f = {.session = session,
                .seen_arena = seen,
                .reader = model_reader_new(0),
                .arena = arena,
                .left = limit,
                .each = each,
                .context = context};
    pb_status status =
        f.reader && arena && seen
            ? find(&f, db_workspace_schema(db_session_workspace(session)), entity, query, err)
            : pb_fail_memory(err);
    model_reader_free(f.reader);
    return status;
}
