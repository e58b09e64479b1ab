/* Errors: words packed into the object itself, rendered when shown. */
#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#undef pb_fail
#undef pb_fail_memory

enum { ARGS_MAX = 16 };

static bool pack(pb_error *err, const char *text, bool cut)
{
    static const char ellipsis[] = "…";
    pb_str s = pb_str_c(text ? text : "");
    bool shorter = cut && s.len >= PB_MSG_ARG_MAX;
    if (shorter)
        s = pb_utf8_cut(s, PB_MSG_ARG_MAX - sizeof ellipsis);
    size_t size = s.len + (shorter ? sizeof ellipsis : 1);
    if (size > sizeof err->text - err->used)
        return false;
    memcpy(err->text + err->used, s.ptr, s.len);
    memcpy(err->text + err->used + s.len, shorter ? ellipsis : "", size - s.len);
    err->used = (uint16_t)(err->used + size);
    return true;
}

static pb_msg collect(pb_error *err, const char *id, va_list args)
{
    pb_msg msg = {.id = id, .args = err->used};
    const char *name;
    while (msg.count < ARGS_MAX && (name = va_arg(args, const char *)) != NULL) {
        const char *value = va_arg(args, const char *);
        uint16_t before = err->used;
        if (!pack(err, name, false) || !pack(err, value, true)) {
            err->used = before;
            break;
        }
        msg.count++;
    }
    return msg;
}

pb_status pb_fail(pb_error *err, pb_status status, const char *primary, ...)
{
    if (!err)
        return status;
    err->status = status;
    err->detail = err->hint = (pb_msg){0};
    err->used = 0;
    va_list args;
    va_start(args, primary);
    err->primary = collect(err, primary, args);
    va_end(args);
    return status;
}

void pb_error_detail(pb_error *err, const char *id, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, id);
    err->detail = collect(err, id, args);
    va_end(args);
}

void pb_error_hint(pb_error *err, const char *id, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, id);
    err->hint = collect(err, id, args);
    va_end(args);
}

pb_status pb_fail_memory(pb_error *err)
{
    pb_fail(err, PB_MEMORY, PB_MSG("Memory ran out"), NULL);
    pb_error_hint(err, PB_MSG("Close other programs or use a machine with more memory."), NULL);
    return PB_MEMORY;
}

pb_status pb_fail_buffer(const pb_buf *buf, const char *says, pb_error *err)
{
    return buf->starved ? pb_fail_memory(err) : pb_fail(err, PB_LIMIT, says, NULL);
}

static bool is_marked(const char *name)
{
    return *name == *PB_WORD("");
}

/* Arguments that are our own words (labels, descriptions), not the user's: they are translated too.
 */
static bool is_our_word(const char *name)
{
    static const char *const names[] = {"entity", "entities", "field", "says", "what"};
    if (is_marked(name))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void pb_error_render(const pb_error *err, const pb_msg *part, const pb_catalog *catalog,
                     pb_buf *out)
{
    if (!part->id)
        return;
    pb_arg args[ARGS_MAX];
    const char *at = err->text + part->args;
    for (uint16_t i = 0; i < part->count; i++) {
        bool ours = is_our_word(at);
        args[i].name = at + is_marked(at);
        at += strlen(at) + 1;
        args[i].value = ours ? pb_translate_str(catalog, pb_str_c(at)) : pb_str_c(at);
        at += strlen(at) + 1;
    }
    pb_format(out, pb_str_c(pb_translate(catalog, part->id)), args, part->count);
}

pb_str pb_error_arg(const pb_error *err, const char *name)
{
    const pb_msg *parts[] = {&err->primary, &err->detail, &err->hint};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *at = err->text + parts[i]->args;
        for (uint16_t k = 0; parts[i]->id != NULL && k < parts[i]->count; k++) {
            const char *value = at + strlen(at) + 1;
            if (strcmp(at + is_marked(at), name) == 0)
                return pb_str_c(value);
            at = value + strlen(value) + 1;
        }
    }
    return PB_STR_NONE;
}

const char *pb_arg_str(pb_argbuf *room, pb_str s)
{
    static const char ellipsis[] = "…";
    bool shorter = s.len >= sizeof room->text;
    pb_str kept = shorter ? pb_utf8_cut(s, sizeof room->text - sizeof ellipsis) : s;
    if (kept.len)
        memcpy(room->text, kept.ptr, kept.len);
    memcpy(room->text + kept.len, shorter ? ellipsis : "", shorter ? sizeof ellipsis : 1);
    return room->text;
}

const char *pb_arg_i64(pb_argbuf *room, int64_t value)
{
    snprintf(room->text, sizeof room->text, "%lld", (long long)value);
    return room->text;
}
