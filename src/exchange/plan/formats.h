/* What the values of a column show about how it writes dates and numbers. Threads: pure functions.
 */
#ifndef EXCHANGE_PLAN_FORMATS_H
#define EXCHANGE_PLAN_FORMATS_H

#include "plan.h"

/** Shown by the dates of a column. */
typedef struct date_votes {
    size_t all;          /* dates of three numbers, and numbers that stand for days */
    size_t ymd;          /* four digits first */
    size_t dmy, mdy;     /* a part above 12 decides */
    size_t open;         /* both parts could be the month */
    size_t short_first;  /* a year of two digits can only be the first: 98/05/12 */
    size_t short_last;   /* … or only the last */
    size_t jalali, late; /* years 1200–1500, and other years of four digits */
    size_t dots, noons;  /* of the undecided: dots between; 12-hour clock behind */
    size_t persian;      /* written in Persian or Arabic digits */
    size_t serials, seconds, milliseconds; /* bare numbers in the range of such moments */
    size_t bare;                           /* bare numbers of any size but 8 digits */
    uint32_t mark;                         /* between the numbers of the first undecided */
    char example[32];                      /* the first undecided, */
    char number[32];                       /* the first bare number, */
    char proof_dmy[32], proof_mdy[32];     /* the first that decides either way, */
    int64_t proof_line;                    /* and the line of the first that decides */
} date_votes;
/** Looks at one value; `line` is its place in the file. */
void votes_date(date_votes *votes, pb_str text, int64_t line);
/** Can the values seen be read in one way only? */
bool votes_dates_decided(const date_votes *votes);

/** Shown by the numbers of a column. */
typedef struct mark_votes {
    size_t all;
    size_t comma, point;           /* that one is the decimal mark */
    size_t open_comma, open_point; /* three digits behind a single one: 1,234 */
    char example[32];              /* the first undecided */
} mark_votes;
void votes_mark(mark_votes *votes, pb_str text);
bool votes_marks_decided(const mark_votes *votes);

#endif
