/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_HTTP_H
#define NETGRAFT_LWS_HTTP_H

/**
 * Room for headers that is enough for most answers.
 */
#define LWS_RECOMMENDED_MIN_HEADER_SPACE 2048

/**
 * The part of a status argument that holds the status.
 */
#define LWSAHH_CODE_MASK 65535

/**
 * Flag of a status argument: no `Server` header.
 */
#define LWSAHH_FLAG_NO_SERVER_NAME 1073741824

/**
 * HTTP/2: instead of a stream's number, the stream of the connection.
 */
#define LWS_H2_STREAM_SID -1

/**
 * `lws_http_get_uri_and_method`: GET.
 */
#define LWSHUMETH_GET 0

/**
 * `lws_http_get_uri_and_method`: POST.
 */
#define LWSHUMETH_POST 1

/**
 * `lws_http_get_uri_and_method`: OPTIONS.
 */
#define LWSHUMETH_OPTIONS 2

/**
 * `lws_http_get_uri_and_method`: PUT.
 */
#define LWSHUMETH_PUT 3

/**
 * `lws_http_get_uri_and_method`: PATCH.
 */
#define LWSHUMETH_PATCH 4

/**
 * `lws_http_get_uri_and_method`: DELETE.
 */
#define LWSHUMETH_DELETE 5

/**
 * `lws_http_get_uri_and_method`: CONNECT.
 */
#define LWSHUMETH_CONNECT 6

/**
 * `lws_http_get_uri_and_method`: HEAD.
 */
#define LWSHUMETH_HEAD 7

/**
 * `lws_http_get_uri_and_method`: HTTP/2, the path without a method.
 */
#define LWSHUMETH_COLON_PATH 8

/**
 * HTTP status codes.
 */
enum http_status {
    HTTP_STATUS_CONTINUE = 100,
    HTTP_STATUS_OK = 200,
    HTTP_STATUS_NO_CONTENT = 204,
    HTTP_STATUS_PARTIAL_CONTENT = 206,
    HTTP_STATUS_MOVED_PERMANENTLY = 301,
    HTTP_STATUS_FOUND = 302,
    HTTP_STATUS_SEE_OTHER = 303,
    HTTP_STATUS_NOT_MODIFIED = 304,
    HTTP_STATUS_BAD_REQUEST = 400,
    HTTP_STATUS_UNAUTHORIZED = 401,
    HTTP_STATUS_PAYMENT_REQUIRED = 402,
    HTTP_STATUS_FORBIDDEN = 403,
    HTTP_STATUS_NOT_FOUND = 404,
    HTTP_STATUS_METHOD_NOT_ALLOWED = 405,
    HTTP_STATUS_NOT_ACCEPTABLE = 406,
    HTTP_STATUS_PROXY_AUTH_REQUIRED = 407,
    HTTP_STATUS_REQUEST_TIMEOUT = 408,
    HTTP_STATUS_CONFLICT = 409,
    HTTP_STATUS_GONE = 410,
    HTTP_STATUS_LENGTH_REQUIRED = 411,
    HTTP_STATUS_PRECONDITION_FAILED = 412,
    HTTP_STATUS_REQ_ENTITY_TOO_LARGE = 413,
    HTTP_STATUS_REQ_URI_TOO_LONG = 414,
    HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE = 415,
    HTTP_STATUS_REQ_RANGE_NOT_SATISFIABLE = 416,
    HTTP_STATUS_EXPECTATION_FAILED = 417,
    HTTP_STATUS_INTERNAL_SERVER_ERROR = 500,
    HTTP_STATUS_NOT_IMPLEMENTED = 501,
    HTTP_STATUS_BAD_GATEWAY = 502,
    HTTP_STATUS_SERVICE_UNAVAILABLE = 503,
    HTTP_STATUS_GATEWAY_TIMEOUT = 504,
    HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED = 505,
};

