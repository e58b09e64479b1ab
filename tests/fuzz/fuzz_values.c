/* Fuzz target of values as people write them: the first byte chooses the type (e-mail twice as
 * often as any other), the second the country of the record, the rest is what was written.
 *
 * Holds: a verdict is given; texts are UTF-8; what was read and written again reads the same.
 */
/* fuzzes: model model/types model/ids script */
/* libraries: yaml-0.1 libidn2 */
/* tables: han phone */
#include "base/utf8.h"
#include "model/phone.h"
#include "model/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const countries[] = {"", "US", "IR", "CN", "GB", "DE", "AR", "BR"};
    static model_reader *reader;
    enum { TODAY = 20000 };
    if (reader == NULL && (reader = model_reader_new(TODAY)) == NULL)
        abort();
    if (size < 2)
        return 0;
    unsigned choice = data[0] % (2 * MODEL_TYPE_COUNT);
    model_field field = {.type = choice < MODEL_TYPE_COUNT ? (model_type)choice : MODEL_EMAIL,
                         .name = PB_STR("field"),
                         .open_choices = true};
    model_format format = {.country = pb_str_c(countries[data[1] % 8]),
                           .jalali = (data[1] & 8) != 0,
                           .decimal_mark = (data[1] & 16) != 0 ? ',' : '.',
                           .date_order = (model_date_order)((data[1] >> 5) % 3)};
    model_format plain = {.country = format.country};
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 22), tokens = PB_BUF_INIT(1 << 22);
    model_reading first =
        model_read(reader, &field, pb_str_n((const char *)data + 2, size - 2), &format);
    hold((first.problem != NULL) == (first.verdict == MODEL_BAD));
    if (first.value.kind == PB_TEXT)
        hold(pb_utf8_valid(first.value.as.s));
    model_tokens(reader, &field, first.value, &tokens);
    if (first.verdict == MODEL_SAME || first.verdict == MODEL_RESTYLED) {
        field.currency = first.currency;
        model_write(&field, first.value, field.currency, &out);
        model_reading again = model_read(reader, &field, pb_buf_str(&out), &plain);
        hold(again.verdict == MODEL_SAME && pb_value_eq(again.value, first.value));
        if (field.type == MODEL_PHONE)
            model_phone_show(first.value.as.s, &out);
    }
    model_reader_reset(reader);
    return 0;
}
