/* Lists: the way to a page, where the engine does not know how many rows a condition leaves.
 *
 * Nothing is counted beforehand. An index by one value that names few rows leads to them; else the
 * order is walked, and each row tested, as long as enough of them fit. Where few do, the indexes of
 * what is tested are asked for the numbers of their rows:
 *
 *   few               fetched by number and sorted
 *   more              their numbers are kept as bits, and the walk goes over the index of the order
 *                     alone: it looks at a row only where its bit is set
 *   no index, or all  the walk goes on; when that takes long, too, the whole table is read in the
 *   let too many by   order of its pages, and the first rows are kept
 *
 * With N rows of which m fit, a page costs some 50 N/m steps of a walk or m rows fetched: `few` is
 * where both cost the same. Each way gives the same rows; only what it takes differs.
 */
#include "list.h"

#include <math.h>
#include <string.h>

enum {
    FIRST_LOOK = 120,  /* rows tested before it is asked how many fit */
    LONG_LOOK = 4000,  /* where some of the first ones did */
    LAST_LOOK = 20000, /* where there is no other way but to read everything */
    FEW_LEAST = 200,
    MANY = 100000, /* numbers of rows that are kept as bits */
    ROW_COST = 25, /* numbers that an index gives while a row of a walk is tested, measured */
    NEXT_COST = 6, /* the same where the walk is in the order of the table's own pages */
    PAGE_ROWS = 50,
    BITS = 1 << 20,
    COUNT_LOOK = 1000 /* rows tested to count */
};

typedef struct steering {
    db_session *session;
    const list_query *query;
    const list_plan *plan;
    pb_arena *arena;
    list_page *page;
    uint64_t *bits; /* of rows that may fit, by their number; NULL: each is tested */
    db_stmt *one;   /* a row by its number, which is bound last; NULL: not asked for yet */
    int one_number;
    int64_t seen, fit;
} steering;