/**
 * Headers and other parts of a request or answer. The names say which header; the `_URI` ones hold the path of a
 * request with that method, `WSI_TOKEN_HTTP` the rest of the request or status line, `WSI_TOKEN_HTTP_URI_ARGS` what
 * follows the `?`. Those with a leading underscore hold what a client was asked to connect to.
 */
enum lws_token_indexes {
    WSI_TOKEN_GET_URI = 0,
    WSI_TOKEN_POST_URI = 1,
    WSI_TOKEN_OPTIONS_URI = 2,
    WSI_TOKEN_HOST = 3,
    WSI_TOKEN_CONNECTION = 4,
    WSI_TOKEN_UPGRADE = 5,
    WSI_TOKEN_ORIGIN = 6,
    WSI_TOKEN_DRAFT = 7,
    WSI_TOKEN_CHALLENGE = 8,
    WSI_TOKEN_EXTENSIONS = 9,
    WSI_TOKEN_KEY1 = 10,
    WSI_TOKEN_KEY2 = 11,
    WSI_TOKEN_PROTOCOL = 12,
    WSI_TOKEN_ACCEPT = 13,
    WSI_TOKEN_NONCE = 14,
    WSI_TOKEN_HTTP = 15,
    WSI_TOKEN_HTTP2_SETTINGS = 16,
    WSI_TOKEN_HTTP_ACCEPT = 17,
    WSI_TOKEN_HTTP_AC_REQUEST_HEADERS = 18,
    WSI_TOKEN_HTTP_IF_MODIFIED_SINCE = 19,
    WSI_TOKEN_HTTP_IF_NONE_MATCH = 20,
    WSI_TOKEN_HTTP_ACCEPT_ENCODING = 21,
    WSI_TOKEN_HTTP_ACCEPT_LANGUAGE = 22,
    WSI_TOKEN_HTTP_PRAGMA = 23,
    WSI_TOKEN_HTTP_CACHE_CONTROL = 24,
    WSI_TOKEN_HTTP_AUTHORIZATION = 25,
    WSI_TOKEN_HTTP_COOKIE = 26,
    WSI_TOKEN_HTTP_CONTENT_LENGTH = 27,
    WSI_TOKEN_HTTP_CONTENT_TYPE = 28,
    WSI_TOKEN_HTTP_DATE = 29,
    WSI_TOKEN_HTTP_RANGE = 30,
    WSI_TOKEN_HTTP_REFERER = 31,
    WSI_TOKEN_KEY = 32,
    WSI_TOKEN_VERSION = 33,
    WSI_TOKEN_SWORIGIN = 34,
    WSI_TOKEN_HTTP_COLON_AUTHORITY = 35,
    WSI_TOKEN_HTTP_COLON_METHOD = 36,
    WSI_TOKEN_HTTP_COLON_PATH = 37,
    WSI_TOKEN_HTTP_COLON_SCHEME = 38,
    WSI_TOKEN_HTTP_COLON_STATUS = 39,
    WSI_TOKEN_HTTP_ACCEPT_CHARSET = 40,
    WSI_TOKEN_HTTP_ACCEPT_RANGES = 41,
    WSI_TOKEN_HTTP_ACCESS_CONTROL_ALLOW_ORIGIN = 42,
    WSI_TOKEN_HTTP_AGE = 43,
    WSI_TOKEN_HTTP_ALLOW = 44,
    WSI_TOKEN_HTTP_CONTENT_DISPOSITION = 45,
    WSI_TOKEN_HTTP_CONTENT_ENCODING = 46,
    WSI_TOKEN_HTTP_CONTENT_LANGUAGE = 47,
    WSI_TOKEN_HTTP_CONTENT_LOCATION = 48,
    WSI_TOKEN_HTTP_CONTENT_RANGE = 49,
    WSI_TOKEN_HTTP_ETAG = 50,
    WSI_TOKEN_HTTP_EXPECT = 51,
    WSI_TOKEN_HTTP_EXPIRES = 52,
    WSI_TOKEN_HTTP_FROM = 53,
    WSI_TOKEN_HTTP_IF_MATCH = 54,
    WSI_TOKEN_HTTP_IF_RANGE = 55,
    WSI_TOKEN_HTTP_IF_UNMODIFIED_SINCE = 56,
    WSI_TOKEN_HTTP_LAST_MODIFIED = 57,
    WSI_TOKEN_HTTP_LINK = 58,
    WSI_TOKEN_HTTP_LOCATION = 59,
    WSI_TOKEN_HTTP_MAX_FORWARDS = 60,
    WSI_TOKEN_HTTP_PROXY_AUTHENTICATE = 61,
    WSI_TOKEN_HTTP_PROXY_AUTHORIZATION = 62,
    WSI_TOKEN_HTTP_REFRESH = 63,
    WSI_TOKEN_HTTP_RETRY_AFTER = 64,
    WSI_TOKEN_HTTP_SERVER = 65,
    WSI_TOKEN_HTTP_SET_COOKIE = 66,
    WSI_TOKEN_HTTP_STRICT_TRANSPORT_SECURITY = 67,
    WSI_TOKEN_HTTP_TRANSFER_ENCODING = 68,
    WSI_TOKEN_HTTP_USER_AGENT = 69,
    WSI_TOKEN_HTTP_VARY = 70,
    WSI_TOKEN_HTTP_VIA = 71,
    WSI_TOKEN_HTTP_WWW_AUTHENTICATE = 72,
    WSI_TOKEN_PATCH_URI = 73,
    WSI_TOKEN_PUT_URI = 74,
    WSI_TOKEN_DELETE_URI = 75,
    WSI_TOKEN_HTTP_URI_ARGS = 76,
    WSI_TOKEN_PROXY = 77,
    WSI_TOKEN_HTTP_X_REAL_IP = 78,
    WSI_TOKEN_HTTP1_0 = 79,
    WSI_TOKEN_X_FORWARDED_FOR = 80,
    WSI_TOKEN_CONNECT = 81,
    WSI_TOKEN_HEAD_URI = 82,
    WSI_TOKEN_TE = 83,
    WSI_TOKEN_REPLAY_NONCE = 84,
    WSI_TOKEN_COLON_PROTOCOL = 85,
    WSI_TOKEN_X_AUTH_TOKEN = 86,
    _WSI_TOKEN_CLIENT_SENT_PROTOCOLS = 87,
    _WSI_TOKEN_CLIENT_PEER_ADDRESS = 88,
    _WSI_TOKEN_CLIENT_URI = 89,
    _WSI_TOKEN_CLIENT_HOST = 90,
    _WSI_TOKEN_CLIENT_ORIGIN = 91,
    _WSI_TOKEN_CLIENT_METHOD = 92,
    _WSI_TOKEN_CLIENT_IFACE = 93,
    _WSI_TOKEN_CLIENT_ALPN = 94,
    WSI_TOKEN_COUNT = 95,
    WSI_TOKEN_NAME_PART = 96,
    WSI_TOKEN_UNKNOWN_VALUE_PART = 97,
    WSI_TOKEN_SKIPPING = 98,
    WSI_TOKEN_SKIPPING_SAW_CR = 99,
    WSI_PARSING_COMPLETE = 100,
    WSI_INIT_TOKEN_MUXURL = 101,
};

