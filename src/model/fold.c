#include "fold.h"

#include "base/utf8.h"
#include "model/value.h"
#include "script/han.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* Long texts are folded piece by piece, so that all scratch memory is on the stack. */
enum { PIECE = 1024, WIDE = 4 * PIECE };

/* What ASCII folds to: a letter or digit, 0 for a separator. The apostrophe joins (O'Brien). */
enum { JOIN = 1 };
static const char ascii_fold[128] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z', ['\''] = JOIN,
};

/* Where folded text goes. `gap`: a separator was seen since the last letter. */
typedef struct folder {
    pb_buf *out;
    bool blanks;
    bool gap;
    bool any;
} folder;

static void put(folder *to, uint32_t code)
{
    if (to->gap && to->any && to->blanks)
        pb_buf_byte(to->out, ' ');
    to->gap = false;
    to->any = true;
    if (code < 0x80)
        pb_buf_byte(to->out, (char)code);
    else
        pb_utf8_put(to->out, code);
}

/* The part of `text` that is ASCII, in one reservation; returns how many bytes it took. */
static size_t fold_ascii(folder *to, pb_str text)
{
    size_t n = 0;
    char *begin = pb_buf_room(to->out, text.len + 1);
    if (begin == NULL)
        return text.len;
    char *at = begin;
    bool gap = to->gap, any = to->any;
    for (; n < text.len && (unsigned char)text.ptr[n] < 0x80; n++) {
        char c = ascii_fold[(unsigned char)text.ptr[n]];
        if (c > JOIN) {
            if (gap) {
                if (any && to->blanks)
                    *at++ = ' ';
                gap = false;
            }
            any = true;
            *at++ = c;
        } else if (c == 0) {
            gap = true;
        }
    }
    to->gap = gap;
    to->any = any;
    to->out->len -= text.len + 1 - (size_t)(at - begin);
    return n;
}

uint32_t model_fold_arabic(uint32_t code)
{
    if (code >= 0x0660 && code <= 0x0669)
        return '0' + (code - 0x0660);
    if (code >= 0x06F0 && code <= 0x06F9)
        return '0' + (code - 0x06F0);
    if ((code >= 0x064B && code <= 0x065F) || code == 0x0640 || code == 0x0670 ||
        (code >= 0x0610 && code <= 0x061A) || (code >= 0x06D6 && code <= 0x06ED && code != 0x06DD))
        return 0;
    switch (code) {
    case 0x0622: /* آ */
    case 0x0623: /* أ */
    case 0x0625: /* إ */
    case 0x0671: /* ٱ */
        return 0x0627;
    case 0x0624: /* ؤ */
        return 0x0648;
    case 0x0626: /* ئ */
    case 0x0649: /* ى */
    case 0x064A: /* ي */
    case 0x06D0: /* ې */
        return 0x06CC;
    case 0x0643: /* ك */
    case 0x06AA: /* ڪ */
        return 0x06A9;
    case 0x0629: /* ة */
    case 0x06C0: /* ۀ */
    case 0x06C1: /* ہ */
    case 0x06BE: /* ھ */
    case 0x06C2: /* ۂ */
    case 0x06C3: /* ۃ */
    case 0x06D5: /* ە */
        return 0x0647;
    default:
        return code;
    }
}

/* Latin letters that no decomposition takes apart. */
static const char *latin_special(uint32_t code)
{
    switch (code) {
    case 0x00E6:
        return "ae";
    case 0x00F0:
    case 0x0111:
        return "d";
    case 0x00F8:
        return "o";
    case 0x00FE:
        return "th";
    case 0x0127:
        return "h";
    case 0x0131:
        return "i";
    case 0x0142:
        return "l";
    case 0x0153:
        return "oe";
    case 0x014B:
        return "ng";
    case 0x0167:
        return "t";
    default:
        return NULL;
    }
}

