/* The workbook as a whole: what to know, what fails, and a work list for each finding. */
#include "evidence.h"
#include "sheets.h"

#include "base/time.h"

#include <math.h>

/* Rows of evidence the sheet of a finding has at most, such sheets a workbook has at most. */
enum { WORK_LIST = 100000, MOST_LISTS = 250 };

static pb_str say(const builder *b, const char *id)
{
    return pb_str_c(pb_translate(b->writer.catalog, id));
}

/* What fails and what was accepted, in the order of the sheet “Findings”. */
typedef struct told {
    const audit_finding **items;
    size_t count;
} told;

static told all_told(builder *b)
{
    const report_writer *writer = &b->writer;
    told all = {pb_arena_array(b->arena, writer->result->finding_count + 1, sizeof *all.items), 0};
    if (all.items == NULL) {
        b->failed = true;
        return all;
    }
    for (size_t i = 0; i < writer->failed_count; i++)
        all.items[all.count++] = writer->failed[i];
    for (size_t i = 0; i < writer->result->finding_count; i++)
        if (writer->result->findings[i].outcome == AUDIT_WAIVED)
            all.items[all.count++] = &writer->result->findings[i];
    return all;
}

/* Whoever opens the workbook must not miss what has no sheet of its own. */
static void say_further(sheet *s, builder *b, const told *all)
{
    workbook *w = s->w;
    const further f = sheets_further_ahead(w, all->items, all->count);
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (f.findings == 0)
        return;
    report_say(&b->writer, &text,
               PB_MSG("Findings without a sheet of their own: {count}. Their records ({records}) "
                      "stand in the sheet “{sheet}”."),
               "count", report_int(&b->writer, f.findings), "records",
               report_int(&b->writer, f.records), "sheet",
               pb_translate(b->writer.catalog, PB_MSG("Further findings")), NULL);
    if (f.left > 0) {
        report_gap(&b->writer, &text);
        report_say(&b->writer, &text,
                   PB_MSG("Records that do not fit into it: {count}; they are in findings.csv."),
                   "count", report_int(&b->writer, f.left), NULL);
    }
    sheets_text(s, 0, pb_buf_str(&text), w->bold);
    s->row += 2;
}

static void summary(workbook *w, builder *b, const told *all)
{
    static const char *const parts[] = {"figures", "first", "marks"};
    const report_document *document = w->document;
    sheet s = sheets_begin(w, say(b, PB_MSG("Summary")));
    sheets_text(&s, 0, document->title, w->title);
    s.row++;
    sheets_text(&s, 0, document->date, w->soft);
    s.row += 2;
    char letter[2] = {document->letter, 0};
    sheets_text(&s, 0, document->letter == '-' ? PB_STR("–") : pb_str_c(letter), w->title);
    sheets_text(&s, 1, document->score_text, w->bold);
    s.row++;
    sheets_text(&s, 0, document->overview, w->plain);
    s.row++;
    sheets_text(&s, 0, document->held, w->soft);
    s.row += 2;
    say_further(&s, b, all);
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (size_t i = 0; i < document->section_count; i++)
            if (strcmp(document->sections[i].id, parts[p]) == 0)
                sheets_section(&s, &document->sections[i]);
    sheets_end(&s);
}

static const char *outcome(audit_outcome of)
{
    return of == AUDIT_FAIL     ? PB_MSG("fails")
           : of == AUDIT_WAIVED ? PB_MSG("accepted")
                                : PB_MSG("could not be examined");
}

static void finding_row(sheet *s, builder *b, const audit_finding *finding, const char *leads)
{
    workbook *w = s->w;
    PB_AUTO_BUF remedy = PB_BUF_INIT(REPORT_TEXT_MAX);
    double hours = build_hours(finding);
    report_control_text(&b->writer, finding, finding->control->remedy, &remedy);
    if (leads != NULL)
        sheets_link(s, 0, leads, finding->control->id);
    else
        sheets_text(s, 0, finding->control->id, w->plain);
    sheets_text(s, 1, build_title(b, finding), w->wrap);
    sheets_text(s, 2, pb_str_c(report_grade(&b->writer, finding->control->grade)), w->plain);
    sheets_text(s, 3, say(b, outcome(finding->outcome)), w->plain);
    if (finding->outcome != AUDIT_COULD_NOT_RUN) {
        sheets_number(s, 4, (double)finding->failing, w->count);
        sheets_number(s, 5, (double)finding->population, w->count);
        if (finding->population > 0)
            sheets_number(s, 6, (double)finding->failing / (double)finding->population, w->share);
    }
    if (hours > 0)
        sheets_number(s, 7, hours, w->mark);
    sheets_text(s, 8, pb_buf_str(&remedy), w->wrap);
    s->row++;
}

/* A finding's own sheet: what is wrong, then every record that is listed. */
static void work_list(workbook *w, const builder *whole, const audit_finding *finding, pb_str back,
                      const char *back_name, char ret_name[SHEETS_NAME])
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)2 << 30);
    builder b = {.writer = whole->writer, .arena = arena};
    sheet s = sheets_begin(w, finding->control->id);
    ret_name[0] = 0;
    if (arena == NULL) {
        w->failed = true;
        return;
    }
    b.writer.arena = arena; /* rows are given back finding by finding */
    PB_AUTO_BUF condition = PB_BUF_INIT(REPORT_TEXT_MAX);
    sheets_text(&s, 0, build_title(&b, finding), w->title);
    s.row++;
    report_condition(&b.writer, finding, &condition);
    sheets_text(&s, 0, pb_buf_str(&condition), w->plain);
    s.row++;
    sheets_link(&s, 0, back_name, back);
    s.row += 2;
    const report_table *table = evidence_table(&b, finding);
    if (table != NULL)
        sheets_table(&s, table, true);
    w->failed = w->failed || b.failed;
    memcpy(ret_name, s.name, sizeof s.name);
    sheets_end(&s);
}