/**
 * HTTP/2 settings.
 */
enum lws_h2_settings {
    H2SET_HEADER_TABLE_SIZE = 1,
    H2SET_ENABLE_PUSH = 2,
    H2SET_MAX_CONCURRENT_STREAMS = 3,
    H2SET_INITIAL_WINDOW_SIZE = 4,
    H2SET_MAX_FRAME_SIZE = 5,
    H2SET_MAX_HEADER_LIST_SIZE = 6,
    H2SET_RESERVED7 = 7,
    H2SET_ENABLE_CONNECT_PROTOCOL = 8,
    H2SET_COUNT = 9,
};

/**
 * A piece of HTML that is rewritten on its way out.
 */
struct lws_process_html_args {
    /**
     * The text; the library changes it in place.
     */
    char *p;
    /**
     * Its length.
     */
    int len;
    /**
     * The room it may take.
     */
    int max_len;
    /**
     * Not 0 for the last piece.
     */
    int final;
    /**
     * Not 0 for chunked transfer.
     */
    int chunked;
};

/**
 * Gives the value of the variable `index`.
 */
typedef const char *(*lws_process_html_state_cb)(void *data, int index);

/**
 * Where the rewriting stands between two pieces.
 */
struct lws_process_html_state {
    /**
     * Where a possible variable begins.
     */
    char *start;
    /**
     * What was held back at the end of the last piece.
     */
    char swallow[16];
    /**
     * How much was held back.
     */
    int pos;
    /**
     * Passed to `replace`.
     */
    void *data;
    /**
     * The names of the variables.
     */
    const char *const *vars;
    /**
     * How many variables there are.
     */
    int count_vars;
    /**
     * What knows their values.
     */
    lws_process_html_state_cb replace;
};

