#include "mask.h"

#include "base/time.h"

#include <stdarg.h>

enum { MAX_ARGS = 12, MINUTES_PER_HOUR = 60, MINUTES_PER_DAY = 480 };

static int order_findings(const void *a, const void *b)
{
    const audit_finding *x = *(const audit_finding *const *)a;
    const audit_finding *y = *(const audit_finding *const *)b;
    if (x->control->grade != y->control->grade)
        return x->control->grade > y->control->grade ? -1 : 1;
    if (x->outcome != y->outcome)
        return x->outcome == AUDIT_FAIL ? -1 : 1;
    /* What is said of the source as a whole comes after what can be mended record by record. */
    if ((x->control->entity == NULL) != (y->control->entity == NULL))
        return x->control->entity == NULL ? 1 : -1;
    double lost_x = x->population > 0 ? (double)x->failing / (double)x->population : 0;
    double lost_y = y->population > 0 ? (double)y->failing / (double)y->population : 0;
    if (lost_x > lost_y || lost_x < lost_y)
        return lost_x > lost_y ? -1 : 1;
    return pb_str_cmp(x->control->id, y->control->id);
}

pb_status report_begin(const report_input *report, pb_locale *locale, pb_arena *arena, pb_buf *out,
                       report_writer *ret_writer, pb_error *err)
{
    const audit_result *result = report->result;
    report_writer writer = {.report = report,
                            .result = result,
                            .locale = locale,
                            .catalog = pb_locale_catalog(locale),
                            .out = out,
                            .arena = arena};
    writer.failed = pb_arena_array(arena, result->finding_count + 1, sizeof *writer.failed);
    if (writer.failed == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < result->finding_count; i++) {
        audit_outcome outcome = result->findings[i].outcome;
        if (outcome == AUDIT_FAIL || outcome == AUDIT_COULD_NOT_RUN)
            writer.failed[writer.failed_count++] = &result->findings[i];
    }
    qsort(writer.failed, writer.failed_count, sizeof *writer.failed, order_findings);
    *ret_writer = writer;
    return PB_OK;
}

size_t report_count(const report_writer *writer, audit_outcome outcome, int grade)
{
    size_t count = 0;
    for (size_t i = 0; i < writer->result->finding_count; i++) {
        const audit_finding *finding = &writer->result->findings[i];
        count +=
            finding->outcome == outcome && (grade < 0 || (int)finding->control->grade == grade);
    }
    return count;
}

const char *report_int(const report_writer *writer, uint64_t value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_int(writer->locale, &text, (int64_t)value);
    const char *copy = pb_arena_cstr(writer->arena, pb_buf_str(&text));
    return copy != NULL ? copy : "";
}

void report_say(const report_writer *writer, pb_buf *to, const char *id, ...)
{
    va_list list;
    va_start(list, id);
    pb_format_list(to, pb_translate(writer->catalog, id), list);
    va_end(list);
}

void report_say_n(const report_writer *writer, pb_buf *to, const char *one, const char *several,
                  uint64_t n, ...)
{
    va_list list;
    int64_t count = n > INT64_MAX ? INT64_MAX : (int64_t)n;
    va_start(list, n);
    pb_format_list(to, pb_translate_n(writer->catalog, one, several, count), list);
    va_end(list);
}

void report_gap(const report_writer *writer, pb_buf *to)
{
    if (!pb_str_starts(pb_str_c(pb_catalog_language(writer->catalog)), PB_STR("zh")))
        pb_buf_byte(to, ' ');
}

const char *report_counted(const report_writer *writer, const char *one, const char *several,
                           uint64_t n)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_say_n(writer, &text, one, several, n, "count", report_int(writer, n), NULL);
    const char *copy = pb_arena_cstr(writer->arena, pb_buf_str(&text));
    return copy != NULL ? copy : "";
}

