/* Encodings: which one a text is in, and that every piece of it is turned right. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <unicode/ucnv.h>

#include "base/utf8.h"
#include "bytes/convert.h"
#include "bytes/text.h"

static uint64_t state = 0x9E3779B97F4A7C15ULL;

static uint64_t dice(uint64_t sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % sides;
}

typedef enum script { CHINESE, PERSIAN, WESTERN, SCRIPTS } script;

/* Surnames and characters of given names as they are common, and what stands in addresses. */
static const char *const chinese[] = {
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "伟", "芳", "娜", "秀", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "北", "京", "市", "朝", "阳", "区", "建", "国", "路", "号", "上", "海", "浦", "东", "新", "公",
    "司", "有", "限", "科", "技", "销", "售", "部", "经", "理", "电", "话", "客", "户", "名", "称",
    "深", "圳", "广", "州", "龙", "岗", "湖", "南", "鑫", "淼", "晟", "祺", "翊", "霖", "熙", "瑾"};
static const char *const persian[] = {
    "محمد",  "علي",    "رضا",   "حسين",  "فاطمه", "زهرا",   "مريم",  "احمد",
    "کريمي", "حسيني",  "رضايي", "موسوي", "تهران", "خيابان", "شيراز", "اصفهان",
    "مشهد",  "شرکت",   "فروش",  "مدير",  "تلفن",  "پارسا",  "گلناز", "ژاله",
    "چمران", "وليعصر", "آزادي", "پلاک",  "واحد",  "مشتري",  "نام",   "ايران"};
static const char *const western[] = {
    "Müller",  "José",   "García",  "Zoë",     "François",   "Strauß",   "Søren",    "Åsa",
    "Núñez",   "Jürgen", "Straße",  "Köln",    "Málaga",     "Besançon", "Lefèvre",  "Smith",
    "Johnson", "Peter",  "Anna",    "Öztürk",  "ÖSTERREICH", "Bjørn",    "Ærø",      "São Paulo",
    "Señor",   "garçon", "Übersee", "Citroën", "naïve",      "Weiß",     "Göteborg", "Gonçalves"};

/* A table's text of at least `least` bytes in UTF-8. */
static void make_text(script s, size_t least, pb_buf *out)
{
    pb_buf_clear(out);
    if (dice(2) == 0)
        pb_buf_addc(out, "id,name,city\n");
    for (int row = 1; out->len < least; row++) {
        pb_buf_printf(out, "%d,", row * 37);
        for (int cell = 0; cell < 3; cell++) {
            uint64_t words = 1 + dice(3);
            for (uint64_t w = 0; w < words; w++) {
                if (s == CHINESE)
                    for (uint64_t k = 2 + dice(3); k > 0; k--)
                        pb_buf_addc(out, chinese[dice(sizeof chinese / sizeof *chinese)]);
                else if (s == PERSIAN)
                    pb_buf_addc(out, persian[dice(sizeof persian / sizeof *persian)]);
                else
                    pb_buf_addc(out, western[dice(sizeof western / sizeof *western)]);
                if (s != CHINESE && w + 1 < words)
                    pb_buf_byte(out, ' ');
            }
            pb_buf_addc(out, cell < 2 ? "," : row % 2 == 0 ? "\r\n" : "\n");
        }
        if (dice(4) == 0)
            pb_buf_printf(out, "%d,,user%d@example.com,\n", row, row);
    }
}