/**
 * Bytes an extension works on.
 */
struct lws_tokens {
    /**
     * The bytes.
     */
    unsigned char *token;
    /**
     * How many.
     */
    int len;
};

/**
 * The longest value of each header, in bytes; 0 for no limit but that of all headers together.
 */
struct lws_token_limits {
    /**
     * Indexed by `enum lws_token_indexes`.
     */
    unsigned short token_limit[95];
};

/**
 * The text of a header's token: the name in lower case with its colon, such as `"host:"`. A few tokens are no headers
 * but methods and pseudo-headers.
 *
 * The string is constant. Null when `token` is not in `enum lws_token_indexes`. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const unsigned char *lws_token_to_string(enum lws_token_indexes token);

/**
 * Writes `string` in URL coding to `escaped`, terminated and cut to `len` bytes: letters and digits stay, a space
 * becomes `+`, every other byte `%XX`.
 *
 * Ends before the first character that would begin with less than 4 bytes free; so `3 * strlen(string) + 4` bytes
 * always suffice. The buffers must not overlap. Returns `escaped`, which is left untouched when it or `string` is
 * null or `len` is below 1. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_urlencode(char *escaped,
                          const char *string,
                          int len);

/**
 * Undoes URL coding: writes `escaped` to `string` with `+` as a space and `%XX` as the byte it stands for.
 *
 * Writes at most `len` characters **and then a NUL**, so `string` needs `len + 1` bytes; what is beyond is left out,
 * and so is an escape that the text ends in. `string` may be the same as `escaped`.
 * Returns 0, or -1 when an escape is malformed (`string` then ends before it), when a pointer is null or `len` is
 * negative (`string` is then untouched). A decoded NUL is written like any other byte. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_urldecode(char *string,
                  const char *escaped,
                  int len);

/**
 * The length of a header's value, or of the path (`WSI_TOKEN_GET_URI` and its relatives) or the arguments
 * (`WSI_TOKEN_HTTP_URI_ARGS`). Where a header came several times, all values count, and what joins them.
 *
 * Headers can be read from the time a request has come until it is completed or the WebSocket is established. 0 when
 * the header is absent or there is no request. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_total_length(struct lws *wsi,
                         enum lws_token_indexes h);

/**
 * The length of the value that a header had when it came for the `frag_idx`th time, from 0; of the arguments, one is
 * one. 0 when it did not. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_fragment_length(struct lws *wsi,
                            enum lws_token_indexes h,
                            int frag_idx);

/**
 * Copies a header's value to `dest` as a C string; values of a header that came several times are joined by commas.
 *
 * Returns its length; 0 when the header is absent; -1 when `len`, the size of `dest`, is not greater than the
 * value's length, or `dest` is null. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_copy(struct lws *wsi,
                 char *dest,
                 int len,
                 enum lws_token_indexes h);

/**
 * As `lws_hdr_copy`, for the value that the header had when it came for the `frag_idx`th time. -1 when it did not.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_copy_fragment(struct lws *wsi,
                          char *dest,
                          int len,
                          enum lws_token_indexes h,
                          int frag_idx);

/**
 * The length of the value of a header that has no token. `name`, of `nlen` bytes, is in lower case and ends with the
 * colon. -1 when the header is absent, or has a token. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_custom_length(struct lws *wsi,
                          const char *name,
                          int nlen);

/**
 * Copies the value of a header that has no token to `dst` as a C string.
 *
 * Returns its length; -1 when the header is absent or `len`, the size of `dst`, is not greater than the value's length.
 * The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hdr_custom_copy(struct lws *wsi,
                        char *dst,
                        int len,
                        const char *name,
                        int nlen);

/**
 * Finds the first URI argument that begins with `name` (`"a="` for the value of `a`) and copies it to `buf`, of `len` bytes, as a C string.
 *
 * Returns where in `buf` the part behind `name` begins; null when there is no such argument or the whole argument does not fit. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_get_urlarg_by_name(struct lws *wsi,
                                   const char *name,
                                   char *buf,
                                   int len);

/**
 * Gives the method of the request, as `LWSHUMETH_*`, and its path: where it is, valid until the request is completed,
 * and how long it is. -1 when there is no request, or a pointer is null. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_get_uri_and_method(struct lws *wsi,
                                char **puri_ptr,
                                int *puri_len);

/**
 * Adds the status line, and the headers that the vhost adds to every response, to the head of a response at `*p`. `code`
 * may have `LWSAHH_*` flags. `*p` moves behind what was added; `end` is the end of the buffer.
 *
 * Returns 0, or 1 when it did not fit. The connection's thread only; so for all functions that add headers.
 */
