#include "import_diff.h"

#include "base/csv.h"

enum { SHOWN_MOST = 20, LINE_MAX = 64 << 20 };

void cli_reject_text(const cli_context *context, const exchange_reject *reject, pb_buf *out)
{
    const pb_arg args[] = {{"value", reject->value},
                           {"field", reject->column},
                           {"expected", pb_str_c(cli_count(context, (uint64_t)reject->expected))},
                           {"found", pb_str_c(cli_count(context, (uint64_t)reject->found))}};
    pb_format(out, pb_translate_str(context->catalog, reject->says), args, 4);
}

pb_status cli_read_bringing(cli_context *context, service_bringing *ret_bring, pb_error *err)
{
    const char *mode = cli_value(context, "mode"), *blank = cli_value(context, "blank");
    *ret_bring =
        (service_bringing){.mode = mode == NULL || strcmp(mode, "create") == 0 ? RECORD_MODE_CREATE
                                   : strcmp(mode, "update") == 0               ? RECORD_MODE_UPDATE
                                                                               : RECORD_MODE_UPSERT,
                           .clear = blank != NULL && strcmp(blank, "clear") == 0};
    PB_TRY(cli_values(context, "match", &ret_bring->match, &ret_bring->match_count, err));
    if (ret_bring->mode != RECORD_MODE_CREATE || (ret_bring->match_count == 0 && !ret_bring->clear))
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("--match and --blank say how records are changed"), NULL);
    pb_error_hint(err, PB_MSG("Add --mode update or --mode upsert"), NULL);
    return PB_USAGE;
}

void cli_diff_begin(cli_diff *diff, cli_context *context, const char *path)
{
    *diff = (cli_diff){.context = context,
                       .path = path,
                       .line = PB_BUF_INIT(LINE_MAX),
                       .shown = PB_BUF_INIT(LINE_MAX)};
}

void cli_diff_end(cli_diff *diff)
{
    sys_writer_abort(diff->writer);
    diff->writer = NULL;
    pb_buf_free(&diff->line);
    pb_buf_free(&diff->shown);
}

/* --- the file --- */

static const char *word(const exchange_told *told)
{
    static const char *const words[] = {"new", "changed", "same", "merged_away"};
    return told->refused ? "refused" : words[told->brought.outcome];
}

static void put_name(const exchange_told *told, pb_buf *out)
{
    static const pb_uuid nobody = {{0}};
    char text[37];
    pb_buf_add(out, told->brought.source_id);
    /* The id of what a rehearsal made is gone with it. */
    if (told->brought.source_id.len > 0 || told->brought.outcome == RECORD_CAME_NEW ||
        memcmp(told->brought.id.b, nobody.b, sizeof nobody.b) == 0)
        return;
    pb_uuid_text(told->brought.id, text);
    pb_buf_addc(out, text);
}

/* `field`, `before`, `after`, `problem` of a line. */
typedef struct cells {
    pb_str field, before, after, problem;
} cells;

static void put_line(cli_diff *diff, const exchange_told *told, const cells *c)
{
    PB_AUTO_BUF name = PB_BUF_INIT(1 << 20);
    pb_buf *out = &diff->line;
    put_name(told, &name);
    pb_csv_put(out, told->file->name, true, true);
    pb_buf_printf(out, ",%lld,%lld,%s,%.*s", (long long)told->line, (long long)told->row,
                  word(told), PB_STR_FMT(told->file->entity->name));
    pb_csv_put(out, pb_buf_str(&name), false, true);
    pb_csv_put(out, c->field, false, true);
    pb_csv_put(out, c->before, false, true);
    pb_csv_put(out, c->after, false, true);
    pb_csv_put(out, c->problem, false, true);
    pb_buf_addc(out, "\r\n");
    out->failed = out->failed || name.failed;
}

static void show(cli_diff *diff, const exchange_told *told, const record_cell *cell, const cells *c)
{
    PB_AUTO_BUF name = PB_BUF_INIT(1 << 20);
    if (diff->shown_count == SHOWN_MOST)
        return;
    diff->shown_count++;
    put_name(told, &name);
    pb_buf_printf(&diff->shown, "  %lld  %s  %s: %.*s → %.*s\n", (long long)told->line,
                  pb_buf_cstr(&name), cli_text(diff->context, cell->field->label.ptr),
                  PB_STR_FMT(c->before), PB_STR_FMT(c->after));
}

