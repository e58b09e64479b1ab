/* Lists: chosen and sorted as the model's own evaluation says, on every engine; pages that miss
 * nothing and repeat nothing while others write; cursors that are good for their own list only. */
#include "world.h"

#include "model/expr.h"
#include "record/list.h"

enum { PEOPLE = 160, CROWD = 3000, FIRMS = 5, FILTERS = 220, TODAY = 20254 };

typedef struct random_state {
    uint64_t state;
} random_state;

static unsigned draw(random_state *r, unsigned below)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(r->state >> 33) % below;
}

static const char *const names[] = {"Ada",  "ada",   "Ådne", "Zoë",   "Li Wei",      "李伟",
                                    "علی",  "Ada B", "Bob",  "bob",   "Bo",          "Ädam",
                                    "Zora", "Émile", "Ida",  "Ida's", "\U0001F600x", "Bobby"};
static const char *const countries[] = {"DE", "CN", "IR", "FR", ""};
static const char *const scores[] = {"1.5", "2", "-3.25", "", "0", "7"};
static const char *const amounts[] = {"10.00", "-5.50", "", "0", "99.99"};
static const char *const days[] = {"1960-02-29", "1969-12-31", "1970-01-01",
                                   "2001-05-06", "",           "1990-01-01"};

#define PICK(list, r) list[draw(r, sizeof(list) / sizeof *(list))]

typedef struct crowd {
    pb_uuid firms[FIRMS], people[CROWD];
    char firm_ids[FIRMS][37];
    size_t count; /* people */
} crowd;

static pb_status fill(world *w, record_writer *writer, void *context, pb_error *err)
{
    crowd *c = context;
    random_state r = {20260211};
    for (size_t i = 0; i < FIRMS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "Firm %zu", i);
        PB_TRY(world_create(writer, w->firm, GIVEN({"name", name}, {"staff_count", "12"}), name,
                            &c->firms[i], err));
        pb_uuid_text(c->firms[i], c->firm_ids[i]);
    }
    for (size_t i = 0; i < c->count; i++) {
        char mail[64], name[64];
        (void)snprintf(mail, sizeof mail, "p%zu@example.org", i);
        (void)snprintf(name, sizeof name, "%s", PICK(names, &r));
        unsigned firm = draw(&r, FIRMS + 2);
        PB_TRY(world_create(writer, w->person,
                            GIVEN({"full_name", name}, {"email", mail},
                                  {"country", PICK(countries, &r)}, {"born", PICK(days, &r)},
                                  {"vip", draw(&r, 3) == 0 ? ""
                                          : draw(&r, 2)    ? "yes"
                                                           : "no"},
                                  {"score", PICK(scores, &r)}, {"balance", PICK(amounts, &r)},
                                  {"firm", firm < FIRMS ? c->firm_ids[firm] : ""}),
                            NULL, &c->people[i], err));
    }
    return PB_OK;
}

/* ---- expressions at random ---- */