/* `text` in an encoding; false when it has characters that the encoding lacks. */
static bool encode_as(pb_str text, const char *icu_name, pb_buf *out)
{
    static UChar units[1 << 16];
    static char bytes[1 << 18];
    UErrorCode code = U_ZERO_ERROR;
    UConverter *from = ucnv_open("UTF-8", &code), *to = ucnv_open(icu_name, &code);
    assert_true(U_SUCCESS(code));
    ucnv_setFromUCallBack(to, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
    int32_t n = ucnv_toUChars(from, units, 1 << 16, text.ptr, (int32_t)text.len, &code);
    assert_true(U_SUCCESS(code));
    int32_t len = ucnv_fromUChars(to, bytes, 1 << 18, units, n, &code);
    ucnv_close(from);
    ucnv_close(to);
    if (U_FAILURE(code))
        return false;
    pb_buf_clear(out);
    pb_buf_add(out, (pb_str){bytes, (size_t)len});
    return true;
}

typedef struct offer {
    script s;
    const char *icu;
    text_code code;
} offer;

static const offer offers[] = {{CHINESE, "UTF-8", TEXT_UTF8},
                               {PERSIAN, "UTF-8", TEXT_UTF8},
                               {WESTERN, "UTF-8", TEXT_UTF8},
                               {CHINESE, "UTF-16LE", TEXT_UTF16_LE},
                               {PERSIAN, "UTF-16LE", TEXT_UTF16_LE},
                               {WESTERN, "UTF-16LE", TEXT_UTF16_LE},
                               {CHINESE, "UTF-16BE", TEXT_UTF16_BE},
                               {PERSIAN, "UTF-16BE", TEXT_UTF16_BE},
                               {WESTERN, "UTF-16BE", TEXT_UTF16_BE},
                               {CHINESE, "GB18030", TEXT_GB18030},
                               {CHINESE, "GBK", TEXT_GB18030},
                               {WESTERN, "windows-1252", TEXT_WINDOWS_1252},
                               {PERSIAN, "windows-1256", TEXT_WINDOWS_1256}};
enum { OFFERS = sizeof offers / sizeof *offers };

static encoding judge(pb_str bytes, bool whole)
{
    return encoding_judge((const unsigned char *)bytes.ptr, bytes.len, whole, true);
}

/* shows: DQ-1 INT-5 */
static void test_random_texts_are_recognised(void **unused)
{
    (void)unused;
    enum { ROUNDS = 2000 };
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 18);
    for (size_t o = 0; o < OFFERS; o++) {
        int right = 0, made = 0, sure = 0;
        while (made < ROUNDS) {
            make_text(offers[o].s, 320 + dice(400), &text);
            if (!encode_as(pb_buf_str(&text), offers[o].icu, &bytes) || bytes.len < 200)
                continue;
            made++;
            pb_str all = pb_buf_str(&bytes);
            if (dice(2) == 0) /* cut anywhere behind 200 bytes */
                all.len = 200 + dice(all.len - 199);
            encoding is = judge(all, all.len == bytes.len);
            right += is.code == offers[o].code;
            sure += is.sure;
        }
        print_message("%s of script %d: %d of %d, %d %% sure\n", offers[o].icu, offers[o].s, right,
                      made, sure / made);
        assert_true(right >= made * 99 / 100);
    }
}

/* shows: DQ-1 INT-5 */
static void test_ascii_is_utf8(void **unused)
{
    (void)unused;
    char text[600];
    for (int round = 0; round < 20000; round++) {
        size_t len = 1 + dice(sizeof text);
        for (size_t i = 0; i < len; i++)
            text[i] = dice(9) == 0 ? ",;\n\t"[dice(4)] : (char)(32 + dice(95));
        encoding is = judge((pb_str){text, len}, dice(2) == 0);
        assert_int_equal(is.code, TEXT_UTF8);
        assert_true(is.open);
        assert_int_equal(is.mark, 0);
    }
}

/* shows: DQ-1 INT-5 */
static void test_a_few_broken_bytes_leave_utf8(void **unused)
{
    (void)unused;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    for (int round = 0; round < 3000; round++) {
        make_text((script)dice(SCRIPTS), 400, &text);
        for (uint64_t k = 1 + dice(3); k > 0; k--)
            text.ptr[dice(text.len)] = (char)(0x80 + dice(128));
        assert_int_equal(judge(pb_buf_str(&text), true).code, TEXT_UTF8);
    }
}

/* shows: DQ-1 */
static void test_marks_say_it(void **unused)
{
    (void)unused;
    static const struct {
        pb_str bytes;
        text_code code;
        size_t mark;
    } cases[] = {{PB_STR("\xEF\xBB\xBFid\n"), TEXT_UTF8_BOM, 3},
                 {PB_STR("\xFF\xFEi\0d\0"), TEXT_UTF16_LE, 2},
                 {PB_STR("\xFE\xFF\0i\0d"), TEXT_UTF16_BE, 2},
                 {PB_STR("\x84\x31\x95\x33id\n"), TEXT_GB18030, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        encoding is = judge(cases[i].bytes, true);
        assert_int_equal(is.code, cases[i].code);
        assert_int_equal(is.mark, cases[i].mark);
        assert_int_equal(is.sure, 100);
    }
}

/* One accented letter among ASCII, and bytes that are no text at all. */
/* shows: DQ-1 INT-5 */
static void test_little_to_go_by(void **unused)
{
    (void)unused;
    encoding is = judge(PB_STR("id,name\n1,Jos\xE9\n"), true);
    assert_int_equal(is.code, TEXT_WINDOWS_1252);
    assert_true(is.sure < 100);
    is = judge(PB_STR("id,name\n1,\xCD\xF5\xCE\xB0\n"), true); /* 王伟 in GBK */
    assert_int_equal(is.code, TEXT_GB18030);
    assert_int_equal(judge(PB_STR("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x02\0\0\x01\xFD"), true).code,
                     TEXT_UTF8);
}

/* An input that gives its bytes in two pieces, cut at `cut`. */
typedef struct halves {
    pb_str bytes;
    size_t done, cut;
} halves;

static pb_status halves_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    (void)err;
    halves *h = context;
    size_t end = h->done < h->cut ? h->cut : h->bytes.len;
    size_t count = end - h->done < size ? end - h->done : size;
    memcpy(to, h->bytes.ptr + h->done, count);
    h->done += count;
    *ret_count = count;
    return PB_OK;
}

