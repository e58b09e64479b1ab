#include "pack.h"

enum { HEAD = 3, SIZE = 2 };

void pack_begin(pack *p, char kind)
{
    const char head[HEAD] = {kind};
    p->kind = kind;
    p->count = 0;
    p->bytes.max = PACK_MAX;
    p->identity.max = PACK_MAX;
    pb_buf_clear(&p->bytes);
    pb_buf_clear(&p->identity);
    pb_buf_add(&p->bytes, pb_str_n(head, HEAD));
    pb_buf_addc(&p->identity, kind == PACK_WHOLE ? "whole\n" : "patches\n");
}

uint16_t pack_add(pack *p, pb_str content, const uint8_t nonce[DB_PAGE_NONCE], pb_str identity)
{
    pb_buf_add(&p->bytes, content);
    pb_buf_add(&p->identity, identity);
    memcpy(p->nonces[p->count], nonce, DB_PAGE_NONCE);
    p->sizes[p->count] = (uint16_t)content.len;
    return (uint16_t)p->count++;
}

pb_status pack_end(pack *p, const piece_box *box, piece_name *ret_name, pb_error *err)
{
    pb_buf_add(&p->bytes, pb_str_n((const char *)p->nonces, p->count * sizeof p->nonces[0]));
    for (uint32_t i = 0; p->kind == PACK_PATCHES && i < p->count; i++) {
        pb_buf_byte(&p->bytes, (char)(p->sizes[i] >> 8));
        pb_buf_byte(&p->bytes, (char)p->sizes[i]);
    }
    if (p->bytes.failed || p->identity.failed)
        return pb_fail_memory(err);
    p->bytes.ptr[1] = (char)(p->count >> 8);
    p->bytes.ptr[2] = (char)p->count;
    *ret_name = piece_name_of(box, pb_buf_str(&p->identity));
    return PB_OK;
}

void pack_free(pack *p)
{
    pb_buf_free(&p->bytes);
    pb_buf_free(&p->identity);
}

bool pack_read(pb_str bytes, pack_view *ret_view)
{
    const uint8_t *at = (const uint8_t *)bytes.ptr;
    if (bytes.len < HEAD || (at[0] != PACK_WHOLE && at[0] != PACK_PATCHES))
        return false;
    bool whole = at[0] == PACK_WHOLE;
    uint32_t count = (uint32_t)at[1] << 8 | at[2];
    size_t behind = count * (size_t)(DB_PAGE_NONCE + (whole ? 0 : SIZE));
    if (count == 0 || count > PACK_PAGES || bytes.len < HEAD + behind)
        return false;
    *ret_view = (pack_view){.kind = (char)at[0], .count = count, .contents = at + HEAD};
    ret_view->nonces = at + bytes.len - behind;
    const uint8_t *sizes = ret_view->nonces + count * (size_t)DB_PAGE_NONCE;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = whole ? DB_PAGE_BODY : (uint32_t)sizes[SIZE * i] << 8 | sizes[SIZE * i + 1];
        ret_view->starts[i + 1] = ret_view->starts[i] + size;
    }
    return HEAD + ret_view->starts[count] + behind == bytes.len;
}

pb_str pack_content(const pack_view *view, uint16_t slot)
{
    return pb_str_n((const char *)view->contents + view->starts[slot],
                    view->starts[slot + 1] - view->starts[slot]);
}

const uint8_t *pack_nonce(const pack_view *view, uint16_t slot)
{
    return view->nonces + slot * (size_t)DB_PAGE_NONCE;
}
