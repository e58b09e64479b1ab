/* Measures on one field: is it filled, valid, in standard form. */
#include "../measure.h"
#include "model/identifiers.h"
#include "scan.h"

/* A record has a value when its column is filled, or when what was written could not be kept. */
static uint64_t with_value(const audit_check *check, const model_field *field)
{
    const entity_state *state = check->state;
    bool kept = model_type_kind(field->type) == PB_TEXT || field->type == MODEL_LINK;
    return state->filled[field->index] + (kept ? 0 : state->bad[field->index]);
}

/* Places in the hits of a sign, walked along with records in order of n. */
typedef struct hit_walk {
    const scan_hits *hits;
    size_t at;
    uint16_t field;
} hit_walk;

static bool walk_has(hit_walk *walk, int64_t n)
{
    while (walk->at < walk->hits->count &&
           (walk->hits->items[walk->at].n < n || walk->hits->items[walk->at].field != walk->field))
        walk->at++;
    return walk->at < walk->hits->count && walk->hits->items[walk->at].n == n;
}

static void put_completeness(const audit_check *check, bool all, pb_buf *sql)
{
    const model_field *field = check->control->field;
    pb_buf_addc(sql, "select e.n as n, e.");
    work_put_field(sql, field, true);
    pb_buf_addc(sql, " is null");
    if (field->type == MODEL_LINK)
        pb_buf_printf(sql, " and e.%.*s_id is null", PB_STR_FMT(field->name));
    pb_buf_printf(sql, " as missing from %.*s e where ", PB_STR_FMT(field->entity->name));
    if (all) {
        pb_buf_addc(sql, "1 = 1");
    } else {
        pb_buf_addc(sql, "e.");
        work_put_field(sql, field, true);
        pb_buf_addc(sql, " is null");
        if (field->type == MODEL_LINK)
            pb_buf_printf(sql, " and e.%.*s_id is null", PB_STR_FMT(field->name));
    }
    if (check->control->population_sql.len)
        pb_buf_printf(sql, " and (%.*s)", PB_STR_FMT(check->control->population_sql));
    pb_buf_addc(sql, " order by e.n");
}

/* What only fills the place is no value. */
static pb_status find_placeholders(audit_check *check, hit_walk *walk, uint64_t *ret, pb_error *err)
{
    const model_field *field = check->control->field;
    const text_scan *scan = NULL;
    *ret = 0;
    if (model_type_kind(field->type) != PB_TEXT || !check->state->filled[field->index])
        return PB_OK;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    walk->hits = &scan->hits[SIGN_PLACEHOLDER];
    walk->field = (uint16_t)field->index;
    *ret = scan_text_count(scan, SIGN_PLACEHOLDER, field);
    return PB_OK;
}

pb_status measure_completeness(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    hit_walk walk = {0};
    uint64_t placeholders = 0;
    PB_TRY(find_placeholders(check, &walk, &placeholders, err));
    if (!placeholders && !check->control->population_sql.len &&
        check->state->filled[field->index] == check->state->rows)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    put_completeness(check, placeholders > 0, &sql);
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        bool missing = db_column_i64(stmt, 1) != 0;
        if (!missing && !walk_has(&walk, failure.n))
            continue;
        failure.problem = check->control->problem.len ? check->control->problem
                                                      : pb_str_c(PB_MSG("There is no value."));
        if (!missing)
            failure.problem = pb_str_c(PB_MSG("What stands there only fills the place."));
        PB_TRY(check_fail(check, &failure, err));
    }
}

