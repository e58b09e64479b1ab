/* What the two halves of the parser of expressions share: the state of one parse, its tokens, its
 * nodes. */
#ifndef MODEL_EXPR_PARSER_H
#define MODEL_EXPR_PARSER_H

#include "expr_token.h"
#include "expr_tree.h"

#include "base/bytes.h"
#include "model/yaml.h"

enum { TEXT_MAX = 4096, NODES_MAX = 500, DEPTH_MAX = 40 };

typedef struct expr_parser {
    pb_arena *arena;
    const model_entity *entity;
    pb_str text;
    model_place place;
    bool exact;
    bool amounts; /* a text that meets money may be an amount with its currency */
    expr_token now;
    int depth;
    size_t nodes;
    const model_field **fields;
    size_t field_count, field_capacity;
    pb_error *err;
} expr_parser;

#define expr_refuse(p, offset, ...)                                                                \
    (pb_fail((p)->err, PB_INVALID, __VA_ARGS__),                                                   \
     model_place_fail((p)->err, expr_place_of((p), (offset))))

/* Where a byte of the text stands in the file. */
model_place expr_place_of(const expr_parser *p, size_t offset);

/* Tokens: the one in hand, and what to do when it is not what should stand there. */
void expr_advance(expr_parser *p);
pb_str expr_now_text(const expr_parser *p);
bool expr_take_word(expr_parser *p, const char *word);
bool expr_take_sign(expr_parser *p, const char *sign);
/* Says what stands where `what` should. */
void expr_say_unexpected(expr_parser *p, const char *what);
#define expr_unexpected(p, what) (expr_say_unexpected((p), (what)), PB_INVALID)

/* Nodes. */
pb_status expr_make(expr_parser *p, expr_node draft, const expr_node **ret_node);
pb_status expr_make_text(expr_parser *p, pb_str text, size_t offset, const expr_node **ret_node);
const char *expr_class_name(expr_class klass);
bool expr_is_time(expr_class klass);

/* Operands: fields, numbers, texts, dates; sums of them; moments as days where they meet days. */
pb_status expr_parse_single(expr_parser *p, const expr_node **ret_node);
pb_status expr_parse_operand(expr_parser *p, const expr_node **ret_node);
pb_status expr_as_day(expr_parser *p, const expr_node *node, const expr_node **ret_node);

#endif
