#include "types/date.h"

static const char *const english[12] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

/* Folded as model_fold_arabic folds. */
static const char *const jalali[12] = {
    "\u0641\u0631\u0648\u0631\u062f\u06cc\u0646",       /* فروردین */
    "\u0627\u0631\u062f\u06cc\u0628\u0647\u0634\u062a", /* اردیبهشت */
    "\u062e\u0631\u062f\u0627\u062f",                   /* خرداد */
    "\u062a\u06cc\u0631",                               /* تیر */
    "\u0645\u0631\u062f\u0627\u062f",                   /* مرداد */
    "\u0634\u0647\u0631\u06cc\u0648\u0631",             /* شهریور */
    "\u0645\u0647\u0631",                               /* مهر */
    "\u0627\u0628\u0627\u0646",                         /* آبان */
    "\u0627\u0630\u0631",                               /* آذر */
    "\u062f\u06cc",                                     /* دی */
    "\u0628\u0647\u0645\u0646",                         /* بهمن */
    "\u0627\u0633\u0641\u0646\u062f",                   /* اسفند */
};

static const struct {
    const char *word;
    int month;
} others[] = {
    {"sept", 9},
    {"\u0698\u0627\u0646\u0648\u06cc\u0647", 1},       /* ژانویه */
    {"\u0641\u0648\u0631\u06cc\u0647", 2},             /* فوریه */
    {"\u0645\u0627\u0631\u0633", 3},                   /* مارس */
    {"\u0627\u0648\u0631\u06cc\u0644", 4},             /* آوریل */
    {"\u0645\u0647", 5},                               /* مه */
    {"\u0645\u06cc", 5},                               /* می */
    {"\u0698\u0648\u06cc\u0646", 6},                   /* ژوئن */
    {"\u0698\u0648\u06cc\u06cc\u0647", 7},             /* ژوئیه */
    {"\u062c\u0648\u0644\u0627\u06cc", 7},             /* جولای */
    {"\u0627\u0648\u062a", 8},                         /* اوت */
    {"\u0627\u06af\u0648\u0633\u062a", 8},             /* آگوست */
    {"\u0633\u067e\u062a\u0627\u0645\u0628\u0631", 9}, /* سپتامبر */
    {"\u0627\u06a9\u062a\u0628\u0631", 10},            /* اکتبر */
    {"\u0646\u0648\u0627\u0645\u0628\u0631", 11},      /* نوامبر */
    {"\u062f\u0633\u0627\u0645\u0628\u0631", 12},      /* دسامبر */
    {"januar", 1},
    {"janvier", 1},
    {"enero", 1},
    {"janeiro", 1},
    {"februar", 2},
    {"f\u00e9vrier", 2},
    {"febrero", 2},
    {"fevereiro", 2},
    {"m\u00e4rz", 3},
    {"mars", 3},
    {"marzo", 3},
    {"mar\u00e7o", 3},
    {"avril", 4},
    {"abril", 4},
    {"mai", 5},
    {"mayo", 5},
    {"maio", 5},
    {"juni", 6},
    {"juin", 6},
    {"junio", 6},
    {"junho", 6},
    {"juli", 7},
    {"juillet", 7},
    {"julio", 7},
    {"julho", 7},
    {"ao\u00fbt", 8},
    {"agosto", 8},
    {"septembre", 9},
    {"septiembre", 9},
    {"setembro", 9},
    {"oktober", 10},
    {"octobre", 10},
    {"octubre", 10},
    {"outubro", 10},
    {"novembre", 11},
    {"noviembre", 11},
    {"novembro", 11},
    {"dezember", 12},
    {"d\u00e9cembre", 12},
    {"diciembre", 12},
    {"dezembro", 12},
};

int model_month(pb_str word, bool *ret_jalali)
{
    for (int i = 0; i < 12; i++) {
        pb_str name = pb_str_c(english[i]);
        if (pb_str_eq(word, name) || (word.len == 3 && pb_str_starts(name, word)))
            return i + 1;
        if (pb_str_is(word, jalali[i])) {
            *ret_jalali = true;
            return i + 1;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (pb_str_is(word, others[i].word))
            return others[i].month;
    return 0;
}

bool model_date_filler(pb_str word)
{
    static const char *const fillers[] = {
        "st",
        "nd",
        "rd",
        "th",
        "of",
        "the",
        "de",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "\u5e74",
        "\u6708",
        "\u65e5",
        "\u53f7",
        "\u865f",
        "\u0633\u0627\u0644", /* سال */
        "\u0645\u0627\u0647", /* ماه */
    };
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (pb_str_is(word, fillers[i]))
            return true;
    return false;
}
