/* The judgement about an encoding: every reading of the bytes has its price in bits. */
#include "encoding.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Prices in bits. What must not be there costs so much that a text with a few such places still
 * keeps its encoding, but a text full of them never does. */
enum {
    BITS_ASCII = 6,
    BITS_ACCENT = 9,   /* a letter of Western Europe beside others */
    BITS_LONELY = 14,  /* such a letter with no plain letter beside it */
    BITS_SYMBOL = 13,  /* § ° « */
    BITS_MARK = 11,    /* quotation marks, dashes, the euro */
    BITS_SWITCH = 12,  /* two scripts in one word */
    BITS_HAN = 12,     /* GB 2312, level 1: the 3,755 common ones */
    BITS_HAN_2 = 17,   /* level 2 */
    BITS_HAN_ANY = 14, /* where the level is not known */
    BITS_HAN_RARE = 22,
    BITS_OTHER = 24, /* scripts that customers' names here are not written in */
    BITS_PRIVATE = 40,
    BITS_CONTROL = 30,
    BITS_BROKEN = 60
};

/* A single letter says little; the files that Windows-1256 is in hold whole words. */
enum { ARABIC_EXTRA = 10 };

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static unsigned ascii_bits(unsigned char c)
{
    bool control = (c < 32 && c != '\n' && c != '\r' && c != '\t') || c == 127;
    return control ? BITS_CONTROL : BITS_ASCII;
}

/* --- Windows-1252 --- */

static bool is_accented(unsigned char c)
{
    return (c >= 0xC0 && c != 0xD7 && c != 0xF7) || c == 0x8A || c == 0x8C || c == 0x8E ||
           c == 0x9A || c == 0x9C || c == 0x9E || c == 0x9F;
}

static unsigned latin_bits(unsigned char before, unsigned char c, unsigned char after)
{
    if (c < 0x80)
        return ascii_bits(c);
    if (c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D)
        return BITS_BROKEN;
    if (is_accented(c)) {
        bool capital = c < 0xDF;
        bool inside = before >= 'a' && before <= 'z';
        if (!is_letter(before) && !is_letter(after))
            return BITS_LONELY;
        return BITS_ACCENT + (capital && inside ? BITS_ASCII : 0U);
    }
    return c < 0xA0 ? BITS_MARK : BITS_SYMBOL;
}

/* --- Windows-1256 --- */

/* Bits of a letter of Arabic or Persian by how frequent it is; 0: the byte is none. */
static unsigned arabic_letter(unsigned char c)
{
    switch (c) {
    case 0xC7: /* alef */
    case 0xED: /* yeh */
        return 3;
    case 0xD1: /* reh */
    case 0xE4: /* noon */
    case 0xE3: /* meem */
    case 0xE6: /* waw */
    case 0xE5: /* heh */
    case 0xCF: /* dal */
    case 0xCA: /* teh */
        return 4;
    case 0xE1: /* lam */
    case 0xD3: /* seen */
    case 0xC8: /* beh */
    case 0xD4: /* sheen */
    case 0x98: /* keheh */
    case 0xDF: /* kaf */
        return 5;
    case 0x81: /* peh */
    case 0x8D: /* tcheh */
    case 0x90: /* gaf */
    case 0xCC: /* jeem */
    case 0xCD: /* hah */
    case 0xCE: /* khah */
    case 0xD2: /* zain */
    case 0xDA: /* ain */
    case 0xDD: /* feh */
    case 0xDE: /* qaf */
        return 6;
    default:
        break;
    }
    bool letter = (c >= 0xC0 && c <= 0xDF && c != 0xD7) || c == 0xEC || c == 0x8E || c == 0x9D;
    bool sign = c == 0xF0 || c == 0xF1 || c == 0xF2 || c == 0xF3 || c == 0xF5 || c == 0xF6 ||
                c == 0xF8 || c == 0xFA;
    bool urdu = c == 0x8A || c == 0x8F || c == 0x9A || c == 0x9E || c == 0x9F || c == 0xAA ||
                c == 0xFF || c == 0xFD || c == 0xFE;
    return letter ? 8 : sign ? 9 : urdu ? 12 : 0;
}

