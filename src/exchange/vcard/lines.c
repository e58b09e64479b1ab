/* Lines of a vCard file: as the file has them, and put together as the card means them. */
#include "vcard.h"

enum { PIECE = 64 << 10 };

struct vcard_lines {
    text_source *source;
    char piece[PIECE];
    size_t begin, end;
    bool over;
    int64_t number;  /* of the line in `ahead` */
    pb_buf ahead;    /* a line read, not yet handed out */
    bool have_ahead; /* there is one */
    bool ahead_cut;
    pb_buf text;
};

pb_status vcard_lines_open(byte_input input, vcard_lines **ret, pb_error *err)
{
    vcard_lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL) {
        bytes_close(&input);
        return pb_fail_memory(err);
    }
    lines->ahead = PB_BUF_INIT(VCARD_MAX_LINE + 1);
    lines->text = PB_BUF_INIT(VCARD_MAX_LINE + 1);
    pb_status status = text_source_new(input, TEXT_ANY, &lines->source, err);
    if (status != PB_OK) {
        vcard_lines_close(lines);
        return status;
    }
    *ret = lines;
    return PB_OK;
}

vcard_lines *vcard_lines_close(vcard_lines *lines)
{
    if (lines == NULL)
        return NULL;
    text_source_free(lines->source);
    pb_buf_free(&lines->ahead);
    pb_buf_free(&lines->text);
    free(lines);
    return NULL;
}

text_source *vcard_lines_source(vcard_lines *lines)
{
    return lines->source;
}

/* Adds what fits; a line that is too long is cut. */
static void add(pb_buf *to, const char *from, size_t len, bool *cut)
{
    size_t room = VCARD_MAX_LINE - to->len;
    *cut = *cut || len > room;
    pb_buf_add(to, pb_str_n(from, len < room ? len : room));
}

/* Reads the next line of the file into `ahead`; LF, CRLF and CR end lines. */
static pb_status read_ahead(vcard_lines *l, pb_error *err)
{
    pb_buf_clear(&l->ahead);
    l->have_ahead = l->ahead_cut = false;
    bool any = false;
    for (;;) {
        if (l->begin == l->end) {
            if (!l->over)
                PB_TRY(text_source_read(l->source, l->piece, PIECE, &l->end, err));
            l->begin = 0;
            l->over = l->over || l->end == 0;
            if (l->over) {
                l->end = 0;
                break;
            }
        }
        any = true;
        size_t at = l->begin;
        while (at < l->end && l->piece[at] != '\n')
            at++;
        add(&l->ahead, l->piece + l->begin, at - l->begin, &l->ahead_cut);
        l->begin = at < l->end ? at + 1 : at;
        if (at < l->end)
            break;
    }
    if (l->ahead.failed)
        return pb_fail_memory(err);
    if (l->ahead.len > 0 && l->ahead.ptr[l->ahead.len - 1] == '\r')
        l->ahead.len--;
    l->have_ahead = any;
    l->number += any;
    return PB_OK;
}

/* A line of base64 that lacks the blank a fold needs, as some telephones write them. */
static bool is_bare_base64(pb_str line)
{
    if (line.len == 0)
        return false;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/' || c == '='))
            return false;
    }
    return true;
}

/* Puts the line ahead behind the text when it belongs there. */
static bool join(vcard_lines *l, bool quoted, bool base64, bool *cut)
{
    pb_str ahead = pb_buf_str(&l->ahead);
    pb_buf *text = &l->text;
    if (quoted && text->len > 0 && text->ptr[text->len - 1] == '=') {
        text->len--;
        add(text, ahead.ptr, ahead.len, cut);
        return true;
    }
    if (ahead.len > 0 && (ahead.ptr[0] == ' ' || ahead.ptr[0] == '\t')) {
        add(text, ahead.ptr + 1, ahead.len - 1, cut);
        return true;
    }
    if (!base64 || !is_bare_base64(ahead))
        return false;
    add(text, ahead.ptr, ahead.len, cut);
    return true;
}

pb_status vcard_lines_next(vcard_lines *l, pb_str *ret_text, int64_t *ret_line, bool *ret_cut,
                           bool *ret_more, pb_error *err)
{
    if (!l->have_ahead)
        PB_TRY(read_ahead(l, err));
    *ret_more = l->have_ahead;
    if (!l->have_ahead)
        return PB_OK;
    bool cut = l->ahead_cut;
    *ret_line = l->number;
    pb_buf_clear(&l->text);
    pb_buf_add(&l->text, pb_buf_str(&l->ahead));
    bool quoted = vcard_is_quoted(pb_buf_str(&l->text));
    bool base64 = vcard_is_base64(pb_buf_str(&l->text));
    do {
        PB_TRY(read_ahead(l, err));
        cut = cut || l->ahead_cut;
    } while (l->have_ahead && join(l, quoted, base64, &cut));
    if (l->text.failed)
        return pb_fail_memory(err);
    *ret_text = l->text.len == 0 ? PB_STR("") : pb_buf_str(&l->text);
    *ret_cut = cut;
    return PB_OK;
}