void report_amount(const report_writer *writer, int64_t minor, pb_str currency, pb_buf *to)
{
    pb_locale_number(writer->locale, to, (double)minor / 100, minor % 100 != 0 ? 2 : 0);
    if (!pb_str_empty(currency))
        pb_buf_printf(to, " %.*s", PB_STR_FMT(currency));
}

/* One of several: from right to left each stands by itself, or the “+” jumps between figure and
 * currency (Unicode UAX 9, isolates). */
static void amount_of_many(const report_writer *writer, int64_t minor, pb_str currency, pb_buf *to)
{
    bool rtl = pb_catalog_rtl(writer->catalog);
    if (rtl)
        pb_buf_addc(to, "\u2068");
    report_amount(writer, minor, currency, to);
    if (rtl)
        pb_buf_addc(to, "\u2069");
}

void report_amounts(const report_writer *writer, int64_t minor, pb_str currency,
                    const audit_sums *sums, pb_buf *to)
{
    if (currency.ptr != NULL)
        amount_of_many(writer, minor, currency, to);
    for (size_t i = 0; i < sums->count; i++) {
        if (sums->minor[i] == 0)
            continue;
        if (to->len > 0)
            pb_buf_addc(to, " + ");
        amount_of_many(writer, sums->minor[i], sums->currency[i], to);
    }
}

pb_str report_shown(const report_writer *writer, pb_str value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    int64_t days, us;
    bool date = writer->page && value.len == 10 && pb_date_parse(value, &days);
    if (writer->page && value.len == 20 && pb_str_ends(value, PB_STR("T00:00:00Z")) &&
        pb_instant_parse(value, &us)) {
        date = true;
        days = pb_instant_day(us);
    }
    if (!date)
        return value;
    if (pb_catalog_rtl(writer->catalog))
        pb_locale_date(writer->locale, &text, days);
    else
        pb_date_format(&text, days);
    return pb_arena_str(writer->arena, pb_buf_str(&text));
}

/* On a page written right to left a value stands between FIRST STRONG ISOLATE and POP DIRECTIONAL
 * ISOLATE (Unicode UAX #9): else the parts of +49-30-123 change places inside the sentence. */
static pb_str apart(const report_writer *writer, pb_str value)
{
    pb_str shown = report_shown(writer, value);
    if (!writer->page || !pb_catalog_rtl(writer->catalog) || pb_str_empty(shown))
        return shown;
    return pb_str_c(
        pb_arena_printf(writer->arena, "\xE2\x81\xA8%.*s\xE2\x81\xA9", PB_STR_FMT(shown)));
}

static void format_apart(const report_writer *writer, pb_str id, const pb_arg *args, size_t count,
                         pb_buf *to)
{
    pb_arg own[MAX_ARGS];
    count = count < MAX_ARGS ? count : MAX_ARGS;
    for (size_t i = 0; i < count; i++)
        own[i] = (pb_arg){args[i].name, apart(writer, args[i].value)};
    pb_format(to, pb_translate_str(writer->catalog, id), own, count);
}

/* English writes the name of a kind of record small inside a sentence, but for abbreviations. */
static pb_str inside(const report_writer *writer, pb_str label)
{
    bool capital = label.len > 1 && label.ptr[0] >= 'A' && label.ptr[0] <= 'Z' &&
                   label.ptr[1] >= 'a' && label.ptr[1] <= 'z';
    char *small = writer->catalog == NULL && capital ? pb_arena_cstr(writer->arena, label) : NULL;
    if (small == NULL)
        return label;
    small[0] = (char)(small[0] - 'A' + 'a');
    return pb_str_c(small);
}

/* Labels of entity and field, as the texts of controls and problems name them. */
static size_t label_args(const report_writer *writer, const audit_control *control, pb_arg args[4])
{
    const pb_catalog *catalog = writer->catalog;
    size_t count = 0;
    if (control->entity != NULL) {
        args[count++] =
            (pb_arg){"entity", inside(writer, pb_translate_str(catalog, control->entity->label))};
        args[count++] = (pb_arg){
            "entities", inside(writer, pb_translate_str(catalog, control->entity->plural))};
    }
    if (control->field != NULL)
        args[count++] = (pb_arg){"field", pb_translate_str(catalog, control->field->label)};
    args[count++] = (pb_arg){"unit", pb_translate_str(catalog, control->unit)};
    return count;
}

