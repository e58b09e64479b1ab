/* Figures per person: what each owns, when entries were made, what was done and closed. Read once:
 * the measures of usage judge by them, usage.c publishes them. */
#include "base/time.h"
#include "run.h"

/* What is read of one entity, and what it means. */
typedef struct people_columns {
    entity_state *state;
    const model_field *stage, *kind, *day, *closed; /* NULL: none */
    bool activities, cases;
    pb_map *seen, *entered; /* owner and day → records of that day, and typed in on it */
} people_columns;

/* One record as far as usage is concerned. */
typedef struct people_row {
    pb_str stage, kind;
    int64_t day, closed; /* INT64_MIN: not known */
    uint8_t hour;
    uint32_t owner, source;
    int32_t touched, entered, active;
    uint8_t money; /* number of the amount's currency */
} people_row;

static pb_status make_series(pb_arena *arena, audit_usage *usage, pb_error *err)
{
    uint32_t *room = pb_arena_array(
        arena, (size_t)AUDIT_WEEKS * AUDIT_FLOW_COUNT + (size_t)AUDIT_DAYS, sizeof *room);
    if (!room)
        return pb_fail_memory(err);
    for (int flow = 0; flow < AUDIT_FLOW_COUNT; flow++)
        usage->weeks[flow] = room + (ptrdiff_t)AUDIT_WEEKS * flow;
    usage->days = room + (ptrdiff_t)AUDIT_WEEKS * AUDIT_FLOW_COUNT;
    return PB_OK;
}

/* Room for all owners known by now; owners are only ever added. */
static pb_status reserve(audit_work *work, pb_error *err)
{
    work_people *people = work->people;
    if (people->count >= work->owner_count)
        return PB_OK;
    audit_usage *more = pb_arena_array(work->scratch, work->owner_count + 16, sizeof *more);
    if (!more)
        return pb_fail_memory(err);
    if (people->count)
        memcpy(more, people->of, people->count * sizeof *more);
    for (size_t i = people->count; i < work->owner_count; i++) {
        more[i].last_touch = more[i].last_activity = INT64_MIN;
        if (i < AUDIT_SERIES_USERS)
            PB_TRY(make_series(work->arena, &more[i], err));
    }
    people->of = more;
    people->count = work->owner_count;
    return PB_OK;
}

static void add_week(const work_people *people, uint32_t *weeks, int64_t day)
{
    int64_t week = day >= people->first_week ? (day - people->first_week) / 7 : -1;
    if (weeks && week >= 0 && week < AUDIT_WEEKS)
        weeks[week]++;
}

static bool ends_month(int64_t day)
{
    int year, month, now, later;
    pb_date_to_civil(day, &year, &now, &month);
    pb_date_to_civil(day + 2, &year, &later, &month);
    return now != later;
}

static void take_day(const work_people *people, audit_usage *usage, int64_t day)
{
    if (!usage->has_days || day < usage->first_day)
        usage->first_day = day;
    if (!usage->has_days || day > usage->last_day)
        usage->last_day = day;
    usage->has_days = true;
    usage->dated++;
    int64_t at = day - people->first_day;
    if (usage->days && at >= 0 && at < AUDIT_DAYS)
        usage->days[at]++;
}

/* When it was typed in: only a day of creation tells that. */
static void take_entered(audit_usage *usage, const people_row *row)
{
    int64_t weekday = (row->entered + 3) % 7; /* 1970-01-01 was a Thursday */
    if (weekday < 0)
        weekday += 7;
    usage->entered++;
    usage->weekday[weekday]++;
    usage->weekend += weekday >= 5;
    usage->month_end += ends_month(row->entered);
    usage->timed += row->hour != NO_HOUR;
    usage->night += row->hour != NO_HOUR && (row->hour >= 22 || row->hour < 6);
}

static void raise_to(int64_t *newest, int64_t day, int64_t limit)
{
    if (day <= limit && day > *newest)
        *newest = day;
}