static void findings_head(sheet *s, const builder *b)
{
    static const char *const heads[] = {PB_MSG("Control"), PB_MSG("Title"),   PB_MSG("Grade"),
                                        PB_MSG("Outcome"), PB_MSG("Failing"), PB_MSG("Examined"),
                                        PB_MSG("Share"),   PB_MSG("Hours"),   PB_MSG("What to do")};
    static const int widths[] = {26, 44, 13, 16, 11, 11, 10, 9, 60};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        sheets_text(s, (lxw_col_t)i, say(b, heads[i]), s->w->head);
        s->width[i] = widths[i];
    }
    s->row++;
    if (s->to != NULL)
        worksheet_freeze_panes(s->to, 1, 0);
}

/* The worst have a sheet each; the records of all that come after them share one. */
static void findings(workbook *w, builder *b, const told *all)
{
    sheet s = sheets_begin(w, say(b, PB_MSG("Findings")));
    size_t lists = 0;
    further rest = {0};
    findings_head(&s, b);
    for (size_t i = 0; i < all->count && s.to != NULL; i++) {
        const audit_finding *finding = all->items[i];
        bool listed = sheets_listed(finding);
        char name[SHEETS_NAME];
        if (listed && lists < w->limits.lists)
            work_list(w, b, finding, say(b, PB_MSG("Findings")), s.name, name);
        else if (listed && lists == w->limits.lists)
            sheets_further(w, b, all->items + i, all->count - i, &rest);
        finding_row(&s, b, finding, !listed ? NULL : lists < w->limits.lists ? name : rest.s.name);
        lists += listed;
    }
    if (s.to != NULL)
        worksheet_autofilter(s.to, 0, 0, s.row > 1 ? s.row - 1 : 1, 8);
    sheets_end(&s);
}

static void sections(workbook *w)
{
    static const char *const own[] = {"brief", "trend",  "target",       "against",
                                      "plan",  "fields", "owners",       "decay",
                                      "usage", "passed", "not-examined", "source"};
    for (size_t p = 0; p < sizeof own / sizeof *own; p++)
        for (size_t i = 0; i < w->document->section_count; i++) {
            const report_section *section = &w->document->sections[i];
            if (strcmp(section->id, own[p]) != 0)
                continue;
            sheet s = sheets_begin(w, section->title);
            sheets_section(&s, section);
            sheets_end(&s);
        }
}

static void properties(workbook *w)
{
    const audit_result *result = w->document->input->result;
    PB_AUTO_BUF title = PB_BUF_INIT(1 << 16), author = PB_BUF_INIT(1 << 10);
    pb_buf_add(&title, w->document->subject);
    pb_buf_printf(&author, "Probity %s", w->document->input->program_version);
    lxw_doc_properties about = {
        .title = (char *)(uintptr_t)pb_buf_cstr(&title),
        .author = (char *)(uintptr_t)pb_buf_cstr(&author),
        /* The day audited, not the moment of writing: the same audit makes the same file. */
        .created = (time_t)(result->as_of_days * 86400),
    };
    workbook_set_properties(w->book, &about);
}

static pb_status fill(workbook *w, builder *b, pb_error *err)
{
    properties(w);
    sheets_formats(w);
    const told all = all_told(b);
    if (!w->failed && !b->failed) {
        summary(w, b, &all);
        findings(w, b, &all);
        sections(w);
    }
    lxw_error closed = workbook_close(w->book);
    w->book = NULL;
    if (w->failed || b->failed)
        return pb_fail_memory(err);
    if (w->error == LXW_NO_ERROR)
        w->error = closed;
    if (w->error == LXW_NO_ERROR)
        return PB_OK;
    pb_fail(err, PB_IO, PB_MSG("The workbook could not be written"), NULL);
    pb_error_detail(err, PB_MSG("{what}"), "what", lxw_strerror(w->error), NULL);
    return PB_IO;
}

pb_status sheets_write(const report_input *report, pb_locale *locale, const char *folder,
                       const char *path, sheets_limits limits, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    report_document document;
    report_input brief = *report, whole = *report;
    builder b = {.arena = arena};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = (char *)(uintptr_t)folder};
    if (arena == NULL)
        return pb_fail_memory(err);
    brief.samples = 1; /* the lists are made one by one, that they need not be in memory at once */
    whole.samples = WORK_LIST;
    PB_TRY(report_document_make(&brief, locale, arena, &document, err));
    PB_TRY(report_begin(&whole, locale, arena, NULL, &b.writer, err));
    b.writer.page = true;
    workbook w = {
        .document = &document, .limits = limits, .book = workbook_new_opt(path, &options)};
    if (w.book == NULL)
        return pb_fail_memory(err);
    return fill(&w, &b, err);
}

pb_status report_xlsx(const report_input *report, pb_locale *locale, const char *folder,
                      const char *path, pb_error *err)
{
    return sheets_write(report, locale, folder, path, (sheets_limits){MOST_LISTS, LXW_ROW_MAX},
                        err);
}