/* A text that begins with the name of a kind of record begins with a capital all the same. */
static void format_labelled(const report_writer *writer, pb_str id, const pb_arg *args,
                            size_t count, pb_buf *to)
{
    size_t from = to->len;
    pb_str text = pb_translate_str(writer->catalog, id);
    pb_format(to, text, args, count);
    if (writer->catalog == NULL && pb_str_starts(text, PB_STR("{entit")) && !to->failed &&
        to->len > from && to->ptr[from] >= 'a' && to->ptr[from] <= 'z')
        to->ptr[from] = (char)(to->ptr[from] - 'a' + 'A');
}

void report_control_text(const report_writer *writer, const audit_finding *finding, pb_str id,
                         pb_buf *to)
{
    PB_AUTO_BUF share = PB_BUF_INIT(128), amount = PB_BUF_INIT(128);
    pb_arg args[MAX_ARGS];
    size_t count = label_args(writer, finding->control, args);
    if (finding->population > 0)
        pb_locale_share(writer->locale, &share,
                        (double)finding->failing / (double)finding->population);
    report_amounts(writer, finding->amount, finding->amount_currency, &finding->amounts, &amount);
    args[count++] = (pb_arg){"failing", pb_str_c(report_int(writer, finding->failing))};
    args[count++] = (pb_arg){"population", pb_str_c(report_int(writer, finding->population))};
    args[count++] = (pb_arg){"fixable", pb_str_c(report_int(writer, finding->fixable))};
    args[count++] = (pb_arg){"share", pb_buf_str(&share)};
    args[count++] = (pb_arg){"amount", pb_buf_str(&amount)};
    format_labelled(writer, id, args, count, to);
}

static void put_limit(const report_writer *writer, const audit_control *control, double limit,
                      pb_buf *to)
{
    if (control->pass_share && limit > 0)
        pb_locale_limit(writer->locale, to, limit);
    else
        pb_locale_int(writer->locale, to, control->pass_share ? 0 : (int64_t)limit);
}

/* Units that controls of the house count in. An own control's stays as its author wrote it. */
static const struct counted_unit {
    const char *one, *several;
} counted_units[] = {
    {PB_MSG_N("address", "addresses")}, {PB_MSG_N("amount", "amounts")},
    {PB_MSG_N("column", "columns")},    {PB_MSG_N("country", "countries")},
    {PB_MSG_N("date", "dates")},        {PB_MSG_N("e-mail address", "e-mail addresses")},
    {PB_MSG_N("field", "fields")},      {PB_MSG_N("name", "names")},
    {PB_MSG_N("number", "numbers")},    {PB_MSG_N("reference", "references")},
    {PB_MSG_N("source", "sources")},    {PB_MSG_N("telephone number", "telephone numbers")},
    {PB_MSG_N("user", "users")},        {PB_MSG_N("value", "values")},
};

/* What is counted, as it stands behind the number. */
static pb_str unit_of(const report_writer *writer, const audit_control *control, uint64_t n)
{
    const model_entity *entity = control->entity;
    if (entity != NULL && pb_str_eq(control->unit, entity->plural))
        return inside(writer,
                      pb_translate_str(writer->catalog, n == 1 ? entity->label : entity->plural));
    for (size_t i = 0; i < sizeof counted_units / sizeof *counted_units; i++)
        if (pb_str_is(control->unit, counted_units[i].several))
            return pb_str_c(pb_translate_n(writer->catalog, counted_units[i].one,
                                           counted_units[i].several, n == 1 ? 1 : 2));
    return pb_translate_str(writer->catalog, control->unit);
}