static void put_test(random_state *r, const crowd *c, pb_buf *out)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const numbers[] = {"1.5", "2", "-3", "0", "7.25", "9007199254740993.5"};
    static const char *const dates[] = {"1969-12-31", "1970-01-01", "2001-05-06", "today - 9000",
                                        "today"};
    static const char *const parts[] = {"a", "AN", "\u00e4", "\u00c4", "da s", "%", "''", "\u738b"};
    static const char *const nullable[] = {"country", "born", "score", "firm", "vip", "balance"};
    switch (draw(r, 12)) {
    case 0:
        pb_buf_printf(out, "country %s '%s'", draw(r, 2) ? "=" : "<>", countries[draw(r, 4)]);
        break;
    case 1:
        pb_buf_printf(out, "born %s %s", PICK(signs, r), PICK(dates, r));
        break;
    case 2: /* more digits than a decimal holds are refused elsewhere */
        pb_buf_printf(out, "score %s %s", PICK(signs, r), numbers[draw(r, 5)]);
        break;
    case 3:
        pb_buf_printf(out, "firm %s '%s'", draw(r, 2) ? "=" : "<>", c->firm_ids[draw(r, FIRMS)]);
        break;
    case 4:
        pb_buf_printf(out, "firm in ('%s', '%s')", c->firm_ids[draw(r, FIRMS)],
                      c->firm_ids[draw(r, FIRMS)]);
        break;
    case 5:
        pb_buf_printf(out, "%s is%s null", PICK(nullable, r), draw(r, 2) ? " not" : "");
        break;
    case 6:
        pb_buf_printf(out, "full_name begins '%s'",
                      draw(r, 4) == 0            ? "\U0001F600"
                      : PICK(names, r)[0] == 'A' ? "A"
                      : draw(r, 2)               ? "B"
                                                 : "Ida''");
        break;
    case 7:
        pb_buf_printf(out, "vip %s %s", draw(r, 2) ? "=" : "<>", draw(r, 2) ? "true" : "false");
        break;
    case 8:
        pb_buf_printf(out, "balance %s 0", PICK(signs, r));
        break;
    case 9:
        pb_buf_printf(out, "today - born %s %s", PICK(signs, r), draw(r, 2) ? "12000" : "12000.5");
        break;
    case 10:
        pb_buf_printf(out, "full_name contains '%s'", PICK(parts, r));
        break;
    default:
        pb_buf_printf(out, "country in (DE, %s) or 1 %s 2", countries[draw(r, 4)], PICK(signs, r));
    }
}

static void put_expr(random_state *r, const crowd *c, int depth, pb_buf *out)
{
    if (depth == 0 || draw(r, 3) == 0) {
        put_test(r, c, out);
        return;
    }
    pb_buf_addc(out, draw(r, 4) == 0 ? "not (" : "(");
    put_expr(r, c, depth - 1, out);
    pb_buf_addc(out, draw(r, 2) ? " and " : " or ");
    put_expr(r, c, depth - 1, out);
    pb_buf_byte(out, ')');
}

/* ---- what should come, by reading all records ---- */

typedef struct order {
    size_t field[RECORD_LIST_SORTS]; /* index; SIZE_MAX: changed_at */
    bool falling[RECORD_LIST_SORTS];
    size_t count;
    char text[256];
} order;

static order random_order(random_state *r, const world *w)
{
    static const char *const sorts[] = {"full_name", "country", "born",      "score",
                                        "vip",       "balance", "changed_at"};
    order o = {.count = 0};
    size_t used = 0;
    unsigned wanted = draw(r, 4), from = draw(r, 7);
    for (unsigned i = 0; i < wanted; i++) {
        const char *name = sorts[(from + i * 2) % 7];
        const model_field *field = model_field_find(w->person, pb_str_c(name));
        o.field[o.count] = field == NULL ? SIZE_MAX : field->index;
        o.falling[o.count] = draw(r, 2);
        used += (size_t)snprintf(o.text + used, sizeof o.text - used, "%s%s%s", used ? "," : "",
                                 o.falling[o.count] ? "-" : "", name);
        o.count++;
    }
    return o;
}

static int compare_values(pb_value a, pb_value b)
{
    if (a.kind == PB_NULL || b.kind == PB_NULL)
        return (a.kind != PB_NULL) - (b.kind != PB_NULL);
    if (a.kind == PB_TEXT)
        return pb_str_cmp(a.as.s, b.as.s);
    if (a.kind == PB_REAL)
        return (a.as.r > b.as.r) - (a.as.r < b.as.r);
    return (a.as.i > b.as.i) - (a.as.i < b.as.i);
}

