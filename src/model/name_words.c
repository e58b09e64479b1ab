/* Words that say which part of a name is which. Lists are short on purpose: what stands in them is
 * sure, what does not is left to people. */
#include "name_words.h"

#include "base/utf8.h"
#include "fold.h"

enum { SYLLABLES_MOST = 3, SYLLABLE_LETTERS = 6, WORD_BYTES = 64 };

/* Family names of the mainland by frequency, in pinyin; those of two characters behind. */
static const char *const pinyin_families[] = {
    "wang",     "li",    "zhang",  "liu",    "chen",  "yang",      "huang", "zhao",    "wu",
    "zhou",     "xu",    "sun",    "ma",     "zhu",   "hu",        "guo",   "he",      "lin",
    "gao",      "luo",   "zheng",  "liang",  "xie",   "song",      "tang",  "deng",    "han",
    "feng",     "cao",   "peng",   "zeng",   "xiao",  "tian",      "dong",  "pan",     "yuan",
    "cai",      "jiang", "yu",     "du",     "ye",    "cheng",     "wei",   "su",      "lu",
    "ding",     "ren",   "shen",   "yao",    "lei",   "cui",       "zhong", "tan",     "shi",
    "fan",      "fang",  "jin",    "jia",    "xia",   "fu",        "bai",   "zou",     "meng",
    "xiong",    "qin",   "qiu",    "yan",    "xue",   "hou",       "long",  "duan",    "hao",
    "kong",     "shao",  "mao",    "chang",  "wan",   "gu",        "lai",   "kang",    "yin",
    "qian",     "niu",   "hong",   "gong",   "tao",   "pang",      "qiao",  "dai",     "mo",
    "zhuang",   "ni",    "xin",    "guan",   "zuo",   "ge",        "ning",  "an",      "yi",
    "nie",      "shang", "lan",    "qi",     "mei",   "tong",      "bi",    "hua",     "ji",
    "xing",     "miao",  "zhai",   "lv",     "ou",    "jing",      "min",   "ai",      "ruan",
    "bao",      "zhan",  "geng",   "mu",     "na",    "rong",      "lou",   "ling",    "yun",
    "hui",      "bo",    "xi",     "ouyang", "sima",  "shangguan", "zhuge", "huangfu", "murong",
    "dongfang", "situ",  "linghu", "xiahou", "yuwen", "zhangsun",  "dugu",  "nangong", "duanmu",
    "gongsun",  "yuchi", NULL};

static const char *const pinyin_initials[] = {"zh", "ch", "sh", "b", "p", "m", "f", "d",
                                              "t",  "n",  "l",  "g", "k", "h", "j", "q",
                                              "x",  "r",  "z",  "c", "s", "y", "w", NULL};
static const char *const pinyin_finals[] = {
    "a",   "ai",   "an",  "ang",  "ao", "e",   "ei",   "en", "eng", "er",  "i",  "ia",
    "ian", "iang", "iao", "ie",   "in", "ing", "iong", "iu", "o",   "ong", "ou", "u",
    "ua",  "uai",  "uan", "uang", "ue", "ui",  "un",   "uo", "v",   "ve",  NULL};