static list_draft new_draft(pb_arena *arena)
{
    return (list_draft){.arena = arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
}

static void put_prefix(list_draft *d, const list_query *query, const list_plan *plan)
{
    for (size_t i = 0; i < plan->prefix_count; i++)
        list_put_column_tests(d, query, plan->prefix[i]);
}

/* ---- one row, by its number ---- */

/* Where the walk tested the row itself, it is not tested again. */
static pb_status prepare_one(steering *s, pb_error *err)
{
    list_draft d = new_draft(s->arena);
    pb_buf_addc(&d.sql, "SELECT ");
    pb_buf_add(&d.sql, s->query->lay->qualified);
    list_put_table(&d, s->session, s->query, DB_BY_ROWS);
    if (s->bits != NULL)
        list_put_tests(&d, s->query);
    pb_buf_addc(&d.sql, " AND r.n = ");
    list_put_value(&d, PB_VALUE_NULL);
    s->one_number = (int)d.count;
    pb_status status = list_prepare(s->session, &d, &s->one, err);
    pb_buf_free(&d.sql);
    return status;
}

static pb_status fetch(steering *s, int64_t n, pb_error *err)
{
    if (s->one == NULL)
        PB_TRY(prepare_one(s, err));
    db_bind_value(s->one, s->one_number, PB_VALUE_INT(n));
    return list_take_from(s->query, s->one, s->arena, s->page, err);
}

/* ---- walking ---- */

/* With bits the walk reads numbers alone, else each with what the tests say of its row. */
static void put_walk(list_draft *d, const steering *s, const stretch *at)
{
    pb_buf_addc(&d->sql, "SELECT r.n");
    if (s->bits == NULL) {
        pb_buf_addc(&d->sql, ", CASE WHEN 1 = 1");
        list_put_tests(d, s->query);
        pb_buf_addc(&d->sql, " THEN 1 ELSE 0 END");
    }
    list_put_table(d, s->session, s->query, s->plan->walk);
    put_prefix(d, s->query, s->plan);
    list_put_stretch(d, s->query, at, " AND ");
    list_put_order(d, s->query, at);
}

static bool bit_of(const uint64_t *bits, int64_t n)
{
    uint64_t at = (uint64_t)n % BITS;
    return (bits[at / 64] >> (at % 64) & 1) != 0;
}

static bool looks_on(const steering *s, int64_t most)
{
    return s->page->count < s->page->room && (most == 0 || s->seen < most);
}

/* So often that to walk to the end of the page costs less than to read the numbers of all that fit:
 * with a share f of N rows, 50/f rows tested beside fN numbers. */
static bool fits_often(const steering *s)
{
    if (s->plan->way_count == 0)
        return s->fit * 25 >= s->seen;
    double share = s->seen > 0 ? (double)s->fit / (double)s->seen : 1;
    double cost = s->plan->walk == DB_BY_ROWS ? NEXT_COST : ROW_COST;
    return share * share * (double)s->plan->last_n >= PAGE_ROWS * cost;
}

static pb_status walk_stretch(steering *s, const stretch *at, int64_t most, pb_error *err)
{
    list_draft d = new_draft(s->arena);
    db_stmt *stmt = NULL;
    bool row = true;
    put_walk(&d, s, at);
    pb_status status = list_prepare(s->session, &d, &stmt, err);
    while (status == PB_OK && row && looks_on(s, most)) {
        status = db_step(stmt, &row, err);
        if (status != PB_OK || !row)
            break;
        int64_t n = db_column_i64(stmt, 0);
        size_t before = s->page->count;
        s->seen++;
        if (s->bits == NULL ? db_column_i64(stmt, 1) != 0 : bit_of(s->bits, n))
            status = fetch(s, n, err);
        s->fit += s->page->count > before;
        if (most == FIRST_LOOK && s->seen == most && fits_often(s))
            most = LONG_LOOK;
    }
    if (stmt != NULL)
        db_reset(stmt);
    pb_buf_free(&d.sql);
    return status;
}

/* `most` rows are looked at (0: all); `*ret_done` false: there are more, and the page has room. */
static pb_status walk(steering *s, int64_t most, bool *ret_done, pb_error *err)
{
    stretch stretches[LIST_STRETCHES];
    size_t count = s->query->continued ? list_stretches(s->query, stretches) : 1;
    s->page->count = 0;
    s->seen = s->fit = 0;
    s->one = NULL;
    for (size_t i = 0; i < count && looks_on(s, most); i++)
        PB_TRY(walk_stretch(s, s->query->continued ? &stretches[i] : NULL, most, err));
    *ret_done = s->page->count == s->page->room || most == 0 || s->seen < most;
    return PB_OK;
}

/* What the list is chosen by is all in front of the order: every row of the walk fits. */
static pb_status read_plain(const steering *s, const stretch *at, pb_error *err)
{
    list_draft d = new_draft(s->arena);
    pb_buf_addc(&d.sql, "SELECT ");
    pb_buf_add(&d.sql, s->query->lay->qualified);
    list_put_table(&d, s->session, s->query, s->plan->walk);
    put_prefix(&d, s->query, s->plan);
    list_put_stretch(&d, s->query, at, " AND ");
    list_put_order(&d, s->query, at);
    pb_buf_printf(&d.sql, " LIMIT %zu", s->page->room - s->page->count);
    list_put_skip(&d, s->query);
    pb_status status = list_take(s->session, s->query, &d, s->arena, s->page, err);
    pb_buf_free(&d.sql);
    return status;
}

static pb_status walk_plain(const steering *s, pb_error *err)
{
    stretch stretches[LIST_STRETCHES];
    size_t count = s->query->continued ? list_stretches(s->query, stretches) : 1;
    for (size_t i = 0; i < count && s->page->count < s->page->room; i++)
        PB_TRY(read_plain(s, s->query->continued ? &stretches[i] : NULL, err));
    return PB_OK;
}

/* ---- by what is tested ---- */

static void put_numbers(list_draft *d, const steering *s, size_t way)
{
    pb_buf_addc(&d->sql, "SELECT r.n");
    list_put_table(d, s->session, s->query, s->plan->ways[way]);
    list_put_column_tests(d, s->query, s->plan->way_columns[way]);
}

/* The rows an index names, `most` and one at most. */
static pb_status ask_index(const steering *s, size_t way, int64_t most, int64_t *ret_count,
                           pb_error *err)
{
    list_draft d = new_draft(s->arena);
    db_stmt *stmt = NULL;
    bool row = true;
    int64_t count = 0;
    put_numbers(&d, s, way);
    pb_status status = list_prepare(s->session, &d, &stmt, err);
    while (status == PB_OK && row && count <= most) {
        status = db_step(stmt, &row, err);
        if (status != PB_OK || !row)
            break;
        uint64_t at = (uint64_t)db_column_i64(stmt, 0) % BITS;
        if (s->bits != NULL)
            s->bits[at / 64] |= UINT64_C(1) << (at % 64);
        count++;
    }
    if (stmt != NULL)
        db_reset(stmt);
    pb_buf_free(&d.sql);
    *ret_count = count;
    return status;
}

static pb_status find_way(const steering *s, int64_t most, size_t *ret_way, pb_error *err)
{
    *ret_way = SIZE_MAX;
    for (size_t i = 0; i < s->plan->way_count; i++) {
        int64_t count = 0;
        if (s->bits != NULL && list_in_prefix(s->plan, s->plan->way_columns[i]))
            continue; /* the walk knows that by itself */
        if (s->bits != NULL)
            memset(s->bits, 0, BITS / 8);
        PB_TRY(ask_index(s, i, most, &count, err));
        if (count > most)
            continue;
        *ret_way = i;
        return PB_OK;
    }
    return PB_OK;
}

/* All that come into question, sorted; `way` SIZE_MAX: the whole table. The stretches behind the
 * last row are one condition here, since each would read the same rows. */
static pb_status sort_rows(const steering *s, size_t way, pb_error *err)
{
    stretch stretches[LIST_STRETCHES];
    size_t count = s->query->continued ? list_stretches(s->query, stretches) : 0;
    list_draft d = new_draft(s->arena);
    pb_buf_addc(&d.sql, "SELECT ");
    pb_buf_add(&d.sql, s->query->lay->qualified);
    list_put_table(&d, s->session, s->query, DB_BY_ROWS);
    if (way != SIZE_MAX) {
        pb_buf_addc(&d.sql, " AND r.n IN (");
        put_numbers(&d, s, way);
        pb_buf_byte(&d.sql, ')');
    }
    list_put_tests(&d, s->query);
    for (size_t i = 0; i < count; i++) {
        list_put_stretch(&d, s->query, &stretches[i], i == 0 ? " AND ((" : ") OR (");
        pb_buf_addc(&d.sql, i + 1 == count ? "))" : "");
    }
    list_put_order(&d, s->query, NULL);
    pb_buf_printf(&d.sql, " LIMIT %zu", s->page->room);
    list_put_skip(&d, s->query);
    s->page->count = 0;
    pb_status status = list_take(s->session, s->query, &d, s->arena, s->page, err);
    pb_buf_free(&d.sql);
    return status;
}

/* ---- the whole ---- */

/* Without an order to walk, rows are fetched as long as that is cheaper than reading all. */
static int64_t few_of(const list_plan *plan)
{
    int64_t last = plan->last_n;
    int64_t few = plan->walks ? (int64_t)(2 * sqrt((double)last)) : last / 8;
    return few < FEW_LEAST ? FEW_LEAST : few;
}

static pb_status make_bits(steering *s, pb_error *err)
{
    s->bits = pb_arena_array(s->arena, BITS / 64, sizeof *s->bits);
    return s->bits != NULL ? PB_OK : pb_fail_memory(err);
}

static pb_status walk_by_bits(steering *s, bool *ret_done, pb_error *err)
{
    size_t way = SIZE_MAX;
    PB_TRY(make_bits(s, err));
    for (int64_t most = MANY / 4; most <= MANY && way == SIZE_MAX; most *= 4)
        PB_TRY(find_way(s, most, &way, err));
    if (way != SIZE_MAX)
        PB_TRY(walk(s, 0, ret_done, err));
    s->bits = NULL;
    return PB_OK;
}

/* One index alone says what fits: it is read once, whether it names few or many. */
static pb_status by_only_way(steering *s, bool *ret_done, list_found *ret_found, pb_error *err)
{
    int64_t count = 0;
    PB_TRY(make_bits(s, err));
    PB_TRY(ask_index(s, 0, MANY, &count, err));
    if (count > few_of(s->plan) && count <= MANY)
        PB_TRY(walk(s, 0, ret_done, err));
    s->bits = NULL;
    if (count > few_of(s->plan))
        return PB_OK;
    ret_found->few = 0;
    *ret_done = true;
    return sort_rows(s, 0, err);
}

static pb_status by_ways(steering *s, bool *ret_done, list_found *ret_found, pb_error *err)
{
    PB_TRY(find_way(s, few_of(s->plan), &ret_found->few, err));
    if (ret_found->few != SIZE_MAX) {
        *ret_done = true;
        return sort_rows(s, ret_found->few, err);
    }
    bool walks = s->plan->walks && s->query->asked->skip == 0;
    return walks && !fits_often(s) && s->plan->way_count > 0 ? walk_by_bits(s, ret_done, err)
                                                             : PB_OK;
}

/* An index that names no more than FEW_LEAST says so for less than the first look at rows costs.
 * Asked are those by one value: a range seldom holds so few. */
static pb_status by_very_few(steering *s, bool *ret_done, list_found *ret_found, pb_error *err)
{
    for (size_t i = 0; i < s->plan->ones; i++) {
        int64_t count = 0;
        if (list_in_prefix(s->plan, s->plan->way_columns[i]))
            continue; /* the walk ends as soon */
        PB_TRY(ask_index(s, i, FEW_LEAST, &count, err));
        if (count > FEW_LEAST)
            continue;
        ret_found->few = i;
        *ret_done = true;
        return sort_rows(s, i, err);
    }
    return PB_OK;
}

static bool has_only_way(const list_plan *plan)
{
    return plan->way_count == 1 && !list_in_prefix(plan, plan->way_columns[0]);
}

pb_status list_steer(db_session *session, const list_query *query, const list_plan *plan,
                     pb_arena *arena, list_page *page, list_found *ret_found, pb_error *err)
{
    steering s = {session, query, plan, arena, page, NULL, NULL, 0, 0, 0};
    bool done = false;
    *ret_found = (list_found){SIZE_MAX};
    if (plan->plain)
        return walk_plain(&s, err);
    bool skips = query->asked->skip > 0; /* all of them are counted by the engine */
    bool walks = plan->walks && !skips;
    if (walks)
        PB_TRY(by_very_few(&s, &done, ret_found, err));
    if (walks && !done)
        PB_TRY(walk(&s, FIRST_LOOK, &done, err));
    if (!done && walks && !fits_often(&s) && has_only_way(plan))
        PB_TRY(by_only_way(&s, &done, ret_found, err));
    else if (!done)
        PB_TRY(by_ways(&s, &done, ret_found, err));
    if (!done && skips)
        return list_by_engine(session, query, arena, page, err);
    if (!done && walks)
        PB_TRY(walk(&s, LAST_LOOK, &done, err));
    return done ? PB_OK : sort_rows(&s, SIZE_MAX, err);
}

/* ---- the total ---- */

/* Which index, by itself, says what fits. */
static bool index_says_all(const list_query *query, const list_plan *plan)
{
    for (size_t i = 0; i < query->part_count; i++)
        if (!pb_str_eq(query->parts[i].column, query->parts[0].column))
            return false;
    return query->parts_all && query->part_count > 0 && plan->way_count > 0;
}

static bool counts_all(const list_query *query, const list_plan *plan, const list_found *found)
{
    return found->few != SIZE_MAX || plan->plain || index_says_all(query, plan) ||
           plan->last_n <= COUNT_LOOK;
}

bool list_counts(const list_query *query, const list_plan *plan, const list_found *found)
{
    return query->asked->total_most == 0 || counts_all(query, plan, found);
}

static void put_counted(list_draft *d, const steering *s, const list_found *found)
{
    const list_query *query = s->query;
    if (found->few != SIZE_MAX) {
        list_put_table(d, s->session, query, DB_BY_ROWS);
        pb_buf_addc(&d->sql, " AND r.n IN (");
        put_numbers(d, s, found->few);
        pb_buf_byte(&d->sql, ')');
        list_put_tests(d, query);
    } else if (s->plan->plain) {
        list_put_table(d, s->session, query, s->plan->walk);
        put_prefix(d, query, s->plan);
    } else if (index_says_all(query, s->plan)) {
        list_put_table(d, s->session, query, s->plan->ways[0]);
        list_put_column_tests(d, query, s->plan->way_columns[0]);
    } else {
        list_put_table(d, s->session, query, DB_BY_ROWS);
        pb_buf_printf(&d->sql, " AND r.n <= %d", COUNT_LOOK);
        list_put_tests(d, query);
    }
}

pb_status list_count(db_session *session, const list_query *query, const list_plan *plan,
                     const list_page *page, const list_found *found, pb_arena *arena,
                     int64_t *ret_total, bool *ret_capped, pb_error *err)
{
    const steering s = {session, query, plan, arena, NULL, NULL, NULL, 0, 0, 0};
    list_draft d = new_draft(arena);
    int64_t total = 0, shown = (int64_t)page->count;
    bool all = counts_all(query, plan, found);
    int64_t most = query->asked->total_most > 0 ? query->asked->total_most : RECORD_LIST_TOTAL;
    if (!query->continued && query->asked->skip == 0 && page->count < page->room) {
        *ret_total = shown;
        return PB_OK;
    }
    pb_buf_addc(&d.sql, "SELECT COUNT(*) FROM (SELECT 1 AS one");
    put_counted(&d, &s, found);
    pb_buf_printf(&d.sql, " LIMIT %lld) AS counted", (long long)most);
    pb_status status = list_number(session, &d, &total, err);
    pb_buf_free(&d.sql);
    PB_TRY(status);
    *ret_total = !all && total < shown ? shown : total;
    *ret_capped = !all || total == most;
    return PB_OK;
}
