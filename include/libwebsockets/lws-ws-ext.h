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

#endif  /* NETGRAFT_LWS_WS_EXT_H */
