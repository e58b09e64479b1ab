/* The document as a whole. */
#include "report/document.h"
#include "build.h"

static void head(builder *b, report_document *document)
{
    const report_input *input = b->writer.report;
    const audit_mark *mark = &b->writer.result->overall;
    PB_AUTO_BUF overview = PB_BUF_INIT(REPORT_TEXT_MAX), held = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_overview(&b->writer, &overview);
    report_held(&b->writer, &held);
    document->language = pb_catalog_language(b->writer.catalog);
    document->rtl = pb_catalog_rtl(b->writer.catalog);
    document->title = build_say(b, PB_MSG("Audit of {title}"), "title", PB_ARG(input->title), NULL);
    document->subject = input->title;
    document->date = build_date(b, b->writer.result->as_of_days);
    document->overview = build_keep(b, &overview);
    document->held = build_keep(b, &held);
    document->letter = mark->letter;
    document->score = mark->score;
    if (mark->letter != '-')
        document->score_text = build_say(b, PB_MSG("{score} of 100"), "score",
                                         PB_ARG(build_number(b, mark->score, 1)), NULL);
    document->footer = build_say(
        b, PB_MSG("Made by Probity, which reads a source the same way every time."), NULL);
    document->contents_title = build_say(b, PB_MSG("Contents"), NULL);
    document->figures_title = build_say(b, PB_MSG("Figures"), NULL);
    document->input = input;
}

pb_status report_document_make(const report_input *input, pb_locale *locale, pb_arena *arena,
                               report_document *ret_document, pb_error *err)
{
    report_document document = {0};
    builder b = {.arena = arena};
    PB_TRY(report_begin(input, locale, arena, NULL, &b.writer, err));
    b.writer.page = true;
    head(&b, &document);
    part_top(&b);
    part_brief(&b);
    part_marks(&b);
    part_trend(&b);
    part_target(&b);
    part_against(&b);
    part_swot(&b);
    part_plan(&b);
    part_fields(&b);
    part_findings(&b);
    part_owners(&b);
    part_copies(&b);
    part_decay(&b);
    part_usage(&b);
    part_passed(&b);
    part_not_examined(&b);
    part_source(&b);
    part_about(&b);
    if (b.failed)
        return pb_fail_memory(err);
    document.sections = b.sections;
    document.section_count = b.section_count;
    *ret_document = document;
    return PB_OK;
}

bool report_document_tells(const report_document *document, pb_str control)
{
    for (size_t s = 0; s < document->section_count; s++) {
        const report_section *section = &document->sections[s];
        for (size_t i = 0; i < section->block_count; i++)
            if (section->blocks[i].kind == REPORT_BLOCK_FINDING &&
                pb_str_eq(section->blocks[i].item->id, control))
                return true;
    }
    return false;
}