static int compare_records(const order *o, const record_data *a, const record_data *b)
{
    for (size_t i = 0; i < o->count; i++) {
        int c = o->field[i] == SIZE_MAX
                    ? (a->changed_us > b->changed_us) - (a->changed_us < b->changed_us)
                    : compare_values(a->values[o->field[i]], b->values[o->field[i]]);
        if (c != 0)
            return o->falling[i] ? -c : c;
    }
    int c = (a->n > b->n) - (a->n < b->n);
    return o->count > 0 && o->falling[o->count - 1] ? -c : c;
}

/* Insertion: some hundred records. */
static void sort_records(const order *o, const record_data **items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const record_data *one = items[i];
        size_t at = i;
        for (; at > 0 && compare_records(o, items[at - 1], one) > 0; at--)
            items[at] = items[at - 1];
        items[at] = one;
    }
}

static record_list_page must_list(db_session *session, const record_list_asked *asked,
                                  pb_arena *arena)
{
    pb_error err;
    record_list_page page;
    world_must(record_list_read(session, asked, arena, &page, &err), &err);
    return page;
}

static void one_list(db_session *session, const world *w, const world_all *everybody, pb_str filter,
                     const order *o, int64_t limit, size_t *ret_matched)
{
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_expr *expr = NULL;
    const record_data *wanted[CROWD];
    size_t count = 0, at = 0;
    world_must(
        model_expr_parse(arena, w->person, filter, (model_place){PB_STR("x"), 1, 1}, &expr, &err),
        &err);
    for (size_t i = 0; i < everybody->count; i++)
        if (model_expr_eval(expr, everybody->items[i].values, (model_days){.today = TODAY}) ==
            MODEL_TRUE)
            wanted[count++] = &everybody->items[i];
    sort_records(o, wanted, count);
    record_list_asked asked = {.entity = w->person,
                               .filter = filter,
                               .sort = pb_str_c(o->text),
                               .limit = limit,
                               .today_days = TODAY,
                               .total = true};
    do {
        record_list_page page;
        if (record_list_read(session, &asked, arena, &page, &err) != PB_OK) {
            char says[1024];
            fail_msg("%.*s sorted %s: %s", PB_STR_FMT(filter), o->text,
                     world_says(&err, says, sizeof says));
        }
        assert_true(page.total == (int64_t)count ||
                    (page.total_capped && page.total >= (int64_t)page.count &&
                     page.total < (int64_t)count));
        assert_true(everybody->count > PEOPLE || page.total == (int64_t)count);
        assert_true((page.next.ptr == NULL) == (at + page.count == count));
        for (size_t i = 0; i < page.count; i++, at++) {
            assert_true(at < count);
            if (memcmp(page.rows[i].record.id.b, wanted[at]->id.b, 16) != 0)
                fail_msg("%.*s sorted %s: row %zu is another", PB_STR_FMT(filter), o->text, at);
        }
        asked.cursor = page.next;
    } while (asked.cursor.ptr != NULL);
    assert_int_equal(at, count);
    *ret_matched += count;
    asked.skip = (int64_t)(count / 2) + 1;
    asked.total_most = asked.skip;
    record_list_page far = must_list(session, &asked, arena);
    at = (size_t)asked.skip;
    assert_int_equal(far.total, at < count ? at : count);
    assert_int_equal(far.total_capped, count >= at);
    assert_int_equal(far.count > 0, at < count);
    if (at < count)
        assert_memory_equal(far.rows[0].record.id.b, wanted[at]->id.b, 16);
}

static void chosen_and_sorted(void **state, size_t people, int filters)
{
    world w;
    pb_error err;
    crowd *c = calloc(1, sizeof *c);
    random_state r = {4711};
    size_t matched = 0;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    assert_non_null(c);
    c->count = people;
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, fill, c, NULL, &err), &err);
    db_session *session = world_look(&w);
    world_all everybody = world_read_all(session, w.person, arena);
    assert_int_equal(everybody.count, people);
    for (int i = 0; i < filters; i++) {
        PB_AUTO_BUF filter = PB_BUF_INIT(4096);
        put_expr(&r, c, 2, &filter);
        order o = random_order(&r, &w);
        int64_t limit = people == PEOPLE ? 7 + draw(&r, 60) : 60 + draw(&r, 140);
        one_list(session, &w, &everybody, pb_buf_str(&filter), &o, limit, &matched);
    }
    assert_true(matched > (size_t)filters * people / 10 &&
                matched < (size_t)filters * people * 9 / 10);
    db_snapshot_close(session);
    world_close(&w);
    free(c);
}

