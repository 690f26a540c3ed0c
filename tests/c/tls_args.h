/*
 * What echo.c and site.c are told about TLS:
 *
 *   -C CERT -K KEY           the server's pair; without it there is no TLS
 *   -A CA                    whom it trusts: of clients' certificates, or as a client of servers'
 *   -R                       client certificates are required
 *   -V NAME:CERT:KEY         a second vhost on the same port, with its own pair
 *   -X OPTIONS               more of LWS_SERVER_OPTION_*, as a number
 */
#ifndef TLS_ARGS_H
#define TLS_ARGS_H

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#define TLS_ARGS "C:K:A:RV:X:"

static char *tls_second;

/* 1 when the option is one of these. */
static int
tls_arg(struct lws_context_creation_info *info, int opt, char *arg)
{
	switch (opt) {
	case 'C': info->ssl_cert_filepath = arg; break;
	case 'K': info->ssl_private_key_filepath = arg; break;
	case 'A': info->ssl_ca_filepath = info->client_ssl_ca_filepath = arg; break;
	case 'R': info->options |= LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT; break;
	case 'V': tls_second = arg; break;
	case 'X': info->options |= strtoull(arg, NULL, 0); break;
	default: return 0;
	}
	info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	return 1;
}

/* Makes the second vhost, if there is to be one; 0 when all is well. */
static int
tls_vhost(struct lws_context *context, const struct lws_context_creation_info *first, const char *first_name)
{
	struct lws_context_creation_info info = *first;
	char *cert, *key;

	if (!tls_second)
		return 0;
	cert = strchr(tls_second, ':');
	key = cert ? strchr(cert + 1, ':') : NULL;
	if (!key)
		return 1;
	*cert++ = *key++ = '\0';
	info.port = lws_get_vhost_listen_port(lws_get_vhost_by_name(context, first_name));
	info.vhost_name = tls_second;
	info.ssl_cert_filepath = cert;
	info.ssl_private_key_filepath = key;
	return !lws_create_vhost(context, &info);
}

#endif
