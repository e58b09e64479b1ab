/* The same random script on both engines, with the same dice for keys, ids and salts: every table,
 * every answer of the search and the ledger's head must be the same, byte for byte. */
#include "world.h"

#include <sodium.h>

#include "db/search.h"

enum { SEEDS = 4, STEPS = 60, RECORDS = 24, TEXT = 64, FOUND = 64 };

/* ---- dice ---- */

static uint64_t dice;

static uint32_t throw_dice(void)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (uint32_t)(dice >> 32);
}

static void fill_with_dice(void *const to, const size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)to)[i] = (uint8_t)throw_dice();
}

static const char *dice_name(void)
{
    return "dice";
}

static void dice_from(uint64_t seed, int step)
{
    dice = seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)step * UINT64_C(0xbf58476d1ce4e5b9) + 1;
    for (int i = 0; i < 8; i++)
        throw_dice();
}

/* ---- the script ---- */

typedef struct side {
    world w;
    pb_uuid people[RECORDS], firms[4];
    int count, firm_count;
} side;

typedef struct deed {
    side *side;
    int kind, at;
    char name[TEXT], email[TEXT], remark[TEXT], score[TEXT], balance[TEXT], firm[TEXT];
} deed;

static const char *const firms[] = {"Konex", "华为技术", "ایران خودرو", "Ärzte & Söhne"};
static const char *const first[] = {"Anna", "王", "علی", "Bo", "Zoë", "Ødegård", "李"};
static const char *const last[] = {"Smith", "伟", "رضایی", "Li", "O'Neill", "Weiß", "娜"};
static const char *const remarks[] = {"", "First", "第二", "سوم", "a'b\"c\\d", "x;y,z", "A", "a"};

static pb_status make_firm(world *w, record_writer *writer, void *context, pb_error *err)
{
    deed *d = context;
    return world_create(writer, w->firm, GIVEN({"name", firms[d->at]}, {"city", d->remark}),
                        firms[d->at], &d->side->firms[d->at], err);
}

static pb_status act(world *w, record_writer *writer, void *context, pb_error *err)
{
    deed *d = context;
    pb_uuid *id = &d->side->people[d->at];
    const given *values =
        GIVEN({"full_name", d->name}, {"email", d->email}, {"remark", d->remark},
              {"score", d->score}, {"balance", d->balance}, {"vip", d->at % 2 ? "yes" : "no"});
    switch (d->kind) {
    case 0:
        return world_create(writer, w->person, values, d->at % 3 ? d->email : NULL, id, err);
    case 1:
        return record_delete(writer, w->person, *id, err);
    case 2:
        return record_restore(writer, w->person, *id, err);
    default:
        return world_change(writer, w->person, *id, 0, values, err);
    }
}

/* What the dice say is the same on both sides: the state they begin from is. */
static pb_status live_a_step(side *s, int step, pb_error *err)
{
    deed d = {.side = s, .kind = (int)(throw_dice() % 6)};
    uint32_t roll = throw_dice();
    snprintf(d.name, TEXT, "%s %s", first[roll % 7], last[roll / 7 % 7]);
    snprintf(d.email, TEXT, "m%u@example.org", roll % 50);
    snprintf(d.remark, TEXT, "%s", remarks[roll / 100 % 8]);
    snprintf(d.score, TEXT, "%u.%u", roll % 1000, roll / 1000 % 100);
    snprintf(d.balance, TEXT, "%d.%02u", (int)(roll % 2000) - 1000, roll / 2000 % 100);
    if (step < 4) {
        d.at = step;
        return world_write(&s->w, RECORD_KEEP, make_firm, &d, NULL, err);
    }
    if (s->count == 0 || (d.kind == 0 && s->count < RECORDS))
        d.kind = 0;
    else if (d.kind == 0)
        d.kind = 3;
    d.at = d.kind == 0 ? s->count : (int)(roll % (uint32_t)s->count);
    pb_status status = world_write(&s->w, RECORD_KEEP, act, &d, NULL, err);
    s->count += d.kind == 0 && status == PB_OK;
    return status;
}

/* ---- comparing ---- */

static void add_value(pb_value value, pb_buf *out)
{
    pb_buf_printf(out, "|%d:", (int)value.kind);
    if (value.kind == PB_INT)
        pb_buf_i64(out, value.as.i);
    else if (value.kind == PB_REAL)
        pb_buf_printf(out, "%.17g", value.as.r);
    else if (value.kind == PB_BLOB)
        pb_hex(out, value.as.s.ptr, value.as.s.len);
    else if (value.kind == PB_TEXT)
        pb_buf_add(out, value.as.s);
}

