// Compiles the metadata of libphonenumber into tables of C, at build time: the program that uses
// them needs neither the library nor its seconds. Every region's patterns become one automaton over
// digits, whose states say which kinds of number end there; the few patterns that cut prefixes and
// groups become programs for a small matcher (src/model/types/phone_match.c).
//
//   phone OUT.c
#include <phonenumbers/phonemetadata.pb.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace i18n
{
namespace phonenumbers
{
// Exported by the library, declared in none of its public headers.
int metadata_size();
const void *metadata_get();
} // namespace phonenumbers
} // namespace i18n

namespace
{

using i18n::phonenumbers::NumberFormat;
using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;
using i18n::phonenumbers::PhoneNumberDesc;

[[noreturn]] void fail(const std::string &what)
{
    std::fprintf(stderr, "phone tables: %s\n", what.c_str());
    std::exit(1);
}

// ---- patterns: the part of regular expressions that the metadata uses ----

enum Op : unsigned { DIGITS, SPLIT, JUMP, SAVE, END, MATCH };
struct Instruction {
    Op op;
    unsigned x, y; // DIGITS: mask; SPLIT: first, second; JUMP: to; SAVE: slot; MATCH: kind
};
using Program = std::vector<Instruction>;

class Compiler
{
  public:
    Compiler(const std::string &pattern, Program *out) : text(pattern), program(out)
    {
    }
    void run()
    {
        alternatives();
        if (at != text.size())
            fail("pattern not understood: " + text);
    }

  private:
    const std::string &text;
    Program *program;
    std::size_t at = 0;
    unsigned groups = 0;

    unsigned here() const
    {
        return static_cast<unsigned>(program->size());
    }
    void put(Op op, unsigned x, unsigned y = 0)
    {
        program->push_back({op, x, y});
    }

    // a|b|c: SPLIT before each but the last, JUMP to the end behind each but the last
    void alternatives()
    {
        std::vector<unsigned> jumps;
        for (;;) {
            const unsigned begin = here();
            const std::size_t mark = at;
            const unsigned groups_before = groups;
            sequence();
            if (at >= text.size() || text[at] != '|')
                break;
            program->resize(begin); // again, behind the SPLIT
            at = mark;
            groups = groups_before;
            put(SPLIT, begin + 1);
            sequence();
            jumps.push_back(here());
            put(JUMP, 0);
            (*program)[begin].y = here();
            at++;
        }
        for (unsigned jump : jumps)
            (*program)[jump].x = here();
    }

    void sequence()
    {
        while (at < text.size() && text[at] != '|' && text[at] != ')')
            repeated();
    }

    unsigned number()
    {
        unsigned value = 0;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            value = value * 10 + static_cast<unsigned>(text[at++] - '0');
        return value;
    }

    void repeated()
    {
        const std::size_t begin_text = at;
        const unsigned begin = here(), groups_before = groups;
        piece();
        unsigned least = 1, most = 1;
        if (at < text.size() && text[at] == '?') {
            least = 0;
            at++;
        } else if (at < text.size() && text[at] == '{') {
            at++;
            least = most = number();
            if (at < text.size() && text[at] == ',') {
                at++;
                most = number();
            }
            if (at >= text.size() || text[at++] != '}' || most < least)
                fail("repetition not understood: " + text);
        } else if (at < text.size() && (text[at] == '*' || text[at] == '+')) {
            fail("unlimited repetition: " + text);
        }
        if (least == 1 && most == 1)
            return;
        const std::size_t end_text = at;
        program->resize(begin);
        std::vector<unsigned> splits;
        for (unsigned i = 0; i < most; i++) {
            if (i >= least) {
                splits.push_back(here());
                put(SPLIT, here() + 1);
            }
            at = begin_text;
            groups = groups_before;
            piece();
        }
        for (unsigned split : splits)
            (*program)[split].y = here();
        at = end_text;
    }

