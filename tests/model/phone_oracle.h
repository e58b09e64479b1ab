/* libphonenumber behind three functions of C: the tests' measure, not part of the program. */
#ifndef TESTS_MODEL_PHONE_ORACLE_H
#define TESTS_MODEL_PHONE_ORACLE_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct phone_oracle {
    char e164[40], shown[60], region[4];
    int kind; /* PhoneNumberUtil::PhoneNumberType */
} phone_oracle;

/** 1 for a valid number. */
int phone_oracle_read(const char *number, const char *region, phone_oracle *ret);
unsigned phone_oracle_regions(char (*ret)[4], unsigned room);
/** An example of the kind in E.164; 0: the region has none. */
int phone_oracle_example(const char *region, int kind, char *ret, unsigned room);

#ifdef __cplusplus
}
#endif
#endif
