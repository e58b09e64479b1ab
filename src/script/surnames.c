#include "base/utf8.h"
#include "script/han.h"
#include "script/names.h"

#include <stdlib.h>

static const char *commonest(uint32_t code)
{
    if (code >= SCRIPT_HAN_FIRST && code <= SCRIPT_HAN_LAST)
        return script_han_syllables[script_han_reading[code - SCRIPT_HAN_FIRST]];
    size_t low = 0, high = script_han_extra_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (script_han_extra[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < script_han_extra_count && script_han_extra[low].code == code)
        return script_han_syllables[script_han_extra[low].reading];
    return "";
}

/* Family names of two characters whose readings differ from the common ones. */
static const struct {
    uint16_t code[2];
    const char *reading[2];
} pairs[] = {
    {{0x5C09, 0x8FDF}, {"yu", "chi"}},    /* 尉迟 */
    {{0x4E07, 0x4FDF}, {"mo", "qi"}},     /* 万俟 */
    {{0x5355, 0x4E8E}, {"chan", "yu"}},   /* 单于 */
    {{0x957F, 0x5B59}, {"zhang", "sun"}}, /* 长孙 */
    {{0x6FB9, 0x53F0}, {"tan", "tai"}},   /* 澹台 */
    {{0x4EE4, 0x72D0}, {"ling", "hu"}},   /* 令狐 */
    {{0x5B87, 0x6587}, {"yu", "wen"}},    /* 宇文 */
    {{0x6155, 0x5BB9}, {"mu", "rong"}},   /* 慕容 */
    {{0x9C9C, 0x4E8E}, {"xian", "yu"}},   /* 鲜于 */
    {{0x4E50, 0x6B63}, {"yue", "zheng"}}, /* 乐正 */
};

/* Family names of one character. Only those that differ from the common reading stand here. */
static const struct {
    uint16_t code;
    const char *reading;
} singles[] = {
    {0x4EC7, "qiu"},   /* 仇 */
    {0x5355, "shan"},  /* 单 */
    {0x89E3, "xie"},   /* 解 */
    {0x533A, "ou"},    /* 区 */
    {0x67E5, "zha"},   /* 查 */
    {0x7FDF, "zhai"},  /* 翟 */
    {0x66FE, "zeng"},  /* 曾 */
    {0x4E50, "yue"},   /* 乐 */
    {0x6734, "piao"},  /* 朴 */
    {0x79CD, "chong"}, /* 种 */
    {0x76D6, "ge"},    /* 盖 */
    {0x7E41, "po"},    /* 繁 */
    {0x8983, "qin"},   /* 覃 */
    {0x79D8, "bi"},    /* 秘 */
    {0x5B93, "fu"},    /* 宓 */
    {0x5361, "qia"},   /* 卡 */
    {0x6D17, "xian"},  /* 洗 */
    {0x5458, "yun"},   /* 员 */
    {0x8D20, "yun"},   /* 贠 */
};

size_t script_han_surname(const uint32_t *codes, size_t count, const char *ret_readings[2])
{
    for (size_t i = 0; count > 2 && i < sizeof pairs / sizeof *pairs; i++) {
        if (codes[0] == pairs[i].code[0] && codes[1] == pairs[i].code[1]) {
            ret_readings[0] = pairs[i].reading[0];
            ret_readings[1] = pairs[i].reading[1];
            return 2;
        }
    }
    for (size_t i = 0; count > 1 && i < sizeof singles / sizeof *singles; i++) {
        if (codes[0] == singles[i].code) {
            ret_readings[0] = singles[i].reading;
            return 1;
        }
    }
    return 0;
}

/* Words in names of firms and places where one character is read otherwise than usual. */
static const struct {
    uint16_t before; /* 0: any */
    uint16_t code;
    uint16_t after; /* 0: any */
    const char *reading;
} words[] = {
    {0x94F6, 0x884C, 0, "hang"},  /* 银行 */
    {0x5546, 0x884C, 0, "hang"},  /* 商行 */
    {0x8F66, 0x884C, 0, "hang"},  /* 车行 */
    {0x5206, 0x884C, 0, "hang"},  /* 分行 */
    {0x652F, 0x884C, 0, "hang"},  /* 支行 */
    {0x6D0B, 0x884C, 0, "hang"},  /* 洋行 */
    {0, 0x884C, 0x4E1A, "hang"},  /* 行业 */
    {0, 0x91CD, 0x5E86, "chong"}, /* 重庆 */
    {0, 0x53A6, 0x95E8, "xia"},   /* 厦门 */
    {0x97F3, 0x4E50, 0, "yue"},   /* 音乐 */
    {0x6210, 0x90FD, 0, "du"},    /* 成都 */
    {0x9996, 0x90FD, 0, "du"},    /* 首都 */
    {0, 0x4F1A, 0x8BA1, "kuai"},  /* 会计 */
    {0, 0x868C, 0x57E0, "beng"},  /* 蚌埠 */
    {0x897F, 0x85CF, 0, "zang"},  /* 西藏 */
    {0x4E1C, 0x839E, 0, "guan"},  /* 东莞 */
    {0, 0x756A, 0x79BA, "pan"},   /* 番禺 */
    {0, 0x957F, 0x5B89, "chang"}, /* 长安 */
    {0, 0x957F, 0x6C99, "chang"}, /* 长沙 */
    {0, 0x957F, 0x6625, "chang"}, /* 长春 */
    {0, 0x957F, 0x57CE, "chang"}, /* 长城 */
    {0, 0x957F, 0x6C5F, "chang"}, /* 长江 */
};

const char *script_han_in_word(uint32_t before, uint32_t code, uint32_t after)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].code == code && (words[i].before == 0 || words[i].before == before) &&
            (words[i].after == 0 || words[i].after == after))
            return words[i].reading;
    return commonest(code);
}

