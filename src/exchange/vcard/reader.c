/* vCards as a table: one row a card. Which columns there are is found by reading all cards once;
 * then they are read for their values. */
#include "base/map.h"
#include "base/utf8.h"
#include "vcard.h"

typedef struct vcard_column {
    pb_str header;
    int rank, number;
    size_t order;
} vcard_column;

typedef struct vcard_table {
    byte_input input;
    char *name;
    pb_arena *arena;
    vcard_lines *lines;
    vcard_card card;
    vcard_column *columns; /* sorted */
    size_t count, capacity;
    pb_map *places; /* header of a column -> its place and 1 */
    pb_str *cells;
    int64_t row;
    int64_t begin_line; /* of a card whose BEGIN was read already; 0: none */
    bool header_given, outside;
    table_fault fault;
    bool faulty;
} vcard_table;

/* --- one card --- */

static void fault_is(vcard_table *t, int64_t line, const char *says, const char *hint)
{
    if (!t->faulty)
        t->fault = (table_fault){.says = says, .hint = hint, .line = line};
    t->faulty = true;
}

static bool line_is(pb_str line, const char *what)
{
    return pb_str_eq_nocase(pb_str_trim(line), pb_str_c(what));
}

static const char *const export_again =
    PB_MSG("Export the contacts again, or mend the card in a text editor");

/* Takes a line of the card; what is wrong with it rejects the card. */
static void take_line(vcard_table *t, pb_str text, int64_t line, bool cut, bool *ret_agent)
{
    vcard_property property;
    if (!pb_utf8_valid(text)) {
        fault_is(t, line, PB_MSG("The line holds bytes that are no text in the file's encoding"),
                 export_again);
        t->fault.encoding = true;
        return;
    }
    if (!vcard_property_read(text, t->card.arena, &property)) {
        fault_is(t, line, PB_MSG("“{value}” is no property of a card: it has no colon or no name"),
                 export_again);
        pb_str shown = pb_utf8_cut(text, sizeof t->fault.value - 1);
        if (t->fault.value[0] == 0)
            memcpy(t->fault.value, shown.ptr, shown.len);
        return;
    }
    if (cut && !property.binary) {
        fault_is(t, line, PB_MSG("The line is longer than {expected} bytes"), export_again);
        t->fault.expected = VCARD_MAX_LINE;
        return;
    }
    *ret_agent =
        pb_str_eq_nocase(property.name, PB_STR("AGENT")) && pb_str_trim(property.value).len == 0;
    if (!pb_utf8_valid(property.value)) {
        fault_is(t, line, PB_MSG("The line holds bytes that are no text in the file's encoding"),
                 export_again);
        return;
    }
    vcard_card_add(&t->card, &property);
    if (t->card.failed) {
        fault_is(t, line, PB_MSG("The card has more than {expected} values, or too much text"),
                 export_again);
        t->fault.expected = VCARD_MAX_CELLS;
    }
}

/* Goes to the next BEGIN; lines between cards that hold something are a fault, told once. */
static pb_status find_begin(vcard_table *t, bool *ret_more, pb_error *err)
{
    pb_str text;
    bool cut = false;
    int64_t line = 0;
    while (t->begin_line == 0) {
        PB_TRY(vcard_lines_next(t->lines, &text, &line, &cut, ret_more, err));
        if (!*ret_more)
            return PB_OK;
        if (line_is(text, "BEGIN:VCARD")) {
            t->begin_line = line;
            t->outside = false;
        } else if (pb_str_trim(text).len > 0 && !t->outside) {
            t->outside = true;
            fault_is(t, line, PB_MSG("The line stands outside of any card"), export_again);
            return PB_OK;
        }
    }
    *ret_more = true;
    return PB_OK;
}

