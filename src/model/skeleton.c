#include "skeleton.h"

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

void model_skeleton(pb_str word, pb_buf *out)
{
    size_t begin = out->len;
    char last = 0;
    for (size_t at = 0; at < word.len;) {
        char sound;
        if ((unsigned char)word.ptr[at] < 0x80)
            sound = latin_sound(word, &at);
        else
            sound = arabic_sound(pb_utf8_next(word, &at));
        if (sound != 0 && sound != last)
            pb_buf_byte(out, sound);
        if (sound != 0)
            last = sound;
    }
    if (!out->failed && out->len > begin + 1 && out->ptr[out->len - 1] == 'h')
        out->len--;
}