LWS_VISIBLE LWS_EXTERN
int lws_add_http_header_status(struct lws *wsi,
                               unsigned int code,
                               unsigned char **p,
                               unsigned char *end);

/**
 * Adds a header: its `name` as a C string, with or without the colon, and its value of `length` bytes. A line break in either is refused. Returns as
 * `lws_add_http_header_status`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_add_http_header_by_name(struct lws *wsi,
                                const unsigned char *name,
                                const unsigned char *value,
                                int length,
                                unsigned char **p,
                                unsigned char *end);

/**
 * Adds a header that has a token. Returns as `lws_add_http_header_status`; 1 also when `token` is none.
 */
LWS_VISIBLE LWS_EXTERN
int lws_add_http_header_by_token(struct lws *wsi,
                                 enum lws_token_indexes token,
                                 const unsigned char *value,
                                 int length,
                                 unsigned char **p,
                                 unsigned char *end);

/**
 * Adds a `content-length` header. Returns as `lws_add_http_header_status`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_add_http_header_content_length(struct lws *wsi,
                                       lws_filepos_t content_length,
                                       unsigned char **p,
                                       unsigned char *end);

/**
 * Adds what most responses need: the status line, the vhost's headers, the type (left out when `content_type` is null),
 * and the length. With `LWS_ILLEGAL_HTTP_CONTENT_LEN` the length is not known: the response then ends with the
 * connection, and says so. Returns as `lws_add_http_header_status`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_add_http_common_headers(struct lws *wsi,
                                unsigned int code,
                                const char *content_type,
                                lws_filepos_t content_len,
                                unsigned char **p,
                                unsigned char *end);

/**
 * Adds the empty line that ends the head. Returns as `lws_add_http_header_status`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_finalize_http_header(struct lws *wsi,
                             unsigned char **p,
                             unsigned char *end);

/**
 * Ends the head that lies between `start` and `*p`, and sends it. There must be `LWS_PRE` bytes before `start`. Returns 0, or 1 when the
 * empty line did not fit or the connection has failed.
 */
LWS_VISIBLE LWS_EXTERN
int lws_finalize_write_http_header(struct lws *wsi,
                                   unsigned char *start,
                                   unsigned char **p,
                                   unsigned char *end);