static const char *role_of(const model_field *field, pb_str value)
{
    static const char *const roles[] = {"won",  "lost",  "closed",    "done",    "planned",
                                        "call", "email", "visit",     "meeting", "message",
                                        "task", "note",  "cancelled", "open"};
    const model_choice *choice = value.len ? model_choice_find(field, value) : NULL;
    for (size_t i = 0; choice && i < sizeof roles / sizeof *roles; i++)
        if (pb_str_is(choice->role, roles[i]))
            return roles[i];
    return "";
}

static audit_activity_kind kind_of(const people_columns *columns, pb_str value)
{
    static const char *const roles[] = {"call",    "email", "visit", "meeting",
                                        "message", "task",  "note"};
    const char *role = columns->kind ? role_of(columns->kind, value) : "";
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(role, roles[i]) == 0)
            return (audit_activity_kind)i;
    return AUDIT_OTHER_ACTIVITY;
}

static void take_deal(const work_people *people, const people_columns *columns, audit_usage *usage,
                      const people_row *row, int64_t amount)
{
    const char *role = role_of(columns->stage, row->stage);
    bool won = strcmp(role, "won") == 0, lost = strcmp(role, "lost") == 0;
    usage->deals++;
    if (!row->stage.len)
        return; /* nobody says how far it is */
    usage->won += won;
    usage->lost += lost;
    usage->open += !won && !lost;
    if (won)
        usage->won_amount += amount;
    usage->won_sums.minor[row->money] += amount;
    if (row->closed != INT64_MIN && (won || lost))
        add_week(people, usage->weeks[won ? AUDIT_FLOW_WON : AUDIT_FLOW_LOST], row->closed);
}

static void take_case(const work_people *people, const people_columns *columns, audit_usage *usage,
                      const people_row *row)
{
    bool closed = strcmp(role_of(columns->stage, row->stage), "closed") == 0;
    closed = closed || (!row->stage.len && row->closed != INT64_MIN);
    usage->cases_closed += closed;
    usage->cases_open += !closed;
    if (closed && row->closed != INT64_MIN)
        add_week(people, usage->weeks[AUDIT_FLOW_CASES_CLOSED], row->closed);
}

/* What is planned or was called off did not take place. */
static bool took_place(const audit_work *work, const people_columns *columns, const people_row *row)
{
    const char *role = columns->stage ? role_of(columns->stage, row->stage) : "";
    return strcmp(role, "planned") != 0 && strcmp(role, "cancelled") != 0 &&
           (row->day == INT64_MIN || row->day <= work->reference);
}

static void take_usage(audit_work *work, const people_columns *columns, const people_row *row,
                       int64_t amount, audit_usage *usage)
{
    const work_people *people = work->people;
    bool dated = row->day != INT64_MIN && row->day <= work->reference;
    usage->records++;
    if (row->touched != NO_DAY)
        raise_to(&usage->last_touch, row->touched, work->reference);
    if (row->active != NO_DAY)
        raise_to(&usage->last_activity, row->active, work->reference);
    if (row->entered != NO_DAY && row->entered <= work->reference)
        take_entered(usage, row);
    if (columns->activities) {
        usage->activities++;
        if (!took_place(work, columns, row))
            return;
        usage->kinds[kind_of(columns, row->kind)]++;
    } else if (columns->cases) {
        take_case(people, columns, usage, row);
    } else if (columns->stage) {
        take_deal(people, columns, usage, row, amount);
    }
    if (!dated)
        return;
    take_day(people, usage, row->day);
    raise_to(&usage->last_touch, row->day, work->reference);
    if (columns->activities)
        raise_to(&usage->last_activity, row->day, work->reference);
    add_week(people, usage->weeks[columns->activities ? AUDIT_FLOW_ACTIVITIES : AUDIT_FLOW_CREATED],
             row->day);
}

