/* Where one record ends and the next begins: by lines, or by brackets. */
#include "internal.h"

enum { HEAD = 64 << 10, FIRST_ROOM = 256 << 10, AROUND_MOST = 1 << 20 };

/* Walks over one value by its brackets and quotation marks, piece by piece. */
typedef struct walk {
    size_t at; /* looked at so far, from `begin` */
    int64_t depth;
    bool in_string, escaped, begun;
} walk;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* On to the value's end; false: the text ends first. A value that is no object or array ends before
 * the comma, bracket or line end behind it. */
static bool walk_on(walk *w, const char *p, size_t len)
{
    for (; w->at < len; w->at++) {
        char c = p[w->at];
        if (w->in_string) {
            w->in_string = w->escaped || c != '"';
            w->escaped = !w->escaped && c == '\\';
            if (!w->in_string && w->depth == 0) {
                w->at++;
                return true;
            }
            continue;
        }
        if (w->depth == 0 && w->begun && (is_blank(c) || c == ',' || c == ']' || c == '}'))
            return true;
        w->begun = true;
        if (c == '"')
            w->in_string = true;
        else if (c == '{' || c == '[')
            w->depth++;
        else if ((c == '}' || c == ']') && --w->depth <= 0) {
            w->at++;
            return true;
        }
    }
    return false;
}

/* --- the sliding text --- */

static pb_status fill(json_split *s, pb_error *err)
{
    size_t left = s->end - s->begin;
    if (s->begin > 0)
        memmove(s->data, s->data + s->begin, left);
    s->begin = 0;
    s->end = left;
    if (s->cap - left < 4096) {
        char *data = realloc(s->data, s->cap * 2);
        if (data == NULL)
            return pb_fail_memory(err);
        s->data = data;
        s->cap *= 2;
    }
    while (!s->over && s->cap - s->end >= 16) {
        size_t count = 0;
        PB_TRY(text_source_read(s->source, s->data + s->end, s->cap - s->end, &count, err));
        s->end += count;
        s->over = count == 0;
    }
    return PB_OK;
}

static void pass(json_split *s, size_t count)
{
    const char *at = s->data + s->begin, *end = at + count;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        s->line++;
        at++;
    }
    s->begin += count;
}

/* Over blanks, and commas where `commas`; false: the text ends. */
static pb_status pass_blanks(json_split *s, bool commas, bool *ret_any, pb_error *err)
{
    for (;;) {
        while (s->begin < s->end &&
               (is_blank(s->data[s->begin]) || (commas && s->data[s->begin] == ',')))
            pass(s, 1);
        *ret_any = s->begin < s->end;
        if (*ret_any || s->over)
            return PB_OK;
        PB_TRY(fill(s, err));
    }
}

/* --- the layout --- */

bool json_pass_value(pb_str text, size_t *at)
{
    walk w = {0};
    bool ends = walk_on(&w, text.ptr + *at, text.len - *at);
    *at += w.at;
    return ends;
}

size_t json_blanks_end(pb_str text, size_t at)
{
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at;
}

static bool is_named(pb_str name, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (pb_str_is(name, *keys))
            return true;
    return false;
}

/* The array of records inside the object at the beginning, or in the object in it that holds the
 * result: position behind its bracket, 0: none. */
static size_t wrapped(pb_str text, int depth)
{
    enum { DEEPEST = 3 };
    static const char *const lists[] = {
        "\"records\"",  "\"results\"", "\"data\"", "\"value\"",   "\"items\"",
        "\"dataList\"", "\"list\"",    "\"rows\"", "\"entries\"", NULL};
    static const char *const holders[] = {"\"result\"", "\"data\"", "\"response\"", NULL};
    size_t at = json_blanks_end(text, 1);
    while (at < text.len && text.ptr[at] == '"') {
        size_t begin = at;
        if (!json_pass_value(text, &at))
            return 0;
        pb_str name = pb_str_sub(text, begin, at - begin);
        at = json_blanks_end(text, at);
        if (at >= text.len || text.ptr[at] != ':')
            return 0;
        at = json_blanks_end(text, at + 1);
        size_t in = json_blanks_end(text, at + 1);
        if (is_named(name, lists) && at < text.len && text.ptr[at] == '[' && in < text.len &&
            (text.ptr[in] == '{' || text.ptr[in] == ']'))
            return at + 1;
        if (is_named(name, holders) && at < text.len && text.ptr[at] == '{' && depth < DEEPEST) {
            size_t inner = wrapped(pb_str_sub(text, at, text.len), depth + 1);
            if (inner > 0)
                return at + inner;
        }
        if (!json_pass_value(text, &at))
            return 0;
        at = json_blanks_end(text, at);
        if (at >= text.len || text.ptr[at] != ',')
            return 0;
        at = json_blanks_end(text, at + 1);
    }
    return 0;
}

