/* What encodings are called: by ICU, in reports, and by people. */
#include "encoding.h"

static const char *const names[TEXT_CODES] = {
    [TEXT_ANY] = "",
    [TEXT_UTF8] = "UTF-8",
    [TEXT_UTF8_BOM] = "UTF-8 with BOM",
    [TEXT_UTF16_LE] = "UTF-16 LE",
    [TEXT_UTF16_BE] = "UTF-16 BE",
    [TEXT_GB18030] = "GB18030",
    [TEXT_WINDOWS_1252] = "Windows-1252",
    [TEXT_WINDOWS_1256] = "Windows-1256",
    [TEXT_UTF16] = "UTF-16",
    [TEXT_WINDOWS_1250] = "Windows-1250",
    [TEXT_WINDOWS_1251] = "Windows-1251",
    [TEXT_WINDOWS_1253] = "Windows-1253",
    [TEXT_WINDOWS_1254] = "Windows-1254",
    [TEXT_WINDOWS_1255] = "Windows-1255",
    [TEXT_WINDOWS_1257] = "Windows-1257",
    [TEXT_WINDOWS_1258] = "Windows-1258",
    [TEXT_ISO_8859_2] = "ISO-8859-2",
    [TEXT_ISO_8859_15] = "ISO-8859-15",
    [TEXT_KOI8_R] = "KOI8-R",
    [TEXT_IBM_850] = "IBM850",
    [TEXT_MACINTOSH] = "macintosh",
    [TEXT_BIG5] = "Big5",
    [TEXT_SHIFT_JIS] = "Shift_JIS",
    [TEXT_EUC_JP] = "EUC-JP",
    [TEXT_EUC_KR] = "EUC-KR",
};

/* Without what fold() leaves out. What browsers (WHATWG, Encoding) and spreadsheets take for a
 * larger encoding is read as that one. */
static const struct {
    const char *name;
    text_code code;
} others[] = {
    {"utf8bom", TEXT_UTF8},         {"utf8sig", TEXT_UTF8},        {"ascii", TEXT_UTF8},
    {"usascii", TEXT_UTF8},         {"unicode", TEXT_UTF16},       {"ucs2", TEXT_UTF16},
    {"gbk", TEXT_GB18030},          {"gb2312", TEXT_GB18030},      {"cp936", TEXT_GB18030},
    {"ansi", TEXT_WINDOWS_1252},    {"latin1", TEXT_WINDOWS_1252}, {"iso88591", TEXT_WINDOWS_1252},
    {"latin2", TEXT_ISO_8859_2},    {"latin9", TEXT_ISO_8859_15},  {"iso88599", TEXT_WINDOWS_1254},
    {"latin5", TEXT_WINDOWS_1254},  {"sjis", TEXT_SHIFT_JIS},      {"cp932", TEXT_SHIFT_JIS},
    {"windows31j", TEXT_SHIFT_JIS}, {"cp949", TEXT_EUC_KR},        {"cp950", TEXT_BIG5},
    {"cp850", TEXT_IBM_850},        {"macroman", TEXT_MACINTOSH},  {"cp1250", TEXT_WINDOWS_1250},
    {"cp1251", TEXT_WINDOWS_1251},  {"cp1252", TEXT_WINDOWS_1252}, {"cp1253", TEXT_WINDOWS_1253},
    {"cp1254", TEXT_WINDOWS_1254},  {"cp1255", TEXT_WINDOWS_1255}, {"cp1256", TEXT_WINDOWS_1256},
    {"cp1257", TEXT_WINDOWS_1257},  {"cp1258", TEXT_WINDOWS_1258},
};

enum { LONGEST = 32 };

const char *encoding_name(text_code code)
{
    return names[code];
}

/* Small letters and digits alone. */
static size_t fold(pb_str name, char to[LONGEST])
{
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == '-' || c == '_' || c == ' ')
            continue;
        if (len == LONGEST)
            return 0;
        to[len++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return len;
}

text_code encoding_by_name(pb_str name)
{
    char asked[LONGEST], known[LONGEST];
    size_t len = fold(name, asked);
    for (size_t code = TEXT_UTF8; code < TEXT_CODES && len > 0; code++)
        if (pb_str_eq(pb_str_n(known, fold(pb_str_c(names[code]), known)), pb_str_n(asked, len)))
            return code == TEXT_UTF8_BOM ? TEXT_UTF8 : (text_code)code;
    for (size_t i = 0; i < sizeof others / sizeof *others && len > 0; i++)
        if (pb_str_eq(pb_str_c(others[i].name), pb_str_n(asked, len)))
            return others[i].code;
    return TEXT_ANY;
}

const char *encoding_known(void)
{
    return "UTF-8, UTF-16, UTF-16LE, UTF-16BE, GB18030, Big5, Windows-1252, Windows-1250, "
           "Windows-1251, Windows-1253, Windows-1254, Windows-1255, Windows-1256, Windows-1257, "
           "Windows-1258, ISO-8859-2, ISO-8859-15, KOI8-R, IBM850, macintosh, Shift_JIS, EUC-JP, "
           "EUC-KR";
}