/* How many of one person's fall on one day. Gives the count, 1: the first of that day. */
static pb_status owner_day(pb_map *seen, uint32_t owner, int64_t day, uint64_t *ret, pb_error *err)
{
    int64_t key[2] = {owner, day};
    uint64_t *count = pb_map_put(seen, pb_str_n((const char *)key, sizeof key), NULL);
    if (!count)
        return pb_fail_memory(err);
    *ret = ++*count;
    return PB_OK;
}

static pb_status take_owner_days(audit_work *work, const people_columns *columns,
                                 const people_row *row, pb_error *err)
{
    audit_usage *usage = &work->people->of[row->owner];
    uint64_t count = 0;
    if (row->day != INT64_MIN && row->day <= work->reference) {
        PB_TRY(owner_day(columns->seen, row->owner, row->day, &count, err));
        usage->days_with_entries += count == 1;
    }
    if (row->entered == NO_DAY || row->entered > work->reference)
        return PB_OK;
    PB_TRY(owner_day(columns->entered, row->owner, row->entered, &count, err));
    usage->entered_days += count == 1;
    if (count > usage->most_on_a_day)
        usage->most_on_a_day = count;
    return PB_OK;
}

static void take_source(audit_work *work, const people_columns *columns, const people_row *row)
{
    if (!took_place(work, columns, row))
        return;
    audit_activity_kind kind = kind_of(columns, row->kind);
    audit_usage_source *source = &work->people->sources[row->source];
    source->activities++;
    source->kinds[kind]++;
    if (row->day == INT64_MIN)
        return;
    add_week(work->people, work->people->kind_weeks[kind], row->day);
    if (!source->has_days || row->day < source->first_day)
        source->first_day = row->day;
    if (!source->has_days || row->day > source->last_day)
        source->last_day = row->day;
    source->has_days = true;
}

static int64_t day_at(db_stmt *stmt, int column, const model_field *field)
{
    if (!field || db_column_is_null(stmt, column))
        return INT64_MIN;
    int64_t day = db_column_i64(stmt, column);
    return field->type == MODEL_INSTANT ? pb_instant_day(day) : day;
}

static void put_column(pb_buf *sql, const model_field *field)
{
    pb_buf_addc(sql, ", ");
    if (field)
        pb_buf_add(sql, field->name);
    else
        pb_buf_addc(sql, "null");
}

static pb_status take_records(audit_work *work, const people_columns *columns, pb_error *err)
{
    entity_state *state = columns->state;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    put_column(&sql, columns->stage);
    put_column(&sql, columns->kind);
    put_column(&sql, columns->day);
    put_column(&sql, columns->closed);
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(state->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool more;
        PB_TRY(db_step(stmt, &more, err));
        if (!more)
            return PB_OK;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        if (at == SIZE_MAX)
            continue;
        people_row row = {.stage = db_column_text(stmt, 1), .kind = db_column_text(stmt, 2)};
        row.day = day_at(stmt, 3, columns->day);
        row.closed = day_at(stmt, 4, columns->closed);
        row.hour = state->hour[at];
        row.entered = state->created[at];
        row.active = state->active[at];
        row.owner = state->owner[at];
        row.source = state->source[at];
        row.touched = state->touched[at];
        int64_t amount = state->amount ? state->amount[at] : 0;
        row.money = state->money ? state->money[at] : 0;
        take_usage(work, columns, &row, amount, &work->people->total);
        if (row.owner) {
            take_usage(work, columns, &row, amount, &work->people->of[row.owner]);
            PB_TRY(take_owner_days(work, columns, &row, err));
        }
        if (columns->activities)
            take_source(work, columns, &row);
    }
}

static const model_field *role_filled(const entity_state *state, const char *role, bool day)
{
    const model_field *field = model_field_role(state->entity, role);
    if (!field || !state->filled[field->index])
        return NULL;
    return !day || field->type == MODEL_DATE || field->type == MODEL_INSTANT ? field : NULL;
}

/* The day an entry stands for: when it was made, else when it began, else when it was last worked
 * on. An activity stands for the day on which it took place. */
