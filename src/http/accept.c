/* What a client would rather have: Accept, Accept-Encoding, Accept-Language (RFC 9110 12.5). */
#include "head.h"

/* One entry of such a list, and its weight in thousandths (RFC 9110 12.4.2). False at the end. */
static bool next_wish(pb_str *list, pb_str *ret_name, int *ret_weight)
{
    pb_str one, rest, parameter;
    if (!pb_str_split(list, ',', &one))
        return false;
    rest = one;
    pb_str_split(&rest, ';', ret_name);
    *ret_name = pb_str_trim(*ret_name);
    *ret_weight = 1000;
    while (pb_str_split(&rest, ';', &parameter)) {
        double weight;
        parameter = pb_str_trim(parameter);
        if (parameter.len > 2 && (parameter.ptr[0] | 0x20) == 'q' && parameter.ptr[1] == '=')
            *ret_weight = pb_str_to_double(pb_str_sub(parameter, 2, parameter.len), &weight) &&
                                  weight >= 0 && weight <= 1
                              ? (int)(weight * 1000)
                              : 0;
    }
    return true;
}

/* How exactly a range of media types names a type: 3 whole, 2 by its first half, 1 by any, 0 not.
 */
static int names(pb_str range, pb_str type)
{
    if (pb_str_eq_nocase(range, type))
        return 3;
    if (pb_str_is(range, "*/*"))
        return 1;
    size_t slash = pb_str_index(type, '/');
    return pb_str_ends(range, PB_STR("/*")) && range.len == slash + 2 &&
                   pb_str_eq_nocase(pb_str_sub(range, 0, slash), pb_str_sub(type, 0, slash))
               ? 2
               : 0;
}

/* The weight of the most exact range that names the type; 0: it is not wanted. */
static int weight_of(pb_str wanted, pb_str type)
{
    pb_str range;
    int weight, best = 0, exact = 0;
    while (next_wish(&wanted, &range, &weight)) {
        int how = names(range, type);
        if (how > exact) {
            exact = how;
            best = weight;
        }
    }
    return best;
}

pb_str http_accepted(pb_str wanted, pb_str given)
{
    pb_str type, best = PB_STR_NONE;
    int most = 0;
    while (pb_str_split(&given, ' ', &type)) {
        int weight = pb_str_empty(pb_str_trim(wanted)) ? 1000 : weight_of(wanted, type);
        if (weight > most) {
            most = weight;
            best = type;
        }
    }
    return best;
}

bool http_takes_coding(pb_str wanted, pb_str coding)
{
    pb_str name;
    int weight, this = -1, any = 0;
    while (next_wish(&wanted, &name, &weight)) {
        if (pb_str_starts(name, PB_STR("x-")))
            name = pb_str_sub(name, 2, name.len); /* x-gzip is gzip (RFC 9110 8.4.1.3) */
        if (pb_str_eq_nocase(name, coding))
            this = weight;
        if (pb_str_is(name, "*"))
            any = weight;
    }
    return (this >= 0 ? this : any) > 0;
}

const char *http_language(pb_str wanted)
{
    static const char *const there[][2] = {{"en", "en"}, {"zh", "zh-CN"}, {"fa", "fa"}};
    const char *best = "en";
    pb_str name;
    int weight, most = 0;
    while (next_wish(&wanted, &name, &weight)) {
        pb_str first = pb_str_sub(name, 0, pb_str_index(name, '-'));
        for (size_t i = 0; i < sizeof there / sizeof *there; i++)
            if (pb_str_eq_nocase(first, pb_str_c(there[i][0])) && weight > most) {
                best = there[i][1];
                most = weight;
            }
    }
    return best;
}
