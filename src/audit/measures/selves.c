/* other_self: two records that are one person by an address, number or identity number of their own
 * and the same name, and that say different things of what a person has once: the day of birth, the
 * sex. Looked for among the duplicates, which are known already. */
#include "../measure.h"

#include "base/utf8.h"

typedef struct selves {
    audit_check *check;
    const model_field *email, *mobile, *phone, *name, *asked;
    db_stmt *stmt;
    int ids; /* how many identity numbers are read behind the other columns */
} selves;

enum { COLUMN_ASKED, COLUMN_NAME, COLUMN_EMAIL, COLUMN_MOBILE, COLUMN_PHONE, COLUMNS };
enum { IDS_MOST = 4 };

/* What one record says; texts in the run's scratch memory. */
typedef struct self {
    pb_str said[COLUMNS + IDS_MOST];
} self;

static void put_column(pb_buf *sql, const model_field *field)
{
    pb_buf_printf(sql, ", %.*s", PB_STR_FMT(field ? field->name : PB_STR("null")));
}

static bool is_persons_id(const model_field *field)
{
    return field->type == MODEL_CN_RESIDENT_ID || field->type == MODEL_IR_NATIONAL_ID ||
           (field->type == MODEL_IDENTIFIER && pb_str_is(field->personal.klass, "government_id"));
}

static pb_status open_record(selves *all, pb_error *err)
{
    const model_entity *entity = all->check->control->entity;
    const model_field *const fields[] = {all->asked, all->name, all->email, all->mobile,
                                         all->phone};
    PB_AUTO_BUF sql = PB_BUF_INIT(8192);
    pb_buf_addc(&sql, "select n");
    for (size_t i = 0; i < COLUMNS; i++)
        put_column(&sql, fields[i]);
    for (size_t i = 0; i < entity->field_count && all->ids < IDS_MOST; i++)
        if (is_persons_id(&entity->fields[i])) {
            put_column(&sql, &entity->fields[i]);
            all->ids++;
        }
    pb_buf_printf(&sql, " from %.*s where n = :n", PB_STR_FMT(entity->name));
    return work_query(all->check->work, pb_buf_str(&sql), &all->stmt, err);
}

static pb_status read_self(selves *all, uint32_t at, self *ret, pb_error *err)
{
    bool row;
    *ret = (self){0};
    db_bind_named(all->stmt, "n", PB_VALUE_INT(all->check->state->n[at]));
    PB_TRY(db_step(all->stmt, &row, err));
    for (int i = 0; row && i < COLUMNS + all->ids; i++)
        PB_TRY(work_text(all->check->work, all->stmt, i + 1, i == COLUMN_ASKED ? all->asked : NULL,
                         &ret->said[i], err));
    db_reset(all->stmt);
    return PB_OK;
}

static bool agree(const self *a, const self *b, size_t what)
{
    return a->said[what].len && pb_str_eq_nocase(a->said[what], b->said[what]);
}

static bool contradict(const self *a, const self *b, size_t what)
{
    return a->said[what].len && b->said[what].len && !agree(a, b, what);
}

/* A telephone may be the firm's: two of one name who reach it have addresses or numbers of their
 * own. */
static bool same_telephone(const self *a, const self *b)
{
    return agree(a, b, COLUMN_PHONE) && !contradict(a, b, COLUMN_EMAIL) &&
           !contradict(a, b, COLUMN_MOBILE);
}

static bool same_id(const selves *all, const self *a, const self *b)
{
    for (int i = 0; i < all->ids; i++)
        if (agree(a, b, (size_t)COLUMNS + (size_t)i))
            return true;
    return false;
}

static pb_status same_name(selves *all, const self *a, const self *b, bool *ret, pb_error *err)
{
    pb_str x, y;
    PB_TRY(work_fold(all->check->work, a->said[COLUMN_NAME], &x, err));
    PB_TRY(work_fold(all->check->work, b->said[COLUMN_NAME], &y, err));
    *ret = x.len && pb_str_eq(x, y);
    return PB_OK;
}

/* Whether two records are one person who is said to be two. `*ret_asked`: they are one person, and
 * both say something. */
static pb_status compare(selves *all, const self *a, const self *b, bool *ret_asked,
                         bool *ret_differ, pb_error *err)
{
    bool id = same_id(all, a, b), same = false;
    bool address = agree(a, b, COLUMN_EMAIL) || agree(a, b, COLUMN_MOBILE);
    *ret_asked = *ret_differ = false;
    if (!a->said[COLUMN_ASKED].len || !b->said[COLUMN_ASKED].len)
        return PB_OK;
    if (!id && (address || same_telephone(a, b)))
        PB_TRY(same_name(all, a, b, &same, err));
    *ret_asked = id || same;
    *ret_differ = *ret_asked && !pb_str_eq(a->said[COLUMN_ASKED], b->said[COLUMN_ASKED]);
    return PB_OK;
}

static pb_status tell(selves *all, uint32_t at, uint32_t first, const self *own, pb_error *err)
{
    audit_check *check = all->check;
    audit_failure failure = {.n = check->state->n[at], .problem = check->control->problem};
    failure.field = all->asked->name;
    failure.value = own->said[COLUMN_ASKED];
    failure.other = check->state->record[first];
    return check_fail(check, &failure, err);
}

static pb_status ask_pairs(selves *all, pb_error *err)
{
    entity_state *state = all->check->state;
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t first = twins_root(state->exact, i);
        bool asked, differ;
        self own, other;
        first = twins_root(state->near, first);
        if (first == i)
            continue;
        PB_TRY(read_self(all, i, &own, err));
        PB_TRY(read_self(all, first, &other, err));
        PB_TRY(compare(all, &own, &other, &asked, &differ, err));
        all->check->finding->population += asked;
        if (differ)
            PB_TRY(tell(all, i, first, &own, err));
    }
    return PB_OK;
}

pb_status measure_other_self(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    pb_str asked = check->control->measure_args.items[0];
    selves all = {.check = check};
    all.name = model_field_role(entity, "full_name");
    all.email = model_field_role(entity, "email");
    all.mobile = model_field_role(entity, "mobile");
    all.phone = model_field_role(entity, "phone");
    all.asked = model_field_role(entity, pb_str_is(asked, "gender") ? "gender" : "birth_date");
    check->finding->population = 0;
    if (!all.asked || !all.name || !check->state->filled[all.asked->index])
        return PB_OK;
    PB_TRY(twins_load(check->work, check->state, err));
    PB_TRY(open_record(&all, err));
    return ask_pairs(&all, err);
}