/* The first line ends an object and the next begins one. */
static bool has_lines(pb_str text)
{
    size_t line = pb_str_index(text, '\n'), last = line;
    while (last > 0 && is_blank(text.ptr[last - 1]))
        last--;
    size_t next = json_blanks_end(text, line);
    return line < text.len && last > 0 && text.ptr[last - 1] == '}' && next < text.len &&
           text.ptr[next] == '{';
}

static void find_layout(json_split *s)
{
    pb_str text = {s->data + s->begin, s->end - s->begin < HEAD ? s->end - s->begin : HEAD};
    s->layout = JSON_LINES;
    if (text.len == 0)
        return;
    if (text.ptr[0] == '[') {
        s->layout = JSON_ARRAY;
        pass(s, 1);
        return;
    }
    if (text.ptr[0] != '{' || has_lines(text))
        return;
    walk first = {0};
    bool ends = walk_on(&first, text.ptr, text.len);
    size_t behind = ends ? json_blanks_end(text, first.at) : text.len;
    s->layout = JSON_OBJECTS;
    if (behind < text.len) /* something follows: the object is a record */
        return;
    size_t inside = wrapped(text, 0);
    if (inside > 0) {
        s->layout = JSON_ARRAY;
        pb_buf_add(&s->around, pb_str_sub(text, 0, inside));
        pass(s, inside);
    }
}

pb_status json_split_begin(json_split *split, text_source *source, pb_error *err)
{
    bool any = false;
    *split = (json_split){
        .source = source, .cap = FIRST_ROOM, .line = 1, .around = PB_BUF_INIT(AROUND_MOST)};
    split->data = malloc(FIRST_ROOM);
    if (split->data == NULL)
        return pb_fail_memory(err);
    PB_TRY(pass_blanks(split, false, &any, err));
    find_layout(split);
    return PB_OK;
}

void json_split_end(json_split *split)
{
    text_source_free(split->source);
    free(split->data);
    pb_buf_free(&split->around);
    *split = (json_split){0};
}

/* --- records --- */

/* Keeps what stands behind the array, as far as there is room. */
static void keep_around(json_split *s)
{
    size_t room = s->around.len < AROUND_MOST ? AROUND_MOST - s->around.len : 0;
    size_t len = s->end - s->begin;
    if (s->around.len > 0)
        pb_buf_add(&s->around, pb_str_n(s->data + s->begin, len < room ? len : room));
}

/* Reads what is left, so that all of the file was seen. */
static pb_status drain(json_split *s, pb_error *err)
{
    s->done = true;
    keep_around(s);
    while (!s->over) {
        s->begin = s->end;
        PB_TRY(fill(s, err));
        keep_around(s);
    }
    s->begin = s->end;
    return s->around.failed ? pb_fail_memory(err) : PB_OK;
}

static bool line_on(walk *w, const char *p, size_t len)
{
    const char *hit = memchr(p + w->at, '\n', len - w->at);
    w->at = hit == NULL ? len : (size_t)(hit - p);
    return hit != NULL;
}

/* Finds the record's end, reading on where needed; beyond the limit its text is dropped. */
static pb_status find_end(json_split *s, size_t *ret_len, json_end *ret_end, pb_error *err)
{
    walk w = {0};
    *ret_end = JSON_WHOLE;
    for (;;) {
        const char *p = s->data + s->begin;
        size_t len = s->end - s->begin;
        bool found = s->layout == JSON_LINES ? line_on(&w, p, len) : walk_on(&w, p, len);
        if (w.at > JSON_MAX_RECORD || *ret_end == JSON_TOO_LONG) {
            *ret_end = JSON_TOO_LONG;
            pass(s, w.at);
            w.at = 0;
        }
        if (!found && s->over && w.depth == 0 && !w.in_string)
            found = true; /* the text's end ends a line and a number */
        if (found) {
            *ret_len = w.at;
            return PB_OK;
        }
        if (s->over) {
            *ret_len = w.at;
            *ret_end = JSON_ENDLESS;
            return PB_OK;
        }
        PB_TRY(fill(s, err));
    }
}

pb_status json_split_next(json_split *s, pb_str *ret_record, int64_t *ret_line, json_end *ret_end,
                          bool *ret_more, pb_error *err)
{
    bool any = false;
    *ret_more = false;
    if (s->done)
        return PB_OK;
    PB_TRY(pass_blanks(s, s->layout != JSON_LINES, &any, err));
    if (!any || (s->layout == JSON_ARRAY && s->data[s->begin] == ']'))
        return drain(s, err);
    size_t len = 0;
    *ret_line = s->line;
    PB_TRY(find_end(s, &len, ret_end, err));
    *ret_record = (pb_str){s->data + s->begin, len};
    pass(s, len);
    s->done = *ret_end == JSON_ENDLESS;
    *ret_more = true;
    return PB_OK;
}