    void piece()
    {
        const char c = text[at];
        if (c == '(') {
            const bool silent = text.compare(at, 3, "(?:") == 0;
            if (!silent && at + 1 < text.size() && text[at + 1] == '?')
                fail("group not understood: " + text);
            at += silent ? 3 : 1;
            const unsigned group = silent ? 0 : ++groups;
            if (!silent)
                put(SAVE, 2 * group - 2);
            alternatives();
            if (at >= text.size() || text[at++] != ')')
                fail("group not closed: " + text);
            if (!silent)
                put(SAVE, 2 * group - 1);
        } else if (c == '[') {
            put(DIGITS, set_of_digits());
        } else if (c == '\\' && at + 1 < text.size() && text[at + 1] == 'd') {
            put(DIGITS, 0x3FF);
            at += 2;
        } else if (c >= '0' && c <= '9') {
            put(DIGITS, 1u << (c - '0'));
            at++;
        } else if (c == '$') {
            put(END, 0);
            at++;
        } else {
            fail("pattern not understood: " + text);
        }
    }

    unsigned set_of_digits()
    {
        unsigned mask = 0;
        for (at++; at < text.size() && text[at] != ']'; at++) {
            const char low = text[at];
            char high = low;
            if (at + 2 < text.size() && text[at + 1] == '-') {
                high = text[at + 2];
                at += 2;
            }
            if (low < '0' || low > '9' || high < low || high > '9')
                fail("set not understood: " + text);
            for (char d = low; d <= high; d++)
                mask |= 1u << (d - '0');
        }
        if (at++ >= text.size())
            fail("set not closed: " + text);
        return mask;
    }
};

Program compiled(const std::string &pattern, bool whole)
{
    Program program;
    Compiler(pattern, &program).run();
    if (whole)
        program.push_back({END, 0, 0});
    program.push_back({MATCH, 0, 0});
    return program;
}

// ---- automata ----

struct Automaton {
    std::vector<std::vector<unsigned>> next; // state 0 is the end of all hope, 1 the start
    std::vector<unsigned> accept;
};

using States = std::set<unsigned>;

// Adds what is reached from `at` without a digit.
void close_over(const Program &program, unsigned at, States *ret)
{
    if (!ret->insert(at).second)
        return;
    const Instruction &i = program[at];
    if (i.op == SPLIT) {
        close_over(program, i.x, ret);
        close_over(program, i.y, ret);
    } else if (i.op == JUMP) {
        close_over(program, i.x, ret);
    } else if (i.op == SAVE) {
        close_over(program, at + 1, ret);
    } else if (i.op == END) {
        fail("an anchor in a national number");
    }
}

// Only what decides the future: digits and ends.
States essential(const Program &program, const States &all)
{
    States kept;
    for (unsigned at : all)
        if (program[at].op == DIGITS || program[at].op == MATCH)
            kept.insert(at);
    return kept;
}

Automaton determinised(const Program &program, const States &starts)
{
    Automaton result;
    std::map<States, unsigned> numbers;
    std::vector<States> sets;
    auto number_of = [&](const States &set) {
        auto found = numbers.emplace(set, static_cast<unsigned>(sets.size()));
        if (found.second)
            sets.push_back(set);
        return found.first->second;
    };
    number_of(States());
    number_of(essential(program, starts));
    for (unsigned state = 0; state < sets.size(); state++) {
        std::vector<unsigned> row(10, 0);
        unsigned accept = 0;
        const States set = sets[state];
        for (unsigned digit = 0; digit < 10; digit++) {
            States target;
            for (unsigned at : set)
                if (program[at].op == DIGITS && (program[at].x >> digit & 1) != 0)
                    close_over(program, at + 1, &target);
            row[digit] = number_of(essential(program, target));
        }
        for (unsigned at : set)
            if (program[at].op == MATCH)
                accept |= 1u << program[at].x;
        result.next.push_back(row);
        result.accept.push_back(accept);
    }
    return result;
}

// Moore's method: states are split until those of one class go to the same classes.
Automaton minimised(const Automaton &in)
{
    const std::size_t count = in.next.size();
    std::vector<unsigned> klass(in.accept);
    for (std::size_t classes = 0;;) {
        std::map<std::vector<unsigned>, unsigned> seen;
        std::vector<unsigned> fresh(count);
        for (std::size_t s = 0; s < count; s++) {
            std::vector<unsigned> key{klass[s]};
            for (unsigned to : in.next[s])
                key.push_back(klass[to]);
            fresh[s] = seen.emplace(key, static_cast<unsigned>(seen.size())).first->second;
        }
        klass = fresh;
        if (seen.size() == classes)
            break;
        classes = seen.size();
    }
    Automaton out;
    std::map<unsigned, unsigned> place;
    std::vector<std::size_t> order{0, 1}; // state 0 first, then the start
    if (klass[0] == klass[1])
        fail("a region without any number");
    place[klass[0]] = 0;
    place[klass[1]] = 1;
    for (std::size_t i = 0; i < order.size(); i++) {
        std::vector<unsigned> row;
        for (unsigned to : in.next[order[i]]) {
            auto found = place.emplace(klass[to], static_cast<unsigned>(order.size()));
            if (found.second)
                order.push_back(to);
            row.push_back(found.first->second);
        }
        out.next.push_back(row);
        out.accept.push_back(in.accept[order[i]]);
    }
    return out;
}

// ---- output ----

// Kinds in the order of phone_kind of tables/phone.h.
std::vector<const PhoneNumberDesc *> kinds_of(const PhoneMetadata &m)
{
    return {&m.general_desc(), &m.premium_rate(),    &m.toll_free(), &m.shared_cost(),
            &m.voip(),         &m.personal_number(), &m.pager(),     &m.uan(),
            &m.voicemail(),    &m.fixed_line(),      &m.mobile()};
}

Automaton automaton_of(const PhoneMetadata &m)
{
    Program program;
    States starts;
    std::vector<unsigned> begins;
    unsigned kind = 0;
    for (const PhoneNumberDesc *desc : kinds_of(m)) {
        if (!desc->national_number_pattern().empty()) {
            begins.push_back(static_cast<unsigned>(program.size()));
            Compiler(desc->national_number_pattern(), &program).run();
            program.push_back({MATCH, kind, 0});
        }
        kind++;
    }
    for (unsigned begin : begins)
        close_over(program, begin, &starts);
    return minimised(determinised(program, starts));
}

class Writer
{
  public:
    explicit Writer(std::FILE *file) : out(file)
    {
    }

