/* Hand-made fields for tests of values. */
#ifndef TESTS_MODEL_VALUE_SUPPORT_H
#define TESTS_MODEL_VALUE_SUPPORT_H

#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "model/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIELD(kind) ((model_field){.type = (kind), .name = PB_STR("field")})
/* 2024-06-15 */
enum { TODAY = 19889 };

typedef struct value_case {
    const char *raw;
    model_verdict verdict;
    const char *standard; /* as model_write writes the value */
} value_case;

static inline const char *verdict_name(model_verdict verdict)
{
    static const char *const names[] = {"EMPTY", "SAME", "RESTYLED", "BAD"};
    return names[verdict];
}

/* Every case read and written; a BAD one has a problem, and its text when `standard` says so. */
static inline void check_cases(const model_field *field, const model_format *format,
                               const value_case *cases, size_t count)
{
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    assert_non_null(reader);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        model_reading got = model_read(reader, field, pb_str_c(cases[i].raw), format);
        pb_str currency = got.currency.len > 0 ? got.currency : field->currency;
        pb_buf_clear(&out);
        model_write(field, got.value, currency, &out);
        if (got.verdict != cases[i].verdict ||
            (cases[i].standard != NULL && !pb_str_is(pb_buf_str(&out), cases[i].standard)))
            fail_msg("type %d, \"%s\": got %s \"%s\" (%s), wanted %s \"%s\"", (int)field->type,
                     cases[i].raw, verdict_name(got.verdict), pb_buf_cstr(&out),
                     got.problem != NULL ? got.problem : "no problem",
                     verdict_name(cases[i].verdict),
                     cases[i].standard != NULL ? cases[i].standard : "anything");
        assert_true((got.problem != NULL) == (got.verdict == MODEL_BAD));
        model_reader_reset(reader);
    }
    model_reader_free(reader);
}

#define CHECK(field, format, cases)                                                                \
    check_cases((field), (format), (cases), sizeof(cases) / sizeof *(cases))

#endif
