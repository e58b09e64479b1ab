/* Refusals as events: who asked for what, and from where. */
#include "access.h"

#include "base/cbor.h"
#include "base/utf8.h"
#include "db/move.h"
#include "internal.h"

enum { PLACE_MAX = 200 };

/* What programs say of themselves is cut, and left out where it is no text. */
void service_put_place(pb_buf *out, const char *key, pb_str text)
{
    if (text.len == 0)
        return;
    pb_cbor_text(out, pb_str_c(key));
    text = pb_str_sub(text, 0, PLACE_MAX);
    while (text.len > 0 && !pb_utf8_valid(text))
        text.len--;
    pb_cbor_text(out, text);
}

/* Keys in the order of RFC 8949 4.2.1. */
static void put_payload(const service_call *call, const service_denial *denial, pb_buf *out)
{
    pb_cbor_map(out, 1 + (size_t)(denial->entity != NULL) + (size_t)(denial->field != NULL) +
                         (size_t)(denial->record != NULL) + (size_t)(call->device.len > 0) +
                         (size_t)(call->address.len > 0));
    if (denial->field != NULL)
        service_put_place(out, "field", denial->field->name);
    service_put_place(out, "device", call->device);
    if (denial->entity != NULL)
        service_put_place(out, "entity", denial->entity->name);
    if (denial->record != NULL) {
        pb_cbor_text(out, PB_STR("record"));
        pb_cbor_bytes(out, pb_uuid_str(denial->record));
    }
    service_put_place(out, "address", call->address);
    service_put_place(out, "operation", pb_str_c(identity_operation_word(denial->operation)));
}

pb_status service_refused(const service_call *call, db_workspace *workspace,
                          const service_denial *denial, pb_status status, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    pb_error own = {0};
    if ((status != PB_DENIED && status != PB_NOT_FOUND) || !denial->refused ||
        db_moved_to(workspace) != NULL)
        return status;
    put_payload(call, denial, &payload);
    pb_status logged =
        payload.failed ? pb_fail_memory(&own)
                       : service_log(workspace, call, "access.refused", pb_buf_str(&payload), &own);
    if (logged == PB_OK)
        return status;
    if (err != NULL)
        *err = own;
    return logged;
}