static void add_rows(db_session *session, const char *sql, pb_buf *out)
{
    pb_error err;
    db_stmt *stmt;
    bool row = false;
    pb_buf_printf(out, "== %s\n", sql);
    world_must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            return;
        for (int c = 0; c < db_column_count(stmt); c++)
            add_value(db_column_value(stmt, c), out);
        pb_buf_byte(out, '\n');
    }
}

static void add_found(db_session *session, const char *words, pb_buf *out)
{
    pb_error err;
    int64_t found[FOUND];
    size_t count = 0;
    world_must(
        db_search_query(session, PB_STR("person"), pb_str_c(words), FOUND, found, &count, &err),
        &err);
    pb_buf_printf(out, "find %s:", words);
    for (size_t i = 0; i < count; i++)
        pb_buf_printf(out, " %lld", (long long)found[i]);
    pb_buf_byte(out, '\n');
}

/* All that is stored, and what the search says. */
static void tell(side *s, pb_buf *out)
{
    static const char *const queries[] = {
        "SELECT * FROM t_firm ORDER BY n",
        "SELECT * FROM t_person ORDER BY n",
        "SELECT * FROM record_key ORDER BY entity, hash, n",
        "SELECT * FROM link_promise ORDER BY entity, key",
        "SELECT * FROM t_value_note ORDER BY entity, field, kind, n, part",
        "SELECT * FROM ledger_event ORDER BY seq",
        "SELECT * FROM ledger_payload ORDER BY seq",
        "SELECT * FROM ledger_tile ORDER BY level, idx",
        "SELECT * FROM ledger_head ORDER BY size",
        "SELECT * FROM search_fresh ORDER BY entity, token, n",
        "SELECT * FROM search_segment ORDER BY segment",
        "SELECT * FROM search_gone ORDER BY entity, n",
        ("SELECT remark, COUNT(*), SUM(balance), MIN(full_name), MAX(score) FROM t_person"
         " GROUP BY remark ORDER BY COALESCE(remark, '')"),
        "SELECT full_name, email, record, source FROM person ORDER BY full_name, n",
    };
    static const char *const words[] = {"an", "m1", "wang", "li", "zo", "x", "rezaei", "weiss"};
    pb_error err = {0};
    ledger_report report;
    db_session *session = world_look(&s->w);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        add_rows(session, queries[i], out);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        add_found(session, words[i], out);
    world_must(ledger_verify(session, NULL, NULL, &report, &err), &err);
    db_snapshot_close(session);
}

static void assert_same(pb_str a, pb_str b, uint64_t seed)
{
    pb_str left, right;
    while (pb_str_split(&a, '\n', &left)) {
        assert_true(pb_str_split(&b, '\n', &right));
        if (!pb_str_eq(left, right))
            fail_msg("seed %llu: embedded and server differ:\n%.*s\n%.*s", (unsigned long long)seed,
                     PB_STR_FMT(left), PB_STR_FMT(right));
    }
    assert_false(pb_str_split(&b, '\n', &right));
}

static void open_side(side *s, uint64_t seed, bool server)
{
    setenv("PROBITY_TEST_ENGINE", server ? "postgres" : "folder", 1);
    dice_from(seed, -1);
    world_open(&s->w, "");
}

/* shows: PER-2 PER-5 */
static void a_random_script_leaves_the_same_on_both_engines(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        side *sides = calloc(2, sizeof *sides);
        pb_buf told[2] = {PB_BUF_INIT(64 << 20), PB_BUF_INIT(64 << 20)};
        assert_non_null(sides);
        for (int i = 0; i < 2; i++) {
            pb_error err;
            open_side(&sides[i], seed, i == 1);
            for (int step = 0; step < STEPS; step++) {
                dice_from(seed, step);
                pb_status status = live_a_step(&sides[i], step, &err);
                pb_buf_printf(&told[i], "step %d: %d\n", step, (int)status);
            }
            assert_true(sides[i].count > 5);
            tell(&sides[i], &told[i]);
            world_close(&sides[i].w);
        }
        assert_same(pb_buf_str(&told[0]), pb_buf_str(&told[1]), seed);
        pb_buf_free(&told[0]);
        pb_buf_free(&told[1]);
        free(sides);
    }
}

int main(void)
{
    static randombytes_implementation loaded = {
        .implementation_name = dice_name, .random = throw_dice, .buf = fill_with_dice};
    randombytes_set_implementation(&loaded);
    if (sodium_init() < 0) /* throws the dice once */
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_random_script_leaves_the_same_on_both_engines)};
    return cmocka_run_group_tests_name("engines", tests, NULL, NULL);
}