static const char *const double_given[] = {"maria jose",
                                           "jose maria",
                                           "juan carlos",
                                           "jose luis",
                                           "jose antonio",
                                           "miguel angel",
                                           "luis miguel",
                                           "juan jose",
                                           "juan pablo",
                                           "juan manuel",
                                           "jose manuel",
                                           "jose ramon",
                                           "juan antonio",
                                           "juan francisco",
                                           "jose miguel",
                                           "luis alberto",
                                           "carlos alberto",
                                           "jose angel",
                                           "maria teresa",
                                           "maria isabel",
                                           "maria carmen",
                                           "maria pilar",
                                           "maria angeles",
                                           "maria dolores",
                                           "maria luisa",
                                           "maria elena",
                                           "maria rosario",
                                           "maria mar",
                                           "maria rocio",
                                           "maria luz",
                                           "maria cruz",
                                           "maria jesus",
                                           "maria rosa",
                                           "maria victoria",
                                           "maria eugenia",
                                           "ana maria",
                                           "ana isabel",
                                           "rosa maria",
                                           "francisco javier",
                                           "victor manuel",
                                           "marco antonio",
                                           "jean pierre",
                                           "jean paul",
                                           "jean claude",
                                           "jean marie",
                                           "jean francois",
                                           "jean luc",
                                           "jean jacques",
                                           "jean michel",
                                           "marie claire",
                                           "anna maria",
                                           "anne marie",
                                           "karl heinz",
                                           "hans peter",
                                           "hans jurgen",
                                           "klaus dieter",
                                           "mary ann",
                                           "mary jane",
                                           "joao paulo",
                                           "maria joao",
                                           NULL};

static const char *const spanish_families[] = {
    "garcia",    "rodriguez", "gonzalez",  "fernandez", "lopez",     "martinez",  "sanchez",
    "perez",     "gomez",     "jimenez",   "ruiz",      "hernandez", "diaz",      "moreno",
    "munoz",     "alvarez",   "gutierrez", "ramos",     "torres",    "dominguez", "vazquez",
    "vasquez",   "ramirez",   "gil",       "serrano",   "morales",   "molina",    "suarez",
    "castro",    "ortega",    "delgado",   "ortiz",     "rubio",     "sanz",      "nunez",
    "medina",    "iglesias",  "castillo",  "cortes",    "garrido",   "guerrero",  "lozano",
    "cano",      "mendez",    "herrera",   "flores",    "reyes",     "aguilar",   "chavez",
    "mendoza",   "rojas",     "vargas",    "salazar",   "romero",    "navarro",   "cabrera",
    "velazquez", "espinoza",  "contreras", "fuentes",   "carrasco",  "rivera",    "silva",
    "marquez",   NULL};

static const char *const persian_titles[] = {"سید", "سیده", "حاج", "حاجی", "شیخ", "میر", NULL};
static const char *const persian_firsts[] = {"محمد", "علی", "امیر", "غلام", "عبد",   "فاطمه", "نور",
                                             "حسین", "حسن", "ابو",  "شمس",  "میرزا", NULL};
static const char *const persian_seconds[] = {
    "رضا",   "علی",    "حسین", "حسن",  "مهدی",  "اکبر",   "اصغر",  "جواد",  "باقر",    "تقی",
    "صادق",  "کاظم",   "امین", "طاها", "محمد",  "عباس",   "زهرا",  "سادات", "الله",    "الرحمن",
    "الرضا", "الحسین", "کریم", "حمید", "الدین", "القاسم", "الفضل", "هادی",  "ابراهیم", NULL};
static const char *const persian_tails[] = {"زاده", "پور",  "نژاد", "نیا",  "فر",   "مقدم", "راد",
                                            "اصل",  "تبار", "منش",  "خواه", "دوست", "زند",  NULL};
static const char *const persian_particles[] = {"بن", "ابن", "آل", "ال", NULL};

