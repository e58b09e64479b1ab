/* Reading the text of a manifest: strictly what manifest.c writes, nothing else. */
#include "manifest_text.h"

#include "base/time.h"
#include "ledger/ledger.h"
#include "merkle/note.h"

typedef struct reader {
    pb_arena *arena;
    pb_str rest; /* lines not read yet */
    manifest *m;
    size_t counts, sums, samples, tables; /* capacities */
    bool starved;                         /* there was no memory for what the text says */
} reader;

/* What came of keeping an item. */
static bool keep(reader *r, bool kept)
{
    r->starved = r->starved || !kept;
    return kept;
}

/* The next word of a line. */
static bool word(pb_str *rest, pb_str *ret_word)
{
    return pb_str_split(rest, ' ', ret_word);
}

static bool number(pb_str *line, int64_t *ret)
{
    pb_str text;
    return word(line, &text) && pb_str_to_i64(text, ret);
}

static bool whole(pb_str *line, uint64_t *ret)
{
    int64_t value;
    if (!number(line, &value) || value < 0)
        return false;
    *ret = (uint64_t)value;
    return true;
}

static bool hex(pb_str *line, uint8_t *ret, size_t len)
{
    pb_str text;
    return word(line, &text) && pb_unhex(text, ret, len);
}

static bool read_count(reader *r, pb_str line)
{
    manifest_count count;
    manifest_facts *f = &r->m->facts;
    return word(&line, &count.entity) && number(&line, &count.rows) &&
           number(&line, &count.deleted) && line.ptr == NULL &&
           keep(r, PB_PUSH(r->arena, f->counts, f->count_count, r->counts, count));
}

static bool read_sum(reader *r, pb_str line)
{
    manifest_sum sum;
    pb_str name;
    manifest_facts *f = &r->m->facts;
    return word(&line, &name) && pb_str_split(&name, '.', &sum.entity) && name.ptr != NULL &&
           (sum.field = name, word(&line, &sum.currency)) && number(&line, &sum.values) &&
           word(&line, &sum.sum) && line.ptr == NULL &&
           keep(r, PB_PUSH(r->arena, f->sums, f->sum_count, r->sums, sum));
}

static bool read_sample(reader *r, pb_str line)
{
    manifest_sample sample;
    manifest_facts *f = &r->m->facts;
    return word(&line, &sample.entity) && number(&line, &sample.n) &&
           hex(&line, sample.print, sizeof sample.print) && line.ptr == NULL &&
           keep(r, PB_PUSH(r->arena, f->samples, f->sample_count, r->samples, sample));
}

static bool read_table(reader *r, pb_str line)
{
    manifest_table table;
    uint64_t next = 0;
    if (r->m->table_count > 0) {
        const manifest_table *last = &r->m->tables[r->m->table_count - 1];
        next = last->first + last->pages;
    }
    return hex(&line, table.name.b, sizeof table.name.b) && whole(&line, &table.first) &&
           whole(&line, &table.pages) && whole(&line, &table.stored) && line.ptr == NULL &&
           table.first == next && table.pages <= r->m->pages - next &&
           keep(r, PB_PUSH(r->arena, r->m->tables, r->m->table_count, r->tables, table));
}

/* The checkpoint is signed by itself; what it says is taken from it. */
static bool read_ledger(reader *r, const piece_box *box, pb_str line)
{
    manifest_facts *f = &r->m->facts;
    PB_AUTO_BUF note = PB_BUF_INIT(65536);
    pb_str text;
    merkle_checkpoint head;
    if (!pb_unbase64(line, &note)) {
        keep(r, !note.failed);
        return false;
    }
    f->ledger = pb_arena_str(r->arena, note.len > 0 ? pb_buf_str(&note) : PB_STR(""));
    if (f->ledger.len == 0)
        return keep(r, f->ledger.ptr != NULL);
    pb_status status = ledger_note_open(piece_box_seed(box), f->ledger, &text, NULL);
    if (status == PB_OK)
        status = merkle_checkpoint_parse(text, &head, NULL);
    keep(r, status != PB_MEMORY);
    if (status != PB_OK)
        return false;
    f->ledger_size = head.size;
    memcpy(f->ledger_root, head.root.b, sizeof f->ledger_root);
    return true;
}

/* The lines that every manifest has once, in their order. */
static bool expect(reader *r, const char *name, pb_str *ret_line)
{
    pb_str line, first;
    if (!pb_str_split(&r->rest, '\n', &line) || !word(&line, &first) || !pb_str_is(first, name))
        return false;
    *ret_line = line;
    return true;
}

static bool read_front(reader *r)
{
    manifest *m = r->m;
    pb_str line;
    if (!expect(r, "probity", &line) || !pb_str_is(line, "backup 1"))
        return false;
    if (!expect(r, "workspace", &line) || !pb_uuid_parse(line, &m->workspace))
        return false;
    if (!expect(r, "at", &line) || !pb_instant_parse(line, &m->at_us))
        return false;
    bool rows = pb_str_starts(r->rest, PB_STR("rows "));
    if (!expect(r, rows ? "rows" : "pages", &line) ||
        !whole(&line, rows ? &m->rows : &m->page_size) || !whole(&line, &m->pages))
        return false;
    return expect(r, "schema", &line) && hex(&line, m->facts.schema, 32) && line.ptr == NULL &&
           (rows || (m->page_size >= 512 && m->page_size <= 65536));
}

/* The lists, each line by its first word; then the log and the end. */
static bool read_lists(reader *r, const piece_box *box)
{
    static const struct {
        const char *name;
        bool (*read)(reader *r, pb_str line);
    } kinds[] = {
        {"count", read_count}, {"sum", read_sum}, {"sample", read_sample}, {"table", read_table}};
    pb_str line, first;
    bool ledger = false;
    while (pb_str_split(&r->rest, '\n', &line) && word(&line, &first)) {
        size_t kind = 0;
        if (pb_str_is(first, "ledger")) {
            if (ledger || !read_ledger(r, box, line))
                return false;
            ledger = true;
            continue;
        }
        if (pb_str_is(first, "log"))
            return ledger && db_position_parse(line, &r->m->position) &&
                   pb_str_eq(r->rest, PB_STR("end\n"));
        while (kind < 4 && !pb_str_is(first, kinds[kind].name))
            kind++;
        if (kind == 4 || !kinds[kind].read(r, line))
            return false;
    }
    return false;
}

static bool covers_all(const manifest *m)
{
    uint64_t pages = 0;
    for (size_t i = 0; i < m->table_count; i++)
        pages += m->tables[i].pages;
    return pages == m->pages;
}

pb_status manifest_read(piece_box *box, const char *label, pb_str object, pb_arena *arena,
                        manifest *ret_manifest, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(PIECE_MAX);
    manifest m = {0};
    pb_str text;
    PB_TRY(manifest_split(object, arena, &m.head, err));
    PB_TRY(manifest_open(box, label, object, &note, &text, err));
    reader r = {.arena = arena, .rest = pb_arena_str(arena, text), .m = &m};
    if (r.rest.ptr == NULL)
        return pb_fail_memory(err);
    bool good = read_front(&r) && read_lists(&r, box) && covers_all(&m);
    if (!good && r.starved)
        return pb_fail_memory(err);
    if (!good)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The manifest {piece} does not say what it must."),
                       "piece", label, NULL);
    *ret_manifest = m;
    return PB_OK;
}
