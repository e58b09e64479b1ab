/* Private to audit: word lists of the catalogue (controls/words) as sets and as phrases to look
 * for.
 *
 * Words are compared in a cheap fold: ASCII in lower case, Arabic yeh and kaf as the Persian ones,
 * joiners and punctuation between words as one blank. */
#ifndef AUDIT_LEXICON_PRIVATE_H
#define AUDIT_LEXICON_PRIVATE_H

#include "../run.h"

/** How the words of a list are kept: folded, or as they stand (domains, mailboxes). */
typedef enum lexicon_form { LEXICON_FOLDED, LEXICON_EXACT } lexicon_form;
/** The words of one list; absent lists are empty. In the run's scratch arena. */
pb_status lexicon_set(audit_work *work, const char *list, lexicon_form form, pb_map **ret,
                      pb_error *err);
/** The fold; `out` is cleared first. */
void lexicon_fold(pb_str text, pb_buf *out);

typedef struct phrase_book phrase_book;
/** What a list's number is in a book: PHRASE_MAX lists at most. */
enum { PHRASE_LISTS_MAX = 16 };
/** Reads the lists, whose items are phrases: `word` a whole word, `stem*` the beginning of one,
 * `!phrase` what is never meant. Items with Chinese characters match anywhere. */
pb_status lexicon_read(audit_work *work, const char *const *lists, size_t count, phrase_book **ret,
                       pb_error *err);
/** A phrase of list `i` that `folded` holds: `found[i]` is set to it, absent where there is none.
 */
void lexicon_look(const phrase_book *book, pb_str folded, pb_str found[PHRASE_LISTS_MAX]);

#endif