bool name_is_one_of(pb_str word, const char *const *list)
{
    while (word.len > 0 && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
        word.len--;
    for (size_t i = 0; list[i] != NULL; i++)
        if (pb_str_eq_nocase(word, pb_str_c(list[i])))
            return true;
    return false;
}

/* Small letters without marks, in `room`; absent when it does not fit. */
static pb_str folded(pb_str word, char room[WORD_BYTES])
{
    PB_AUTO_BUF out = PB_BUF_INIT(1024);
    model_fold_text(word, false, &out);
    if (out.failed || out.len > WORD_BYTES)
        return PB_STR_NONE;
    memcpy(room, out.ptr == NULL ? "" : out.ptr, out.len);
    return pb_str_n(room, out.len);
}

static bool is_folded_one_of(pb_str word, const char *const *list)
{
    char room[WORD_BYTES];
    pb_str plain = folded(word, room);
    return plain.len > 0 && name_is_one_of(plain, list);
}

static bool is_pair(pb_str first, pb_str second, const char *const *list)
{
    char left[WORD_BYTES], right[WORD_BYTES], both[2 * WORD_BYTES + 1];
    pb_str a = folded(first, left), b = folded(second, right);
    if (a.len == 0 || b.len == 0)
        return false;
    memcpy(both, a.ptr, a.len);
    both[a.len] = ' ';
    memcpy(both + a.len + 1, b.ptr, b.len);
    return name_is_one_of(pb_str_n(both, a.len + b.len + 1), list);
}

bool name_is_pinyin_family(pb_str word)
{
    return word.len >= 2 && word.len <= 9 && name_is_one_of(word, pinyin_families);
}

/* Which initials and finals go together: so, fe and ki are no syllables. */
static bool go_together(pb_str initial, pb_str final)
{
    char first = initial.ptr[0], last = final.ptr[0];
    bool hushing = initial.len == 2 || strchr("rzcs", first) != NULL;
    if (strchr("jqx", first) != NULL)
        return last == 'i' ||
               (last == 'u' && !pb_str_is(final, "ui") && !pb_str_is(final, "uo") &&
                !pb_str_is(final, "ua") && !pb_str_is(final, "uai") && !pb_str_is(final, "uang"));
    if (pb_str_is(final, "o"))
        return strchr("bpmfwy", first) != NULL;
    if (pb_str_is(final, "e"))
        return strchr("bpfw", first) == NULL;
    if (last == 'i' && strchr("gkhwf", first) != NULL)
        return false;
    if (first == 'w' || first == 'y')
        return final.len == 1 || strchr("ae", last) != NULL || pb_str_starts(final, PB_STR("in")) ||
               last == 'u' || last == 'o';
    return !hushing || last != 'i' || final.len == 1;
}

static bool is_syllable(pb_str text)
{
    for (size_t i = 0; pinyin_initials[i] != NULL; i++) {
        pb_str initial = pb_str_c(pinyin_initials[i]);
        if (!pb_str_starts(text, initial))
            continue;
        pb_str final = pb_str_sub(text, initial.len, text.len);
        return name_is_one_of(final, pinyin_finals) && go_together(initial, final);
    }
    return (text.ptr[0] == 'a' || text.ptr[0] == 'e' || text.ptr[0] == 'o') &&
           name_is_one_of(text, pinyin_finals);
}

static bool are_syllables(pb_str text, size_t most)
{
    if (text.len == 0)
        return true;
    for (size_t len = 1; most > 0 && len <= SYLLABLE_LETTERS && len <= text.len; len++)
        if (is_syllable(pb_str_sub(text, 0, len)) &&
            are_syllables(pb_str_sub(text, len, text.len), most - 1))
            return true;
    return false;
}

bool name_is_pinyin(pb_str word)
{
    char room[WORD_BYTES];
    pb_str plain = folded(word, room); /* without hyphen, apostrophe and marks of tone */
    return plain.len > 0 && are_syllables(plain, SYLLABLES_MOST);
}

bool name_is_double_given(pb_str first, pb_str second)
{
    return is_pair(first, second, double_given);
}

bool name_is_spanish_family(pb_str word)
{
    return is_folded_one_of(word, spanish_families);
}

bool name_is_persian_title(pb_str word)
{
    return is_folded_one_of(word, persian_titles);
}

bool name_is_persian_double(pb_str first, pb_str second)
{
    return is_folded_one_of(first, persian_firsts) && is_folded_one_of(second, persian_seconds);
}

bool name_is_persian_tail(pb_str word)
{
    return is_folded_one_of(word, persian_tails);
}

bool name_is_persian_particle(pb_str word)
{
    return is_folded_one_of(word, persian_particles);
}
