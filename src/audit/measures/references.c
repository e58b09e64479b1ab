/* References that found no record: those that are nearly the name of one, and those that are not.
 */
#include "../measure.h"

#include "base/utf8.h"

enum { MAX_COMPARISONS = 30000000, MAX_TARGETS = 200000, ONE_ERROR_FROM = 6, TWO_ERRORS_FROM = 10 };

typedef struct target_name {
    pb_str shown, squeezed;
    size_t letters; /* of squeezed */
} target_name;

typedef struct name_book {
    target_name *names;
    size_t count, capacity;
    pb_map *squeezed; /* → index */
    pb_map *answers;  /* reference as written → index + 1, 0: nothing near */
} name_book;

static pb_status squeeze(audit_work *work, pb_str text, pb_str *ret, pb_error *err)
{
    pb_str folded;
    PB_TRY(work_fold(work, text, &folded, err));
    char *to = pb_arena_alloc(work->scratch, folded.len + 1);
    if (!to)
        return pb_fail_memory(err);
    size_t len = 0;
    for (size_t i = 0; i < folded.len; i++)
        if (folded.ptr[i] != ' ')
            to[len++] = folded.ptr[i];
    *ret = pb_str_n(to, len);
    return PB_OK;
}

static pb_status load_names(audit_work *work, const model_entity *target, name_book *book,
                            pb_error *err)
{
    const model_field *key =
        target->key.count ? model_field_find(target, target->key.items[0]) : NULL;
    book->squeezed = pb_map_new(work->scratch);
    book->answers = pb_map_new(work->scratch);
    if (!book->squeezed || !book->answers)
        return pb_fail_memory(err);
    if (!key || model_type_kind(key->type) != PB_TEXT)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql, "select %.*s from %.*s where %.*s is not null order by %.*s limit %d",
                  PB_STR_FMT(key->name), PB_STR_FMT(target->name), PB_STR_FMT(key->name),
                  PB_STR_FMT(key->name), MAX_TARGETS);
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row, is_new = false;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        target_name name = {.shown = pb_arena_str(work->scratch, db_column_text(stmt, 0))};
        PB_TRY(squeeze(work, name.shown, &name.squeezed, err));
        name.letters = pb_utf8_count(name.squeezed);
        uint64_t *place = pb_map_put(book->squeezed, name.squeezed, &is_new);
        if (!place || !name.shown.ptr)
            return pb_fail_memory(err);
        if (!is_new)
            continue;
        *place = book->count;
        if (!PB_PUSH(work->scratch, book->names, book->count, book->capacity, name))
            return pb_fail_memory(err);
    }
}

/* A name with other digits is another thing: “GTK 500” is not “GTK 50”. */
static size_t nearest(const name_book *book, pb_str squeezed, bool compare)
{
    uint64_t *same = pb_map_get(book->squeezed, squeezed);
    if (same)
        return *same + 1;
    size_t best = SIZE_MAX, found = 0, letters = pb_utf8_count(squeezed);
    for (size_t i = 0; compare && i < book->count; i++) {
        pb_str name = book->names[i].squeezed;
        size_t others = book->names[i].letters;
        size_t shorter = others < letters ? others : letters;
        size_t limit = shorter >= TWO_ERRORS_FROM ? 2 : shorter >= ONE_ERROR_FROM ? 1 : 0;
        size_t longer = others + letters - shorter;
        if (!limit || longer - shorter > limit || !words_same_digits(name, squeezed))
            continue;
        size_t apart = match_distance(name, squeezed, limit);
        if (apart > limit || apart >= best)
            continue;
        best = apart;
        found = i + 1;
    }
    return found;
}

/* Gives the name that is meant, or NULL. */
static pb_status answer(audit_work *work, name_book *book, pb_str reference,
                        const target_name **ret, pb_error *err)
{
    bool is_new = false;
    uint64_t *place = pb_map_put(book->answers, reference, &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new) {
        pb_str squeezed;
        PB_TRY(squeeze(work, reference, &squeezed, err));
        bool compare = pb_map_count(book->answers) * book->count < MAX_COMPARISONS;
        *place = squeezed.len ? nearest(book, squeezed, compare) : 0;
    }
    *ret = *place > 0 ? &book->names[*place - 1] : NULL;
    return PB_OK;
}

/* The references as written: asked only of those that lead nowhere. */
static pb_status open_reference(audit_check *check, db_stmt **ret, pb_error *err)
{
    const model_field *link = check->control->field;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql, "select %.*s_ref from %.*s where n = :n", PB_STR_FMT(link->name),
                  PB_STR_FMT(link->entity->name));
    return work_query(check->work, pb_buf_str(&sql), ret, err);
}

/* Reads the reference of one record into `ret`, which lives until the next call. */
static pb_status read_reference(db_stmt *stmt, int64_t n, pb_buf *ret, pb_error *err)
{
    bool row;
    pb_buf_clear(ret);
    db_bind_named(stmt, "n", PB_VALUE_INT(n));
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        pb_buf_add(ret, db_column_text(stmt, 0));
    db_reset(stmt);
    return ret->failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status run_references(audit_check *check, bool near, pb_error *err)
{
    const model_field *link = check->control->field;
    name_book book = {0};
    db_stmt *stmt = NULL;
    if (!check->work->entities[link->target->index].rows)
        return check_not_applicable(check, PB_MSG("There are no {value} in the source."),
                                    link->target->plural, err);
    check->finding->population = check->state->filled[link->index];
    if (!check->finding->population)
        return PB_OK;
    PB_TRY(targets_load(check->work, check->state, err));
    const uint32_t *to = targets_of(check->state, link);
    PB_AUTO_BUF reference = PB_BUF_INIT(8 << 20);
    for (size_t at = 0; to && at < check->state->count; at++) {
        if (to[at] != LINK_NOWHERE)
            continue;
        if (!book.squeezed) {
            PB_TRY(load_names(check->work, link->target, &book, err));
            PB_TRY(open_reference(check, &stmt, err));
        }
        audit_failure failure = {.n = check->state->n[at], .field = link->name};
        const target_name *meant = NULL;
        PB_TRY(read_reference(stmt, failure.n, &reference, err));
        failure.value = pb_buf_str(&reference);
        PB_TRY(answer(check->work, &book, failure.value, &meant, err));
        if ((meant != NULL) != near)
            continue;
        failure.problem = pb_str_c(PB_MSG("No record is called “{value}”."));
        if (meant) {
            failure.suggestion = meant->shown;
            failure.problem = pb_str_c(
                PB_MSG("No record is called “{value}”; “{suggestion}” is probably meant."));
        }
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}

pb_status measure_orphan_references(audit_check *check, pb_error *err)
{
    return run_references(check, false, err);
}

pb_status measure_near_equal_names(audit_check *check, pb_error *err)
{
    return run_references(check, true, err);
}