static unsigned arabic_bits(unsigned char before, unsigned char c, unsigned char after)
{
    if (c < 0x80)
        return ascii_bits(c);
    unsigned bits = arabic_letter(c);
    if (bits > 0)
        return bits + (is_letter(before) ? BITS_SWITCH : 0U) +
               (is_letter(after) ? BITS_SWITCH : 0U);
    if (c == 0xA1 || c == 0xBA || c == 0xBF) /* comma, semicolon, question mark */
        return BITS_MARK;
    if (c >= 0xE0) /* letters of French; as in Windows-1252, which is the likelier then */
        return BITS_LONELY;
    return c < 0xA0 ? BITS_MARK : BITS_SYMBOL;
}

typedef unsigned (*byte_price)(unsigned char before, unsigned char c, unsigned char after);

static double price_bytes(const unsigned char *p, size_t len, byte_price price)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < len; i++)
        bits += price(i > 0 ? p[i - 1] : ' ', p[i], i + 1 < len ? p[i + 1] : ' ');
    return (double)bits;
}

/* --- GB18030 (GB 18030-2005, GBK, GB 2312) --- */

static unsigned pair_bits(unsigned char lead, unsigned char trail)
{
    if (trail < 0xA1)
        return lead >= 0xA1 && lead <= 0xA7 ? BITS_PRIVATE : BITS_HAN_RARE;
    if (lead >= 0xB0 && lead <= 0xD7)
        return lead == 0xD7 && trail >= 0xFA ? BITS_PRIVATE : BITS_HAN;
    if (lead >= 0xD8 && lead <= 0xF7)
        return BITS_HAN_2;
    if (lead == 0xA1 || lead == 0xA3) /* punctuation, full width ASCII */
        return BITS_HAN;
    if (lead >= 0xA2 && lead <= 0xA9)
        return BITS_HAN_RARE;
    return lead < 0xA1 ? BITS_HAN_RARE : BITS_PRIVATE;
}

static double price_gb18030(const unsigned char *p, size_t len)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < len;) {
        unsigned char c = p[i], d = i + 1 < len ? p[i + 1] : 0;
        if (c < 0x80) {
            bits += ascii_bits(c);
            i++;
        } else if (c == 0x80 || c == 0xFF) {
            bits += BITS_BROKEN;
            i++;
        } else if (i + 1 == len) {
            break; /* cut off */
        } else if (d >= 0x40 && d != 0x7F && d != 0xFF) {
            bits += pair_bits(c, d);
            i += 2;
        } else if (d >= '0' && d <= '9' && i + 3 >= len) {
            break;
        } else if (d >= '0' && d <= '9' && p[i + 2] >= 0x81 && p[i + 2] < 0xFF && p[i + 3] >= '0' &&
                   p[i + 3] <= '9') {
            bits += c <= 0x84 || (c >= 0x90 && c <= 0xE3) ? BITS_OTHER : BITS_BROKEN;
            i += 4;
        } else {
            bits += BITS_BROKEN;
            i++;
        }
    }
    return (double)bits;
}

/* --- code points --- */