/* The family names of nearly all Chinese: those of the Song list that are alive, and the commonest
 * of today, in Simplified form. */
static const char known[] = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许"
                            "傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
                            "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙"
                            "万段雷钱汤尹黎易常武乔贺赖龚文"
                            "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿"
                            "梅莫庄辛管祝左涂谷祁时舒耿牟卜"
                            "詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏"
                            "宁柯阮桂闵解强柴华车冉房边辜吉"
                            "饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬"
                            "屠连郜晏栾郁商蒙计喻揭窦迟宇敖"
                            "糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆"
                            "谌银扬明沙伏岑习胥保和蔺肖闫邝"
                            "麦区佘麻储";

static bool is_family(pb_str character)
{
    return pb_str_find(pb_str_n(known, sizeof known - 1), character) != SIZE_MAX;
}

/* Family names of two characters, in Simplified form. */
static bool is_compound(pb_str two)
{
    static const char compounds[] = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 "
                                    "宇文 长孙 独孤 南宫 端木 司空 闻人 澹台 "
                                    "公冶 淳于 单于 太叔 申屠 仲孙 轩辕 钟离 鲜于 闾丘 亓官 拓跋 "
                                    "百里 呼延 东郭 西门 南门 万俟 赫连 濮阳";
    return pb_str_find(pb_str_n(compounds, sizeof compounds - 1), two) != SIZE_MAX;
}

bool script_han_cut(pb_str name, pb_str *ret_family, pb_str *ret_given, bool *ret_family_first)
{
    size_t ends[SCRIPT_SYLLABLES + 1] = {0}, count = 0;
    for (size_t at = 0; at < name.len;) {
        if (count == SCRIPT_SYLLABLES || !pb_code_is_han(pb_utf8_next(name, &at)))
            return false;
        ends[++count] = at;
    }
    if (count < 2)
        return false;
    size_t family = count > 2 && is_compound(pb_str_sub(name, 0, ends[2])) ? 2 : 1;
    pb_str last = pb_str_sub(name, ends[count - 1], name.len);
    *ret_family_first = family == 2 || is_family(pb_str_sub(name, 0, ends[1])) || !is_family(last);
    if (*ret_family_first) {
        *ret_family = pb_str_sub(name, 0, ends[family]);
        *ret_given = pb_str_sub(name, ends[family], name.len);
    } else {
        *ret_family = last;
        *ret_given = pb_str_sub(name, 0, ends[count - 1]);
    }
    return true;
}