static void put_cell(cli_diff *diff, const exchange_told *told, const record_cell *cell)
{
    PB_AUTO_BUF before = PB_BUF_INIT(1 << 24), after = PB_BUF_INIT(1 << 24);
    service_cell_text(cell->field, cell->shown, cell->before, cell->before_more, &before);
    service_cell_text(cell->field, RECORD_SHOWN, cell->after, cell->after_more, &after);
    const cells texts = {
        .field = cell->field->name, .before = pb_buf_str(&before), .after = pb_buf_str(&after)};
    diff->changes++;
    put_line(diff, told, &texts);
    show(diff, told, cell, &texts);
}

static void put_refusal(cli_diff *diff, const exchange_told *told, const exchange_reject *why)
{
    PB_AUTO_BUF says = PB_BUF_INIT(1 << 20);
    cli_reject_text(diff->context, why, &says);
    const cells texts = {.field = why->column, .after = why->value, .problem = pb_buf_str(&says)};
    put_line(diff, told, &texts);
}

static pb_status begin_again(cli_diff *diff, pb_error *err)
{
    sys_writer_abort(diff->writer);
    diff->writer = NULL;
    diff->changes = diff->shown_count = 0;
    pb_buf_clear(&diff->shown);
    if (diff->path == NULL)
        return PB_OK;
    PB_TRY(sys_writer_open(diff->path, 0600, &diff->writer, err));
    return sys_writer_write(
        diff->writer, PB_STR("file,line,row,outcome,entity,record,field,before,after,problem\r\n"),
        err);
}

pb_status cli_diff_each(void *context, const exchange_told *told, pb_error *err)
{
    static const cells nothing = {PB_STR_NONE, PB_STR_NONE, PB_STR_NONE, PB_STR_NONE};
    cli_diff *diff = context;
    if (told == NULL)
        return begin_again(diff, err);
    pb_buf_clear(&diff->line);
    for (size_t i = 0; i < told->brought.cell_count && !told->refused; i++)
        put_cell(diff, told, &told->brought.cells[i]);
    for (size_t i = 0; i < told->reject_count; i++)
        put_refusal(diff, told, &told->rejects[i]);
    if (diff->line.len == 0)
        put_line(diff, told, &nothing);
    if (diff->line.failed || diff->shown.failed)
        return pb_fail_memory(err);
    return diff->writer == NULL ? PB_OK
                                : sys_writer_write(diff->writer, pb_buf_str(&diff->line), err);
}

pb_status cli_diff_keep(cli_diff *diff, pb_error *err)
{
    sys_writer *writer = diff->writer;
    diff->writer = NULL;
    return writer == NULL ? PB_OK : sys_writer_finish(writer, err);
}

/* --- what is shown --- */

static void field_lines(const cli_diff *diff, const exchange_file *file, pb_buf *out)
{
    for (size_t i = 0; file->field_changes != NULL && i < file->entity->field_count; i++) {
        if (file->field_changes[i] == 0)
            continue;
        pb_buf_addc(out, "  ");
        cli_say_n(
            diff->context, out,
            PB_MSG_N("{field}: changed in {count} record", "{field}: changed in {count} records"),
            file->field_changes[i], "field",
            cli_text(diff->context, file->entity->fields[i].label.ptr), "count",
            cli_count(diff->context, file->field_changes[i]), NULL);
        pb_buf_byte(out, '\n');
    }
}

void cli_diff_text(const cli_diff *diff, const exchange_plan *plan, pb_buf *out)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        if (file->entity == NULL || file->passed_over)
            continue;
        cli_say(diff->context, out,
                PB_MSG("{file}: {new} new, {changed} changed, {same} the same, {refused} refused"),
                "file", PB_ARG(file->name), "new", cli_count(diff->context, file->imported),
                "changed", cli_count(diff->context, file->changed), "same",
                cli_count(diff->context, file->same), "refused",
                cli_count(diff->context, file->rejected), NULL);
        pb_buf_byte(out, '\n');
        field_lines(diff, file, out);
    }
    pb_buf_add(out, pb_buf_str(&diff->shown));
    if (diff->changes > diff->shown_count) {
        cli_say(diff->context, out, PB_MSG("… and {count} more; --diff FILE lists all of them"),
                "count", cli_count(diff->context, diff->changes - diff->shown_count), NULL);
        pb_buf_byte(out, '\n');
    }
}