/* shows: REC-1 INT-1 DQ-1 */
static void chosen_and_sorted_as_reckoned_here(void **state)
{
    chosen_and_sorted(state, PEOPLE, FILTERS);
}

/* Enough for every way there is to a page: walked, by few rows, by bits, the whole table.
 * shows: REC-1 INT-1 PER-1 */
static void the_same_by_every_way(void **state)
{
    chosen_and_sorted(state, CROWD - 1, 60);
}

/* ---- one thing at a time ---- */

static void refused(world *w, const record_list_asked *asked, pb_status status, const char *says)
{
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_list_page page;
    char text[2048];
    db_session *session = world_look(w);
    assert_int_equal(record_list_read(session, asked, arena, &page, &err), status);
    if (strstr(world_says(&err, text, sizeof text), says) == NULL)
        fail_msg("“%s” does not say “%s”", text, says);
    db_snapshot_close(session);
}

static pb_status some_firms(world *w, record_writer *writer, void *context, pb_error *err)
{
    pb_uuid *ids = context;
    static const char *const towns[] = {"Bonn", "Bonn", "", "Aachen", "Bonn", "Ulm", "", "Bonn"};
    for (size_t i = 0; i < 8; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "Firm %zu", i);
        PB_TRY(world_create(writer, w->firm, GIVEN({"name", name}, {"city", towns[i]}), name,
                            &ids[i], err));
    }
    return PB_OK;
}

static pb_status between_pages(world *w, record_writer *writer, void *context, pb_error *err)
{
    pb_uuid *ids = context;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Before"}, {"city", "Aachen"}), "B", NULL,
                        err));
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Behind"}, {"city", "Zwolle"}), "Z", NULL,
                        err));
    return record_delete(writer, w->firm, ids[5], err);
}

static void put_names(const record_list_page *page, char *to, size_t size)
{
    size_t used = strlen(to);
    for (size_t i = 0; i < page->count; i++)
        used += (size_t)snprintf(to + used, size - used, "%s%.*s", used ? " " : "",
                                 PB_STR_FMT(page->rows[i].record.source_id));
}

/* shows: REC-1 INT-1 */
static void pages_while_others_write(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[8];
    char seen[256] = "";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, some_firms, ids, NULL, &err), &err);
    record_list_asked asked = {.entity = w.firm, .sort = PB_STR("city"), .limit = 4};
    db_session *session = world_look(&w);
    record_list_page page = must_list(session, &asked, arena);
    db_snapshot_close(session);
    put_names(&page, seen, sizeof seen);
    assert_string_equal(seen, "Firm 2 Firm 6 Firm 3 Firm 0");
    world_must(world_write(&w, RECORD_STRICT, between_pages, ids, NULL, &err), &err);
    asked.cursor = page.next;
    session = world_look(&w);
    page = must_list(session, &asked, arena);
    put_names(&page, seen, sizeof seen);
    assert_string_equal(seen, "Firm 2 Firm 6 Firm 3 Firm 0 Firm 1 Firm 4 Firm 7 Z");
    assert_null(page.next.ptr);
    db_snapshot_close(session);
    world_close(&w);
}

