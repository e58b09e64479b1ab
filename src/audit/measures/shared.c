/* shared_value: one telephone number, mailbox or address for many people who have nothing else in
 * common.
 *
 * Values are counted by hash first; only those that are frequent are looked at again. */
#include "shared.h"
#include "../measure.h"

#include "match/match.h"

enum {
    PEOPLE_LEAST = 5, /* a family shares a number; five names without a common firm do not */
    PLACE_LEAST = 10, /* so many do not live behind one door, unless it is a firm's */
    GROUP_MOST = 64   /* names looked at in one group */
};

typedef struct counter {
    uint64_t *slots; /* 48 bits of hash, 16 of count */
    size_t mask;
} counter;

static uint64_t *slot_of(const counter *of, pb_str value)
{
    uint64_t hash = pb_str_hash(value) | (UINT64_C(1) << 63);
    uint64_t key = hash >> 16;
    for (size_t i = (size_t)hash & of->mask;; i = (i + 1) & of->mask)
        if (!of->slots[i] || of->slots[i] >> 16 == key) {
            if (!of->slots[i])
                of->slots[i] = key << 16;
            return &of->slots[i];
        }
}

/* A street without a number is no door. */
static bool has_number(pb_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((value.ptr[i] >= '0' && value.ptr[i] <= '9') ||
            ((unsigned char)value.ptr[i] == 0xDB && i + 1 < value.len &&
             (unsigned char)value.ptr[i + 1] >= 0xB0 && (unsigned char)value.ptr[i + 1] <= 0xB9))
            return true;
    return false;
}

static void count_one(const counter *of, pb_str value)
{
    uint64_t *slot = slot_of(of, value);
    if ((*slot & 0xFFFF) < 0xFFFF)
        ++*slot;
}

pb_status shared_open(audit_check *check, bool whole, db_stmt **ret, pb_error *err)
{
    const model_field *field = check->control->field;
    const model_entity *entity = check->control->entity;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    const model_field *city = model_field_role(entity, "city");
    pb_buf_printf(&sql, "select n, %.*s", PB_STR_FMT(field->name));
    /* A street is the same door only in the same town. */
    if (field->type == MODEL_ADDRESS && city)
        pb_buf_printf(&sql, " || coalesce(', ' || %.*s, '')", PB_STR_FMT(city->name));
    if (whole) {
        static const char *const roles[] = {"full_name", "account", "email"};
        for (size_t i = 0; i < 3; i++) {
            const model_field *other = model_field_role(entity, roles[i]);
            pb_buf_addc(&sql, ", ");
            if (other)
                work_put_field(&sql, other, false);
            else
                pb_buf_addc(&sql, "null");
        }
        const model_field *company = model_field_find(entity, PB_STR("company"));
        pb_buf_addc(&sql, company ? ", company" : ", null");
    }
    pb_buf_printf(&sql, " from %.*s where %.*s is not null order by n", PB_STR_FMT(entity->name),
                  PB_STR_FMT(field->name));
    return work_query(check->work, pb_buf_str(&sql), ret, err);
}

