/* The report of an audit that is shown, and by which styles browsers may draw it.
 *
 * A report is one file: its styles stand in it, some of them at single elements. Here they become
 * rules of one more sheet, so that browsers need to be allowed these sheets and nothing else.
 */
#include "pages.h"
#include "server.h"

#include "sys/file.h"

#include <gnutls/crypto.h>

enum { HASH = 32, RULES_MAX = 4096, POLICY_MAX = 1 << 16 };

static const char at_element[] = " style=\"", sheet_begins[] = "<style>", sheet_ends[] = "</style>";

typedef struct rules {
    pb_str items[RULES_MAX];
    size_t count;
} rules;

/* The number of a rule, the same for the same one; RULES_MAX when there are too many. */
static size_t number_of(rules *all, pb_str rule)
{
    for (size_t i = 0; i < all->count; i++)
        if (pb_str_eq(all->items[i], rule))
            return i;
    if (all->count < RULES_MAX)
        all->items[all->count++] = rule;
    return all->count < RULES_MAX ? all->count - 1 : RULES_MAX;
}

/* The page with numbers in place of styles at elements. */
static void take_rules(pb_str page, rules *all, pb_buf *out)
{
    size_t at;
    while ((at = pb_str_find(page, pb_str_c(at_element))) != SIZE_MAX) {
        pb_str rule = pb_str_sub(page, at + sizeof at_element - 1, page.len);
        size_t length = pb_str_index(rule, '"');
        pb_buf_add(out, pb_str_sub(page, 0, at));
        pb_buf_printf(out, " data-style=\"%zu\"", number_of(all, pb_str_sub(rule, 0, length)));
        page = pb_str_sub(rule, length + 1, rule.len);
    }
    pb_buf_add(out, page);
}

/* The rules, as a sheet before the end of the head. */
static void put_rules(const rules *all, pb_buf *out)
{
    pb_buf_addc(out, sheet_begins);
    for (size_t i = 0; i < all->count; i++)
        pb_buf_printf(out, "[data-style=\"%zu\"]{%.*s}\n", i, PB_STR_FMT(all->items[i]));
    pb_buf_addc(out, sheet_ends);
}

static pb_status rewrite(pb_buf *report, pb_error *err)
{
    PB_AUTO_BUF body = PB_BUF_INIT(report->max), page = PB_BUF_INIT(report->max);
    rules *all = calloc(1, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    take_rules(pb_buf_str(report), all, &body);
    pb_str text = pb_buf_str(&body);
    size_t head = pb_str_find(text, PB_STR("</head>"));
    pb_buf_add(&page, pb_str_sub(text, 0, head == SIZE_MAX ? 0 : head));
    if (all->count > 0)
        put_rules(all, &page);
    pb_buf_add(&page, pb_str_sub(text, head == SIZE_MAX ? 0 : head, text.len));
    free(all);
    if (body.failed || page.failed)
        return pb_fail_memory(err);
    pb_buf taken = *report;
    *report = page;
    page = taken;
    return PB_OK;
}

/* 'sha256-…' of a sheet that stands in the page: no other one is taken. */
static pb_status add_sheet(pb_str sheet, pb_buf *policy, pb_error *err)
{
    unsigned char hash[HASH];
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, sheet.ptr, sheet.len, hash) != 0)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The styles of the report could not be hashed."),
                       NULL);
    pb_buf_addc(policy, " 'sha256-");
    pb_base64(policy, hash, sizeof hash);
    pb_buf_byte(policy, '\'');
    return PB_OK;
}

static pb_status make_policy(pb_str page, pb_arena *arena, const char **ret_policy, pb_error *err)
{
    PB_AUTO_BUF policy = PB_BUF_INIT(POLICY_MAX);
    size_t at, sheets = 0;
    pb_buf_addc(&policy, "default-src 'none'; img-src data:; frame-ancestors 'none'; "
                         "base-uri 'none'; form-action 'none'; style-src");
    for (; (at = pb_str_find(page, pb_str_c(sheet_begins))) != SIZE_MAX; sheets++) {
        page = pb_str_sub(page, at + sizeof sheet_begins - 1, page.len);
        PB_TRY(
            add_sheet(pb_str_sub(page, 0, pb_str_find(page, pb_str_c(sheet_ends))), &policy, err));
    }
    pb_buf_addc(&policy, sheets == 0 ? " 'none'" : "");
    *ret_policy = pb_arena_cstr(arena, pb_buf_str(&policy));
    return policy.failed || *ret_policy == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status http_report_prepare(pb_buf *page, pb_arena *arena, const char **ret_policy, pb_error *err)
{
    PB_TRY(rewrite(page, err));
    return make_policy(pb_buf_str(page), arena, ret_policy, err);
}

pb_status http_report_open(http_server *server, pb_error *err)
{
    PB_TRY(sys_file_read(server->options->report, HTTP_REPORT_MAX, &server->report, err));
    return http_report_prepare(&server->report, server->arena, &server->report_policy, err);
}
