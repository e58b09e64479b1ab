/* misspelt_category: a value that is one or two letters from a word known to be right, or a rare
 * one so near a frequent one that it must be meant. */
#include "../measure.h"

enum { MAX_VALUES = 2000, RARE = 20, FREQUENT = 10 };

typedef struct category {
    pb_str value, folded, meant;
    uint64_t count;
} category;

typedef struct categories {
    category *items;
    size_t count, capacity;
    uint64_t records;
} categories;

static pb_status read_categories(audit_check *check, categories *to, bool *ret_many, pb_error *err)
{
    const model_field *field = check->control->field;
    audit_work *work = check->work;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql,
                  "select %.*s, count(*) from %.*s where %.*s is not null group by %.*s order by "
                  "%.*s limit %d",
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name),
                  PB_STR_FMT(field->name), PB_STR_FMT(field->name), MAX_VALUES + 1);
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        category one = {.count = (uint64_t)db_column_i64(stmt, 1)};
        one.value = pb_arena_str(work->scratch, db_column_text(stmt, 0));
        if (!one.value.ptr)
            return pb_fail_memory(err);
        PB_TRY(work_fold(work, one.value, &one.folded, err));
        to->records += one.count;
        if (!PB_PUSH(work->scratch, to->items, to->count, to->capacity, one))
            return pb_fail_memory(err);
    }
    *ret_many = to->count > MAX_VALUES;
    return PB_OK;
}

/* The frequent value that a rare one is probably meant to be. */
static void compare_frequent(categories *all, category *one, const word_book *book)
{
    size_t best = SIZE_MAX;
    if (one->meant.len || (book && words_known(book, one->folded)))
        return;
    for (size_t i = 0; i < all->count; i++) {
        const category *other = &all->items[i];
        if (other == one || other->count < FREQUENT || one->count * RARE > other->count)
            continue;
        size_t apart = words_apart(one->folded, other->folded);
        if (apart == 0 || apart >= best)
            continue;
        best = apart;
        one->meant = other->value;
    }
}

static pb_status find_meant(audit_check *check, categories *all, bool *ret_any, pb_error *err)
{
    word_book *book;
    PB_TRY(words_for(check->work, check->control->field, &book, err));
    for (size_t i = 0; i < all->count; i++) {
        category *one = &all->items[i];
        if (book)
            PB_TRY(words_suggest(check->work, book, one->value, &one->meant, err));
        compare_frequent(all, one, book);
        *ret_any = *ret_any || one->meant.len > 0;
    }
    return PB_OK;
}

static pb_status report(audit_check *check, const categories *all, pb_error *err)
{
    const model_field *field = check->control->field;
    audit_work *work = check->work;
    pb_map *meant = pb_map_new(work->scratch);
    if (!meant)
        return pb_fail_memory(err);
    for (size_t i = 0; i < all->count; i++) {
        uint64_t *place =
            all->items[i].meant.len ? pb_map_put(meant, all->items[i].value, NULL) : NULL;
        if (place)
            *place = i;
    }
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql, "select n, %.*s from %.*s where %.*s is not null order by n",
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name),
                  PB_STR_FMT(field->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        uint64_t *place = pb_map_get(meant, db_column_text(stmt, 1));
        if (!place)
            continue;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.value = all->items[*place].value;
        failure.suggestion = all->items[*place].meant;
        failure.problem = pb_str_c(PB_MSG("“{value}” is probably meant to be “{suggestion}”."));
        PB_TRY(check_fail(check, &failure, err));
    }
}

pb_status measure_misspelt_category(audit_check *check, pb_error *err)
{
    categories all = {0};
    bool many = false, any = false;
    PB_TRY(read_categories(check, &all, &many, err));
    bool choice = check->control->field->type == MODEL_CHOICE;
    if (many || (!choice && all.count * 3 > all.records && all.records > 20))
        return check_not_applicable(
            check, PB_MSG("“{value}” holds free text, not categories: nearly every value differs."),
            check->control->field->label, err);
    check->finding->population = all.records;
    PB_TRY(find_meant(check, &all, &any, err));
    return any ? report(check, &all, err) : PB_OK;
}