static void read_source(pb_str bytes, size_t cut, text_code code, size_t room, pb_buf *out)
{
    halves h = {bytes, 0, cut};
    byte_input input = {.read = halves_read, .context = &h, .total = bytes.len};
    text_source *source = NULL;
    assert_int_equal(text_source_new(input, code, &source, NULL), PB_OK);
    pb_buf_clear(out);
    char piece[64];
    for (size_t count = 1; count > 0;) {
        assert_int_equal(text_source_read(source, piece, room, &count, NULL), PB_OK);
        assert_true(count <= room);
        pb_buf_add(out, (pb_str){piece, count});
    }
    assert_int_equal(text_source_done(source), bytes.len);
    text_source_free(source);
}

/* shows: INT-5 */
static void test_every_split_gives_the_same(void **unused)
{
    (void)unused;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 18);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 18);
    for (size_t o = 0; o < OFFERS; o++) {
        make_text(offers[o].s, 300, &text);
        if (!encode_as(pb_buf_str(&text), offers[o].icu, &bytes))
            continue;
        for (size_t cut = 0; cut <= bytes.len; cut++)
            for (size_t room = 16; room <= 19; room++) {
                read_source(pb_buf_str(&bytes), cut, offers[o].code, room, &out);
                assert_int_equal(out.len, text.len);
                assert_memory_equal(out.ptr, text.ptr, text.len);
            }
    }
}

/* Every split between the converter's own calls, with characters of one, two and four bytes. */
/* shows: INT-5 */
static void test_the_converter_at_every_split(void **unused)
{
    (void)unused;
    static const char bytes[] = "a\x81\x30\x81\x30\xCD\xF5\x95\x32\x82\x36z\xFF,\xCE";
    static const char expected[] = "a\xC2\x80\xE7\x8E\x8B\xF0\xA0\x80\x80z\xFF,\xFF";
    const size_t len = sizeof bytes - 1;
    for (size_t cut = 0; cut <= len; cut++) {
        converter *c = NULL;
        assert_int_equal(convert_new("GB18030", &c, NULL), PB_OK);
        char out[64];
        size_t at = 0, written = 0;
        bool over = false;
        while (!over) {
            size_t end = at < cut ? cut : len, taken = 0, count = 0;
            assert_int_equal(convert_turn(c, (const unsigned char *)bytes + at, end - at,
                                          end == len, &taken, out + written, 5, &count, &over,
                                          NULL),
                             PB_OK);
            at += taken;
            written += count;
            assert_true(written < 32);
        }
        assert_int_equal(written, sizeof expected - 1);
        assert_memory_equal(out, expected, written);
        convert_free(c);
    }
}

/* A long beginning in ASCII leaves the question open. */
/* shows: DQ-1 INT-5 */
static void test_what_comes_late_is_judged_late(void **unused)
{
    (void)unused;
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    for (int i = 0; i < 9000; i++)
        pb_buf_printf(&bytes, "%d,Ada Byron\n", i);
    size_t plain = bytes.len;
    assert_true(plain > 130000);
    pb_buf_addc(&bytes, "7,\xCD\xF5\xCE\xB0\n8,\xC0\xEE\xC4\xC8\n9,\xD5\xC5\xB7\xBC\n");
    read_source(pb_buf_str(&bytes), 70000, TEXT_ANY, 64, &out);
    assert_string_equal(pb_buf_cstr(&out) + plain, "7,王伟\n8,李娜\n9,张芳\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_texts_are_recognised),
        cmocka_unit_test(test_ascii_is_utf8),
        cmocka_unit_test(test_a_few_broken_bytes_leave_utf8),
        cmocka_unit_test(test_marks_say_it),
        cmocka_unit_test(test_little_to_go_by),
        cmocka_unit_test(test_every_split_gives_the_same),
        cmocka_unit_test(test_the_converter_at_every_split),
        cmocka_unit_test(test_what_comes_late_is_judged_late),
    };
    return cmocka_run_group_tests_name("exchange/encoding", tests, NULL, NULL);
}