    // A program as words: op and operand, second operand. Same patterns are written once. Returns
    // its place + 1, 0 for no pattern.
    unsigned pattern(const std::string &text, bool whole)
    {
        if (text.empty())
            return 0;
        auto found = places.emplace(std::make_pair(text, whole), 0u);
        if (found.second) {
            found.first->second = static_cast<unsigned>(words.size()) + 1;
            for (const Instruction &i : compiled(text, whole)) {
                if (i.x > 0xFFF || i.y > 0xFFF)
                    fail("pattern too long: " + text);
                words.push_back(static_cast<unsigned>(i.op) << 12 | i.x);
                words.push_back(i.y);
            }
        }
        return found.first->second;
    }

    void automaton(const Automaton &a)
    {
        for (std::size_t s = 0; s < a.next.size(); s++) {
            next.insert(next.end(), a.next[s].begin(), a.next[s].end());
            accept.push_back(a.accept[s]);
        }
    }
    std::size_t states() const
    {
        return accept.size();
    }

    void numbers(const char *type, const char *name, const std::vector<unsigned> &values)
    {
        std::fprintf(out, "const %s %s[] = {", type, name);
        for (std::size_t i = 0; i < values.size(); i++)
            std::fprintf(out, "%s%u,", i % 24 == 0 ? "\n" : "", values[i]);
        std::fprintf(out, "\n};\n");
    }
    void tables()
    {
        numbers("uint16_t", "phone_programs", words);
        numbers("uint16_t", "phone_next", next);
        numbers("uint16_t", "phone_accept", accept);
    }

