/* Findings beyond those that have a sheet of their own, in one sheet: no evidence is lost. */
#include "mask.h"
#include "sheets.h"

bool sheets_listed(const audit_finding *finding)
{
    return finding->outcome != AUDIT_COULD_NOT_RUN && finding->failure_count > 0;
}

/* Rows left for records: one is the head's, one may have to say what does not fit. */
static uint64_t room_of(const workbook *w)
{
    return w->limits.rows > 2 ? w->limits.rows - 2 : 0;
}

further sheets_further_ahead(const workbook *w, const audit_finding *const *findings, size_t count)
{
    further f = {0};
    size_t lists = 0;
    uint64_t records = 0, room = room_of(w);
    for (size_t i = 0; i < count; i++) {
        if (!sheets_listed(findings[i]) || lists++ < w->limits.lists)
            continue;
        f.findings++;
        records += findings[i]->failure_count;
    }
    f.records = records < room ? records : room;
    f.left = records - f.records;
    return f;
}

static void head(const workbook *w, const builder *b, sheet *s)
{
    static const struct {
        const char *title;
        int width;
    } columns[] = {{PB_MSG("Control"), 30},    {PB_MSG("Grade"), 13}, {PB_MSG("Record"), 18},
                   {PB_MSG("Field"), 18},      {PB_MSG("Value"), 26}, {PB_MSG("Problem"), 50},
                   {PB_MSG("Suggestion"), 26}, {PB_MSG("Owner"), 18}, {PB_MSG("File"), 22}};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    for (size_t i = 0; i < COLUMNS; i++) {
        sheets_text(s, (lxw_col_t)i, pb_str_c(pb_translate(b->writer.catalog, columns[i].title)),
                    w->head);
        s->width[i] = columns[i].width;
    }
    if (s->to != NULL) {
        worksheet_freeze_panes(s->to, 1, 0);
        worksheet_autofilter(s->to, 0, 0, 1, COLUMNS - 1);
    }
    s->row++;
}

static void put_record(sheet *s, builder *b, const audit_finding *finding,
                       const audit_failure *failure)
{
    const report_writer *writer = &b->writer;
    lxw_format *plain = s->w->plain;
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_problem(writer, finding, failure, &problem);
    sheets_text(s, 0, finding->control->id, plain);
    sheets_text(s, 1, pb_str_c(report_grade(writer, finding->control->grade)), plain);
    sheets_text(s, 2, failure->record, plain);
    sheets_text(s, 3, report_field_label(writer, finding, failure), plain);
    sheets_text(s, 4, mask_value(writer, finding, failure), plain);
    sheets_text(s, 5, pb_buf_str(&problem), plain);
    sheets_text(s, 6, mask_suggestion(writer, finding, failure), plain);
    sheets_text(s, 7, failure->owner, plain);
    sheets_text(s, 8, failure->source, plain);
    s->row++;
}

static void put_finding(workbook *w, const builder *whole, const audit_finding *finding, further *f)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)2 << 30);
    builder b = {.writer = whole->writer, .arena = arena};
    if (arena == NULL) {
        w->failed = true;
        return;
    }
    b.writer.arena = arena; /* rows are given back finding by finding */
    for (size_t i = 0; i < finding->failure_count; i++) {
        if (f->records == room_of(w)) {
            f->left += finding->failure_count - i;
            break;
        }
        put_record(&f->s, &b, finding, &finding->failures[i]);
        f->records++;
    }
    f->findings++;
    w->failed = w->failed || b.failed;
}

void sheets_further(workbook *w, const builder *whole, const audit_finding *const *findings,
                    size_t count, further *f)
{
    *f = (further){.s = sheets_begin(w, pb_str_c(pb_translate(whole->writer.catalog,
                                                              PB_MSG("Further findings"))))};
    head(w, whole, &f->s);
    for (size_t i = 0; i < count; i++)
        if (sheets_listed(findings[i]))
            put_finding(w, whole, findings[i], f);
    if (f->left > 0) {
        PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_say(&whole->writer, &text,
                   PB_MSG("{count} more do not fit into this sheet; they are in findings.csv."),
                   "count", report_int(&whole->writer, f->left), NULL);
        sheets_text(&f->s, 0, pb_buf_str(&text), w->soft);
    }
    sheets_end(&f->s);
}
