/* Writing and splitting manifests, and comparing what they say. */
#include "manifest_text.h"

#include "base/time.h"
#include "ledger/ledger.h"

#include <inttypes.h>

#define TITLE "probity backup 1\n"

static void put_hex(pb_buf *out, const char *name, const uint8_t *bytes, size_t len)
{
    pb_buf_printf(out, "%s ", name);
    pb_hex(out, bytes, len);
    pb_buf_byte(out, '\n');
}

static void put_facts(const manifest_facts *facts, pb_buf *out)
{
    put_hex(out, "schema", facts->schema, sizeof facts->schema);
    for (size_t i = 0; i < facts->count_count; i++)
        pb_buf_printf(out, "count %.*s %" PRId64 " %" PRId64 "\n",
                      PB_STR_FMT(facts->counts[i].entity), facts->counts[i].rows,
                      facts->counts[i].deleted);
    for (size_t i = 0; i < facts->sum_count; i++) {
        const manifest_sum *sum = &facts->sums[i];
        pb_buf_printf(out, "sum %.*s.%.*s %.*s %" PRId64 " %.*s\n", PB_STR_FMT(sum->entity),
                      PB_STR_FMT(sum->field), PB_STR_FMT(sum->currency), sum->values,
                      PB_STR_FMT(sum->sum));
    }
    for (size_t i = 0; i < facts->sample_count; i++) {
        pb_buf_printf(out, "sample %.*s %" PRId64 " ", PB_STR_FMT(facts->samples[i].entity),
                      facts->samples[i].n);
        pb_hex(out, facts->samples[i].print, sizeof facts->samples[i].print);
        pb_buf_byte(out, '\n');
    }
    pb_buf_addc(out, "ledger ");
    pb_base64(out, facts->ledger.ptr, facts->ledger.len);
    pb_buf_byte(out, '\n');
}

static void put_text(const manifest *m, pb_buf *out)
{
    char id[37], name[PIECE_NAME_TEXT];
    pb_uuid_text(m->workspace, id);
    pb_buf_printf(out, TITLE "workspace %s\nat ", id);
    pb_instant_format(out, m->at_us);
    pb_buf_printf(out, "\n%s %" PRIu64 " %" PRIu64 "\n", manifest_is_rows(m) ? "rows" : "pages",
                  manifest_is_rows(m) ? m->rows : m->page_size, m->pages);
    put_facts(&m->facts, out);
    for (size_t i = 0; i < m->table_count; i++) {
        piece_name_text(&m->tables[i].name, name);
        pb_buf_printf(out, "table %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name,
                      m->tables[i].first, m->tables[i].pages, m->tables[i].stored);
    }
    pb_buf_addc(out, "log ");
    db_position_text(&m->position, out);
    pb_buf_addc(out, "\nend\n");
}

/* The lines in the open, and with them the label, are what the sealed part is bound to. */
static bool make_label(pb_buf *out, const char *label, pb_str front)
{
    pb_buf_printf(out, "%s\n", label);
    pb_buf_add(out, front);
    return !out->failed;
}

pb_status manifest_write(piece_box *box, const char *label, const manifest *m, pb_buf *out,
                         pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MANIFEST_MAX), note = PB_BUF_INIT(MANIFEST_MAX + 4096);
    PB_AUTO_BUF bound = PB_BUF_INIT(16384);
    size_t start = out->len;
    put_text(m, &text);
    if (text.failed)
        return pb_fail_buffer(&text, PB_MSG("The workspace is too large for one manifest."), err);
    PB_TRY(ledger_note_sign(piece_box_seed(box), pb_buf_str(&text), &note, err));
    pb_buf_addc(out, TITLE "head ");
    pb_base64(out, m->head.ptr, m->head.len);
    pb_buf_addc(out, "\n\n");
    if (out->failed || !make_label(&bound, label, pb_str_sub(pb_buf_str(out), start, out->len)))
        return pb_fail_memory(err);
    return piece_seal(box, pb_buf_cstr(&bound), 3, pb_buf_str(&note), out, err);
}

static pb_status no_manifest(pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The manifest of the backup was altered."), NULL);
    pb_error_hint(err, PB_MSG("Restore from another place, or from an earlier backup."), NULL);
    return PB_CORRUPT;
}

/* The lines in the open; what follows them is sealed. */
static bool split(pb_str object, pb_str *ret_front, pb_str *ret_head, pb_str *ret_sealed)
{
    pb_str rest = object;
    if (!pb_str_starts(rest, PB_STR(TITLE "head ")))
        return false;
    rest = pb_str_sub(rest, sizeof TITLE - 1 + 5, rest.len);
    size_t end = pb_str_find(rest, PB_STR("\n\n"));
    if (end == SIZE_MAX)
        return false;
    *ret_head = pb_str_sub(rest, 0, end);
    *ret_sealed = pb_str_sub(rest, end + 2, rest.len);
    *ret_front = pb_str_sub(object, 0, object.len - ret_sealed->len);
    return true;
}

static pb_status newer_format(pb_str object, pb_error *err)
{
    pb_str line = pb_str_sub(object, 0, pb_str_index(object, '\n'));
    int64_t format;
    if (!pb_str_starts(line, PB_STR("probity backup ")) ||
        !pb_str_to_i64(pb_str_sub(line, 15, line.len), &format) || format <= MANIFEST_FORMAT)
        return no_manifest(err);
    pb_fail(err, PB_UNSUPPORTED, PB_MSG("The backup was made by a newer version of the program."),
            NULL);
    pb_error_hint(err, PB_MSG("Install the newer version."), NULL);
    return PB_UNSUPPORTED;
}