static unsigned code_bits(uint32_t c)
{
    if (c < 0x80)
        return ascii_bits((unsigned char)c);
    if (c < 0xA0)
        return BITS_CONTROL;
    if (c < 0x180)
        return c < 0xC0 ? BITS_SYMBOL : BITS_ACCENT;
    if (c >= 0x0620 && c <= 0x06FF)
        return BITS_ASCII;
    if (c >= 0x4E00 && c <= 0x9FA5)
        return BITS_HAN_ANY;
    if ((c >= 0x3000 && c <= 0x30FF) || (c >= 0xFF00 && c <= 0xFF5F) ||
        (c >= 0x2010 && c <= 0x2027) || c == 0x20AC || c == 0x200C)
        return BITS_HAN_ANY;
    if (c >= 0xE000 && c <= 0xF8FF)
        return BITS_PRIVATE;
    if (c >= 0xFDD0 && c <= 0xFDEF)
        return BITS_BROKEN;
    return (c & 0xFFFE) == 0xFFFE ? BITS_BROKEN : BITS_OTHER;
}

static uint32_t unit_at(const unsigned char *p, bool little)
{
    return little ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
}

static double price_utf16(const unsigned char *p, size_t len, bool little)
{
    uint64_t bits = 0;
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint32_t unit = unit_at(p + i, little);
        bool high = unit >= 0xD800 && unit < 0xDC00;
        uint32_t next = high && i + 3 < len ? unit_at(p + i + 2, little) : 0;
        if (high && next >= 0xDC00 && next < 0xE000) {
            bits += BITS_OTHER;
            i += 2;
        } else if (unit >= 0xD800 && unit < 0xE000) {
            bits += i + 3 < len ? BITS_BROKEN : 0U;
        } else {
            bits += code_bits(unit);
        }
    }
    return (double)bits;
}

/* --- UTF-8 --- */

typedef struct utf8_reading {
    size_t good;   /* characters beyond ASCII */
    size_t broken; /* bytes that begin none */
    double bits;
} utf8_reading;

/* Length of the well-formed sequence at `u` (RFC 3629), 0: none; `*ret_cut`: `left` bytes may be
 * the beginning of one. */