static bool is_word(uint32_t code)
{
    return (U_GET_GC_MASK((UChar32)code) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

/* Codes that stay themselves under NFKC and case folding whatever follows them, so that no
 * normaliser is needed: Han, the Arabic block (its marks are dropped anyway), kana without voicing.
 */
static bool is_plain(uint32_t code)
{
    return code < 0x80 || (code >= 0x4E00 && code <= 0x9FA5) ||
           (code >= 0x0620 && code <= 0x0674) || (code >= 0x0679 && code <= 0x06D3) ||
           (code >= 0x06F0 && code <= 0x06F9) || code == 0x200C || code == 0x3000 ||
           code == 0x3001 || code == 0x3002 || code == 0x060C || code == 0xFF0C;
}

/* One code point of normalised text. */
static void fold_code(folder *to, uint32_t code)
{
    if (code < 0x80) {
        char c = ascii_fold[code];
        if (c > JOIN)
            put(to, (uint32_t)c);
        else if (c == 0)
            to->gap = true;
        return;
    }
    if (code >= 0x0600 && code <= 0x06FF) {
        code = model_fold_arabic(code);
        if (code == 0)
            return;
    } else if (code >= SCRIPT_HAN_FIRST && code <= SCRIPT_HAN_LAST) {
        put(to, script_han_simplify(code));
        return;
    } else if (code == 0x200C || code == 0x2019 || code == 0x02BC || code == 0x2018 ||
               code == 0x3099 || code == 0x309A || (code >= 0x0300 && code <= 0x036F)) {
        return; /* ZWNJ, apostrophes and free combining marks join what they stand between */
    } else if (code < 0x0530 || (code >= 0x1E00 && code <= 0x1FFF)) {
        const char *special = latin_special(code);
        if (special != NULL) {
            for (; *special != '\0'; special++)
                put(to, (uint32_t)*special);
            return;
        }
    }
    if (code >= 0x1160 && code <= 0x11FF)
        to->gap = true; /* a loose part of a Hangul syllable must not join another one later */
    int32_t digit = code >= 0x80 ? u_charDigitValue((UChar32)code) : -1;
    if (digit >= 0)
        put(to, (uint32_t)('0' + digit));
    else if (is_word(code))
        put(to, code);
    else
        to->gap = true;
}

/* Decomposes what has a base letter and marks in the alphabets where marks are dropped. */
static void fold_composed(folder *to, const UNormalizer2 *nfd, uint32_t code)
{
    bool alphabet = (code >= 0x00C0 && code < 0x0400) || (code >= 0x1E00 && code <= 0x1FFF) ||
                    code == 0x0451; /* ё */
    if (alphabet) {
        UChar parts[8];
        UErrorCode status = U_ZERO_ERROR;
        int32_t n = unorm2_getDecomposition(nfd, (UChar32)code, parts, 8, &status);
        if (U_SUCCESS(status) && n > 0) {
            for (int32_t i = 0; i < n; i++) /* these decompositions lie in the basic plane */
                fold_code(to, parts[i]);
            return;
        }
    }
    fold_code(to, code);
}

/* NFKC with case folding by ICU. False when the piece grew beyond the room: fold smaller pieces. */
static bool fold_icu(folder *to, pb_str piece)
{
    UChar in[PIECE], wide[WIDE];
    int32_t in_len = 0, wide_len;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    u_strFromUTF8WithSub(in, PIECE, &in_len, piece.ptr, (int32_t)piece.len, 0xFFFD, NULL, &status);
    if (U_FAILURE(status))
        return true; /* no data for ICU: nothing can be folded */
    wide_len = unorm2_normalize(nfkc, in, in_len, wide, WIDE, &status);
    if (U_FAILURE(status))
        return false;
    for (int32_t i = 0; i < wide_len;) {
        uint32_t code = wide[i++];
        if (U16_IS_LEAD(code) && i < wide_len && U16_IS_TRAIL(wide[i]))
            code = 0x10000 + ((code - 0xD800) << 10) + (wide[i++] - 0xDC00u);
        fold_composed(to, nfd, code);
    }
    return true;
}

static void fold_piece(folder *to, pb_str piece)
{
    size_t at = 0;
    bool plain = true;
    while (plain && at < piece.len)
        plain = is_plain(pb_utf8_next(piece, &at));
    if (plain) {
        for (at = 0; at < piece.len;)
            fold_code(to, pb_utf8_next(piece, &at));
        return;
    }
    if (fold_icu(to, piece))
        return;
    pb_str head = pb_utf8_cut(piece, piece.len / 2);
    if (head.len == 0)
        return;
    fold_piece(to, head);
    fold_piece(to, pb_str_sub(piece, head.len, piece.len));
}

/* True when the code point at `at` may change with what stands before it. */
static bool continues(pb_str text, size_t at)
{
    uint32_t code = pb_utf8_next(text, &at);
    return (U_GET_GC_MASK((UChar32)code) & U_GC_M_MASK) != 0 || code == 0xFF9E || code == 0xFF9F ||
           (code >= 0x1160 && code <= 0x11FF);
}

/* A prefix of at most PIECE bytes that ends where nothing combines across: before a blank where
 * there is one, else before a character that begins anew. */
static pb_str next_piece(pb_str text)
{
    if (text.len <= PIECE)
        return text;
    size_t end = PIECE;
    while (end > PIECE / 2 && text.ptr[end] != ' ')
        end--;
    if (end == PIECE / 2) {
        end = pb_utf8_cut(text, PIECE).len;
        for (size_t back = end; back > PIECE / 2; back = pb_utf8_cut(text, back - 1).len) {
            if (!continues(text, back)) {
                end = back;
                break;
            }
        }
    }
    return pb_str_sub(text, 0, end);
}

void model_fold_text(pb_str text, bool blanks, pb_buf *out)
{
    folder to = {out, blanks, false, false};
    size_t done = fold_ascii(&to, text);
    if (done == text.len)
        return;
    pb_str rest = pb_str_sub(text, done, text.len);
    while (rest.len > 0 && !out->failed) {
        pb_str piece = next_piece(rest);
        if (piece.len == 0)
            piece = pb_str_sub(rest, 0, 1);
        fold_piece(&to, piece);
        rest = pb_str_sub(rest, piece.len, rest.len);
    }
}

void model_fold(model_reader *reader, pb_str text, pb_buf *out)
{
    (void)reader; /* folding needs no state today; the call may */
    model_fold_text(text, true, out);
}

void model_header_key(pb_str header, pb_buf *out)
{
    header = pb_utf8_cut(pb_str_trim(header), PIECE);
    size_t before = out->len;
    model_fold_text(header, false, out);
    if (out->len == before)
        pb_buf_add(out, header);
}
