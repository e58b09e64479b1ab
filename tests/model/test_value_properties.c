/* Properties of reading and writing over random values and mutated texts. */
#include "value_support.h"

#include <math.h>
#include <string.h>

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33 ^ *seed << 17 >> 40;
}

static const char *const samples[] = {
    "John Smith",
    "john.smith@example.com",
    "\"a b\"@Example.com",
    "Name <x@y.org>",
    "test@[IPv6:1::2]",
    "info@\u4f8b\u5b50.\u4e2d\u56fd",
    "+1 (212) 555-0123 x12",
    "0912 123 4567",
    "\u06f0\u06f9\u06f1\u06f2\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7",
    "https://www.Example.com:443/a?b#c",
    "\u738b\u5c0f\u660e",
    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627 \u0643\u0631\u064a\u0645\u06cc",
    "Jose\u0301 \uff21\uff22\u3000x",
    "\u1100\u1161\u11a8\u0e01\u0e33 \u212b\u0344",
    "12 Main Street\nFloor 3\r\n\r\n\r\nNorth",
    "2024-03-05",
    "13/03/2024 2:05 pm",
    "5 March 2024",
    "2024\u5e743\u67085\u65e5",
    "\u06f1\u06f4\u06f0\u06f2/\u06f1\u06f2/\u06f1\u06f5",
    "2024-03-05T14:30:00.25+03:30",
    "1,234,567.50",
    "($12.50)",
    "1200 \u062a\u0648\u0645\u0627\u0646",
    "-0.00012e5",
    "\u66abtrue",
    "yes",
    "N/A",
    "SW1A 1AA",
    "100080",
    "US",
    "Deutschland",
    "won",
    "DE89 3704 0044 0532 0130 00",
    "deutdeff",
    "11010519491231002x",
    "91350100M000100Y43",
    "008-457594-8",
    "10380284790",
    "DE 136 695 976",
    "5493001KJTIIGC8Y1R12",
    "15-048-3782",
    "US0378331005",
    "4111 1111 1111 1111",
    "\xff\xfe\x80",
};

/* A sample with a few bytes or characters put in, taken out or doubled. */
static pb_str mutate(uint64_t *seed, char *room, size_t size)
{
    static const char *const pieces[] = {
        " ",      "\t",     ".",      "-",      "@",      "0",      "9",  "\n", "\u200b", "\u200c",
        "\u200d", "\u00a0", "\u0301", "\u3000", "(",      ")",      "\"", "\\", ",",      "\xc3",
        "\x01",   "\u064a", "\u06cc", "\uff11", "\u066b", "\u037e", "/",  ":",  "\u3099", "e"};
    const char *sample = samples[next_random(seed) % (sizeof samples / sizeof *samples)];
    size_t len = strlen(sample);
    memcpy(room, sample, len);
    for (size_t edits = next_random(seed) % 4; edits > 0; edits--) {
        size_t at = next_random(seed) % (len + 1);
        if (next_random(seed) % 3 == 0 && at < len) {
            memmove(room + at, room + at + 1, len - at - 1);
            len--;
        } else {
            const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)];
            size_t add = strlen(piece);
            if (len + add < size) {
                memmove(room + at + add, room + at, len - at);
                memcpy(room + at, piece, add);
                len += add;
            }
        }
    }
    return pb_str_n(room, len);
}