pb_status manifest_split(pb_str object, pb_arena *arena, pb_str *ret_head, pb_error *err)
{
    pb_str front, head, sealed;
    PB_AUTO_BUF plain = PB_BUF_INIT(8192);
    if (!split(object, &front, &head, &sealed))
        return newer_format(object, err);
    if (!pb_unbase64(head, &plain))
        return plain.failed ? pb_fail_memory(err) : no_manifest(err);
    *ret_head = pb_arena_str(arena, pb_buf_str(&plain));
    return ret_head->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status manifest_open(piece_box *box, const char *label, pb_str object, pb_buf *note,
                        pb_str *ret_text, pb_error *err)
{
    pb_str front, head, sealed;
    PB_AUTO_BUF bound = PB_BUF_INIT(16384);
    if (!split(object, &front, &head, &sealed))
        return newer_format(object, err);
    if (!make_label(&bound, label, front))
        return pb_fail_memory(err);
    pb_status status = piece_open(box, pb_buf_cstr(&bound), sealed, note, err);
    if (status == PB_CORRUPT)
        return no_manifest(err);
    PB_TRY(status);
    return ledger_note_open(piece_box_seed(box), pb_buf_str(note), ret_text, err);
}

/* ---- comparing ---- */

typedef struct difference {
    pb_arena *arena;
    const char **what, **was, **is;
} difference;

static const char *number(pb_arena *arena, int64_t value)
{
    const char *text = pb_arena_printf(arena, "%" PRId64, value);
    return text != NULL ? text : "?";
}

static const char *differ(const difference *d, const char *says, const char *what, const char *was,
                          const char *is)
{
    *d->what = what != NULL ? what : "?";
    *d->was = was != NULL ? was : "?";
    *d->is = is != NULL ? is : "?";
    return says;
}

static const char *counts_differ(const difference *d, const manifest_facts *was,
                                 const manifest_facts *is)
{
    if (was->count_count != is->count_count)
        return differ(d, PB_MSG("There were {was} entities, now there are {is}."), "",
                      number(d->arena, (int64_t)was->count_count),
                      number(d->arena, (int64_t)is->count_count));
    for (size_t i = 0; i < was->count_count; i++) {
        const manifest_count *a = &was->counts[i], *b = &is->counts[i];
        if (!pb_str_eq(a->entity, b->entity) || a->rows != b->rows || a->deleted != b->deleted)
            return differ(d, PB_MSG("There were {was} records of {what}, now there are {is}."),
                          pb_arena_cstr(d->arena, a->entity),
                          number(d->arena, a->rows - a->deleted),
                          number(d->arena, b->rows - b->deleted));
    }
    return NULL;
}

static const char *sums_differ(const difference *d, const manifest_facts *was,
                               const manifest_facts *is)
{
    for (size_t i = 0; i < was->sum_count || i < is->sum_count; i++) {
        static const manifest_sum none = {.sum = {"-", 1}};
        const manifest_sum *a = i < was->sum_count ? &was->sums[i] : &none;
        const manifest_sum *b = i < is->sum_count ? &is->sums[i] : &none;
        if (!pb_str_eq(a->entity, b->entity) || !pb_str_eq(a->field, b->field) ||
            !pb_str_eq(a->currency, b->currency) || a->values != b->values ||
            !pb_str_eq(a->sum, b->sum))
            return differ(
                d, PB_MSG("The sum of {what} was {was}, now it is {is}."),
                pb_arena_printf(d->arena, "%.*s.%.*s", PB_STR_FMT(a->entity), PB_STR_FMT(a->field)),
                pb_arena_cstr(d->arena, a->sum), pb_arena_cstr(d->arena, b->sum));
    }
    return NULL;
}

static const char *samples_differ(const difference *d, const manifest_facts *was,
                                  const manifest_facts *is)
{
    if (was->sample_count != is->sample_count)
        return differ(d, PB_MSG("{was} records were sampled, now there are {is}."), "",
                      number(d->arena, (int64_t)was->sample_count),
                      number(d->arena, (int64_t)is->sample_count));
    for (size_t i = 0; i < was->sample_count; i++) {
        const manifest_sample *a = &was->samples[i], *b = &is->samples[i];
        if (!pb_str_eq(a->entity, b->entity) || a->n != b->n ||
            memcmp(a->print, b->print, sizeof a->print) != 0)
            return differ(d, PB_MSG("The record {was} of {what} is not what it was."),
                          pb_arena_cstr(d->arena, a->entity), number(d->arena, a->n),
                          number(d->arena, b->n));
    }
    return NULL;
}

const char *manifest_differs(const manifest_facts *was, const manifest_facts *is, pb_arena *arena,
                             const char **ret_what, const char **ret_was, const char **ret_is)
{
    const difference d = {arena, ret_what, ret_was, ret_is};
    if (memcmp(was->schema, is->schema, sizeof was->schema) != 0)
        return differ(&d, PB_MSG("The declared model is not what it was."), "", "", "");
    if (was->ledger_size != is->ledger_size)
        return differ(&d, PB_MSG("The ledger had {was} events, now it has {is}."), "",
                      number(arena, (int64_t)was->ledger_size),
                      number(arena, (int64_t)is->ledger_size));
    if (memcmp(was->ledger_root, is->ledger_root, sizeof was->ledger_root) != 0)
        return differ(&d, PB_MSG("The ledger of {was} events is another one."), "",
                      number(arena, (int64_t)was->ledger_size), "");
    const char *says = counts_differ(&d, was, is);
    if (says == NULL)
        says = sums_differ(&d, was, is);
    return says != NULL ? says : samples_differ(&d, was, is);
}
