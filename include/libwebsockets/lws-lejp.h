/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_LEJP_H
#define NETGRAFT_LWS_LEJP_H

/**
 * The most nested parser callbacks.
 */
#define LEJP_MAX_PARSING_STACK_DEPTH 5

/**
 * The most nested objects and arrays.
 */
#define LEJP_MAX_DEPTH 12

/**
 * The most nested arrays.
 */
#define LEJP_MAX_INDEX_DEPTH 5

/**
 * The longest path, in bytes.
 */
#define LEJP_MAX_PATH 128

/**
 * The longest piece of a string that is delivered at once, in bytes.
 */
#define LEJP_STRING_CHUNK 254

/**
 * In a state: white space is data.
 */
#define LEJP_FLAG_WS_KEEP 64

/**
 * In a state: the rest of the line is a comment.
 */
#define LEJP_FLAG_WS_COMMENTLINE 32

/**
 * In a reason: the event brings a value.
 */
#define LEJP_FLAG_CB_IS_VALUE 64

/**
 * Where the parser stands.
 */
enum lejp_states {
    LEJP_IDLE = 0,
    LEJP_MEMBERS = 1,
    LEJP_M_P = 2,
    LEJP_MP_STRING = 67,
    LEJP_MP_STRING_ESC = 68,
    LEJP_MP_STRING_ESC_U1 = 69,
    LEJP_MP_STRING_ESC_U2 = 70,
    LEJP_MP_STRING_ESC_U3 = 71,
    LEJP_MP_STRING_ESC_U4 = 72,
    LEJP_MP_DELIM = 9,
    LEJP_MP_VALUE = 10,
    LEJP_MP_VALUE_NUM_INT = 75,
    LEJP_MP_VALUE_NUM_EXP = 76,
    LEJP_MP_VALUE_TOK = 77,
    LEJP_MP_COMMA_OR_END = 14,
    LEJP_MP_ARRAY_END = 15,
};

/**
 * What `lejp_parse` returns when it does not end well; `lejp_error_to_string` puts it into words.
 */
enum lejp_reasons {
    /**
     * Not an error: more input is wanted.
     */
    LEJP_CONTINUE = -1,
    /**
     * The text does not begin with `{` or `[`.
     */
    LEJP_REJECT_IDLE_NO_BRACE = -2,
    /**
     * An object is not closed.
     */
    LEJP_REJECT_MEMBERS_NO_CLOSE = -3,
    /**
     * A name does not begin with a quote.
     */
    LEJP_REJECT_MP_NO_OPEN_QUOTE = -4,
    /**
     * A string ends outside any.
     */
    LEJP_REJECT_MP_STRING_UNDERRUN = -5,
    /**
     * A control character in a string.
     */
    LEJP_REJECT_MP_ILLEGAL_CTRL = -6,
    /**
     * An unknown escape in a string.
     */
    LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC = -7,
    /**
     * Not a hexadecimal digit.
     */
    LEJP_REJECT_ILLEGAL_HEX = -8,
    /**
     * No colon after a name.
     */
    LEJP_REJECT_MP_DELIM_MISSING_COLON = -9,
    /**
     * A value cannot begin like this.
     */
    LEJP_REJECT_MP_DELIM_BAD_VALUE_START = -10,
    /**
     * No digits after the point.
     */
    LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC = -11,
    /**
     * Not a number.
     */
    LEJP_REJECT_MP_VAL_NUM_FORMAT = -12,
    /**
     * Not an exponent.
     */
    LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP = -13,
    /**
     * Neither `true` nor `false` nor `null`.
     */
    LEJP_REJECT_MP_VAL_TOK_UNKNOWN = -14,
    /**
     * More is closed than was opened.
     */
    LEJP_REJECT_MP_C_OR_E_UNDERF = -15,
    /**
     * `]` where no array is open.
     */
    LEJP_REJECT_MP_C_OR_E_NOTARRAY = -16,
    /**
     * An array is not closed.
     */
    LEJP_REJECT_MP_ARRAY_END_MISSING = -17,
    /**
     * Nested too deeply.
     */
    LEJP_REJECT_STACK_OVERFLOW = -18,
    /**
     * Arrays nested too deeply.
     */
    LEJP_REJECT_MP_DELIM_ISTACK = -19,
    /**
     * A number too long to keep.
     */
    LEJP_REJECT_NUM_TOO_LONG = -20,
    /**
     * Neither a comma nor an end.
     */
    LEJP_REJECT_MP_C_OR_E_NEITHER = -21,
    /**
     * Any other error.
     */
    LEJP_REJECT_UNKNOWN = -22,
    /**
     * The callback refused.
     */
    LEJP_REJECT_CALLBACK = -23,
};

/**
 * Why the callback is called.
 */
