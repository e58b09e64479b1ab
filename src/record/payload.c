/* The payload of a record's event: what changed, as a deterministic CBOR map of column names. A new
 * row gives `name: value` for all that is not null, a change `name: [before, after]`. */
#include "base/cbor.h"
#include "internal.h"

static pb_value row_value(const plan *p, const layout_head *head, const layout_column *column)
{
    if (column->part == LAYOUT_SOURCE)
        return layout_source_value(head, (int)(column - p->lay->sources));
    return p->cells[column - p->lay->columns];
}

static pb_status checked(const record_writer *writer, pb_error *err)
{
    return writer->payload.failed
               ? pb_fail_buffer(&writer->payload, PB_MSG("The record is too large for the ledger."),
                                err)
               : PB_OK;
}

pb_status payload_create(record_writer *writer, plan *p, const layout_head *head, pb_error *err)
{
    pb_buf *out = &writer->payload;
    size_t filled = 0;
    pb_buf_clear(out);
    for (size_t i = 0; i < p->lay->order_count; i++)
        filled += row_value(p, head, p->lay->order[i]).kind != PB_NULL;
    pb_cbor_map(out, filled);
    for (size_t i = 0; i < p->lay->order_count; i++) {
        pb_value value = row_value(p, head, p->lay->order[i]);
        if (value.kind == PB_NULL)
            continue;
        pb_buf_add(out, p->lay->order[i]->key);
        pb_cbor_value(out, value);
    }
    return checked(writer, err);
}

static bool differs(const plan *p, const layout_column *column)
{
    if (column->part == LAYOUT_SOURCE)
        return false;
    size_t at = (size_t)(column - p->lay->columns);
    return !pb_value_eq(p->before[at], p->cells[at]);
}

/* Keys of a payload stand in order of their encoded bytes: by length, then by letter. */
static bool stands_before(pb_str a, pb_str b)
{
    return a.len != b.len ? a.len < b.len : pb_str_cmp(a, b) < 0;
}

static void put_item(pb_buf *out, pb_value before, pb_value after)
{
    pb_cbor_array(out, 2);
    pb_cbor_value(out, before);
    pb_cbor_value(out, after);
}

/* Extra items come in order, and are put where their keys belong. */
static void put_items(pb_buf *out, const plan *p, const payload_extra *extras, size_t count)
{
    size_t next = 0;
    for (size_t i = 0; i <= p->lay->order_count; i++) {
        const layout_column *column = i < p->lay->order_count ? p->lay->order[i] : NULL;
        if (column != NULL && !differs(p, column))
            continue;
        for (; next < count && (column == NULL || stands_before(extras[next].name, column->name));
             next++) {
            pb_cbor_text(out, extras[next].name);
            put_item(out, extras[next].before, extras[next].after);
        }
        if (column == NULL)
            continue;
        pb_buf_add(out, column->key);
        put_item(out, p->before[column - p->lay->columns], p->cells[column - p->lay->columns]);
    }
}

pb_status payload_change(record_writer *writer, plan *p, const payload_extra *extras, size_t count,
                         bool *ret_any, pb_error *err)
{
    pb_buf *out = &writer->payload;
    size_t told = count;
    bool any = false;
    for (size_t i = 0; i < p->lay->count; i++)
        any = any || !pb_value_eq(p->before[i], p->cells[i]);
    for (size_t i = 0; i < p->lay->order_count; i++)
        told += differs(p, p->lay->order[i]);
    pb_buf_clear(out);
    pb_cbor_map(out, told);
    put_items(out, p, extras, count);
    *ret_any = any;
    return checked(writer, err);
}

payload_extra payload_deleted(bool deleted)
{
    return (payload_extra){PB_STR("deleted"), PB_VALUE_INT(!deleted), PB_VALUE_INT(deleted)};
}
