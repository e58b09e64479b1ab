/* What is there twice: groups, whose they are, how they came in, and how far the search can be
 * trusted. */
#include "build.h"

static pb_str plural(builder *b, const audit_copies *copies)
{
    return pb_translate_str(b->writer.catalog, copies->entity->plural);
}

static pb_str amount_of(builder *b, const audit_copies *copies)
{
    PB_AUTO_BUF amount = PB_BUF_INIT(4096);
    report_amounts(&b->writer, copies->amount, copies->amount_currency, &copies->linked_amounts,
                   &amount);
    return amount.len > 0 ? build_keep(b, &amount) : PB_STR_NONE;
}

/* What it takes to decide and merge them: as the control says that finds them. */
static pb_str work_of(builder *b, const audit_copies *copies)
{
    const audit_result *result = b->writer.result;
    PB_AUTO_BUF work = PB_BUF_INIT(256);
    for (size_t i = 0; i < result->finding_count && work.len == 0; i++) {
        audit_finding all = result->findings[i];
        if (all.control->entity != copies->entity ||
            !pb_str_starts(all.control->id, PB_STR("DUP-NEAR")))
            continue;
        all.failing = copies->extra;
        report_effort(&b->writer, &all, &work);
    }
    return work.len > 0 ? build_keep(b, &work) : PB_STR_NONE;
}

static void overview(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("What"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Groups"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Records in groups"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Share"), REPORT_CELL_SHARE);
    build_column(&table, PB_MSG("Would go"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Largest group"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Several owners"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Hang on them"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("At stake"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Work"), REPORT_CELL_TEXT);
    for (size_t i = 0; i < result->copies_count; i++) {
        const audit_copies *copies = &result->copies[i];
        if (copies->groups == 0)
            continue;
        build_cell_text(&table, plural(b, copies));
        build_cell_int(&table, copies->groups);
        build_cell_int(&table, copies->grouped);
        build_cell_share(&table, (double)copies->grouped / (double)copies->records, REPORT_BAD);
        build_cell_int(&table, copies->extra);
        build_cell_int(&table, copies->largest);
        build_cell_int(&table, copies->split_owners);
        build_cell_int(&table, copies->linked);
        build_cell_text(&table, amount_of(b, copies));
        build_cell_text(&table, work_of(b, copies));
    }
    build_table_block(
        &table, build_say(b, PB_MSG("Groups of likely duplicates"), NULL),
        build_say(
            b,
            PB_MSG("Records that are likely one stand in one group; of each group one record "
                   "stays when they are merged. Groups with several owners are customers "
                   "whom two people call. On the records in groups hang others: deals, cases, "
                   "orders, people of a firm. At stake is what both are worth together, each "
                   "currency by itself; work is what deciding and merging them takes."),
            NULL),
        PB_STR_NONE);
}

static void part_rows(builder *b, table_builder *table, const audit_copies *copies, pb_str by,
                      const audit_copies_part *parts, size_t count, bool words)
{
    for (size_t i = 0; i < count; i++) {
        pb_str name = parts[i].name;
        if (words)
            name = pb_str_is(name, "entry") ? build_say(b, PB_MSG("one by one"), NULL)
                                            : build_say(b, PB_MSG("imported"), NULL);
        build_cell_text(table, plural(b, copies));
        build_cell_text(table, by);
        build_cell_text(table, name.len > 0 ? name : build_say(b, PB_MSG("nobody"), NULL));
        build_cell_int(table, parts[i].grouped);
        build_cell_share(table, (double)parts[i].grouped / (double)parts[i].records, REPORT_BAD);
    }
}

static void where(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("What"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("By"), REPORT_CELL_TEXT);
    build_column(&table, "", REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Records in groups"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Share of theirs"), REPORT_CELL_SHARE);
    for (size_t i = 0; i < result->copies_count; i++) {
        const audit_copies *copies = &result->copies[i];
        part_rows(b, &table, copies, build_say(b, PB_MSG("owner"), NULL), copies->owners,
                  copies->owner_count, false);
        part_rows(b, &table, copies, build_say(b, PB_MSG("source"), NULL), copies->sources,
                  copies->source_count, false);
        part_rows(b, &table, copies, build_say(b, PB_MSG("way in"), NULL), copies->ways,
                  copies->way_count, true);
    }
    build_table_block(&table, build_say(b, PB_MSG("Whose they are and how they came in"), NULL),
                      PB_STR_NONE, PB_STR_NONE);
}

static pb_str share_text(builder *b, const likeness_share *share)
{
    if (share->of == 0)
        return build_say(b, PB_MSG("cannot be told yet"), NULL);
    return build_say(b, PB_MSG("{value} ({low} to {high})"), "value",
                     PB_ARG(build_share(b, share->value)), "low",
                     PB_ARG(build_share(b, share->low)), "high",
                     PB_ARG(build_share(b, share->high)), NULL);
}

static void quality_row(builder *b, table_builder *table, const audit_copies *copies,
                        const likeness_group *group, pb_str name)
{
    build_cell_text(table, plural(b, copies));
    build_cell_text(table, name);
    build_cell_int(table, group->decided);
    build_cell_text(table, share_text(b, &group->precision));
    build_cell_text(table, share_text(b, &group->recall));
}

static void quality(builder *b)
{
    enum { RULES = 10 };
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("What"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Pairs"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Decided"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Precision"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Recall"), REPORT_CELL_TEXT);
    for (size_t i = 0; i < result->copies_count; i++) {
        const audit_copies *copies = &result->copies[i];
        const likeness_quality *of = copies->quality;
        if (of == NULL)
            continue;
        quality_row(b, &table, copies, &of->all, build_say(b, PB_MSG("all"), NULL));
        for (size_t k = 0; k < of->script_count; k++)
            quality_row(b, &table, copies, &of->scripts[k], of->scripts[k].name);
        for (size_t k = 0; k < of->rule_count && k < RULES; k++)
            quality_row(b, &table, copies, &of->rules[k], of->rules[k].name);
    }
    build_table_block(
        &table, build_say(b, PB_MSG("What reviewers' decisions say of the search"), NULL),
        build_say(b,
                  PB_MSG("Precision: of the pairs called duplicates and decided, how many are one. "
                         "Recall: of the pairs decided to be one, how many were called duplicates; "
                         "it can only speak of pairs that somebody looked at. In brackets Wilson's "
                         "interval, 95 %."),
                  NULL),
        PB_STR_NONE);
}

void part_copies(builder *b)
{
    const audit_result *result = b->writer.result;
    bool any = false;
    for (size_t i = 0; i < result->copies_count; i++)
        any = any || result->copies[i].groups > 0 || result->copies[i].quality != NULL;
    if (!any)
        return;
    build_section(b, "copies", PB_MSG("What is there twice"), true);
    overview(b);
    where(b);
    quality(b);
    build_section_end(b);
}