enum lejp_callbacks {
    /**
     * The parser is ready.
     */
    LEJPCB_CONSTRUCTED = 0,
    /**
     * The parser is done with.
     */
    LEJPCB_DESTRUCTED = 1,
    /**
     * The text begins.
     */
    LEJPCB_START = 2,
    /**
     * The text is complete.
     */
    LEJPCB_COMPLETE = 3,
    /**
     * The text is wrong.
     */
    LEJPCB_FAILED = 4,
    /**
     * A name; `path` ends with it.
     */
    LEJPCB_PAIR_NAME = 5,
    /**
     * The value `true`.
     */
    LEJPCB_VAL_TRUE = 70,
    /**
     * The value `false`.
     */
    LEJPCB_VAL_FALSE = 71,
    /**
     * The value `null`.
     */
    LEJPCB_VAL_NULL = 72,
    /**
     * An integer; its text is in `buf`.
     */
    LEJPCB_VAL_NUM_INT = 73,
    /**
     * A floating point number; its text is in `buf`.
     */
    LEJPCB_VAL_NUM_FLOAT = 74,
    /**
     * A string begins.
     */
    LEJPCB_VAL_STR_START = 11,
    /**
     * Part of a string is in `buf`, and more follows.
     */
    LEJPCB_VAL_STR_CHUNK = 76,
    /**
     * The last part of a string is in `buf`.
     */
    LEJPCB_VAL_STR_END = 77,
    /**
     * An array begins.
     */
    LEJPCB_ARRAY_START = 14,
    /**
     * An array ends.
     */
    LEJPCB_ARRAY_END = 15,
    /**
     * An object begins.
     */
    LEJPCB_OBJECT_START = 16,
    /**
     * An object ends.
     */
    LEJPCB_OBJECT_END = 17,
};

/**
 * What was seen of a number.
 */
enum num_flags {
    /**
     * A minus.
     */
    LEJP_SEEN_MINUS = 1,
    /**
     * A point.
     */
    LEJP_SEEN_POINT = 2,
    /**
     * Digits after the point.
     */
    LEJP_SEEN_POST_POINT = 4,
    /**
     * An exponent.
     */
    LEJP_SEEN_EXP = 8,
};

/**
 * One callback with the paths it wants.
 */
struct _lejp_parsing_stack {
    /**
     * The callback's own pointer.
     */
    void *user;
    /**
     * What to call: a `lejp_callback`.
     */
    int8_t (*callback)(struct lejp_ctx *ctx, char reason);
    /**
     * The paths to recognise.
     */
    const char *const *paths;
    /**
     * How many paths there are.
     */
    uint8_t count_paths;
    /**
     * Where in the path its part begins.
     */
    uint8_t ppos;
    /**
     * The path that was recognised, from 1; 0 for none.
     */
    uint8_t path_match;
};

/**
 * The library's: one level of nesting.
 */
struct _lejp_stack {
    /**
     * The state to return to.
     */
    char s;
    /**
     * Length of the path.
     */
    char p;
    /**
     * Depth of arrays.
     */
    char i;
    /**
     * Length of the buffer.
     */
    char b;
};

/**
 * A parser. The program owns the memory.
 */
struct lejp_ctx {
    /**
     * The program's own pointer.
     */
    void *user;
    /**
     * The nested callbacks.
     */
    struct _lejp_parsing_stack pst[LEJP_MAX_PARSING_STACK_DEPTH];
    /**
     * The nesting.
     */
    struct _lejp_stack st[LEJP_MAX_DEPTH];
    /**
     * Indexes of the open arrays.
     */
    uint16_t i[LEJP_MAX_INDEX_DEPTH];
    /**
     * Where in the path the wildcards matched.
     */
    uint16_t wild[LEJP_MAX_INDEX_DEPTH];
    /**
     * The path of the current value, such as `a.b[]`; terminated.
     */
    char path[LEJP_MAX_PATH];
    /**
     * The value or part of it; terminated.
     */
    char buf[255];
    /**
     * Bytes from one path's pointer to the next; 0 for an array of pointers.
     */
    size_t path_stride;
    /**
     * The line of the input, from 1.
     */
    uint32_t line;
    /**
     * The character of a `\u` escape.
     */
    uint16_t uni;
    /**
     * Length of `buf`.
     */
    uint8_t npos;
    /**
     * Digits of a `\u` escape to come.
     */
    uint8_t dcount;
    /**
     * What was seen of a number.
     */
    uint8_t f;
    /**
     * Depth of nesting.
     */
    uint8_t sp;
    /**
     * Depth of arrays.
     */
    uint8_t ipos;
    /**
     * How many paths there are.
     */
    uint8_t count_paths;
    /**
     * The path that was recognised, from 1; 0 for none.
     */
    uint8_t path_match;
    /**
     * Length of the path that was recognised.
     */
    uint8_t path_match_len;
    /**
     * How many wildcards matched.
     */
    uint8_t wildcount;
    /**
     * Depth of callbacks.
     */
    uint8_t pst_sp;
    /**
     * Whether the text is an array.
     */
    uint8_t outer_array;
};

