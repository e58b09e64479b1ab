/* Finding records by parts of what they hold: tokens into the index, queries out of it. */
#include "db/search.h"

#include <string.h>

#include "internal.h"
#include "read.h"

enum {
    RANKED_MAX = 1000, /* records looked at to find the best ones */
    QUERY_MAX = 1 << 16
};

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
               ? pb_fail(err, PB_LIMIT, PB_MSG("The record is too large for the search index."),
                         NULL)
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

/* How well a record fits: its title is the query, begins with it, or it is found by something else.
 */
static int fit(model_reader *reader, const record_data *record, pb_str folded, pb_buf *scratch)
{
    int best = 2;
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        if (!field->title || record->values[i].kind != PB_TEXT)
            continue;
        pb_buf_clear(scratch);
        model_fold(reader, record->values[i].as.s, scratch);
        pb_str title = pb_buf_str(scratch);
        if (pb_str_eq(title, folded))
            return 0;
        if (pb_str_starts(title, folded))
            best = 1;
    }
    return best;
}

typedef struct finder {
    db_session *session;
    model_reader *reader;
    pb_arena *arena; /* of one entity's hits */
    pb_str folded, prefixes;
    int64_t left;
    record_each each;
    void *context;
} finder;

static pb_status read_hits(finder *f, const model_entity *entity, const int64_t *rows, size_t count,
                           record_data *records, uint8_t *fits, size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF scratch = PB_BUF_INIT(1 << 20);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        bool here;
        PB_TRY(read_by(f->session, entity, "WHERE n = ? AND deleted = 0", PB_VALUE_INT(rows[i]),
                       f->arena, &records[found], &here, err));
        if (here) {
            fits[found] = (uint8_t)fit(f->reader, &records[found], f->folded, &scratch);
            found++;
        }
    }
    *ret_count = found;
    return PB_OK;
}

static pb_status find_in(finder *f, const model_entity *entity, pb_error *err)
{
    size_t count;
    pb_arena_reset(f->arena);
    int64_t *rows = pb_arena_array(f->arena, RANKED_MAX, sizeof *rows);
    record_data *records = pb_arena_array(f->arena, RANKED_MAX, sizeof *records);
    uint8_t *fits = pb_arena_array(f->arena, RANKED_MAX, sizeof *fits);
    if (rows == NULL || records == NULL || fits == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_search_query(f->session, entity->name, f->prefixes, RANKED_MAX, rows, &count, err));
    PB_TRY(read_hits(f, entity, rows, count, records, fits, &count, err));
    for (int rank = 0; rank <= 2; rank++)
        for (size_t i = 0; i < count && f->left > 0; i++)
            if (fits[i] == rank) {
                f->left--;
                PB_TRY(f->each(f->context, &records[i], err));
            }
    return PB_OK;
}

static pb_status find_everywhere(finder *f, const model_schema *schema, const model_entity *entity,
                                 const pb_buf *prefixes, pb_error *err)
{
    if (prefixes->failed)
        return pb_fail(err, PB_LIMIT, PB_MSG("The search text is too long."), NULL);
    f->prefixes = pb_buf_str(prefixes);
    if (f->prefixes.len == 0)
        return PB_OK;
    if (entity != NULL)
        return find_in(f, entity, err);
    for (size_t i = 0; i < schema->entity_count && f->left > 0; i++)
        PB_TRY(find_in(f, &schema->entities[i], err));
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
    /* Nothing is written like that: what sounds like it, across scripts. */
    pb_buf_clear(&prefixes);
    model_query_tokens_wide(f->reader, query, &prefixes);
    return find_everywhere(f, schema, entity, &prefixes, err);
}

pb_status record_find(db_session *session, const model_entity *entity, pb_str query, int64_t limit,
                      record_each each, void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    finder f = {.session = session,
                .reader = model_reader_new(0),
                .arena = arena,
                .left = limit,
                .each = each,
                .context = context};
    pb_status status =
        f.reader && arena
            ? find(&f, db_workspace_schema(db_session_workspace(session)), entity, query, err)
            : pb_fail_memory(err);
    model_reader_free(f.reader);
    return status;
}
