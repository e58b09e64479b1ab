/* Fuzz target of database addresses: the text as it is given on a command line. Build and run:
 * tests/fuzz/README.md.
 *
 * Holds: reading ends; no message and no shown form holds what stands behind the login's colon;
 * what is accepted names a database and a place, is encrypted when the place is another machine,
 * and shows itself the same again; a time zone is read or refused.
 */
/* fuzzes: exchange/live/url.c exchange/live/clock.c sys/environment.c sys/folder.c sys/calls.c */
#include "live/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 6000 };

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* The same address with a password that stands in no message by chance. NULL: it has none. */
static const char *with_secret(pb_str text, const char *secret, pb_arena *arena)
{
    size_t at = SIZE_MAX, colon = SIZE_MAX, begin = pb_str_find(text, PB_STR("://"));
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '@')
            at = i;
    if (at == SIZE_MAX || pb_str_find(text, pb_str_c(secret)) != SIZE_MAX)
        return NULL;
    for (size_t i = begin + 3; i < at && colon == SIZE_MAX; i++)
        if (text.ptr[i] == ':')
            colon = i;
    if (colon == SIZE_MAX)
        return NULL;
    return pb_arena_printf(arena, "%.*s%s%.*s%s%.*s", (int)colon + 1, text.ptr, secret,
                           (int)(at - colon - 1), text.ptr + colon + 1, secret,
                           (int)(text.len - at), text.ptr + at);
}

static void check_hidden(const char *secret, const char *shown, const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&out, shown);
    if (err != NULL) {
        pb_buf_byte(&out, '\n');
        pb_error_render(err, &err->primary, NULL, &out);
        pb_buf_byte(&out, '\n');
        pb_error_render(err, &err->detail, NULL, &out);
        pb_buf_byte(&out, '\n');
        pb_error_render(err, &err->hint, NULL, &out);
    }
    hold(!out.failed);
    hold(secret == NULL || pb_str_find(pb_buf_str(&out), pb_str_c(secret)) == SIZE_MAX);
}

static void check_url(const live_url *url)
{
    hold(url->database != NULL && url->database[0] != '\0');
    hold(url->host != NULL || url->socket != NULL);
    bool must = strcmp(url->sslmode, "require") == 0 || strncmp(url->sslmode, "verify", 6) == 0;
    hold(must || url->local);
}

static void check_zone(const char *zone, pb_arena *arena)
{
    live_clock *clock = NULL;
    if (live_clock_new(zone, &clock, NULL) == PB_OK) {
        pb_str moment = live_clock_read(clock, arena, PB_STR("2024-07-01 12:00:00"));
        hold(moment.len == strlen("2024-07-01T12:00:00Z"));
    }
    live_clock_free(clock);
}

static pb_status read_url(const char *text, const char *secret, pb_arena *arena, live_url *ret)
{
    pb_error err = {0};
    const char *shown = live_shown(text, arena);
    hold(shown != NULL && strcmp(live_shown(shown, arena), shown) == 0);
    pb_status status = live_url_parse(text, arena, ret, &err);
    check_hidden(secret, shown, status == PB_OK ? NULL : &err);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char secret[] = "q7Zx9KfW2";
    if (size > MOST || memchr(data, 0, size) != NULL) /* an argument holds no NUL */
        return 0;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 22);
    hold(arena != NULL);
    const char *text = pb_arena_cstr(arena, pb_str_n((const char *)data, size));
    hold(text != NULL);
    if (!live_is_url(text))
        return 0;
    live_url url = {0}, other = {0};
    const char *secretive = with_secret(pb_str_c(text), secret, arena);
    if (secretive != NULL)
        read_url(secretive, secret, arena, &other);
    if (read_url(text, NULL, arena, &url) != PB_OK)
        return 0;
    check_url(&url);
    if (url.timezone != NULL)
        check_zone(url.timezone, arena);
    return 0;
}