/* The lines of a card to its END. */
static pb_status read_body(vcard_table *t, int64_t begin, pb_error *err)
{
    static const char *const no_end = PB_MSG("The card has no END:VCARD");
    int inner = 0;
    bool agent = false, more = true, cut = false;
    pb_str text;
    int64_t line = 0;
    for (;;) {
        PB_TRY(vcard_lines_next(t->lines, &text, &line, &cut, &more, err));
        if (!more) {
            fault_is(t, begin, no_end, export_again);
            return PB_OK;
        }
        if (line_is(text, "BEGIN:VCARD")) {
            if (inner == 0 && !agent) {
                fault_is(t, begin, no_end, export_again);
                t->begin_line = line;
                return PB_OK;
            }
            inner++;
        } else if (line_is(text, "END:VCARD")) {
            if (inner-- == 0)
                return PB_OK;
        } else if (inner == 0 && pb_str_trim(text).len > 0) {
            take_line(t, text, line, cut, &agent);
        }
    }
}

/* Next card or fault. */
static pb_status read_card(vcard_table *t, int64_t *ret_line, bool *ret_more, pb_error *err)
{
    t->faulty = false;
    t->card.count = 0;
    t->card.addresses = 0;
    t->card.failed = false;
    pb_arena_reset(t->card.arena);
    PB_TRY(find_begin(t, ret_more, err));
    if (!*ret_more || t->faulty)
        return PB_OK;
    *ret_line = t->begin_line;
    t->begin_line = 0;
    PB_TRY(read_body(t, *ret_line, err));
    if (!t->faulty && t->card.count == 0)
        fault_is(t, *ret_line, PB_MSG("The card holds nothing"), export_again);
    vcard_card_finish(&t->card);
    return PB_OK;
}

/* --- columns --- */

static pb_str header_of(const vcard_cell *cell, char room[96])
{
    if (cell->number == 1)
        return cell->header;
    int len = snprintf(room, 96, "%.*s %d", PB_STR_FMT(cell->header), cell->number);
    return pb_str_n(room, (size_t)len);
}

