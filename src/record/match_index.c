/* The index by which likely duplicates are found: hashes of the keys of live records, in the order
 * of the hash. Records beyond `upto` are not filed yet: a large import leaves them so, and who asks
 * first has them filed in one sorted pass. Keys of single entries wait under minus the entity's
 * code (match_fresh.c). */
#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "record/likely.h"

enum {
    BATCH = 4 << 20,  /* keys sorted at a time: 64 MB with the room to sort them */
    ROWS_AT_ONCE = 16 /* of one statement */
};

/* A key in the upper half, the row in the lower. */
typedef struct filing {
    db_session *session;
    const alike *a;
    uint64_t *items, *room;
    size_t count;
} filing;

static pb_status new_code(db_session *session, int64_t *ret_code, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT COALESCE(MAX(code), 0) + 1 FROM match_state", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_code = row ? db_column_i64(stmt, 0) : 1;
    db_reset(stmt);
    return PB_OK;
}

/* The entity gets its code; what was filed by other fields goes. */
pb_status match_index_begin(db_session *session, alike *a, pb_error *err)
{
    db_stmt *stmt;
    if (a->code == 0) {
        PB_TRY(new_code(session, &a->code, err));
        PB_TRY(db_prepare(session,
                          "INSERT INTO match_state (entity, code, upto, columns)"
                          " VALUES (?1, ?2, 0, ?3)",
                          &stmt, err));
        db_bind_text(stmt, 1, a->entity->name);
        db_bind_i64(stmt, 2, a->code);
        db_bind_i64(stmt, 3, a->print);
        return db_run(stmt, err);
    }
    if (a->upto > 0)
        return PB_OK;
    PB_TRY(db_prepare(session, "DELETE FROM match_key WHERE entity IN (?1, ?2)", &stmt, err));
    db_bind_i64(stmt, 1, a->code);
    db_bind_i64(stmt, 2, -a->code);
    a->waiting = 0;
    return db_run(stmt, err);
}

pb_status match_index_mark(db_session *session, const alike *a, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "UPDATE match_state SET upto = ?2, columns = ?3 WHERE entity = ?1",
                      &stmt, err));
    db_bind_text(stmt, 1, a->entity->name);
    db_bind_i64(stmt, 2, a->upto);
    db_bind_i64(stmt, 3, a->print);
    return db_run(stmt, err);
}

/* Where they belong: rows of an import come sorted, see flush. */
static pb_status place(db_session *session, const alike *a, const int64_t *hashes, size_t count,
                       int64_t n, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "INSERT INTO match_key (entity, hash, n) VALUES (?1, ?2, ?3)", &stmt,
                      err));
    db_bind_i64(stmt, 1, a->code);
    db_bind_i64(stmt, 3, n);
    for (size_t i = 0; i < count; i++) {
        db_bind_i64(stmt, 2, hashes[i]);
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

/* --- all at once --- */

/* By the hash; rows of one hash stay in their order, which rises. */
static void sort(filing *f)
{
    enum { BITS = 11, WIDE = 1 << BITS };
    uint64_t *from = f->items, *to = f->room;
    for (unsigned shift = 32; shift < 64; shift += BITS) {
        size_t place[WIDE] = {0}, sum = 0;
        for (size_t i = 0; i < f->count; i++)
            place[from[i] >> shift & (WIDE - 1)]++;
        for (size_t i = 0; i < WIDE; i++) {
            size_t here = place[i];
            place[i] = sum;
            sum += here;
        }
        for (size_t i = 0; i < f->count; i++)
            to[place[from[i] >> shift & (WIDE - 1)]++] = from[i];
        uint64_t *other = from;
        from = to;
        to = other;
    }
    f->items = from;
    f->room = to;
}

static pb_status store_rows(const filing *f, const uint64_t *items, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(f->session,
                      "INSERT INTO match_key (entity, hash, n) VALUES"
                      " (?1, ?2, ?3), (?1, ?4, ?5), (?1, ?6, ?7), (?1, ?8, ?9), (?1, ?10, ?11),"
                      " (?1, ?12, ?13), (?1, ?14, ?15), (?1, ?16, ?17), (?1, ?18, ?19),"
                      " (?1, ?20, ?21), (?1, ?22, ?23), (?1, ?24, ?25), (?1, ?26, ?27),"
                      " (?1, ?28, ?29), (?1, ?30, ?31), (?1, ?32, ?33)",
                      &stmt, err));
    db_bind_i64(stmt, 1, f->a->code);
    for (int i = 0; i < ROWS_AT_ONCE; i++) {
        db_bind_i64(stmt, 2 + 2 * i, (int64_t)(items[i] >> 32));
        db_bind_i64(stmt, 3 + 2 * i, (int64_t)(uint32_t)items[i]);
    }
    return db_run(stmt, err);
}

static pb_status flush(filing *f, pb_error *err)
{
    size_t i = 0;
    sort(f);
    for (; i + ROWS_AT_ONCE <= f->count; i += ROWS_AT_ONCE)
        PB_TRY(store_rows(f, &f->items[i], err));
    for (; i < f->count; i++) {
        const int64_t hash = (int64_t)(f->items[i] >> 32);
        PB_TRY(place(f->session, f->a, &hash, 1, (int64_t)(uint32_t)f->items[i], err));
    }
    f->count = 0;
    return PB_OK;
}