/* shows: INT-1 */
static void a_cursor_is_good_for_its_list_only(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[8];
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, some_firms, ids, NULL, &err), &err);
    record_list_asked asked = {.entity = w.firm,
                               .sort = PB_STR("city"),
                               .limit = 3,
                               .filter = PB_STR("name is not null"),
                               .asker = PB_STR("ada")};
    db_session *session = world_look(&w);
    record_list_page page = must_list(session, &asked, arena);
    db_snapshot_close(session);
    char *cursor = pb_arena_cstr(arena, page.next);
    assert_null(strstr(cursor, "Bonn"));
    static const char says[] = "The cursor does not belong to this list.";
    record_list_asked other = asked;
    other.cursor = page.next;
    other.sort = PB_STR("-city");
    refused(&w, &other, PB_INVALID, says);
    other = asked;
    other.cursor = page.next;
    other.asker = PB_STR("bob");
    refused(&w, &other, PB_INVALID, says);
    other = asked;
    other.cursor = page.next;
    other.filter = PB_STR("name is null");
    refused(&w, &other, PB_INVALID, says);
    other = asked;
    other.cursor = page.next;
    for (size_t i = 0, len = strlen(cursor); i < len; i += 5) { /* every fifth letter altered */
        char was = cursor[i];
        cursor[i] = was == 'A' ? 'B' : 'A';
        other.cursor = pb_str_c(cursor);
        refused(&w, &other, PB_INVALID, says);
        cursor[i] = was;
    }
    other.cursor = PB_STR("=");
    refused(&w, &other, PB_INVALID, says);
    other.cursor = pb_str_c(cursor); /* as it was: good, with another size of page too */
    other.limit = 8;
    session = world_look(&w);
    assert_int_equal(must_list(session, &other, arena).count, 5);
    db_snapshot_close(session);
    world_close(&w);
}

static pb_status seen_access(void *context, const model_entity *entity, pb_arena *arena,
                             record_list_access *ret_access, pb_error *err)
{
    static const pb_value town = {PB_TEXT, .as.s = PB_STR("Bonn")};
    (void)err;
    bool *hidden = pb_arena_array(arena, entity->field_count, sizeof *hidden);
    assert_non_null(hidden);
    const char *name = context;
    const model_field *field = model_field_find(entity, pb_str_c(name));
    if (field != NULL)
        hidden[field->index] = true;
    *ret_access = (record_list_access){.hidden = hidden};
    if (pb_str_is(entity->name, "firm")) {
        ret_access->sql = PB_STR("r.city = ?");
        ret_access->values = &town;
        ret_access->count = 1;
    }
    return PB_OK;
}

static pb_status two_people(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Ada"}, {"email", "a@example.org"}, {"firm", "Firm 0"}),
                        "P-1", NULL, err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Bob"}, {"email", "b@example.org"}, {"firm", "Firm 5"}),
                        "P-2", NULL, err));
    return world_create(writer, w->person, GIVEN({"full_name", "Cy"}, {"email", "c@example.org"}),
                        "P-3", NULL, err);
}

/* shows: REC-1 ACC-2 INT-1 */
static void only_what_may_be_seen(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[8];
    char hidden[] = "tax_code";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, some_firms, ids, NULL, &err), &err);
    world_must(world_write(&w, RECORD_STRICT, two_people, NULL, NULL, &err), &err);
    record_list_asked asked = {.entity = w.firm,
                               .access = seen_access,
                               .context = hidden,
                               .total = true,
                               .filter = PB_STR("name <> 'Firm 4'")};
    db_session *session = world_look(&w);
    record_list_page page = must_list(session, &asked, arena);
    assert_int_equal(page.count, 3);
    assert_int_equal(page.total, 3);
    assert_int_equal(page.field_count, w.firm->field_count - 1);
    for (size_t i = 0; i < page.field_count; i++)
        assert_false(pb_str_is(page.fields[i]->name, "tax_code"));
    record_list_asked people = {.entity = w.person,
                                .access = seen_access,
                                .context = hidden,
                                .sort = PB_STR("full_name"),
                                .expand = PB_STR("firm")};
    page = must_list(session, &people, arena);
    assert_int_equal(page.count, 3);
    assert_true(world_holds(page.rows[0].linked[0], "name", "Firm 0"));
    assert_null(page.rows[1].linked[0]); /* it is in another town */
    assert_null(page.rows[2].linked[0]); /* there is none */
    db_snapshot_close(session);
    static const char says[] = "You may not list records by “tax_code”.";
    asked.filter = PB_STR("tax_code is null");
    refused(&w, &asked, PB_DENIED, says);
    asked.filter = PB_STR_NONE;
    asked.sort = PB_STR("-tax_code");
    refused(&w, &asked, PB_DENIED, says);
    asked.sort = PB_STR_NONE;
    asked.fields = PB_STR("name, tax_code");
    refused(&w, &asked, PB_DENIED, says);
    world_close(&w);
}

