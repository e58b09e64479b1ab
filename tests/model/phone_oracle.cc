// What libphonenumber says of a number: the measure the tables are held to.
#include "phone_oracle.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <set>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static_assert(PhoneNumberUtil::FIXED_LINE == 0, "kinds are passed as the library's numbers");

extern "C" int phone_oracle_read(const char *number, const char *region, phone_oracle *ret)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    std::string text;
    std::memset(ret, 0, sizeof *ret);
    if (util.Parse(number, region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
        return 0;
    if (!util.IsValidNumber(parsed))
        return 0;
    util.Format(parsed, PhoneNumberUtil::E164, &text);
    std::strncpy(ret->e164, text.c_str(), sizeof ret->e164 - 1);
    util.Format(parsed, PhoneNumberUtil::INTERNATIONAL, &text);
    std::strncpy(ret->shown, text.c_str(), sizeof ret->shown - 1);
    util.GetRegionCodeForNumber(parsed, &text);
    std::strncpy(ret->region, text.c_str(), sizeof ret->region - 1);
    ret->kind = static_cast<int>(util.GetNumberType(parsed));
    return 1;
}

extern "C" unsigned phone_oracle_regions(char (*ret)[4], unsigned room)
{
    std::set<std::string> regions;
    unsigned count = 0;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    for (const std::string &region : regions)
        if (count < room)
            std::strncpy(ret[count++], region.c_str(), 3);
    return count;
}

extern "C" int phone_oracle_example(const char *region, int kind, char *ret, unsigned room)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    std::string text;
    if (!util.GetExampleNumberForType(region, static_cast<PhoneNumberUtil::PhoneNumberType>(kind),
                                      &number))
        return 0;
    util.Format(number, PhoneNumberUtil::E164, &text);
    std::strncpy(ret, text.c_str(), room - 1);
    ret[room - 1] = '\0';
    return 1;
}