static const model_field *entry_day(const entity_state *state, bool activities)
{
    static const char *const roles[] = {"opened_on",  "created_on",       "opened_on",
                                        "started_on", "last_activity_on", "modified_on"};
    for (size_t i = activities ? 0 : 1; i < sizeof roles / sizeof *roles; i++) {
        const model_field *field = role_filled(state, roles[i], true);
        if (field)
            return field;
    }
    return NULL;
}

static bool has_choice(const model_field *field, const char *role)
{
    for (size_t i = 0; field && i < field->choice_count; i++)
        if (pb_str_is(field->choices[i].role, role))
            return true;
    return false;
}

static void find_columns(entity_state *state, people_columns *columns)
{
    const model_field *stage = role_filled(state, "stage", false);
    const model_field *status = role_filled(state, "status", false);
    columns->state = state;
    columns->activities = pb_str_is(state->entity->name, "activity");
    columns->cases = pb_str_is(state->entity->name, "service_case");
    columns->stage = has_choice(stage, "won") ? stage : NULL;
    if (columns->activities || columns->cases)
        columns->stage = status;
    columns->kind = columns->activities ? role_filled(state, "kind", false) : NULL;
    columns->day = entry_day(state, columns->activities);
    columns->closed = role_filled(state, "closed_on", true);
}

static pb_status open_people(audit_work *work, pb_error *err)
{
    work->people = pb_arena_alloc(work->scratch, sizeof *work->people);
    if (!work->people)
        return pb_fail_memory(err);
    *work->people = (work_people){.total = {.last_touch = INT64_MIN, .last_activity = INT64_MIN}};
    int64_t weekday = (work->reference + 3) % 7;
    if (weekday < 0)
        weekday += 7;
    work->people->first_week = work->reference - weekday - 7 * (AUDIT_WEEKS - 1);
    work->people->first_day = work->reference - (AUDIT_DAYS - 1);
    uint32_t *weeks =
        pb_arena_array(work->arena, (size_t)AUDIT_WEEKS * AUDIT_KIND_COUNT, sizeof *weeks);
    if (!weeks)
        return pb_fail_memory(err);
    for (int kind = 0; kind < AUDIT_KIND_COUNT; kind++)
        work->people->kind_weeks[kind] = weeks + (ptrdiff_t)AUDIT_WEEKS * kind;
    return make_series(work->arena, &work->people->total, err);
}

/* Records that nobody owns count in the figures of all; only where no record of the kind has an
 * owner, and none says what was done, is it left out: then it tells nothing about work. */
static bool tells_work(const entity_state *state)
{
    const model_field *owner = model_field_role(state->entity, "owner");
    return state->rows && owner && owner->type == MODEL_LINK &&
           (state->filled[owner->index] || pb_str_is(state->entity->name, "activity") ||
            pb_str_is(state->entity->name, "service_case"));
}

pb_status people_load(audit_work *work, pb_error *err)
{
    if (work->people && work->people->loaded)
        return PB_OK;
    people_columns columns = {.seen = pb_map_new(work->scratch)};
    columns.entered = pb_map_new(work->scratch);
    if (!columns.seen || !columns.entered)
        return pb_fail_memory(err);
    PB_TRY(open_people(work, err));
    for (size_t i = 0; i < work->schema->entity_count; i++)
        if (tells_work(&work->entities[i]))
            PB_TRY(days_load(work, &work->entities[i], err));
    PB_TRY(reserve(work, err));
    work->people->source_count = work->source_count;
    work->people->sources =
        pb_arena_array(work->arena, work->source_count + 1, sizeof(audit_usage_source));
    if (!work->people->sources)
        return pb_fail_memory(err);
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        if (!tells_work(&work->entities[i]))
            continue;
        find_columns(&work->entities[i], &columns);
        PB_TRY(take_records(work, &columns, err));
    }
    work->people->loaded = true;
    return PB_OK;
}
