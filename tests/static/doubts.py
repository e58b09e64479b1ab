"""One violation of each kind of check that .clang-tidy asks for: seed.py sees each of them found.

The kinds of the analyser stand in functions of several steps, so that a budget too small to follow them shows.
"""
import re
import textwrap


# Name of the check → C code that it must find fault with; every name in it begins with pb_up.
DOUBTS = {
    "bugprone-suspicious-semicolon": """
        int pb_up1(int a);
        int pb_up1(int a)
        {
            if (a > 3);
            {
                a++;
            }
            return a;
        }""",
    "bugprone-infinite-loop": """
        int pb_up2(int n);
        int pb_up2(int n)
        {
            int i = 0, sum = 0;
            while (i < n)
                sum++;
            return sum;
        }""",
    "bugprone-misplaced-widening-cast": """
        long pb_up3(int a);
        long pb_up3(int a)
        {
            return (long)(a * 1000);
        }""",
    "bugprone-integer-division": """
        double pb_up4(int a);
        double pb_up4(int a)
        {
            return 1.5 * (a / 7);
        }""",
    "bugprone-suspicious-missing-comma": """
        extern const char *const pb_up5[8];
        const char *const pb_up5[8] = {"one", "two", "three", "four" "five", "six", "seven", "eight"};""",
    "bugprone-suspicious-memset-usage": """
        void pb_up6(int *a);
        void pb_up6(int *a)
        {
            memset(a, '0', 8);
        }""",
    "bugprone-misplaced-operator-in-strlen-in-alloc": """
        char *pb_up7(const char *a);
        char *pb_up7(const char *a)
        {
            return malloc(strlen(a + 1));
        }""",
    "cert-flp30-c": """
        int pb_up8(void);
        int pb_up8(void)
        {
            int sum = 0;
            for (float f = 0; f < 10; f += 1)
                sum++;
            return sum;
        }""",
    "cert-msc30-c": """
        int pb_up9(void);
        int pb_up9(void)
        {
            return rand();
        }""",
    "cert-fio38-c": """
        void pb_up10(FILE *a);
        void pb_up10(FILE *a)
        {
            FILE copy = *a;
            (void)copy;
        }""",
    "misc-redundant-expression": """
        bool pb_up11(int a, int b);
        bool pb_up11(int a, int b)
        {
            return a + b == a + b;
        }""",
    "misc-misplaced-const": """
        typedef char *pb_up12;
        char pb_up12_first(const pb_up12 a);
        char pb_up12_first(const pb_up12 a)
        {
            return *a;
        }""",
    "misc-static-assert": """
        #include <assert.h>
        void pb_up13(void);
        void pb_up13(void)
        {
            assert(sizeof(int) == 4);
        }""",
    "readability-misleading-indentation": """
        int pb_up14(int a, int b);
        int pb_up14(int a, int b)
        {
            if (a)
                if (b)
                    a++;
            else
                a--;
            return a;
        }""",
    "readability-suspicious-call-argument": """
        int pb_up15(int source, int target);
        int pb_up15_call(int source, int target);
        int pb_up15_call(int source, int target)
        {
            return pb_up15(target, source);
        }""",
    "readability-redundant-control-flow": """
        void pb_up16(int *a);
        void pb_up16(int *a)
        {
            *a = 1;
            return;
        }""",
    "clang-analyzer-core.NullDereference": """
        struct pb_up17 {
            int value;
            struct pb_up17 *next;
        };
        static struct pb_up17 *pb_up17_find(struct pb_up17 *list, int value)
        {
            for (; list; list = list->next)
                if (list->value == value)
                    return list;
            return NULL;
        }
        int pb_up17_set(struct pb_up17 *list, const int *values, size_t count);
        int pb_up17_set(struct pb_up17 *list, const int *values, size_t count)
        {
            int sum = 0;
            for (size_t i = 0; i < count; i++) {
                if (values[i] < 0)
                    continue;
                sum += values[i] > 100 ? 100 : values[i];
            }
            struct pb_up17 *found = pb_up17_find(list, sum);
            if (!found && sum > 7)
                sum = 7;
            return found->value + sum;
        }""",
    "clang-analyzer-core.DivideZero": """
        int pb_up18(const int *a, size_t count);
        int pb_up18(const int *a, size_t count)
        {
            int seen = 0, sum = 0;
            for (size_t i = 0; i < count; i++) {
                if (a[i] > 0)
                    seen++;
                sum += a[i];
            }
            return sum / seen;
        }""",
    "clang-analyzer-core.UndefinedBinaryOperatorResult": """
        int pb_up19(const int *a, size_t count);
        int pb_up19(const int *a, size_t count)
        {
            int first;
            for (size_t i = 0; i < count; i++)
                if (a[i])
                    first = a[i];
            return first != 3;
        }""",
    "clang-analyzer-core.uninitialized.Assign": """
        int pb_up20(int a);
        int pb_up20(int a)
        {
            int from;
            if (a > 2)
                from = 3;
            int to = from;
            return to + a;
        }""",
    "clang-analyzer-core.CallAndMessage": """
        int pb_up21_use(int a);
        int pb_up21(int a);
        int pb_up21(int a)
        {
            int given;
            if (a > 2)
                given = 3;
            return pb_up21_use(given);
        }""",
    "clang-analyzer-core.NonNullParamChecker": """
        size_t pb_up22(const char *a);
        size_t pb_up22(const char *a)
        {
            char room[8];
            if (!a)
                memcpy(room, a, 4);
            else
                memcpy(room, a, 8);
            return room[0] == 'x';
        }""",
    "clang-analyzer-unix.Malloc": """
        int pb_up23(size_t count);
        int pb_up23(size_t count)
        {
            int *room = malloc(count * sizeof *room);
            if (!room)
                return 0;
            for (size_t i = 0; i < count; i++)
                room[i] = 1;
            if (count == 3)
                return 3;
            free(room);
            return 1;
        }""",
    "clang-analyzer-deadcode.DeadStores": """
        int pb_up24(int a);
        int pb_up24(int a)
        {
            int b = a * 2;
            b = a + 1;
            return b;
        }""",
}


def configured(text):
    """Checks that a .clang-tidy takes, and those it leaves out, each without its minus."""
    names = re.findall(r"^  (-?[\w*.-]+),?$", text, re.M)
    return [n for n in names if not n.startswith("-")], [n[1:] for n in names if n.startswith("-")]


def code(left_out=()):
    """Everything as lines of one file, but for the checks whose name begins with one of left_out."""
    kept = [check for check in DOUBTS if not check.startswith(tuple(left_out))]
    return kept, "\n".join(textwrap.dedent(DOUBTS[check]) for check in kept)
