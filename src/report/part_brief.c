/* What the audit was planned for: fixed before it was done, so that its result can be held to it.
 */
#include "build.h"

static void told(builder *b, const char *title, pb_str text)
{
    if (text.len > 0)
        build_text(b, build_say(b, title, NULL), text, REPORT_PLAIN);
}

void part_brief(builder *b)
{
    const report_brief *brief = b->writer.report->brief;
    if (brief == NULL)
        return;
    build_section(b, "brief", PB_MSG("What was planned"), true);
    told(b, PB_MSG("Planned audit"), brief->name);
    told(b, PB_MSG("Goals"), brief->goals);
    told(b, PB_MSG("Audited system"), brief->source);
    told(b, PB_MSG("Scope"),
         brief->scope.len > 0 ? brief->scope : build_say(b, PB_MSG("Everything"), NULL));
    told(b, PB_MSG("Criteria"), brief->criteria);
    told(b, PB_MSG("Team"), brief->team);
    if (brief->planned_days != INT64_MIN)
        told(b, PB_MSG("Planned for"), build_date(b, brief->planned_days));
    told(b, PB_MSG("Done on"), build_date(b, b->writer.result->as_of_days));
    build_section_end(b);
}