/* The words of notes are few: each is kept once. */
static pb_status keep_words(audit_work *work, pb_str text, pb_str *ret, pb_error *err)
{
    for (size_t i = 0; i < work->saying_count; i++)
        if (pb_str_eq(work->sayings[i], text)) {
            *ret = work->sayings[i];
            return PB_OK;
        }
    *ret = pb_arena_str(work->arena, text);
    if (!ret->ptr ||
        !PB_PUSH(work->scratch, work->sayings, work->saying_count, work->saying_capacity, *ret))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status open_notes(audit_check *check, const char *kind, db_stmt **ret, pb_error *err)
{
    const model_field *field = check->control->field;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select v.n, v.value, v.problem, e.");
    work_put_field(&sql, field, true);
    pb_buf_printf(&sql,
                  " from value_note v join %.*s e on e.n = v.n where v.entity = :entity and "
                  "v.field = :field and v.kind = :kind order by v.n",
                  PB_STR_FMT(field->entity->name));
    PB_TRY(work_query(check->work, pb_buf_str(&sql), ret, err));
    db_bind_named(*ret, "entity", PB_VALUE_TEXT(field->entity->name));
    db_bind_named(*ret, "field", PB_VALUE_TEXT(field->name));
    db_bind_named(*ret, "kind", PB_VALUE_TEXT(pb_str_c(kind)));
    return PB_OK;
}

/* The one repair that makes the number right, where there is one; it lies in `room`. */
static pb_str suggested_id(const model_field *field, pb_str value, model_id *room)
{
    if (!model_type_is_id(field->type))
        return PB_STR_NONE;
    model_id_read((model_id_kind)(field->type - MODEL_IBAN), value, PB_STR_NONE, room);
    return room->mended_len > 0 ? pb_str_n(room->mended, room->mended_len) : PB_STR_NONE;
}

pb_status measure_invalid_values(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    check->finding->population = with_value(check, field);
    if (!check->state->bad[field->index])
        return PB_OK;
    word_book *book;
    db_stmt *stmt;
    model_id id;
    PB_TRY(words_for(check->work, field, &book, err));
    PB_TRY(open_notes(check, "bad", &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.value = db_column_text(stmt, 1);
        if (!failure.value.ptr)
            failure.value = PB_STR("");
        PB_TRY(keep_words(check->work, db_column_text(stmt, 2), &failure.problem, err));
        if (book)
            PB_TRY(words_suggest(check->work, book, failure.value, &failure.suggestion, err));
        else
            failure.suggestion = suggested_id(field, failure.value, &id);
        PB_TRY(check_fail(check, &failure, err));
    }
}

/* ITU E.123: +49 89 4417822, groups behind the calling code. */
static bool is_grouped(pb_str phone)
{
    if (phone.len < 2 || phone.ptr[0] != '+')
        return false;
    for (size_t i = 1; i < phone.len; i++)
        if (phone.ptr[i] != ' ' && (phone.ptr[i] < '0' || phone.ptr[i] > '9'))
            return false;
    return true;
}

/* The international way of grouping is a standard, too: a house that keeps to it throughout has one
 * form. */
static pb_status is_grouped_throughout(audit_check *check, bool *ret, pb_error *err)
{
    uint64_t grouped = 0;
    db_stmt *stmt;
    PB_TRY(open_notes(check, "restyled", &stmt, err));
    for (bool row = true;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        grouped += is_grouped(db_column_text(stmt, 1));
    }
    *ret = grouped * 2 > check->finding->population;
    return PB_OK;
}

/* How the day of a date is written: groups of one or two digits are `d`, of four `y`, words `a`,
 * marks themselves. The time of day does not matter. */
enum { SHAPE_BYTES = 32, SHAPES_MOST = 64 };

static pb_str shape_of_date(pb_str text, char room[SHAPE_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < SHAPE_BYTES;) {
        size_t from = i;
        char c = text.ptr[i];
        while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
            i++;
        if (i > from) {
            room[len++] = i - from <= 2 ? 'd' : i - from == 4 ? 'y' : 'n';
            continue;
        }
        while (i < text.len && ((text.ptr[i] | 0x20) >= 'a' || (unsigned char)text.ptr[i] >= 0x80))
            i++;
        if (i > from && c != 'T') {
            room[len++] = 'a';
        } else if (i == from) {
            if (len >= 5 && (c == ' ' || c == ','))
                break;
            room[len++] = c;
            i++;
        } else {
            break;
        }
    }
    return pb_str_n(room, len);
}

/* The way most dates of a column are written other than in standard form; absent where the standard
 * form is the commonest. It lies in `room`. */
static pb_status usual_shape(audit_check *check, char room[SHAPE_BYTES], pb_str *ret, pb_error *err)
{
    const model_field *field = check->control->field;
    uint64_t counts[SHAPES_MOST] = {0}, most;
    char shapes[SHAPES_MOST][SHAPE_BYTES];
    pb_str known[SHAPES_MOST];
    size_t count = 0, best = SIZE_MAX;
    db_stmt *stmt;
    most = check->state->filled[field->index] - check->state->restyled[field->index];
    PB_TRY(open_notes(check, "restyled", &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        size_t at = 0;
        pb_str shape = shape_of_date(db_column_text(stmt, 1), room);
        while (at < count && !pb_str_eq(known[at], shape))
            at++;
        if (at == SHAPES_MOST)
            continue;
        if (at == count) {
            memcpy(shapes[at], shape.ptr, shape.len);
            known[count++] = pb_str_n(shapes[at], shape.len);
        }
        counts[at]++;
    }
    for (size_t i = 0; i < count; i++)
        if (counts[i] > most) {
            most = counts[i];
            best = i;
        }
    *ret = PB_STR_NONE;
    if (best != SIZE_MAX) {
        memcpy(room, shapes[best], known[best].len);
        *ret = pb_str_n(room, known[best].len);
    }
    return PB_OK;
}

pb_status measure_not_standard(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    const bool phone = field->type == MODEL_PHONE;
    const bool date = field->type == MODEL_DATE || field->type == MODEL_INSTANT;
    bool grouped = false;
    char room[SHAPE_BYTES], shape[SHAPE_BYTES];
    pb_str usual = PB_STR_NONE;
    check->finding->population = check->state->filled[field->index];
    if (!check->state->restyled[field->index])
        return PB_OK;
    if (phone)
        PB_TRY(is_grouped_throughout(check, &grouped, err));
    if (date)
        PB_TRY(usual_shape(check, room, &usual, err));
    db_stmt *stmt;
    PB_TRY(open_notes(check, "restyled", &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.problem =
            pb_str_c(PB_MSG("“{value}” is not in standard form, which is “{suggestion}”."));
        failure.value = db_column_text(stmt, 1);
        /* A column that keeps to one way of writing its dates has one form. */
        if (date && pb_str_eq(shape_of_date(failure.value, shape), usual))
            continue;
        PB_TRY(work_text(check->work, stmt, 3, field, &failure.suggestion, err));
        /* Of which country a number is nobody knows where there is no calling code: then it has no
         * standard form. */
        if (phone && ((grouped && is_grouped(failure.value)) ||
                      !pb_str_starts(failure.suggestion, PB_STR("+"))))
            continue;
        PB_TRY(check_fail(check, &failure, err));
    }
}
