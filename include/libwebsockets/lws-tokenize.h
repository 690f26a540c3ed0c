/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_TOKENIZE_H
#define NETGRAFT_LWS_TOKENIZE_H

/**
 * `-` is part of a token.
 */
#define LWS_TOKENIZE_F_MINUS_NONTERM 1

/**
 * `name:` is one element.
 */
#define LWS_TOKENIZE_F_AGG_COLON 2

/**
 * The text must be a list with commas.
 */
#define LWS_TOKENIZE_F_COMMA_SEP_LIST 4

/**
 * Only the delimiters of HTTP end a token.
 */
#define LWS_TOKENIZE_F_RFC7230_DELIMS 8

/**
 * `.` is part of a token.
 */
#define LWS_TOKENIZE_F_DOT_NONTERM 16

/**
 * Report floating point numbers as tokens.
 */
#define LWS_TOKENIZE_F_NO_FLOATS 32

/**
 * Report integers as tokens.
 */
#define LWS_TOKENIZE_F_NO_INTEGERS 64

/**
 * `#` begins a comment.
 */
#define LWS_TOKENIZE_F_HASH_COMMENT 128

/**
 * `/` is part of a token.
 */
#define LWS_TOKENIZE_F_SLASH_NONTERM 256

/**
 * How many errors there are.
 */
#define LWS_TOKZE_ERRS 5

/**
 * The text is finished.
 */
#define LSTRX_DONE 0

/**
 * The output is full; give it room and go on.
 */
#define LSTRX_FILLED_OUT 1

/**
 * A name is too long.
 */
#define LSTRX_FATAL_NAME_TOO_LONG -1

/**
 * A name has no value.
 */
#define LSTRX_FATAL_NAME_UNKNOWN -2

/**
 * What was found. Negative values are errors.
 */
typedef enum {
    /**
     * Broken UTF-8.
     */
    LWS_TOKZE_ERR_BROKEN_UTF8 = -5,
    /**
     * A quoted string without end.
     */
    LWS_TOKZE_ERR_UNTERM_STRING = -4,
    /**
     * A number with several points.
     */
    LWS_TOKZE_ERR_MALFORMED_FLOAT = -3,
    /**
     * A number where a name should be.
     */
    LWS_TOKZE_ERR_NUM_ON_LHS = -2,
    /**
     * Commas missing or in the wrong place.
     */
    LWS_TOKZE_ERR_COMMA_LIST = -1,
    /**
     * The text is finished.
     */
    LWS_TOKZE_ENDED = 0,
    /**
     * A delimiter.
     */
    LWS_TOKZE_DELIMITER = 1,
    /**
     * A token.
     */
    LWS_TOKZE_TOKEN = 2,
    /**
     * An integer.
     */
    LWS_TOKZE_INTEGER = 3,
    /**
     * A floating point number.
     */
    LWS_TOKZE_FLOAT = 4,
    /**
     * A name ahead of `=`.
     */
    LWS_TOKZE_TOKEN_NAME_EQUALS = 5,
    /**
     * A name ahead of `:`.
     */
    LWS_TOKZE_TOKEN_NAME_COLON = 6,
    /**
     * A quoted string, given without its quotes.
     */
    LWS_TOKZE_QUOTED_STRING = 7,
} lws_tokenize_elem;

/**
 * What a list with commas expects next.
 */
enum lws_tokenize_delimiter_tracking {
    /**
     * The first element.
     */
    LWSTZ_DT_NEED_FIRST_CONTENT = 0,
    /**
     * A comma.
     */
    LWSTZ_DT_NEED_DELIM = 1,
    /**
     * Another element.
     */
    LWSTZ_DT_NEED_NEXT_CONTENT = 2,
};

/**
 * A text being split. `start`, `len` and `flags` are the program's to set.
 */
struct lws_tokenize {
    /**
     * What is still to be read.
     */
    const char *start;
    /**
     * The element just found; not terminated.
     */
    const char *token;
    /**
     * How much is still to be read.
     */
    size_t len;
    /**
     * Length of the element just found.
     */
    size_t token_len;
    /**
     * `LWS_TOKENIZE_F_*` OR-ed.
     */
    uint16_t flags;
    /**
     * The library's: what a list expects next.
     */
    uint8_t delim;
    /**
     * The last result.
     */
    int8_t e;
};

/**
 * Writes the value of `name` to `out` from `*pos` on; `*exp_ofs` is how much of it was written before.
 */
typedef int (*lws_strexp_expand_cb)(void *priv,
                                    const char *name,
                                    char *out,
                                    size_t *pos,
                                    size_t olen,
                                    size_t *exp_ofs);

/**
 * A text whose `${name}` are being replaced.
 */