/* Rows are numbered from one; more than four thousand million do not fit the batch. */
static pb_status add(filing *f, const int64_t *hashes, size_t count, int64_t n, pb_error *err)
{
    if (n > UINT32_MAX)
        return place(f->session, f->a, hashes, count, n, err);
    for (size_t i = 0; i < count; i++)
        f->items[f->count++] = (uint64_t)hashes[i] << 32 | (uint64_t)n;
    return f->count + MATCH_MOST_KEYS > BATCH ? flush(f, err) : PB_OK;
}

/* The keys of each live record beyond `above` and up to `upto`, in order. */
typedef pb_status (*each_keys)(void *context, const int64_t *hashes, size_t count, int64_t n,
                               pb_error *err);
static pb_status walk(db_session *session, const alike *a, const layout *lay, model_reader *reader,
                      int64_t above, int64_t upto, each_keys each, void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_value *cells = arena ? pb_arena_array(arena, lay->count + 1, sizeof *cells) : NULL;
    PB_AUTO_ARENA row_arena = pb_arena_new(0);
    db_stmt *stmt;
    if (cells == NULL || row_arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(layout_select(session, lay, "WHERE n > ?1 AND n <= ?2 AND deleted = 0 ORDER BY n", &stmt,
                         err));
    db_bind_i64(stmt, 1, above);
    db_bind_i64(stmt, 2, upto);
    pb_status status = PB_OK;
    for (bool row = true; status == PB_OK;) {
        layout_head head;
        pb_str texts[LIKENESS_FIELDS];
        alike_hashes hashes;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_arena_reset(row_arena);
        model_reader_reset(reader);
        status = layout_row(lay, stmt, NULL, &head, cells, err);
        if (status == PB_OK)
            status = alike_texts(a, lay, reader, cells, row_arena, texts, err);
        if (status == PB_OK)
            status = alike_keys(a, texts, &hashes, err);
        if (status == PB_OK)
            status = each(context, hashes.hash, hashes.filed, head.n, err);
    }
    db_reset(stmt);
    return status;
}

static pb_status file_keys(void *context, const int64_t *hashes, size_t count, int64_t n,
                           pb_error *err)
{
    return add(context, hashes, count, n, err);
}

pb_status match_index_complete(db_session *session, alike *a, const layout *lay,
                               model_reader *reader, pb_error *err)
{
    int64_t last;
    PB_TRY(db_last_n(session, a->entity, &last, err));
    if (a->code > 0 && a->upto >= last && a->upto > 0)
        return PB_OK;
    PB_TRY(match_index_begin(session, a, err));
    filing f = {.session = session,
                .a = a,
                .items = malloc((size_t)BATCH * sizeof *f.items),
                .room = malloc((size_t)BATCH * sizeof *f.room)};
    pb_status status = f.items == NULL || f.room == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = walk(session, a, lay, reader, a->upto, last, file_keys, &f, err);
    if (status == PB_OK)
        status = flush(&f, err);
    free(f.items);
    free(f.room);
    PB_TRY(status);
    a->upto = last;
    return match_index_mark(session, a, err);
}

/* --- looking --- */

/* What a key is worth by the number of its rows. Candidates that share one common key alone are
 * most of all there are (three of four among a million), and one in a thousand of them is a
 * duplicate: each would cost a page. */
enum { RARE_ROWS = 4, COMMON_ROWS = 16, RARE = 3, SEVERAL = 2, COMMON = 1 };

typedef struct candidate {
    int64_t n;
    unsigned worth; /* of the keys shared */
} candidate;

static int order_candidates(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* Rows of one key; a key that too many have tells nothing. */
static pb_status rows_of(db_session *session, const alike *a, int64_t hash,
                         int64_t ret_ns[MATCH_KEY_ROWS + 1], size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    size_t count = 0;
    /* Not by IN, for which SQLite makes a table each time: a third of the time of an entry's gate.
     */
    PB_TRY(db_prepare(session,
                      "SELECT n FROM match_key WHERE entity = ?1 AND hash = ?2 UNION ALL"
                      " SELECT n FROM match_key WHERE entity = ?3 AND hash = ?2 LIMIT 65",
                      &stmt, err));
    db_bind_i64(stmt, 1, a->code);
    db_bind_i64(stmt, 2, hash);
    db_bind_i64(stmt, 3, -a->code);
    while (row && count <= MATCH_KEY_ROWS) {
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            ret_ns[count++] = db_column_i64(stmt, 0);
    }
    db_reset(stmt);
    *ret_count = count > MATCH_KEY_ROWS ? 0 : count;
    return PB_OK;
}

pb_status match_index_find(db_session *session, const alike *a, const alike_hashes *hashes,
                           int64_t self, size_t most, pb_arena *arena, int64_t **ret_ns,
                           size_t *ret_count, pb_error *err)
{
    candidate *found = NULL;
    size_t found_count = 0, capacity = 0;
    for (size_t k = 0; k < hashes->asked; k++) {
        int64_t ns[MATCH_KEY_ROWS + 1];
        size_t rows = 0;
        PB_TRY(rows_of(session, a, hashes->hash[k], ns, &rows, err));
        unsigned worth = rows <= RARE_ROWS ? RARE : rows <= COMMON_ROWS ? SEVERAL : COMMON;
        for (size_t i = 0; i < rows; i++) {
            size_t at = 0;
            while (at < found_count && found[at].n != ns[i])
                at++;
            if (ns[i] == self)
                continue;
            if (at < found_count)
                found[at].worth += worth;
            else if (!PB_PUSH(arena, found, found_count, capacity, ((candidate){ns[i], worth})))
                return pb_fail_memory(err);
        }
    }
    if (found_count > 1)
        qsort(found, found_count, sizeof *found, order_candidates);
    found_count = found_count < most ? found_count : most;
    while (found_count > 0 && found[found_count - 1].worth == COMMON)
        found_count--;
    int64_t *list = pb_arena_array(arena, found_count + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < found_count; i++)
        list[i] = found[i].n;
    *ret_ns = list;
    *ret_count = found_count;
    return PB_OK;
}

/* --- checking and making anew --- */

typedef struct tally {
    uint64_t count, sum;
} tally;

/* A sum does not depend on the order. */
static void tally_one(tally *of, int64_t hash, int64_t n)
{
    uint64_t h = (uint64_t)hash * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)n;
    h = (h ^ h >> 32) * UINT64_C(0xD6E8FEB86659FD93);
    of->sum += h ^ h >> 29;
    of->count++;
}

static pb_status tally_keys(void *context, const int64_t *hashes, size_t count, int64_t n,
                            pb_error *err)
{
    (void)err;
    for (size_t i = 0; i < count; i++)
        tally_one(context, hashes[i], n);
    return PB_OK;
}

static pb_status tally_stored(db_session *session, const alike *a, tally *ret, pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    PB_TRY(
        db_prepare(session, "SELECT hash, n FROM match_key WHERE entity IN (?1, ?2)", &stmt, err));
    db_bind_i64(stmt, 1, a->code);
    db_bind_i64(stmt, 2, -a->code);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        tally_one(ret, db_column_i64(stmt, 0), db_column_i64(stmt, 1));
    }
}