  private:
    std::FILE *out;
    std::map<std::pair<std::string, bool>, unsigned> places;
    std::vector<unsigned> words, next, accept;
};

template <class Lengths> unsigned length_bits(const Lengths &lengths)
{
    unsigned bits = 0;
    for (int length : lengths)
        if (length > 0 && length < 32)
            bits |= 1u << length;
    return bits;
}

void write_region(std::FILE *out, Writer *writer, const PhoneMetadata &m, bool last,
                  unsigned *formats, std::string *format_rows)
{
    const auto &list = m.intl_number_format_size() > 0 ? m.intl_number_format() : m.number_format();
    const unsigned first = *formats;
    for (const NumberFormat &f : list) {
        const int leads = f.leading_digits_pattern_size();
        *format_rows +=
            "{" + std::to_string(writer->pattern(f.pattern(), true)) + ", " +
            std::to_string(
                leads == 0 ? 0 : writer->pattern(f.leading_digits_pattern(leads - 1), false)) +
            ", \"" + f.format() + "\"},\n";
        (*formats)++;
    }
    const Automaton a = automaton_of(m);
    std::fprintf(out, "{\"%s\", %d, %u, %zu, %u, %u, %u, %u, %u, %u, %u, \"%s\", {", m.id().c_str(),
                 m.country_code(), last ? 1u : 0u, writer->states(),
                 length_bits(m.general_desc().possible_length_local_only()), first,
                 *formats - first, writer->pattern(m.international_prefix(), false),
                 writer->pattern(m.national_prefix_for_parsing(), false),
                 writer->pattern(m.leading_digits(), false),
                 m.same_mobile_and_fixed_line_pattern() ? 1u : 0u,
                 m.national_prefix_transform_rule().c_str());
    writer->automaton(a);
    for (const PhoneNumberDesc *desc : kinds_of(m))
        std::fprintf(out, "%u,", length_bits(desc->possible_length()));
    std::fprintf(out, "}},\n");
}

// Regions of one calling code stand together, the main one first, as the library asks them.
std::vector<const PhoneMetadata *> ordered(const PhoneMetadataCollection &all)
{
    std::map<int, std::vector<const PhoneMetadata *>> by_code;
    for (const PhoneMetadata &m : all.metadata()) {
        auto &list = by_code[m.country_code()];
        if (m.main_country_for_code())
            list.insert(list.begin(), &m);
        else
            list.push_back(&m);
    }
    std::vector<const PhoneMetadata *> result;
    for (const auto &entry : by_code)
        result.insert(result.end(), entry.second.begin(), entry.second.end());
    return result;
}

} // namespace

int main(int argc, char **argv)
{
    PhoneMetadataCollection all;
    if (argc != 2)
        fail("usage: phone OUT.c");
    if (!all.ParseFromArray(i18n::phonenumbers::metadata_get(),
                            i18n::phonenumbers::metadata_size()))
        fail("the library's metadata cannot be read");
    std::FILE *out = std::fopen(argv[1], "w");
    if (out == nullptr)
        fail(std::string("cannot write ") + argv[1]);
    const std::vector<const PhoneMetadata *> rows = ordered(all);
    Writer writer(out);
    std::string format_rows;
    unsigned formats = 0;
    std::vector<unsigned> by_code(1000, 0), by_country(26 * 26, 0);
    std::fprintf(out, "/* Made from the metadata of libphonenumber by tools/tables/phone.cc. */\n"
                      "#include \"tables/phone.h\"\n"
                      "const phone_region phone_regions[] = {\n");
    for (std::size_t i = 0; i < rows.size(); i++) {
        const PhoneMetadata &m = *rows[i];
        const bool last = i + 1 == rows.size() || rows[i + 1]->country_code() != m.country_code();
        const auto code = static_cast<std::size_t>(m.country_code());
        if (code >= by_code.size())
            fail("calling code of more than three digits");
        if (by_code[code] == 0)
            by_code[code] = static_cast<unsigned>(i) + 1;
        const std::string &id = m.id();
        if (id.size() == 2 && id[0] >= 'A' && id[1] >= 'A')
            by_country[static_cast<std::size_t>((id[0] - 'A') * 26 + (id[1] - 'A'))] =
                static_cast<unsigned>(i) + 1;
        write_region(out, &writer, m, last, &formats, &format_rows);
    }
    std::fprintf(out, "};\nconst phone_format phone_formats[] = {\n%s};\n", format_rows.c_str());
    writer.numbers("uint16_t", "phone_by_code", by_code);
    writer.numbers("uint16_t", "phone_by_country", by_country);
    writer.tables();
    if (std::fclose(out) != 0)
        fail(std::string("cannot write ") + argv[1]);
    return 0;
}
