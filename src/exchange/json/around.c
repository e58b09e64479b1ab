/* What an interface's answer says around its records: how many there are in all, and whether more
 * pages follow. The names are those of Salesforce (nextRecordsUrl, done, totalSize), HubSpot
 * (paging.next.after, total), Zoho (info.more_records), Dynamics (@odata.nextLink, @odata.count),
 * Pipedrive (more_items_in_collection), EspoCRM (total), JSON:API (links.next, meta.total-pages),
 * Django (next, count) and their like. */
#include "internal.h"

#include "base/utf8.h"

enum { DEEPEST = 5, PATH_MOST = 120 };

/* Working state: where the walk is. */
typedef struct around_walk {
    pb_str text;
    size_t at;
    char path[PATH_MOST]; /* folded: small letters, digits, dots */
    json_around *found;
} around_walk;

/* Letters and digits alone, small: next_page, nextPage and next-page are one. */
static size_t fold(pb_str key, char *to, size_t room)
{
    size_t len = 0;
    for (size_t i = 0; i < key.len && len < room; i++) {
        char c = key.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9'))
            to[len++] = (char)(letter ? c | 0x20 : c);
    }
    return len;
}

static bool is_one_of(const char *const *names, pb_str name)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (pb_str_is(name, names[i]))
            return true;
    return false;
}

/* The value is there, and not nothing, zero or no. */
static bool is_true(pb_str value)
{
    static const char *const nothing[] = {"null",      "false", "0", "\"\"",
                                          "\"false\"", "\"0\"", "",  NULL};
    return !is_one_of(nothing, value);
}

/* A key that says that more follow. */
static bool says_more(pb_str path, pb_str key, pb_str value)
{
    static const char *const marks[] = {"nextrecordsurl",
                                        "odatanextlink",
                                        "nextlink",
                                        "nextpage",
                                        "nextpageurl",
                                        "nextpagetoken",
                                        "nextcursor",
                                        "nexttoken",
                                        "next",
                                        "hasmore",
                                        "hasnext",
                                        "hasnextpage",
                                        "morerecords",
                                        "moreresults",
                                        "moreitemsincollection",
                                        "continuation",
                                        "nextoffset",
                                        "nextstart",
                                        "continuationtoken",
                                        NULL};
    static const char *const inside[] = {"next.after", "next.link", "next.href", "next.url", NULL};
    if (pb_str_is(key, "done") || pb_str_is(key, "islastpage") || pb_str_is(key, "last"))
        return pb_str_is(value, "false");
    for (size_t i = 0; inside[i] != NULL; i++)
        if (pb_str_ends(path, pb_str_c(inside[i])))
            return is_true(value);
    return is_one_of(marks, key) && is_true(value);
}

static void keep_name(json_around *found, pb_str name)
{
    pb_str shown = pb_utf8_cut(name, sizeof found->mark - 1);
    memset(found->mark, 0, sizeof found->mark);
    memcpy(found->mark, shown.ptr, shown.len);
}

/* A number of records or pages in all. */
static void take_number(json_around *found, pb_str key, pb_str name, int64_t number)
{
    static const char *const totals[] = {
        "totalsize",  "total",        "totalcount",   "totalrecords",  "totalresults", "odatacount",
        "totalitems", "totalentries", "recordstotal", "totalelements", "totalhits",    "numfound",
        NULL};
    static const char *const pages[] = {"totalpages", "pagecount", "lastpage",
                                        "pages",      "numpages",  NULL};
    bool count = pb_str_is(key, "count"); /* of all, or of this page */
    if (is_one_of(totals, key) || (count && found->total < 0)) {
        found->total = number;
        pb_str shown = pb_utf8_cut(name, sizeof found->total_name - 1);
        memset(found->total_name, 0, sizeof found->total_name);
        memcpy(found->total_name, shown.ptr, shown.len);
    }
    if (is_one_of(pages, key) && number > 1) {
        found->pages = true;
        if (!found->more)
            keep_name(found, name);
    }
}

static void judge(around_walk *w, size_t path, pb_str name, pb_str value)
{
    pb_str whole = pb_str_n(w->path, path);
    size_t from = path;
    while (from > 0 && w->path[from - 1] != '.')
        from--;
    pb_str key = pb_str_sub(whole, from, path);
    int64_t number = 0;
    if (says_more(whole, key, value) && !w->found->more) {
        w->found->more = true;
        keep_name(w->found, name);
    }
    if (pb_str_to_i64(value, &number) && number >= 0)
        take_number(w->found, key, name, number);
}

static void pass(around_walk *w)
{
    w->at = json_blanks_end(w->text, w->at);
}

static bool at_mark(const around_walk *w, char mark)
{
    return w->at < w->text.len && w->text.ptr[w->at] == mark;
}

/* The members of the object at `w->at`; false: the text is not whole. */
static bool walk_object(around_walk *w, size_t path, int depth)
{
    w->at++;
    for (pass(w); at_mark(w, '"'); pass(w)) {
        size_t begin = w->at, len = path;
        if (!json_pass_value(w->text, &w->at))
            return false;
        pb_str name = pb_str_sub(w->text, begin + 1, w->at - begin - 2);
        if (len > 0 && len < PATH_MOST)
            w->path[len++] = '.';
        len += fold(name, w->path + len, PATH_MOST - len);
        pass(w);
        if (!at_mark(w, ':'))
            return false;
        w->at++;
        pass(w);
        begin = w->at;
        if (at_mark(w, '{') && depth < DEEPEST) {
            if (!walk_object(w, len, depth + 1))
                return false;
        } else {
            bool scalar = !at_mark(w, '{') && !at_mark(w, '[');
            if (!json_pass_value(w->text, &w->at))
                return false;
            if (scalar)
                judge(w, len, name, pb_str_sub(w->text, begin, w->at - begin));
        }
        pass(w);
        if (!at_mark(w, ','))
            break;
        w->at++;
    }
    if (!at_mark(w, '}'))
        return false;
    w->at++;
    return true;
}

void json_around_read(pb_str text, json_around *ret)
{
    around_walk w = {.text = text, .found = ret};
    *ret = (json_around){.total = -1};
    pass(&w);
    if (at_mark(&w, '{'))
        walk_object(&w, 0, 1);
}