static pb_status check(db_session *session, const alike *a, const layout *lay, model_reader *reader,
                       pb_error *err)
{
    tally want = {0, 0}, have = {0, 0};
    if (a->code == 0 || a->upto == 0)
        return PB_OK; /* nothing is filed, or by fields no longer declared so: made at first need */
    PB_TRY(walk(session, a, lay, reader, 0, a->upto, tally_keys, &want, err));
    PB_TRY(tally_stored(session, a, &have, err));
    if (want.count == have.count && want.sum == have.sum)
        return PB_OK;
    pb_fail(err, PB_CORRUPT,
            PB_MSG("The index of likely duplicates does not fit the records of {entity}."),
            "entity", PB_ARG(a->entity->name), NULL);
    pb_error_detail(err, PB_MSG("Keys filed: {have}; keys of the records: {want}."), "have",
                    PB_ARG_INT(have.count), "want", PB_ARG_INT(want.count), NULL);
    pb_error_hint(err,
                  PB_MSG("No record is touched by it. “probity duplicates WORKSPACE --queue” makes "
                         "the index anew."),
                  NULL);
    return PB_CORRUPT;
}

/* Runs over an entity's index with what it takes. */
typedef pb_status (*index_work)(db_session *session, alike *a, const layout *lay,
                                model_reader *reader, pb_error *err);
static pb_status with_index(db_session *session, const model_entity *entity, index_work work,
                            pb_error *err)
{
    alike *a = NULL;
    PB_TRY(alike_open(session, entity, &a, err));
    if (a == NULL)
        return PB_OK;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const layout *lay = arena ? layout_make(entity, arena) : NULL;
    model_reader *reader = model_reader_new(0);
    pb_status status =
        lay == NULL || reader == NULL ? pb_fail_memory(err) : work(session, a, lay, reader, err);
    model_reader_free(reader);
    alike_free(a);
    return status;
}

static pb_status check_work(db_session *session, alike *a, const layout *lay, model_reader *reader,
                            pb_error *err)
{
    return check(session, a, lay, reader, err);
}

pb_status record_likely_verify(db_session *session, const model_entity *entity, pb_error *err)
{
    return with_index(session, entity, check_work, err);
}

/* Where it fits it is only completed. */
static pb_status renew_work(db_session *session, alike *a, const layout *lay, model_reader *reader,
                            pb_error *err)
{
    pb_error why;
    pb_status status = check(session, a, lay, reader, &why);
    if (status != PB_OK && status != PB_CORRUPT) {
        if (err != NULL)
            *err = why;
        return status;
    }
    if (status == PB_CORRUPT)
        a->upto = 0;
    return match_index_complete(session, a, lay, reader, err);
}

pb_status record_likely_complete(db_session *session, const model_entity *entity, pb_error *err)
{
    return with_index(session, entity, renew_work, err);
}
