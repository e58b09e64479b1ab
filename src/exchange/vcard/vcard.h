/* Inside the vCard reader (2.1; 3.0: RFC 2426; 4.0: RFC 6350): lines, properties, cards, columns.
 *
 * Threads: one reader, one thread. Memory: one card.
 */
#ifndef EXCHANGE_VCARD_H
#define EXCHANGE_VCARD_H

#include "../bytes/text.h"
#include "../forms.h"

enum {
    VCARD_MAX_LINE = 1 << 20, /* bytes of a line put together; of a picture only so much is kept */
    VCARD_MAX_CELLS = 400,    /* of one card, and columns in all */
    VCARD_MAX_CARD = 4 << 20  /* bytes of one card's text */
};

/* --- lines.c --- */

typedef struct vcard_lines vcard_lines;
/** Takes over `input` also on failure. */
pb_status vcard_lines_open(byte_input input, vcard_lines **ret, pb_error *err);
vcard_lines *vcard_lines_close(vcard_lines *lines);
/** One line as the card means it: folds undone, soft line breaks of quoted-printable too. It lives
 * until the next call. `*ret_line`: where it begins, from 1. */
pb_status vcard_lines_next(vcard_lines *lines, pb_str *ret_text, int64_t *ret_line, bool *ret_cut,
                           bool *ret_more, pb_error *err);
text_source *vcard_lines_source(vcard_lines *lines);

/* --- property.c --- */

/** A line taken apart: `[group.]name;parameters:value`. */
typedef struct vcard_property {
    pb_str name, parameters, value; /* value: decoded, not yet split or unescaped */
    int preferred;                  /* 1: most, 101: not at all */
    bool binary;                    /* a picture, a sound, a key */
} vcard_property;

/** The line says that quoted-printable follows. */
bool vcard_is_quoted(pb_str line);
/** The line says that base64 follows. */
bool vcard_is_base64(pb_str line);
/** A parameter says `word` (TYPE=work,cell or the bare CELL of 2.1). */
bool vcard_says(pb_str parameters, const char *word);
/** False when the line is no property; texts lie in the line or the arena. */
bool vcard_property_read(pb_str line, pb_arena *arena, vcard_property *ret);
/** Splits at `separator` where it is not escaped; as pb_str_split. */
bool vcard_split(pb_str *rest, char separator, pb_str *ret_head);
/** Without escapes, in the arena; absent without memory. */
pb_str vcard_unescape(pb_arena *arena, pb_str text);

/* --- card.c --- */

typedef struct vcard_cell {
    pb_str header, value;
    int rank;      /* of the header's kind */
    int number;    /* 1: the first of its kind */
    int address;   /* parts of one address have the same; 0: of none */
    int preferred; /* of the property it came from */
} vcard_cell;

typedef struct vcard_card {
    pb_arena *arena; /* of this card */
    vcard_cell cells[VCARD_MAX_CELLS];
    size_t count;
    int addresses;
    bool failed; /* no memory, or more than a card may hold */
} vcard_card;

/** Takes a property into the card: one cell or several. */
void vcard_card_add(vcard_card *card, const vcard_property *property);
/** Puts the preferred values first and numbers those of one kind. */
void vcard_card_finish(vcard_card *card);

#endif
