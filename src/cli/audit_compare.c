/* What the commands audit and compare share: the day, what an audit is compared with: earlier
 * reports, another source's, a target; and what work costs. Read before the audit begins, so that a
 * mistake does not cost its time. */
#include "audit_compare.h"

#include "base/time.h"
#include "sys/clock.h"
#include "sys/file.h"

enum { TARGET_MAX = 1 << 20, MOST_HOURS = 10000 };

pb_status cli_read_report(cli_context *context, const char *path, report_earlier *ret,
                          pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_EARLIER_MAX);
    PB_TRY(sys_file_read(path, REPORT_EARLIER_MAX, &text, err));
    return report_earlier_read(pb_str_c(path), pb_buf_str(&text), context->arena, ret, err);
}

static pb_status read_since(cli_context *context, report_input *input, pb_error *err)
{
    const char *const *paths;
    size_t count;
    PB_TRY(cli_values(context, "since", &paths, &count, err));
    report_earlier *list = pb_arena_array(context->arena, count + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(cli_read_report(context, paths[i], &list[i], err));
    input->since = list;
    input->since_count = count;
    return PB_OK;
}

static pb_status read_against(cli_context *context, report_input *input, pb_error *err)
{
    const char *path = cli_value(context, "against");
    report_earlier *other = pb_arena_alloc(context->arena, sizeof *other);
    if (other == NULL)
        return pb_fail_memory(err);
    if (path == NULL)
        return PB_OK;
    PB_TRY(cli_read_report(context, path, other, err));
    input->against = other;
    return PB_OK;
}

static pb_status read_target(cli_context *context, report_input *input, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TARGET_MAX);
    const char *path = cli_value(context, "target");
    const audit_catalogue *catalogue;
    report_target *target = pb_arena_alloc(context->arena, sizeof *target);
    if (target == NULL)
        return pb_fail_memory(err);
    if (path == NULL)
        return PB_OK;
    PB_TRY(sys_file_read(path, TARGET_MAX, &text, err));
    PB_TRY(service_controls(context->service, &catalogue, err));
    const model_source source = {pb_str_c(path), pb_buf_str(&text)};
    PB_TRY(report_target_load(&source, catalogue, service_schema(context->service), context->arena,
                              target, err));
    input->target = target;
    return PB_OK;
}

/* “40EUR”, “37.50 EUR”: a number and the letters of a currency. */
static pb_status read_rate(const cli_context *context, report_input *input, pb_error *err)
{
    const char *value = cli_value(context, "hourly-rate");
    pb_str text = pb_str_trim(pb_str_c(value));
    size_t end = 0;
    double amount = 0;
    if (value == NULL)
        return PB_OK;
    while (end < text.len && strchr("0123456789.", text.ptr[end]) != NULL)
        end++;
    pb_str currency = pb_str_trim(pb_str_sub(text, end, text.len - end));
    bool good = pb_str_to_double(pb_str_sub(text, 0, end), &amount) && amount > 0 && amount < 1e9 &&
                currency.len == 3;
    for (size_t i = 0; i < currency.len; i++)
        good = good && currency.ptr[i] >= 'A' && currency.ptr[i] <= 'Z';
    if (!good) {
        pb_fail(err, PB_USAGE, PB_MSG("--hourly-rate {value} is no amount"), "value", value, NULL);
        pb_error_hint(err, PB_MSG("Write a number and a currency, for example 40EUR."), NULL);
        return PB_USAGE;
    }
    input->hourly_rate = (int64_t)(amount * 100 + 0.5);
    input->hourly_currency = currency;
    return PB_OK;
}

pb_status cli_as_of(const cli_context *context, int64_t *ret_days, pb_error *err)
{
    const char *as_of = cli_value(context, "as-of");
    int64_t days = sys_today();
    if (as_of != NULL && !pb_date_parse(pb_str_c(as_of), &days)) {
        pb_fail(err, PB_USAGE, PB_MSG("--as-of {value} is no day"), "value", as_of, NULL);
        pb_error_hint(err, PB_MSG("Write it as YYYY-MM-DD, for example 2025-06-30."), NULL);
        return PB_USAGE;
    }
    *ret_days = days;
    return PB_OK;
}

pb_status cli_audit_any(const cli_context *context, const service_audit_result *result,
                        const char *source, pb_error *err)
{
    if (result->result.records > 0)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("There is not one record to audit in {source}"), "source",
            source, NULL);
    for (size_t i = 0; i < result->reading.file_count; i++) {
        const report_source_file *file = &result->reading.files[i];
        if (file->rejected == 0)
            continue;
        pb_error_detail(err,
                        file->rows == 1 ? PB_MSG("The only row of {file} was rejected.")
                                        : PB_MSG("All {rows} rows of {file} were rejected."),
                        "rows", cli_count(context, file->rows), "file", PB_ARG(file->name), NULL);
        pb_error_hint(err, PB_MSG("The report says why, row by row."), NULL);
        break;
    }
    return PB_INVALID;
}

pb_status cli_audit_compare(cli_context *context, report_input *ret_input, pb_error *err)
{
    report_input input = {.show_values = cli_flag(context, "show-values")};
    int64_t hours;
    PB_TRY(cli_number(context, "hours-a-week", 1, MOST_HOURS, &hours, err));
    input.hours_a_week = (int)hours;
    PB_TRY(read_rate(context, &input, err));
    PB_TRY(read_since(context, &input, err));
    PB_TRY(read_against(context, &input, err));
    PB_TRY(read_target(context, &input, err));
    *ret_input = input;
    return PB_OK;
}