/* shows: REC-5 DQ-1 */
static void what_was_restyled_reads_the_same(void **state)
{
    (void)state;
    static model_choice choices[] = {{.value = {"won", 3}, .label = {"Won", 3}}};
    static const char *const countries[] = {"", "US", "IR", "CN", "GB"};
    static const char *const currencies[] = {"", "USD", "JPY", "IRR"};
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    uint64_t seed = 20240615;
    size_t valid[MODEL_TYPE_COUNT] = {0};
    for (int round = 0; round < 300000; round++) {
        char room[256];
        pb_str raw = mutate(&seed, room, sizeof room);
        model_type type = (model_type)(next_random(&seed) % MODEL_TYPE_COUNT);
        model_field field = FIELD(type);
        field.choices = choices;
        field.choice_count = 1;
        field.open_choices = round % 2 == 0;
        field.currency = pb_str_c(currencies[next_random(&seed) % 4]);
        model_format format = {.date_order = (model_date_order)(next_random(&seed) % 3),
                               .jalali = next_random(&seed) % 4 == 0,
                               .decimal_mark = next_random(&seed) % 4 == 0 ? ',' : '.',
                               .country = pb_str_c(countries[next_random(&seed) % 5])};
        model_reading first = model_read(reader, &field, raw, &format);
        if (first.value.kind == PB_TEXT)
            assert_true(pb_utf8_valid(first.value.as.s));
        assert_true((first.problem != NULL) == (first.verdict == MODEL_BAD));
        if (first.verdict == MODEL_EMPTY || first.verdict == MODEL_BAD) {
            model_reader_reset(reader);
            continue;
        }
        valid[type]++;
        if (first.currency.len > 0)
            field.currency = first.currency;
        pb_buf_clear(&out);
        model_write(&field, first.value, field.currency, &out);
        model_format plain = {.country = format.country};
        model_reading again = model_read(reader, &field, pb_buf_str(&out), &plain);
        if (again.verdict != MODEL_SAME || !pb_value_eq(again.value, first.value))
            fail_msg("type %d: \"%.*s\" is written \"%s\", which reads as %s \"%.*s\" %s",
                     (int)type, PB_STR_FMT(raw), pb_buf_cstr(&out), verdict_name(again.verdict),
                     again.value.kind == PB_TEXT ? (int)again.value.as.s.len : 0,
                     again.value.kind == PB_TEXT ? again.value.as.s.ptr : "",
                     again.problem != NULL ? again.problem : "");
        bool verbatim = pb_str_eq(raw, pb_buf_str(&out));
        if ((first.verdict == MODEL_SAME) != verbatim)
            fail_msg("type %d: \"%.*s\" is called %s, but its standard form is \"%s\"", (int)type,
                     PB_STR_FMT(raw), verdict_name(first.verdict), pb_buf_cstr(&out));
        model_reader_reset(reader);
    }
    for (int type = 0; type < MODEL_TYPE_COUNT; type++)
        assert_true(valid[type] > 50);
    model_reader_free(reader);
}

/* shows: REC-5 REC-7 */
static void random_values_survive_writing(void **state)
{
    (void)state;
    static const char *const currencies[] = {"USD", "JPY", "IRR", "KWD", "EUR"};
    static const model_type types[] = {MODEL_BOOLEAN, MODEL_INTEGER, MODEL_DECIMAL,
                                       MODEL_MONEY,   MODEL_DATE,    MODEL_INSTANT};
    model_reader *reader = model_reader_new(TODAY);
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    uint64_t seed = 99;
    for (int round = 0; round < 200000; round++) {
        model_field field = FIELD(types[round % 6]);
        int64_t number = (int64_t)(next_random(&seed) << 24 ^ next_random(&seed));
        number >>= next_random(&seed) % 40;
        number = next_random(&seed) % 2 == 0 ? -number : number;
        field.currency = pb_str_c(currencies[next_random(&seed) % 5]);
        pb_value value = PB_VALUE_INT(number);
        if (field.type == MODEL_BOOLEAN)
            value.as.i = number & 1;
        else if (field.type == MODEL_DATE)
            value.as.i = number % 700000;
        else if (field.type == MODEL_INSTANT)
            value.as.i = number % (700000 * PB_US_PER_DAY);
        else if (field.type == MODEL_MONEY)
            value.as.i = number % 1000000000000000;
        else if (field.type == MODEL_DECIMAL)
            value = PB_VALUE_REAL(ldexp((double)number, (int)(next_random(&seed) % 200) - 130));
        pb_buf_clear(&out);
        model_write(&field, value, field.currency, &out);
        model_reading got = model_read(reader, &field, pb_buf_str(&out), NULL);
        if (got.verdict != MODEL_SAME || !pb_value_eq(got.value, value))
            fail_msg("type %d: %s reads as %s %s", (int)field.type, pb_buf_cstr(&out),
                     verdict_name(got.verdict), got.problem != NULL ? got.problem : "");
        model_reader_reset(reader);
    }
    model_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_restyled_reads_the_same),
        cmocka_unit_test(random_values_survive_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
