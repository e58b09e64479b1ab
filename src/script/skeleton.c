#include "script/skeleton.h"

#include "base/utf8.h"

/* Sounds are single letters: x = kh, c = ch, w = sh, q = gh and q, j also zh. 0: not heard. */
static char arabic_sound(uint32_t code)
{
    static const struct {
        uint16_t code;
        char sound;
    } sounds[] = {
        {0x0628, 'b'}, {0x067E, 'p'}, {0x062A, 't'}, {0x0637, 't'}, {0x062B, 's'}, {0x0633, 's'},
        {0x0635, 's'}, {0x062C, 'j'}, {0x0698, 'j'}, {0x0686, 'c'}, {0x062D, 'h'}, {0x0647, 'h'},
        {0x062E, 'x'}, {0x062F, 'd'}, {0x0630, 'z'}, {0x0632, 'z'}, {0x0636, 'z'}, {0x0638, 'z'},
        {0x0631, 'r'}, {0x0634, 'w'}, {0x063A, 'q'}, {0x0642, 'q'}, {0x0641, 'f'}, {0x06A9, 'k'},
        {0x06AF, 'g'}, {0x0644, 'l'}, {0x0645, 'm'}, {0x0646, 'n'},
    };
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        if (sounds[i].code == code)
            return sounds[i].sound;
    return 0;
}

/* Sound of the Latin letters at `*at`, which moves behind them. */
static char latin_sound(pb_str word, size_t *at)
{
    char c = word.ptr[*at];
    char next = *at + 1 < word.len ? word.ptr[*at + 1] : '\0';
    ++*at;
    if (next == 'h' && c != '\0' && memchr("kcsgztpd", c, 8) != NULL) {
        ++*at;
        switch (c) {
        case 'k':
            return 'x';
        case 'c':
            return 'c';
        case 's':
            return 'w';
        case 'g':
            return 'q';
        case 'z':
            return 'j';
        case 'p':
            return 'f';
        case 'd':
            return 'z';
        default:
            return 't';
        }
    }
    switch (c) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y':
    case 'w':
    case 'v':
        return 0;
    case 'c':
        return next == 'e' || next == 'i' ? 's' : 'k';
    case 'x':
        return 'k';
    default:
        return c >= 'a' && c <= 'z' ? c : 0;
    }
}

/* Vowels of a Latin letter; with the one before it: ei, ey, ee, oo and ou are long beyond doubt. */
static unsigned latin_vowel(char c, char before)
{
    unsigned strong = before == 'e' ? SCRIPT_GAP_STRONG : 0;
    switch (c) {
    case 'a':
        return SCRIPT_GAP_A;
    case 'e':
        return SCRIPT_GAP_I | strong;
    case 'i':
    case 'y':
        return SCRIPT_GAP_I | SCRIPT_GAP_LONG_I | strong;
    case 'o':
        return SCRIPT_GAP_A | SCRIPT_GAP_U | (before == 'o' ? SCRIPT_GAP_V : 0U);
    case 'u':
        return SCRIPT_GAP_U | (before == 'o' ? SCRIPT_GAP_V : 0U);
    case 'v':
    case 'w':
        return SCRIPT_GAP_U | SCRIPT_GAP_V;
    default:
        return 0;
    }
}

static unsigned arabic_vowel(uint32_t code)
{
    return code == 0x0627   ? SCRIPT_GAP_A
           : code == 0x06CC ? SCRIPT_GAP_I
           : code == 0x0648 ? SCRIPT_GAP_U
                            : 0;
}

void script_bones_of(pb_str word, script_bones *ret)
{
    ret->count = 0;
    ret->gap[0] = 0;
    char last = 0, before = 0;
    for (size_t at = 0; at < word.len && ret->count < SCRIPT_BONES;) {
        char sound;
        unsigned vowel;
        if ((unsigned char)word.ptr[at] < 0x80) {
            char c = word.ptr[at];
            vowel = latin_vowel(c, before);
            sound = latin_sound(word, &at);
            before = c;
        } else {
            uint32_t code = pb_utf8_next(word, &at);
            vowel = arabic_vowel(code);
            sound = arabic_sound(code);
        }
        if (sound != 0 && sound != last) {
            ret->sound[ret->count++] = sound;
            ret->gap[ret->count] = 0;
        }
        if (sound != 0)
            last = sound;
        else
            ret->gap[ret->count] = (uint8_t)(ret->gap[ret->count] | vowel);
    }
}

void script_skeleton(pb_str word, pb_buf *out)
{
    script_bones bones;
    script_bones_of(word, &bones);
    if (bones.count > 1 && bones.sound[bones.count - 1] == 'h')
        bones.count--;
    pb_buf_add(out, pb_str_n(bones.sound, bones.count));
}