static pb_status add_columns(vcard_table *t, pb_error *err)
{
    for (size_t i = 0; i < t->card.count && t->count < VCARD_MAX_CELLS; i++) {
        const vcard_cell *cell = &t->card.cells[i];
        char room[96];
        bool fresh = false;
        pb_str header = header_of(cell, room);
        if (pb_map_put(t->places, header, &fresh) == NULL)
            return pb_fail_memory(err);
        if (!fresh)
            continue;
        vcard_column column = {.header = pb_arena_str(t->arena, header),
                               .rank = cell->rank,
                               .number = cell->number,
                               .order = t->count};
        if (column.header.ptr == NULL ||
            !PB_PUSH(t->arena, t->columns, t->count, t->capacity, column))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static int compare_columns(const void *a, const void *b)
{
    const vcard_column *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    if (x->number != y->number)
        return x->number - y->number;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The input, lent: closing the lines leaves it open. */
static pb_status open_lines(vcard_table *t, pb_error *err)
{
    t->lines = vcard_lines_close(t->lines);
    if (t->input.seek == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("{name} cannot be read twice"), "name", t->name,
                       NULL);
    PB_TRY(t->input.seek(t->input.context, 0, err));
    byte_input lent = t->input;
    lent.close = NULL;
    return vcard_lines_open(lent, &t->lines, err);
}

static pb_status find_columns(vcard_table *t, pb_error *err)
{
    PB_TRY(open_lines(t, err));
    bool more = true;
    int64_t line = 0;
    while (more) {
        PB_TRY(read_card(t, &line, &more, err));
        if (more && !t->faulty)
            PB_TRY(add_columns(t, err));
    }
    if (t->count > 1)
        qsort(t->columns, t->count, sizeof *t->columns, compare_columns);
    for (size_t i = 0; i < t->count; i++)
        *pb_map_get(t->places, t->columns[i].header) = i + 1;
    t->cells = pb_arena_array(t->arena, t->count + 1, sizeof *t->cells);
    if (t->cells == NULL)
        return pb_fail_memory(err);
    t->begin_line = 0;
    t->outside = false;
    return open_lines(t, err);
}

/* --- the table's calls --- */

static pb_status complain(vcard_table *t, pb_error *err)
{
    t->fault.row = t->row++;
    pb_fail(err, PB_INVALID, PB_MSG("Line {line} of {file} could not be read"), "line",
            PB_ARG_INT(t->fault.line), "file", t->name, NULL);
    pb_error_detail(err, t->fault.says, "value", t->fault.value, "expected",
                    PB_ARG_INT(t->fault.expected), NULL);
    pb_error_hint(err, t->fault.hint, NULL);
    return PB_INVALID;
}

static bool lay_out(vcard_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->cells[i] = PB_STR("");
    for (size_t i = 0; i < t->card.count; i++) {
        char room[96];
        const uint64_t *place = pb_map_get(t->places, header_of(&t->card.cells[i], room));
        if (place == NULL || *place == 0)
            return false;
        t->cells[*place - 1] = t->card.cells[i].value;
    }
    return true;
}

static pb_status next(void *state, table_row *ret_row, bool *ret_more, pb_error *err)
{
    vcard_table *t = state;
    int64_t line = 1;
    if (!t->header_given) {
        t->header_given = true;
        *ret_more = t->count > 0;
        for (size_t i = 0; i < t->count; i++)
            t->cells[i] = t->columns[i].header;
    } else {
        PB_TRY(read_card(t, &line, ret_more, err));
        if (*ret_more && !t->faulty && !lay_out(t)) {
            fault_is(t, line,
                     PB_MSG("The cards of the file have more than {expected} different "
                            "properties"),
                     export_again);
            t->fault.expected = VCARD_MAX_CELLS;
        }
        if (*ret_more && t->faulty)
            return complain(t, err);
    }
    if (*ret_more)
        *ret_row = (table_row){.cells = t->cells, .count = t->count, .row = t->row++, .line = line};
    return PB_OK;
}

static const table_fault *last_fault(const void *state)
{
    return &((const vcard_table *)state)->fault;
}

static void facts(const void *state, table_facts *ret_facts)
{
    const vcard_table *t = state;
    encoding found = text_source_encoding(vcard_lines_source(t->lines));
    *ret_facts = (table_facts){
        .form = vcard_form.name, .encoding = encoding_name(found.code), .sure = found.sure};
}

static uint64_t done(const void *state)
{
    return text_source_done(vcard_lines_source(((const vcard_table *)state)->lines));
}

static uint64_t total(const void *state)
{
    return text_source_total(vcard_lines_source(((const vcard_table *)state)->lines));
}

static void hash(const void *state, uint8_t ret_hash[32])
{
    text_source_hash(vcard_lines_source(((const vcard_table *)state)->lines), ret_hash);
}

static void end(void *state)
{
    vcard_table *t = state;
    vcard_lines_close(t->lines);
    bytes_close(&t->input);
    pb_arena_free(t->arena);
    pb_arena_free(t->card.arena);
    free(t->name);
    free(t);
}

static const table_ops ops = {next, last_fault, facts, done, total, hash, end};

static pb_status open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                      pb_error *err)
{
    (void)sheet;
    vcard_table *t = calloc(1, sizeof *t);
    if (t == NULL) {
        bytes_close(&input);
        return pb_fail_memory(err);
    }
    t->input = input;
    t->name = strdup(name);
    t->arena = pb_arena_new(0);
    t->card.arena = pb_arena_new(VCARD_MAX_CARD * 8);
    t->places = t->arena == NULL ? NULL : pb_map_new(t->arena);
    pb_status status = t->name == NULL || t->card.arena == NULL || t->places == NULL
                           ? pb_fail_memory(err)
                           : find_columns(t, err);
    if (status != PB_OK) {
        end(t);
        return status;
    }
    return table_reader_new(&ops, t, ret_reader, err);
}

static bool fits(const form_look *look)
{
    pb_str head = look->head;
    if (pb_str_starts(head, PB_STR("\xEF\xBB\xBF")))
        head = pb_str_sub(head, 3, head.len);
    head = pb_str_trim(head);
    if (head.len >= 11 && pb_str_eq_nocase(pb_str_sub(head, 0, 11), PB_STR("BEGIN:VCARD")))
        return true;
    static const char wide[] = "B\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D"; /* UTF-16 of either order */
    return pb_str_find(pb_str_sub(head, 0, 32), pb_str_n(wide, sizeof wide - 1)) != SIZE_MAX;
}

const table_form vcard_form = {
    .name = "vCard", .endings = " vcf vcard ", .fits = fits, .open = open, .seeks = true};
