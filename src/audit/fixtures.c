/* Running the cases of controls, and telling what differs from what they promise. */
#include "audit/fixtures.h"

#include "base/time.h"

typedef struct cases {
    const model_schema *schema;
    const audit_catalogue *catalogue;
    const audit_fixture_loader *loader;
    pb_arena *arena;
    audit_fixture_result *results;
    size_t count, capacity;
} cases;

static const char *outcome_name(audit_outcome outcome)
{
    static const char *const names[] = {"pass", "fail", "not applicable", "could not run",
                                        "waived"};
    return names[outcome];
}

static pb_str failing_name(const audit_failure *failure)
{
    return failure->record.ptr ? failure->record : failure->field;
}

static bool among(const model_strs *list, pb_str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (pb_str_eq(list->items[i], text))
            return true;
    return false;
}

static void list_names(pb_buf *out, const model_strs *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (i)
            pb_buf_addc(out, ", ");
        pb_buf_add(out, names->items[i]);
    }
}

static pb_status say(cases *all, audit_fixture_result *result, const char *says, pb_str expected,
                     pb_str found, pb_error *err)
{
    result->good = false;
    result->says = pb_str_c(says);
    result->expected = pb_arena_str(all->arena, expected);
    result->found = pb_arena_str(all->arena, found);
    return (expected.ptr && !result->expected.ptr) || (found.ptr && !result->found.ptr)
               ? pb_fail_memory(err)
               : PB_OK;
}

static pb_status compare_ids(cases *all, const audit_finding *finding, audit_fixture_result *result,
                             pb_error *err)
{
    const model_strs *expect = &result->fixture->expect;
    bool same = finding->failure_count == expect->count;
    PB_AUTO_BUF wanted = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF found = PB_BUF_INIT(1 << 16);
    list_names(&wanted, expect);
    for (size_t i = 0; i < finding->failure_count; i++) {
        pb_str name = failing_name(&finding->failures[i]);
        if (i)
            pb_buf_addc(&found, ", ");
        pb_buf_add(&found, name);
        /* What concerns the source as a whole has no name; it is expected as `source`. */
        same = same && among(expect, name.ptr ? name : PB_STR("source"));
    }
    if (same)
        return PB_OK;
    return say(all, result, PB_MSG("Expected to fail: {expected}; failed: {found}."),
               pb_buf_str(&wanted), pb_buf_str(&found), err);
}

static pb_status compare_suggestions(cases *all, const audit_finding *finding,
                                     audit_fixture_result *result, pb_error *err)
{
    const audit_fixture *fixture = result->fixture;
    for (size_t i = 0; i < fixture->suggest.count; i++) {
        pb_str found = PB_STR_NONE;
        for (size_t k = 0; k < finding->failure_count; k++)
            if (pb_str_eq(failing_name(&finding->failures[k]), fixture->suggest_ids.items[i]))
                found = finding->failures[k].suggestion;
        if (!pb_str_eq(found, fixture->suggest.items[i]))
            return say(all, result, PB_MSG("Expected to be suggested: {expected}; was: {found}."),
                       fixture->suggest.items[i], found.ptr ? found : PB_STR(""), err);
    }
    return PB_OK;
}

static pb_status judge(cases *all, const audit_finding *finding, audit_fixture_result *result,
                       pb_error *err)
{
    static const audit_outcome wanted[] = {AUDIT_PASS, AUDIT_FAIL, AUDIT_NOT_APPLICABLE};
    audit_outcome expected = wanted[result->fixture->kind];
    result->outcome = finding->outcome;
    result->good = true;
    if (finding->outcome != expected) {
        PB_AUTO_BUF found = PB_BUF_INIT(1 << 16);
        pb_buf_addc(&found, outcome_name(finding->outcome));
        if (finding->outcome == AUDIT_FAIL)
            for (size_t i = 0; i < finding->failure_count; i++)
                pb_buf_printf(&found, " %.*s", PB_STR_FMT(failing_name(&finding->failures[i])));
        if (finding->reason.len) {
            pb_arg value = {"value", finding->reason_value};
            pb_buf_addc(&found, ": ");
            pb_format(&found, finding->reason, &value, 1);
        }
        return say(all, result, PB_MSG("Expected to be {expected}, was {found}."),
                   pb_str_c(outcome_name(expected)), pb_buf_str(&found), err);
    }
    if (expected != AUDIT_FAIL)
        return PB_OK;
    PB_TRY(compare_ids(all, finding, result, err));
    return result->good ? compare_suggestions(all, finding, result, err) : PB_OK;
}

/* Fixtures ask nobody: names below .invalid never exist (RFC 6761 6.4), a domain called
 * no-mail takes none, one called silent gives no answer, all others take mail. */
static pb_status fixture_domains(void *context, const pb_str *domains, size_t count,
                                 audit_mail *ret_verdicts, pb_error *err)
{
    (void)context;
    (void)err;
    for (size_t i = 0; i < count; i++)
        ret_verdicts[i] = pb_str_ends(domains[i], PB_STR(".invalid"))     ? AUDIT_MAIL_NO_DOMAIN
                          : pb_str_starts(domains[i], PB_STR("no-mail.")) ? AUDIT_MAIL_REFUSED
                          : pb_str_starts(domains[i], PB_STR("silent."))  ? AUDIT_MAIL_UNKNOWN
                                                                          : AUDIT_MAIL_TAKEN;
    return PB_OK;
}