static void put_condition(const report_writer *writer, const audit_finding *finding, pb_buf *to)
{
    PB_AUTO_BUF share = PB_BUF_INIT(128), limit = PB_BUF_INIT(128);
    const char *failing = report_int(writer, finding->failing);
    put_limit(writer, finding->control, finding->control->pass_limit, &limit);
    if (finding->population == 1 && finding->failure_count == 1) {
        report_problem(writer, finding, &finding->failures[0], to);
        return;
    }
    if (finding->population == 0) {
        report_say_n(writer, to,
                     PB_MSG_N("{failing} {unit} fails; allowed: {limit}.",
                              "{failing} {unit} fail; allowed: {limit}."),
                     finding->failing, "failing", failing, "unit",
                     PB_ARG(unit_of(writer, finding->control, finding->failing)), "limit",
                     pb_buf_cstr(&limit), NULL);
        return;
    }
    pb_locale_share(writer->locale, &share, (double)finding->failing / (double)finding->population);
    report_say_n(
        writer, to,
        PB_MSG_N("{failing} of {population} {unit} fails, that is {share}; allowed: {limit}.",
                 "{failing} of {population} {unit} fail, that is {share}; allowed: {limit}."),
        finding->failing, "failing", failing, "population", report_int(writer, finding->population),
        "unit", PB_ARG(unit_of(writer, finding->control, finding->population)), "share",
        pb_buf_cstr(&share), "limit", pb_buf_cstr(&limit), NULL);
}

/* A criterion is fixed beforehand; where the workspace fixed it otherwise, that is part of it. */
void report_limit_set(const report_writer *writer, const audit_control *control, pb_buf *to)
{
    PB_AUTO_BUF limit = PB_BUF_INIT(128), day = PB_BUF_INIT(128);
    put_limit(writer, control, control->limit_shipped, &limit);
    pb_locale_date(writer->locale, &day, control->limit_at_us / PB_US_PER_DAY);
    report_say(writer, to,
               PB_MSG("What is allowed was set in this workspace on {date}; as shipped: {limit}."),
               "date", pb_buf_cstr(&day), "limit", pb_buf_cstr(&limit), NULL);
    report_gap(writer, to);
    report_say(writer, to, PB_MSG("Set by {by}: {why}"), "by", PB_ARG(control->limit_by), "why",
               PB_ARG(control->limit_why), NULL);
}

void report_condition(const report_writer *writer, const audit_finding *finding, pb_buf *to)
{
    put_condition(writer, finding, to);
    if (finding->control->limit_set) {
        report_gap(writer, to);
        report_limit_set(writer, finding->control, to);
    }
}

void report_problem(const report_writer *writer, const audit_finding *finding,
                    const audit_failure *failure, pb_buf *to)
{
    pb_arg args[MAX_ARGS];
    size_t count = label_args(writer, finding->control, args);
    for (size_t i = 0; i < count; i++)
        if (strcmp(args[i].name, "field") == 0)
            count = i; /* the failure's own field, which may be another one, stands for it */
    args[count++] = (pb_arg){"field", report_field_label(writer, finding, failure)};
    args[count++] = (pb_arg){"value", apart(writer, mask_value(writer, finding, failure))};
    args[count++] = (pb_arg){"other", apart(writer, mask_other(writer, finding, failure))};
    args[count++] =
        (pb_arg){"suggestion", apart(writer, mask_suggestion(writer, finding, failure))};
    pb_str problem = failure->problem;
    if (pb_str_empty(problem))
        problem = !pb_str_empty(finding->control->problem) ? finding->control->problem
                                                           : finding->control->criterion;
    format_labelled(writer, problem, args, count, to);
}

