/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WS_EXT_H
#define NETGRAFT_LWS_WS_EXT_H

/**
 * Why an extension's callback is called.
 */
enum lws_extension_callback_reasons {
    /**
     * A server connection agreed on it.
     */
    LWS_EXT_CB_CONSTRUCT = 4,
    /**
     * A client connection offers it.
     */
    LWS_EXT_CB_CLIENT_CONSTRUCT = 5,
    /**
     * The connection ends.
     */
    LWS_EXT_CB_DESTROY = 8,
    /**
     * A frame is about to be sent.
     */
    LWS_EXT_CB_PACKET_TX_PRESEND = 12,
    /**
     * Payload on its way out.
     */
    LWS_EXT_CB_PAYLOAD_TX = 21,
    /**
     * Payload on its way in.
     */
    LWS_EXT_CB_PAYLOAD_RX = 22,
    /**
     * An option takes its default.
     */
    LWS_EXT_CB_OPTION_DEFAULT = 23,
    /**
     * The peer sets an option, by index.
     */
    LWS_EXT_CB_OPTION_SET = 24,
    /**
     * The options are complete.
     */
    LWS_EXT_CB_OPTION_CONFIRM = 25,
    /**
     * The program sets an option, by name.
     */
    LWS_EXT_CB_NAMED_OPTION_SET = 26,
};

/**
 * What value an option takes.
 */
enum lws_ext_options_types {
    /**
     * None.
     */
    EXTARG_NONE = 0,
    /**
     * A decimal number.
     */
    EXTARG_DEC = 1,
    /**
     * A decimal number, or nothing.
     */
    EXTARG_OPT_DEC = 2,
};

/**
 * One extension. A table of them ends with a null name and outlives the vhost.
 */
struct lws_extension {
    /**
     * Its name on the wire.
     */
    const char *name;
    /**
     * What does the work: a `lws_extension_callback_function`.
     */
    int (*callback)(struct lws_context *context,
                    const struct lws_extension *ext,
                    struct lws *wsi,
                    enum lws_extension_callback_reasons reason,
                    void *user,
                    void *in,
                    size_t len);
    /**
     * What a client sends to offer it.
     */
    const char *client_offer;
};

/**
 * One option an extension knows. A table of them ends with a null name.
 */
struct lws_ext_options {
    /**
     * Its name.
     */
    const char *name;
    /**
     * What value it takes.
     */
    enum lws_ext_options_types type;
};

/**
 * One option as given.
 */
struct lws_ext_option_arg {
    /**
     * Its name, where it is given by name.
     */
    const char *option_name;
    /**
     * Its place in the table, where it is given by index.
     */
    int option_index;
    /**
     * The value; not terminated.
     */
    const char *start;
    /**
     * The value's length.
     */
    int len;
};

/**
 * The callback that stands for permessage-deflate (RFC 7692) in a `struct lws_extension` called "permessage-deflate": with such an
 * entry in `info.extensions`, a vhost's WebSockets compress messages where the peer agrees.
 *
 * The library does the work itself and never calls this. A program may, with the reason `LWS_EXT_CB_NAMED_OPTION_SET` and a
 * `struct lws_ext_option_arg` at `in`, to the same effect as lws_set_extension_option().
 *
 * Returns 0, or -1 when the option cannot be set, or for any other reason. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_extension_callback_pm_deflate(struct lws_context *_context,
                                      const struct lws_extension *_ext,
                                      struct lws *wsi,
                                      enum lws_extension_callback_reasons reason,
                                      void *_user,
                                      void *in,
                                      size_t _len);

/**
 * Sets an option of the extension `ext_name` on a connection that has agreed on it (from `LWS_CALLBACK_ESTABLISHED` or
 * `LWS_CALLBACK_CLIENT_ESTABLISHED` on). "permessage-deflate" has
 *
 * - `compression_level`: from "0", none, to "9", small and slow; "1" where nothing is said.
 * - `max_message_size`: the most bytes that a message received may become; a larger one closes the connection with 1009. 64 MiB where
 *   nothing is said.
 * - `rx_buf_size`, `tx_buf_size`, `mem_level`: accepted, without effect.
 *
 * Returns 0, or -1 with a line in the log: null or dead connection, no such extension on it, no such option, impossible
 * value. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_set_extension_option(struct lws *wsi,
                             const char *ext_name,
                             const char *opt_name,
                             const char *opt_val);

#endif  /* NETGRAFT_LWS_WS_EXT_H */
