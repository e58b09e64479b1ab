/* Which encoding bytes are in: by their mark, or else by which reading of them is the likeliest
 * text.
 *
 * Knows UTF-8, UTF-16 of both orders, GB18030 (with it GBK and GB 2312), Windows-1252 (with it
 * ISO 8859-1) and Windows-1256. Each reading is priced in bits by a small model of Latin, Chinese
 * and Persian or Arabic writing: how rare the characters are, whether they stand where such
 * characters stand; the cheapest is taken. Nothing but ASCII is UTF-8; so is a text with more
 * well-formed characters of UTF-8 beyond ASCII than broken ones. Threads: pure functions.
 */
#ifndef EXCHANGE_ENCODING_H
#define EXCHANGE_ENCODING_H

#include "base/str.h"

typedef enum text_code {
    TEXT_ANY, /* to be judged */
    TEXT_UTF8,
    TEXT_UTF8_BOM,
    TEXT_UTF16_LE,
    TEXT_UTF16_BE,
    TEXT_GB18030,
    TEXT_WINDOWS_1252,
    TEXT_WINDOWS_1256,
    /* never judged, only read when a person says so */
    TEXT_UTF16, /* of either order: its mark or its look says which */
    TEXT_WINDOWS_1250,
    TEXT_WINDOWS_1251,
    TEXT_WINDOWS_1253,
    TEXT_WINDOWS_1254,
    TEXT_WINDOWS_1255,
    TEXT_WINDOWS_1257,
    TEXT_WINDOWS_1258,
    TEXT_ISO_8859_2,
    TEXT_ISO_8859_15,
    TEXT_KOI8_R,
    TEXT_IBM_850,
    TEXT_MACINTOSH,
    TEXT_BIG5,
    TEXT_SHIFT_JIS,
    TEXT_EUC_JP,
    TEXT_EUC_KR,
    TEXT_CODES
} text_code;

typedef struct encoding {
    text_code code;
    size_t mark; /* bytes of the mark at the beginning, no part of the text */
    int sure;    /* in percent; 100: the mark, or nothing else is possible */
    bool open;   /* all ASCII so far: what follows may still be anything */
} encoding;

/** Judges bytes; `whole`: there are no more behind them; `begins`: there are none before them (only
 * then there may be a mark, or UTF-16). Cost: O(len). */
encoding encoding_judge(const unsigned char *head, size_t len, bool whole, bool begins);
/** The encoding that a person says bytes are in, which settles it; their mark is no part of the
 * text. As encoding_judge. */
encoding encoding_said(text_code code, const unsigned char *head, size_t len, bool whole,
                       bool begins);
/** "UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE", "GB18030", "Windows-1252", … */
const char *encoding_name(text_code code);
/** The encoding of that name, in any case, with or without hyphens ("utf8", "cp1252", "GBK");
 * TEXT_ANY: none that is known. */
text_code encoding_by_name(pb_str name);
/** The names of all of them, with commas between. */
const char *encoding_known(void);

#endif