static size_t sequence(const unsigned char *u, size_t left, uint32_t *ret_code, bool *ret_cut)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = u[0] >= 0xC2 && u[0] <= 0xDF   ? 2
                  : u[0] >= 0xE0 && u[0] <= 0xEF ? 3
                  : u[0] >= 0xF0 && u[0] <= 0xF4 ? 4
                                                 : 0;
    uint32_t code = need == 0 ? 0 : u[0] & (0xFFU >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if (i >= left) {
            *ret_cut = true;
            return 0;
        }
        if ((u[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (u[i] & 0x3FU);
    }
    if (need == 0 || code < least[need] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return 0;
    *ret_code = code;
    return need;
}

static utf8_reading read_utf8(const unsigned char *p, size_t len, bool whole)
{
    utf8_reading r = {0};
    uint64_t bits = 0;
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        bool cut = false;
        if (p[i] < 0x80) {
            bits += ascii_bits(p[i++]);
            continue;
        }
        size_t step = sequence(p + i, len - i, &code, &cut);
        if (cut && !whole)
            break;
        r.good += step > 0;
        r.broken += step == 0;
        bits += step > 0 ? code_bits(code) : BITS_BROKEN;
        i += step > 0 ? step : 1;
    }
    r.bits = (double)bits;
    return r;
}

/* --- the judgement --- */

static bool judge_mark(const unsigned char *p, size_t len, encoding *ret)
{
    static const struct {
        const char *bytes;
        size_t len;
        text_code code;
    } marks[] = {{"\xEF\xBB\xBF", 3, TEXT_UTF8_BOM},
                 {"\x84\x31\x95\x33", 4, TEXT_GB18030},
                 {"\xFF\xFE", 2, TEXT_UTF16_LE},
                 {"\xFE\xFF", 2, TEXT_UTF16_BE}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(p, marks[i].bytes, marks[i].len) == 0) {
            *ret = (encoding){.code = marks[i].code, .mark = marks[i].len, .sure = 100};
            return true;
        }
    return false;
}

typedef struct census {
    size_t nul, control, high;
} census;

static census count_bytes(const unsigned char *p, size_t len)
{
    census n = {0};
    for (size_t i = 0; i < len; i++) {
        n.nul += p[i] == 0;
        n.control += p[i] > 0 && ascii_bits(p[i]) == BITS_CONTROL;
        n.high += p[i] >= 0x80;
    }
    return n;
}

/* How sure the cheapest is, when the next costs `more` bits more: a doubling of the odds a bit
 * would be too bold, for the prices are rough. */
static int sureness(double more)
{
    int percent = (int)(50.0 + 50.0 * (1.0 - exp2(-more / 16.0)));
    return percent > 99 ? 99 : percent;
}

/* UTF-16 without a mark: `cheap`, what else it might be costs. */
static bool judge_utf16(const unsigned char *p, size_t len, bool whole, double cheap, encoding *ret)
{
    enum { MOST_A_UNIT = 17 }; /* bytes that are no text at all cost 24 and more */
    if (len < 4 || (whole && len % 2 != 0))
        return false;
    double little = price_utf16(p, len, true), big = price_utf16(p, len, false);
    double best = little < big ? little : big, second = little < big ? big : little;
    if (best >= cheap || best > MOST_A_UNIT * (double)len / 2)
        return false;
    double next = second < cheap ? second : cheap;
    *ret = (encoding){.code = little < big ? TEXT_UTF16_LE : TEXT_UTF16_BE,
                      .sure = sureness(next - best)};
    return true;
}

/* The cheapest of the encodings of bytes that are no UTF-8. */
static encoding judge_bytes(const unsigned char *p, size_t len, double utf8, bool begins)
{
    const struct {
        text_code code;
        double bits;
    } offers[] = {{TEXT_UTF8, utf8},
                  {TEXT_WINDOWS_1252, price_bytes(p, len, latin_bits)},
                  {TEXT_GB18030, price_gb18030(p, len)},
                  {TEXT_WINDOWS_1256, ARABIC_EXTRA + price_bytes(p, len, arabic_bits)}};
    size_t best = 0;
    for (size_t i = 1; i < 4; i++)
        if (offers[i].bits < offers[best].bits)
            best = i;
    double next = INFINITY;
    for (size_t i = 0; i < 4; i++)
        if (i != best && offers[i].bits < next)
            next = offers[i].bits;
    encoding found = {.code = offers[best].code, .sure = sureness(next - offers[best].bits)};
    encoding wide;
    return begins && judge_utf16(p, len, false, offers[best].bits, &wide) ? wide : found;
}

encoding encoding_judge(const unsigned char *head, size_t len, bool whole, bool begins)
{
    encoding ret = {.code = TEXT_UTF8, .sure = 100};
    if (begins && judge_mark(head, len, &ret))
        return ret;
    census n = count_bytes(head, len);
    if (n.nul > 0) { /* only UTF-16 has such bytes; else it is no text, which its reader says */
        utf8_reading r = read_utf8(head, len, whole);
        if (begins)
            judge_utf16(head, len, whole, r.bits, &ret);
        return ret;
    }
    if (n.high == 0) {
        ret.open = true;
        return ret;
    }
    utf8_reading r = read_utf8(head, len, whole);
    if (r.broken == 0)
        return ret;
    if ((r.good >= 4 && r.good >= r.broken) || n.control * 100 > len) {
        ret.sure = 90;
        return ret;
    }
    return judge_bytes(head, len, r.bits, begins);
}

encoding encoding_said(text_code code, const unsigned char *head, size_t len, bool whole,
                       bool begins)
{
    encoding judged = encoding_judge(head, len, whole, begins);
    if (code == TEXT_UTF16)
        code = judged.code == TEXT_UTF16_BE ? TEXT_UTF16_BE : TEXT_UTF16_LE;
    bool same = judged.code == code || (code == TEXT_UTF8 && judged.code == TEXT_UTF8_BOM);
    return (encoding){
        .code = same ? judged.code : code, .mark = same ? judged.mark : 0, .sure = 100};
}