/**
 * Composes at `*p` and sends a redirection, with status `code`, to `loc` of `len` bytes. Returns how many bytes were sent, or -1 when they
 * did not fit or the connection has failed.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_redirect(struct lws *wsi,
                      int code,
                      const unsigned char *loc,
                      int len,
                      unsigned char **p,
                      unsigned char *end);

/**
 * Answers the request with a small page that shows the status `code` and `html_body`, which may be null. The transaction
 * is not completed by it. Returns 0, or 1 when the connection is dead or has failed.
 */
LWS_VISIBLE LWS_EXTERN
int lws_return_http_status(struct lws *wsi,
                           unsigned int code,
                           const char *html_body);

/**
 * Answers the request with a file: its head at once, its content as the connection takes it. The head says the type
 * `content_type` (none where it is null), the length, whether it may be kept (as the request's mount says), an entity
 * tag and when the file was changed, and has the lines `other_headers`, of `other_headers_len` bytes, each ended with
 * CR LF. Conditional requests, `Range` and HEAD are seen to. A file for which the context has functions of the program
 * (see `lws_get_fops`) is read with them.
 *
 * Returns 0 when the answer is on its way: the callback then returns 0, and `LWS_CALLBACK_HTTP_FILE_COMPLETION` comes
 * when all is sent; until then the transaction is not to be completed. A request that gets a head alone (304, 416,
 * HEAD) is completed without it. Returns 1 when there is no such file, which has been answered with 404: the callback
 * then completes the transaction. Returns -1 when the connection is to be closed, or for a null or dead connection or
 * one that has no request to answer, or a null `file`: the callback then returns -1. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
LWS_WARN_UNUSED_RESULT
int lws_serve_http_file(struct lws *wsi,
                        const char *file,
                        const char *content_type,
                        const char *other_headers,
                        int other_headers_len);

/**
 * The content type of a file by the end of its name: one that `m` adds for it, a common one, or the one that `m` adds
 * for `*`. `m` may be null. Null when there is none. The string lasts as long as the mount. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_get_mimetype(const char *file,
                             const struct lws_http_mount *m);

/**
 * For `LWS_CALLBACK_PROCESS_HTML`: replaces the variables of `s` in the piece of text `args` by what `s->replace`
 * returns for them (nothing for null), and makes a chunk of it where `args->chunked` asks for that. The text changes
 * in its place, and may grow to `args->max_len` bytes. A variable's name begins with `$` and is at most 15 bytes long.
 * `s` begins as zeros, but for `vars`, `count_vars`, `replace` and `data`, and is the same for all pieces of a file.
 * Returns 0, or -1 when there is not room enough or a pointer is null.
 */
LWS_VISIBLE LWS_EXTERN
int lws_chunked_html_process(struct lws_process_html_args *args,
                             struct lws_process_html_state *s);

/**
 * Says that the answer to the request is complete. Returns 0 when the connection waits for the next request: the
 * callback then returns 0. Returns 1 when the connection must be closed: the callback then returns -1. 1 also for a
 * null or dead connection. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
LWS_WARN_UNUSED_RESULT
int lws_http_transaction_completed(struct lws *wsi);

/**
 * Says that the answer goes on for as long as the connection lives (server-sent events): it has no timeout. Returns 0,
 * or 1 for a null or dead connection, or one without a request. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_mark_sse(struct lws *wsi);

/**
 * Was the request made a GET by a redirect, so that its body is not to be sent? 1 or 0. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_is_redirected_to_get(struct lws *wsi);

/**
 * Has an HTTP/2 client stream end its sending side, and wait for the server without a timeout. Returns 0; 1 where the
 * connection is no such stream, as with HTTP/1, or is null or dead: then nothing is changed.
 */
LWS_VISIBLE LWS_EXTERN
int lws_h2_client_stream_long_poll_rxonly(struct lws *wsi);

#endif  /* NETGRAFT_LWS_HTTP_H */