static pb_status run_loaded(cases *all, db_session *snapshot, audit_fixture_result *result,
                            pb_error *err)
{
    audit_catalogue one = *all->catalogue;
    audit_control control = *result->control;
    audit_options options = {.mail_domains = fixture_domains};
    audit_result found = {0};
    one.controls = &control;
    one.count = 1;
    pb_str day = result->fixture->as_of.ptr ? result->fixture->as_of : PB_STR("2025-06-30");
    if (!pb_date_parse(day, &options.as_of_days))
        return say(all, result, PB_MSG("Expected a date as 2025-06-30: {found}."), PB_STR_NONE, day,
                   err);
    PB_AUTO_ARENA arena = pb_arena_new((size_t)64 << 20);
    if (!arena)
        return pb_fail_memory(err);
    PB_TRY(audit_run(snapshot, all->schema, &one, &options, arena, &found, err));
    return judge(all, &found.findings[0], result, err);
}

/* A case that cannot be loaded is a bad case, not the end of the run. */
static pb_status run_case(cases *all, const audit_control *control, const audit_fixture *fixture,
                          pb_error *err)
{
    audit_fixture_result result = {.control = control, .fixture = fixture};
    db_session *snapshot = NULL;
    pb_error inner = {0};
    pb_status status = all->loader->load(all->loader->context, fixture, &snapshot, &inner);
    if (status == PB_OK) {
        status = run_loaded(all, snapshot, &result, &inner);
        all->loader->unload(all->loader->context, snapshot);
    }
    if (status == PB_MEMORY || status == PB_CANCELLED) {
        if (err)
            *err = inner;
        return status;
    }
    if (status != PB_OK) {
        PB_AUTO_BUF says = PB_BUF_INIT(8192);
        pb_error_render(&inner, &inner.primary, NULL, &says);
        pb_buf_byte(&says, ' ');
        pb_error_render(&inner, &inner.detail, NULL, &says);
        result.outcome = AUDIT_COULD_NOT_RUN;
        PB_TRY(say(all, &result, PB_MSG("Could not be run: {found}"), PB_STR_NONE,
                   pb_buf_str(&says), err));
    }
    if (!PB_PUSH(all->arena, all->results, all->count, all->capacity, result))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status audit_fixtures_run(const model_schema *schema, const audit_catalogue *catalogue,
                             pb_str only, const audit_fixture_loader *loader, pb_arena *arena,
                             audit_fixture_result **ret_results, size_t *ret_count, pb_error *err)
{
    cases all = {.schema = schema, .catalogue = catalogue, .loader = loader, .arena = arena};
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        if (only.len && !pb_str_eq(only, control->id) && !pb_str_eq(only, control->base))
            continue;
        for (size_t k = 0; k < control->fixture_count; k++)
            PB_TRY(run_case(&all, control, &control->fixtures[k], err));
    }
    if (!all.count)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("No case was run: no control {id} with cases."),
                       "id", PB_ARG(only), NULL);
    *ret_results = all.results;
    *ret_count = all.count;
    return PB_OK;
}

static void put_cell(pb_buf *out, pb_str cell)
{
    bool quote = false;
    for (size_t i = 0; i < cell.len; i++)
        quote = quote || cell.ptr[i] == '"' || cell.ptr[i] == ',' || cell.ptr[i] == '\n' ||
                cell.ptr[i] == '\r';
    if (!quote) {
        pb_buf_add(out, cell);
        return;
    }
    pb_buf_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"')
            pb_buf_byte(out, '"');
        pb_buf_byte(out, cell.ptr[i]);
    }
    pb_buf_byte(out, '"');
}

enum { CSV_COLUMNS = 256 };

static size_t collect_headers(const audit_fixture *fixture, const model_entity *entity,
                              pb_str headers[CSV_COLUMNS], size_t *ret_rows)
{
    size_t count = 0;
    for (size_t r = 0; r < fixture->record_count; r++) {
        const audit_fixture_record *record = &fixture->records[r];
        if (record->entity != entity)
            continue;
        (*ret_rows)++;
        for (size_t c = 0; c < record->count; c++) {
            model_strs known = {headers, count};
            if (!among(&known, record->headers[c]) && count < CSV_COLUMNS)
                headers[count++] = record->headers[c];
        }
    }
    return count;
}

pb_status audit_fixture_csv(const audit_fixture *fixture, const model_entity *entity, pb_buf *out,
                            size_t *ret_rows, pb_error *err)
{
    pb_str headers[CSV_COLUMNS];
    size_t rows = 0, count = collect_headers(fixture, entity, headers, &rows);
    *ret_rows = rows;
    if (!rows)
        return PB_OK;
    pb_buf_addc(out, "id");
    for (size_t h = 0; h < count; h++) {
        pb_buf_byte(out, ',');
        put_cell(out, headers[h]);
    }
    pb_buf_byte(out, '\n');
    for (size_t r = 0; r < fixture->record_count; r++) {
        const audit_fixture_record *record = &fixture->records[r];
        if (record->entity != entity)
            continue;
        put_cell(out, record->id);
        for (size_t h = 0; h < count; h++) {
            pb_buf_byte(out, ',');
            for (size_t c = 0; c < record->count; c++)
                if (pb_str_eq(record->headers[c], headers[h]))
                    put_cell(out, record->values[c]);
        }
        pb_buf_byte(out, '\n');
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
