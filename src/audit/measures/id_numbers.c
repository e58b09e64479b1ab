/* id_contradicts: an identity number of the record that tells another day of birth or another sex
 * than the record does. Chinese resident ids tell both (GB 11643: digits 7 to 14, and digit 17 odd
 * for men). Looked for in the fields made for them, and where the pass over the texts found one. */
#include "../measure.h"

#include "base/time.h"
#include "model/identifiers.h"
#include "scan.h"

enum { ID_DIGITS = 18, BIRTH_AT = 6, SEX_AT = 16 };

/* A number and what the record says. */
typedef struct found_id {
    int64_t n;
    const model_field *field;
    bool contradicts;
    pb_str masked;
} found_id;

typedef struct id_asking {
    audit_check *check;
    const model_field *asked;
    bool sex;
    found_id *found;
    size_t count, capacity;
} id_asking;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The only such number of a text; false when there is none, or several. */
static bool only_number(pb_str text, model_id *ret)
{
    size_t good = 0;
    for (size_t i = 0; i + ID_DIGITS <= text.len; i++) {
        size_t end = i;
        if (!is_digit(text.ptr[i]) || (i && is_digit(text.ptr[i - 1])))
            continue;
        while (end < text.len && is_digit(text.ptr[end]))
            end++;
        end += end < text.len && (text.ptr[end] == 'X' || text.ptr[end] == 'x');
        model_id one;
        if (end - i == ID_DIGITS &&
            model_id_read(MODEL_ID_CN_RESIDENT, pb_str_sub(text, i, ID_DIGITS), PB_STR_NONE,
                          &one)) {
            *ret = one;
            good++;
        }
        i = end;
    }
    return good == 1;
}

static bool birth_differs(const model_id *id, int64_t day)
{
    PB_AUTO_BUF written = PB_BUF_INIT(32);
    int64_t told;
    pb_buf_printf(&written, "%.4s-%.2s-%.2s", id->text + BIRTH_AT, id->text + BIRTH_AT + 4,
                  id->text + BIRTH_AT + 6);
    return pb_date_parse(pb_buf_str(&written), &told) && told != day;
}

static bool sex_differs(const model_id *id, const model_field *field, pb_str sex, bool *ret_asked)
{
    const model_choice *choice = model_choice_find(field, sex);
    bool male = choice && pb_str_is(choice->role, "male");
    *ret_asked = male || (choice && pb_str_is(choice->role, "female"));
    return *ret_asked && male != ((id->text[SEX_AT] - '0') % 2 == 1);
}

/* Columns: n, what is asked for, the text that may hold a number. */
static pb_status take_row(id_asking *all, db_stmt *stmt, const model_field *field, pb_error *err)
{
    model_id id;
    bool asked = true;
    found_id found = {.n = db_column_i64(stmt, 0), .field = field};
    pb_str text = db_column_text(stmt, 2);
    if (db_column_is_null(stmt, 1) || !text.len)
        return PB_OK;
    bool known = field->type == MODEL_CN_RESIDENT_ID
                     ? model_id_read(MODEL_ID_CN_RESIDENT, text, PB_STR_NONE, &id)
                     : only_number(text, &id);
    if (!known || id.len != ID_DIGITS)
        return PB_OK;
    found.contradicts = all->sex ? sex_differs(&id, all->asked, db_column_text(stmt, 1), &asked)
                                 : birth_differs(&id, db_column_i64(stmt, 1));
    if (!asked)
        return PB_OK;
    PB_AUTO_BUF masked = PB_BUF_INIT(256);
    model_id_mask(MODEL_ID_CN_RESIDENT, pb_str_n(id.text, id.len), &masked);
    found.masked = pb_arena_str(all->check->work->scratch, pb_buf_str(&masked));
    if (!found.masked.ptr ||
        !PB_PUSH(all->check->work->scratch, all->found, all->count, all->capacity, found))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status open_query(id_asking *all, const model_field *field, const char *where,
                            db_stmt **ret, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, %.*s, %.*s from %.*s where %s", PB_STR_FMT(all->asked->name),
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name), where);
    return work_query(all->check->work, pb_buf_str(&sql), ret, err);
}

static pb_status take_field(id_asking *all, const model_field *field, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(open_query(all, field, "n > 0 order by n", &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        PB_TRY(take_row(all, stmt, field, err));
    }
}

static pb_status take_hits(id_asking *all, const model_field *field, pb_error *err)
{
    const scan_hits *hits = &all->check->state->scan->hits[SIGN_NATIONAL_ID];
    db_stmt *stmt = NULL;
    for (size_t i = 0; i < hits->count; i++) {
        bool row;
        if (hits->items[i].field != field->index)
            continue;
        if (!stmt)
            PB_TRY(open_query(all, field, "n = :n", &stmt, err));
        db_bind_named(stmt, "n", PB_VALUE_INT(hits->items[i].n));
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            PB_TRY(take_row(all, stmt, field, err));
        db_reset(stmt);
    }
    return PB_OK;
}

static int by_n(const void *a, const void *b)
{
    const found_id *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (int)y->contradicts - (int)x->contradicts;
}

static pb_status tell(id_asking *all, pb_error *err)
{
    if (all->count)
        qsort(all->found, all->count, sizeof *all->found, by_n);
    for (size_t i = 0; i < all->count; i++) {
        const found_id *found = &all->found[i];
        bool again = i && all->found[i - 1].n == found->n;
        all->check->finding->population += !again;
        if (again || !found->contradicts)
            continue;
        audit_failure failure = {.n = found->n, .field = all->asked->name};
        failure.value = found->masked;
        failure.problem = all->check->control->problem;
        PB_TRY(check_fail(all->check, &failure, err));
    }
    return PB_OK;
}

pb_status measure_id_contradicts(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    const text_scan *scan = NULL;
    id_asking all = {.check = check};
    all.sex = pb_str_is(check->control->measure_args.items[0], "gender");
    all.asked = model_field_role(entity, all.sex ? "gender" : "birth_date");
    check->finding->population = 0;
    model_type wanted = all.sex ? MODEL_CHOICE : MODEL_DATE;
    if (!all.asked || all.asked->type != wanted || !check->state->filled[all.asked->index])
        return PB_OK;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (field->type == MODEL_CN_RESIDENT_ID && check->state->filled[i])
            PB_TRY(take_field(&all, field, err));
        else if (scan->hits[SIGN_NATIONAL_ID].count)
            PB_TRY(take_hits(&all, field, err));
    }
    return tell(&all, err);
}