static pb_status count_values(audit_check *check, pb_arena *arena, counter *to, pb_error *err)
{
    size_t room = 1024;
    while (room < check->state->filled[check->control->field->index] * 2)
        room *= 2;
    to->mask = room - 1;
    to->slots = pb_arena_array(arena, room, sizeof *to->slots);
    if (!to->slots)
        return pb_fail_memory(err);
    db_stmt *stmt;
    PB_TRY(shared_open(check, false, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_str value = db_column_text(stmt, 1);
        if (check->control->field->type != MODEL_ADDRESS || has_number(value))
            count_one(to, value);
    }
}

/* Those who share a value. */
typedef struct group {
    pb_str names[GROUP_MOST];
    pb_str firms[GROUP_MOST];
    size_t firm_members[GROUP_MOST];
    size_t people, firm_count, members, with_firm;
} group;

/* Two spellings of one name are one person. */
static void add_person(group *to, pb_str name)
{
    for (size_t i = 0; i < to->people; i++)
        if (match_similarity(to->names[i], name) > 0.85)
            return;
    if (to->people < GROUP_MOST)
        to->names[to->people++] = name;
}

static void add_firm(group *to, pb_str firm)
{
    if (!firm.len)
        return;
    to->with_firm++;
    for (size_t i = 0; i < to->firm_count; i++)
        if (pb_str_eq(to->firms[i], firm)) {
            to->firm_members[i]++;
            return;
        }
    if (to->firm_count < GROUP_MOST) {
        to->firm_members[to->firm_count] = 1;
        to->firms[to->firm_count++] = firm;
    }
}

/* The firm one works for: the account, else the company as written. */
pb_status shared_firm(audit_check *check, db_stmt *stmt, pb_str *ret, pb_error *err)
{
    pb_str account = db_column_is_null(stmt, 3) ? PB_STR_NONE : db_column_blob(stmt, 3);
    pb_str firm = account.len ? account : db_column_text(stmt, 5);
    *ret = firm.len ? pb_arena_str(check->work->scratch, firm) : PB_STR_NONE;
    return firm.len && !ret->ptr ? pb_fail_memory(err) : PB_OK;
}

static pb_status gather(audit_check *check, const counter *counts, size_t least, pb_map *groups,
                        pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(shared_open(check, true, &stmt, err));
    for (;;) {
        bool row, is_new = false;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_str value = db_column_text(stmt, 1), firm, name;
        if ((*slot_of(counts, value) & 0xFFFF) < least)
            continue;
        uint64_t *place = pb_map_put(groups, value, &is_new);
        if (place && is_new)
            *place = (uint64_t)(uintptr_t)pb_arena_alloc(check->work->scratch, sizeof(group));
        if (!place || !*place)
            return pb_fail_memory(err);
        group *of = (group *)(uintptr_t)*place;
        PB_TRY(shared_firm(check, stmt, &firm, err));
        PB_TRY(work_fold(check->work, db_column_text(stmt, 2), &name, err));
        of->members++;
        if (name.len)
            add_person(of, name);
        add_firm(of, firm);
    }
}

/* Colleagues share their firm's number: when half of those with a firm have the same, all is well.
 */
static bool is_suspicious(const group *of, size_t least)
{
    size_t largest = 0;
    for (size_t i = 0; i < of->firm_count; i++)
        largest = of->firm_members[i] > largest ? of->firm_members[i] : largest;
    return of->people >= least && largest * 2 <= of->members;
}

/* info@ of a firm is meant to be shared. */
static bool is_common_mailbox(const model_field *field, pb_str value)
{
    static const char *const names[] = {
        "info",  "office", "sales", "contact", "kontakt", "mail",    "service", "support",  "admin",
        "hello", "team",   "post",  "export",  "buero",   "contato", "vendas",  "reception"};
    if (field->type != MODEL_EMAIL)
        return false;
    pb_str mailbox = pb_str_sub(value, 0, pb_str_index(value, '@'));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pb_str_eq_nocase(mailbox, pb_str_c(names[i])))
            return true;
    return false;
}

static pb_status report_shared(audit_check *check, const pb_map *groups, size_t least,
                               pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(shared_open(check, false, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        uint64_t *place = pb_map_get(groups, db_column_text(stmt, 1));
        const group *of = place ? (const group *)(uintptr_t)*place : NULL;
        if (!of || !is_suspicious(of, least) ||
            is_common_mailbox(check->control->field, db_column_text(stmt, 1)))
            continue;
        PB_AUTO_BUF people = PB_BUF_INIT(32);
        pb_buf_i64(&people, (int64_t)of->members);
        audit_failure failure = {.n = db_column_i64(stmt, 0), .value = db_column_text(stmt, 1)};
        failure.field = check->control->field->name;
        failure.other = pb_buf_str(&people);
        failure.problem = pb_str_c(
            PB_MSG("“{value}” stands at {other} records of people with nothing in common."));
        PB_TRY(check_fail(check, &failure, err));
    }
}

pb_status measure_shared_value(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    size_t least = field->type == MODEL_ADDRESS ? PLACE_LEAST : PEOPLE_LEAST;
    check->finding->population = check->state->filled[field->index];
    if (check->finding->population < least)
        return PB_OK;
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    counter counts = {0};
    if (!arena)
        return pb_fail_memory(err);
    PB_TRY(count_values(check, arena, &counts, err));
    bool any = false;
    for (size_t i = 0; i <= counts.mask; i++)
        any = any || (counts.slots[i] & 0xFFFF) >= least;
    if (!any)
        return PB_OK;
    pb_map *groups = pb_map_new(arena);
    if (!groups)
        return pb_fail_memory(err);
    PB_TRY(gather(check, &counts, least, groups, err));
    return report_shared(check, groups, least, err);
}
