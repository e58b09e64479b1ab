/* The small matcher behind prefixes and groups of telephone numbers: programs of digits, splits and
 * groups, run with backtracking (R. Cox, "Regular Expression Matching: the Virtual Machine
 * Approach"). Programs have no loops, so it ends; the longest has some hundred steps. */
#include "types/phone_plan.h"

enum { DIGITS, SPLIT, JUMP, SAVE, END, MATCH };

typedef struct run {
    const uint16_t *program;
    pb_str text;
    size_t *groups;
    size_t end;
} run;

static bool step(run *r, size_t pc, size_t at)
{
    for (;;) {
        uint16_t word = r->program[2 * pc];
        unsigned operand = word & 0xFFF;
        switch (word >> 12) {
        case DIGITS:
            if (at == r->text.len || (operand >> (r->text.ptr[at] - '0') & 1) == 0)
                return false;
            at++;
            pc++;
            break;
        case SPLIT:
            if (step(r, operand, at))
                return true;
            pc = r->program[2 * pc + 1];
            break;
        case JUMP:
            pc = operand;
            break;
        case SAVE: {
            size_t before = operand < PHONE_GROUPS ? r->groups[operand] : 0;
            if (operand < PHONE_GROUPS)
                r->groups[operand] = at;
            if (step(r, pc + 1, at))
                return true;
            if (operand < PHONE_GROUPS)
                r->groups[operand] = before;
            return false;
        }
        case END:
            if (at != r->text.len)
                return false;
            pc++;
            break;
        default: /* MATCH */
            r->end = at;
            return true;
        }
    }
}

bool phone_match(uint16_t program, pb_str text, size_t *ret_end, size_t groups[PHONE_GROUPS])
{
    if (program == 0)
        return false;
    for (size_t i = 0; i < PHONE_GROUPS; i++)
        groups[i] = SIZE_MAX;
    run r = {.program = phone_programs + program - 1, .text = text, .groups = groups};
    if (!step(&r, 0, 0))
        return false;
    *ret_end = r.end;
    return true;
}
