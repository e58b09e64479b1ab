/* Fuzz target of identifiers: the first byte chooses the kind, the second the country of the
 * record, the rest is what was written.
 *
 * Holds: the verdict and its words agree; a standard form is its own; a proposed repair is right; a
 * mask of a private number shows at most eight of its characters.
 */
/* fuzzes: model/ids */
#include "base/utf8.h"
#include "model/identifiers.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const countries[] = {"", "DE", "FR", "GB", "IR", "CN", "NO", "GR", "ES"};
    if (size < 2)
        return 0;
    model_id_kind kind = (model_id_kind)(data[0] % MODEL_ID_COUNT);
    pb_str country = pb_str_c(countries[data[1] % (sizeof countries / sizeof *countries)]);
    pb_str text = pb_str_n((const char *)data + 2, size - 2);
    model_id id, again;
    bool good = model_id_read(kind, text, country, &id);
    hold(good == (id.fault == MODEL_ID_GOOD) && good == (id.problem == NULL));
    hold(id.len < MODEL_ID_MAX && id.mended_len < MODEL_ID_MAX);
    if (good) {
        hold(model_id_read(kind, pb_str_n(id.text, id.len), country, &again));
        hold(pb_str_eq(pb_str_n(id.text, id.len), pb_str_n(again.text, again.len)));
    }
    if (id.mended_len > 0)
        hold(model_id_read(kind, pb_str_n(id.mended, id.mended_len), country, &again));
    PB_AUTO_BUF mask = PB_BUF_INIT(1 << 20);
    model_id_mask(kind, text, &mask);
    if (model_id_private(kind))
        hold(pb_utf8_valid(pb_buf_str(&mask)) && pb_utf8_count(pb_buf_str(&mask)) <= 12);
    return 0;
}