void report_reason(const report_writer *writer, const audit_finding *finding, pb_buf *to)
{
    pb_arg args[MAX_ARGS];
    const model_schema *schema = writer->report->schema;
    size_t count = label_args(writer, finding->control, args);
    pb_str value = pb_translate_str(writer->catalog, finding->reason_value);
    for (size_t i = 0; i < schema->entity_count; i++)
        if (pb_str_eq(finding->reason_value, schema->entities[i].plural))
            value = inside(writer, value);
    args[count++] = (pb_arg){"value", value};
    format_labelled(writer, finding->reason, args, count, to);
}

void report_reject(const report_writer *writer, const report_source_reject *reject, pb_buf *to)
{
    const pb_arg args[] = {{"value", mask_raw(writer, reject->model, reject->value)},
                           {"field", reject->column},
                           {"expected", pb_str_c(report_int(writer, (uint64_t)reject->expected))},
                           {"found", pb_str_c(report_int(writer, (uint64_t)reject->found))}};
    format_apart(writer, reject->says, args, 4, to);
}

void report_why_not(const report_writer *writer, const report_source_file *file, pb_buf *to)
{
    format_apart(writer, file->why_not, file->why_args, file->why_arg_count, to);
}

void report_column_note(const report_writer *writer, const report_source_column *column, pb_buf *to)
{
    if (!pb_str_empty(column->note))
        format_apart(writer, column->note, column->note_args, column->note_arg_count, to);
    if (pb_str_empty(column->holds))
        return;
    if (to->len > 0)
        report_gap(writer, to);
    pb_str holds = pb_translate_str(writer->catalog, column->holds);
    report_say(writer, to, PB_MSG("It looks as if it held {what}."), "what", PB_ARG(holds), NULL);
}

pb_str report_field_label(const report_writer *writer, const audit_finding *finding,
                          const audit_failure *failure)
{
    const model_entity *entity = finding->control->entity;
    const model_field *field = entity != NULL && !pb_str_empty(failure->field)
                                   ? model_field_find(entity, failure->field)
                                   : NULL;
    return field != NULL ? pb_translate_str(writer->catalog, field->label) : failure->field;
}

pb_str report_mark_label(const report_writer *writer, const audit_mark *mark)
{
    const audit_catalogue *catalogue = writer->report->catalogue;
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, mark->name))
            return pb_translate_str(writer->catalog, catalogue->areas[i].title);
    const model_entity *entity = model_entity_find(writer->report->schema, mark->name);
    return entity != NULL ? pb_translate_str(writer->catalog, entity->plural) : mark->name;
}

void report_effort(const report_writer *writer, const audit_finding *finding, pb_buf *to)
{
    const audit_control *control = finding->control;
    double minutes = control->effort_minutes;
    PB_AUTO_BUF number = PB_BUF_INIT(128);
    if (pb_str_is(control->effort_unit, "minutes_per_record"))
        minutes *= (double)finding->failing;
    if (minutes <= 0)
        return;
    bool days = minutes >= 2 * MINUTES_PER_DAY, hours = minutes >= 1.5 * MINUTES_PER_HOUR;
    double amount = days ? minutes / MINUTES_PER_DAY : hours ? minutes / MINUTES_PER_HOUR : minutes;
    int64_t whole = (int64_t)(amount + 0.5);
    pb_locale_int(writer->locale, &number, whole > 0 ? whole : 1);
    if (days)
        report_say_n(writer, to,
                     PB_MSG_N("about {count} working day", "about {count} working days"),
                     (uint64_t)whole, "count", pb_buf_cstr(&number), NULL);
    else if (hours)
        report_say_n(writer, to, PB_MSG_N("about {count} hour", "about {count} hours"),
                     (uint64_t)whole, "count", pb_buf_cstr(&number), NULL);
    else
        report_say(writer, to, PB_MSG("about {count} min"), "count", pb_buf_cstr(&number), NULL);
}

const char *report_grade(const report_writer *writer, model_grade grade)
{
    static const char *const names[] = {PB_MSG("desirable"), PB_MSG("important"),
                                        PB_MSG("essential")};
    return pb_translate(writer->catalog, names[grade]);
}