/* shows: DQ-1 INT-1 */
static void what_cannot_be_listed_is_said(void **state)
{
    world w;
    world_open(&w, *state);
    static const struct {
        const char *filter, *sort, *fields, *expand;
        int64_t limit;
        const char *says;
        int64_t skip;
        const char *cursor;
    } wrong[] = {
        {"naem = 'x'", "", "", "", 0, "“naem” is not a field of “person”."},
        {"country = 'DE", "", "", "", 0, "does not end"},
        {"firm = 'Globex'", "", "", "", 0, "A link can only be tested"},
        {"firm > '01890a5d-ac96-774b-bcce-b302099a8057'", "", "", "", 0, "A link can only be"},
        {"score + 1 > 2", "", "", "", 0, "can only add and subtract dates"},
        {"born begins 'x'", "", "", "", 0, "Only a text begins"},
        {"born contains 'x'", "", "", "", 0, "Only a text contains"},
        {"full_name contains ''", "", "", "", 0, "Say what the text contains"},
        {"score = 9007199254740993", "", "", "", 0, "too large"},
        {"", "full_nam", "", "", 0, "“sort” names “full_nam”"},
        {"", "firm", "", "", 0, "it has no order"},
        {"", "remark", "", "", 0, "it has no order"},
        {"", "vip,-vip", "", "", 0, "names “vip” twice"},
        {"", "vip,born,score,country,email", "", "", 0, "by 4 fields at most"},
        {"", "", "full_name,,email", "", 0, "“fields” names “”"},
        {"", "", "", "email", 0, "“email” is not a link."},
        {"", "", "", "", 201, "1 to 200 records, not 201"},
        {"", "", "", "", -1, "1 to 200 records, not -1"},
        {"", "", "", "", 0, "“skip” takes 0 to 10000000, not 10000001", .skip = 10000001},
        {"", "", "", "", 0, "exclude each other", .skip = 1, .cursor = "x"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        record_list_asked asked = {.entity = w.person,
                                   .filter = pb_str_c(wrong[i].filter),
                                   .sort = pb_str_c(wrong[i].sort),
                                   .fields = pb_str_c(wrong[i].fields),
                                   .expand = pb_str_c(wrong[i].expand),
                                   .skip = wrong[i].skip,
                                   .cursor = pb_str_c(wrong[i].cursor),
                                   .limit = wrong[i].limit};
        refused(&w, &asked, strstr(wrong[i].says, "at most") ? PB_LIMIT : PB_INVALID,
                wrong[i].says);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(chosen_and_sorted_as_reckoned_here, (void *)world_engines[0]),
        cmocka_unit_test_prestate(the_same_by_every_way, (void *)world_engines[0]),
        cmocka_unit_test_prestate(pages_while_others_write, (void *)world_engines[0]),
        cmocka_unit_test_prestate(a_cursor_is_good_for_its_list_only, (void *)world_engines[0]),
        cmocka_unit_test_prestate(only_what_may_be_seen, (void *)world_engines[0]),
        cmocka_unit_test_prestate(what_cannot_be_listed_is_said, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests_name("record/list", tests, NULL, NULL);
}