/**
 * Called for each event; `reason` is one of `enum lejp_callbacks`. A return other than 0 stops the parser.
 */
typedef int8_t (*lejp_callback)(struct lejp_ctx *ctx, char reason);

/**
 * Prepares `*ctx`, the program's memory, whatever is in it, and calls `callback` with `LEJPCB_CONSTRUCTED`.
 *
 * `paths` are `paths_count` C strings such as `list[].name`, in which a `*` stands for one name, or at the end of a path
 * for all that follows; they must last as long as the parser is used. While the path of the document matches one,
 * `ctx->path_match` is its number, from 1. `user` is stored in `ctx->user`. For paths that are members of an array of
 * structs, set `ctx->path_stride` to the size of one afterwards.
 *
 * A null `ctx` is ignored; a null `callback` is not called. The library keeps nothing of its own: a parser may be
 * forgotten at any time. One thread at a time may use one `ctx`, here and below.
 */
LWS_VISIBLE LWS_EXTERN
void lejp_construct(struct lejp_ctx *ctx,
                    lejp_callback callback,
                    void *user,
                    const char *const *paths,
                    unsigned char paths_count);

/**
 * Calls the first callback with `LEJPCB_DESTRUCTED`, in which the program can free what it allocated. Null is ignored.
 */
LWS_VISIBLE LWS_EXTERN
void lejp_destruct(struct lejp_ctx *ctx);

/**
 * Parses the next `len` bytes of a document and calls back for everything that is complete. The document is an object or
 * an array. From a `#` on, the rest of a line is a comment.
 *
 * Strings come in pieces of `LEJP_STRING_CHUNK` bytes at the most; numbers have up to 20 digits; objects and arrays are
 * nested up to `LEJP_MAX_DEPTH` levels, arrays up to `LEJP_MAX_INDEX_DEPTH`. An empty object is an error at the root.
 *
 * Returns `LEJP_CONTINUE` (-1) when all was used and more is needed; 0 or more when the document is complete: how many
 * bytes follow it; below -1 an error of `enum lejp_reasons`, after the callback was told `LEJPCB_FAILED`. After an end or
 * an error the parser is to be constructed anew. `LEJP_REJECT_UNKNOWN` when `ctx` is null, `len` is negative, or `json` is
 * null with a `len` above 0.
 */
LWS_VISIBLE LWS_EXTERN
int lejp_parse(struct lejp_ctx *ctx,
               const unsigned char *json,
               int len);

/**
 * Calls the callback in use with `LEJPCB_DESTRUCTED`, replaces it, and calls the new one with `LEJPCB_CONSTRUCTED` and
 * `LEJPCB_START`. Null for `ctx` is ignored.
 */
LWS_VISIBLE LWS_EXTERN
void lejp_change_callback(struct lejp_ctx *ctx,
                          lejp_callback callback);

/**
 * Lets another callback with its own `user` and `paths` have what comes next, as if the document began here, until
 * lejp_parser_pop(). Its `user` is in `ctx->pst[ctx->pst_sp].user`.
 *
 * Returns 0; -1 when `LEJP_MAX_PARSING_STACK_DEPTH` callbacks are in use or `ctx` is null.
 */
LWS_VISIBLE LWS_EXTERN
int lejp_parser_push(struct lejp_ctx *ctx,
                     void *user,
                     const char *const *paths,
                     unsigned char paths_count,
                     lejp_callback lejp_cb);

/**
 * Goes back to the callback and paths before the last lejp_parser_push(). Returns 0; -1 without one or when `ctx` is
 * null.
 */
LWS_VISIBLE LWS_EXTERN
int lejp_parser_pop(struct lejp_ctx *ctx);

/**
 * Looks for a path that matches, unless one has: after the program has changed the paths or set `ctx->path_match` to 0.
 * Null is ignored.
 */
LWS_VISIBLE LWS_EXTERN
void lejp_check_path_match(struct lejp_ctx *ctx);

/**
 * Copies to `dest` what the `*` number `wildcard`, from 0, of the path that matched stands for, up to a `.`, cut to fit
 * `len` bytes and terminated.
 *
 * Returns the length with the NUL; 0, with `dest` untouched, when there is no such wildcard, a pointer is null or `len` is
 * below 1.
 */
LWS_VISIBLE LWS_EXTERN
int lejp_get_wildcard(struct lejp_ctx *ctx,
                      int wildcard,
                      char *dest,
                      int len);

/**
 * What a negative result of lejp_parse() means, in English. A constant string, empty for -1 and above. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lejp_error_to_string(int e);

#endif  /* NETGRAFT_LWS_LEJP_H */
