#include "model/value.h"

bool model_luhn(pb_str digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned char)digits.ptr[digits.len - 1 - i] - (unsigned)'0';
        if (digit > 9)
            return false;
        if (i % 2 == 1)
            digit = digit > 4 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return digits.len >= 2 && sum % 10 == 0;
}