struct lws_strexp {
    /**
     * The name being read.
     */
    char name[32];
    /**
     * What knows the values.
     */
    lws_strexp_expand_cb cb;
    /**
     * Passed to `cb`.
     */
    void *priv;
    /**
     * Where the result goes; null only to measure it.
     */
    char *out;
    /**
     * The room there.
     */
    size_t olen;
    /**
     * How much of it is used.
     */
    size_t pos;
    /**
     * How much of the current value was written.
     */
    size_t exp_ofs;
    /**
     * Length of `name`.
     */
    uint8_t name_pos;
    /**
     * Where the parser stands.
     */
    char state;
};

/**
 * A text whose `${name}` are being replaced.
 */
typedef struct lws_strexp lws_strexp_t;

/**
 * A text being split.
 */
typedef struct lws_tokenize lws_tokenize_t;

/**
 * Prepares `*ts` for the C string `start`: sets its members, `flags` (`LWS_TOKENIZE_F_*` OR-ed) among them, and its
 * length to 2 GiB - 1. For a text without a NUL set `ts->len` afterwards. The text is not copied and must stay as it
 * is while it is split. Null for `ts` is ignored. Any thread, as long as one at a time uses one `ts`; here and below.
 */
LWS_VISIBLE LWS_EXTERN
void lws_tokenize_init(struct lws_tokenize *ts,
                       const char *start,
                       int flags);

/**
 * Finds the next element of the text: a token, a number, a quoted string, a delimiter of one character, or a name
 * together with the `=` or `:` behind it. Blanks between them are passed over.
 *
 * `ts->token` and `ts->token_len` say where it is; it has no terminator, and a string comes without its quotes.
 * `ts->start` and `ts->len` are what is left. Text ends at `ts->len` or at a NUL, whichever is first, and from then on
 * the result is `LWS_TOKZE_ENDED`. Results below 0 are errors: text that is not UTF-8, a string without an end, and others that
 * depend on `ts->flags`. A character outside ASCII is one byte of a token and then an error, unless it is quoted.
 * `LWS_TOKZE_ENDED` when a pointer is null.
 */
LWS_VISIBLE LWS_EXTERN
lws_tokenize_elem lws_tokenize(struct lws_tokenize *ts);

/**
 * Copies the element found last to `str`, `max` bytes, and adds a NUL.
 *
 * Returns 0; 1, with nothing written, unless `max` is at least the length of the element + 2, or when a pointer is null.
 */
LWS_VISIBLE LWS_EXTERN
int lws_tokenize_cstr(struct lws_tokenize *ts,
                      char *str,
                      size_t max);

/**
 * Prepares `*exp` for replacing `${name}` in text by what `cb` knows. `priv` is passed to `cb`.
 *
 * The result goes to the `olen` bytes at `out`; with a null `out` it is only counted, in which case `cb` must not write
 * either and `olen` bounds the count. `cb` writes the value of `name` to `out` from `*pos` on, without its first
 * `*exp_ofs` bytes, as far as there is room, adds what it wrote to both, and returns `LSTRX_DONE`, or `LSTRX_FILLED_OUT` when
 * some of the value is left, or `LSTRX_FATAL_NAME_UNKNOWN`.
 *
 * Null for `exp` is ignored. Nothing is allocated. Any thread, as long as one at a time uses one `exp`; here and below.
 */
LWS_VISIBLE LWS_EXTERN
void lws_strexp_init(lws_strexp_t *exp,
                     void *priv,
                     lws_strexp_expand_cb cb,
                     char *out,
                     size_t olen);

/**
 * Gives `*exp` an empty output, `olen` bytes at `out`: after `LSTRX_FILLED_OUT`, when what was there is dealt with. Null for
 * `exp` is ignored.
 */
LWS_VISIBLE LWS_EXTERN
void lws_strexp_reset_out(lws_strexp_t *exp,
                          char *out,
                          size_t olen);

/**
 * Copies the `len` bytes at `in` to the output, with each `${name}` replaced. Names have up to 31 characters, and input
 * may be cut anywhere: the next call continues.
 *
 * Returns `LSTRX_DONE` when all of the input was used, and adds a NUL if there is room; `LSTRX_FILLED_OUT` when the output
 * is full: call lws_strexp_reset_out() and go on with what is left of the input; a negative error for a name that is too
 * long or unknown, for a lone `$` with less than 3 bytes of room, or when `exp` is null or `in` is null with `len` above
 * 0. `*pused_in` is how much input was used and `*pused_out` how much of the output; they are not set where the input
 * itself is at fault. Both may be null.
 */
LWS_VISIBLE LWS_EXTERN
int lws_strexp_expand(lws_strexp_t *exp,
                      const char *in,
                      size_t len,
                      size_t *pused_in,
                      size_t *pused_out);

#endif  /* NETGRAFT_LWS_TOKENIZE_H */
