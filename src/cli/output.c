#include "context.h"

#include "sys/clock.h"
#include "sys/signal.h"
#include "sys/terminal.h"

#include <stdarg.h>

enum { PROGRESS_EVERY_US = 100000, BAR = 24 };

const char *cli_text(const cli_context *context, const char *id)
{
    return pb_translate(context->catalog, id);
}

void cli_say(const cli_context *context, pb_buf *out, const char *id, ...)
{
    va_list list;
    va_start(list, id);
    pb_format_list(out, cli_text(context, id), list);
    va_end(list);
}

void cli_say_n(const cli_context *context, pb_buf *out, const char *one, const char *several,
               uint64_t n, ...)
{
    va_list list;
    int64_t count = n > INT64_MAX ? INT64_MAX : (int64_t)n;
    va_start(list, n);
    pb_format_list(out, pb_translate_n(context->catalog, one, several, count), list);
    va_end(list);
}

void cli_say_undo(const cli_context *context, int64_t run, uint64_t written, pb_buf *out)
{
    if (run <= 0 || written == 0)
        return;
    cli_say(context, out, PB_MSG("To take it back: probity undo {run}"), "run", PB_ARG_INT(run),
            NULL);
    pb_buf_byte(out, '\n');
}

pb_status cli_print(pb_buf *out, pb_error *err)
{
    pb_status status =
        out->failed || out->len == 0 ? PB_OK : sys_write_all(SYS_STDOUT, pb_buf_str(out), err);
    if (out->failed)
        status = pb_fail_memory(err);
    pb_buf_clear(out);
    return status == PB_CANCELLED ? PB_OK : status;
}

void cli_tell(pb_buf *out)
{
    sys_write_all(SYS_STDERR, pb_buf_str(out), NULL);
    pb_buf_clear(out);
}

static void error_json(const cli_context *context, const pb_error *err, pb_buf *out)
{
    static const char *const names[] = {"error", "detail", "hint"};
    const pb_msg *parts[] = {&err->primary, &err->detail, &err->hint};
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "status", pb_str_c(pb_status_name(err->status)));
    for (size_t i = 0; i < 3; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(16384);
        pb_error_render(err, parts[i], context->catalog, &text);
        if (text.len > 0)
            pb_json_member(&json, names[i], pb_buf_str(&text));
    }
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

void cli_print_error(const cli_context *context, const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536), json = PB_BUF_INIT(65536);
    const pb_msg *parts[] = {&err->primary, &err->detail, &err->hint};
    pb_buf_addc(&out, "probity: ");
    for (size_t i = 0; i < 3; i++) {
        size_t before = out.len;
        if (i > 0)
            pb_buf_addc(&out, "  ");
        size_t start = out.len;
        pb_error_render(err, parts[i], context->catalog, &out);
        if (out.len == start)
            out.len = before;
        else
            pb_buf_byte(&out, '\n');
    }
    sys_write_all(SYS_STDERR, pb_buf_str(&out), NULL);
    if (!context->json)
        return;
    error_json(context, err, &json);
    sys_write_all(SYS_STDOUT, pb_buf_str(&json), NULL);
}

bool cli_progress(void *opaque, const char *stage, const char *what, uint64_t done, uint64_t total)
{
    cli_context *context = opaque;
    int64_t now = sys_now_us();
    if (sys_interrupted())
        return true;
    if (context->quiet || context->json || !sys_is_terminal(SYS_STDERR) ||
        (now - context->progress_last_us < PROGRESS_EVERY_US && done < total))
        return false;
    PB_AUTO_BUF line = PB_BUF_INIT(4096);
    double share = total > 0 ? (double)done / (double)total : 0;
    size_t filled = (size_t)(share * BAR);
    pb_buf_addc(&line, "\r\033[K[");
    for (size_t i = 0; i < BAR; i++)
        pb_buf_byte(&line, i < filled ? '#' : '.');
    pb_buf_printf(&line, "] %3d %%  %s", (int)(share * 100), cli_text(context, stage));
    if (what != NULL && what[0] != 0)
        pb_buf_printf(&line, ": %.60s", cli_text(context, what));
    sys_write_all(SYS_STDERR, pb_buf_str(&line), NULL);
    context->progress_shown = true;
    context->progress_last_us = now;
    return false;
}

void cli_progress_end(cli_context *context)
{
    if (context->progress_shown)
        sys_write_all(SYS_STDERR, PB_STR("\r\033[K"), NULL);
    context->progress_shown = false;
}
